"""Whom a row means (客户识别): by code, then tax number, then by a name the user confirmed.

Rows whose code is found are done. What is left is worked on once for each different thing
the file says (`staged_who`), not for each row. A code nobody has is never passed over for
a tax number or a name: two statements that disagree are the user's to settle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.imports.matching import creating
from data.imports.matching.names import plain_name
from data.imports.matching.whom import (
    BY_CASE,
    BY_CHOICE,
    BY_NAME,
    BY_TAX,
    CUSTOMER,
    NEW,
    WHO,
    Who,
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


@dataclass(frozen=True, slots=True)
class Fit:
    """A customer that has the name; `id` is None for one about to be made."""

    id: int | None
    code: str
    tax_no: str | None


def resolve(context: Context, faults: Faults, reference: Reference) -> None:
    """Fill `reference.into` of rows whose code was not found exactly; the rest are faults."""
    _forget_foreign(context, reference)
    if _collect(context, reference):
        _fold_codes(context)
        _look_up_tax_numbers(context)
        _hand_out(context, faults, reference, (BY_CASE, BY_TAX))
    _compare_tax_numbers(context, faults, reference)
    _compare_names(context, faults, reference)
    if _is_any_open(context):
        _decide(context, reference)
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


def _compare_tax_numbers(context: Context, faults: Faults, reference: Reference) -> None:
    """A tax number of somebody else is the commonest mix-up; one nobody has is noted."""
    staged = context.staged
    _code, tax, _name = said_in(staged, reference)
    into = staged.c[reference.into]
    given = sa.and_(tax.is_not(None), into.is_not(None))
    if not context.connection.execute(sa.select(sa.exists().where(given))).scalar_one():
        return
    own, other = sa.alias(CUSTOMER), CUSTOMER
    joined = staged.join(own, own.c.id == into)
    differs = sa.and_(given, own.c.tax_no.is_distinct_from(tax))
    theirs = (
        sa.select(sa.func.min(other.c.code))
        .where(other.c.tax_no == tax, mine(context))
        .scalar_subquery()
    )
    faults.where(
        "tax_number_of_other",
        tax.name,
        sa.and_(differs, theirs.is_not(None)),
        other=theirs,
        source=joined,
        bad_too=True,
    )
    noted = sa.and_(differs, own.c.tax_no.is_not(None))
    faults.note_where("tax_number_differs", tax.name, noted, other=own.c.tax_no, source=joined)


def _compare_names(context: Context, faults: Faults, reference: Reference) -> None:
    """A name that differs from the customer's is noted: names change, mix-ups happen."""
    staged, connection = context.staged, context.connection
    _code, _tax, name = said_in(staged, reference)
    into = staged.c[reference.into]
    joined = staged.join(CUSTOMER, CUSTOMER.c.id == into)
    others = connection.execute(
        sa.select(into, name, CUSTOMER.c.name, CUSTOMER.c.short_name)
        .select_from(joined)
        .where(name.is_not(None), name != CUSTOMER.c.name, name != CUSTOMER.c.short_name)
        .distinct()
    )
    differing = [
        {"customer_id": row[0], "name": row[1]}
        for row in others
        if plain_name(row[1]) not in (plain_name(row[2]), plain_name(row[3]))
    ]
    if not differing:
        return
    connection.execute(sa.text("DROP TABLE IF EXISTS staged_name"))
    made = sa.Table(
        "staged_name",
        sa.MetaData(),
        sa.Column("customer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        prefixes=["TEMPORARY"],
    )
    temporary.create(connection, made)
    for start in range(0, len(differing), temporary.CHUNK):
        connection.execute(sa.insert(made), differing[start : start + temporary.CHUNK])
    pair = sa.and_(made.c.customer_id == into, made.c.name == name)
    faults.note_where(
        "name_differs",
        name.name,
        sa.true(),
        other=CUSTOMER.c.name,
        source=joined.join(made, pair),
    )
    temporary.drop(connection, made)


def _decide(context: Context, reference: Reference) -> None:
    """What is still open: as the user chose, by a confirmed name, made new, or refused."""
    listed = [
        Who(*row)
        for row in context.connection.execute(
            sa.select(WHO.c.key, WHO.c.first, WHO.c.code, WHO.c.tax_no, WHO.c.name)
            .where(WHO.c.how.is_(None))
            .order_by(WHO.c.first)
        )
    ]
    chosen = _ids_of(context, {code for one in listed if (code := context.customers.get(one.said))})
    names = _named(context, (one.plain for one in listed if one.code is None and one.plain))
    several = _held_by_several(context)
    missing = reference.missing if context.owner_id is None else "not_your_customer"
    maker = creating.Maker(context)
    # codes first, then tax numbers: a name alone may mean one of those made for them
    for one in sorted(listed, key=lambda who: (who.code is None, who.tax_no is None)):
        code = context.customers.get(one.said)
        if code is not None and code in chosen:
            one.settle(BY_CHOICE, chosen[code], code)
        elif code is not None:
            one.refuse("chosen_customer_unknown", code)
        elif one.said in context.create:
            maker.make(one)
        elif (twin := maker.twin(one)) is not None:
            one.settle(NEW, None, twin.code)
        elif one.code is None and one.tax_no in several:
            one.refuse("tax_number_ambiguous")
        else:
            _by_name(context, one, _fitting(one, names, maker), maker, missing)
    _write_down(context, listed)
    creating.store(context)


def _by_name(
    context: Context, one: Who, fits: list[Fit], maker: creating.Maker, missing: str
) -> None:
    """Decide by the customers that have the name; a code that is unknown has none."""
    if len(fits) > 1:
        one.refuse("name_ambiguous")
    elif fits and not context.options.match_names:
        one.refuse("name_not_confirmed", fits[0].code)
    elif fits:
        one.settle(BY_NAME, fits[0].id, fits[0].code)
    elif context.options.create_customers:
        maker.make(one)
    else:
        one.refuse(missing)


def _write_down(context: Context, listed: Iterable[Who]) -> None:
    statement = (
        sa.update(WHO)
        .where(WHO.c.key == sa.bindparam("this"))
        .values({name: sa.bindparam(name) for name in Who.OUTCOME})
    )
    rows = [{"this": one.key, **one.outcome()} for one in listed]
    for start in range(0, len(rows), temporary.CHUNK):
        context.connection.execute(statement, rows[start : start + temporary.CHUNK])


def _ids_of(context: Context, codes: set[str]) -> Mapping[str, int]:
    """Ids of the customers the user chose, as far as they may know of them."""
    found: dict[str, int] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):
        query = sa.select(CUSTOMER.c.code, CUSTOMER.c.id).where(
            CUSTOMER.c.code.in_(wanted[start : start + 500]), mine(context)
        )
        found |= {row[0]: row[1] for row in context.connection.execute(query)}
    return found


