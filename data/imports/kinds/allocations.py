"""Allocation sheets (核销明细): receipts and credit notes applied to invoices, and taken back."""

from __future__ import annotations

from dataclasses import replace

from data.imports.kinds import parts
from data.imports.kinds.words import MOVES
from data.imports.parsing import values
from data.imports.receivables import moving
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.receivables import Allocation


def _derive(row: dict[str, object]) -> None:
    """What is applied, of a receipt or of a credit note; or what is taken back."""
    amount = row.get("amount")
    if not isinstance(amount, int):
        return
    if amount < 0 or row.get("move") == "take_back":
        row["taken"] = abs(amount)
    elif row.get("receipt_code"):
        row["receipt_applied"] = amount
    else:
        row["note_applied"] = amount


SPEC = Spec(
    kind=SheetKind.ALLOCATIONS,
    label="Allocations",
    roles=permission.FINANCE,
    fields=(
        parts.receipt_code().like("RC2026002", "RC2026001"),
        parts.credit_note_code(),
        parts.invoice_code(required=True).like("INV2026002", "INV2026001"),
        parts.event_day(
            "applied_on",
            "Applied on",
            "applied_on|核销日期|核销时间|冲账日期|allocated_on|allocation date|applied on",
        ).like("2026-11-16", "2026-11-16"),
        replace(
            parts.amount("amount|核销金额|金额|冲账金额|allocated amount"),
            parse=values.money(sign="not_zero"),
        ).like("8600.50", "2500.00"),
        Field(
            "move",
            "Applied or taken back",
            "move|类型|核销类型|操作|action|type",
            values.Choice(MOVES),
            examples=("核销", "撤销"),
        ),
        parts.note("reason", "Reason", 200, "reason|原因|备注|摘要"),
    ),
    any_of=(("receipt_code", "credit_note_code"),),
    references=(parts.RECEIPT, parts.CREDIT_NOTE, parts.INVOICE),
    targets=(
        Target(
            Allocation,
            "allocation_id",
            {
                "receipt_id": "receipt_id",
                "invoice_id": "invoice_id",
                "allocated_on": "allocated_on",
            },
            {"amount": "receipt_applied"},
            when="receipt_applied",
            file_key=("receipt_code", "invoice_code", "allocated_on"),
        ),
        Target(
            Allocation,
            "note_allocation_id",
            {
                "credit_note_id": "credit_note_id",
                "invoice_id": "invoice_id",
                "allocated_on": "allocated_on",
            },
            {"amount": "note_applied"},
            when="note_applied",
            file_key=("credit_note_code", "invoice_code", "allocated_on"),
        ),
    ),
    extra={
        "customer_id": "whole",
        "allocated_on": "date",
        "receipt_applied": "money",
        "note_applied": "money",
        "taken": "money",
        "taken_before": "flag",
    },
    stands_for={
        "allocated_on": "applied_on",
        "receipt_applied": "amount",
        "note_applied": "amount",
    },
    derive=_derive,
    prepare=moving.prepare_allocations,
    check=moving.check_allocations,
    also_changes=moving.count_allocations,
    finish=moving.write_allocations,
)
