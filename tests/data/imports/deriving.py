"""What a cell says, read a second time (独立判读): a small oracle for tests of imports.

Written from docs/import-policy.md alone, with regular expressions and Decimal, and shared
with nothing of the program: what is stored must be what this reads, or nothing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from xml.etree import ElementTree

CODECS = {
    "UTF-8": "utf-8",
    "UTF-8 BOM": "utf-8",
    "UTF-16 LE": "utf-16-le",
    "UTF-16 BE": "utf-16-be",
    "GB18030": "gb18030",
}
SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
UNSAID = {
    "",
    "nan",
    "null",
    "none",
    "n/a",
    "na",
    "#n/a",
    "nil",
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "无",
    "無",
    "空",
    "未填",
    "无答案",
    "未作答",
}
CHINA = timezone(timedelta(hours=8))

Cell = str | Decimal | bool | date | None
"""Text, a number, a truth value or a day of a workbook; None is an error or a formula."""


@dataclass(frozen=True)
class Sheet:
    """A file read a second time: cells by line, and where its days are counted from."""

    rows: dict[int, list[Cell]]
    is_1904: bool = False


def text_sheet(content: bytes, encoding: str, separator: str) -> Sheet:
    """A text file in the encoding and with the separator the report names."""
    text = content.decode(CODECS[encoding], "kehu.euro" if encoding == "GB18030" else "strict")
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", text.lstrip("\ufeff"))
    reader = csv.reader(lines, delimiter=SIGNS[separator])
    rows: dict[int, list[Cell]] = {}
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows[start] = [_quoted_formula(cell) for cell in cells]
        start = reader.line_num + 1
    return Sheet(rows)


def _quoted_formula(cell: str) -> str:
    """A formula that is nothing but a text is that text: `="001"`."""
    found = re.fullmatch(r'=\s*"((?:[^"]|"")*)"\s*', cell)
    return found[1].replace('""', '"') if found else cell


def workbook_sheet(content: bytes, name: str) -> Sheet | None:
    """A sheet of a workbook, read from its XML; None where that is not to be understood."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _sheet_of(package, name)
    except (ElementTree.ParseError, KeyError, StopIteration):
        return None


def _sheet_of(package: zipfile.ZipFile, name: str) -> Sheet:
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    properties = book.find(f"{MAIN}workbookPr")
    is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    sheet = next(s for s in book.iter(f"{MAIN}sheet") if s.get("name") == name)
    relation = next(v for k, v in sheet.attrib.items() if k.endswith("}id"))
    links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(str(link.get("Target")) for link in links if link.get("Id") == relation)
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    shared = _shared(package)
    root = ElementTree.fromstring(package.read(path))  # noqa: S314
    rows: dict[int, list[Cell]] = {}
    line = 0
    for row in root.iter(f"{MAIN}row"):
        line = int(row.get("r", line + 1))
        cells = rows.setdefault(line, [])
        for cell in row.iter(f"{MAIN}c"):
            place = _place(cell.get("r"), len(cells))
            cells += [""] * (place + 1 - len(cells))
            value = _cell(cell, shared)
            if value != "":  # an empty cell takes no other's place
                cells[place] = value
    return Sheet(rows, is_1904)


def _shared(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    root = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))  # noqa: S314
    return ["".join(part.text or "" for part in item.iter(f"{MAIN}t")) for item in root]


def _place(reference: str | None, following: int) -> int:
    if reference is None:
        return following
    place = 0
    for letter in re.sub("[^A-Z]", "", reference.upper()):
        place = place * 26 + ord(letter) - 64
    return place - 1


def _cell(cell: ElementTree.Element, shared: list[str]) -> Cell:
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
    if value is None or not value.strip():
        return None if cell.find(f"{MAIN}f") is not None else ""
    if kind == "s":
        return shared[int(value)]
    if kind == "b":
        return bool(int(value))
    if kind == "e":
        return "" if value == "#N/A" else None
    if kind == "d":
        return datetime.fromisoformat(value).date()
    return Decimal(value) if kind == "n" else value


