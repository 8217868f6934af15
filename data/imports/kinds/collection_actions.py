"""Collection sheets (追账记录表): steps taken to collect, with result, promise and next date.

Same customer, day, means, result and invoice: the same step.
"""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.words import CHANNELS, COLLECTION_RESULTS
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from data.imports.terms.tables import table_of
from models.enums import IN_WRITING, WITH_PROMISE, CollectionResult, SheetKind
from models.receivables import CollectionAction, Invoice

INVOICE = table_of(Invoice)
_COLUMNS = (
    "promised_on",
    "promised_amount",
    "interrupts_limitation",
    "next_on",
    "note",
    "acted_by",
)


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """The rules of the form: a promise names its day, a demand that counts leaves a proof."""
    row = context.staged.c
    joined = context.staged.join(INVOICE, INVOICE.c.id == row.invoice_id)
    other = INVOICE.c.customer_id != row.customer_id
    faults.where("invoice_of_other_customer", "invoice_code", other, source=joined)
    faults.where("promise_before_action", "promised_on", row.promised_on < row.acted_on)
    without = sa.and_(
        row.promised_on.is_(None),
        sa.or_(row.result == CollectionResult.PROMISED.value, row.promised_amount.is_not(None)),
        row.collection_action_id.is_(None),
    )
    faults.where("promise_needs_day", "promised_on", without)
    kept = sa.and_(row.promised_on.is_not(None), row.result.not_in(sorted(WITH_PROMISE)))
    faults.where("promise_needs_result", "promised_on", kept)
    spoken = sa.and_(row.interrupts_limitation, row.channel.not_in(sorted(IN_WRITING)))
    faults.where("limitation_needs_writing", "interrupts_limitation", spoken)


SPEC = Spec(
    kind=SheetKind.COLLECTION_ACTIONS,
    label="Collection actions",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        Field(
            "invoice_code",
            "Invoice number",
            "invoice_code|发票号|发票号码|发票编号|invoice_no|invoice number",
            texts.code(60),
        ),
        parts.event_day("acted_on", "Collection date", "acted_on|追账日期|催收日期|催款日期"),
        Field(
            "channel",
            "Means",
            "channel|追账方式|催收方式|联系方式|方式",
            values.Choice(CHANNELS),
            required=True,
            examples=("电话", "信函"),
        ),
        Field(
            "result",
            "Result",
            "result|追账结果|催收结果|结果",
            values.Choice(COLLECTION_RESULTS),
            required=True,
            examples=("承诺付款", "已提醒"),
        ),
        Field(
            "promised_on",
            "Promised for",
            "promised_on|承诺付款日期|承诺日期",
            day(event=False),
            "date",
            examples=("2026-11-20", ""),
        ),
        Field(
            "promised_amount",
            "Amount promised",
            "promised_amount|承诺金额|承诺付款金额",
            values.money(sign="positive"),
            "money",
            examples=("12500.00", ""),
        ),
        Field(
            "interrupts_limitation",
            "Interrupts the limitation period",
            "interrupts_limitation|中断诉讼时效|是否中断时效|诉讼时效中断",
            values.flag,
            "flag",
            examples=("否", "是"),
        ),
        Field(
            "next_on", "Next date", "next_on|下次跟进日期|下次联系日期", day(event=False), "date"
        ),
        parts.note(
            "note", "Note", 400, "note|备注|追账内容|记录|remark", example="对方答应月底前付清货款"
        ),
        parts.person("actor", "Collected by", "acted_by|追账人|催收人|经办人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(
        parts.CUSTOMER,
        Reference("invoice_code", "invoice_id", Invoice, "unknown_invoice"),
        parts.user("actor", "acted_by"),
    ),
    targets=(
        Target(
            CollectionAction,
            "collection_action_id",
            {
                "customer_id": "customer_id",
                "acted_on": "acted_on",
                "channel": "channel",
                "result": "result",
                "invoice_id": "invoice_id",
            },
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
            may_lack="invoice_id",
        ),
    ),
    check=_check,
)
