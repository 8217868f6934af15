"""People to sign in with: an administrator, a manager and others, hashed once per session."""

from __future__ import annotations

from collections.abc import Callable

import bcrypt
import pytest
from sqlalchemy import Engine

from data import passwords, sessions, signin, store
from models.access import Role, User
from models.people import AppUser
from tests.served import server  # noqa: F401  (a fixture)

PASSWORD = "correct horse battery"
PEOPLE = {
    "root": Role.ADMINISTRATOR,
    "wang": Role.ACCOUNT_MANAGER,
    "boss": Role.EXECUTIVE,
}


class CheapHasher:
    """The same bcrypt with 4 rounds for 12: hashes of both kinds check alike, 256 times faster."""

    @staticmethod
    def hash(password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()

    @staticmethod
    def check_pw(password: str, stored: str) -> bool:
        return bcrypt.checkpw(password.encode(), stored.encode())


@pytest.fixture(autouse=True)
def bcrypt_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests are not about the price of a guess."""
    monkeypatch.setattr(passwords, "_hasher", lambda: CheapHasher)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return CheapHasher.hash(PASSWORD)


@pytest.fixture
def people(engine: Engine, password_hash: str) -> Engine:
    """The store with three accounts, all with `PASSWORD`."""
    with store.writing(engine) as session:
        for login, role in PEOPLE.items():
            session.add(
                AppUser(login=login, name=login.title(), role=role, password_hash=password_hash)
            )
    return engine


@pytest.fixture
def begin(people: Engine) -> Callable[[str], tuple[User, str]]:
    """Begin a sign-in without its password check: (user, token)."""

    def start(login: str) -> tuple[User, str]:
        with store.writing(people) as session:
            row = signin._who_may(session, login)
            assert row is not None
            token = sessions.start(session, row, "a browser")
        user = sessions.user_of(people, token)
        assert user is not None
        return user, token

    return start
