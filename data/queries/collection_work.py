"""Questions about collecting (追账): last contact, promises, disputes, limitation, worklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries import movements
from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.limitation import Term, chunks, limitations
from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.enums import CollectionResult
from models.filters import Filters
from models.people import AppUser
from models.receivables import CollectionAction, Invoice, Receipt
from models.snapshots import Snapshot, SnapshotInvoice

QUEUES = ("today", "week", "broken", "never", "all")
GRADE_WEIGHTS = {"A": 1.0, "B": 1.2, "C": 1.5, "D": 2.0}
"""The worse the grade, the sooner the call: factor on amount × days. Ours."""
UNRATED_WEIGHT = 1.3


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where collecting stands with one customer on a day; money in minor units."""

    last_on: date | None = None
    channel: str | None = None
    result: str | None = None
    next_on: date | None = None
    promised_on: date | None = None
    promised_amount: int | None = None
    promise: str | None = None
    """open, kept or broken; None without a promise."""
    disputed: bool = False
    limitation_days: int | None = None
    """Days until the first open invoice is time-barred; None when nothing is overdue."""


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises of a week that were not kept yet, and those already broken; minor units."""

    due: int
    due_amount: int
    broken: int


def with_follow_up(
    session: Session, frame: pd.DataFrame, scope: Scope, *, as_of: date, day: date, term: Term
) -> pd.DataFrame:
    """The frame with the fields of `FollowUp`, by its column customer_id."""
    found = follow_up(session, tuple(frame["customer_id"]), scope, as_of=as_of, day=day, term=term)
    states = [found.get(int(i), FollowUp()) for i in frame["customer_id"]]
    for name in FollowUp.__dataclass_fields__:
        frame[name] = pd.Series([getattr(s, name) for s in states], dtype=object)
    return frame


def follow_up(
    session: Session,
    customer_ids: Sequence[int],
    scope: Scope,
    *,
    as_of: date,
    day: date,
    term: Term,
) -> dict[int, FollowUp]:
    """Where collecting stands with each customer; those without anything are left out.

    Args:
        session: to read with.
        customer_ids: whom to look up.
        scope: whose customers.
        as_of: snapshot date of the open invoices.
        day: the day it is looked at; contacts and receipts after it do not count.
        term: of limitation (诉讼时效).
    """
    found: dict[int, FollowUp] = {}
    for ids in chunks(customer_ids):
        actions = _actions(session, ids, scope, day)
        receipts = _receipts(session, ids, scope, day)
        left = limitations(session, ids, scope, as_of, day, term)
        by_customer: dict[int, list[Any]] = {}
        for action in actions:
            by_customer.setdefault(action.customer_id, []).append(action)
        nearest: dict[int, int] = {}
        for (customer_id, _, _), days in left.items():
            nearest[customer_id] = min(days, nearest.get(customer_id, days))
        for customer_id in {*by_customer, *nearest}:
            found[customer_id] = _state(
                by_customer.get(customer_id, []),
                receipts.get(customer_id, []),
                nearest.get(customer_id),
                day,
            )
    return found


def promises(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, day: date
) -> Promises:
    """Open promises falling due in the week of a day, and broken ones."""

    def ask(kind: str) -> tuple[int, int]:
        said = _unkept(kind, day).subquery()
        query = of_customers(
            sa.select(sa.func.count(), sa.func.sum(said.c.promised_amount)),
            filters,
            scope,
            [as_of],
        ).join(said, said.c.customer_id == col(Customer.id))
        number, amount = session.execute(query.where(col(Snapshot.overdue) > 0)).one()
        return int(number), int(amount or 0)

    due, amount = ask("promised")
    return Promises(due, amount, ask("broken")[0])


def promised(kind: str, day: date) -> sa.Select[Any]:
    """Ids of customers with an unkept promise: a part of other queries.

    Kinds: "promised" (due between the day and its Sunday), "broken" (due before the day).
    The newest promise of a customer counts; it is kept when as much as was promised came in
    since it was made.
    """
    said = _unkept(kind, day).subquery()
    return sa.select(said.c.customer_id)


def worklist(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    queue: str,
    most: int = 300,
) -> tuple[int, ...]:
    """Customers to call, most pressing first: Σ amount × days overdue × weight of the grade.

    Queues: today (a next step or promise is due by the day, or a promise is broken), week
    (by its Sunday), broken, never (no contact yet), all with anything overdue.
    """
    open_days = (
        sa.select(
            col(SnapshotInvoice.customer_id),
            sa.func.sum(
                sa.cast(col(SnapshotInvoice.outstanding), sa.Float)
                * col(SnapshotInvoice.overdue_days)
            ).label("weight"),
        )
        .where(col(SnapshotInvoice.as_of) == as_of, col(SnapshotInvoice.overdue_days) > 0)
        .group_by(col(SnapshotInvoice.customer_id))
        .subquery("open_days")
    )
    grade = sa.case(
        GRADE_WEIGHTS, value=sa.func.coalesce(col(Snapshot.grade), ""), else_=UNRATED_WEIGHT
    )
    query = of_customers(sa.select(col(Customer.id)), filters, scope, [as_of])
    query = query.join(open_days, open_days.c.customer_id == col(Customer.id))
    query = query.where(col(Snapshot.overdue) > 0, _in_queue(queue, day))
    query = query.order_by((open_days.c.weight * grade).desc(), col(Customer.code)).limit(most)
    return tuple(int(i) for i in session.execute(query).scalars())


def contacts(
    session: Session, customer_id: int, scope: Scope, *, day: date, most: int = 100
) -> pd.DataFrame:
    """The contacts with a customer up to a day, newest first.

    Columns (object dtype): acted_on, channel, result, invoice, promised_on, promised_amount,
    interrupts_limitation, next_on, note, by.
    """
    query: Rows = (
        sa.select(
            col(CollectionAction.acted_on),
            sa.cast(col(CollectionAction.channel), sa.String).label("channel"),
            sa.cast(col(CollectionAction.result), sa.String).label("result"),
            col(Invoice.code).label("invoice"),
            col(CollectionAction.promised_on),
            col(CollectionAction.promised_amount),
            col(CollectionAction.interrupts_limitation),
            col(CollectionAction.next_on),
            col(CollectionAction.note),
            col(AppUser.name).label("by"),
        )
        .select_from(CollectionAction)
        .join(Customer, col(Customer.id) == col(CollectionAction.customer_id))
        .outerjoin(Invoice, col(Invoice.id) == col(CollectionAction.invoice_id))
        .outerjoin(AppUser, col(AppUser.id) == col(CollectionAction.acted_by))
        .where(
            col(CollectionAction.customer_id) == customer_id,
            col(CollectionAction.acted_on) <= day,
        )
        .order_by(col(CollectionAction.acted_on).desc(), col(CollectionAction.id).desc())
        .limit(most)
    )
    return framed(session, visible_to(query, scope))


def newest_contact(session: Session, customer_id: int, scope: Scope) -> int:
    """Number of the newest contact with a customer, whatever its day; 0 for none."""
    query: Rows = (
        sa.select(sa.func.max(col(CollectionAction.id)).label("newest"))
        .select_from(CollectionAction)
        .join(Customer, col(Customer.id) == col(CollectionAction.customer_id))
        .where(col(CollectionAction.customer_id) == customer_id)
    )
    return session.execute(visible_to(query, scope)).scalar_one_or_none() or 0


def week(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _unkept(kind: str, day: date) -> sa.Select[Any]:
    newest = _newest(day, col(CollectionAction.promised_on).is_not(None))
    came = (
        sa.select(sa.func.coalesce(sa.func.sum(_kept(day)), 0))
        .where(
            col(Receipt.customer_id) == newest.c.customer_id,
            col(Receipt.received_on).between(newest.c.acted_on, day),
        )
        .correlate(newest)
        .scalar_subquery()
    )
    due = {
        "broken": newest.c.promised_on < day,
        "promised": newest.c.promised_on.between(day, week(day)[1]),
        "today": newest.c.promised_on == day,
    }[kind]
    return sa.select(newest.c.customer_id, newest.c.promised_amount).where(
        newest.c.place == 1, due, came < sa.func.coalesce(newest.c.promised_amount, 1)
    )


def _kept(day: date) -> Any:
    """What is left of a receipt on a day: a cheque that bounced keeps no promise."""
    return col(Receipt.amount) - movements.reversed_of(Receipt, day)


def _newest(day: date, *conditions: Any) -> Any:
    """Contacts up to a day, numbered per customer from the newest."""
    place = sa.func.row_number().over(
        partition_by=col(CollectionAction.customer_id),
        order_by=(col(CollectionAction.acted_on).desc(), col(CollectionAction.id).desc()),
    )
    return (
        sa.select(
            col(CollectionAction.customer_id),
            col(CollectionAction.acted_on),
            col(CollectionAction.next_on),
            col(CollectionAction.promised_on),
            col(CollectionAction.promised_amount),
            place.label("place"),
        )
        .where(col(CollectionAction.acted_on) <= day, *conditions)
        .subquery()
    )


def _in_queue(queue: str, day: date) -> sa.ColumnElement[bool]:
    customer, newest = col(Customer.id), _newest(day)
    broken = customer.in_(promised("broken", day))
    if queue == "broken":
        return broken
    if queue == "never":
        return customer.not_in(sa.select(newest.c.customer_id))
    if queue not in {"today", "week"}:
        return sa.true()
    until = day if queue == "today" else week(day)[1]
    planned = sa.select(newest.c.customer_id).where(newest.c.place == 1, newest.c.next_on <= until)
    due = promised("today" if queue == "today" else "promised", day)
    return sa.or_(customer.in_(planned), customer.in_(due), broken)


def _actions(session: Session, ids: list[int], scope: Scope, day: date) -> Sequence[Any]:
    """Contacts of these customers up to a day, newest first."""
    query: Rows = (
        sa.select(CollectionAction)
        .join(Customer, col(Customer.id) == col(CollectionAction.customer_id))
        .where(col(CollectionAction.customer_id).in_(ids), col(CollectionAction.acted_on) <= day)
        .order_by(col(CollectionAction.acted_on).desc(), col(CollectionAction.id).desc())
    )
    return session.execute(visible_to(query, scope)).scalars().all()


def _receipts(
    session: Session, ids: list[int], scope: Scope, day: date
) -> dict[int, list[tuple[date, int]]]:
    """Money received, and kept, of those of these customers who promised something."""
    said = sa.select(col(CollectionAction.customer_id)).where(
        col(CollectionAction.promised_on).is_not(None), col(CollectionAction.customer_id).in_(ids)
    )
    query: Rows = (
        sa.select(col(Receipt.customer_id), col(Receipt.received_on), _kept(day))
        .join(Customer, col(Customer.id) == col(Receipt.customer_id))
        .where(col(Receipt.customer_id).in_(said), col(Receipt.received_on) <= day)
    )
    found: dict[int, list[tuple[date, int]]] = {}
    for customer_id, on, amount in session.execute(visible_to(query, scope)):
        found.setdefault(customer_id, []).append((on, amount))
    return found


def _state(
    actions: list[CollectionAction],
    receipts: list[tuple[date, int]],
    limitation_days: int | None,
    day: date,
) -> FollowUp:
    """The state from the contacts, newest first."""
    last = actions[0] if actions else None
    said = next((a for a in actions if a.promised_on is not None), None)
    settled = (CollectionResult.DISPUTED, CollectionResult.RESOLVED)
    dispute = next((a.result for a in actions if a.result in settled), None)
    return FollowUp(
        last_on=last.acted_on if last else None,
        channel=last.channel.value if last else None,
        result=last.result.value if last else None,
        next_on=last.next_on if last else None,
        promised_on=said.promised_on if said else None,
        promised_amount=said.promised_amount if said else None,
        promise=_promise(said, receipts, day) if said else None,
        disputed=dispute is CollectionResult.DISPUTED,
        limitation_days=limitation_days,
    )


def _promise(said: CollectionAction, receipts: list[tuple[date, int]], day: date) -> str:
    came = sum(amount for on, amount in receipts if on >= said.acted_on)
    if came >= (said.promised_amount or 1):
        return "kept"
    assert said.promised_on is not None
    return "broken" if said.promised_on < day else "open"
