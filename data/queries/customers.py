"""Questions about lists of customers as of a date (客户列表): rows, counts, neighbours, curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing, how_many
from data.queries.frames import framed, ratio
from data.queries.scope import Rows, narrowed, visible_to
from models.access import Scope
from models.classes import TIERS
from models.customers import Customer
from models.filters import Filters, Page
from models.people import AppUser
from models.sales import OrderLine, SalesOrder
from models.snapshots import Snapshot

CURVES = 200
"""Customers whose monthly sales are summed at once: a page of a list, never all."""

Earlier = aliased(Snapshot, name="earlier")


@dataclass(frozen=True, slots=True)
class Also:
    """Conditions of a list beyond the shared filters; empty means none.

    Moves need `before`, flows need `window_from`.
    """

    before: date | None = None
    """The snapshot held against, for `tier_before` and moves."""
    move: str = ""
    """up, down, new, lost or same, by the order of the tiers."""
    moved_from: str = ""
    """Tier at `before`."""
    moved_to: str = ""
    flow: str = ""
    """new, repeat or stopped."""
    window_from: date | None = None
    window_before_from: date | None = None
    active: bool = False
    """Ordered in the window."""
    flags: int = 0
    """Any of these risk flags (bits)."""
    profit_tier: str = ""
    quiet_before: date | None = None
    """Last contact before this day, or none known."""


ANY = Also()
"""No further condition."""


LISTING = Listing(
    sorts={
        "rank": col(Snapshot.rank),
        "sales": col(Snapshot.sales),
        "change": col(Snapshot.sales) - sa.func.coalesce(col(Snapshot.sales_before), 0),
        "margin": col(Snapshot.margin),
        "margin_ratio": sa.case(
            (col(Snapshot.sales) > 0, sa.cast(col(Snapshot.margin), sa.Float) / col(Snapshot.sales))
        ),
        "overdue": col(Snapshot.overdue),
        "value_at_risk": col(Snapshot.value_at_risk),
        "score": col(Snapshot.score),
        "csi": col(Snapshot.csi),
        "quality": col(Snapshot.quality),
        "key_score": col(Snapshot.key_score),
        "last_contact": col(Snapshot.last_contact),
        "last_order": col(Snapshot.last_order),
        "contract_ends": col(Snapshot.contract_ends),
        "complaints_open": col(Snapshot.complaints_open),
        "name": col(Customer.name),
        "code": col(Customer.code),
    },
    usual="sales",
    ties=(col(Customer.code),),
)
"""Customers as of a date."""

_SNAPSHOT_COLUMNS = (
    "tier",
    "profit_tier",
    "abc",
    "rank",
    "cum_share",
    "sales",
    "sales_before",
    "margin",
    "orders",
    "first_order",
    "last_order",
    "usual_gap",
    "outstanding",
    "unallocated",
    "overdue",
    "oldest_days",
    "due_amount",
    "due_received",
    "credit_limit",
    "grade",
    "csi",
    "csi_n",
    "csi_before",
    "complaints_open",
    "last_contact",
    "contract_ends",
    "is_key",
    "key_score",
    "key_reason",
    "attractiveness",
    "relationship",
    "quality",
    "flags",
    "score",
    "level",
    "value_at_risk",
    "reasons",
)


def rows(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    also: Also = ANY,
) -> pd.DataFrame:
    """One page of customers as of a date, sorted in SQL by a known key; unknown ones last.

    Columns, all `object` so that whole numbers stay whole and None stays None: customer_id,
    code, name, province, industry, owner (name; these three of the date), wallet (yearly
    category spend), tier_before,
    sales_then (at `also.before`), and those of `Snapshot` in `_SNAPSHOT_COLUMNS`. Derived,
    None where undefined: change (of sales, ratio), margin_ratio, wallet_share, limit_used
    (net receivables ÷ limit), net (receivables less unallocated). Money in minor units.
    """
    owner = aliased(AppUser, name="owner")
    query: Rows = sa.select(
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(Snapshot.province),
        col(Snapshot.industry),
        col(Customer.annual_category_spend).label("wallet"),
        col(owner.name).label("owner"),
        col(Earlier.tier).label("tier_before"),
        col(Earlier.sales).label("sales_then"),
        *(getattr(Snapshot, name) for name in _SNAPSHOT_COLUMNS),
    )
    query = listed(query, filters, scope, as_of, also).outerjoin(
        owner, col(Snapshot.owner_id) == col(owner.id)
    )
    return _derived(framed(session, LISTING.page(query, page)))


def count(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, also: Also = ANY
) -> int:
    """How many customers `rows` would list on all pages."""
    return how_many(session, listed(sa.select(sa.func.count()), filters, scope, as_of, also))


def neighbours(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    code: str,
    also: Also = ANY,
) -> tuple[str | None, str | None, int | None, int]:
    """The codes before and after a customer in a list, its place from 1, and the length.

    All None and the length when the customer is not in the list.
    """
    query: Rows = sa.select(
        col(Customer.code).label("code"),
        sa.func.row_number().over(order_by=LISTING.order(page)).label("place"),
    )
    places = listed(query, filters, scope, as_of, also).subquery()
    here = sa.select(places.c.place).where(places.c.code == code).scalar_subquery()
    total = sa.select(sa.func.count()).select_from(places).scalar_subquery()
    around = sa.select(places.c.code, places.c.place, here.label("here"), total.label("total"))
    around = around.where(places.c.place.between(here - 1, here + 1)).order_by(places.c.place)
    found = session.execute(around).all()
    if not found:
        return None, None, None, 0
    at = {int(row.place): str(row.code) for row in found}
    place = int(found[0].here)
    return at.get(place - 1), at.get(place + 1), place, int(found[0].total)


def monthly_sales(
    session: Session,
    customer_ids: Sequence[int],
    scope: Scope,
    *,
    as_of: date,
    months: int = 12,
) -> dict[int, list[int]]:
    """Net sales per calendar month up to a date, oldest first, of at most `CURVES` customers.

    Minor units; months without orders are 0, the last month runs to the date. Read by the
    index on customer and date, so the work is bounded by the customers asked for.
    """
    ids = [int(number) for number in customer_ids][:CURVES]
    first = month_starts(as_of, months)[0]
    year = sa.extract("year", col(SalesOrder.ordered_on))
    month = sa.extract("month", col(SalesOrder.ordered_on))
    query: Rows = (
        sa.select(
            col(SalesOrder.customer_id),
            year.label("year"),
            month.label("month"),
            sa.func.sum(col(OrderLine.amount)).label("sales"),
        )
        .join(OrderLine, col(OrderLine.order_id) == col(SalesOrder.id))
        .join(Customer, col(Customer.id) == col(SalesOrder.customer_id))
        .where(
            col(SalesOrder.customer_id).in_(ids),
            col(SalesOrder.ordered_on).between(first, as_of),
        )
        .group_by(col(SalesOrder.customer_id), year, month)
    )
    curves: dict[int, list[int]] = {}
    for row in session.execute(visible_to(query, scope)):
        curve = curves.setdefault(int(row.customer_id), [0] * months)
        place = (int(row.year) - first.year) * 12 + int(row.month) - first.month
        curve[place] = int(row.sales)
    return curves


def month_starts(as_of: date, months: int) -> list[date]:
    """The first days of the `months` calendar months up to a date, oldest first."""
    index = as_of.year * 12 + as_of.month - 1
    return [date(i // 12, i % 12 + 1, 1) for i in range(index - months + 1, index + 1)]


def of_customers(query: Rows, filters: Filters, scope: Scope, dates: Sequence[date]) -> Rows:
    """Put snapshots of these dates with their customers, as chosen, under a query."""
    query = query.select_from(Snapshot).join(
        Customer, col(Customer.id) == col(Snapshot.customer_id)
    )
    query = query.where(col(Snapshot.as_of).in_(list(dates)))
    return narrowed(visible_to(query, scope), filters)


def with_earlier(query: Rows, before: date | None) -> Rows:
    """Join each customer's snapshot at an earlier date, where there is one."""
    same = col(Earlier.customer_id) == col(Snapshot.customer_id)
    return query.outerjoin(Earlier, sa.and_(same, col(Earlier.as_of) == before))


