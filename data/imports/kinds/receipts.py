"""Receipt sheets (回款表): money received, applied to an invoice or left unallocated.

A negative amount is no receipt but takes one back (退票、退款): see `reversing`.
"""

from __future__ import annotations

from dataclasses import replace

from data.imports.kinds import parts
from data.imports.parsing import values
from data.imports.receivables import allocating, negative_rows, reversing, spreading
from data.imports.receivables.allocating import RECEIPTS
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Spec, Target
from models.enums import SheetKind
from models.receivables import Allocation, Receipt

FIELDS = (
    parts.receipt_code(required=True),
    parts.customer_code(),
    parts.TAX_NUMBER,
    parts.CUSTOMER_NAME,
    parts.invoice_code(),
    parts.event_day(
        "received_on",
        "Receipt date",
        "received_on|回款日期|收款日期|到账日期|日期|payment_date|receipt_date|date",
    ),
    replace(
        parts.amount("amount|金额|回款金额|收款金额|到账金额"), parse=values.money(sign="not_zero")
    ),
    parts.allocated(),
    parts.CURRENCY,
    parts.note(
        "method",
        "Means of payment",
        24,
        "method|回款方式|付款方式|收款方式|结算方式",
        example="银行转账",
    ),
    parts.note("note", "Note", 200, "note|备注|摘要|remark"),
)


def _derive(row: dict[str, object]) -> None:
    """A receipt with one invoice and no share pays that invoice with all of it.

    A negative amount is what is taken back of a receipt; then there is no receipt.
    """
    amount = row.get("amount")
    if isinstance(amount, int) and amount < 0:
        row["amount"], row["taken_back"] = None, -amount
    elif row.get("invoice_code") and row.get("allocated") is None:
        row["allocated"] = amount


def _prepare(context: Context, faults: Faults, _changes: Changes) -> None:
    allocating.prepare(context, faults, RECEIPTS)
    negative_rows.find_stored(context, faults)


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    allocating.check(context, faults, changes, RECEIPTS)
    reversing.check(context, faults, changes)


def _finish(context: Context, faults: Faults, changes: Changes) -> None:
    reversing.write(context, faults, changes)
    spreading.spread_oldest_first(context, changes, RECEIPTS)


SPEC = Spec(
    kind=SheetKind.RECEIPTS,
    label="Receipts",
    roles=permission.FINANCE,
    choices={"allocate": "allocate_oldest"},
    fields=FIELDS,
    side="credit",
    documents=frozenset({"receipt"}),
    any_of=((*parts.IDENTIFIES, "invoice_code"),),
    references=(replace(parts.CUSTOMER, unless="invoice_code"), parts.INVOICE),
    targets=(
        Target(
            Receipt,
            "receipt_id",
            {"code": "receipt_code"},
            {
                "customer_id": "customer_id",
                "received_on": "received_on",
                "amount": "amount",
                "method": "method",
                "note": "note",
            },
            updatable=frozenset({"received_on", "method", "note"}),
            shared=True,
            whole=True,
            when="amount",
            duplicate="receipt_disagrees",
        ),
        Target(
            Allocation,
            "allocation_id",
            {"receipt_id": "receipt_id", "invoice_id": "invoice_id"},
            {"allocated_on": "allocated_on", "amount": "allocated"},
            when="allocated_on",
            file_key=("receipt_code", "invoice_code"),
        ),
    ),
    extra={
        "allocated_on": "date",
        "taken_back": "money",
        "returned_id": "whole",
        "takes": "text",
        "reversal_id": "whole",
    },
    stands_for={"allocated_on": "received_on", "taken_back": "amount"},
    derive=_derive,
    prepare=_prepare,
    check=_check,
    also_changes=reversing.count,
    finish=_finish,
)
