"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and older tax numbers."""

from __future__ import annotations

import re

from data.imports.files.cell import kind_of
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.parsing.texts import folded, refuse_unreadable_cell

_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def tax_number(raw: str, _how: Manner) -> str | None:
    """A unified social credit code (统一社会信用代码) with its check character.

    GB 32100-2015: weights 3^i mod 31, check character 31 − (sum mod 31). Older numbers of
    15 digits and foreign ones of 5 to 20 letters and digits are kept as they are.
    """
    refuse_unreadable_cell(raw)
    found = re.sub(r"[\s-]", "", folded(raw)).upper()
    if not found:
        return None
    if kind_of(raw) == "number" and len(found) > 15:
        raise Unreadable("code_lost_digits")
    if not re.fullmatch(r"[0-9A-Z]{5,20}", found):
        raise Unreadable("tax_number_invalid")
    if len(found) == 18 and not _credit_code_holds(found):
        raise Unreadable("tax_number_check")
    return found


def _credit_code_holds(number18: str) -> bool:
    if any(character not in _CREDIT_CHARACTERS for character in number18):
        return False
    values = [_CREDIT_CHARACTERS.index(character) for character in number18]
    total = sum(v * w for v, w in zip(values[:17], _CREDIT_WEIGHTS, strict=True))
    return values[17] == (31 - total % 31) % 31