def listed(query: Rows, filters: Filters, scope: Scope, as_of: date, also: Also) -> Rows:
    """Put the tables and the conditions under a query of customers as of a date."""
    query = with_earlier(of_customers(query, filters, scope, [as_of]), also.before)
    return query.where(*_conditions(also))


def _conditions(also: Also) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    then, now = tier_place(Earlier), tier_place(Snapshot)
    last = len(TIERS) - 1
    moves = {
        "up": sa.and_(now < then, then < last),
        "down": sa.and_(now > then, now < last),
        "new": sa.and_(then == last, now < last),
        "lost": sa.and_(then < last, now == last),
        "same": now == then,
    }
    if also.move in moves and also.before is not None:
        found.append(moves[also.move])
    if also.moved_from in TIERS and also.before is not None:
        found.append(then == TIERS.index(also.moved_from))
    if also.moved_to in TIERS:
        found.append(now == TIERS.index(also.moved_to))
    if also.flow and also.window_from is not None:
        found.append(flows(also.window_from, also.window_before_from)[also.flow])
    if also.active:
        found.append(col(Snapshot.orders) > 0)
    if also.flags:
        found.append(col(Snapshot.flags).bitwise_and(also.flags) != 0)
    if also.profit_tier:
        found.append(col(Snapshot.profit_tier) == also.profit_tier)
    if also.quiet_before is not None:
        last_contact = col(Snapshot.last_contact)
        found.append(sa.or_(last_contact.is_(None), last_contact < also.quiet_before))
    return found


