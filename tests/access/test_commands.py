"""The commands `user`, `audit` and `doctor` (命令行), run as a person would."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

import settings
from data import signin, store
from jobs.cli import audit, doctor, user
from models.people import AppUser


@pytest.fixture
def run(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """Run a command on the store of this test."""
    url = sqlite_engine.url.render_as_string(hide_password=False)
    knobs = replace(settings.get(), database_url=url, production=False)
    monkeypatch.setattr(settings, "get", lambda: knobs)

    def invoke(app, *words: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return invoke


def one_time(result: Result) -> str:
    return result.output.strip().splitlines()[-1].strip()


def test_an_account_from_the_command_line(run, sqlite_engine: Engine) -> None:
    made = run(user.app, "add", "Li.Na", "--name", "李娜", "--role", "administrator")
    assert made.exit_code == 0
    found = signin.sign_in(sqlite_engine, "li.na", one_time(made), source="x")
    assert isinstance(found, signin.Welcome)
    assert found.user.must_change_password

    listed = json.loads(run(user.app, "list", "--json").output)
    assert [(one["login"], one["role"]) for one in listed] == [("li.na", "administrator")]
    assert "李娜" in run(user.app, "list").output

    assert run(user.app, "add", "second", "--role", "administrator").exit_code == 0
    for words in (("set-role", "li.na", "service"), ("disable", "li.na"), ("enable", "li.na")):
        assert run(user.app, *words).exit_code == 0
    reset = run(user.app, "reset-password", "li.na")
    assert isinstance(
        signin.sign_in(sqlite_engine, "li.na", one_time(reset), source="x"), signin.Welcome
    )


def test_a_chosen_password_is_read_and_not_echoed(run, sqlite_engine: Engine) -> None:
    made = run(user.app, "add", "li", "--password-stdin", typed="a phrase of my own\n")
    assert made.exit_code == 0
    assert "phrase" not in made.output
    with store.reading(sqlite_engine) as session:
        found = session.execute(sa.select(AppUser)).scalar_one()
    assert not found.must_change_password
    weak = run(user.app, "add", "wu", "--password-stdin", typed="short\n")
    assert weak.exit_code != 0


def test_the_audit_trail_from_the_command_line(run, sqlite_engine: Engine) -> None:
    run(user.app, "add", "li", "--role", "administrator")
    run(user.app, "add", "wu")
    entries = json.loads(run(audit.app, "list", "--json").output)
    assert [entry["action"] for entry in entries] == ["user.add", "user.add"]
    assert "user.add" in run(audit.app, "list").output
    whole = run(audit.app, "verify")
    assert whole.exit_code == 0
    head = one_time(whole)
    with sqlite_engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text("delete from audit_entry where id = 2"))
    assert run(audit.app, "verify").exit_code == 0
    cut = run(audit.app, "verify", "--head", head)
    assert cut.exit_code == 1
    with sqlite_engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text("update audit_entry set action = 'nothing'"))
    broken = run(audit.app, "verify")
    assert (broken.exit_code, "Entry 1" in broken.output) == (1, True)
    assert run(doctor.app).exit_code == 1


def test_the_doctor_on_a_fresh_store(run, monkeypatch: pytest.MonkeyPatch) -> None:
    well = run(doctor.app)
    assert (well.exit_code, "Safe to serve (development)" in well.output) == (0, True)
    strict = replace(settings.get(), production=True)
    monkeypatch.setattr(settings, "get", lambda: strict)
    ill = run(doctor.app)
    assert ill.exit_code == 1
    assert "KEHU_HOSTS" in ill.output
    assert "STREAMLIT_SERVER_COOKIE_SECRET" in ill.output
