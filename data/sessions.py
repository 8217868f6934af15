"""Sign-ins (登录会话): a random token in the browser, its hash in the store, revocable at once.

A sign-in ends by signing out, by its absolute age, by standing idle, and the moment its
user is disabled or their password or role changes (`auth_version`). Idle time counts what
the user does (`touch`), not what a page does by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

import settings
from data import store
from models.access import User, scope_of
from models.base import now
from models.people import AppUser, UserSession
from models.system import StoreState

TOUCH_EVERY = timedelta(minutes=1)
"""An action moves `last_seen_at` at most this often: reading should not mean writing."""
KEEP_ENDED = timedelta(days=30)
_TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in as its owner sees it (登录记录)."""

    token_hash: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    browser: str


def digest(token: str) -> str:
    """SHA-256 (hex) of a token: all the store ever holds of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def start(session: Session, user: AppUser, browser: str = "") -> str:
    """Begin a sign-in; returns the token for the cookie, which is kept nowhere else."""
    at = now()
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=digest(token),
            user_id=user.id or 0,
            auth_version=user.auth_version,
            created_at=at,
            expires_at=at + timedelta(hours=settings.get().session_hours),
            last_seen_at=at,
            browser=browser[:200],
        )
    )
    _prune(session, at)
    session.flush()
    return token


def user_of(engine: Engine, token: str | None) -> User | None:
    """Whose sign-in this is, as the store knows them now; None where it is not alive.

    Raises:
        StoreUnavailable: the store cannot be asked; nobody is let in.
    """
    if not token or len(token) != _TOKEN_LENGTH:
        return None
    with store.reading(engine) as session:
        return find(session, digest(token))


def find(session: Session, token_hash: str) -> User | None:
    """The user of a live sign-in: one indexed query."""
    query = (
        sa.select(
            col(AppUser.id),
            col(AppUser.login),
            col(AppUser.name),
            col(AppUser.role),
            col(AppUser.language),
            col(AppUser.must_change_password),
        )
        .join(UserSession, col(UserSession.user_id) == col(AppUser.id))
        .where(col(UserSession.token_hash) == token_hash, *_alive(now()))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        scope=scope_of(row.role, row.id),
        session_key=token_hash,
        language=row.language,
        must_change_password=row.must_change_password,
    )


def touch(engine: Engine, token_hash: str) -> None:
    """Note that the user did something, at most once a minute."""
    at = now()
    with store.writing(engine, revises=False) as session:
        session.execute(
            sa.update(UserSession)
            .where(
                col(UserSession.token_hash) == token_hash,
                col(UserSession.last_seen_at) < at - TOUCH_EVERY,
                col(UserSession.revoked_at).is_(None),
            )
            .values(last_seen_at=at)
        )


def revoke(session: Session, token_hash: str) -> int | None:
    """End one sign-in; returns whose it was, None if it had ended already."""
    found = session.get(UserSession, token_hash)
    if found is None or found.revoked_at is not None:
        return None
    found.revoked_at = now()
    session.add(found)
    session.flush()
    return found.user_id


def revoke_all(session: Session, user_id: int, *, keep: str | None = None) -> int:
    """End every sign-in of a user but the one whose hash is `keep`; returns how many."""
    done = session.execute(
        sa.update(UserSession)
        .where(
            col(UserSession.user_id) == user_id,
            col(UserSession.revoked_at).is_(None),
            col(UserSession.token_hash) != (keep or ""),
        )
        .values(revoked_at=now())
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def follow(session: Session, token_hash: str, auth_version: int) -> None:
    """Let one sign-in outlive the change that ends the user's others."""
    session.execute(
        sa.update(UserSession)
        .where(col(UserSession.token_hash) == token_hash, col(UserSession.revoked_at).is_(None))
        .values(auth_version=auth_version)
    )


def of_user(session: Session, user_id: int) -> list[SignIn]:
    """The live sign-ins of a user, the latest used first."""
    query = (
        sa.select(UserSession)
        .join(AppUser, col(UserSession.user_id) == col(AppUser.id))
        .where(col(UserSession.user_id) == user_id, *_alive(now()))
        .order_by(col(UserSession.last_seen_at).desc())
    )
    return [
        SignIn(
            row.token_hash,
            aware(row.created_at),
            aware(row.last_seen_at),
            aware(row.expires_at),
            row.browser,
        )
        for row in session.execute(query).scalars()
    ]


def aware(instant: datetime) -> datetime:
    """The instant with its zone: SQLite hands UTC back without one."""
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _alive(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    demo = sa.select(col(StoreState.is_demo)).limit(1).scalar_subquery()
    return (
        col(UserSession.revoked_at).is_(None),
        col(UserSession.expires_at) > at,
        col(UserSession.last_seen_at) > at - timedelta(minutes=settings.get().idle_minutes),
        col(UserSession.auth_version) == col(AppUser.auth_version),
        col(AppUser.active).is_(True),
        sa.or_(col(AppUser.is_demo).is_(False), sa.func.coalesce(demo, sa.false())),
    )


def _prune(session: Session, at: datetime) -> None:
    session.execute(sa.delete(UserSession).where(col(UserSession.expires_at) < at - KEEP_ENDED))
