"""Accounts on a list (账号清单): who there is, to take to another store, without passwords.

An account that comes from a list has no password: nobody signs in with it before an
administrator gives it one (`user reset-password`), to be changed at the first sign-in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import audit, store
from data.accounts import LOGIN, normal
from errors import BadInput, Issue
from models.access import Role
from models.people import AppUser

HEADER = ("login", "name", "role", "active")
NO_PASSWORD = "!"  # noqa: S105 - no password hashes to this


@dataclass(frozen=True, slots=True)
class Listed:
    """What was made of a list: logins that are new, and those that were there already."""

    added: tuple[str, ...]
    there: tuple[str, ...]


def listed(session: Session) -> list[dict[str, str]]:
    """Every account, by login: login, name, role, active (yes or no)."""
    query = sa.select(AppUser).order_by(col(AppUser.login))
    return [
        {
            "login": user.login,
            "name": user.name,
            "role": user.role.value,
            "active": "yes" if user.active else "no",
        }
        for user in session.execute(query).scalars()
    ]


def take_in(engine: Engine, rows: Sequence[Mapping[str, str]]) -> Listed:
    """Make the accounts of a list that are not there yet; those that are stay as they are.

    Args:
        engine: of the store.
        rows: as `listed` gives them; `active` may be missing and then is yes.

    Raises:
        BadInput: a login cannot be used or stands there twice, a role is none, or a name is
            missing; names every line, the header being the first, and makes none.
    """
    wanted = [_account(row) for row in rows]
    issues = [issue for place, row in enumerate(rows, start=2) for issue in _faults(row, place)]
    seen: set[str] = set()
    for place, one in enumerate(wanted, start=2):
        if one["login"] in seen:
            issues.append(Issue("duplicate_key", "login", place, one["login"], {"other": "login"}))
        seen.add(one["login"])
    if issues:
        raise BadInput(*issues)
    with store.writing(engine) as session:
        there = set(session.execute(sa.select(col(AppUser.login))).scalars())
        new = [one for one in wanted if one["login"] not in there]
        for one in new:
            user = AppUser(
                login=one["login"],
                name=one["name"],
                role=Role(one["role"]),
                password_hash=NO_PASSWORD,
                must_change_password=True,
                active=one["active"] != "no",
            )
            session.add(user)
            session.flush()
            audit.record(
                session, None, "user.add", "user", user.login, name=user.name, role=user.role
            )
    known = tuple(one["login"] for one in wanted if one["login"] in there)
    return Listed(tuple(one["login"] for one in new), known)


def _account(row: Mapping[str, str]) -> dict[str, str]:
    given = {name: " ".join((row.get(name) or "").split()) for name in HEADER}
    return given | {"login": normal(given["login"])}


def _faults(row: Mapping[str, str], place: int) -> list[Issue]:
    one = _account(row)
    issues = []
    if not LOGIN.fullmatch(one["login"]):
        issues.append(Issue("login_unusable", "login", place, one["login"]))
    if not 0 < len(one["name"]) <= 80:
        issues.append(Issue("name_missing", "name", place))
    if one["role"] not in set(Role):
        issues.append(Issue("not_in_list", "role", place, one["role"], {"known": ", ".join(Role)}))
    if one["active"] not in ("yes", "no", ""):
        issues.append(Issue("not_yes_or_no", "active", place, one["active"]))
    return issues
