"""What a role may not bring in although it may bring in the sheet (字段权限).

A column that only says what is stored already harms nobody: a list that was exported can be
sent back with other columns changed.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.spec import Field
from data.imports.terms.tables import table_of
from models.customers import Customer

CUSTOMER = table_of(Customer)


def refuse_reserved(context: Context, faults: Faults) -> None:
    """Rows that would set what the importing user's role may not set; the column is named.

    Call it when rows were matched, so that it is known what stands there.
    """
    if context.role is None:
        return
    for field in context.spec.fields:
        if context.role in field.kept_from and field.name in context.filled:
            faults.where("field_not_allowed", field.name, _sets(context, field), bad_too=True)
    _refuse_foreign_groups(context, faults)


def _sets(context: Context, field: Field) -> sa.ColumnElement[bool]:
    """Condition: the row says something, and something else than what is stored."""
    given = context.staged.c[field.name]
    stored = context.spec.stored.get(field.name, _stored)(context, field.name)
    return sa.and_(given.is_not(None), stored.is_distinct_from(given))


def _stored(context: Context, name: str) -> Any:
    """What the row's target holds in the column of a field; NULL where there is no row."""
    for target in context.spec.targets:
        column = next((c for c, given in target.columns.items() if given == name), None)
        if column is not None:
            table = table_of(target.table)
            row = table.c.id == context.staged.c[target.id_into]
            return sa.select(table.c[column]).where(row).scalar_subquery()
    return sa.null()


def _refuse_foreign_groups(context: Context, faults: Faults) -> None:
    """Account managers put customers into groups of their own only."""
    staged = context.staged
    if context.owner_id is None or "parent_id" not in staged.c:
        return
    theirs = sa.exists().where(
        CUSTOMER.c.id == staged.c.parent_id, CUSTOMER.c.owner_id.is_distinct_from(context.owner_id)
    )
    mine = sa.alias(CUSTOMER)
    before = sa.select(mine.c.parent_id).where(mine.c.id == staged.c.customer_id).scalar_subquery()
    other = before.is_distinct_from(staged.c.parent_id)
    faults.where("group_not_yours", "parent_code", sa.and_(theirs, other))
