"""The row rule and the shared filters (数据范围与筛选), in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select
from sqlmodel import Session, col, select

from data import refresh_state
from models.access import Scope
from models.customers import Customer
from models.filters import Filters
from models.snapshots import Snapshot, SnapshotRun

Rows = Select[*tuple[Any, ...]]


def visible_to(query: Rows, scope: Scope) -> Rows:
    """The row-level rule: every query that touches customers passes through it.

    Who may read follows from the card as it is now, whatever date is read: a manager who
    handed a customer over no longer reads it, and the new one reads its past, too.
    The query must already have `Customer` in it.
    """
    if scope.owner_id is None:
        return query
    return query.where(col(Customer.owner_id) == scope.owner_id)


def narrowed(query: Rows, filters: Filters) -> Rows:
    """The reader's choices as conditions; the query must have `Customer` and `Snapshot`.

    Manager, province and industry are those of the snapshot's date.
    """
    query = _of_card(query, filters, Snapshot)
    if filters.tiers:
        query = query.where(col(Snapshot.tier).in_(filters.tiers))
    if filters.abc:
        query = query.where(col(Snapshot.abc).in_(filters.abc))
    if filters.levels:
        query = query.where(col(Snapshot.level).in_(filters.levels))
    if filters.grades:
        query = query.where(sa.func.coalesce(col(Snapshot.grade), "").in_(filters.grades))
    if filters.key_only:
        query = query.where(col(Snapshot.is_key).is_(True))
    if filters.min_overdue:
        query = query.where(col(Snapshot.overdue) >= filters.min_overdue)
    return query


def about_customer(query: Rows, filters: Filters) -> Rows:
    """Those choices that concern the customer's card alone, as it is now: for work to do."""
    return _of_card(query, filters, Customer)


def _of_card(query: Rows, filters: Filters, told: type[Customer] | type[Snapshot]) -> Rows:
    """Choices about a card as `told` tells it: now, or on a snapshot's date."""
    if filters.owner_ids:
        query = query.where(sa.func.coalesce(col(told.owner_id), 0).in_(filters.owner_ids))
    if filters.provinces:
        query = query.where(col(told.province).in_(filters.provinces))
    if filters.industries:
        query = query.where(col(told.industry).in_(filters.industries))
    if filters.kinds:
        query = query.where(col(Customer.kind).in_(filters.kinds))
    if filters.search.strip():
        query = query.where(matches(filters.search))
    return query


def of_everybody(filters: Filters, scope: Scope) -> bool:
    """Whether the whole company is asked for: all rows may be seen and none is left out."""
    asked = replace(filters, as_of=None, search=filters.search.strip())
    return scope.owner_id is None and asked == Filters()


def whole_company(session: Session, filters: Filters, scope: Scope, day: date) -> dict[str, Any]:
    """What refresh added up for the whole company at a date; nothing where less is asked for.

    See `data.snapshots.TOTALS` for the keys.
    """
    if not of_everybody(filters, scope):
        return {}
    query = select(col(SnapshotRun.totals)).where(col(SnapshotRun.as_of) == day)
    return dict(session.exec(query).one_or_none() or {})


def matches(search: str) -> sa.ColumnElement[bool]:
    """Part of a code, name or short name, literally: % and _ are ordinary characters."""
    part = search.strip()[:80]
    return sa.or_(
        col(Customer.code).icontains(part, autoescape=True),
        col(Customer.name).icontains(part, autoescape=True),
        col(Customer.short_name).icontains(part, autoescape=True),
    )


def snapshot_dates(session: Session) -> list[date]:
    """Dates that can be shown, newest first. Holds nothing of any customer."""
    query = select(col(SnapshotRun.as_of)).where(refresh_state.holds(session))
    return list(session.exec(query.order_by(col(SnapshotRun.as_of).desc())))


def regular(day: Any, as_of: date | None = None) -> sa.ColumnElement[bool]:
    """Condition: a snapshot's day is one that trends rest on, or `as_of`, the one looked at.

    Left out are days that somebody once asked for: what was looked at must not bend what
    happened.
    """
    asked = select(col(SnapshotRun.as_of)).where(col(SnapshotRun.on_demand))
    if as_of is not None:
        asked = asked.where(col(SnapshotRun.as_of) != as_of)
    return col(day).not_in(asked)
