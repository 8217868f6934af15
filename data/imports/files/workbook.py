"""Rows of an xlsx workbook (Excel 工作簿), read in bounded memory.

The zip is checked before anything is unpacked, the sheet is streamed, and only cells that
are there cost anything: one cell at XFD1048576 is one cell. Nothing is ever calculated,
run or fetched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import WorkSheetParser

from data.imports.files.cell import Cell
from data.imports.files.package import check_package, readable
from data.imports.files.separated import MOST_COLUMNS
from data.imports.files.shown import changes, unescaped, unquoted, zeros
from errors import BadInput, Issue

MOST_MERGED = 20_000
"""Rows that merged cells may reach, in all."""


_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:$]{3,24})"')


_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells covered by a merge, except each range's first."""

    ranges: tuple[tuple[int, int, int, int], ...] = field(default=())
    """(first column, first row, last column, last row), from 1."""

    def rows(self) -> set[int]:
        """Rows any range reaches, bounded."""
        return {row for _c, first, _d, last in self.ranges for row in range(first, last + 1)}

    def covers(self, column: int, row: int) -> bool:
        """Whether the cell's value stands in another cell."""
        return any(
            left <= column <= right and top <= row <= bottom and (column, row) != (left, top)
            for left, top, right, bottom in self.ranges
        )


