"""Rows of separated text (分隔文本): CSV and its kin, with the file's own line numbers.

Quotes are read strictly: a quote that is not closed, or that swallows the rows after it,
refuses the file and names the line, because every row behind it would be shifted.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from data.imports.decoding import LONGEST_LINE
from errors import BadInput, Issue

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "fullwidth": "，"}
"""Name → character. The full-width comma is only read when named."""

WHITESPACE = "whitespace"
MOST_COLUMNS = 300
LONGEST_RECORD = 200
"""Physical lines one quoted record may span."""

_GUESSED = (",", "\t", ";", "|")


def separator_named(name: str) -> str:
    """The character for a name or for itself.

    Raises:
        BadInput: it is none we read.
    """
    found = SEPARATORS.get(name, name)
    if found not in {*SEPARATORS.values(), WHITESPACE}:
        raise BadInput(Issue("separator_unknown", value=name))
    return found


def name_of(separator: str) -> str:
    """The name of a separator, for people and reports."""
    return next((name for name, sign in SEPARATORS.items() if sign == separator), separator)


def sep_line(line: str) -> str | None:
    """The separator in Excel's own first line `sep=;`."""
    bare = line.strip('\r\n \ufeff"')
    if bare.lower().startswith("sep=") and len(bare) == 5 and bare[4] in ",;|\t":
        return bare[4]
    return "\t" if line.lower().startswith("sep=\t") else None


def guess(sample: list[str]) -> str:
    """The separator that cuts the sample lines into the most even rows.

    Raises:
        BadInput: nothing cuts them into columns.
    """
    best, best_rank = "", (0, 0)
    for separator in _GUESSED:
        rank = _rank(sample, separator)
        if rank > best_rank:
            best, best_rank = separator, rank
    if best:
        return best
    if _rank(sample, "，")[1] > 1:
        raise BadInput(Issue("separator_fullwidth"))
    raise BadInput(Issue("one_column"))


def _rank(sample: list[str], separator: str) -> tuple[int, int]:
    """Rows of the commonest width, and that width; (0, 0) if the width is one."""
    try:
        widths = [len(row) for row in csv.reader(sample, delimiter=separator) if any(row)]
    except csv.Error:
        return 0, 0
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0, 0
    width, rows = max(wide.items(), key=lambda item: (item[1], item[0]))
    return (rows, width) if sum(wide.values()) * 2 >= len(widths) else (0, 0)


def rows(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the physical line it begins on; blank ones are left out.

    Raises:
        BadInput: the quotes are broken, there are NULs or too many columns.
    """
    if separator == WHITESPACE:
        yield from _by_whitespace(lines)
        return
    yield from _Quoted(lines, separator)


def _by_whitespace(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=1):
        _refuse_nul(line, number)
        if cells := line.split():
            yield number, cells


def _refuse_nul(line: str, number: int) -> None:
    if "\0" in line:
        raise BadInput(Issue("nul_character", row=number))


class _Quoted:
    """Strict CSV over physical lines."""

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        self._source = iter(lines)
        self._separator = separator
        self._line = 0
        self._start = 1
        self._length = 0
        self._width = 0

    def _feed(self) -> Iterator[str]:
        for line in self._source:
            self._line += 1
            self._length += len(line)
            _refuse_nul(line, self._line)
            if self._line - self._start >= LONGEST_RECORD or self._length > 2 * LONGEST_LINE:
                raise BadInput(Issue("quote_unclosed", row=self._start))
            if self._line == self._start and line.count(self._separator) > 100 * MOST_COLUMNS:
                raise BadInput(Issue("too_many_columns", detail={"most": MOST_COLUMNS}))
            yield line

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._feed(), delimiter=self._separator, strict=True)
        while True:
            self._start, self._length = self._line + 1, 0
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise BadInput(Issue(_fault(error), row=self._start)) from error
            if cells is None:
                return
            if not any(map(str.strip, cells)):
                continue
            if self._line > self._start:
                self._refuse_swallowed(cells)
            self._width = max(self._width, len(cells))
            yield self._start, cells

    def _refuse_swallowed(self, cells: list[str]) -> None:
        """A cell whose own lines look like rows of the table is a row lost in quotes."""
        if self._width < 3:
            return
        for cell in cells:
            inside = cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
            if any(part.count(self._separator) >= self._width - 1 for part in inside):
                raise BadInput(Issue("quote_unclosed", row=self._start))


def _fault(error: csv.Error) -> str:
    return "quote_unclosed" if "unexpected end" in str(error) else "quote_broken"
