"""Sheets of changes of account manager (客户经理变更表): who holds a customer from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.dated import Follows, corrects, follow, foretell
from data.imports.parsing import texts
from data.imports.parsing.nothing import NOTHING, or_nothing
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from data.imports.terms.tables import table_of
from models.enums import SheetKind
from models.people import OwnerHistory

HISTORY = table_of(OwnerHistory)
_COLUMNS = {"owner_id": "manager_id", "reason": "reason", "recorded_by": "recorded_by"}


def _derive(row: dict[str, Any]) -> None:
    row["nobody"] = row["manager"] is NOTHING
    if row["nobody"]:
        row["manager"] = None


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """An entry that names a manager cannot be emptied; a later one hands the customer on."""
    staged = context.staged
    joined = staged.join(HISTORY, HISTORY.c.id == staged.c.owner_history_id)
    emptied = sa.and_(staged.c.nobody, HISTORY.c.owner_id.is_not(None))
    faults.where("may_not_change", "manager", emptied, source=joined)


def _also_tells(context: Context) -> Iterator[tuple[str, Any, Any]]:
    """Cards that will name another manager."""
    follows = (Follows("owner_id", "manager_id", "manager", "nobody"),)
    return foretell(context, HISTORY, follows)


def _finish(context: Context, _faults: Faults, changes: Changes) -> None:
    """The card names the manager of the newest entry."""
    follow(context, changes, HISTORY, ("owner_id",))


SPEC = Spec(
    kind=SheetKind.OWNER_CHANGES,
    label="Changes of account manager",
    roles=permission.LEADERS,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.event_day("since", "Since", "since|变更日期|移交日期|接手日期|生效日期"),
        Field(
            "manager",
            "Account manager",
            "owner|客户经理|新客户经理|接手人|account manager",
            or_nothing(texts.code(64)),
            required=True,
            examples=("-", "-"),
            nothing="-",
        ),
        parts.note("reason", "Reason", 200, "reason|变更原因|移交原因|原因"),
        parts.person("recorder", "Recorded by", "recorded_by|记录人|登记人"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(
        parts.CUSTOMER,
        parts.colleague("manager", "manager_id"),
        parts.user("recorder", "recorded_by"),
    ),
    targets=(
        Target(
            OwnerHistory,
            "owner_history_id",
            {"customer_id": "customer_id", "since": "since"},
            _COLUMNS,
            updatable=frozenset(_COLUMNS),
        ),
    ),
    extra={"nobody": "flag"},
    derive=_derive,
    check=_check,
    also_changes=corrects,
    also_tells=_also_tells,
    finish=_finish,
)
