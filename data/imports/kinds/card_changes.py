"""Sheets of changed cards (客户档案变更表): what a card says from a day on.

A row states what changes; the rest is as the entry before it says, or the card where there
is none. An empty cell changes nothing; `-` says that there is no such thing from that day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.dated import CUSTOMER, Follows, corrects, follow, foretell, refuse_loops
from data.imports.kinds.words import CUSTOMER_STATUSES
from data.imports.parsing import texts, values
from data.imports.parsing.nothing import NOTHING, or_nothing
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from data.imports.terms.tables import table_of
from models.customers import CardHistory, Customer
from models.enums import SheetKind

HISTORY = table_of(CardHistory)
STATE = ("status", "province", "industry", "parent_id", "terms_days")
_COLUMNS = (*STATE, "reason", "recorded_by")
_EMPTIED = {"parent_code": "no_parent", "terms_days": "no_terms"}
_IDS = {"parent_id": "no_parent", "terms_days": "no_terms"}


def _derive(row: dict[str, Any]) -> None:
    for name, flag in _EMPTIED.items():
        row[flag] = row.get(name) is NOTHING
        row[name] = None if row[flag] else row.get(name)
    for name in ("province", "industry"):
        row[name] = "" if row.get(name) is NOTHING else row.get(name)


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """An entry that is there cannot be emptied of its group or term."""
    staged = context.staged
    joined = staged.join(HISTORY, HISTORY.c.id == staged.c.card_history_id)
    for name, field in (("parent_id", "parent_code"), ("terms_days", "terms_days")):
        emptied = sa.and_(staged.c[_IDS[name]], HISTORY.c[name].is_not(None))
        faults.where("may_not_change", field, emptied, source=joined)
    own = staged.c.parent_id == staged.c.customer_id
    faults.where("group_loop", "parent_code", own)
    if context.role in parts.NOT_FINANCE:
        faults.where("field_not_allowed", "terms_days", staged.c.no_terms)
    _complete(context)


def _on_card(context: Context, name: str) -> Any:
    """What a customer's card says today."""
    card = sa.alias(CUSTOMER)
    mine = card.c.id == context.staged.c.customer_id
    return sa.select(card.c[name]).where(mine).scalar_subquery()


def _complete(context: Context) -> None:
    """Fill what new entries leave out from the entry before them, in the store or the file."""
    staged = context.staged
    rows = (
        context.connection.execute(
            sa.select(
                staged.c.id,
                staged.c.customer_id,
                staged.c.since,
                *(staged.c[n] for n in STATE),
                staged.c.no_parent,
                staged.c.no_terms,
            )
            .where(
                context.good(),
                staged.c.customer_id.is_not(None),
                staged.c.card_history_id.is_(None),
            )
            .order_by(staged.c.customer_id, staged.c.since)
        )
        .mappings()
        .all()
    )
    earlier, cards = _earlier(context), _cards(context)
    filled = []
    for row in rows:
        entries = earlier[row["customer_id"]]
        before = [entry for entry in entries if entry["since"] < row["since"]]
        base = (
            max(before, key=lambda entry: entry["since"]) if before else cards[row["customer_id"]]
        )
        full = {"row": row["id"], "since": row["since"]}
        for name in STATE:
            emptied = name in _IDS and row[_IDS[name]]
            full[name] = row[name] if row[name] is not None or emptied else base[name]
        entries.append(full)
        filled.append({name: full[name] for name in ("row", *STATE)})
    set_rows(context, filled, *STATE)


def _cards(context: Context) -> dict[int, Any]:
    mine = sa.select(context.staged.c.customer_id).where(context.good())
    query = sa.select(CUSTOMER.c.id, *(CUSTOMER.c[name] for name in STATE))
    found = context.connection.execute(query.where(CUSTOMER.c.id.in_(mine))).mappings()
    return {row["id"]: row for row in found}


def _earlier(context: Context) -> dict[int, list[Any]]:
    mine = sa.select(context.staged.c.customer_id).where(context.good())
    query = sa.select(HISTORY.c.customer_id, HISTORY.c.since, *(HISTORY.c[n] for n in STATE))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in context.connection.execute(query.where(HISTORY.c.customer_id.in_(mine))).mappings():
        found[row["customer_id"]].append(row)
    return found


def _also_tells(context: Context) -> Iterator[tuple[str, Any, Any]]:
    """Cards that will say something else."""
    fields = {"parent_id": "parent_code"}
    follows = [Follows(n, n, fields.get(n, n), _IDS.get(n, "")) for n in STATE]
    return foretell(context, HISTORY, follows)


def _finish(context: Context, _faults: Faults, changes: Changes) -> None:
    """The card says what its newest entry says."""
    follow(context, changes, HISTORY, STATE)
    refuse_loops(context)


SPEC = Spec(
    kind=SheetKind.CARD_CHANGES,
    label="Changes of cards",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("since", "Since", "since|档案变更日期|变更日期|生效日期"),
        Field(
            "status",
            "Status",
            "status|变更后状态|客户状态|状态",
            values.Choice(CUSTOMER_STATUSES),
            examples=("正常", "停用"),
        ),
        Field(
            "province",
            "Province",
            "province|省份|变更后省份|所在省|区域|地区",
            or_nothing(texts.text(40)),
            examples=("福建省", ""),
            nothing="-",
        ),
        Field(
            "industry",
            "Industry",
            "industry|所属行业|变更后行业|行业",
            or_nothing(texts.text(40)),
            examples=("机械制造", ""),
            nothing="-",
        ),
        Field(
            "parent_code",
            "Group code",
            "parent_code|所属集团编码|上级客户编码|集团编码",
            or_nothing(texts.code(40)),
            nothing="-",
        ),
        Field(
            "terms_days",
            "Payment term, days",
            "terms_days|账期天数|账期|信用期",
            or_nothing(values.number(least=0, most=720, whole=True)),
            "whole",
            examples=("30", "60"),
            kept_from=parts.NOT_FINANCE,
            nothing="-",
        ),
        parts.note("reason", "Reason", 200, "reason|档案变更原因|变更原因|原因"),
        parts.person("recorder", "Recorded by", "recorded_by|记录人|登记人"),
    ),
    any_of=(
        parts.IDENTIFIES,
        ("status", "province", "industry", "parent_code", "terms_days"),
    ),
    references=(
        parts.CUSTOMER,
        Reference("parent_code", "parent_id", Customer, "unknown_group"),
        parts.user("recorder", "recorded_by"),
    ),
    targets=(
        Target(
            CardHistory,
            "card_history_id",
            {"customer_id": "customer_id", "since": "since"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
    extra={"no_parent": "flag", "no_terms": "flag"},
    stored={"terms_days": _on_card},
    derive=_derive,
    check=_check,
    also_changes=corrects,
    also_tells=_also_tells,
    finish=_finish,
)
