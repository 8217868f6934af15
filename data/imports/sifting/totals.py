"""Rows that add up others (合计行): by their words, weighed against what else they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from data.imports.files import headers
from data.imports.sifting.phrases import TOTALS, Said, Sense
from data.imports.sifting.sheet import Sheet, amount

NEIGHBOURS = 200
"""Rows above and below in which the group of a subtotal is looked for."""
MOST_ADDENDS = 5000
_PERIOD = re.compile(r"\d|[年月季]")

PASS, ASK = "total_row", "may_be_total"
Rows = Sequence[Sequence[str]]


class Totals:
    """Weighs rows in which a cell says total."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def verdict(
        self, rows: Rows, index: int, words: Mapping[int, Said], out: frozenset[int]
    ) -> tuple[str, int] | None:
        """What to do with a row, and the cell that says so; None: it is data.

        Args:
            rows: cells of the rows around it.
            index: which of them it is.
            words: position → what its cells say.
            out: rows known to be no data.
        """
        found: tuple[str, int] | None = None
        for place, said in sorted(words.items()):
            if said.sense in TOTALS or said.sense is Sense.COUNT:
                reason = self._of_cell(rows, index, place, said, set(words), out)
                if reason == PASS:
                    return PASS, place
                if reason and found is None:
                    found = reason, place
        return found

    def _of_cell(
        self, rows: Rows, index: int, place: int, said: Said, apart: set[int], out: frozenset[int]
    ) -> str:
        cells, sheet = rows[index], self._sheet
        complete = sheet.is_complete(cells, apart)
        is_name = place in sheet.identifying
        is_first = place == next(i for i, cell in enumerate(cells) if cell.strip())
        if said.sense is Sense.COUNT:
            return PASS if is_first and not complete and sheet.is_nobody(cells, apart) else ""
        if said.stem and not self._is_group(rows, index, said.stem):
            return self._of_no_group(cells, said, complete, is_name or is_first, apart)
        sure = said.sense in (Sense.TOTAL, Sense.GROUP_TOTAL)
        if not complete:
            near = is_name or is_first or place in sheet.typed or place not in self._taken
            return PASS if sure or near or sheet.is_nobody(cells, apart) else ""
        if sure and (is_name or is_first or place in sheet.typed):
            return PASS
        agrees, same = self._agreement(rows, index, out)
        if agrees and same and (sure or is_name):
            return PASS
        if sure or is_name or is_first or place in sheet.typed:
            return ASK
        return ASK if agrees > 1 else ""

    @property
    def _taken(self) -> frozenset[int]:
        return frozenset(self._sheet.places.values())

    def _of_no_group(
        self, cells: Sequence[str], said: Said, complete: bool, near: bool, apart: set[int]
    ) -> str:
        """`华东小计`, where nothing around is called 华东; `Prime Total` may be anybody."""
        if said.sense is Sense.GROUP_TOTAL:
            return PASS if not complete else ASK if near else ""
        period = bool(_PERIOD.search(said.stem))
        lost = not complete and period and self._sheet.is_nobody(cells, apart)
        return PASS if lost else ""

    def _is_group(self, rows: Rows, index: int, stem: str) -> bool:
        """Whether a cell nearby is what a subtotal says it is of."""
        around = (
            cell
            for row in rows[max(index - NEIGHBOURS, 0) : index + NEIGHBOURS]
            for cell in row
            if cell
        )
        return any(headers.plain(cell) == stem for cell in around)

    def _agreement(self, rows: Rows, index: int, out: frozenset[int]) -> tuple[int, bool]:
        """How many rows above add up to this one (0: none do), and whether they share its key."""
        said = {p: value for p in self._sheet.figures if (value := amount(rows[index][p]))}
        if not said:
            return 0, False
        key, same = self._sheet.key(rows[index]), bool(self._sheet.key(rows[index]))
        for addends, above in enumerate(self._sums(rows, index, set(said), out), start=1):
            same = same and self._sheet.key(above[1]) == key
            if above[0] == said:
                return addends, same
        return 0, False

    def _sums(
        self, rows: Rows, index: int, places: set[int], out: frozenset[int]
    ) -> Iterator[tuple[dict[int, Decimal], Sequence[str]]]:
        """What the last, the last two, the last three … rows above come to."""
        sums = dict.fromkeys(places, Decimal(0))
        for before in range(index - 1, max(index - MOST_ADDENDS, 0) - 1, -1):
            if before in out:
                return
            for place in places:
                sums[place] += amount(rows[before][place]) or 0
            yield sums, rows[before]
