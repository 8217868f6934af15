"""A file as a table (读取): its layout, and its rows with the numbers people see in it."""

from __future__ import annotations

import itertools
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from data.imports.files import decoding, detecting, headers, package, separated
from data.imports.files.layout import Block, Hints, Layout, Row
from data.imports.files.separated import Records
from errors import BadInput, Issue

if TYPE_CHECKING:
    from data.imports.files.workbook import Workbook

HEADER_WITHIN = 20
"""Rows looked at for the header; titles may stand above it."""


SAMPLE_LINES = 60


PREVIEW_ROWS = 10


_FIRST_ROWS, _MOST_ROWS = 64, 2048
"""Rows of a workbook taken at a time, at first and later."""


LONGEST_CELL = 10_000
"""Characters in one cell; a longer one rejects its row."""


Record = tuple[int, list[str]]
"""A line of the file and its cells."""


Judge = Callable[[Sequence[str]], int]
"""How much a row looks like a header: 0 is not at all."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was understood; its rows can be walked again and again."""

    path: Path
    layout: Layout
    _hints: Hints = field(default_factory=Hints)
    _first: tuple[tuple[int, list[str]], ...] = ()
    """Line and cells of the rows the header was looked for in."""

    @property
    def head(self) -> list[Row]:
        """The first rows under the header; a few, known without reading the file again."""
        header, width = self.layout.header_line or 0, len(self.layout.header)
        ragged = self.layout.format == "text"
        under = (record for record in self._first if record[0] > header)
        return [_checked(line, list(cells), width, ragged=ragged) for line, cells in under]

    def blocks(self, most: int = 5000) -> Iterator[Block]:
        """Every row under the header, at most so many at a time.

        Raises:
            BadInput: quotes, NULs or damage further down in the file.
        """
        width, header = len(self.layout.header), self.layout.header_line or 0
        for found in _records(self.path, self.layout):
            first = bisect_right(found.lines, header)
            for start in range(first, len(found.lines), most):
                rows = slice(start, start + most)
                block = Block(found.lines[rows], found.cells[rows], found.share)
                if found.hidden:
                    lines = enumerate(block.lines)
                    block.hidden = {place for place, line in lines if line in found.hidden}
                if found.longest > LONGEST_CELL or set(map(len, block.cells)) != {width}:
                    _check(block, width, ragged=self.layout.format == "text")
                yield block

    def rows(self) -> Iterator[Row]:
        """Every row under the header, one by one.

        Raises:
            BadInput: quotes, NULs or damage further down in the file.
        """
        for block in self.blocks():
            for place, (line, cells) in enumerate(zip(block.lines, block.cells, strict=True)):
                yield Row(line, cells, block.faults.get(place))

    def preview(self, rows: int = PREVIEW_ROWS) -> list[Row]:
        """The first rows, as decoded."""
        return list(itertools.islice(self.rows(), rows))


def open_table(path: Path, hints: Hints, judge: Judge) -> Table:
    """Find out how a file is built.

    Args:
        path: of the file; its name says nothing.
        hints: what the user says about it.
        judge: tells a header row from a title.

    Raises:
        BadInput: the file cannot be read as a table; names the line where there is one.
    """
    if package.is_workbook(path):
        return _open_workbook(path, hints, judge)
    encoding = detecting.find(path, hints.encoding)
    sample = list(itertools.islice(decoding.lines(path, encoding), SAMPLE_LINES))
    declared = separated.sep_line(sample[0]) if sample else None
    separator = (
        separated.separator_named(hints.separator)
        if hints.separator
        else declared or separated.guess([line for line in sample if line.strip()])
    )
    layout = Layout("text", encoding.name, separated.name_of(separator), "", (), None, ())
    found = (zip(some.lines, some.cells, strict=True) for some in _records(path, layout))
    first = tuple(itertools.islice(itertools.chain.from_iterable(found), HEADER_WITHIN))
    return Table(path, _headed(layout, list(first), hints, judge), hints, first)


def _open_workbook(path: Path, hints: Hints, judge: Judge) -> Table:
    from data.imports.files.workbook import Workbook  # heavy: for workbooks only

    book = Workbook(path)
    try:
        found = _sheets(book, hints, judge)
        sheet, first = found[0]
        layout = Layout("xlsx", "XLSX", "", sheet, tuple(book.sheets), None, (), book.is_1904)
        layout = replace(layout, hidden=book.hidden_columns(sheet))
    finally:
        book.close()
    headed = _headed(layout, first, hints, judge)
    alike = tuple(name for name, rows in found[1:] if _same_shape(headed, rows))
    ordered = tuple(name for name in headed.sheets if name in alike)
    return Table(path, replace(headed, alike=ordered), hints, tuple(first))


def _sheets(book: Workbook, hints: Hints, judge: Judge) -> list[tuple[str, list[Record]]]:
    """Name and first rows of the sheet to read, then of the others, as they look like a header.

    The first is the one that was named, else the first one in which a header is found.

    Raises:
        BadInput: there is nothing in them.
    """
    names = [hints.sheet] if hints.sheet else book.sheets
    found = []
    for name in names:
        first = list(itertools.islice(book.rows(name), HEADER_WITHIN))
        if first:
            found.append((max(judge(cells) for _line, cells in first), name, first))
    if not found:
        raise BadInput(Issue("file_empty"))
    found.sort(key=lambda item: -item[0])
    return [(name, first) for _rank, name, first in found]


