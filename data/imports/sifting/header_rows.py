"""Rows that name columns (表头行): repeated headers, and second and third ones under the first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.imports.files import headers
from data.imports.headings import reading
from data.imports.sifting import vocabulary
from data.imports.sifting.sheet import Sheet, amount

LOOKED_AT = 4
"""Rows under the header that may belong to it."""
HEADING, UNITS, REPEATED = "heading_row", "unit_row", "header_repeated"
ASK = "may_be_heading"
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"\s*:')
_CODE = re.compile(r"[A-Za-z_][A-Za-z_.#\[\]/]*")
_FIELD_OF_KINGDEE = re.compile(r"F[A-Z][A-Za-z0-9_.#]*")
_HUMPED = re.compile(r"[a-z][A-Z]|_")
_NUMBERED = re.compile(r"\(?(\d{1,3}|[a-z])\)?", re.IGNORECASE)
_FEW = 2


def is_repeated(sheet: Sheet, cells: Sequence[str]) -> bool:
    """Whether a row is the header once more, its units in brackets or not."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    same = [p for p in filled if sheet.header[p] and headers.plain(cells[p]) == sheet.header[p]]
    if len(same) == len(filled):
        return len(same) >= min(_FEW, sum(map(bool, sheet.header)))
    return len(same) > _FEW and len(same) >= len(filled) - max(1, len(filled) // 5)


def under(sheet: Sheet, rows: Sequence[Sequence[str]]) -> list[str]:
    """The reasons of the first rows, as long as they belong to the header.

    Args:
        sheet: the file.
        rows: cells of its first rows.
    """
    found: list[str] = []
    ids = [place for place, cells in enumerate(rows) if _has_import_ids(cells)]
    for place, cells in enumerate(rows[:LOOKED_AT]):
        reason = HEADING if ids and place <= ids[0] else _heading(sheet, cells)
        if not reason:
            break
        found.append(reason)
    return found


def _has_import_ids(cells: Sequence[str]) -> bool:
    return any(_IMPORT_ID.match(cell) for cell in cells)


def _heading(sheet: Sheet, cells: Sequence[str]) -> str:
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    said = {place: headers.simplified(cells[place]).strip().casefold() for place in filled}
    if not said:
        return ""
    if _names_columns(sheet, cells, said) or _describes(sheet, said):
        return HEADING
    if _are_units(cells, said):
        return UNITS
    if _is_numbering(said):
        sure = any(place in sheet.typed and place not in sheet.figures for place in said)
        return HEADING if sure and _no_day(sheet, said) else ASK
    return _coded(sheet, {place: cells[place].strip() for place in said})


def _are_units(cells: Sequence[str], said: dict[int, str]) -> bool:
    """Whether a row says nothing but units, be they such as no figure of ours is in."""
    others = [cells[p] for p, text in said.items() if unit(text) not in vocabulary.UNITS]
    return reading.are_units(others) if others else True


def unit(cell: str) -> str:
    """A unit as it is compared: `（万元）` is `万元`."""
    text = headers.simplified(cell).casefold()
    bare = "".join(text.split()).removeprefix("单位:")
    return bare.strip("()[]【】") or bare


def _names_columns(sheet: Sheet, cells: Sequence[str], said: dict[int, str]) -> bool:
    """Three cells named like their own columns, or names of fields in all languages."""
    plain = {place: headers.plain(cells[place]) for place in said}
    own = [p for p, name in plain.items() if p < len(sheet.header) and name == sheet.header[p]]
    if is_repeated(sheet, cells) or len(own) > _FEW:
        return True
    known = {headers.plain(alias) for one in sheet.spec.fields for alias in one.aliases}
    named = [place for place, name in plain.items() if name in known]
    figures = [p for p in said if p in sheet.typed and amount(cells[p]) is not None]
    return len(named) >= _FEW and len(named) * 5 >= len(said) * 3 and not figures


def _describes(sheet: Sheet, said: dict[int, str]) -> bool:
    """What SurveyMonkey writes under questions, and what templates say of their columns."""
    texts = list(said.values())
    if all(text in vocabulary.ANSWER_KINDS for text in texts):
        return True
    bare = ["".join(text.split()).strip("()[]【】") for text in texts]
    if all(text in vocabulary.REQUIREMENTS for text in bare):
        return True
    of_tool = [p for p, name in enumerate(sheet.header) if name in ("respondentid", "collectorid")]
    return len(of_tool) == _FEW and not any(place in said for place in of_tool)


def _is_numbering(said: dict[int, str]) -> bool:
    """`1 2 3 4` or `A B C D` under the names, perhaps with 栏次 before them."""
    texts = list(said.values())
    if texts[0] in ("栏次", "行次", "列号", "序号", "no.", "no"):
        texts = texts[1:]
    found = [_NUMBERED.fullmatch(text) for text in texts]
    if len(texts) <= _FEW or not all(found):
        return False
    signs = [one[1] for one in found if one]
    order = [int(sign) if sign.isdigit() else ord(sign) - ord("a") + 1 for sign in signs]
    return order == list(range(1, len(order) + 1)) and len({s.isdigit() for s in signs}) == 1


def _no_day(sheet: Sheet, said: dict[int, str]) -> bool:
    """Whether a column of days holds a bare small number or letter."""
    days = {
        sheet.places[f.name]
        for f in sheet.spec.fields
        if f.type in ("date", "instant") and f.name in sheet.places
    }
    return any(place in days for place in said)


def _coded(sheet: Sheet, cells: dict[int, str]) -> str:
    """English codes of fields under Chinese names: FNumber, cust_name."""
    header = "".join(sheet.header)
    texts = list(cells.values())
    if header.isascii() or len(texts) < _FEW or len(set(texts)) < len(texts):
        return ""
    if all(map(_FIELD_OF_KINGDEE.fullmatch, texts)):
        return HEADING
    if not all(map(_CODE.fullmatch, texts)):
        return ""
    humped = sum(bool(_HUMPED.search(text)) for text in texts)
    return ASK if humped * 2 >= len(texts) else ""
