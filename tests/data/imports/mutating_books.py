"""Good workbooks made bad (变异工作簿): xlsx packages mutated by number.

A mutation changes the XML of a part, the set of parts, or the bytes of the package.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

import xlsxwriter

from tests.data.imports.hostile import HOSTILE
from tests.data.imports.mutating import (
    Base,
    Mutant,
    cut_off,
    drop_bytes,
    flip_bit,
    flip_bits,
)

Parts = dict[str, bytes]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
ODD_VALUES = (
    "0",
    "1",
    "5",
    "-1",
    "46056",
    "46056.5",
    "60",
    "0.1",
    "1e5",
    "1E+15",
    "123456789012345678",
    "1e308",
    "1e999",
    "NaN",
    "inf",
    "99999",
    "-5",
    "",
    " ",
    "abc",
    "#REF!",
    "#N/A",
    "TRUE",
    "2",
    "2026-02-03",
    "2026-02-03T10:00:00",
    "2958466",
    "0.30000000000000004",
    "1" + "0" * 400,
)
_CELL = re.compile(rb"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_HEADER = re.compile(rb'r="[A-Z]+1"')
_FIGURE = re.compile(r"\d+(\.\d+)?")


def book_of(base: Base) -> bytes:
    """A workbook of a good file's cells: figures as numbers, all else as text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("数据")
    for line, cells in enumerate(base.grid):
        for place, cell in enumerate(cells):
            is_code = place < 3 or len(cell) > 10 or cell.startswith("0")
            if _FIGURE.fullmatch(cell) and not is_code:
                sheet.write_number(line, place, float(cell))
            else:
                sheet.write_string(line, place, cell)
    book.add_worksheet("说明").write_string(0, 0, "说明")
    book.close()
    return buffer.getvalue()


