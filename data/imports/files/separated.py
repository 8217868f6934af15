"""Rows of separated text (分隔文本): CSV and its kin, with the file's own line numbers.

Quotes are read strictly: a quote that is not closed, or that swallows the rows after it,
refuses the file and names the line, because every row behind it would be shifted.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

from data.imports.files.decoding import LONGEST_LINE, Piece
from data.imports.files.shown import unquoted
from errors import BadInput, Issue

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "fullwidth": "，"}
"""Name → character. The full-width comma is only read when named."""

WHITESPACE = "whitespace"
MOST_COLUMNS = 300
LONGEST_RECORD = 200
"""Physical lines one quoted record may span."""

_GUESSED = (",", "\t", ";", "|")
_PLAIN_LINE = 100 * MOST_COLUMNS


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


@dataclass(slots=True)
class Records:
    """Some records in a row: the physical line each begins on, and its cells."""

    lines: list[int]
    cells: list[list[str]]
    longest: int
    """No cell is longer than this."""
    share: float
    """How much of the file is read."""
    hidden: frozenset[int] = frozenset()
    """Lines a reader of the workbook does not see."""


def records(pieces: Iterator[Piece], separator: str) -> Iterator[Records]:
    """The records of a file, a few thousand at a time; blank ones are left out.

    Raises:
        BadInput: the quotes are broken, there are NULs or too many columns.
    """
    if separator == WHITESPACE:
        return _by_whitespace(pieces)
    return _Quoted(pieces, separator).records()


def _by_whitespace(pieces: Iterator[Piece]) -> Iterator[Records]:
    before = 0
    for piece in pieces:
        found = Records([], [], piece.longest, piece.share)
        for number, line in enumerate(piece.lines, start=before + 1):
            _refuse_nul(line, number)
            if cells := line.split():
                found.lines.append(number)
                found.cells.append(cells)
        before += len(piece.lines)
        yield found


def _refuse_nul(line: str, number: int) -> None:
    if "\0" in line:
        raise BadInput(Issue("nul_character", row=number))


def _says_something(cells: list[str]) -> bool:
    return any(map(str.strip, cells))


class _Quoted:
    """Strict CSV over physical lines."""

    def __init__(self, pieces: Iterator[Piece], separator: str) -> None:
        self._pieces = pieces
        self._separator = separator
        self._ahead: list[str] = []
        """Lines of the piece not read yet, the next one last."""
        self._share = 0.0
        self._line = 0
        self._start = 1
        self._length = 0
        self._width = 0

    def records(self) -> Iterator[Records]:
        """Pieces without quotes as they are, a line being a record; others with care."""
        for piece in self._pieces:
            self._share = piece.share
            text = "".join(piece.lines)
            plain = piece.longest <= _PLAIN_LINE and '"' not in text and "\0" not in text
            yield self._plain(piece) if plain else self._with_care(piece)

    def _plain(self, piece: Piece) -> Records:
        every = list(csv.reader(piece.lines, delimiter=self._separator, strict=True))
        lines = range(self._line + 1, self._line + 1 + len(every))
        self._line += len(every)
        self._width = max(self._width, max(map(len, every)))
        kept = [bool(cells) and (cells[0].strip() or _says_something(cells)) for cells in every]
        return Records(
            list(compress(lines, kept)), list(compress(every, kept)), piece.longest, piece.share
        )

    def _with_care(self, piece: Piece) -> Records:
        """Records until one ends where a piece ends; quoted ones may reach into the next."""
        found = Records([], [], 0, 0.0)
        self._ahead = piece.lines[::-1]
        reader = csv.reader(self._feed(), delimiter=self._separator, strict=True)
        while self._ahead:
            self._start, self._length = self._line + 1, 0
            try:
                cells = next(reader)
            except csv.Error as error:
                raise BadInput(Issue(_fault(error), row=self._start)) from error
            if not _says_something(cells):
                continue
            cells = [unquoted(cell) if cell[:1] == "=" else cell for cell in cells]
            if self._line > self._start:
                self._refuse_swallowed(cells)
            self._width = max(self._width, len(cells))
            found.lines.append(self._start)
            found.cells.append(cells)
            found.longest = max(found.longest, self._length)
        found.share = self._share
        return found

    def _feed(self) -> Iterator[str]:
        while True:
            if not self._ahead:
                piece = next(self._pieces, None)
                if piece is None:
                    return
                self._ahead, self._share = piece.lines[::-1], piece.share
            line = self._ahead.pop()
            self._line += 1
            self._length += len(line)
            _refuse_nul(line, self._line)
            if self._line - self._start >= LONGEST_RECORD or self._length > 2 * LONGEST_LINE:
                raise BadInput(Issue("quote_unclosed", row=self._start))
            if self._line == self._start and line.count(self._separator) > 100 * MOST_COLUMNS:
                raise BadInput(Issue("too_many_columns", detail={"most": MOST_COLUMNS}))
            yield line

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
