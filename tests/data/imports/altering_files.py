"""Sheets written as files of other kinds (换种文件): encodings, separators, workbooks."""

from __future__ import annotations

import csv
import io
from datetime import date

import xlsxwriter

from tests.data.imports.altering import FIGURES, Draft, Grid, iso, number


def quoted_codes(draft: Draft) -> bool:
    """="001" in a text file, 1 shown as 000001 in a workbook."""
    draft.quoted = bool(draft.codes())
    return draft.quoted


def encoded(draft: Draft) -> bool:
    draft.codec = draft.dice.choice(
        ("gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-be-bom")
    )
    return True


def separated(draft: Draft) -> bool:
    draft.separator = draft.dice.choice((";", "\t", "|"))
    draft.newline = draft.dice.choice(("\n", "\r\n", "\r"))
    return True


def workbook(draft: Draft) -> bool:
    """Figures as numbers, days as days."""
    draft.is_book = True
    return True


def split_over_sheets(draft: Draft) -> bool:
    """Two or three sheets of one shape."""
    if len(draft.rows) < 6 or draft.spec.document or draft.over or draft.under:
        return False
    draft.is_book, draft.sheets = True, draft.dice.randint(2, 3)
    return True


def content(draft: Draft) -> bytes:
    """The file."""
    grid = [*draft.over, draft.header, *draft.under, *(cells for _number, cells in draft.body)]
    if draft.is_book:
        return _book(draft, grid)
    if draft.quoted:
        codes = draft.codes()
        for number_of_row, cells in draft.body:
            for place in codes if number_of_row is not None else ():
                cells[place] = f'="{cells[place]}"' if cells[place] else ""
    buffer = io.StringIO(newline="")
    is_broken = any("\n" in name for name in draft.header)
    newline = "\n" if is_broken else draft.newline
    writer = csv.writer(buffer, delimiter=draft.separator, lineterminator=newline)
    writer.writerows(grid)
    text = buffer.getvalue()
    if draft.quoted and draft.dice.random() < 0.5:
        text = text.replace('"=""', '="').replace('"""', '"')
    if draft.codec == "utf-16-be-bom":
        return b"\xfe\xff" + text.encode("utf-16-be")
    return text.encode(draft.codec)


def _book(draft: Draft, grid: Grid) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    head = len(draft.over) + 1 + len(draft.under)
    share = -(-len(draft.body) // draft.sheets)
    codes = set(draft.codes()) if draft.quoted else set()
    for part in range(draft.sheets):
        rows = [*grid[:head], *grid[head:][part * share : (part + 1) * share]]
        sheet = book.add_worksheet(f"{part + 1}月")
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                name = draft.fields[place] if place < len(draft.fields) else ""
                kind, value, day = draft.type_of(name), number(cell), iso(cell)
                if line >= head and place in codes and cell.isdigit() and len(cell) < 15:
                    shown = book.add_format({"num_format": "0" * len(cell)})
                    sheet.write_number(line, place, int(cell), shown)
                elif line >= head and kind in FIGURES and value is not None:
                    sheet.write_number(line, place, float(value))
                elif line >= head and kind == "date" and day is not None:
                    sheet.write_number(line, place, (day - date(1899, 12, 30)).days, day_format)
                elif cell:
                    sheet.write_string(line, place, cell)
    book.close()
    return buffer.getvalue()
