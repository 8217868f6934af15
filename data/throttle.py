"""Sign-in throttle (登录限速): in the store, so a restart or a second process forgets nothing.

At most 10 tries a minute per account and 30 per source, and after five failures in a row
a growing wait. Unknown names are counted like known ones, so the answer tells nothing.
Only tries whose password was looked at are counted: refused ones cost nothing and cannot
lengthen anybody's wait.

A stranger hammering at an account must not lock its owner out, so a browser that has
signed in to it before has a count of its own ("device cookies", OWASP). Its cookie is
signed with the account's password hash: no table, and void once the password changes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from models.people import SignInAttempt

PER_ACCOUNT = 10
PER_SOURCE = 30
WINDOW = timedelta(minutes=1)
FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=5)
MEMORY = timedelta(hours=1)
"""Failures older than this no longer lengthen the wait."""
KEEP = timedelta(days=30)
"""Attempts are listed to the user this long, then deleted."""
DEVICE_DAYS = 180
_DEVICE = "device:"


def wait(session: Session, login: str, source: str, at: datetime) -> timedelta:
    """How long until this login may be tried again from this source; zero is now.

    Args:
        session: of the transaction that will also `note` the try, so that two at once
            cannot both slip under the limit.
        login: as it will be noted.
        source: network address, or a device name from `known_device`.
        at: this instant.
    """
    known = is_device(source)
    mine = col(SignInAttempt.source) == source
    other = sa.not_(col(SignInAttempt.source).startswith(_DEVICE, autoescape=True))
    account = sa.and_(col(SignInAttempt.login) == login, mine if known else other)
    waits = [_window(session, account, PER_ACCOUNT, at), _backoff(session, account, at)]
    if not known:
        waits.append(_window(session, mine, PER_SOURCE, at))
    return max(waits)


def note(session: Session, login: str, source: str, at: datetime) -> SignInAttempt:
    """Count a try, as failed until told otherwise; old ones go now and then."""
    attempt = SignInAttempt(login=login[:64], source=source[:64], at=at)
    session.add(attempt)
    session.flush()
    if (attempt.id or 0) % 100 == 0:
        session.execute(sa.delete(SignInAttempt).where(col(SignInAttempt.at) < at - KEEP))
    return attempt


def serialise(session: Session, login: str, source: str) -> None:
    """Let one transaction at a time count this login and this source.

    SQLite has one writer anyway; PostgreSQL takes two locks that end with the transaction.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in sorted({f"login {login}", f"source {source}"}):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def device_cookie(login: str, password_hash: str) -> str:
    """A cookie that marks this browser as known to the account, from now on."""
    body = f"{secrets.token_urlsafe(16)}.{int(time.time())}"
    return f"{body}.{_signature(body, login, password_hash)}"


def known_device(cookie: str, login: str, password_hash: str | None) -> str | None:
    """The device's name for the count, or None where the cookie is not this account's."""
    body, _, signature = cookie.rpartition(".")
    identity, _, since = body.rpartition(".")
    if not (identity and since.isascii() and since.isdigit() and len(since) < 12):
        return None
    if int(since) < time.time() - DEVICE_DAYS * 86_400:
        return None
    expected = _signature(body, login, password_hash or "")
    if not hmac.compare_digest(signature.encode(), expected.encode()) or password_hash is None:
        return None
    return _DEVICE + hashlib.sha256(identity.encode()).hexdigest()[:40]


def is_device(source: str) -> bool:
    """Whether a counted source is a known device rather than a network address."""
    return source.startswith(_DEVICE)


def recent(session: Session, login: str, limit: int = 20) -> list[SignInAttempt]:
    """The latest tries to sign in to this account, newest first."""
    query = (
        sa.select(SignInAttempt)
        .where(col(SignInAttempt.login) == login)
        .order_by(col(SignInAttempt.at).desc(), col(SignInAttempt.id).desc())
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def _window(session: Session, whose: sa.ColumnElement[bool], most: int, at: datetime) -> timedelta:
    query = (
        sa.select(col(SignInAttempt.at))
        .where(whose, col(SignInAttempt.at) > at - WINDOW)
        .order_by(col(SignInAttempt.at).desc())
        .offset(most - 1)
        .limit(1)
    )
    oldest = session.execute(query).scalar_one_or_none()
    return timedelta(0) if oldest is None else max(_utc(oldest) + WINDOW - at, timedelta(0))


def _backoff(session: Session, account: sa.ColumnElement[bool], at: datetime) -> timedelta:
    past = sa.and_(account, col(SignInAttempt.at) > at - MEMORY)
    success = sa.select(sa.func.max(col(SignInAttempt.id))).where(
        past, col(SignInAttempt.succeeded).is_(True)
    )
    since = session.execute(success).scalar_one_or_none() or 0
    query = sa.select(sa.func.count(), sa.func.max(col(SignInAttempt.at))).where(
        past, col(SignInAttempt.id) > since
    )
    failures, last = session.execute(query).one()
    if failures < FREE_FAILURES or last is None:
        return timedelta(0)
    seconds = min(2 ** min(failures - FREE_FAILURES, 30), LONGEST_WAIT.total_seconds())
    return max(_utc(last) + timedelta(seconds=seconds) - at, timedelta(0))


def _signature(body: str, login: str, password_hash: str) -> str:
    key = hashlib.sha256(f"kehu device {password_hash}".encode()).digest()
    return hmac.new(key, f"{login}\n{body}".encode(), hashlib.sha256).hexdigest()


def _utc(instant: datetime | str) -> datetime:
    """SQLite hands instants back without their zone, and an aggregate of them as text."""
    value = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return value if value.tzinfo else value.replace(tzinfo=UTC)
