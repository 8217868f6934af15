"""Versioned thresholds (规则设置): the policy in force, earlier ones, changes with their why.

Version 0 is the defaults of `models.policy.Policy`. Each later version stores only the
keys it changed; a policy is the defaults with every change up to its version laid over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

import models.policy
from data import audit, last_change
from errors import BadInput, Conflict, Issue, NotFound
from models.access import User
from models.people import AppUser
from models.policy import Policy, of_stored, with_values
from models.system import Setting, SettingVersion

NOTE_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Change:
    """One key that a version changed: its value before and from then on."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """Who changed what, when and why."""

    version: int
    changed_at: datetime
    changed_by: str
    """Name of the user; empty when the command line changed it."""
    note: str
    changes: tuple[Change, ...]


def current(session: Session) -> tuple[int, Policy]:
    """The newest version and its policy; version 0 with the defaults where nothing changed."""
    newest = sa.select(sa.func.max(col(SettingVersion.version)))
    version = session.execute(newest).scalar_one_or_none() or 0
    return version, as_of_version(session, version)


def as_of_version(session: Session, version: int) -> Policy:
    """The policy as it stood at `version`.

    Raises:
        NotFound: there is no such version.
    """
    return of_stored(_stored(session, version))


def in_force(connection: sa.Connection) -> Policy:
    """The newest policy, within the transaction of a connection."""
    with Session(connection) as session:
        return current(session)[1]


def set_aside(session: Session) -> list[str]:
    """Keys whose newest stored value is no longer allowed, so that the default holds."""
    version, _policy = current(session)
    return models.policy.set_aside(_stored(session, version))


def _stored(session: Session, version: int) -> dict[str, Any]:
    """Every key ever changed up to `version`, with its value then."""
    if version and session.get(SettingVersion, version) is None:
        raise NotFound("setting_version", version)
    rows = session.execute(
        sa.select(col(Setting.key), col(Setting.value))
        .where(col(Setting.version) <= version)
        .order_by(col(Setting.version))
    )
    return {row.key: row.value for row in rows}


def change(
    session: Session,
    actor: User | None,
    changes: Mapping[str, Any],
    note: str,
    *,
    expected: int | None = None,
) -> int:
    """Store a new version in which `changes` (key → value) hold; audited.

    Args:
        session: of a writing transaction.
        actor: who changes; None is the command line.
        changes: stored key → value; values equal to those in force are left out.
        note: why; must not be empty.
        expected: the version the changer looked at.

    Returns:
        The new version's number.

    Raises:
        BadInput: a key or value is not acceptable, the note is missing, or nothing changes.
        Conflict: somebody changed settings meanwhile.
    """
    version, before = current(session)
    if expected is not None and expected != version:
        quicker = last_change.of(
            session, last_change.entries("setting_version", version, "setting.change")
        )
        raise Conflict("setting_version", expected, version, changed=quicker)
    why = note.strip()
    if not why or len(why) > NOTE_LENGTH:
        raise BadInput(Issue("setting_note", column="note", detail={"longest": NOTE_LENGTH}))
    after = with_values(before, dict(changes))
    mended = set(set_aside(session)) & set(changes)
    changed = _differences(before, after, mended)
    if not changed:
        raise BadInput(Issue("setting_unchanged"))
    _store(session, version + 1, actor, changed, why)
    audit.record(
        session,
        actor,
        "setting.change",
        "setting_version",
        str(version + 1),
        note=why,
        changes={c.key: [c.before, c.after] for c in changed},
    )
    return version + 1


def history(session: Session) -> list[Version]:
    """Every version, newest first, with what each changed."""
    known = Policy().as_dict()
    steps: dict[int, list[Change]] = {}
    rows = session.execute(
        sa.select(col(Setting.version), col(Setting.key), col(Setting.value)).order_by(
            col(Setting.version), col(Setting.key)
        )
    )
    for version, key, value in rows:
        steps.setdefault(version, []).append(Change(key, known.get(key), value))
        known[key] = value
    heads = session.execute(
        sa.select(
            col(SettingVersion.version),
            col(SettingVersion.changed_at),
            col(AppUser.name),
            col(SettingVersion.note),
        )
        .outerjoin(AppUser, col(AppUser.id) == col(SettingVersion.changed_by))
        .order_by(col(SettingVersion.version).desc())
    )
    return [
        Version(version, _aware(at), name or "", note, tuple(steps.get(version, ())))
        for version, at, name, note in heads
    ]


def _aware(at: datetime) -> datetime:
    """SQLite hands instants back without their zone; they are UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _differences(before: Policy, after: Policy, mended: set[str]) -> list[Change]:
    """What changes; `mended` are keys whose stored value no longer holds, the same or not."""
    old = before.as_dict()
    return [
        Change(key, old[key], value)
        for key, value in after.as_dict().items()
        if value != old[key] or key in mended
    ]


def _store(
    session: Session, version: int, actor: User | None, changes: list[Change], note: str
) -> None:
    session.add(SettingVersion(version=version, changed_by=actor.id if actor else None, note=note))
    try:
        session.flush()
    except IntegrityError as error:  # on PostgreSQL two writers may reach the same number
        raise Conflict("setting_version", version) from error
    session.add_all(Setting(version=version, key=c.key, value=c.after) for c in changes)
    session.flush()
