"""Questions about supervision items (督办): the board, one item, who can be given work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing
from data.queries.frames import framed
from data.queries.scope import Rows, about_customer, visible_to
from models.access import Role, Scope
from models.customers import Customer
from models.enums import SupervisionState
from models.filters import Filters, Page
from models.loss import SupervisionItem
from models.people import AppUser

STATES = ("open", "overdue", "escalated", "closed")
CLOSED_DAYS = 90
"""Closed items stay on the board so long."""


LISTING = Listing(
    sorts={"due_on": col(SupervisionItem.due_on)},
    usual="due_on",
    above=(col(SupervisionItem.closed_on).desc().nulls_first(), col(SupervisionItem.due_on)),
    ties=(col(SupervisionItem.id),),
)
"""The board: open items by the day they are due, then closed ones, newest first."""


@dataclass(frozen=True, slots=True)
class Assignee:
    """A person who can be given work."""

    id: int
    name: str
    role: Role


def board(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    day: date,
    states: tuple[str, ...] = ("open", "overdue", "escalated"),
    topic: str = "",
    worker_id: int | None = None,
) -> pd.DataFrame:
    """One page of items, most urgent first (closed ones: newest first).

    Args:
        session: to read with.
        filters: owner, province, industry and search of the customer.
        page: of the list.
        scope: whose customers.
        day: the day the board is looked at; what is due before it is overdue.
        states: of `STATES`; escalated goes before overdue, as it is the stronger word.
        topic: only this matter.
        worker_id: only items this user answers for, or that were escalated to them.

    Columns (object dtype): item_id, version, customer_id, code, name, topic, title, worker,
    worker_id, opened_by, escalated_to, opened_on, due_on, days_over (negative while there is
    time), state, escalated_name, closed_on, evidence, response_id.
    """
    worker, leader = aliased(AppUser, name="worker"), aliased(AppUser, name="leader")
    query: Rows = sa.select(
        col(SupervisionItem.id).label("item_id"),
        col(SupervisionItem.version),
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(SupervisionItem.topic),
        col(SupervisionItem.title),
        col(worker.name).label("worker"),
        col(SupervisionItem.owner_id).label("worker_id"),
        col(SupervisionItem.opened_by),
        col(SupervisionItem.escalated_to),
        col(SupervisionItem.opened_on),
        col(SupervisionItem.due_on),
        state_on(day).label("state"),
        col(leader.name).label("escalated_name"),
        col(SupervisionItem.closed_on),
        col(SupervisionItem.evidence),
        col(SupervisionItem.response_id),
    )
    query = _listed(query, filters, scope, day, states, topic, worker_id)
    query = query.outerjoin(worker, col(worker.id) == col(SupervisionItem.owner_id)).outerjoin(
        leader, col(leader.id) == col(SupervisionItem.escalated_to)
    )
    frame = framed(session, LISTING.page(query, page))
    ends = zip(frame["due_on"], frame["closed_on"], strict=True)
    frame["days_over"] = pd.Series(
        [((closed or day) - due).days for due, closed in ends], dtype=object
    )
    return frame


def board_counts(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    day: date,
    topic: str = "",
    worker_id: int | None = None,
) -> dict[str, int]:
    """How many items are in each of `STATES` on a day; every state is a key."""
    state = state_on(day)
    query: Rows = sa.select(state, sa.func.count()).group_by(state)
    query = _listed(query, filters, scope, day, STATES, topic, worker_id)
    found = {str(code): int(n) for code, n in session.execute(query)}
    return {code: found.get(code, 0) for code in STATES}


def item(session: Session, item_id: int, scope: Scope, *, day: date) -> dict[str, Any] | None:
    """One item as `board` gives it, without names; None if there is none to be seen."""
    query: Rows = (
        sa.select(
            col(SupervisionItem.id).label("item_id"),
            col(SupervisionItem.version),
            col(SupervisionItem.customer_id),
            col(SupervisionItem.topic),
            col(SupervisionItem.title),
            col(SupervisionItem.owner_id).label("worker_id"),
            col(SupervisionItem.opened_by),
            col(SupervisionItem.escalated_to),
            col(SupervisionItem.due_on),
            col(SupervisionItem.closed_on),
            state_on(day).label("state"),
            col(Customer.owner_id),
            col(Customer.name),
        )
        .join(Customer, col(Customer.id) == col(SupervisionItem.customer_id))
        .where(col(SupervisionItem.id) == item_id)
    )
    found = session.execute(visible_to(query, scope)).mappings().first()
    return dict(found) if found else None


def live_topics(
    session: Session, customer_ids: tuple[int, ...], scope: Scope
) -> dict[int, set[str]]:
    """The matters that are open per customer."""
    query: Rows = (
        sa.select(col(SupervisionItem.customer_id), col(SupervisionItem.topic))
        .join(Customer, col(Customer.id) == col(SupervisionItem.customer_id))
        .where(
            col(SupervisionItem.customer_id).in_(customer_ids),
            col(SupervisionItem.closed_on).is_(None),
        )
    )
    found: dict[int, set[str]] = {}
    for customer_id, topic in session.execute(visible_to(query, scope)):
        found.setdefault(customer_id, set()).add(topic)
    return found


def assignees(session: Session, owner_id: int | None = None) -> tuple[Assignee, ...]:
    """Active users who can see a customer of `owner_id`, by name; no customer is read.

    Account managers see only their own customers, so at most one of them is among these.
    """
    query = (
        sa.select(col(AppUser.id), col(AppUser.name), col(AppUser.role))
        .where(
            col(AppUser.active).is_(True),
            sa.or_(col(AppUser.role) != Role.ACCOUNT_MANAGER, col(AppUser.id) == owner_id),
        )
        .order_by(col(AppUser.name), col(AppUser.id))
    )
    return tuple(Assignee(int(i), str(name), role) for i, name, role in session.execute(query))


def state_on(day: date) -> sa.ColumnElement[str]:
    """open, overdue, escalated or closed, as of a day."""
    return sa.case(
        (col(SupervisionItem.closed_on).is_not(None), "closed"),
        (col(SupervisionItem.state) == SupervisionState.ESCALATED, "escalated"),
        (col(SupervisionItem.due_on) < day, "overdue"),
        else_="open",
    )


def _listed(
    query: Rows,
    filters: Filters,
    scope: Scope,
    day: date,
    states: tuple[str, ...],
    topic: str,
    worker_id: int | None,
) -> Rows:
    query = query.select_from(SupervisionItem).join(
        Customer, col(Customer.id) == col(SupervisionItem.customer_id)
    )
    query = about_customer(visible_to(query, scope), filters).where(
        state_on(day).in_(states),
        col(SupervisionItem.opened_on) <= day,
        sa.or_(
            col(SupervisionItem.closed_on).is_(None),
            col(SupervisionItem.closed_on) > day - timedelta(days=CLOSED_DAYS),
        ),
    )
    if topic:
        query = query.where(col(SupervisionItem.topic) == topic)
    if worker_id is not None:
        mine = (col(SupervisionItem.owner_id), col(SupervisionItem.escalated_to))
        query = query.where(sa.or_(*(who == worker_id for who in mine)))
    return query
