"""A file with the rows under its header told apart (表头之下): before anything is parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.imports.files.reading import Table, Under
from data.imports.sifting import headings, vocabulary
from data.imports.sifting.sheet import Sheet
from data.imports.sifting.sieve import Sieve
from data.imports.terms.plan import Plan
from data.imports.terms.spec import Spec
from errors import BadInput, Issue


def with_headings(table: Table, spec: Spec, plan: Plan, places: Mapping[str, int]) -> Table:
    """The table; its layout knows the rows under the header that belong to it.

    Raises:
        BadInput: a row of units says that amounts are not in plain units of the currency.
    """
    if table.layout.header_line is None:
        return table
    sheet = Sheet(spec, plan, table.layout, places)
    rows = table.head[: headings.LOOKED_AT]
    reasons = headings.under(sheet, [row.cells for row in rows])
    found = tuple(
        Under(row.line, tuple(row.cells), reason)
        for row, reason in zip(rows, reasons, strict=False)
    )
    _refuse_units(sheet, found)
    return replace(table, layout=replace(table.layout, under=found))


def _refuse_units(sheet: Sheet, under: Sequence[Under]) -> None:
    """Amounts in 万元 or dollars would be stored as yuan, were their unit passed over.

    Raises:
        BadInput: a row of units says so of a column of money.
    """
    money = {sheet.places[one.name]: one.name for one in sheet.spec.fields
             if one.type == "money" and one.name in sheet.places}  # fmt: skip
    faults = [
        Issue("unit_unread", sheet.layout.header[place], row.line, row.cells[place])
        for row in under
        if row.reason == headings.UNITS
        for place in money
        if headings.unit(row.cells[place]) not in vocabulary.PLAIN_UNITS
    ]
    if faults:
        raise BadInput(*faults)


def first_data(
    table: Table, spec: Spec, plan: Plan, places: Mapping[str, int], most: int
) -> list[list[str]]:
    """The cells of the first rows that are data, or may be."""
    sieve = Sieve(Sheet(spec, plan, table.layout, places))
    found: list[list[str]] = []
    for block in table.blocks(most):
        out = sieve.sift(block).passed
        found += [cells for place, cells in enumerate(block.cells) if place not in out]
        if len(found) >= most:
            break
    return found[:most]