def folded(text: str) -> str:
    """Full-width made narrow, nothing invisible, trimmed."""
    seen = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Zl", "Zp"))
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
    bare = seen.translate(wide).strip()
    return bare[1:] if re.match(r"'[-+(]?[0-9]", bare) else bare  # Excel's sign for a text


def is_unsaid(cell: Cell) -> bool:
    """Whether a cell says that there is nothing."""
    return isinstance(cell, str) and folded(cell).lower() in UNSAID


def amount(cell: Cell) -> Decimal | None:
    """An amount or figure in one of the documented forms; None is unreadable."""
    if isinstance(cell, Decimal):
        return cell
    if not isinstance(cell, str):
        return None
    bare = re.sub("[−–]", "-", folded(cell).lower())
    bare = re.sub(r"\s|¥|￥|元|cny|rmb|人民币", "", bare)
    share = bare.endswith("%")
    bare = bare.removesuffix("%")
    match = re.fullmatch(
        r"(?:(?P<minus>[+-])?(?P<n>[0-9.,]+)(?P<u>[万亿萬億])?"
        r"|\((?P<n2>[0-9.,]+)(?P<u2>[万亿萬億])?\)|(?P<n3>[0-9.,]+)(?P<u3>[万亿萬億])?-)",
        bare,
    )
    if match is None:
        return None
    digits = match["n"] or match["n2"] or match["n3"]
    if not re.fullmatch(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+", digits):
        return None
    unit = {"万": 4, "萬": 4, "亿": 8, "億": 8}.get(
        str(match["u"] or match["u2"] or match["u3"]), 0
    )
    negative = match["minus"] == "-" or match["n2"] or match["n3"]
    number = Decimal(digits.replace(",", "")).scaleb(unit - (2 if share else 0))
    return -number if negative else number


def day(cell: Cell, *, is_1904: bool) -> date | None:
    """A day in one of the documented forms; None is unreadable."""
    if isinstance(cell, date):
        return cell
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    if isinstance(cell, Decimal):
        text = f"{int(cell)}"
        return _written(text) if len(text) == 8 else first + timedelta(days=int(cell))
    if not isinstance(cell, str):
        return None
    bare = folded(cell)
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", bare):
        return first + timedelta(days=int(Decimal(bare)))
    timed = re.fullmatch(r"(.+?)(?:T| +)([0-9]{1,2}):([0-9]{2})(?::[0-9.]+)?\s*(\S*)", bare)
    if timed is None:
        return _written(bare)
    written = _written(timed[1])
    if written is None or not timed[4]:
        return written
    offset = re.fullmatch(r"([+-])([0-9]{2}):?([0-9]{2})", timed[4])
    if offset is None and timed[4] != "Z":
        return None
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3])) if offset else timedelta()
    ahead = -ahead if offset and offset[1] == "-" else ahead
    moment = datetime(written.year, written.month, written.day, int(timed[2]), int(timed[3]))  # noqa: DTZ001
    return (moment - ahead).replace(tzinfo=UTC).astimezone(CHINA).date()


def _written(bare: str) -> date | None:
    for form in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
        r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?",
    ):
        match = re.fullmatch(form, bare)
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    return None


def score(cell: Cell) -> Decimal | None:
    """The figure an answer states; None is unreadable."""
    if isinstance(cell, Decimal):
        return cell
    if not isinstance(cell, str):
        return None
    seen = "".join(c for c in cell if unicodedata.category(c) != "Cf")
    stated = re.fullmatch(r"\s*(-?[0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(?:[分(（\-].*)?", seen)
    return Decimal(stated[1]) if stated else None


def flag(cell: Cell) -> bool | None:
    """Yes or no in one of the usual words; None is unreadable."""
    if isinstance(cell, bool):
        return cell
    word = folded(cell).lower() if isinstance(cell, str) else str(cell)
    if word in ("是", "有", "yes", "y", "true", "1", "√", "✓", "对"):
        return True
    no = ("否", "无", "無", "没有", "no", "n", "false", "0", "×", "✗", "不")
    return False if word in no else None


def skeleton(text: str) -> str:
    """What of a text neither cleaning nor folding may change."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(_skeleton(plain)).removeprefix("'")


def _skeleton(text: str) -> Iterator[str]:
    for character in text:
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Cn"):
            yield character