def _named(context: Context, wanted: Iterable[str]) -> Mapping[str, list[Fit]]:
    """Customers by their name and short name as compared, for the names the file says."""
    asked = set(wanted)
    found: defaultdict[str, list[Fit]] = defaultdict(list)
    if not asked:
        return found
    for row in everybody(context):
        for plain in {plain_name(row.name), plain_name(row.short_name)} & asked:
            found[plain].append(Fit(row.id, row.code, row.tax_no))
    return found


def everybody(context: Context) -> Iterator[Any]:
    """Every customer the user may know of: (id, code, name, short_name, tax_no)."""
    query = sa.select(
        CUSTOMER.c.id, CUSTOMER.c.code, CUSTOMER.c.name, CUSTOMER.c.short_name, CUSTOMER.c.tax_no
    ).where(mine(context))
    yield from context.connection.execute(query.execution_options(yield_per=5000))


def _held_by_several(context: Context) -> frozenset[str]:
    """Tax numbers of the file that more than one customer has."""
    wanted = sa.select(WHO.c.tax_no).where(WHO.c.code.is_(None), WHO.c.tax_no.is_not(None))
    query = (
        sa.select(CUSTOMER.c.tax_no)
        .where(mine(context), CUSTOMER.c.tax_no.in_(wanted))
        .group_by(CUSTOMER.c.tax_no)
        .having(sa.func.count() > 1)
    )
    return frozenset(context.connection.execute(query).scalars())


def _fitting(one: Who, names: Mapping[str, list[Fit]], maker: creating.Maker) -> list[Fit]:
    """Customers with the name, but for those known to have another tax number."""
    if one.code is not None or not one.plain:
        return []
    made = [Fit(None, new.code, new.tax_no) for new in maker.named(one.plain)]
    return [
        fit
        for fit in (*names.get(one.plain, ()), *made)
        if one.tax_no is None or fit.tax_no in (None, one.tax_no)
    ]


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
