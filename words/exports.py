"""Files to take away (导出): xlsx and CSV that say what they hold and cannot run formulas.

Pure: rows in, bytes out. The first lines of either name the title, the date, the filters,
who took it when and the number of rows; then a blank line, the header and the rows. The
import passes over such lines, so what was exported can be imported again.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

import xlsxwriter

from words import formats, i18n
from words.i18n import mark

Kind = Literal["text", "money", "ratio", "count", "number", "date"]

_BOM = b"\xef\xbb\xbf"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(
    "'*[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*[=+\\-@\t\r\n＝＋－＠]"
)
"""Apostrophes count as part of it: the import takes one off, so one more has to go on."""
_LONGEST_CELL = 32_767
_LONGEST_STEM = 80
_NUMBER_FORMATS = {
    "money": "#,##0.00",
    "ratio": "0.0%",
    "count": "#,##0",
    "number": "#,##0.00",
    "date": "yyyy-mm-dd",
}
_TEXT_WIDTH, _FIGURE_WIDTH = 22, 15
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
EXCEL_ROWS = 1_048_576
"""Rows a worksheet of Excel has; what is written below is lost without a word."""
_PART = mark("Sheet")
_PART_OF = mark("{n} of {all}; Excel holds no more rows on one sheet")

Writer = Callable[[int, int, Any], None]


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
    count: int | None = None
    """How many rows come, where `rows` cannot tell and should not be held in memory."""


def xlsx(*sheets: Sheet, lang: str | None = None) -> bytes:
    """An Excel workbook; text stays text, whatever it begins with.

    Rows go to a temporary file as they are written, so memory does not grow with them. A
    table longer than a worksheet goes on on further ones, and each says which it is.

    Args:
        sheets: the tables, one a worksheet.
        lang: of what is said about further worksheets; None is the reader's.
    """
    parts = [part for sheet in sheets for part in _parts(sheet, lang or i18n.language())]
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="kehu-export-") as folder:
        book = xlsxwriter.Workbook(
            buffer,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        styles = {kind: book.add_format({"num_format": f}) for kind, f in _NUMBER_FORMATS.items()}
        styles |= {"title": book.add_format({"bold": True, "font_size": 14})}
        styles |= {"header": book.add_format({"bold": True, "bottom": 1})}
        for sheet, name in zip(parts, _sheet_names(parts), strict=True):
            _write(book.add_worksheet(name), sheet, styles)
        book.close()
    return buffer.getvalue()


def csv_bytes(sheet: Sheet, *, bare: bool = False) -> bytes:
    """A CSV with BOM, so that Excel reads the Chinese; cells cannot start a formula.

    Args:
        sheet: the table.
        bare: header and rows alone, for programs that read it.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    if not bare:
        writer.writerows((disarm(line), "") for line in _head_lines(sheet))
        writer.writerow(())
    writer.writerow([disarm(column.header) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    for row in sheet.rows:
        writer.writerow([_csv_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    return _BOM + buffer.getvalue().encode("utf-8")


def csv_files(named: Iterable[tuple[str, Sheet]]) -> bytes:
    """Several tables as CSV files in one zip; each comes with its file name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, sheet in named:
            package.writestr(name, csv_bytes(sheet))
    return buffer.getvalue()


def disarm(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @ and kin.

    The import takes the apostrophe off again; a text that has one already gets another.
    """
    clean = printable(text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def printable(value: object) -> str:
    """Text without the characters that make an xlsx unreadable."""
    return _ILLEGAL.sub("", str(value))


def _cell(text: str) -> str:
    """Text for one cell of a workbook: what Excel has no room for is cut off, and "…" says so.

    Excel counts in UTF-16, where signs beyond the basic plane are two.
    """
    units = text.encode("utf-16-le") if 2 * len(text) > _LONGEST_CELL else b""
    if len(units) <= 2 * _LONGEST_CELL:
        return text
    return f"{units[: 2 * (_LONGEST_CELL - 1)].decode('utf-16-le', 'ignore')}…"


def file_name(title: str, as_of: date | None, extension: str) -> str:
    """A file name any system takes: title_2026-11-21.xlsx."""
    stem = re.sub(r"[^\w\u4e00-\u9fff-]+", "_", printable(title))[:_LONGEST_STEM].strip("_-")
    return f"{stem or 'kehu'}{f'_{as_of.isoformat()}' if as_of else ''}.{extension}"


def _parts(sheet: Sheet, lang: str) -> Iterator[Sheet]:
    """The sheet, or as many as its rows need below their heads."""
    rows, count = sheet.rows, sheet.count
    if count is None:
        rows = rows if isinstance(rows, Sequence) else list(rows)
        count = len(rows)
    room = EXCEL_ROWS - len(sheet.notes) - 3  # title, blank line, header
    if count <= room:
        yield replace(sheet, rows=rows)
        return
    room -= 1  # the line that says which part it is
    several, each = -(-count // room), iter(rows)
    for number in range(1, several + 1):
        said = i18n.translate(_PART_OF, lang, n=number, all=several)
        notes = (*sheet.notes, (i18n.translate(_PART, lang), said))
        yield replace(sheet, rows=islice(each, room) if number < several else each, notes=notes)


def _head_lines(sheet: Sheet) -> Iterator[str]:
    """What stands above the header, a line each."""
    yield " ".join(sheet.title.split())
    for name, text in sheet.notes:
        yield f"{name}: {' '.join(text.split())}"


def _write(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    for index, column in enumerate(sheet.columns):
        width = _TEXT_WIDTH if column.kind == "text" else _FIGURE_WIDTH
        page.set_column(index, index, width, styles.get(column.kind))
    head = 0
    for line in _head_lines(sheet):
        page.write_string(head, 0, _cell(printable(line)), None if head else styles["title"])
        head += 1
    head += 1
    for index, column in enumerate(sheet.columns):
        page.write_string(head, index, _cell(printable(column.header)), styles["header"])
    writers = [_writer(page, column.kind, styles) for column in sheet.columns]
    last = head
    for last, row in enumerate(sheet.rows, start=head + 1):
        if last >= EXCEL_ROWS:
            raise ValueError(f"more rows than the {sheet.count} that were told")
        for index, (value, write) in enumerate(zip(row, writers, strict=True)):
            if value is not None:
                write(last, index, value)
    page.freeze_panes(head + 1, 0)
    if last > head:
        page.autofilter(head, 0, last, len(sheet.columns) - 1)


def _writer(page: Any, kind: Kind, styles: dict[str, Any]) -> Writer:
    """How the cells of a column of this kind are written; rows come in order."""
    style = styles.get(kind)
    text, figure = page.write_string, page.write_number

    def write_text(row: int, column: int, value: Any) -> None:
        if isinstance(value, str):
            text(row, column, _as_text(value))
        elif not formats.is_missing(value):
            text(row, column, _instant(value) if isinstance(value, datetime) else str(value))

    def write_day(row: int, column: int, value: Any) -> None:
        if isinstance(value, date) and not isinstance(value, datetime):
            page.write_datetime(row, column, value, style)
        else:
            write_text(row, column, value)

    def write_figure(row: int, column: int, value: Any) -> None:
        if isinstance(value, str | date):
            (write_text if isinstance(value, str) else write_day)(row, column, value)
        elif not formats.is_missing(value):
            figure(row, column, float(_figure(value, kind)), style)

    if kind == "text":
        return write_text
    return write_day if kind == "date" else write_figure


def _as_text(value: str) -> str:
    """Text of an xlsx cell, which no program runs; only the import's apostrophe is minded."""
    clean = printable(value)
    return _cell(disarm(clean) if clean.lstrip().startswith("'") else clean)


def _instant(value: datetime) -> str:
    if formats.is_missing(value):
        return ""
    return formats.datetime_local(value) if value.tzinfo else value.strftime("%Y-%m-%d %H:%M")


def _figure(value: Any, kind: Kind) -> Decimal:
    plain = value.item() if hasattr(value, "item") else value
    exact = Decimal(plain) if isinstance(plain, int) else Decimal(repr(plain))
    return exact / formats.MINOR_PER_MAJOR if kind == "money" else exact


def _csv_cell(value: Any, kind: Kind) -> str:
    if isinstance(value, str):
        return disarm(value)
    if formats.is_missing(value):
        return ""
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if kind == "text":
        return disarm(str(value))
    if kind == "money":
        return f"{_figure(value, kind):.2f}"
    return f"{_figure(value, kind):f}"


def _sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """A name for each sheet of a workbook: short, allowed, and none twice."""
    names: list[str] = []
    for sheet in sheets:
        plain = _SHEET_NAME.sub(" ", printable(sheet.title)).strip() or "Kehu"
        name, tries = plain[:_LONGEST_SHEET_NAME], 1
        while name.lower() in {taken.lower() for taken in names}:
            tries += 1
            name = f"{plain[: _LONGEST_SHEET_NAME - 4]} {tries}"
        names.append(name)
    return names
