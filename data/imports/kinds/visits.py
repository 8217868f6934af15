"""Visit sheets (拜访记录表). Same customer, day, means and purpose: the same visit."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.words import CHANNELS
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import ContactChannel, SheetKind
from models.service import Visit


def _derive(row: dict[str, object]) -> None:
    row["channel"] = row.get("channel") or ContactChannel.VISIT.value


SPEC = Spec(
    kind=SheetKind.VISITS,
    label="Visits",
    roles=permission.EVERYBODY,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day(
            "visited_on", "Visit date", "visited_on|拜访日期|联系日期|日期|visit_date|date"
        ),
        Field(
            "channel",
            "Means",
            "channel|联系方式|拜访方式|方式",
            values.Choice(CHANNELS),
            examples=("拜访", "电话"),
        ),
        parts.note("purpose", "Purpose", 120, "purpose|拜访目的|目的|事由", example="季度回访"),
        parts.note("note", "Note", 1000, "note|拜访内容|备注|记录|remark"),
        Field("cost", "Cost", "cost|费用|拜访费用", values.money(sign="not_negative"), "money"),
        parts.person("visitor", "Visited by", "visited_by|拜访人|客户经理|业务员"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.user("visitor", "visited_by")),
    targets=(
        Target(
            Visit,
            "visit_id",
            {
                "customer_id": "customer_id",
                "visited_on": "visited_on",
                "channel": "channel",
                "purpose": "purpose",
            },
            {"note": "note", "cost": "cost", "visited_by": "visited_by"},
            updatable=frozenset({"note", "cost", "visited_by"}),
        ),
    ),
    derive=_derive,
)