def flows(window_from: date, before_from: date | None) -> dict[str, sa.ColumnElement[bool]]:
    """New, repeat and stopped buyers as conditions on `Snapshot`.

    New first ordered within the window, repeat ordered in it and before it, stopped ordered
    in the window before but not in this one.
    """
    bought = col(Snapshot.orders) > 0
    return {
        "new": sa.and_(bought, col(Snapshot.first_order) > window_from),
        "repeat": sa.and_(bought, col(Snapshot.first_order) <= window_from),
        "stopped": sa.and_(
            col(Snapshot.orders) == 0, col(Snapshot.last_order) > (before_from or window_from)
        ),
    }


def tier_place(table: Any) -> sa.ColumnElement[int]:
    """The place of a snapshot's tier in `TIERS`; no row or no tier counts as inactive."""
    places = {code: place for place, code in enumerate(TIERS)}
    return sa.case(places, value=col(table.tier), else_=len(TIERS) - 1)


def _derived(frame: pd.DataFrame) -> pd.DataFrame:
    derived = {
        "change": [ratio(s - (b or 0), b) for s, b in _pairs(frame, "sales", "sales_before")],
        "margin_ratio": [ratio(m, s) for m, s in _pairs(frame, "margin", "sales")],
        "wallet_share": [ratio(s, w) for s, w in _pairs(frame, "sales", "wallet")],
        "net": [o - u for o, u in _pairs(frame, "outstanding", "unallocated")],
    }
    for name, values in derived.items():
        frame[name] = pd.Series(values, dtype=object)
    used = [ratio(max(n, 0), limit) for n, limit in _pairs(frame, "net", "credit_limit")]
    frame["limit_used"] = pd.Series(used, dtype=object)
    return frame


def _pairs(frame: pd.DataFrame, one: str, other: str) -> Any:
    return zip(frame[one], frame[other], strict=True)
