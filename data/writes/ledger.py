"""One transaction on the book (记账): what every movement of receivables by hand shares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import last_change, store
from data.movements import loading
from data.movements.book import CREDIT_NOTE, RECEIPT, Bill, Book, Refused, Source, mark
from data.writes import permission
from errors import BadInput, Changed, Conflict, Issue, NotFound
from models.access import Role, User
from models.receivables import (
    Allocation,
    CreditNote,
    Invoice,
    InvoiceSchedule,
    Receipt,
    Reversal,
    WriteOff,
)
from models.system import AuditEntry, ImportChange

FINANCE = frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR})
"""Who may move money; account managers and executives look on."""
T = TypeVar("T")


@contextmanager
def writing(engine: Engine, actor: User) -> Iterator[Session]:
    """One transaction of somebody who may move money, alone among those who do.

    Raises:
        NotAllowed: the actor's role does not.
        StoreUnavailable: the store is locked, full or gone; nothing was written.
    """
    permission.allow(actor, FINANCE)
    with store.writing(engine, facts=True) as session:
        loading.lock(session.connection())
        yield session


def book_of(
    session: Session,
    actor: User,
    invoice_id: int | None,
    source: tuple[str, int] | None = None,
) -> Book:
    """The invoice and the source as they are now, if the actor may see their customers.

    Raises:
        NotFound: the actor may not.
    """
    book = loading.load(
        session.connection(),
        bills=() if invoice_id is None else (invoice_id,),
        receipts=(source[1],) if source and source[0] == RECEIPT else (),
        notes=(source[1],) if source and source[0] != RECEIPT else (),
    )
    named = [one for one in book.bills.values() if one.row_id == invoice_id]
    held = [s for s in book.sources.values() if source == (s.what, s.row_id)]
    for customer_id in {b.customer_id for b in named} | {s.customer_id for s in held}:
        permission.customer(session, actor, customer_id)
    return book


def bill_of(book: Book, invoice_id: int) -> Bill:
    """The invoice of that number.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in book.bills.values() if one.row_id == invoice_id), None)
    if found is None:
        raise NotFound("invoice", invoice_id)
    return found


def source_of(book: Book, what: str, source_id: int) -> Source:
    """The receipt or credit note of that number.

    Raises:
        NotFound: there is none.
    """
    key = (what, source_id)
    found = next((one for one in book.sources.values() if (one.what, one.row_id) == key), None)
    if found is None:
        raise NotFound(what, source_id)
    return found


def unchanged(session: Session, seen: tuple[int, ...], *things: Source | Bill) -> None:
    """Go on only if these still are what the form showed.

    Raises:
        Conflict: somebody changed one of them meanwhile.
    """
    now = tuple(mark(thing) for thing in things)
    if now == seen:
        return
    pairs = zip(things, seen, now, strict=False)
    others = [thing for thing, before, after in pairs if before != after] or things
    codes = ", ".join(thing.code for thing in others)
    raise Conflict(codes, changed=moved(session, *others))


def moved(session: Session, *things: Source | Bill) -> Changed | None:
    """Who moved any of these last, by a form or an import."""
    said = _movements_of({thing.code for thing in things if isinstance(thing, Bill)})
    audited = [last_change.entries(_table(thing), thing.code, "receivables.") for thing in things]
    batches = sa.union(*(query for thing in things for query in _imports(thing)))
    return last_change.of(session, sa.or_(said, *audited), sa.select(batches.subquery().c.batch_id))


def _movements_of(invoices: set[str]) -> sa.ColumnElement[bool]:
    """Condition: audit entries of receipts and credit notes that name one of the invoices."""
    told = sa.cast(col(AuditEntry.detail), sa.Text)
    return sa.and_(
        col(AuditEntry.action).startswith("receivables.", autoescape=True),
        sa.or_(
            sa.false(),
            *(told.contains(json.dumps(code), autoescape=True) for code in sorted(invoices)),
        ),
    )


def _table(thing: Source | Bill) -> str:
    return "invoice" if isinstance(thing, Bill) else thing.what


def _imports(thing: Source | Bill) -> list[sa.Select[Any]]:
    """The imports that wrote a document, or anything that uses it."""
    own: dict[str, type[Any]] = {"invoice": Invoice, RECEIPT: Receipt, CREDIT_NOTE: CreditNote}
    name = _table(thing)
    users: list[Any] = [Allocation]
    users += [WriteOff, InvoiceSchedule] if name == "invoice" else [Reversal]
    row_id = thing.row_id or 0
    found = [last_change.imports(own[name], row_id)]
    for table in users:
        mine = getattr(table, f"{name}_id") == row_id
        found.append(sa.select(col(table.batch_id)).where(mine, col(table.batch_id).is_not(None)))
        found.append(
            sa.select(col(ImportChange.batch_id)).where(
                col(ImportChange.table_name) == str(table.__tablename__),
                col(ImportChange.row_id).in_(sa.select(col(table.id)).where(mine)),
            )
        )
    return found


def day_fits(session: Session, on: date, earliest: date, *, column: str = "on") -> None:
    """Nothing happens before what it changes, nor ahead of today.

    Raises:
        BadInput: the day is out of bounds; names its field.
    """
    issues = permission.bad_day(on, column) + permission.not_yet(session, on, column)
    if on < earliest:
        detail = {"other": earliest.isoformat()}
        issues.append(Issue("before_what_it_changes", column=column, detail=detail))
    permission.refuse_if(issues)


def at_most(amount: int, most: int, reason: str) -> None:
    """Refuse an amount above the most there is.

    Raises:
        BadInput: it is.
    """
    if amount > most:
        _refuse(Refused(reason, "amount", most), {})


def obeying(action: Callable[[], T], fields: dict[str, str] | None = None) -> T:
    """Do what the rules may refuse.

    Args:
        action: on the book.
        fields: what a rule is about → field of the form, where they differ.

    Raises:
        BadInput: a rule speaks against it; names the field.
    """
    try:
        return action()
    except Refused as refused:
        _refuse(refused, fields or {})


def _refuse(refused: Refused, fields: dict[str, str]) -> NoReturn:
    other = refused.other
    told = f"{other / 100:,.2f}" if isinstance(other, int) else str(other or "")
    column = fields.get(refused.about, refused.about)
    raise BadInput(Issue(refused.reason, column=column, detail={"other": told})) from refused


def written(session: Session, book: Book, actor: User) -> dict[int, int]:
    """Write what ended and what was added of allocations; returns numbers of what was added."""
    for one in book.ended:
        session.execute(
            sa.update(Allocation)
            .where(col(Allocation.id) == one.row_id)
            .values(ended_on=one.end, ended_reason=one.reason, ended_by=actor.id)
        )
    numbers = {}
    for one in book.added:
        row = Allocation(
            receipt_id=one.source.row_id if one.source.what == RECEIPT else None,
            credit_note_id=None if one.source.what == RECEIPT else one.source.row_id,
            invoice_id=one.bill.row_id or 0,
            allocated_on=one.start,
            amount=one.amount,
            ended_on=one.end,
            ended_reason=one.reason,
            recorded_by=actor.id,
        )
        session.add(row)
        session.flush()
        numbers[id(one)] = row.id or 0
    return numbers


def free_code(session: Session, table: Any, begins: str) -> str:
    """The next number of that beginning that nobody has."""
    taken = set(
        session.execute(
            sa.select(col(table.code)).where(col(table.code).startswith(begins, autoescape=True))
        ).scalars()
    )
    return next(code for n in range(1, len(taken) + 2) if (code := f"{begins}{n}") not in taken)
