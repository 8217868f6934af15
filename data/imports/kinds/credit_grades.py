"""Credit grade sheets (信用等级表): the grade of a customer from a day on."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.words import CREDIT_GRADES, GRADE_METHODS
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.credit import CreditGradeEntry
from models.enums import SheetKind

_COLUMNS = ("grade", "method", "reason", "decided_by")

SPEC = Spec(
    kind=SheetKind.CREDIT_GRADES,
    label="Credit grades",
    roles=permission.FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("since", "Since", "since|评定日期|生效日期|起始日期|日期|date"),
        Field(
            "grade",
            "Credit grade",
            "grade|信用等级|资信等级|评定等级|credit grade",
            values.Choice(CREDIT_GRADES),
            required=True,
            examples=("A", "B"),
        ),
        Field(
            "method",
            "Way of rating",
            "method|评定方法|评级方法",
            values.Choice(GRADE_METHODS),
            examples=("回款率", "综合判断法"),
        ),
        parts.note("reason", "Reason", 400, "reason|评定理由|理由|原因", "全年回款及时没有逾期"),
        parts.person("decider", "Decided by", "decided_by|评定人|决定人|审批人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.user("decider", "decided_by")),
    targets=(
        Target(
            CreditGradeEntry,
            "credit_grade_id",
            {"customer_id": "customer_id", "since": "since"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
)
