"""Cells of one column (单元格): each spelling parsed once, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.imports.files.cell import Cell, shown
from data.imports.parsing.manner import Manner, Parser, Unreadable
from data.imports.parsing.parsed import FAULT, NOTE, visible
from data.imports.parsing.values import Choice

_BLANKS = re.compile("[ \t\r\n\u00a0\u3000]+")
MOST_KNOWN = 20_000
"""Spellings of a column that are remembered."""

_SHORT = 60
"""Longer cells are forgotten after their block: they seldom come again."""


@dataclass(frozen=True, slots=True)
class Odd:
    """What a cell is refused for, or what was done to it."""

    severity: str
    reason: str
    value: str
    """The cell as a fault shows it."""
    detail: Mapping[str, object]


class _Known(dict[str, Any]):
    """Spelling → value, for cells of one type of workbook cell (or of none)."""

    def __init__(self, parse: Parser, manner: Manner) -> None:
        super().__init__()
        self._parse, self._manner = parse, manner
        self._keeps_text = not isinstance(parse, Choice)  # a code is no text that was cleaned
        self.odd: dict[str, Odd] = {}
        self.short = True

    def __missing__(self, raw: str) -> Any:
        value = None
        if raw or isinstance(raw, Cell):
            try:
                value = self._parse(raw, self._manner)
            except Unreadable as problem:
                self.odd[raw] = Odd(FAULT, problem.reason, visible(raw), problem.detail)
            if isinstance(value, str) and self._keeps_text and _altered(raw, value):
                self.odd[raw] = Odd(NOTE, "text_cleaned", visible(raw), {})
        self[raw] = value
        self.short = self.short and len(raw) <= _SHORT
        return value


class Cells:
    """The cells of one column of a file."""

    def __init__(self, name: str, parse: Parser, manner: Manner, shown: str) -> None:
        self.name, self.shown = name, shown
        self._parse, self._manner = parse, manner
        self._known = {"": _Known(parse, manner)}

    @property
    def known(self) -> int:
        """Spellings remembered."""
        return sum(map(len, self._known.values()))

    def read(self, raws: Sequence[str]) -> list[Any]:
        """The values of some cells; None where nothing is said or the cell is refused."""
        if set(map(type, raws)) == {str}:
            return list(map(self._known[""].__getitem__, raws))
        return [self._alike(raw)[raw] for raw in raws]

    def odd_ones(self, raws: Sequence[str]) -> Iterator[tuple[int, Odd]]:
        """Of the cells just read, those that were refused or altered: (place, what)."""
        if any(known.odd for known in self._known.values()):
            for place, raw in enumerate(raws):
                odd = self._alike(raw).odd.get(raw)
                if odd is not None:
                    yield place, odd

    def forget(self) -> None:
        """Keep memory bounded, once the cells that were read are no longer asked about."""
        for known in self._known.values():
            if len(known) > MOST_KNOWN or not known.short:
                known.clear()
                known.odd.clear()
                known.short = True

    def _alike(self, raw: str) -> _Known:
        """Cells that mean the same if they look the same: TRUE is not the text TRUE."""
        kind = raw.kind + raw.pattern if isinstance(raw, Cell) else ""
        if kind not in self._known:
            self._known[kind] = _Known(self._parse, self._manner)
        return self._known[kind]


def _altered(raw: str, kept: str) -> bool:
    """Whether more was changed than blanks and line breaks."""
    return _BLANKS.sub("", shown(raw)) != _BLANKS.sub("", kept)
