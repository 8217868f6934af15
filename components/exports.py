"""Files to take away (导出): xlsx and CSV that say what they hold and cannot run formulas.

Pure: rows in, bytes out. The first lines of an xlsx name the title, the date, the filters
and the number of rows; a CSV stays a plain table, so that it can be imported again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from components import formats

Kind = Literal["text", "money", "ratio", "count", "number", "date"]

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_LONGEST_CELL = 32_767
_NUMBER_FORMATS = {
    "money": "#,##0.00",
    "ratio": "0.0%",
    "count": "#,##0",
    "number": "#,##0.00",
    "date": "yyyy-mm-dd",
}
_TEXT_WIDTH, _FIGURE_WIDTH = 22, 15
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: header and kind. Money comes in minor units."""

    header: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to write, with the lines that say what it is.

    `notes` are (name, text) pairs such as ("Data as of", "2026-11-21"), put on top.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[tuple[str, str]] = field(default=())


def xlsx(*sheets: Sheet) -> bytes:
    """An Excel workbook; text stays text, whatever it begins with."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    styles = {kind: book.add_format({"num_format": f}) for kind, f in _NUMBER_FORMATS.items()}
    styles |= {"title": book.add_format({"bold": True, "font_size": 14})}
    styles |= {"header": book.add_format({"bold": True, "bottom": 1})}
    for sheet in sheets:
        _write(book.add_worksheet(_sheet_name(sheet.title)), sheet, styles)
    book.close()
    return buffer.getvalue()


def csv_bytes(sheet: Sheet) -> bytes:
    """A CSV with BOM, so that Excel reads the Chinese; cells cannot start a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([disarm(column.header) for column in sheet.columns])
    for row in sheet.rows:
        pairs = zip(row, sheet.columns, strict=True)
        writer.writerow([_csv_cell(value, column.kind) for value, column in pairs])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def disarm(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @ and kin."""
    clean = printable(text)
    return f"'{clean}" if clean.lstrip(" \u3000\xa0").startswith(_STARTS) else clean


def printable(value: object) -> str:
    """Text without the characters that make an xlsx unreadable, cut to a cell's size."""
    return _ILLEGAL.sub("", str(value))[:_LONGEST_CELL]


def file_name(title: str, as_of: date | None, extension: str) -> str:
    """A file name any system takes: title_2026-11-21.xlsx."""
    stem = re.sub(r"[^\w\u4e00-\u9fff-]+", "_", printable(title)).strip("_") or "kehu"
    return f"{stem}{f'_{as_of.isoformat()}' if as_of else ''}.{extension}"


def _write(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    page.write_string(0, 0, printable(sheet.title), styles["title"])
    for line, (name, text) in enumerate(sheet.notes, start=1):
        page.write_string(line, 0, printable(f"{name}: {text}"))
    head = len(sheet.notes) + 2
    for index, column in enumerate(sheet.columns):
        page.write_string(head, index, printable(column.header), styles["header"])
        width = _TEXT_WIDTH if column.kind == "text" else _FIGURE_WIDTH
        page.set_column(index, index, width, styles.get(column.kind))
    last = head
    for last, row in enumerate(sheet.rows, start=head + 1):
        for index, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write_cell(page, last, index, value, column.kind)
    page.freeze_panes(head + 1, 0)
    if last > head:
        page.autofilter(head, 0, last, len(sheet.columns) - 1)


def _write_cell(page: Any, row: int, index: int, value: Any, kind: Kind) -> None:
    if formats.is_missing(value):
        return
    if isinstance(value, datetime):
        page.write_string(
            row,
            index,
            formats.datetime_local(value) if value.tzinfo else value.strftime("%Y-%m-%d %H:%M"),
        )
    elif isinstance(value, date):
        page.write_datetime(row, index, datetime(value.year, value.month, value.day))  # noqa: DTZ001
    elif kind == "text" or isinstance(value, str):
        page.write_string(row, index, printable(value))
    else:
        page.write_number(row, index, float(_figure(value, kind)))


def _figure(value: Any, kind: Kind) -> Decimal:
    plain = value.item() if hasattr(value, "item") else value
    exact = Decimal(plain) if isinstance(plain, int) else Decimal(repr(plain))
    return exact / formats.MINOR_PER_MAJOR if kind == "money" else exact


def _csv_cell(value: Any, kind: Kind) -> str:
    if formats.is_missing(value):
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if kind == "text" or isinstance(value, str):
        return disarm(str(value))
    if kind == "money":
        return f"{_figure(value, kind):.2f}"
    return f"{_figure(value, kind):f}"


def _sheet_name(title: str) -> str:
    return (_SHEET_NAME.sub(" ", printable(title)).strip() or "Kehu")[:31]
