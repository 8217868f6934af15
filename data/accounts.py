"""Accounts (账号): who may sign in, and every change to that, each in the audit trail.

A change of password, role or activity raises `auth_version` and ends the user's sign-ins;
the browser in which users change their own password stays in. `actor` is the signed-in
administrator, or None for the command line; an administrator is looked up again inside
the transaction, so one demoted a moment ago changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import audit, last_change, passwords, sessions, store
from errors import BadInput, Conflict, Issue, NotAllowed, NotFound
from models.access import Role, User
from models.people import AppUser

LOGIN = re.compile(r"[a-z0-9_\u4e00-\u9fff][\w.@+-]{0,63}")
_RAISE_VERSION = ("user.role", "user.enable", "user.disable", "user.reset", "user.change")
"""What changes an account, in the audit trail."""
LANGUAGES = frozenset({"zh_Hans", "zh_Hant", "en"})


@dataclass(frozen=True, slots=True)
class Account:
    """One account as an administrator sees it; the hash never leaves the store (账号)."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    is_demo: bool
    must_change_password: bool
    last_sign_in_at: datetime | None
    created_at: datetime
    version: int
    """Raised by every change; what an administrator looked at is told by it."""


def normal(login: str) -> str:
    """The form a login is stored and looked up in: no surrounding spaces, lower case."""
    return login.strip().lower()


def everyone(session: Session) -> list[Account]:
    """All accounts, active ones first, by login."""
    query = sa.select(AppUser).order_by(col(AppUser.active).desc(), col(AppUser.login))
    return [_account(user) for user in session.execute(query).scalars()]


def create(
    engine: Engine,
    actor: User | None,
    *,
    login: str,
    name: str,
    role: Role,
    password: str | None = None,
) -> str:
    """Make an account.

    Args:
        engine: of the store.
        actor: an administrator, None for the command line.
        login: what the user types; lower-cased, unique.
        name: as colleagues know them.
        role: decides screens and rows.
        password: None makes a one-time one the user must change at the first sign-in.

    Returns:
        The password, to be shown once.

    Raises:
        BadInput: `login_unusable`, `login_taken`, `name_missing` or a weak password.
    """
    login, name = normal(login), " ".join(name.split())
    issues = [] if LOGIN.fullmatch(login) else [Issue("login_unusable", "login", value=login)]
    if not 0 < len(name) <= 80:
        issues.append(Issue("name_missing", "name"))
    if issues:
        raise BadInput(*issues)
    if password is not None:
        passwords.refuse_weak(password, login)
    given = password or passwords.generate()
    secret = passwords.hashed(given)
    with store.writing(engine) as session:
        _administrator(session, actor)
        taken = sa.select(col(AppUser.id)).where(col(AppUser.login) == login)
        if session.execute(taken).first():
            raise BadInput(Issue("login_taken", "login", value=login))
        user = AppUser(
            login=login,
            name=name,
            role=role,
            password_hash=secret,
            must_change_password=password is None,
        )
        session.add(user)
        session.flush()
        audit.record(session, actor, "user.add", "user", login, name=name, role=role)
    return given


def set_active(
    engine: Engine, actor: User | None, login: str, active: bool, *, version: int | None = None
) -> None:
    """Disable or enable an account; disabling ends its sign-ins at once.

    Args:
        engine: of the store.
        actor: an administrator, None for the command line.
        login: whose account.
        active: whether they may sign in from now on.
        version: of the account the administrator looked at; None asks for none.

    Raises:
        BadInput: `own_account`, or `last_administrator`.
        Conflict: somebody else changed the account meanwhile.
        NotFound: no such login.
    """
    with store.writing(engine) as session:
        user = _target(session, actor, login, version)
        if user.active == active:
            return
        if not active:
            _refuse_self(actor, user)
            _keep_an_administrator(session, user)
        user.active = active
        _end_sign_ins(session, user)
        audit.record(
            session, actor, "user.enable" if active else "user.disable", "user", user.login
        )


def set_role(
    engine: Engine, actor: User | None, login: str, role: Role, *, version: int | None = None
) -> None:
    """Change what a user is here for; ends their sign-ins at once.

    Args:
        engine: of the store.
        actor: an administrator, None for the command line.
        login: whose account.
        role: from now on.
        version: of the account the administrator looked at; None asks for none.

    Raises:
        BadInput: `own_account`, or `last_administrator`.
        Conflict: somebody else changed the account meanwhile.
        NotFound: no such login.
    """
    with store.writing(engine) as session:
        user = _target(session, actor, login, version)
        if user.role is role:
            return
        _refuse_self(actor, user)
        _keep_an_administrator(session, user)
        before, user.role = user.role, role
        _end_sign_ins(session, user)
        audit.record(session, actor, "user.role", "user", user.login, before=before, after=role)


