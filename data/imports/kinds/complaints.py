"""Complaint sheets (投诉表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.kinds.words import COMPLAINT_SCOPES, COMPLAINT_STATES
from data.imports.parsing import texts, values
from data.imports.parsing.days import day, moment
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.service import Complaint

_COLUMNS = (
    "opened_on",
    "first_reply_at",
    "due_on",
    "closed_on",
    "scope",
    "state",
    "upheld",
    "department",
    "summary",
    "cause",
    "remedy",
    "score_after",
    "product_id",
)


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    staged = context.staged
    faults.where("closed_before_opened", "closed_on", staged.c.closed_on < staged.c.opened_on)


SPEC = Spec(
    kind=SheetKind.COMPLAINTS,
    label="Complaints",
    roles=permission.MANAGERS_AND_SERVICE,
    fields=(
        Field(
            "complaint_code",
            "Complaint number",
            "complaint_code|投诉编号|投诉单号|complaint_no|complaint number",
            texts.code(60),
            required=True,
            examples=("TS2026001", "TS2026002"),
        ),
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day(
            "opened_on", "Complaint date", "opened_on|投诉日期|受理日期|日期|complaint_date|date"
        ),
        Field(
            "scope",
            "Scope",
            "scope|投诉范围|投诉类型|类型|类别",
            values.Choice(COMPLAINT_SCOPES),
            required=True,
            examples=("质量", "运输"),
        ),
        Field("state", "State", "state|状态|处理状态|处理进度", values.Choice(COMPLAINT_STATES)),
        Field(
            "first_reply_at",
            "First reply",
            "first_reply_at|首次回复时间|首次回复|首次响应时间",
            moment,
            "instant",
            examples=("2026-11-02 15:20", ""),
        ),
        Field("due_on", "Due date", "due_on|要求完成日期|期限", day(event=False), "date"),
        Field(
            "closed_on",
            "Closed on",
            "closed_on|关闭日期|办结日期|完成日期",
            day(),
            "date",
            examples=("2026-11-12", ""),
        ),
        Field("upheld", "Upheld", "upheld|是否成立|投诉是否成立", values.flag, "flag"),
        parts.product_code(),
        parts.note("department", "Department", 60, "department|责任部门|处理部门"),
        parts.note(
            "summary", "Summary", 400, "summary|投诉内容|内容|摘要", example="到货外包装破损"
        ),
        parts.note("cause", "Cause", 400, "cause|原因|原因分析"),
        parts.note("remedy", "Remedy", 400, "remedy|处理方案|处理结果|补偿方案"),
        Field(
            "score_after",
            "Score after",
            "score_after|处理满意度|回访评分",
            values.number(least=0, most=100),
            "number",
        ),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.PRODUCT),
    targets=(
        Target(
            Complaint,
            "complaint_id",
            {"code": "complaint_code"},
            {"customer_id": "customer_id", **{name: name for name in _COLUMNS}},
            updatable=frozenset(_COLUMNS),
        ),
    ),
    check=_check,
)