def mutant_book(name: str, content: bytes, number: int) -> Mutant:
    """The mutant of this number: always the same."""
    chance = random.Random(f"{name}/{number}")  # noqa: S311
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    told = []
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        change = chance.choice(PARTS)
        told.append(change.__name__)
        change(parts, chance)
    made = _packed(parts, chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    if chance.random() < 0.15:
        harm = chance.choice((flip_bit, flip_bits, drop_bytes, cut_off, doubled_part, trailing))
        told.append(harm.__name__)
        made = harm(made, chance)
    return Mutant(f"{name}/{number}", made, tuple(told), frozenset({"XLSX"}))


def _packed(parts: Parts, how: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def _replace_cell(parts: Parts, chance: random.Random, make: Callable[[str], bytes]) -> None:
    """Another cell in the place of one of the sheet's."""
    sheet = parts.get(SHEET, b"")
    cells = list(_CELL.finditer(sheet))
    if cells:
        below = [cell for cell in cells if not _HEADER.search(cell.group())] or cells
        cell = chance.choice(below if chance.random() < 0.9 else cells)
        found = re.search(rb'r="([A-Z]+\d+)"', cell.group())
        reference = found[1].decode() if found else "A1"
        parts[SHEET] = sheet[: cell.start()] + make(reference) + sheet[cell.end() :]


def _in_sheet(parts: Parts, old: bytes, new: bytes, times: int = 1) -> None:
    parts[SHEET] = parts.get(SHEET, b"").replace(old, new, times)


def _escaped(text: str) -> bytes:
    kept = "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
    plain = kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.encode("utf-8", "replace")


def inline_text(parts: Parts, chance: random.Random) -> None:
    text = _escaped(chance.choice(HOSTILE))
    _replace_cell(
        parts,
        chance,
        lambda r: b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (r.encode(), text),
    )


def odd_value(parts: Parts, chance: random.Random) -> None:
    """A cell of some type with a value that may not fit it."""
    kind = chance.choice(("n", "s", "b", "e", "d", "str", "inlineStr", "zz", ""))
    value = chance.choice(ODD_VALUES).encode()
    typed = b' t="%s"' % kind.encode() if kind else b""
    _replace_cell(
        parts, chance, lambda r: b'<c r="%s"%s><v>%s</v></c>' % (r.encode(), typed, value)
    )


def styled(parts: Parts, chance: random.Random) -> None:
    style = chance.choice((b"0", b"1", b"14", b"99999", b"-1", b"x"))
    _replace_cell(
        parts, chance, lambda r: b'<c r="%s" s="%s"><v>46056</v></c>' % (r.encode(), style)
    )


def formula(parts: Parts, chance: random.Random) -> None:
    stored = chance.choice((b"", b"<v></v>", b"<v>5</v>", b"<v>#DIV/0!</v>"))
    text = chance.choice((b"1+1", b"SUM(A:A)", b"cmd|' /C calc'!A0", b"WEBSERVICE(1)"))
    _replace_cell(
        parts, chance, lambda r: b'<c r="%s"><f>%s</f>%s</c>' % (r.encode(), text, stored)
    )


def far_cell(parts: Parts, chance: random.Random) -> None:
    place, line = chance.choice(
        (("XFD", 1048576), ("KO", 3), ("XFD", 2), ("A", 1048576), ("ZZZZ", 9))
    )
    row = b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (line, place.encode(), line)
    _in_sheet(parts, b"</sheetData>", row + b"</sheetData>")


def huge_dimension(parts: Parts, chance: random.Random) -> None:
    said = chance.choice((b"A1:XFD1048576", b"A1", b"B2:A1", b"nonsense", b"A1:ZZZZ99999999", b""))
    parts[SHEET] = re.sub(
        rb'<dimension ref="[^"]*"/>', b'<dimension ref="%s"/>' % said, parts.get(SHEET, b"")
    )


def merged(parts: Parts, chance: random.Random) -> None:
    box = chance.choice(
        (b"A2:A3", b"A2:C2", b"A1:XFD1048576", b"B3:D4", b"A1:A1", b"Z9:A1", b"x", b"A:A")
    )
    cells = b'<mergeCells count="1"><mergeCell ref="%s"/></mergeCells>' % box
    _in_sheet(parts, b"</sheetData>", b"</sheetData>" + cells)


def odd_rows(parts: Parts, chance: random.Random) -> None:
    line = chance.choice((b"0", b"-1", b"1", b"99", b"x", b"1048577", b"2"))
    rows = list(re.finditer(rb'<row r="\d+"', parts.get(SHEET, b"")))
    if rows:
        row = chance.choice(rows)
        sheet = parts[SHEET]
        parts[SHEET] = sheet[: row.start()] + b'<row r="%s"' % line + sheet[row.end() :]


def no_references(parts: Parts, _chance: random.Random) -> None:
    parts[SHEET] = re.sub(rb'(<c|<row) r="[A-Z]*\d+"', rb"\1", parts.get(SHEET, b""))


def days_of_1904(parts: Parts, _chance: random.Random) -> None:
    plain = re.sub(rb"<workbookPr[^>]*/>", b"", parts.get(BOOK, b""))
    parts[BOOK] = plain.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>', 1)


def hidden(parts: Parts, chance: random.Random) -> None:
    state = chance.choice((b"hidden", b"veryHidden", b"odd"))
    times = chance.choice((1, 9))
    parts[BOOK] = parts.get(BOOK, b"").replace(b"<sheet ", b'<sheet state="%s" ' % state, times)


def renamed(parts: Parts, chance: random.Random) -> None:
    name = chance.choice(
        ("", "'", "a/b", "数据" * 30, "&lt;x&gt;", "../x", "\u202ex", "Sheet")
    ).encode()
    parts[BOOK] = re.sub(rb'<sheet name="[^"]*"', b'<sheet name="%s"' % name, parts.get(BOOK, b""))


def entities(parts: Parts, chance: random.Random) -> None:
    part = chance.choice((SHEET, BOOK, "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"))
    kind = chance.choice(
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            b"<!DOCTYPE a>",
            b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        )
    )
    content = parts.get(part, b"")
    head = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    padding = b"<!--" + b"x" * chance.choice((0, 5000)) + b"-->"
    parts[part] = content[:head] + padding + kind + content[head:]


def drop_part(parts: Parts, chance: random.Random) -> None:
    if parts:
        del parts[chance.choice(sorted(parts))]


def empty_part(parts: Parts, chance: random.Random) -> None:
    if parts:
        parts[chance.choice(sorted(parts))] = chance.choice(
            (b"", b"<a/>", b"\0" * 50, b"\xff\xfe<\0a\0")
        )


def odd_path(parts: Parts, chance: random.Random) -> None:
    parts[
        chance.choice(("../evil.xml", "/abs.xml", "xl/../x.xml", "a:b", "xl\\w.xml", "x" * 300))
    ] = b"<a/>"


def harmed_part(parts: Parts, chance: random.Random) -> None:
    """Changed bytes inside a part whose checksum is right."""
    if parts:
        name = chance.choice(sorted(parts))
        harm = chance.choice((flip_bit, flip_bits, drop_bytes, cut_off))
        parts[name] = harm(parts[name], chance)


def bomb(parts: Parts, chance: random.Random) -> None:
    """Two hundred kilobytes of one sign in a few hundred bytes."""
    noise = b"<!--" + b" " * 200_000 + b"-->"
    if chance.random() < 0.5:
        parts["xl/media/big.xml"] = noise
    else:
        _in_sheet(parts, b"<sheetData>", noise + b"<sheetData>")


def deep(parts: Parts, _chance: random.Random) -> None:
    nested = b"<x>" * 2_000 + b"</x>" * 2_000
    _in_sheet(parts, b"<sheetData>", nested + b"<sheetData>")


def many_parts(parts: Parts, _chance: random.Random) -> None:
    parts |= {f"xl/media/{number}.bin": b"" for number in range(300)}


def twice_row(parts: Parts, chance: random.Random) -> None:
    rows = list(re.finditer(rb"<row .*?</row>", parts.get(SHEET, b""), re.DOTALL))
    if rows:
        row = chance.choice(rows).group()
        _in_sheet(parts, row, row + row)


def shared_out_of_range(parts: Parts, chance: random.Random) -> None:
    number = chance.choice((b"999999", b"-1", b"1.5", b"x"))
    _replace_cell(parts, chance, lambda r: b'<c r="%s" t="s"><v>%s</v></c>' % (r.encode(), number))


def doubled_part(content: bytes, chance: random.Random) -> bytes:
    """The same part twice, the second of them another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [(name, package.read(name)) for name in package.namelist()]
    except zipfile.BadZipFile:
        return content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, part in [*parts, (chance.choice(parts)[0].upper(), b"<a/>")]:
            package.writestr(name, part)
    return buffer.getvalue()


def trailing(content: bytes, chance: random.Random) -> bytes:
    return content + chance.randbytes(chance.choice((1, 22, 70_000)))


PARTS = (
    *([inline_text] * 7),
    *([odd_value] * 7),
    *([styled] * 3),
    *([formula] * 2),
    *([merged] * 2),
    far_cell,
    huge_dimension,
    merged,
    odd_rows,
    no_references,
    days_of_1904,
    hidden,
    renamed,
    entities,
    drop_part,
    empty_part,
    odd_path,
    harmed_part,
    harmed_part,
    bomb,
    deep,
    many_parts,
    twice_row,
    shared_out_of_range,
)
