"""Questions about lost customers (客户流失): who, when, why, what it cost, who came back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.queries.frames import framed
from data.queries.scope import Rows, narrowed, visible_to
from models.access import Scope
from models.customers import Customer
from models.enums import AlertState
from models.filters import Filters
from models.loss import Alert, LossEvent
from models.people import AppUser
from models.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of alerts between two days (inclusive); money is yearly margin, minor units."""

    saved: int
    saved_value: int
    lost: int
    lost_value: int
    won_back: int


def outcomes(session: Session, scope: Scope, *, start: date, end: date) -> Outcomes:
    """Customers saved, lost and won back between two days, inclusive."""
    ended: Rows = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(col(Alert.value_at_risk)), 0))
        .select_from(Alert)
        .join(Customer, col(Customer.id) == col(Alert.customer_id))
        .where(col(Alert.state) == AlertState.SAVED, col(Alert.ended_on).between(start, end))
    )
    events: Rows = (
        sa.select(
            col(LossEvent.won_back),
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(col(LossEvent.value)), 0),
        )
        .join(Customer, col(Customer.id) == col(LossEvent.customer_id))
        .where(col(LossEvent.happened_on).between(start, end))
        .group_by(col(LossEvent.won_back))
    )
    saved, saved_value = session.execute(visible_to(ended, scope)).one()
    found = {bool(back): (n, v) for back, n, v in session.execute(visible_to(events, scope))}
    lost, lost_value = found.get(False, (0, 0))
    back = found.get(True, (0, 0))[0]
    return Outcomes(int(saved), int(saved_value), int(lost), int(lost_value), int(back))


def loss_reasons(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, start: date, end: date
) -> pd.DataFrame:
    """Lost customers by reason between two days, inclusive, largest value first.

    Columns: reason (code), customers, value (yearly margin, minor units), unknown_value
    (losses whose value nobody knows).
    """
    query: Rows = sa.select(
        col(LossEvent.reason).label("reason"),
        sa.func.count().label("customers"),
        sa.func.coalesce(sa.func.sum(col(LossEvent.value)), 0).label("value"),
        sa.func.sum(sa.case((col(LossEvent.value).is_(None), 1), else_=0)).label("unknown_value"),
    ).group_by(col(LossEvent.reason))
    frame = framed(session, _losses(query, filters, scope, as_of, start, end))
    frame["reason"] = [code.value for code in frame["reason"]]
    for name in ("customers", "value", "unknown_value"):
        frame[name] = [int(number) for number in frame[name]]
    order = ["value", "customers", "reason"]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def losses(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    start: date,
    end: date,
    reason: str = "",
    most: int = 500,
) -> pd.DataFrame:
    """Lost customers between two days, newest first, with their record as it was frozen.

    Columns: customer_id, code, name, owner, happened_on, reason, value (minor units),
    competitor, note, lost_now (not won back since), score, level and reasons at the end of
    the alert.
    """
    owner, later = aliased(AppUser, name="owner"), aliased(LossEvent, name="later")
    came_back = sa.exists().where(
        col(later.customer_id) == col(LossEvent.customer_id),
        col(later.happened_on) > col(LossEvent.happened_on),
        col(later.won_back).is_(True),
    )
    query: Rows = sa.select(
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(owner.name).label("owner"),
        col(LossEvent.happened_on),
        col(LossEvent.reason),
        col(LossEvent.value),
        col(LossEvent.competitor),
        col(LossEvent.note),
        (~came_back).label("lost_now"),
        col(Alert.score),
        col(Alert.level),
        col(Alert.reasons),
    )
    query = _losses(query, filters, scope, as_of, start, end)
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id)).outerjoin(
        Alert, col(Alert.id) == _alert_of_the_loss()
    )
    if reason:
        query = query.where(sa.cast(col(LossEvent.reason), sa.String) == reason)
    query = query.order_by(col(LossEvent.happened_on).desc(), col(Customer.code)).limit(most)
    frame = framed(session, query)
    frame["reason"] = [code.value for code in frame["reason"]]
    frame["level"] = [getattr(level, "value", None) for level in frame["level"]]
    frame["lost_now"] = [bool(flag) for flag in frame["lost_now"]]
    return frame


def lost_since(session: Session, customer_id: int) -> date | None:
    """The day a customer was lost, if it is lost and not won back. For writes only."""
    query = (
        sa.select(col(LossEvent.happened_on), col(LossEvent.won_back))
        .where(col(LossEvent.customer_id) == customer_id)
        .order_by(col(LossEvent.happened_on).desc())
        .limit(1)
    )
    last = session.execute(query).first()
    return None if last is None or last.won_back else last.happened_on


def lost_customers(as_of: date) -> sa.Select[Any]:
    """Ids of the customers lost, and not won back, as of a date: a part of other queries."""
    later = aliased(LossEvent, name="newer")
    return sa.select(col(LossEvent.customer_id)).where(
        col(LossEvent.happened_on) <= as_of,
        col(LossEvent.won_back).is_(False),
        ~sa.exists().where(
            col(later.customer_id) == col(LossEvent.customer_id),
            col(later.happened_on) > col(LossEvent.happened_on),
            col(later.happened_on) <= as_of,
        ),
    )


def _alert_of_the_loss() -> sa.ScalarSelect[Any]:
    """The first alert that ended as lost on or after the day of the loss."""
    ended = aliased(Alert, name="ended")
    return (
        sa.select(sa.func.min(col(ended.id)))
        .where(
            col(ended.customer_id) == col(LossEvent.customer_id),
            col(ended.state) == AlertState.LOST,
            col(ended.ended_on) >= col(LossEvent.happened_on),
        )
        .correlate(LossEvent)
        .scalar_subquery()
    )


def _losses(
    query: Rows, filters: Filters, scope: Scope, as_of: date, start: date, end: date
) -> Rows:
    same = col(Snapshot.customer_id) == col(Customer.id)
    query = (
        query.select_from(LossEvent)
        .join(Customer, col(Customer.id) == col(LossEvent.customer_id))
        .join(Snapshot, sa.and_(same, col(Snapshot.as_of) == as_of))
        .where(col(LossEvent.won_back).is_(False), col(LossEvent.happened_on).between(start, end))
    )
    return narrowed(visible_to(query, scope), replace(filters, levels=()))
