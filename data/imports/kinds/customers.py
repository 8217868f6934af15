"""Customer sheets (客户档案表): the card, a contact and a credit limit on one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.kinds import dated_cards, groups, likeness, parts
from data.imports.kinds.dated import CUSTOMER, in_force, refuse_loops
from data.imports.kinds.words import CHANNEL_ROLES, CUSTOMER_KINDS, CUSTOMER_STATUSES
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.dated import put_dated
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from data.imports.terms.tables import table_of
from models.credit import CreditLimit
from models.customers import Contact, Customer
from models.enums import CustomerStatus, GradeMethod, SheetKind

CREDIT_LIMIT = table_of(CreditLimit)

FIELDS = (
    parts.customer_code(required=True),
    Field(
        "name",
        "Customer name",
        "name|客户名称|客户全称|单位名称|公司名称|"
        "企业名称|customer_name|customer name|company|名称",
        texts.text(120),
        required=True,
        examples=("厦门华南机电有限公司", "江苏中润贸易有限公司"),
    ),
    parts.note("short_name", "Short name", 40, "short_name|客户简称|简称", example="华南机电"),
    parts.TAX_NUMBER,
    Field(
        "kind",
        "Kind of customer",
        "kind|客户性质|客户类型|customer type",
        values.Choice(CUSTOMER_KINDS),
        examples=("企业", "经销商"),
    ),
    Field(
        "channel_role",
        "Channel role",
        "channel_role|渠道角色|渠道作用|渠道类型",
        values.Choice(CHANNEL_ROLES),
        examples=("最终用户", "经销商"),
    ),
    parts.note("industry", "Industry", 40, "industry|所属行业|行业|行业类别", example="机械制造"),
    parts.note(
        "province",
        "Province",
        40,
        "province|省份|省|所在省|所在省市|区域|地区|region|state",
        example="福建省",
    ),
    parts.note("city", "City", 40, "city|城市|所在城市|市", example="厦门市"),
    parts.note("source", "Source", 40, "source|客户来源|来源", example="展会"),
    Field("status", "Status", "status|客户状态|状态", values.Choice(CUSTOMER_STATUSES)),
    Field(
        "parent_code",
        "Group code",
        "parent_code|所属集团编码|上级客户编码|集团编码|母公司编码",
        texts.code(40),
    ),
    parts.person("owner", "Account manager", "owner|客户经理|负责人|业务员|销售员|account manager"),
    Field(
        "since",
        "Customer since",
        "since|建档日期|首次合作日期|合作起始日|成为客户日期",
        day(),
        "date",
        examples=("2021-03-15", "2023-08-01"),
    ),
    Field(
        "terms_days",
        "Payment term, days",
        "terms_days|账期天数|账期|信用期|付款天数|payment terms",
        values.number(least=0, most=720, whole=True),
        "whole",
        examples=("30", "60"),
        kept_from=parts.NOT_FINANCE,
    ),
    parts.note(
        "legal_representative",
        "Legal representative",
        40,
        "legal_representative|法定代表人|法人代表|法人",
    ),
    Field(
        "registered_capital",
        "Registered capital",
        "registered_capital|注册资本|注册资金",
        values.money(sign="not_negative"),
        "money",
    ),
    Field(
        "employees",
        "Employees",
        "employees|员工人数|人数|职工人数",
        values.number(least=0, whole=True),
        "whole",
    ),
    parts.note("address", "Address", 200, "address|地址|公司地址|注册地址"),
    Field(
        "phone",
        "Telephone",
        "phone|电话|联系电话|手机|公司电话|telephone",
        texts.phone(),
        examples=("0592-5551234", ""),
    ),
    parts.note("website", "Website", 120, "website|网址|网站"),
    Field(
        "annual_category_spend",
        "Yearly purchases with all suppliers",
        "annual_category_spend|年采购总额|品类年采购额",
        values.money(sign="not_negative"),
        "money",
    ),
    Field("note", "Note", "note|备注|说明|remark", texts.text(1000, one_line=False)),
    Field("verified_on", "Verified on", "verified_on|核实日期|资料核实日期", day(), "date"),
    Field("created_on", "Card made on", "created_on|建卡日期|录入日期", day(), "date"),
    parts.note(
        "contact_name", "Contact", 60, "contact_name|联系人|contact|联系人姓名", example="张伟"
    ),
    parts.note("contact_title", "Contact's title", 60, "contact_title|联系人职务|职务"),
    Field(
        "contact_phone",
        "Contact's telephone",
        "contact_phone|联系人电话|联系人手机",
        texts.phone(),
    ),
    parts.email("contact_email", "contact_email|邮箱|email|电子邮箱|电子邮件|联系人邮箱"),
    Field(
        "credit_limit",
        "Credit limit",
        "credit_limit|信用额度|授信额度",
        values.money(sign="not_negative"),
        "money",
        examples=("500000", ""),
        kept_from=parts.NOT_FINANCE,
    ),
)

CARD = (
    "name",
    "short_name",
    "tax_no",
    "kind",
    "channel_role",
    "industry",
    "province",
    "city",
    "source",
    "status",
    "owner_id",
    "parent_id",
    "since",
    "terms_days",
    "legal_representative",
    "registered_capital",
    "employees",
    "address",
    "phone",
    "website",
    "annual_category_spend",
    "note",
    "verified_on",
    "created_on",
)


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """Nobody gets a second card: same code but for case, or a tax number already there."""
    staged = context.staged
    other = sa.alias(CUSTOMER)
    undated = sa.and_(staged.c.customer_id.is_(None), staged.c.created_on.is_(None))
    context.connection.execute(sa.update(staged).where(undated).values(created_on=context.today))
    faults.where(
        "code_differs_in_case",
        "customer_code",
        sa.and_(
            staged.c.customer_id.is_(None),
            sa.exists().where(sa.func.upper(other.c.code) == sa.func.upper(staged.c.customer_code)),
        ),
    )
    faults.where(
        "tax_number_taken",
        "tax_no",
        sa.exists().where(
            other.c.tax_no == staged.c.tax_no, other.c.code != staged.c.customer_code
        ),
    )


def _finish(context: Context, _faults: Faults, changes: Changes) -> None:
    """Groups, histories and credit limits, once every customer is there."""
    groups.link(context, changes)
    refuse_loops(context)
    dated_cards.keep(context, changes)
    _limits(context, changes)


def _limit_in_force(context: Context, _name: str) -> Any:
    """The limit a customer has today."""
    limit = in_force(context, CREDIT_LIMIT)
    mine = limit.c.customer_id == context.staged.c.customer_id
    return sa.select(limit.c.amount).where(mine).scalar_subquery()


def _new_limits(context: Context) -> sa.Select[tuple[Any, ...]]:
    """Rows whose limit differs from the one in force: (line, customer, limit, before)."""
    staged = context.staged
    limit = in_force(context, CREDIT_LIMIT)
    return (
        sa.select(
            staged.c.line,
            staged.c.customer_id,
            staged.c.credit_limit,
            limit.c.amount.label("before"),
        )
        .outerjoin(limit, limit.c.customer_id == staged.c.customer_id)
        .where(context.good(), staged.c.credit_limit.is_not(None))
        .where(staged.c.credit_limit.is_distinct_from(limit.c.amount))
        .order_by(staged.c.customer_id)
    )


def _also_changes(context: Context, _faults: Faults, changes: Changes) -> None:
    """A row that only brings a new limit is a change too; a correction says how far back."""
    dated_cards.would_correct(context, changes)
    lines = _new_limits(context).with_only_columns(context.staged.c.line).order_by(None)
    changes.touch_where(context.staged.c.line.in_(lines))


def _also_tells(context: Context) -> Iterator[tuple[str, Any, Any]]:
    """The limit in force and the new one, of customers that are there already."""
    found = _new_limits(context).order_by(None).subquery()
    yield (
        "credit_limit",
        CREDIT_LIMIT.c.amount,
        sa.select(
            found.c.line,
            CUSTOMER.c.code.label("row"),
            found.c.before.label("old"),
            found.c.credit_limit.label("new"),
        )
        .join(CUSTOMER, CUSTOMER.c.id == found.c.customer_id)
        .order_by(found.c.line),
    )


def _limits(context: Context, changes: Changes) -> None:
    """A limit that differs from the one in force holds from today on."""
    for row in context.connection.execute(_new_limits(context)).all():
        put_dated(
            context,
            changes,
            CreditLimit,
            {"customer_id": row.customer_id, "since": context.today},
            {"amount": row.credit_limit, "method": GradeMethod.IMPORTED},
            row.line,
        )


def _derive(row: dict[str, object]) -> None:
    row["contact_phone"] = row.get("contact_phone") or row.get("phone")


SPEC = Spec(
    kind=SheetKind.CUSTOMERS,
    label="Customers",
    roles=permission.MANAGERS_AND_FINANCE,
    choices={"correct_past": "correct_cards"},
    fields=FIELDS,
    references=(
        parts.user("owner", "owner_id"),
        Reference("parent_code", "parent_id", Customer, "unknown_group", own_file=True),
    ),
    targets=(
        Target(
            Customer,
            "customer_id",
            {"code": "customer_code"},
            {name: name for name in CARD},
            updatable=frozenset(CARD),
        ),
        Target(
            Contact,
            "contact_id",
            {"customer_id": "customer_id", "name": "contact_name", "phone": "contact_phone"},
            {"title": "contact_title", "email": "contact_email"},
            updatable=frozenset({"title", "email"}),
            shared=True,
            when="contact_name",
            file_key=("customer_code", "contact_name", "contact_phone"),
        ),
    ),
    closed={"status": CustomerStatus.CLOSED.value},
    stored={"credit_limit": _limit_in_force},
    derive=_derive,
    prepare=likeness.settle,
    check=_check,
    also_changes=_also_changes,
    also_tells=_also_tells,
    finish=_finish,
)
