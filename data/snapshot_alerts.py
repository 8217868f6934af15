"""Loss alerts in step with the newest snapshot (流失预警同步).

A customer whose level is amber or red has one live alert. Its figures follow the snapshot;
what people decided stays: a dismissed alert, and a customer saved, rest for 90 days, a
snoozed one until its day, unless the level rises to red. An alert ends by itself when the
level is green, or when the customer is lost; the state it had stays readable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col

from data import bulk, calendar
from data.bulk import Column
from models import base
from models.base import Base
from models.enums import AlertState, Level
from models.loss import Alert

REST = timedelta(days=90)
"""How long a dismissal holds."""
ALERTING = (Level.AMBER, Level.RED)


@dataclass(frozen=True, slots=True)
class Found:
    """What the snapshot says of one customer that alerts."""

    level: Level
    score: float
    value_at_risk: int
    reasons: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of the alerts."""

    opened: int = 0
    reopened: int = 0
    updated: int = 0
    ended: int = 0


def sync(session: Session, as_of: date, customers: dict[str, Column]) -> Synced:
    """Bring the alerts in step with the columns of the newest snapshot.

    Args:
        session: of the transaction that writes the snapshot.
        as_of: its date.
        customers: columns of `Snapshot`.
    """
    found = _alerting(customers)
    ids = np.asarray(customers["customer_id"].values)
    live = {alert.customer_id: alert for alert in _rows(session, col(Alert.ended_on).is_(None))}
    ended = _end(session, as_of, live, found, set(ids.tolist()))
    updated, reopened = _follow(session, as_of, live, found)
    resting = _resting(session, as_of, found, set(found) - set(live))
    fresh = [number for number in found if number not in live and number not in resting]
    _open(session, as_of, {number: found[number] for number in fresh})
    return Synced(opened=len(fresh), reopened=reopened, updated=updated, ended=ended)


def _alerting(customers: dict[str, Column]) -> dict[int, Found]:
    level: NDArray[Any] = np.asarray(customers["level"].values)
    at = np.flatnonzero((level == Level.AMBER.value) | (level == Level.RED.value))
    reasons = customers["reasons"].values
    columns = (
        np.asarray(customers[name].values)[at].tolist()
        for name in ("customer_id", "level", "score", "value_at_risk")
    )
    return {
        number: Found(Level(code), score, value, reasons[place])
        for number, code, score, value, place in zip(*columns, at.tolist(), strict=True)
    }


_COLUMNS = (
    "id",
    "customer_id",
    "level",
    "score",
    "value_at_risk",
    "reasons",
    "state",
    "snoozed_until",
    "decided_at",
    "version",
)


def _rows(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Any]:
    query = sa.select(*(getattr(Alert, name) for name in _COLUMNS)).where(*conditions)
    return list(session.execute(query.order_by(col(Alert.id))))


def _may_return(alert: Any, now: Found, as_of: date, zone: str) -> bool:
    """Whether a decision not to look at a customer has run out, by the days of a time zone."""
    if now.level is Level.RED and alert.level is not Level.RED:
        return True
    if alert.state is AlertState.SNOOZED:
        return alert.snoozed_until is None or alert.snoozed_until <= as_of
    decided = base.day_of(alert.decided_at, zone) if alert.decided_at else as_of
    return decided + REST <= as_of


def _end(
    session: Session, as_of: date, live: dict[int, Any], found: dict[int, Found], seen: set[int]
) -> int:
    """End the live alerts of customers in the snapshot that no longer alert."""
    over = [
        {"key": alert.id, "ended_on": as_of}
        for number, alert in live.items()
        if number in seen and number not in found
    ]
    return _update(session, over)


def _follow(
    session: Session, as_of: date, live: dict[int, Any], found: dict[int, Found]
) -> tuple[int, int]:
    """Give live alerts today's figures, and open again those whose decision has run out."""
    changed, reopened = [], []
    zone = calendar.zone(session)
    for number, alert in live.items():
        now = found.get(number)
        if now is None:
            continue
        reasons = json.loads(now.reasons)
        figures = (now.level, now.score, now.value_at_risk, reasons)
        values = {
            "key": alert.id,
            **dict(zip(("level", "score", "value_at_risk", "reasons"), figures, strict=True)),
        }
        asleep = alert.state in (AlertState.DISMISSED, AlertState.SNOOZED)
        if asleep and _may_return(alert, now, as_of, zone):
            reopened.append(
                {
                    **values,
                    "state": AlertState.OPEN,
                    "snoozed_until": None,
                    "version": alert.version + 1,
                }
            )
        elif (alert.level, alert.score, alert.value_at_risk, alert.reasons) != figures:
            changed.append(values)
    return _update(session, changed), _update(session, reopened)


def _update(session: Session, rows: list[dict[str, Any]]) -> int:
    if rows:
        names = [name for name in rows[0] if name != "key"]
        table = Base.metadata.tables[str(Alert.__tablename__)]
        statement = sa.update(table).where(table.c.id == sa.bindparam("key"))
        values: dict[Any, Any] = {
            name: sa.bindparam(name, type_=table.c[name].type) for name in names
        }
        session.connection().execute(statement.values(values), rows)
    return len(rows)


def _resting(session: Session, as_of: date, found: dict[int, Found], without: set[int]) -> set[int]:
    """Customers without a live alert whose last one was put to rest and still rests."""
    ended = _rows(session, col(Alert.ended_on).is_not(None))
    newest = {alert.customer_id: alert for alert in ended}
    zone = calendar.zone(session)
    return {
        number
        for number, alert in newest.items()
        if number in without
        and alert.state in (AlertState.DISMISSED, AlertState.SNOOZED, AlertState.SAVED)
        and not _may_return(alert, found[number], as_of, zone)
    }


def _open(session: Session, as_of: date, fresh: dict[int, Found]) -> None:
    if not fresh:
        return
    size = len(fresh)
    bulk.insert(
        session,
        Alert,
        {
            "customer_id": np.array(list(fresh), dtype=np.int64),
            "raised_on": np.full(size, np.datetime64(as_of, "D")),
            "level": [each.level.value for each in fresh.values()],
            "score": [each.score for each in fresh.values()],
            "value_at_risk": [each.value_at_risk for each in fresh.values()],
            "reasons": [each.reasons for each in fresh.values()],
            "state": [AlertState.OPEN.value] * size,
            "note": [""] * size,
            "version": [1] * size,
        },
    )