class Workbook:
    """An opened workbook: which sheets can be read, and the rows of one."""

    def __init__(self, path: Path) -> None:
        """Check the package and open it.

        Raises:
            BadInput: protected, old, damaged, too large, or not a workbook.
        """
        check_package(path)
        self._file = path.open("rb")  # by its bytes: the name may say anything
        with readable(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._book = load_workbook(self._file, read_only=True, data_only=True)
        self.sheets = [s.title for s in self._book.worksheets if s.sheet_state == "visible"]
        """Names of the sheets a reader sees; hidden ones are never read."""
        self.is_1904 = self._book.epoch == CALENDAR_MAC_1904
        self.share = 0.0
        """How much of the sheet `rows` has read, 0 to 1."""
        self._hidden: set[int] = set()
        if not self.sheets:
            raise BadInput(Issue("workbook_no_sheet"))

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()
        self._file.close()

    def hidden_rows(self, numbers: Sequence[int]) -> frozenset[int]:
        """Which of the rows just read a filter or a hand has hidden; asked once."""
        found = self._hidden.intersection(numbers)
        self._hidden.clear()
        return frozenset(found)

    def hidden_columns(self, sheet: str) -> tuple[int, ...]:
        """Positions of the columns that are not shown."""
        with readable(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with self._book[sheet]._get_source() as source:
                parser = self._parser(sheet, source)
                next(parser.parse(), None)  # columns are described before the first row
                found: set[int] = set()
                for described in parser.column_dimensions.values():
                    if _is_hidden(described):
                        last = min(int(described["max"]), MOST_COLUMNS)
                        found.update(range(int(described["min"]) - 1, last))
        return tuple(sorted(found))

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Each row that holds anything, with its number in the sheet.

        Raises:
            BadInput: the sheet is damaged or has too many columns.
        """
        if sheet not in self.sheets:
            raise BadInput(Issue("sheet_missing", value=sheet))
        merged = self._merged(sheet)
        touched = merged.rows()
        with readable(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            last = 0
            for number, cells in self._parse(sheet):
                if number <= last:  # a row in another's place would be lost or shifted
                    raise BadInput(Issue("workbook_damaged", row=number))
                last = number
                row = _row(number, cells)
                if number in touched:
                    _mark_merged(row, number, merged)
                if any(cell.strip() for cell in row):
                    yield number, row

    def _parse(self, sheet: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        page = self._book[sheet]
        size = max(self._book._archive.getinfo(page._worksheet_path).file_size, 1)
        with page._get_source() as source:
            parser = self._parser(sheet, source)
            for number, cells in parser.parse():
                self.share = source.tell() / size
                if _is_hidden(parser.row_dimensions.pop(str(number), {})):
                    self._hidden.add(number)
                yield number, cells

    def _parser(self, sheet: str, source: Any) -> _Parser:
        parser = _Parser(
            source,
            self._book[sheet]._shared_strings,
            data_only=True,
            epoch=self._book.epoch,
            date_formats=self._book._date_formats,
            timedelta_formats=self._book._timedelta_formats,
        )
        parser.patterns = self._patterns()
        return parser

    def _patterns(self) -> dict[str, str]:
        """Style → its number format, of those that show other signs than the number's own."""
        formats = self._book._number_formats
        found = {}
        for place, style in enumerate(self._book._cell_styles):
            number = style.numFmtId
            own = 0 <= number - BUILTIN_FORMATS_MAX_SIZE < len(formats)
            written = formats[number - BUILTIN_FORMATS_MAX_SIZE] if own else ""
            written = written or BUILTIN_FORMATS.get(number, "")
            pattern = zeros(written) or (written if changes(written) else "")
            if pattern:
                found[str(place)] = pattern
        return found

    def _merged(self, sheet: str) -> Merged:
        found: list[tuple[int, int, int, int]] = []
        kept = b""
        with readable(), self._book[sheet]._get_source() as source:
            while chunk := source.read(1 << 20):
                text = kept + chunk
                found += [_bounds(match.decode()) for match in _MERGE.findall(text)]
                last = text.rfind(b"<")
                kept = text[last:][:4096] if last >= 0 else b""
        if sum(box[3] - box[1] + 1 for box in found) > MOST_MERGED:
            raise BadInput(Issue("workbook_merged", detail={"most": MOST_MERGED}))
        return Merged(tuple(found))


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """Also tells a formula without a stored result from an empty cell, and formats of codes."""

    patterns: Mapping[str, str] = MappingProxyType({})

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(_FORMULA) is not None:
            cell["value"], cell["data_type"] = "=", "formula"
        if self.patterns and (pattern := self.patterns.get(element.get("s", ""))):
            cell["pattern"] = pattern
        return cell


def _is_hidden(described: Mapping[str, str]) -> bool:
    return described.get("hidden") in ("1", "true")


def _bounds(reference: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(reference)
    return int(left), int(top), int(right), int(bottom)


def _row(number: int, cells: list[dict[str, Any]]) -> list[str]:
    row: list[str] = []
    for cell in cells:
        column, value = cell["column"], cell["value"]
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if column > MOST_COLUMNS:
            place = f"{get_column_letter(column)}{number}"
            raise BadInput(
                Issue("far_cell", row=number, value=place, detail={"most": MOST_COLUMNS})
            )
        if column <= len(row) or cell["row"] != number:  # would take another cell's place
            raise BadInput(Issue("workbook_damaged", row=number))
        row += [""] * (column - len(row))
        row[column - 1] = _text(value, cell["data_type"], cell.get("pattern", ""))
    return row


def _text(value: Any, data_type: str, pattern: str) -> str:
    if data_type == "formula":
        return Cell("=", "formula")
    if data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE", "bool")
    if isinstance(value, int):
        return Cell(str(value), "number", pattern)
    if isinstance(value, float):
        return Cell(_fifteen(value), "number", pattern)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return Cell(value.date().isoformat() if midnight else value.isoformat(), "date")
    if isinstance(value, date | time | timedelta):
        return Cell(str(value), "date")
    return unquoted(unescaped(str(value)))


def _fifteen(value: float) -> str:
    """A number with the fifteen digits Excel itself keeps: 0.00005, but 1e+20 as it stands."""
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e-" in text else text


def _mark_merged(row: list[str], number: int, merged: Merged) -> None:
    width = max(len(row), *(min(box[2], MOST_COLUMNS) for box in merged.ranges))
    row += [""] * (width - len(row))
    for index, cell in enumerate(row):
        if not cell and merged.covers(index + 1, number):
            row[index] = Cell("", "merged")
