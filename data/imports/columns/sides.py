"""Columns that complete an amount (附加列): its tax is added, its currency exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from data.imports.columns.measuring import Measure, Side
from data.imports.parsing import values
from data.imports.parsing.cells import Cells
from data.imports.parsing.manner import Manner
from data.imports.parsing.multiplying import exchange_rate, multiplied
from data.imports.parsing.parsed import ParsedBlock
from errors import Issue


class Sides:
    """The columns beside the amounts of one file."""

    def __init__(
        self, measures: Mapping[str, Measure], shown: Mapping[str, str], manner: Manner
    ) -> None:
        self._shown = shown
        self._plus = {n: _tax(m.plus, manner) for n, m in measures.items() if m.plus}
        self._rates = {n: _rate(m.rate, manner) for n, m in measures.items() if m.rate}

    def complete(
        self,
        found: dict[str, list[Any]],
        done: ParsedBlock,
        whole: Sequence[int],
        lines: Sequence[int],
        columns: Sequence[Sequence[str]],
    ) -> None:
        """Put the completed amounts in the place of those that were read.

        Args:
            found: field → its values, one a row.
            done: takes the faults.
            whole: places of the rows within the block.
            lines: their lines in the file.
            columns: position → its cells, one a row.
        """
        rows = _Rows(done, whole, lines)
        for name, (place, cells) in self._plus.items():
            taxes = rows.read(cells, columns[place])
            amounts = found[name]
            found[name] = [_sum(*pair) for pair in zip(amounts, taxes, strict=True)]
            for index, (amount, total) in enumerate(zip(amounts, found[name], strict=True)):
                if amount and total * amount <= 0:  # a tax that takes the whole amount away
                    rows.fault(index, "amount_not_positive", self._shown[name])
        for name, (place, cells) in self._rates.items():
            rates = rows.read(cells, columns[place])
            amounts = found[name]
            found[name] = [_product(*pair) for pair in zip(amounts, rates, strict=True)]
            for index, (amount, rate) in enumerate(zip(amounts, rates, strict=True)):
                if amount is not None and rate is None:
                    rows.fault(index, "empty", cells.shown)


class _Rows:
    """The rows of a block, and what is said about them."""

    def __init__(self, done: ParsedBlock, whole: Sequence[int], lines: Sequence[int]) -> None:
        self._done, self._whole, self._lines = done, whole, lines

    def fault(self, index: int, reason: str, shown: str) -> None:
        """Say what is wrong, unless something is said about that cell already."""
        said = self._done.faults.setdefault(self._whole[index], [])
        if not any(one.column == shown for one in said):
            said.append(Issue(reason, shown, self._lines[index]))

    def read(self, cells: Cells, raws: Sequence[str]) -> list[Any]:
        """The values of a column."""
        read = cells.read(raws)
        for index, odd in cells.odd_ones(raws):
            issue = Issue(odd.reason, cells.shown, self._lines[index], odd.value, odd.detail)
            self._done.said(odd.severity).setdefault(self._whole[index], []).append(issue)
        cells.forget()
        return read


def _tax(side: Side | None, manner: Manner) -> tuple[int, Cells]:
    assert side is not None
    parse = values.money()
    if side.factor != 1:
        parse = multiplied(parse, side.factor, side.unit)
    return side.place, Cells("tax", parse, manner, side.column)


def _rate(side: Side | None, manner: Manner) -> tuple[int, Cells]:
    assert side is not None
    return side.place, Cells("rate", exchange_rate, manner, side.column)


def _sum(amount: Any, tax: Any) -> Any:
    return None if amount is None else amount + (tax or 0)


def _product(amount: Any, rate: Any) -> Any:
    if amount is None or rate is None:
        return amount
    return int((Decimal(amount) * rate).quantize(Decimal(1), ROUND_HALF_UP))
