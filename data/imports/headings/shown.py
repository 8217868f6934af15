"""What a number format shows of a number (数字格式): other digits than the cell holds, or a unit.

shown('#,##0.00,')       thousands: 12500 is shown as 12.50
shown('0.00"万"')         12.5 is shown as 12.50万
shown('0!.0000"万"')      ten thousands, by a point that is only drawn: 125000 as 12.5000万
shown('0.0%')            per cent: 0.35 as 35.0%, and means 0.35
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data.imports.headings import words

_PIECE = re.compile(r'"([^"]*)"|[\\!](.)|\[[^\]]*\]|[_*].|([0#?.,%Ee+\-/]+)|(.)')
_DIGITS = "0#?"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a format shows a number."""

    scale: Decimal = Decimal(1)
    """The number is divided by it."""
    unit: Decimal | None = None
    """What one of the unit beside it is; None where no unit is shown."""
    percent: bool = False
    """Shown in hundredths, which it holds as they are meant."""

    @property
    def plain(self) -> bool:
        """Whether the number is shown as it is held, without a unit."""
        return self.scale == 1 and self.unit in (None, 1) and not self.percent


@lru_cache(maxsize=512)
def shown(number_format: str) -> Shown:
    """How a number format of a workbook shows positive numbers."""
    section = number_format.partition(";")[0]
    digits, literal, drawn = "", "", 0
    for quoted, escaped, placeholders, other in _PIECE.findall(section):
        if placeholders:
            digits += placeholders
        elif (quoted or escaped) == "." and any(sign in digits for sign in _DIGITS):
            digits += "|"  # a point that is only drawn
        else:
            literal += quoted or escaped or other
    if "|" in digits:
        drawn = sum(sign in _DIGITS for sign in digits.rpartition("|")[2])
    last = max((digits.rfind(sign) for sign in _DIGITS), default=-1)
    commas = len(digits[last + 1 :]) - len(digits[last + 1 :].lstrip(","))
    scale = Decimal(1000) ** commas * Decimal(10) ** drawn
    said = words.cut(words.normal(literal), words.MONEY) or ()
    units = [Decimal(word.value) for word in said if word.what == "scale"]
    return Shown(scale, units[0] if units else None, "%" in digits)
