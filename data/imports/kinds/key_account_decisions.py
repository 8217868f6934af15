"""Sheets of decisions on key accounts (大客户认定表). The last of a day is the day's decision."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.parsing.manner import Manner
from data.imports.parsing.nothing import NOTHING
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from data.imports.terms.tables import table_of
from models.customers import KeyAccountOverride
from models.enums import SheetKind

OVERRIDE = table_of(KeyAccountOverride)
_COLUMNS = ("is_key", "reason", "decided_by")
_LIFTED = frozenset({"取消", "撤销", "取消认定", "撤销认定", "lifted"})


def _decision(raw: str, how: Manner) -> Any:
    """Yes, no, or `NOTHING`: the score decides again."""
    texts.refuse_unreadable_cell(raw)
    return NOTHING if texts.folded(raw).lower() in _LIFTED else values.flag(raw, how)


def _derive(row: dict[str, Any]) -> None:
    row["lifted"] = row["is_key"] is NOTHING
    if row["lifted"]:
        row["is_key"] = None


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """A decision that is there cannot be emptied; a later one lifts it."""
    staged = context.staged
    joined = staged.join(OVERRIDE, OVERRIDE.c.id == staged.c.override_id)
    emptied = sa.and_(staged.c.lifted, OVERRIDE.c.is_key.is_not(None))
    faults.where("may_not_change", "is_key", emptied, source=joined)


SPEC = Spec(
    kind=SheetKind.KEY_ACCOUNT_DECISIONS,
    label="Key account decisions",
    roles=permission.MANAGERS,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("decided_on", "Decided on", "decided_on|认定日期|大客户认定日期"),
        Field(
            "is_key",
            "Key account",
            "is_key|是否大客户|认定结果|大客户",
            _decision,
            "flag",
            required=True,
            examples=("是", "取消"),
            nothing="取消",
        ),
        Field(
            "reason",
            "Reason",
            "reason|认定理由|理由|原因",
            texts.text(400),
            required=True,
            examples=("战略合作", "合作结束"),
        ),
        parts.person("decider", "Decided by", "decided_by|认定人|决定人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.user("decider", "decided_by")),
    targets=(
        Target(
            KeyAccountOverride,
            "override_id",
            {"customer_id": "customer_id", "decided_on": "decided_on"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
    extra={"lifted": "flag"},
    derive=_derive,
    check=_check,
)
