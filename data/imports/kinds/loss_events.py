"""Loss sheets (流失与挽回表): a customer was lost, or won back, on a day."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.words import LOSS_REASONS
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.loss import LossEvent

_COLUMNS = ("won_back", "reason", "value", "competitor", "note", "recorded_by")

SPEC = Spec(
    kind=SheetKind.LOSS_EVENTS,
    label="Losses",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("happened_on", "Lost or won back on", "happened_on|流失日期|流失挽回日期"),
        Field(
            "won_back",
            "Won back",
            "won_back|是否挽回|挽回",
            values.flag,
            "flag",
            examples=("否", "是"),
        ),
        Field(
            "reason",
            "Reason for the loss",
            "reason|流失原因|原因",
            values.Choice(LOSS_REASONS),
            examples=("质量不稳定", ""),
        ),
        Field(
            "value", "Yearly margin lost", "value|流失毛利|流失价值|年毛利", values.money(), "money"
        ),
        parts.note("competitor", "Competitor", 80, "competitor|竞争对手|竞品"),
        parts.note("note", "Note", 400, "note|备注|说明|remark"),
        parts.person("recorder", "Recorded by", "recorded_by|记录人|登记人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.user("recorder", "recorded_by")),
    targets=(
        Target(
            LossEvent,
            "loss_event_id",
            {"customer_id": "customer_id", "happened_on": "happened_on"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
)
