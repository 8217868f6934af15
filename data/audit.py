"""Audit trail (审计日志): who did what, each entry chained to the one before by its hash.

An entry is written in the same transaction as the change it tells of, so neither exists
without the other. The chain shows an entry that was edited, deleted or slipped in. A cut
at the very end leaves a chain that is whole but shorter; `verify(…, must_hold=head)` with a
head written down elsewhere shows that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from models.access import User
from models.base import now
from models.system import AuditEntry

SYSTEM = "system"
"""Stands for the command line, jobs and visitors who are not signed in."""

_LOCK = 7_301_944
"""Number of the PostgreSQL advisory lock that lets one transaction at a time append."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that does not fit (断点)."""

    entry_id: int
    reason: str
    """`content`: the entry was changed; `link`: one before it was removed or put in;
    `cut`: the head that must be in the chain is not."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What `verify` found: so many entries, the last hash, the first break or None."""

    entries: int
    head: str
    broken: Break | None


def record(
    session: Session,
    actor: User | None,
    action: str,
    entity: str = "",
    entity_id: str | int = "",
    **detail: Any,
) -> AuditEntry:
    """Append one entry within the caller's writing transaction.

    Args:
        session: of `store.writing`; on PostgreSQL appending waits for other transactions
            that have appended and not yet ended, so record last and keep it short.
        actor: who did it; None is the system itself.
        action: verb code such as `customer.reassign`.
        entity: kind of thing it was done to, such as `customer`.
        entity_id: its code or number.
        **detail: plain facts (before, after, counts); dates and enums become text.
            Never passwords or tokens.

    Returns:
        The stored entry.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    previous = session.exec(
        select(AuditEntry.hash).order_by(sa.desc(sa.column("id"))).limit(1)
    ).first()
    entry = AuditEntry(
        at=now(),
        actor_id=actor.id if actor else None,
        actor=_text(actor.login if actor else SYSTEM, 80),
        action=_text(action, 60),
        entity=_text(entity, 40),
        entity_id=_text(str(entity_id), 60),
        detail={name: plain(value) for name, value in detail.items()},
        previous_hash=previous or "",
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session, *, must_hold: str = "") -> Chain:
    """Walk the whole chain and name the first entry that does not fit.

    Args:
        session: any.
        must_hold: a head noted earlier; a chain without it has been cut.
    """
    previous, entries, held = "", 0, must_hold == ""
    rows = session.exec(select(AuditEntry).order_by(sa.asc(sa.column("id")))).yield_per(1000)
    for entry in rows:
        entries += 1
        if entry.previous_hash != previous:
            return Chain(entries, previous, Break(entry.id or 0, "link"))
        if entry.hash != digest(entry):
            return Chain(entries, previous, Break(entry.id or 0, "content"))
        previous = entry.hash
        held = held or previous == must_hold
        last_id = entry.id or 0
    if not held:
        return Chain(entries, previous, Break(last_id if entries else 0, "cut"))
    return Chain(entries, previous, None)


def latest(session: Session, *, limit: int = 50, actor_id: int | None = None) -> list[AuditEntry]:
    """The newest entries first, of one user or of all."""
    question = select(AuditEntry).order_by(sa.desc(sa.column("id"))).limit(limit)
    if actor_id is not None:
        question = question.where(AuditEntry.actor_id == actor_id)
    return list(session.exec(question))


def digest(entry: AuditEntry) -> str:
    """SHA-256 (hex) over the previous hash and the entry's canonical JSON."""
    content = {
        "at": _instant(entry.at),
        "actor_id": entry.actor_id,
        "actor": entry.actor,
        "action": entry.action,
        "entity": entry.entity,
        "entity_id": entry.entity_id,
        "detail": entry.detail,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{entry.previous_hash}\n{canonical}".encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON holds it: reading it back gives the same value, so the same hash."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, 2000)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_text(str(name), 200): plain(item) for name, item in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "__index__"):
        return int(value)
    return repr(float(value)) if isinstance(value, float) else _text(str(value), 2000)


def _instant(value: datetime) -> str:
    """UTC text of an instant; SQLite hands instants back without their zone."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _text(value: str, length: int) -> str:
    """Text every store accepts: no NUL (PostgreSQL), no lone surrogate, bounded."""
    whole = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-8", "replace").decode("utf-8")[:length]
