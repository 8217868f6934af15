"""Write-off sheets (尾差、坏账核销): parts of invoices that are given up, with their reason."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.words import WRITE_OFF_KINDS
from data.imports.parsing import texts, values
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
from models.receivables import WriteOff

WRITE_OFF = table_of(WriteOff)
_FIELDS = {"amount": "amount", "on": "written_off_on", "until": "ended_on"}


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    """No more is given up than is open, and what was taken back stays so."""
    loading.lock(context.connection)
    staged = context.staged
    stored = staged.join(WRITE_OFF, WRITE_OFF.c.id == staged.c.write_off_id)
    faults.where(
        "may_not_change", "ended_on", staged.c.ended_on != WRITE_OFF.c.ended_on, source=stored
    )
    faults.where(
        "ended_before_begun",
        "ended_on",
        staged.c.ended_on < WRITE_OFF.c.written_off_on,
        other=WRITE_OFF.c.written_off_on,
        source=stored,
    )
    rows = _new(context)
    book = loading.load(context.connection, bills={row.invoice_id for row in rows})
    booking = Booking(context, faults, changes, book, _FIELDS)
    for row in rows:
        bill, on = booking.bills[row.invoice_id], row.written_off_on
        booking.put(row, partial(book.write_off, bill, row.amount, on, row.ended_on))
    booking.close()


def _new(context: Context) -> list[Any]:
    staged = context.staged
    names = ("id", "line", "invoice_id", "written_off_on", "amount", "ended_on")
    return list(
        context.connection.execute(
            sa.select(*(staged.c[name] for name in names))
            .where(context.good(), staged.c.write_off_id.is_(None))
            .order_by(staged.c.written_off_on, staged.c.id)
        )
    )


SPEC = Spec(
    kind=SheetKind.WRITE_OFFS,
    label="Write-offs",
    roles=permission.FINANCE,
    fields=(
        Field(
            "write_off_code",
            "Write-off number",
            "write_off_code|核销单号|核销编号|坏账编号|尾差编号|write_off_no|write-off number",
            texts.code(60),
            required=True,
            examples=("WO2026001", "WO2026002"),
        ),
        parts.invoice_code(required=True),
        parts.event_day(
            "written_off_on",
            "Written off on",
            "written_off_on|核销日期|坏账日期|write-off date|written off on",
        ).like("2026-11-16", "2026-11-16"),
        parts.amount("amount|核销金额|金额|坏账金额|尾差金额").like("0.50", "8600.50"),
        Field(
            "kind",
            "Small difference or bad debt",
            "kind|核销类型|类型|type",
            values.Choice(WRITE_OFF_KINDS),
            examples=("尾差", "坏账"),
        ),
        Field(
            "reason",
            "Reason",
            "reason|原因|核销原因|备注|摘要",
            texts.text(200),
            required=True,
            examples=("尾差", "客户已破产"),
        ),
        Field(
            "ended_on",
            "Taken back on",
            "ended_on|撤销日期|收回日期|taken back on",
            day(),
            "date",
        ),
    ),
    references=(parts.INVOICE,),
    targets=(
        Target(
            WriteOff,
            "write_off_id",
            {"code": "write_off_code"},
            {
                "invoice_id": "invoice_id",
                "written_off_on": "written_off_on",
                "amount": "amount",
                "kind": "kind",
                "reason": "reason",
                "ended_on": "ended_on",
            },
            updatable=frozenset({"reason", "ended_on"}),
        ),
    ),
    check=_check,
)
