"""Reversal sheets (退票退款): receipts that bounced or were refunded, void credit notes."""

from __future__ import annotations

from dataclasses import replace

from data.imports.kinds import parts
from data.imports.kinds.words import REVERSAL_KINDS
from data.imports.parsing import texts, values
from data.imports.receivables import moving
from data.imports.receivables.reversing import kind_of
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import ReversalKind, SheetKind
from models.receivables import Reversal


def _derive(row: dict[str, object]) -> None:
    """Banks list what went back with or without a sign; what it was, its words tell."""
    amount = row.get("amount")
    if isinstance(amount, int):
        row["amount"] = abs(amount)
    if row.get("kind") is None:
        row["kind"] = ReversalKind.VOID.value if row.get("credit_note_code") else _said(row)


def _said(row: dict[str, object]) -> str:
    return kind_of(str(row.get("reason") or ""), invoice=bool(row.get("invoice_code"))).value


SPEC = Spec(
    kind=SheetKind.REVERSALS,
    label="Reversals",
    roles=permission.FINANCE,
    fields=(
        Field(
            "reversal_code",
            "Reversal number",
            "reversal_code|退票编号|退票单号|退款编号|冲销编号|冲销单号|reversal number",
            texts.code(60),
            required=True,
            examples=("RV2026001", "RV2026002"),
        ),
        parts.receipt_code(),
        parts.credit_note_code(),
        parts.invoice_code(),
        parts.event_day(
            "reversed_on",
            "Reversed on",
            "reversed_on|退票日期|退款日期|冲销日期|退回日期|reversal date|returned on",
        ).like("2026-11-16", "2026-11-16"),
        replace(
            parts.amount("amount|金额|退票金额|退款金额|冲销金额"),
            parse=values.money(sign="not_zero"),
        ).like("12500.00", "600.50"),
        Field(
            "kind",
            "Bounced, refunded or void",
            "kind|类型|冲销类型|退回类型|type",
            values.Choice(REVERSAL_KINDS),
            examples=("退票", "退款"),
        ),
        parts.note("reason", "Reason", 200, "reason|原因|退票原因|退款原因|备注|摘要"),
    ),
    any_of=(("receipt_code", "credit_note_code"),),
    references=(parts.RECEIPT, parts.CREDIT_NOTE, parts.INVOICE),
    targets=(
        Target(
            Reversal,
            "reversal_id",
            {"code": "reversal_code"},
            {
                "receipt_id": "receipt_id",
                "credit_note_id": "credit_note_id",
                "reversed_on": "reversed_on",
                "amount": "amount",
                "kind": "kind",
                "reason": "reason",
            },
            updatable=frozenset({"reason"}),
        ),
    ),
    extra={"customer_id": "whole"},
    derive=_derive,
    prepare=moving.one_source,
    check=moving.check_reversals,
    finish=moving.write_reversals,
)
