"""A file with the rows under its header told apart (表头之下): before anything is parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from data.imports.files.layout import Under
from data.imports.files.reading import Table
from data.imports.parsing.parsed import visible
from data.imports.sifting import header_rows
from data.imports.sifting.sheet import Sheet
from data.imports.sifting.sieve import Sieve
from data.imports.terms import asking
from data.imports.terms.plan import Plan
from data.imports.terms.spec import Spec
from errors import Issue


def with_headings(table: Table, spec: Spec, plan: Plan, places: Mapping[str, int]) -> Table:
    """The table; its layout knows the rows under the header that belong to it."""
    if table.layout.header_line is None:
        return table
    sheet = Sheet(spec, plan, table.layout, places)
    rows = table.head[: header_rows.LOOKED_AT]
    reasons = header_rows.under(sheet, [row.cells for row in rows])
    found = tuple(
        Under(row.line, tuple(row.cells), reason)
        for row, reason in zip(rows, reasons, strict=False)
    )
    units = next((row for row in found if row.reason == header_rows.UNITS), None)
    layout = replace(table.layout, under=found)
    if units is not None:
        layout = replace(layout, units=units.cells)
    return replace(table, layout=layout)


def other_sheets(table: Table, plan: Plan) -> tuple[Issue, ...]:
    """What is asked where other sheets of a workbook have the same columns."""
    layout = table.layout
    if not layout.alike or asking.answered(plan.answers, "other_sheets") == "this":
        return ()
    sheet, others = visible(layout.sheet), ", ".join(map(visible, layout.alike))
    detail = {"sheet": sheet, "others": others}
    return (Issue("other_sheets", value=sheet, detail=detail),)


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
