"""What a person sees in a cell (显示内容): codes behind number formats and quoting formulas."""

from __future__ import annotations

import re
from functools import lru_cache

_FORMULA_TEXT = re.compile(r'=\s*"((?:[^"]|"")*)"\s*')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SKIPPED = re.compile(r"\[[^\]]*\]|_.|\*.")
"""Colours and locales, blanks as wide as a sign, fillers."""
_CHANGES = re.compile(r"[0#?],+(?![0#?])|[%!\\\"]|[^\x00-\x7f]")
_PART = re.compile(r'"([^"]*)"|\\(.)|(0+)|([-/. ])')


def unquoted(cell: str) -> str:
    """A cell without the formula that only keeps its text as it is: `="001"` is 001."""
    found = _FORMULA_TEXT.fullmatch(cell)
    return cell if found is None else found[1].replace('""', '"')


def unescaped(text: str) -> str:
    """Text of a workbook with its escaped signs put back: `_x000B_` is a line break."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def changes(number_format: str) -> bool:
    """Whether a number format may scale a number, or put a unit beside it."""
    return bool(_CHANGES.search(number_format))


@lru_cache(maxsize=512)
def zeros(number_format: str) -> str:
    """A number format that shows leading zeros or letters around digits; else empty.

    `000000`, `"C"0000` and `0000-0000` are such; `0.00` and `#,##0` are not.
    """
    first = _SKIPPED.sub("", number_format.split(";", 1)[0]).strip()
    parts = list(_PART.finditer(first))
    whole = "".join(part[0] for part in parts) == first
    places = sum(len(part[3] or "") for part in parts)
    letters = any(part[1] or part[2] for part in parts)
    fraction = re.search(r"0\.0", first)
    return first if whole and not fraction and places and (places > 1 or letters) else ""


def padded(digits: str, number_format: str) -> str:
    """A whole number as its format (`zeros`) shows it."""
    parts = list(_PART.finditer(number_format))
    places = sum(len(part[3] or "") for part in parts)
    left = digits.zfill(places)
    shown = []
    for place, part in enumerate(reversed(parts)):
        run = len(part[3] or "")
        if not run:
            shown.append(part[1] or part[2] or part[4] or "")
            continue
        more = any(other[3] for other in parts[: len(parts) - 1 - place])
        cut = len(left) - run if more else 0
        shown.append(left[cut:])
        left = left[:cut]
    return "".join(reversed(shown))
