"""Finding what rows refer to and what is there already (匹配), set by set in SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.matching import identifying
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.spec import Reference, Target
from data.imports.terms.tables import table_of
from models.customers import Customer

CUSTOMER = table_of(Customer)


def resolve(context: Context, faults: Faults, reference: Reference) -> None:
    """Fill `reference.into`; customers are found by more than their code (`identifying`)."""
    look_up(context, reference)
    if reference.also_by:
        _resolve_by_name(context, reference)
    if reference.name_field:
        identifying.resolve(context, faults, reference)
    if reference.by == "code" and not reference.name_field:
        _resolve_case_blind(context, faults, reference)


def look_up(context: Context, reference: Reference) -> None:
    """Fill ids by exact code where there is none yet."""
    if reference.field not in context.filled:
        return
    staged = context.staged
    table = table_of(reference.table)
    code, into = staged.c[reference.field], staged.c[reference.into]
    found = sa.select(table.c.id).where(table.c[reference.by] == code).scalar_subquery()
    context.connection.execute(
        sa.update(staged).where(into.is_(None), code.is_not(None)).values({into.name: found})
    )


def _resolve_by_name(context: Context, reference: Reference) -> None:
    """People are also found by their name, if one person alone has it."""
    staged = context.staged
    table = table_of(reference.table)
    code, into = staged.c[reference.field], staged.c[reference.into]
    lacking = sa.and_(into.is_(None), code.is_not(None))
    if reference.field not in context.filled or not context.any_row(lacking):
        return
    alone = _alone(table, _named(table, reference, code))
    context.connection.execute(sa.update(staged).where(lacking).values({into.name: alone}))


def _alone(table: sa.Table, condition: sa.ColumnElement[bool]) -> Any:
    """The id of the one row of a condition; NULL where there is none, or more than one."""
    found = sa.select(sa.func.min(table.c.id)).where(condition)
    return found.having(sa.func.count() == 1).scalar_subquery()


def _named(table: sa.Table, reference: Reference, code: Any) -> sa.ColumnElement[bool]:
    lower = sa.func.lower(code)
    return sa.or_(table.c[reference.also_by] == code, table.c[reference.by] == lower)


def _resolve_case_blind(context: Context, faults: Faults, reference: Reference) -> None:
    """`c0007` is C0007 if there is exactly one such code; it is noted."""
    staged = context.staged
    table = table_of(reference.table)
    code, into = staged.c[reference.field], staged.c[reference.into]
    lacking = sa.and_(into.is_(None), code.is_not(None))
    if reference.field not in context.filled or not context.any_row(lacking):
        return
    alone = _alone(table, sa.func.upper(table.c.code) == sa.func.upper(code))
    folded = sa.select(sa.func.upper(table.c.code)).distinct()
    context.connection.execute(
        sa.update(staged).where(lacking, sa.func.upper(code).in_(folded)).values({into.name: alone})
    )
    join = staged.join(table, table.c.id == into)
    faults.note_where(
        "code_case", reference.field, table.c.code != code, other=table.c.code, source=join
    )


def refuse_unknown(context: Context, faults: Faults, reference: Reference) -> None:
    """Codes nobody has are faults, unless the row may be made or do without."""
    if reference.name_field or reference.field not in context.filled:
        return
    staged = context.staged
    code, into = staged.c[reference.field], staged.c[reference.into]
    if reference.creatable and getattr(context.options, reference.creatable):
        return
    unknown = sa.and_(into.is_(None), code.is_not(None))
    if reference.own_file:
        own = sa.alias(staged)
        unknown = sa.and_(
            unknown,
            code.not_in(sa.select(own.c.customer_code).where(own.c.customer_code.is_not(None))),
        )
    if reference.also_by:
        table = table_of(reference.table)
        many = sa.select(sa.func.count()).where(_named(table, reference, code)).scalar_subquery()
        faults.where("name_of_several", reference.field, sa.and_(unknown, many > 1))
        unknown = sa.and_(unknown, many == 0)
    if reference.soft:
        faults.note_where(reference.missing, reference.field, unknown)
    else:
        faults.where(reference.missing, reference.field, unknown, bad_too=True)


def match(context: Context, target: Target) -> None:
    """Fill `target.id_into` with the row that is there already."""
    staged = context.staged
    table = table_of(target.table)
    if staged.c[target.id_into].name in _looked_up(context, target):
        return
    if not context.connection.execute(sa.select(sa.exists().select_from(table))).scalar_one():
        return
    _match(context, target, table, lacking=None)
    if target.may_lack:
        _match(context, target, table, lacking=target.may_lack)


def _match(context: Context, target: Target, table: sa.Table, *, lacking: str | None) -> None:
    """Match by the key; `lacking` is the column of it that both rows leave empty."""
    staged = context.staged
    identity = table.c.id if "id" in table.c else table.c[next(iter(target.key))]
    same: list[Any] = []
    there = [staged.c[target.id_into].is_(None)]
    for name, given in target.key.items():
        value = filled(table.c[name], staged.c[given])
        if name == lacking:
            same.append(table.c[name].is_(None))
            there.append(staged.c[given].is_(None))
            continue
        same.append(table.c[name] == value)
        if value is staged.c[given]:
            there.append(value.is_not(None))
    if target.when:
        there.append(staged.c[target.when].is_not(None))
    first = sa.select(identity).where(*same).order_by(identity)  # of several, the one there first
    found = first.limit(1).scalar_subquery()
    context.connection.execute(sa.update(staged).where(*there).values({target.id_into: found}))


def _looked_up(context: Context, target: Target) -> set[str]:
    """Ids a reference fills anyway (customers that come with their orders)."""
    return {r.into for r in context.spec.references if target.only_new and r.into == target.id_into}


def filled(column: Any, given: Any) -> Any:
    """The staged value, or the column's own default where the file says nothing."""
    if column.nullable or column.default is None or not column.default.is_scalar:
        return given
    return sa.func.coalesce(given, sa.literal(column.default.arg, column.type))


def refuse_foreign_customers(context: Context, faults: Faults) -> None:
    """Account managers bring in rows of their own customers only."""
    if context.owner_id is None:
        return
    staged = context.staged
    if "customer_id" in staged.c:
        theirs = sa.exists().where(
            CUSTOMER.c.id == staged.c.customer_id,
            CUSTOMER.c.owner_id.is_distinct_from(context.owner_id),
        )
        faults.where("not_your_customer", "customer_code", theirs)
    own = next((name for name in ("owner_id", "new_owner_id") if name in staged.c), None)
    if own is None:
        return
    if own == "owner_id":
        handed = sa.and_(staged.c.owner_id.is_not(None), staged.c.owner_id != context.owner_id)
        faults.where("owner_not_yours", "customer_code", handed)
    new = staged.c.customer_id.is_(None)
    context.connection.execute(sa.update(staged).where(new).values({own: context.owner_id}))
