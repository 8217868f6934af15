"""Credit note sheets (红字/贷项表): applied to an invoice, or left for later."""

from __future__ import annotations

from dataclasses import replace

from data.imports.kinds import parts
from data.imports.receivables import allocating, spreading
from data.imports.receivables.allocating import CREDIT_NOTES
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Spec, Target
from models.enums import SheetKind
from models.receivables import Allocation, CreditNote


def _derive(row: dict[str, object]) -> None:
    """A credit note with one invoice and no share lowers that invoice by all of it."""
    if row.get("invoice_code") and row.get("allocated") is None:
        row["allocated"] = row.get("amount")


def _prepare(context: Context, faults: Faults, _changes: Changes) -> None:
    allocating.prepare(context, faults, CREDIT_NOTES)


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    allocating.check(context, faults, changes, CREDIT_NOTES)


def _finish(context: Context, _faults: Faults, changes: Changes) -> None:
    spreading.spread_oldest_first(context, changes, CREDIT_NOTES)


SPEC = Spec(
    kind=SheetKind.CREDIT_NOTES,
    label="Credit notes",
    roles=permission.FINANCE,
    choices={"allocate": "allocate_oldest"},
    fields=(
        parts.credit_note_code(required=True),
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.invoice_code(more="|原发票号|原发票号码|蓝字发票号|对应发票号"),
        parts.event_day(
            "issued_on",
            "Credit note date",
            "issued_on|开具日期|红票日期|日期|credit_note_date|date",
        ),
        parts.amount("amount|金额|红字金额|退款金额", negative="credit_note_negative"),
        parts.allocated(),
        parts.CURRENCY,
        parts.note("reason", "Reason", 200, "reason|原因|红冲原因|备注", example="质量折让"),
    ),
    side="credit",
    documents=frozenset({"credit", "return"}),
    any_of=((*parts.IDENTIFIES, "invoice_code"),),
    references=(replace(parts.CUSTOMER, unless="invoice_code"), parts.INVOICE),
    targets=(
        Target(
            CreditNote,
            "credit_note_id",
            {"code": "credit_note_code"},
            {
                "customer_id": "customer_id",
                "issued_on": "issued_on",
                "amount": "amount",
                "reason": "reason",
            },
            updatable=frozenset({"issued_on", "reason"}),
            shared=True,
            whole=True,
            duplicate="credit_note_disagrees",
        ),
        Target(
            Allocation,
            "allocation_id",
            {"credit_note_id": "credit_note_id", "invoice_id": "invoice_id"},
            {"allocated_on": "allocated_on", "amount": "allocated"},
            when="allocated_on",
            file_key=("credit_note_code", "invoice_code"),
        ),
    ),
    extra={"allocated_on": "date"},
    stands_for={"allocated_on": "issued_on"},
    derive=_derive,
    prepare=_prepare,
    check=_check,
    finish=_finish,
)