def reset_password(
    engine: Engine,
    actor: User | None,
    login: str,
    password: str | None = None,
    *,
    version: int | None = None,
) -> str:
    """Give a user a new password, to be changed at the next sign-in; ends their sign-ins.

    Args:
        engine: of the store.
        actor: an administrator, None for the command line.
        login: whose account.
        password: None makes one up.
        version: of the account the administrator looked at; None asks for none.

    Returns:
        The password, to be shown once.

    Raises:
        BadInput: a weak password.
        Conflict: somebody else changed the account meanwhile, or gave it a password.
        NotFound: no such login.
    """
    if password is not None:
        passwords.refuse_weak(password, normal(login))
    given = password or passwords.generate()
    secret = passwords.hashed(given)
    with store.writing(engine) as session:
        user = _target(session, actor, login, version)
        user.password_hash = secret
        user.must_change_password = True
        _end_sign_ins(session, user)
        audit.record(session, actor, "user.reset_password", "user", user.login)
    return given


def change_password(engine: Engine, user: User, old: str, new: str) -> None:
    """Change one's own password; every other browser is signed out, this one stays in.

    Raises:
        BadInput: `password_wrong`, `password_unchanged`, or a weak new password.
        TooBusy: too many passwords are being checked.
    """
    with store.reading(engine) as session:
        row = session.get(AppUser, user.id)
        stored = row.password_hash if row is not None else None
    with passwords.place():
        if not passwords.matches(old, stored):
            raise BadInput(Issue("password_wrong", "old_password"))
    if new == old:
        raise BadInput(Issue("password_unchanged", "password"))
    passwords.refuse_weak(new, user.login)
    secret = passwords.hashed(new)
    with store.writing(engine) as session:
        row = _locked(session, col(AppUser.id) == user.id)
        if row.password_hash != stored:
            raise BadInput(Issue("password_wrong", "old_password"))
        row.password_hash = secret
        row.must_change_password = False
        _end_sign_ins(session, row, keep=user.session_key)
        audit.record(session, user, "user.change_password", "user", row.login)


def set_language(engine: Engine, user: User, language: str) -> None:
    """Keep the language a user chose for their next sign-in; unknown codes are ignored."""
    if language not in LANGUAGES:
        return
    with store.writing(engine, revises=False) as session:
        session.execute(
            sa.update(AppUser).where(col(AppUser.id) == user.id).values(language=language)
        )


def sign_out(engine: Engine, token: str) -> None:
    """End the sign-in of this token, if it is alive."""
    with store.writing(engine, revises=False) as session:
        actor = sessions.find(session, sessions.digest(token))
        if sessions.revoke(session, sessions.digest(token)) is not None:
            audit.record(session, actor, "user.sign_out", "user", actor.login if actor else "")


def sign_out_everywhere(engine: Engine, user: User, *, but_here: bool = False) -> int:
    """End all sign-ins of the user, or all but this one; returns how many ended."""
    with store.writing(engine, revises=False) as session:
        ended = sessions.revoke_all(session, user.id, keep=user.session_key if but_here else None)
        audit.record(session, user, "user.sign_out_everywhere", "user", user.login, ended=ended)
    return ended


def _account(user: AppUser) -> Account:
    last = user.last_sign_in_at
    return Account(
        id=user.id or 0,
        login=user.login,
        name=user.name,
        role=user.role,
        active=user.active,
        is_demo=user.is_demo,
        must_change_password=user.must_change_password,
        last_sign_in_at=sessions.aware(last) if last else None,
        created_at=sessions.aware(user.created_at),
        version=user.version,
    )


def _locked(session: Session, which: sa.ColumnElement[bool]) -> AppUser:
    user = session.execute(sa.select(AppUser).where(which).with_for_update()).scalar_one_or_none()
    if user is None:
        raise NotFound("user")
    return user


def _target(
    session: Session, actor: User | None, login: str, version: int | None = None
) -> AppUser:
    _administrator(session, actor)
    user = _locked(session, col(AppUser.login) == normal(login))
    if version is not None and user.version != version:
        changed = last_change.of(session, last_change.entries("user", user.login, *_RAISE_VERSION))
        raise Conflict("user", version, user.version, changed=changed)
    return user


def _administrator(session: Session, actor: User | None) -> None:
    if actor is None:
        return
    row = session.get(AppUser, actor.id)
    if row is None or not row.active or row.role is not Role.ADMINISTRATOR:
        raise NotAllowed("administrator")


def _refuse_self(actor: User | None, user: AppUser) -> None:
    if actor is not None and actor.id == user.id:
        raise BadInput(Issue("own_account", "login", value=user.login))


def _keep_an_administrator(session: Session, user: AppUser) -> None:
    if user.role is not Role.ADMINISTRATOR or not user.active:
        return
    administrators = session.execute(
        sa.select(col(AppUser.id))
        .where(col(AppUser.role) == Role.ADMINISTRATOR, col(AppUser.active).is_(True))
        .order_by(col(AppUser.id))
        .with_for_update()
    ).all()
    if len(administrators) < 2:
        raise BadInput(Issue("last_administrator", "login", value=user.login))


def _end_sign_ins(session: Session, user: AppUser, *, keep: str | None = None) -> None:
    user.auth_version += 1
    user.version += 1
    session.add(user)
    session.flush()
    sessions.revoke_all(session, user.id or 0, keep=keep)
    if keep is not None:
        sessions.follow(session, keep, user.auth_version)
