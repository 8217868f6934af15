"""Whom the rest of a file means (客户判定): chosen by the user, known by name, made, or refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.imports.matching import creating
from data.imports.matching.names import plain_name
from data.imports.matching.whom import (
    BY_CHOICE,
    BY_NAME,
    CUSTOMER,
    NEW,
    WHO,
    Who,
    mine,
)
from data.imports.staging import temporary
from data.imports.staging.context import Context
from data.imports.terms.spec import Reference


@dataclass(frozen=True, slots=True)
class Fit:
    """A customer that has the name; `id` is None for one about to be made."""

    id: int | None
    code: str
    tax_no: str | None


def decide(context: Context, reference: Reference) -> None:
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
