"""Credit note sheets (红字/贷项表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.spec import Field, Spec, Target
from data.imports.parsing import values
from data.imports.work import Work
from models.enums import SheetKind
from models.receivables import CreditNote

SPEC = Spec(
    kind=SheetKind.CREDIT_NOTES,
    label="Credit notes",
    fields=(
        Field(
            "credit_note_code",
            "Credit note number",
            "credit_note_code|红字发票号|贷项编号|红票号|退款单号|credit_note_no|credit note",
            values.code(60),
            required=True,
            examples=("CN2026001", "CN2026002"),
        ),
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day(
            "issued_on",
            "Credit note date",
            "issued_on|开具日期|红票日期|日期|credit_note_date|date",
        ),
        parts.amount("amount|金额|红字金额|退款金额"),
        parts.CURRENCY,
        parts.note("reason", "Reason", 200, "reason|原因|红冲原因|备注", example="质量折让"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER,),
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
        ),
    ),
    prepare=Work.check_currency,
)
