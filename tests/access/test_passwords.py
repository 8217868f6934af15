"""Passwords (密码): policy, exactness, bcrypt's 72 bytes, the bounded queue."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import passwords
from errors import BadInput


@pytest.fixture(autouse=True)
def bcrypt_cost() -> None:
    """These tests are about the real thing."""


def reasons(password: str, login: str = "wang") -> set[str]:
    try:
        passwords.refuse_weak(password, login)
    except BadInput as error:
        return {issue.reason if issue.value is None else "repeated!" for issue in error.issues}
    return set()


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", {"password_too_short", "password_common"}),
        ("short1234", {"password_too_short"}),
        ("ten chars!", set()),
        ("a" * 73, {"password_too_long", "password_common"}),
        ("b1" * 36, {"password_common"}),
        ("b1c" * 24, set()),
        ("b1c" * 24 + "d", {"password_too_long"}),
        ("密码很长很长很长很长", set()),
        ("密" * 12 + "码" * 12, {"password_common"}),
        ("密码长" * 8, set()),
        ("密码长" * 8 + "x", {"password_too_long"}),
        ("password123", {"password_common"}),
        ("PassWord123", {"password_common"}),
        ("nul\0inside it", {"password_unreadable"}),
        ("surrogate \ud800 it", {"password_unreadable"}),
        ("wang123456", {"password_common", "password_is_login"}),
        ("Wang-2026-11", {"password_is_login"}),
        ("  spaces count  ", set()),
        ("只有小写字母没有符号也行", set()),
    ],
)
def test_policy(password: str, expected: set[str]) -> None:
    assert reasons(password) == expected


def test_passwords_are_checked_exactly_as_received() -> None:
    stored = passwords.hashed(" Boss#12345 ")
    assert passwords.matches(" Boss#12345 ", stored)
    for near in ("Boss#12345", " boss#12345 ", " Boss#12345", ""):
        assert not passwords.matches(near, stored)


def test_longer_than_bcrypt_reads_is_refused_not_cut() -> None:
    stored = passwords.hashed("b1c" * 24)
    assert passwords.matches("b1c" * 24, stored)
    assert not passwords.matches("b1c" * 24 + "x", stored)
    assert not passwords.matches("密" * 1_000_000, stored)


def test_unreadable_input_is_only_wrong() -> None:
    stored = passwords.hashed("ten chars!")
    for odd in ("ten chars!\0", "\ud800", "\0"):
        assert not passwords.matches(odd, stored)


def test_nobody_matches_no_password() -> None:
    assert not passwords.matches("", None)
    assert not passwords.matches("anything at all", None)


def test_known_and_unknown_users_cost_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One check of one real hash of the same cost, whoever is asked for and whatever is typed."""
    real, checked = passwords._hasher(), []

    class Counting:
        """The real thing, noting the algorithm and cost of each hash it is given."""

        @staticmethod
        def check_pw(password: str, stored: str) -> bool:
            checked.append(stored[:7])
            return bool(real.check_pw(password, stored))

        hash = real.hash

    monkeypatch.setattr(passwords, "_hasher", lambda: Counting)
    passwords.nobodys_hash.cache_clear()  # another test may have made it at a lower cost
    stored = passwords.hashed("ten chars!")
    for typed in ("wrong password", "ten chars!", "", "w" * 99, "nul\0"):
        passwords.matches(typed, stored)
        passwords.matches(typed, None)
    assert checked == ["$2b$12$"] * 10


def test_the_queue_is_bounded_and_drains() -> None:
    held = [passwords.place() for _ in range(passwords.QUEUE + 1)]
    for place in held:
        place.__enter__()
    with pytest.raises(passwords.TooBusy), passwords.place():
        pass
    for place in held:
        place.__exit__(None, None, None)
    with passwords.place():
        pass


def test_one_check_runs_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    class Slow:
        """A hasher that tells how many run at once."""

        @staticmethod
        def check_pw(_password: str, _stored: str) -> bool:
            nonlocal running, most
            running += 1
            most = max(most, running)
            threading.Event().wait(0.01)
            running -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", lambda: Slow)
    threads = [
        threading.Thread(target=passwords.matches, args=("a password", "a hash")) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_one_time_passwords_pass_the_policy_and_differ() -> None:
    made = {passwords.generate() for _ in range(200)}
    assert len(made) == 200
    assert all(reasons(password) == set() for password in made)


@given(st.text(max_size=90))
@settings(max_examples=60)
def test_the_policy_answers_every_text(password: str) -> None:
    found = reasons(password)
    if not found:
        assert len(password) >= passwords.SHORTEST
        assert len(password.encode()) <= passwords.LONGEST
