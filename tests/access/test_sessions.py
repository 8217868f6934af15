"""Sign-ins (登录会话): hashed, bounded in time, idle by user actions, revocable at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import accounts, sessions, signin, store
from models.access import Role, Scope, User
from models.base import now
from models.people import SignInAttempt, UserSession
from tests.access.conftest import PASSWORD

Begin = Callable[[str], tuple[User, str]]


def shift(engine: Engine, **columns: timedelta) -> None:
    """Move instants of every sign-in into the past."""
    with store.writing(engine) as session:
        for found in session.execute(sa.select(UserSession)).scalars():
            for name, by in columns.items():
                setattr(found, name, sessions.aware(getattr(found, name)) - by)


def test_the_user_comes_with_their_role_and_rows(begin: Begin) -> None:
    wang, token = begin("wang")
    assert (wang.role, wang.scope) == (Role.ACCOUNT_MANAGER, Scope(owner_id=wang.id))
    assert begin("boss")[0].scope == Scope(owner_id=None)
    assert wang.session_key == sessions.digest(token)


def test_only_the_hash_is_stored(people: Engine, begin: Begin) -> None:
    _, token = begin("wang")
    with store.reading(people) as session:
        found = session.execute(sa.select(UserSession)).scalar_one()
    assert token not in str(found.model_dump())
    assert found.token_hash == sessions.digest(token)


def test_tokens_never_repeat_and_look_like_nothing(begin: Begin) -> None:
    tokens = {begin("wang")[1] for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}


@pytest.mark.parametrize(
    "forged",
    [None, "", "x", "x" * 43, "é" * 43, "\ud800" * 43, "\0" * 43, "' OR 1=1 --", "a" * 1_000_000],
    ids=["none", "empty", "short", "right length", "accents", "surrogates", "nul", "sql", "long"],
)
def test_forged_tokens_find_nobody(people: Engine, begin: Begin, forged: str | None) -> None:
    begin("wang")
    assert sessions.user_of(people, forged) is None


def test_the_hash_itself_is_no_token(people: Engine, begin: Begin) -> None:
    user, token = begin("wang")
    assert sessions.user_of(people, user.session_key) is None
    assert sessions.user_of(people, token.swapcase()) is None
    assert sessions.user_of(people, f" {token}") is None


def test_a_sign_in_ends_with_its_age(people: Engine, begin: Begin) -> None:
    _, token = begin("wang")
    shift(people, expires_at=timedelta(hours=11))
    assert sessions.user_of(people, token) is None


def test_a_sign_in_ends_idle_but_not_while_used(people: Engine, begin: Begin) -> None:
    user, token = begin("wang")
    shift(people, last_seen_at=timedelta(minutes=59))
    assert sessions.user_of(people, token) is not None
    sessions.touch(people, user.session_key)
    shift(people, last_seen_at=timedelta(minutes=59))
    assert sessions.user_of(people, token) is not None
    shift(people, last_seen_at=timedelta(minutes=2))
    assert sessions.user_of(people, token) is None


def test_looking_does_not_count_as_doing(people: Engine, begin: Begin) -> None:
    _, token = begin("wang")
    shift(people, last_seen_at=timedelta(minutes=30))
    for _ in range(5):
        sessions.user_of(people, token)
    shift(people, last_seen_at=timedelta(minutes=31))
    assert sessions.user_of(people, token) is None


def test_touching_revives_nothing(people: Engine, begin: Begin) -> None:
    user, token = begin("wang")
    with store.writing(people) as session:
        sessions.revoke(session, user.session_key)
    sessions.touch(people, user.session_key)
    assert sessions.user_of(people, token) is None


def test_touching_writes_once_a_minute_and_raises_no_revision(people: Engine, begin: Begin) -> None:
    user, _ = begin("wang")
    revision = store.revision(people)
    sessions.touch(people, user.session_key)
    shift(people, last_seen_at=timedelta(minutes=5))
    after_shift = store.revision(people)
    sessions.touch(people, user.session_key)
    assert (after_shift, store.revision(people)) == (revision + 1, revision + 1)
    with store.reading(people) as session:
        seen = session.execute(sa.select(UserSession.last_seen_at)).scalar_one()
    assert now() - sessions.aware(seen) < timedelta(minutes=1)


def test_signing_out_ends_this_browser_only(people: Engine, begin: Begin) -> None:
    _, here = begin("wang")
    _, there = begin("wang")
    accounts.sign_out(people, here)
    accounts.sign_out(people, here)
    accounts.sign_out(people, "no such token")
    assert sessions.user_of(people, here) is None
    assert sessions.user_of(people, there) is not None


def test_signing_out_everywhere(people: Engine, begin: Begin) -> None:
    user, here = begin("wang")
    tokens = [begin("wang")[1] for _ in range(2)]
    _, boss = begin("boss")
    assert accounts.sign_out_everywhere(people, user, but_here=True) == 2
    assert sessions.user_of(people, here) is not None
    assert accounts.sign_out_everywhere(people, user) == 1
    assert [sessions.user_of(people, token) for token in (here, *tokens)] == [None] * 3
    assert sessions.user_of(people, boss) is not None


def test_the_list_shows_live_sign_ins_of_one_user(people: Engine, begin: Begin) -> None:
    user, _ = begin("wang")
    ended, _ = begin("wang")
    begin("boss")
    with store.writing(people) as session:
        sessions.revoke(session, ended.session_key)
    with store.reading(people) as session:
        assert [one.token_hash for one in sessions.of_user(session, user.id)] == [user.session_key]


def test_long_ended_sign_ins_are_deleted(people: Engine, begin: Begin) -> None:
    begin("wang")
    shift(people, expires_at=timedelta(days=32))
    begin("wang")
    with store.reading(people) as session:
        assert len(session.execute(sa.select(UserSession)).all()) == 1


def test_signing_in_gives_a_fresh_token_and_ends_the_browsers_old_one(
    people: Engine, begin: Begin
) -> None:
    _, old = begin("wang")
    found = signin.sign_in(people, "wang", PASSWORD, source="1.1.1.1", replaces=old)
    assert isinstance(found, signin.Welcome)
    assert found.token != old
    assert sessions.user_of(people, old) is None
    with store.reading(people) as session:
        attempt = session.execute(sa.select(SignInAttempt)).scalar_one()
    assert (attempt.login, attempt.source, attempt.succeeded) == ("wang", "1.1.1.1", True)
