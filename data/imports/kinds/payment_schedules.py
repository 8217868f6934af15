"""Payment schedule sheets (付款计划、分期): the instalments of an invoice from a day on.

The rows of one invoice and day belong together and come to the whole invoice.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.parsing import values
from data.imports.parsing.days import day
from data.imports.receivables.booking import Booking
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from data.imports.terms.tables import table_of
from data.movements import loading
from models.enums import SheetKind
from models.receivables import Invoice, InvoiceSchedule

INVOICE = table_of(Invoice)
_FIELDS = {"amount": "amount", "on": "since", "plan": "amount"}


def _prepare(context: Context, _faults: Faults, _changes: Changes) -> None:
    """In force from the date of the invoice where nothing is said; numbered by their days."""
    staged = context.staged
    written = (
        sa.select(INVOICE.c.invoiced_on)
        .where(INVOICE.c.id == staged.c.invoice_id)
        .scalar_subquery()
    )
    context.connection.execute(
        sa.update(staged).where(staged.c.since.is_(None)).values(since=written, since_assumed=True)
    )
    place = sa.func.row_number().over(
        partition_by=(staged.c.invoice_id, staged.c.since), order_by=(staged.c.due_on, staged.c.id)
    )
    counted = sa.select(staged.c.id, place.label("place")).subquery()
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.id == counted.c.id, staged.c.position.is_(None))
        .values(position=counted.c.place)
    )


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    """A plan comes to its invoice, and what was agreed on a day stays so."""
    loading.lock(context.connection)
    staged = context.staged
    names = (
        "id",
        "line",
        "invoice_id",
        "since",
        "since_assumed",
        "position",
        "due_on",
        "amount",
        "schedule_id",
    )
    rows = context.connection.execute(
        sa.select(*(staged.c[name] for name in names))
        .where(context.good())
        .order_by(staged.c.invoice_id, staged.c.since, staged.c.position)
    ).all()
    book = loading.load(context.connection, bills={row.invoice_id for row in rows})
    booking = Booking(context, faults, changes, book, _FIELDS)
    for (invoice_id, since), some in groupby(rows, lambda row: (row.invoice_id, row.since)):
        _put(booking, invoice_id, since, list(some))
    booking.close()


def _put(booking: Booking, invoice_id: int, since: Any, rows: list[Any]) -> None:
    bill = booking.bills[invoice_id]
    new = [row for row in rows if row.schedule_id is None]
    if since in bill.plans:
        for row in new:
            booking.refuse(row, "plan_of_that_day", "since", since)
        return
    plan = [(row.due_on, row.amount) for row in rows]
    before = bill.plan(since)
    for row in rows:
        booking.put(row, partial(booking.book.agree, bill, since, plan))
    if rows[0].since_assumed and sorted(plan) != sorted(before):
        _was_always_so(booking, rows[0], min(due for due, _amount in (*plan, *before)))


def _was_always_so(booking: Booking, row: Any, since: date) -> None:
    """Say that instalments without a day are those of the invoice from its first day on."""
    said = sa.literal(since.isoformat())
    here = booking.context.staged.c.id == row.id
    booking.faults.note_where("corrects_past", "since", here, other=said)
    booking.changes.corrects(since)


SPEC = Spec(
    kind=SheetKind.PAYMENT_SCHEDULES,
    label="Payment schedules",
    roles=permission.FINANCE,
    fields=(
        parts.invoice_code(required=True).like("INV2026001", "INV2026001"),
        Field(
            "since",
            "In force from",
            "since|生效日期|约定日期|协议日期|in force from",
            day(),
            "date",
            examples=("2026-11-02", "2026-11-02"),
        ),
        Field(
            "position",
            "Instalment",
            "position|期次|期数|分期|第几期|instalment|installment",
            values.number(least=1, most=1000, whole=True),
            "whole",
            examples=("1", "2"),
        ),
        Field(
            "due_on",
            "Due date",
            "due_on|到期日|到期日期|应收日期|付款到期日|due_date|due date",
            day(event=False),
            "date",
            required=True,
            examples=("2026-12-02", "2027-01-04"),
        ),
        parts.amount("amount|金额|分期金额|应收金额|本期金额").like("6000.00", "6500.00"),
        parts.note("reason", "Reason", 200, "reason|原因|备注|摘要"),
    ),
    any_of=(("position", "since"),),
    references=(parts.INVOICE,),
    targets=(
        Target(
            InvoiceSchedule,
            "schedule_id",
            {"invoice_id": "invoice_id", "since": "since", "position": "position"},
            {"due_on": "due_on", "amount": "amount", "reason": "reason"},
            updatable=frozenset({"reason"}),
            whole=True,
            file_key=("invoice_code", "since", "position"),
        ),
    ),
    extra={"since_assumed": "flag"},
    prepare=_prepare,
    check=_check,
)