def _same_shape(layout: Layout, rows: Sequence[Record]) -> bool:
    """Whether another sheet has a row of the very column names, in whatever order."""
    names = sorted(filter(None, map(headers.plain, layout.header)))
    return layout.header_line is not None and any(
        sorted(filter(None, map(headers.plain, cells))) == names for _line, cells in rows
    )


def _headed(layout: Layout, first: list[Record], hints: Hints, judge: Judge) -> Layout:
    """The layout with its header, and what stands above and under it."""
    line, header = _header(first, hints, judge)
    if line is None:
        return replace(layout, header=header)
    above = [cells for number, cells in first if number < line]
    titles = [text for cells in above for text in (*cells, "  ".join(filter(None, cells)))]
    return replace(
        layout,
        header_line=line,
        header=header,
        titles=tuple(dict.fromkeys(text[:200] for text in titles if text.strip())),
    )


def _header(first: list[Record], hints: Hints, judge: Judge) -> tuple[int | None, tuple[str, ...]]:
    if not first:
        raise BadInput(Issue("file_empty"))
    if hints.header is False:
        width = max(len(cells) for _line, cells in first)
        return None, tuple(str(place) for place in range(1, width + 1))
    if hints.header_line is not None:
        line, cells = next((r for r in first if r[0] == hints.header_line), first[0])
    else:
        line, cells = max(first, key=lambda record: (judge(record[1]), -record[0]))
    return line, _names(line, cells, apart=hints.apart)


def _names(line: int, cells: list[str], *, apart: bool) -> tuple[str, ...]:
    while cells and not headers.plain(cells[-1]):
        cells = cells[:-1]
    if len(cells) > separated.MOST_COLUMNS:
        raise BadInput(Issue("too_many_columns", row=line, detail={"most": separated.MOST_COLUMNS}))
    twice = [name for name, n in Counter(map(headers.whole, cells)).items() if name and n > 1]
    if twice and not apart:
        raise BadInput(*(Issue("column_twice", headers.visible(name), line) for name in twice))
    return tuple(
        f"{headers.visible(cell)} #{place}"
        if headers.whole(cell) in twice
        else headers.visible(cell)
        for place, cell in enumerate(cells, 1)
    )


def _records(path: Path, layout: Layout) -> Iterator[Records]:
    if layout.format == "xlsx":
        yield from _records_of_workbook(path, layout)
        return
    codec = next(codec for codec, name in decoding.NAMES.items() if name == layout.encoding)
    boms = {"utf-8-sig": 3, "utf-16-le": 2, "utf-16-be": 2}
    with path.open("rb") as file:
        marked = file.read(3).startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    encoding = decoding.Encoding(codec, boms.get(codec, 0) if marked else 0)
    separator = separated.separator_named(layout.separator)
    for found in separated.records(decoding.pieces(path, encoding), separator):
        if found.lines[:1] == [1] and separated.sep_line(separator.join(found.cells[0])):
            del found.lines[0], found.cells[0]
        yield found


def _records_of_workbook(path: Path, layout: Layout) -> Iterator[Records]:
    from data.imports.files.workbook import Workbook  # heavy: for workbooks only

    book = Workbook(path)
    try:
        rows = book.rows(layout.sheet)
        few = _FIRST_ROWS  # a preview wants no more; a whole sheet gets there quickly
        while some := list(itertools.islice(rows, few)):
            lines, cells = [line for line, _cells in some], [cells for _line, cells in some]
            yield Records(lines, cells, sys.maxsize, book.share, book.hidden_rows(lines))
            few = min(2 * few, _MOST_ROWS)
    finally:
        book.close()


def _check(block: Block, width: int, *, ragged: bool) -> None:
    for place, (line, cells) in enumerate(zip(block.lines, block.cells, strict=True)):
        row = _checked(line, cells, width, ragged=ragged)
        block.cells[place] = row.cells
        if row.fault is not None:
            block.faults[place] = row.fault


def _checked(line: int, cells: list[str], width: int, *, ragged: bool) -> Row:
    if len(cells) > width:
        if any(cell.strip() for cell in cells[width:]) and ragged:
            fault = Issue("row_long", row=line, detail={"cells": len(cells), "columns": width})
            return Row(line, cells[:width], fault)
        cells = cells[:width]
    elif len(cells) < width:
        if ragged:
            fault = Issue("row_short", row=line, detail={"cells": len(cells), "columns": width})
            return Row(line, cells + [""] * (width - len(cells)), fault)
        cells = cells + [""] * (width - len(cells))
    for place, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            fault = Issue(
                "value_too_long",
                column=str(place),
                row=line,
                value=cell[:60],
                detail={"longest": LONGEST_CELL},
            )
            cut = [text[:200] for text in cells]
            return Row(line, cut, fault)
    return Row(line, cells)
