"""Receipt sheets (回款表): money received, applied to an invoice or left unallocated."""

from __future__ import annotations

from dataclasses import replace

from data.imports import allocating
from data.imports.kinds import parts
from data.imports.kinds.spec import Field, Reference, Spec, Target
from data.imports.parsing import values
from models.enums import SheetKind
from models.receivables import Allocation, Invoice, Receipt

FIELDS = (
    Field(
        "receipt_code",
        "Receipt number",
        "receipt_code|回款单号|收款单号|回款编号|收款编号|payment_no|receipt_no|payment id|流水号",
        values.code(60),
        required=True,
        examples=("RC2026001", "RC2026002"),
    ),
    parts.customer_code(),
    parts.TAX_NUMBER,
    parts.CUSTOMER_NAME,
    Field(
        "invoice_code",
        "Invoice number",
        "invoice_code|发票号|发票号码|发票编号|invoice_no|invoice number",
        values.code(60),
        examples=("INV2026001", ""),
    ),
    parts.event_day(
        "received_on",
        "Receipt date",
        "received_on|回款日期|收款日期|到账日期|日期|payment_date|receipt_date|date",
    ),
    parts.amount("amount|金额|回款金额|收款金额|到账金额"),
    Field(
        "allocated",
        "Of it for this invoice",
        "allocated|核销金额|本票核销金额|allocated amount",
        values.money(sign="positive"),
        "money",
    ),
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
    """A receipt with one invoice and no share pays that invoice with all of it."""
    if row.get("invoice_code") and row.get("allocated") is None:
        row["allocated"] = row.get("amount")


SPEC = Spec(
    kind=SheetKind.RECEIPTS,
    label="Receipts",
    fields=FIELDS,
    any_of=((*parts.IDENTIFIES, "invoice_code"),),
    references=(
        replace(parts.CUSTOMER, unless="invoice_code"),
        Reference("invoice_code", "invoice_id", Invoice, "unknown_invoice"),
    ),
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
            duplicate="receipt_disagrees",
        ),
        Target(
            Allocation,
            "allocation_id",
            {"receipt_id": "receipt_id", "invoice_id": "invoice_id"},
            {"allocated_on": "received_on", "amount": "allocated"},
            when="invoice_id",
            file_key=("receipt_code", "invoice_code"),
        ),
    ),
    derive=_derive,
    prepare=allocating.customer_of_invoice,
    check=allocating.check,
    finish=allocating.spread_oldest_first,
)
