"""Columns that tell which rows are no data (状态列): previews, tests, unfinished answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.imports.files import headers
from data.imports.parsing.texts import folded
from data.imports.sifting.sheet import Sheet, amount
from data.imports.terms.spec import Mark


class Marks:
    """The marks of a kind that a file has columns for."""

    def __init__(self, sheet: Sheet) -> None:
        self._found = [
            (place, mark)
            for mark in sheet.spec.marks
            if not mark.beside or _named(mark.beside) & set(sheet.header)
            for place, name in enumerate(sheet.header)
            if name in _named(mark.names)
        ]

    def found(self, cells: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
        """(row, position, reason) of the rows that are none."""
        for place, mark in self._found:
            column = [row[place] for row in cells]
            none = {cell for cell in set(column) if _says(mark, cell)}
            if none:
                yield from (
                    (index, place, mark.reason) for index, cell in enumerate(column) if cell in none
                )


def _named(names: str) -> set[str]:
    return {headers.plain(name) for name in names.split("|")}


def _says(mark: Mark, cell: str) -> bool:
    text = folded(cell).casefold()
    if not text:
        return mark.empty
    if mark.below is not None:
        figure = amount(text.removesuffix("%"))
        return figure is not None and figure < mark.below
    return text in mark.values
