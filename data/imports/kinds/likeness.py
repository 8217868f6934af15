"""New customers that look like ones who are there (疑似已有客户): asked about, never guessed.

A code that is another's but for leading zeros, or a name somebody has already, is most
often the same customer once more. Who imports says so: `same` takes the row for that
customer, `new` makes another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from data.imports.parsing.parsed import FAULT
from data.imports.staging import temporary
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms import asking
from data.imports.terms.tables import table_of
from errors import Issue
from models.customers import Customer

CUSTOMER = table_of(Customer)
CODE, NAME = "code_like_another", "name_of_another"


def settle(context: Context, faults: Faults, _changes: Changes) -> None:
    """Ask about look-alikes, or do as was answered. Call it before rows are matched."""
    if not context.connection.execute(sa.select(sa.exists().select_from(CUSTOMER))).scalar_one():
        return
    staged = context.staged
    other = sa.alias(CUSTOMER)
    bare, theirs = _bare(staged.c.customer_code), _bare(other.c.code)
    _decide(
        context,
        faults,
        CODE,
        "customer_code",
        _alike(context, other, sa.and_(bare == theirs, bare != "")),
    )
    taxed = sa.func.coalesce(staged.c.tax_no, other.c.tax_no) == sa.func.coalesce(
        other.c.tax_no, staged.c.tax_no
    )
    unlike = sa.and_(staged.c.tax_no.is_not(None), other.c.tax_no.is_not(None), sa.not_(taxed))
    same = sa.and_(staged.c.name == other.c.name, sa.not_(unlike))
    _decide(context, faults, NAME, "name", _alike(context, other, same))


def _bare(code: Any) -> Any:
    """A code as it is compared: without leading zeros."""
    return sa.func.ltrim(code, "0")


def _alike(context: Context, other: Any, condition: Any) -> Sequence[Any]:
    """Rows of new customers and the one each looks like: (row, line, code, name, other)."""
    staged = context.staged
    known = sa.exists().where(CUSTOMER.c.code == staged.c.customer_code)
    mine = sa.true() if context.owner_id is None else other.c.owner_id == context.owner_id
    first = sa.select(sa.func.min(other.c.code)).where(condition, mine).scalar_subquery()
    query = (
        sa.select(
            staged.c.id, staged.c.line, staged.c.customer_code, staged.c.name, first.label("other")
        )
        .where(context.good(), staged.c.customer_code.is_not(None), sa.not_(known))
        .subquery()
    )
    return context.connection.execute(sa.select(query).where(query.c.other.is_not(None))).all()


def _decide(context: Context, faults: Faults, reason: str, field: str, rows: Sequence[Any]) -> None:
    shown = context.shown.get(field, field)
    doubts, same = [], []
    for row in rows:
        value = row.customer_code if field == "customer_code" else row.name
        answer = asking.answered(context.answers, reason, shown, value)
        if answer == "same":
            same.append({"row": row.id, "customer_code": row.other})
        elif not answer:
            issue = Issue(reason, shown, row.line, value, {"other": row.other})
            doubts.append(temporary.fault_row(issue, FAULT))
    set_rows(context, same, "customer_code")
    if doubts:
        context.connection.execute(sa.insert(faults.table), doubts)
        faults.mark_bad()
