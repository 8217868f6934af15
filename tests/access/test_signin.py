"""Signing in (登录): one answer for every failure, limits that hold, owners never locked out."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import accounts, passwords, sessions, signin, store
from models.people import SignInAttempt
from tests.access.conftest import PASSWORD


def attempts(engine: Engine) -> int:
    with store.reading(engine) as session:
        return len(session.execute(sa.select(SignInAttempt.id)).all())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Passwords are compared without bcrypt; lists the hashes that were checked."""
    checked: list[str | None] = []

    def compare(password: str, stored: str | None) -> bool:
        checked.append(stored)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "matches", compare)
    return checked


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody", PASSWORD),
        ("wang", "wrong"),
        ("wang", f"{PASSWORD} "),
        ("wang", ""),
        ("disabled", PASSWORD),
        ("", ""),
        ("wang\0", PASSWORD),
        ("wang\ud800", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("w" * 10_000, PASSWORD),
    ],
)
def test_every_failure_looks_the_same(
    people: Engine, quick: list[str | None], login: str, password: str
) -> None:
    if login == "disabled":
        accounts.set_active(people, None, "wang", False)
        login = "wang"
    found = signin.sign_in(people, login, password, source="1.1.1.1")
    assert found == signin.Refusal()
    assert len(quick) == 1, "one check each time, also where there is no hash"


@pytest.mark.usefixtures("quick")
def test_case_and_spaces_of_the_login_do_not_matter(people: Engine) -> None:
    found = signin.sign_in(people, " WANG ", PASSWORD, source="1.1.1.1")
    assert isinstance(found, signin.Welcome)
    assert sessions.user_of(people, found.token) == found.user


def test_hundreds_of_guesses_are_a_handful(people: Engine, quick: list[str | None]) -> None:
    for number in range(300):
        signin.sign_in(people, "boss", f"guess {number}", source=f"10.0.{number % 7}.1")
    assert len(quick) <= 10
    assert attempts(people) == len(quick)


def test_a_refused_try_checks_no_password_even_the_right_one(
    people: Engine, quick: list[str | None]
) -> None:
    for number in range(6):
        signin.sign_in(people, "boss", f"guess {number}", source="1.1.1.1")
    checked = len(quick)
    found = signin.sign_in(people, "boss", PASSWORD, source="2.2.2.2")
    assert isinstance(found, signin.Refusal)
    assert found.wait >= 1
    assert len(quick) == checked


@pytest.mark.usefixtures("quick")
def test_the_known_device_of_a_victim_gets_in_during_an_attack(people: Engine) -> None:
    first = signin.sign_in(people, "boss", PASSWORD, source="5.5.5.5")
    assert isinstance(first, signin.Welcome)
    for number in range(50):
        signin.sign_in(people, "boss", f"guess {number}", source="6.6.6.6")
    stranger = signin.sign_in(people, "boss", PASSWORD, source="5.5.5.5")
    assert isinstance(stranger, signin.Refusal)
    again = signin.sign_in(people, "boss", PASSWORD, source="5.5.5.5", device=first.device)
    assert isinstance(again, signin.Welcome)


@pytest.mark.usefixtures("quick")
def test_a_device_cookie_dies_with_the_password(people: Engine) -> None:
    first = signin.sign_in(people, "boss", PASSWORD, source="5.5.5.5")
    assert isinstance(first, signin.Welcome)
    accounts.reset_password(people, None, "boss")
    for number in range(20):
        signin.sign_in(people, "boss", f"guess {number}", source="6.6.6.6")
    again = signin.sign_in(people, "boss", PASSWORD, source="5.5.5.5", device=first.device)
    assert isinstance(again, signin.Refusal)
    assert again.wait >= 1


@pytest.mark.usefixtures("quick")
def test_the_limit_survives_a_restart(people: Engine) -> None:
    for number in range(6):
        signin.sign_in(people, "boss", f"guess {number}", source="1.1.1.1")
    fresh = store.open_store(people.url.render_as_string(hide_password=False))
    try:
        found = signin.sign_in(fresh, "boss", PASSWORD, source="1.1.1.1")
        assert isinstance(found, signin.Refusal)
        assert found.wait >= 1
    finally:
        fresh.dispose()


def test_parallel_guesses_do_not_slip_through(people: Engine, quick: list[str | None]) -> None:
    def guess() -> None:
        for number in range(5):
            signin.sign_in(people, "boss", f"guess {number}", source="1.1.1.1")

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(quick) <= 7, "five free ones, and what a second or two lets through"


def test_a_full_queue_counts_no_try(people: Engine, quick: list[str | None]) -> None:
    held = [passwords.place() for _ in range(passwords.QUEUE + 1)]
    for place in held:
        place.__enter__()
    try:
        with pytest.raises(passwords.TooBusy):
            signin.sign_in(people, "boss", PASSWORD, source="1.1.1.1")
    finally:
        for place in held:
            place.__exit__(None, None, None)
    assert (quick, attempts(people)) == ([], 0)


def test_a_user_disabled_while_the_password_is_checked_stays_out(
    people: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disable_meanwhile(_password: str, _stored: str | None) -> bool:
        accounts.set_active(people, None, "wang", False)
        return True

    monkeypatch.setattr(passwords, "matches", disable_meanwhile)
    assert signin.sign_in(people, "wang", PASSWORD, source="1.1.1.1") == signin.Refusal()
