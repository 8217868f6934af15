"""Anonymous answers (匿名答卷): who did not sign is nobody, said so and counted once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.parsing.texts import folded
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults

WORDS = frozenset(
    {
        "匿名",
        "无记名",
        "無記名",
        "不记名",
        "不記名",
        "未署名",
        "匿名用户",
        "匿名用戶",
        "匿名客户",
        "匿名客戶",
        "anonymous",
        "anonym",
    }
)
"""What a customer's cell says where the respondent did not sign, folded."""
FIELDS = ("customer_code", "customer_name")


def mark(row: dict[str, Any]) -> None:
    """Take such words out of the customer's fields; `nobody` tells what was said.

    True = the row says it is anonymous, False = it names nobody, None = it names a customer.
    """
    said = False
    for name in FIELDS:
        if folded(str(row.get(name) or "")).strip().casefold() in WORDS:
            row[name], said = None, True
    named = any(row.get(name) for name in (*FIELDS, "tax_no"))
    row["nobody"] = None if named else said


def settle(context: Context, faults: Faults) -> None:
    """Rows that name nobody are anonymous answers if the sheet is of such answers.

    A sheet is where any row of it says so, in a cell or by a constant of the mapping. In any
    other sheet an empty customer's cell is a gap, and refused. Only a number, a moment with its
    time or a name in the respondent's column tells two unsigned answers apart, so that a file
    brought in twice counts once. Who looks after some customers only brings in theirs, and
    these are nobody's.
    """
    staged = context.staged
    unsigned = staged.c.nobody.is_not(None)
    if not context.any_row(unsigned):
        return
    if not context.any_row(staged.c.nobody.is_(True)):
        field = next((name for name in parts.IDENTIFIES if name in context.told), FIELDS[0])
        faults.where("empty", field, unsigned, bad_too=True)
        return
    if context.owner_id is not None:
        faults.where("anonymous_not_yours", "customer_code", unsigned)
        return
    faults.where(
        "anonymous_without_number", "response_code", sa.and_(unsigned, staged.c.respondent == "")
    )
    firsts = (
        sa.select(sa.func.min(staged.c.id))
        .where(unsigned)
        .group_by(staged.c.wave_code, staged.c.respondent)
    )
    faults.note_where("anonymous_answer", "customer_code", staged.c.id.in_(firsts))
