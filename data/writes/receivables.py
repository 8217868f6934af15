"""Movements of receivables by hand (应收变动): apply, take back, reverse, write off, agree.

The rules are those of `data.movements`, the same that imports obey. Every write names the
`mark` of what the form showed; it is compared under the lock, so that of two people who use
the last of a receipt the second is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col

from data import audit
from data.movements.book import CREDIT_NOTE, RECEIPT
from data.writes import ledger, permission
from errors import Conflict, NotFound
from models.access import User
from models.enums import ReversalKind, WriteOffKind
from models.receivables import Allocation, InvoiceSchedule, Reversal, WriteOff

REASON_LENGTH = 200
Marks = tuple[int, ...]
"""`mark` of each thing a form showed."""
Plan = tuple[tuple[date, int], ...]
"""Instalments: day due and amount in minor units."""


@dataclass(frozen=True, slots=True)
class Application:
    """A receipt or credit note for an invoice; money in minor units."""

    what: str
    """receipt or credit_note."""
    source_id: int
    invoice_id: int
    amount: int
    on: date
    seen: Marks
    """`mark` of source and invoice as they were shown."""


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Less of an allocation from a day on."""

    allocation_id: int
    on: date | None
    """None is the day it began: it never counted."""
    seen: Marks | None
    """`mark` of its source and invoice; None where nothing was shown (undo)."""
    amount: int | None = None
    """None is all of it."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reversing:
    """A receipt that bounced or is refunded, a credit note that is void."""

    what: str
    source_id: int
    amount: int
    on: date
    seen: Marks
    """`mark` of the source."""
    kind: ReversalKind
    reason: str = ""
    invoice_id: int | None = None
    """The invoice that is open again first."""


@dataclass(frozen=True, slots=True)
class GivingUp:
    """Part of an invoice that will not be paid."""

    invoice_id: int
    amount: int
    on: date
    seen: Marks
    """`mark` of the invoice."""
    reason: str
    kind: WriteOffKind = WriteOffKind.SMALL_DIFFERENCE


@dataclass(frozen=True, slots=True)
class Agreement:
    """When an invoice falls due from a day on: one date, or instalments."""

    invoice_id: int
    since: date
    plan: Plan
    seen: Marks
    """`mark` of the invoice."""
    reason: str = ""


def apply(engine: Engine, actor: User, wanted: Application) -> int:
    """Apply part of a receipt or credit note to an invoice; returns the allocation's number.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: receipt or invoice changed since they were shown.
        BadInput: before one of them, or more than is open or free; names the field.
    """
    with ledger.writing(engine, actor) as session:
        book = ledger.book_of(session, actor, wanted.invoice_id, (wanted.what, wanted.source_id))
        source, bill = (
            ledger.source_of(book, wanted.what, wanted.source_id),
            ledger.bill_of(book, wanted.invoice_id),
        )
        ledger.unchanged(session, wanted.seen, source, bill)
        ledger.day_fits(session, wanted.on, max(source.day, bill.day))
        one = ledger.obeying(lambda: book.apply(source, bill, wanted.amount, wanted.on))
        numbers = ledger.written(session, book, actor)
        audit.record(
            session,
            actor,
            "receivables.apply",
            wanted.what,
            source.code,
            invoice=bill.code,
            amount=wanted.amount,
            on=wanted.on,
        )
        return numbers[id(one)]


def take_back(engine: Engine, actor: User, wanted: TakingBack) -> int:
    """Take an allocation back, in whole or in part; returns how much, in minor units.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: it was taken back, or receipt or invoice changed since they were shown.
        BadInput: before it began, or more than is applied; names the field.
    """
    with ledger.writing(engine, actor) as session:
        found = session.get(Allocation, wanted.allocation_id)
        if found is None:
            raise NotFound("allocation", wanted.allocation_id)
        what, source_id = (
            (RECEIPT, found.receipt_id)
            if found.receipt_id is not None
            else (CREDIT_NOTE, found.credit_note_id)
        )
        book = ledger.book_of(session, actor, found.invoice_id, (what, source_id or 0))
        source, bill = (
            ledger.source_of(book, what, source_id or 0),
            ledger.bill_of(book, found.invoice_id),
        )
        if found.ended_on is not None:
            changed = ledger.moved(session, source, bill)
            raise Conflict("allocation", wanted.allocation_id, changed=changed)
        if wanted.seen is not None:
            ledger.unchanged(session, wanted.seen, source, bill)
        begun = max(found.allocated_on, source.day, bill.day)
        on = wanted.on or begun
        ledger.day_fits(session, on, begun)
        permission.refuse_if(permission.bad_text(wanted.reason, "reason", longest=REASON_LENGTH))
        amount = found.amount if wanted.amount is None else wanted.amount
        ledger.at_most(amount, found.amount, "more_than_applied")
        taken = ledger.obeying(
            lambda: book.take_back(source, bill, amount, on, wanted.reason.strip())
        )
        ledger.written(session, book, actor)
        audit.record(
            session,
            actor,
            "receivables.take_back",
            what,
            source.code,
            invoice=bill.code,
            amount=taken,
            on=on,
            reason=wanted.reason.strip(),
        )
        return taken


def reverse(engine: Engine, actor: User, wanted: Reversing) -> int:
    """Record a bounced or refunded receipt, or a void credit note; returns its number.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: it changed since it was shown.
        BadInput: before it, or more than there is of it; names the field.
    """
    with ledger.writing(engine, actor) as session:
        book = ledger.book_of(session, actor, wanted.invoice_id, (wanted.what, wanted.source_id))
        source = ledger.source_of(book, wanted.what, wanted.source_id)
        bill = ledger.bill_of(book, wanted.invoice_id) if wanted.invoice_id is not None else None
        ledger.unchanged(session, wanted.seen, source)
        ledger.day_fits(session, wanted.on, source.day)
        permission.refuse_if(permission.bad_text(wanted.reason, "reason", longest=REASON_LENGTH))
        reason = wanted.reason.strip()
        ledger.obeying(lambda: book.reverse(source, wanted.amount, wanted.on, bill, reason))
        opened = {one.bill.code: one.amount for one in book.ended}
        ledger.written(session, book, actor)
        row = Reversal(
            code=ledger.free_code(session, Reversal, f"{source.code[:50]}-R"),
            receipt_id=source.row_id if wanted.what == RECEIPT else None,
            credit_note_id=None if wanted.what == RECEIPT else source.row_id,
            reversed_on=wanted.on,
            amount=wanted.amount,
            kind=wanted.kind,
            reason=reason,
            recorded_by=actor.id,
        )
        session.add(row)
        session.flush()
        audit.record(
            session,
            actor,
            "receivables.reverse",
            wanted.what,
            source.code,
            code=row.code,
            amount=wanted.amount,
            on=wanted.on,
            kind=wanted.kind,
            reason=reason,
            taken_from=sorted(opened),
        )
        return row.id or 0


def write_off(engine: Engine, actor: User, wanted: GivingUp) -> int:
    """Give up part of an invoice with a reason; returns the write-off's number.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: the invoice changed since it was shown.
        BadInput: no reason, before the invoice, or more than is open; names the field.
    """
    with ledger.writing(engine, actor) as session:
        book = ledger.book_of(session, actor, wanted.invoice_id)
        bill = ledger.bill_of(book, wanted.invoice_id)
        ledger.unchanged(session, wanted.seen, bill)
        ledger.day_fits(session, wanted.on, bill.day)
        permission.refuse_if(
            permission.bad_text(wanted.reason, "reason", longest=REASON_LENGTH, needed=True)
        )
        ledger.obeying(lambda: book.write_off(bill, wanted.amount, wanted.on))
        row = WriteOff(
            code=ledger.free_code(session, WriteOff, f"{bill.code[:50]}-W"),
            invoice_id=wanted.invoice_id,
            written_off_on=wanted.on,
            amount=wanted.amount,
            kind=wanted.kind,
            reason=wanted.reason.strip(),
            recorded_by=actor.id,
        )
        session.add(row)
        session.flush()
        audit.record(
            session,
            actor,
            "receivables.write_off",
            "invoice",
            bill.code,
            code=row.code,
            amount=wanted.amount,
            on=wanted.on,
            kind=wanted.kind,
            reason=row.reason,
        )
        return row.id or 0


def end_write_off(engine: Engine, actor: User, write_off_id: int, on: date | None = None) -> None:
    """Take a write-off back from a day on; without one it never counted.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: it was taken back already.
        BadInput: the day is before it.
    """
    with ledger.writing(engine, actor) as session:
        row = session.get(WriteOff, write_off_id)
        if row is None:
            raise NotFound("write_off", write_off_id)
        bill = ledger.bill_of(ledger.book_of(session, actor, row.invoice_id), row.invoice_id)
        if row.ended_on is not None:
            raise Conflict("write_off", write_off_id, changed=ledger.moved(session, bill))
        day = on or row.written_off_on
        ledger.day_fits(session, day, row.written_off_on)
        row.ended_on = day
        session.add(row)
        session.flush()
        audit.record(
            session,
            actor,
            "receivables.end_write_off",
            "invoice",
            bill.code,
            code=row.code,
            amount=row.amount,
            on=day,
        )


def agree(engine: Engine, actor: User, wanted: Agreement) -> None:
    """Put a due date off, or agree instalments; what was agreed before keeps its days.

    Agreed again on the same day, the later agreement replaces the earlier one; the audit
    trail keeps both.

    Raises:
        NotAllowed, NotFound: the actor's role does not, or may not see the customer.
        Conflict: the invoice changed since it was shown.
        BadInput: before the invoice, or not the whole invoice; names the field.
    """
    with ledger.writing(engine, actor) as session:
        book = ledger.book_of(session, actor, wanted.invoice_id)
        bill = ledger.bill_of(book, wanted.invoice_id)
        ledger.unchanged(session, wanted.seen, bill)
        ledger.day_fits(session, wanted.since, bill.day, column="since")
        permission.refuse_if(
            [
                *permission.bad_text(wanted.reason, "reason", longest=REASON_LENGTH),
                *(i for due, _a in wanted.plan for i in permission.bad_day(due, "plan")),
            ]
        )
        before = bill.plan(wanted.since)
        ledger.obeying(lambda: book.agree(bill, wanted.since, wanted.plan), {"on": "since"})
        session.execute(
            sa.delete(InvoiceSchedule).where(
                col(InvoiceSchedule.invoice_id) == wanted.invoice_id,
                col(InvoiceSchedule.since) == wanted.since,
            )
        )
        session.add_all(
            InvoiceSchedule(
                invoice_id=wanted.invoice_id,
                since=wanted.since,
                position=place,
                due_on=due,
                amount=amount,
                reason=wanted.reason.strip(),
                recorded_by=actor.id,
            )
            for place, (due, amount) in enumerate(wanted.plan, start=1)
        )
        session.flush()
        audit.record(
            session,
            actor,
            "receivables.agree",
            "invoice",
            bill.code,
            since=wanted.since,
            before=before,
            after=wanted.plan,
            reason=wanted.reason.strip(),
        )
