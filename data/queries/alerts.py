"""Questions about loss alerts (流失预警): who may leave, why, since when, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing, how_many
from data.queries import overview
from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.limitation import chunks
from data.queries.losses import lost_customers
from data.queries.scope import Rows, narrowed, regular, visible_to
from models.access import Scope
from models.classes import TIERS
from models.customers import Customer
from models.enums import AlertState, SupervisionState
from models.filters import Filters, Page
from models.loss import Alert, SupervisionItem
from models.people import AppUser
from models.snapshots import Snapshot

RAISED = ("red", "amber")
SHOWS = ("active", "resting", "all")
"""In work; dismissed or snoozed for now; both."""


@dataclass(frozen=True, slots=True)
class AlertTotals:
    """Customers and margin at risk by level; lost customers are left out. Minor units."""

    customers: dict[str, int] = field(default_factory=dict)
    value_at_risk: dict[str, int] = field(default_factory=dict)

    @property
    def at_risk(self) -> int:
        """Margin at risk of red and amber customers."""
        return sum(self.value_at_risk.get(level, 0) for level in RAISED)


@dataclass(frozen=True, slots=True)
class Past:
    """The score of one customer on one snapshot date."""

    as_of: date
    score: float | None
    level: str


def totals(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, day: date | None = None
) -> AlertTotals:
    """Customers per level as of a date, without those lost by `day` (that date by default).

    The filter on levels does not narrow it: the tiles show every level.
    """
    wide = replace(filters, levels=())
    found = overview.totals_by(session, wide, scope, as_of, "level")
    gone = _lost_by_level(session, wide, scope, as_of, max(as_of, day or as_of))
    customers, money = {}, {}
    for part in found:
        minus, minus_money = gone.get(part.code, (0, 0))
        customers[part.code] = part.customers - minus
        money[part.code] = part.value_at_risk - minus_money
    return AlertTotals(customers, money)


def alerts(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    show: str = "active",
    new_since: date | None = None,
) -> pd.DataFrame:
    """One page of customers at risk as of a date, most money first unless sorted otherwise.

    Args:
        session: to read with.
        filters: the reader's; `levels` empty means red and amber.
        page: of the list.
        scope: whose customers.
        as_of: snapshot date.
        day: the day the work is looked at: rests that ended before it are over.
        show: one of `SHOWS`.
        new_since: only customers at risk now and not at risk at this snapshot date.

    Columns (object dtype): customer_id, code, name, owner_id, owner, tier, level, score,
    value_at_risk, reasons, alert_id, raised_on, since (raised, else at risk without a break),
    version (0 without a stored alert), state (the one that counts on `day`), snoozed_until,
    note, item_id, item_owner, due_on, item_state (open, overdue, escalated; None without an
    item). Money in minor units.
    """
    query = _rows(filters, scope, as_of, day, show, new_since)
    frame = framed(session, LISTING.page(query, page))
    since: dict[int, date] = {}
    for ids in chunks([i for i, on in _pairs(frame, "customer_id", "raised_on") if on is None]):
        since |= alarmed_since(session, ids, scope, as_of=as_of)
    frame["since"] = pd.Series(
        [on or since.get(i) for i, on in _pairs(frame, "customer_id", "raised_on")], dtype=object
    )
    return frame


def alerts_count(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    show: str = "active",
    new_since: date | None = None,
) -> int:
    """How many customers `alerts` lists on all pages."""
    query: Rows = sa.select(sa.func.count())
    query = _listed(query, filters, scope, as_of, day, show, new_since)
    return how_many(session, query)


def alert_of(
    session: Session, customer_id: int, scope: Scope, *, as_of: date, day: date
) -> dict[str, Any] | None:
    """The row of one customer as `alerts` gives it, whatever its level; None if not visible."""
    every = Filters(levels=("red", "amber", "green", "unknown", "inactive"))
    query = _rows(every, scope, as_of, day, "all", None)
    found = session.execute(query.where(col(Customer.id) == customer_id)).mappings().first()
    return dict(found) if found else None


def alarmed_since(
    session: Session, customer_ids: Sequence[int], scope: Scope, *, as_of: date
) -> dict[int, date]:
    """The first snapshot date of the unbroken run of red and amber up to a date."""
    since: dict[int, date] = {}
    ended: set[int] = set()
    query: Rows = (
        sa.select(col(Snapshot.customer_id), col(Snapshot.as_of), col(Snapshot.level))
        .join(Customer, col(Customer.id) == col(Snapshot.customer_id))
        .where(
            col(Snapshot.customer_id).in_([int(i) for i in customer_ids]),
            col(Snapshot.as_of) <= as_of,
            regular(Snapshot.as_of, as_of),
        )
        .order_by(col(Snapshot.customer_id), col(Snapshot.as_of).desc())
    )
    for customer_id, day, level in session.execute(visible_to(query, scope)):
        if level not in RAISED:
            ended.add(customer_id)
        elif customer_id not in ended:
            since[customer_id] = day
    return since


def history(
    session: Session, customer_id: int, scope: Scope, *, as_of: date, most: int = 24
) -> tuple[Past, ...]:
    """The score of a customer at the last snapshot dates up to a date, oldest first."""
    query: Rows = (
        sa.select(col(Snapshot.as_of), col(Snapshot.score), col(Snapshot.level))
        .join(Customer, col(Customer.id) == col(Snapshot.customer_id))
        .where(
            col(Snapshot.customer_id) == customer_id,
            col(Snapshot.as_of) <= as_of,
            regular(Snapshot.as_of, as_of),
        )
        .order_by(col(Snapshot.as_of).desc())
        .limit(most)
    )
    found = session.execute(visible_to(query, scope)).all()
    return tuple(Past(day, score, level) for day, score, level in reversed(found))


def raised(session: Session, scope: Scope, *, after: date, until: date) -> int:
    """Alerts raised after one day and until another (inclusive) that are still in work."""
    query: Rows = (
        sa.select(sa.func.count())
        .select_from(Alert)
        .join(Customer, col(Customer.id) == col(Alert.customer_id))
        .where(
            col(Alert.raised_on) > after,
            col(Alert.raised_on) <= until,
            col(Alert.ended_on).is_(None),
        )
    )
    return int(session.execute(visible_to(query, scope)).scalar_one())


def state_on(day: date) -> sa.ColumnElement[str]:
    """The state of an alert that counts on a day: a rest that is over is open again."""
    state = sa.cast(col(Alert.state), sa.String)
    resting = (AlertState.DISMISSED.value, AlertState.SNOOZED.value)
    over = sa.or_(col(Alert.snoozed_until).is_(None), col(Alert.snoozed_until) <= day)
    return sa.case(
        (col(Alert.id).is_(None), AlertState.OPEN.value),
        (sa.and_(state.in_(resting), over), AlertState.OPEN.value),
        else_=state,
    )


def item_state_on(day: date) -> sa.ColumnElement[str]:
    """open, overdue or escalated for a live supervision item; closed for an ended one."""
    return sa.case(
        (col(SupervisionItem.id).is_(None), sa.null()),
        (col(SupervisionItem.closed_on).is_not(None), SupervisionState.CLOSED.value),
        (col(SupervisionItem.state) == SupervisionState.ESCALATED, "escalated"),
        (col(SupervisionItem.due_on) < day, "overdue"),
        else_="open",
    )


_PLACES = {code: place for place, code in enumerate(TIERS)}
LISTING = Listing(
    sorts={
        "value_at_risk": col(Snapshot.value_at_risk),
        "score": col(Snapshot.score),
        "name": col(Customer.name),
        "tier": sa.case(_PLACES, value=col(Snapshot.tier), else_=len(TIERS)),
        "raised_on": col(Alert.raised_on),
        "due_on": col(SupervisionItem.due_on),
    },
    usual="value_at_risk",
    ties=(col(Customer.code),),
)
"""Customers at risk."""


def _pairs(frame: pd.DataFrame, one: str, other: str) -> list[tuple[Any, Any]]:
    return list(zip(frame[one], frame[other], strict=True))


def _rows(
    filters: Filters, scope: Scope, as_of: date, day: date, show: str, new_since: date | None
) -> Rows:
    owner, worker = aliased(AppUser, name="owner"), aliased(AppUser, name="worker")
    query: Rows = sa.select(
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(Customer.owner_id),
        col(owner.name).label("owner"),
        col(Snapshot.tier),
        col(Snapshot.level),
        col(Snapshot.score),
        col(Snapshot.value_at_risk),
        col(Snapshot.reasons),
        col(Alert.id).label("alert_id"),
        col(Alert.raised_on),
        sa.func.coalesce(col(Alert.version), 0).label("version"),
        state_on(day).label("state"),
        col(Alert.snoozed_until),
        col(Alert.note),
        col(SupervisionItem.id).label("item_id"),
        col(worker.name).label("item_owner"),
        col(SupervisionItem.due_on),
        item_state_on(day).label("item_state"),
    )
    query = _listed(query, filters, scope, as_of, day, show, new_since)
    return query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id)).outerjoin(
        worker, col(worker.id) == col(SupervisionItem.owner_id)
    )


def _listed(
    query: Rows,
    filters: Filters,
    scope: Scope,
    as_of: date,
    day: date,
    show: str,
    new_since: date | None,
) -> Rows:
    query = (
        query.select_from(Snapshot)
        .join(Customer, col(Customer.id) == col(Snapshot.customer_id))
        .outerjoin(
            Alert,
            sa.and_(
                col(Alert.customer_id) == col(Snapshot.customer_id),
                col(Alert.raised_on) <= day,
                sa.or_(col(Alert.ended_on).is_(None), col(Alert.ended_on) > day),
            ),
        )
        .outerjoin(
            SupervisionItem,
            sa.and_(
                col(SupervisionItem.customer_id) == col(Snapshot.customer_id),
                col(SupervisionItem.topic) == "loss_alert",
                col(SupervisionItem.opened_on) <= day,
                col(SupervisionItem.closed_on).is_(None),
            ),
        )
        .where(
            col(Snapshot.as_of) == as_of,
            col(Snapshot.customer_id).not_in(lost_customers(max(day, as_of))),
        )
    )
    query = narrowed(visible_to(query, scope), filters)
    if not filters.levels:
        query = query.where(col(Snapshot.level).in_(RAISED))
    resting = state_on(day).in_((AlertState.DISMISSED.value, AlertState.SNOOZED.value))
    if show in {"active", "resting"}:
        query = query.where(resting if show == "resting" else ~resting)
    if new_since is not None:
        before = aliased(Snapshot, name="before")
        query = query.where(
            ~sa.exists().where(
                col(before.as_of) == new_since,
                col(before.customer_id) == col(Snapshot.customer_id),
                col(before.level).in_(RAISED),
            )
        )
    return query


def _lost_by_level(
    session: Session, filters: Filters, scope: Scope, as_of: date, day: date
) -> dict[str, tuple[int, int]]:
    query: Rows = sa.select(
        col(Snapshot.level), sa.func.count(), sa.func.sum(col(Snapshot.value_at_risk))
    )
    query = of_customers(query, filters, scope, [as_of]).where(
        col(Snapshot.customer_id).in_(lost_customers(day))
    )
    return {
        level: (int(n), int(money or 0))
        for level, n, money in session.execute(query.group_by(col(Snapshot.level)))
    }
