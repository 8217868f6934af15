"""Whom a row means (客户识别): by code, then tax number, then by a name the user confirmed.

Rows whose code is found are done. What is left is worked on once for each different thing
the file says (`staged_who`), not for each row. A code nobody has is never passed over for
a tax number or a name: two statements that disagree are the user's to settle.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.matching.deciding import decide
from data.imports.matching.doubting import compare_names, compare_tax_numbers
from data.imports.matching.whom import (
    BY_CASE,
    BY_CHOICE,
    BY_NAME,
    BY_TAX,
    CUSTOMER,
    NEW,
    WHO,
    key_of,
    mine,
    said_in,
)
from data.imports.staging import temporary
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.spec import Reference

_NOTES = {
    BY_CASE: "code_case",
    BY_CHOICE: "customer_chosen",
    BY_NAME: "matched_by_name",
    NEW: "customer_new",
}


def resolve(context: Context, faults: Faults, reference: Reference) -> None:
    """Fill `reference.into` of rows whose code was not found exactly; the rest are faults."""
    _forget_foreign(context, reference)
    if _collect(context, reference):
        _fold_codes(context)
        _look_up_tax_numbers(context)
        _hand_out(context, faults, reference, (BY_CASE, BY_TAX))
    compare_tax_numbers(context, faults, reference)
    compare_names(context, faults, reference)
    if _is_any_open(context):
        decide(context, reference)
        _hand_out(context, faults, reference, (BY_CHOICE, BY_NAME, NEW))
        _refuse(context, faults, reference)


def _forget_foreign(context: Context, reference: Reference) -> None:
    """To an account manager, other people's customers are not there."""
    if context.owner_id is None:
        return
    into = context.staged.c[reference.into]
    theirs = sa.select(CUSTOMER.c.id).where(sa.not_(mine(context)))
    context.connection.execute(
        sa.update(context.staged).where(into.in_(theirs)).values({reference.into: None})
    )


def _collect(context: Context, reference: Reference) -> bool:
    """List what the file says where no code was found; whether there is anything."""
    connection, staged = context.connection, context.staged
    connection.execute(sa.text("DROP TABLE IF EXISTS staged_who"))
    temporary.create(connection, WHO)
    code, tax, name = said_in(staged, reference)
    key = key_of(staged, reference)
    connection.execute(
        sa.insert(WHO).from_select(
            ["key", "first", "line", "name"],
            sa.select(
                key,
                sa.func.min(staged.c.id),
                sa.func.min(staged.c.line),
                sa.func.min(name),
            )
            .where(staged.c[reference.into].is_(None), key.is_not(None))
            .group_by(key),
        )
    )
    if not _is_any_open(context):
        return False
    field = sa.case(
        (code.is_not(None), sa.literal(code.name)),
        (tax.is_not(None), sa.literal(tax.name)),
        else_=sa.literal(name.name),
    )
    connection.execute(
        sa.update(WHO)
        .where(WHO.c.first == staged.c.id)
        .values(code=code, tax_no=tax, name=sa.func.coalesce(name, WHO.c.name), field=field)
    )
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ANALYZE staged_who"))
    return True


def _is_any_open(context: Context) -> bool:
    return bool(
        context.connection.execute(sa.select(sa.exists().where(WHO.c.how.is_(None)))).scalar_one()
    )


def _fold_codes(context: Context) -> None:
    """`c0007` is C0007 if there is exactly one such code."""
    folded = sa.func.upper(CUSTOMER.c.code)
    wanted = sa.select(sa.func.upper(WHO.c.code)).where(WHO.c.code.is_not(None))
    alone = (
        sa.select(folded.label("folded"), sa.func.min(CUSTOMER.c.id).label("id"))
        .where(mine(context), folded.in_(wanted))
        .group_by(folded)
        .having(sa.func.count() == 1)
        .subquery()
    )
    context.connection.execute(
        sa.update(WHO)
        .where(sa.func.upper(WHO.c.code) == alone.c.folded)
        .values(customer_id=alone.c.id, how=BY_CASE)
    )


def _look_up_tax_numbers(context: Context) -> None:
    """Where no code is given, the one customer with the tax number."""
    wanted = sa.select(WHO.c.tax_no).where(WHO.c.code.is_(None), WHO.c.tax_no.is_not(None))
    alone = (
        sa.select(CUSTOMER.c.tax_no, sa.func.min(CUSTOMER.c.id).label("id"))
        .where(mine(context), CUSTOMER.c.tax_no.in_(wanted))
        .group_by(CUSTOMER.c.tax_no)
        .having(sa.func.count() == 1)
        .subquery()
    )
    context.connection.execute(
        sa.update(WHO)
        .where(WHO.c.code.is_(None), WHO.c.tax_no == alone.c.tax_no)
        .values(customer_id=alone.c.id, how=BY_TAX)
    )


def _hand_out(context: Context, faults: Faults, reference: Reference, how: tuple[str, ...]) -> None:
    """Give the rows the customers found for what they say, and note how."""
    staged, found = context.staged, WHO.c.how.in_(how)
    used = context.connection.execute(sa.select(WHO.c.how).where(found).distinct()).scalars().all()
    if not used:
        return
    key = key_of(staged, reference)
    into = staged.c[reference.into]
    context.connection.execute(
        sa.update(staged)
        .where(into.is_(None), key == WHO.c.key, found)
        .values({reference.into: WHO.c.customer_id})
    )
    for way in sorted(set(used) & set(_NOTES)):
        # a new customer is noted once, everything else on every row
        joined = staged.join(WHO, WHO.c.first == staged.c.id if way == NEW else key == WHO.c.key)
        source = joined.join(CUSTOMER, CUSTOMER.c.id == WHO.c.customer_id)
        for field in _fields(context, WHO.c.how == way):
            condition = sa.and_(WHO.c.how == way, WHO.c.field == field)
            faults.note_where(_NOTES[way], field, condition, other=CUSTOMER.c.code, source=source)


def _fields(context: Context, condition: Any) -> list[str]:
    query = sa.select(WHO.c.field).where(condition).distinct().order_by(WHO.c.field)
    return list(context.connection.execute(query).scalars())


def _refuse(context: Context, faults: Faults, reference: Reference) -> None:
    """Every row that names somebody not found is a fault, by reason."""
    staged, key = context.staged, key_of(context.staged, reference)
    pairs = context.connection.execute(
        sa.select(WHO.c.reason, WHO.c.field, sa.func.max(WHO.c.other).label("other"))
        .where(WHO.c.reason.is_not(None))
        .group_by(WHO.c.reason, WHO.c.field)
        .order_by(WHO.c.reason, WHO.c.field)
    ).all()
    for pair in pairs:
        faults.where(
            pair.reason,
            pair.field,
            sa.and_(WHO.c.reason == pair.reason, WHO.c.field == pair.field),
            other=None if pair.other is None else WHO.c.other,
            source=staged.join(WHO, key == WHO.c.key),
            bad_too=True,
        )
