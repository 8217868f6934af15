"""Signing in (登录): throttle, then one password check, then a sign-in; one answer for all.

Unknown name, wrong password, disabled account and demo account outside a demo store give
the same answer after the same time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import accounts, audit, passwords, sessions, store, throttle
from models.access import User
from models.base import now
from models.people import AppUser, SignInAttempt
from models.system import StoreState


@dataclass(frozen=True, slots=True)
class Welcome:
    """It worked: the token for the session cookie and the mark for the device cookie."""

    user: User
    token: str
    device: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It did not: `wait` seconds to let pass first, 0 where only the words were wrong."""

    wait: int = 0


def sign_in(
    engine: Engine,
    login: str,
    password: str,
    *,
    source: str,
    device: str = "",
    browser: str = "",
    replaces: str = "",
) -> Welcome | Refusal:
    """Try to sign in.

    Args:
        engine: of the store.
        login: as typed; spaces around it and case do not matter.
        password: exactly as typed.
        source: network address of the browser.
        device: the browser's device cookie, "" if it has none.
        browser: its User-Agent, shown to the user in the list of sign-ins.
        replaces: token of an older sign-in in the same browser, which ends.

    Raises:
        TooBusy: too many passwords are being checked; the try was not counted.
        StoreUnavailable: the store cannot be reached or is locked.
    """
    login = _storable(accounts.normal(login))
    with passwords.place():
        noted = _note(engine, login, source, device)
        if isinstance(noted, Refusal):
            return noted
        attempt_id, stored = noted
        if not passwords.matches(password, stored):
            return Refusal()
    return _welcome(engine, attempt_id, login, stored or "", browser, replaces)


def _note(engine: Engine, login: str, source: str, device: str) -> tuple[int, str | None] | Refusal:
    """Count the try and find the hash to check against, or say how long to wait."""
    with store.writing(engine, revises=False) as session:
        at = now()
        user = _who_may(session, login)
        stored = user.password_hash if user is not None else None
        source = throttle.known_device(device, login, stored) or source
        throttle.serialise(session, login, source)
        left = throttle.wait(session, login, source, at)
        if left > timedelta(0):
            return Refusal(wait=max(1, math.ceil(left.total_seconds())))
        return throttle.note(session, login, source, at).id or 0, stored


def _welcome(
    engine: Engine, attempt_id: int, login: str, stored: str, browser: str, replaces: str
) -> Welcome | Refusal:
    with store.writing(engine, revises=False) as session:
        user = _who_may(session, login)
        if user is None or user.password_hash != stored:
            return Refusal()  # disabled or changed while the password was being checked
        session.execute(
            sa.update(SignInAttempt)
            .where(col(SignInAttempt.id) == attempt_id)
            .values(succeeded=True)
        )
        if replaces:
            sessions.revoke(session, sessions.digest(replaces))
        user.last_sign_in_at = now()
        session.add(user)
        token = sessions.start(session, user, browser)
        found = sessions.find(session, sessions.digest(token))
        if found is None:
            return Refusal()
        audit.record(session, found, "user.sign_in", "user", login)
        return Welcome(found, token, throttle.device_cookie(login, stored))


def _who_may(session: Session, login: str) -> AppUser | None:
    """The account, if it may sign in at all: active, and demo ones in a demo store only."""
    user = session.execute(
        sa.select(AppUser).where(col(AppUser.login) == login)
    ).scalar_one_or_none()
    if user is None or not user.active:
        return None
    return user if not user.is_demo or in_demo(session) else None


def _storable(login: str) -> str:
    """What any store takes: no NUL (PostgreSQL), no lone surrogate, 64 characters."""
    whole = login.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-8", "replace").decode("utf-8")[:64]


def in_demo(session: Session) -> bool:
    """Whether the store holds the demo company, whose accounts are public."""
    return bool(session.execute(sa.select(col(StoreState.is_demo)).limit(1)).scalar())
