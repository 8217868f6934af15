"""Credit limit sheets (信用额度表): the limit of a customer from a day on."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.words import GRADE_METHODS
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.credit import CreditLimit
from models.enums import SheetKind

_COLUMNS = ("amount", "method", "reason", "decided_by")

SPEC = Spec(
    kind=SheetKind.CREDIT_LIMITS,
    label="Credit limits",
    roles=permission.FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("since", "Since", "since|生效日期|额度生效日期|起始日期|日期|date"),
        Field(
            "amount",
            "Credit limit",
            "credit_limit|信用额度|授信额度|credit limit",
            values.money(sign="not_negative"),
            "money",
            required=True,
            examples=("500000.00", "80000.00"),
        ),
        Field(
            "method",
            "Way of setting it",
            "method|测定方法|额度测定方法|评定方法",
            values.Choice(GRADE_METHODS),
            examples=("销售额测定法", "综合判断法"),
        ),
        parts.note("reason", "Reason", 400, "reason|核定理由|理由|原因", "按上年销售额核定额度"),
        parts.person("decider", "Decided by", "decided_by|核定人|决定人|审批人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.user("decider", "decided_by")),
    targets=(
        Target(
            CreditLimit,
            "credit_limit_id",
            {"customer_id": "customer_id", "since": "since"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
)
