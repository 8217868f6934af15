"""Customers that were found, looked at again (复核): a tax number or a name that is not theirs."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.matching.names import plain_name
from data.imports.matching.whom import (
    CUSTOMER,
    mine,
    said_in,
)
from data.imports.staging import temporary
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.spec import Reference


def compare_tax_numbers(context: Context, faults: Faults, reference: Reference) -> None:
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


def compare_names(context: Context, faults: Faults, reference: Reference) -> None:
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
