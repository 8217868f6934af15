"""Which rows of a block are not data (筛行): by what their key and name cells say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from data.imports.files.reading import Block
from data.imports.parsing.parsed import visible
from data.imports.parsing.texts import folded
from data.imports.sifting.vocabulary import TOTALS
from data.imports.terms.spec import Spec
from errors import Issue

_JOINTS = re.compile(r"[\s:：_]+")


class Sieve:
    """Tells the rows of one file apart; what it passes over is no row of the sheet."""

    def __init__(self, spec: Spec, places: Mapping[str, int], shown: Mapping[str, str]) -> None:
        self._shown = shown
        self._texts = [
            (field.name, places[field.name])
            for field in spec.fields
            if field.type == "text" and field.name in places
        ]
        self._seen: dict[str, bool] = {}

    def passed(self, block: Block) -> dict[int, Issue]:
        """Place → why, of the rows that are not data.

        Args:
            block: its rows may be ragged: a footer seldom fills all columns.
        """
        found: dict[int, Issue] = {}
        for name, place in self._texts:
            for index, cell in self._totals([cells[place] for cells in block.cells]):
                shown = self._shown[name]
                found.setdefault(
                    index, Issue("total_row", shown, block.lines[index], visible(cell))
                )
        return found

    def _totals(self, cells: Sequence[str]) -> Iterator[tuple[int, str]]:
        for index, cell in enumerate(cells):
            if cell and len(cell) <= 20 and self._is_total(cell):
                yield index, cell

    def _is_total(self, cell: str) -> bool:
        if cell not in self._seen:
            if len(self._seen) > 5000:
                self._seen.clear()
            self._seen[cell] = _JOINTS.sub("", folded(cell)).lower() in TOTALS
        return self._seen[cell]
