"""`manage.py setting …` and `manage.py demo`: what they do to a store and what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

import manage
import settings
from data import policies, store
from jobs import demo

Run = Callable[..., Result]


def runner(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", str(engine.url))
    settings.get.cache_clear()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(manage.app, list(arguments))

    return run


@pytest.fixture
def on_empty(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    yield runner(sqlite_engine, monkeypatch)
    settings.get.cache_clear()


@pytest.fixture
def on_demo(demo_copy: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    yield runner(demo_copy, monkeypatch)
    settings.get.cache_clear()


def test_a_threshold_is_set_listed_and_remembered(on_empty: Run) -> None:
    done = on_empty("setting", "set", "ageing.edges", "15，45,90", "--note", "按合同账期")
    assert done.exit_code == 0, done.output
    listed = json.loads(on_empty("setting", "list", "--json").output)
    assert (listed["version"], listed["values"]["ageing.edges"]) == (1, [15, 45, 90])
    (version,) = json.loads(on_empty("setting", "history", "--json").output)
    assert version["note"] == "按合同账期"
    assert version["changes"] == {
        "ageing.edges": {"before": [30, 60, 90, 180, 365], "after": [15, 45, 90]}
    }
    assert "15, 45, 90" in on_empty("setting", "list").output


def test_a_bad_threshold_is_refused(on_empty: Run, sqlite_engine: Engine) -> None:
    failed = on_empty("setting", "set", "loss.amber", "80", "--note", "x")
    assert failed.exit_code == 2
    with store.reading(sqlite_engine) as session:
        assert policies.current(session)[0] == 0


def test_a_threshold_needs_its_why(on_empty: Run) -> None:
    assert on_empty("setting", "set", "loss.amber", "20").exit_code == 2


def test_a_demo_that_is_there_is_left_and_its_accounts_are_told(on_demo: Run) -> None:
    told = on_demo("demo", "--no-refresh")
    assert told.exit_code == 0, told.output
    assert "already here" in told.output
    assert demo.PASSWORD in told.output
    assert all(login in told.output for login in ("boss", "m01", "m08", "credit", "admin"))
    assert "m09" not in told.output
