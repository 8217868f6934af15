"""Supervision sheets (督办表): matters with somebody who answers for them and a day."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.words import SUPERVISION_STATES, TOPICS
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from data.imports.terms.tables import table_of
from models.customers import Customer
from models.enums import SheetKind, SupervisionState
from models.loss import SupervisionItem
from models.service import Complaint

CUSTOMER = table_of(Customer)
ITEM = table_of(SupervisionItem)
CLOSED = SupervisionState.CLOSED.value

_COLUMNS = {
    "title": "title",
    "owner_id": "responsible_id",
    "due_on": "due_on",
    "state": "state",
    "closed_on": "closed_on",
    "evidence": "evidence",
    "escalated_to": "escalated_to",
    "escalated_on": "escalated_on",
    "opened_by": "opened_by",
    "complaint_id": "complaint_id",
}


def _derive(row: dict[str, Any]) -> None:
    """A matter with a closing day is closed."""
    if row.get("closed_on") and not row.get("state"):
        row["state"] = CLOSED


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """Closed with a day and evidence; one live matter of a customer and topic."""
    row = context.staged.c
    _responsible(context, faults)
    closed = row.closed_on.is_not(None)
    faults.where("closed_before_opened", "closed_on", row.closed_on < row.opened_on)
    faults.where("due_before_opened", "due_on", row.due_on < row.opened_on)
    faults.where("closed_is_open", "state", sa.and_(closed, row.state != CLOSED))
    unsaid = row.closed_on.is_(None), row.state == CLOSED, row.supervision_id.is_(None)
    faults.where("closed_without_day", "closed_on", sa.and_(*unsaid))
    shown = sa.select(ITEM.c.evidence).where(ITEM.c.id == row.supervision_id).scalar_subquery()
    bare = sa.func.coalesce(row.evidence, shown, "") == ""
    faults.where("closed_without_evidence", "evidence", sa.and_(closed, bare))
    reopened = sa.exists().where(ITEM.c.id == row.supervision_id, ITEM.c.closed_on.is_not(None))
    again = sa.and_(reopened, row.state.is_not(None), row.state != CLOSED)
    faults.where("may_not_change", "state", again)
    _one_live(context, faults)


def _responsible(context: Context, faults: Faults) -> None:
    """Where nobody is named, the account manager of the customer, as on the page."""
    staged = context.staged
    manager = (
        sa.select(CUSTOMER.c.owner_id)
        .where(CUSTOMER.c.id == staged.c.customer_id)
        .scalar_subquery()
    )
    open_ = sa.and_(staged.c.supervision_id.is_(None), staged.c.responsible_id.is_(None))
    context.connection.execute(sa.update(staged).where(open_).values(responsible_id=manager))
    faults.where("customer_has_no_manager", "responsible", open_)


def _one_live(context: Context, faults: Faults) -> None:
    row = context.staged.c
    settled = sa.select(row.supervision_id).where(
        row.closed_on.is_not(None), row.supervision_id.is_not(None), context.good()
    )
    there = sa.exists().where(
        ITEM.c.customer_id == row.customer_id,
        ITEM.c.topic == row.topic,
        ITEM.c.closed_on.is_(None),
        ITEM.c.id.not_in(settled),
    )
    fresh = sa.and_(row.supervision_id.is_(None), row.closed_on.is_(None))
    faults.where("supervision_already_open", "topic", sa.and_(fresh, there))
    twice = (
        sa.select(row.customer_id, row.topic)
        .where(fresh, context.good())
        .group_by(row.customer_id, row.topic)
        .having(sa.func.count() > 1)
        .subquery()
    )
    same = sa.and_(twice.c.customer_id == row.customer_id, twice.c.topic == row.topic)
    faults.where(
        "supervision_already_open", "topic", fresh, source=context.staged.join(twice, same)
    )


SPEC = Spec(
    kind=SheetKind.SUPERVISION_ITEMS,
    label="Supervision",
    roles=permission.LEADERS,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        Field(
            "topic",
            "Matter",
            "topic|督办事项|督办事项类别",
            values.Choice(TOPICS),
            required=True,
            examples=("逾期应收", "投诉"),
        ),
        parts.note("title", "Title", 200, "title|督办内容|督办标题", example="本月收回到期货款"),
        parts.person("responsible", "Answers for it", "owner|责任人|督办责任人|承办人"),
        parts.event_day("opened_on", "Opened on", "opened_on|督办日期|立项日期"),
        Field(
            "due_on",
            "Due date",
            "due_on|办结期限|督办期限|要求完成日期",
            day(event=False),
            "date",
            required=True,
            examples=("2026-11-30", "2026-12-15"),
        ),
        Field("state", "State", "state|督办状态|状态", values.Choice(SUPERVISION_STATES)),
        Field("closed_on", "Closed on", "closed_on|办结日期|关闭日期", day(), "date"),
        parts.note("evidence", "Evidence", 400, "evidence|办结依据|办结说明"),
        parts.person("escalated", "Escalated to", "escalated_to|上报对象|升级至"),
        Field("escalated_on", "Escalated on", "escalated_on|上报日期|升级日期", day(), "date"),
        parts.person("opener", "Opened by", "opened_by|督办人|发起人"),
        Field(
            "complaint_code",
            "Complaint number",
            "complaint_code|投诉编号|投诉单号",
            texts.code(60),
        ),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(
        parts.CUSTOMER,
        parts.colleague("responsible", "responsible_id"),
        parts.user("escalated", "escalated_to"),
        parts.user("opener", "opened_by"),
        Reference("complaint_code", "complaint_id", Complaint, "unknown_complaint"),
    ),
    targets=(
        Target(
            SupervisionItem,
            "supervision_id",
            {"customer_id": "customer_id", "topic": "topic", "opened_on": "opened_on"},
            _COLUMNS,
            updatable=frozenset(_COLUMNS),
        ),
    ),
    derive=_derive,
    check=_check,
)
