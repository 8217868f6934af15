"""Cells that show other figures than they hold (数字格式): taken only where both mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data.imports.files.cell import pattern_of
from data.imports.headings.shown import Shown, shown
from data.imports.parsing.manner import Manner, Parser, Unreadable
from data.imports.parsing.multiplying import multiplied


@dataclass(frozen=True, slots=True)
class Unit:
    """In what the figures of a column are given."""

    factor: Decimal
    """What one of it is, by the header."""
    words: str
    said: str = ""
    """What was answered of cells that show other figures than they hold: held, shown."""


def scaled(parse: Parser, unit: Unit) -> Parser:
    """A parser of the cells of a workbook, whose formats may scale and add units."""
    plainly = multiplied(parse, unit.factor, unit.words) if unit.factor != 1 else parse

    def read(raw: str, how: Manner) -> Any:
        pattern = pattern_of(raw)
        if not pattern:
            return plainly(raw, how)
        seen = shown(pattern)
        if seen.plain:
            return plainly(raw, how)
        factor = _factor(seen, unit)
        if factor is None:
            raise Unreadable("shown_scaled")
        return (multiplied(parse, factor, unit.words) if factor != 1 else parse)(raw, how)

    return read


def _factor(seen: Shown, unit: Unit) -> Decimal | None:
    """What the number in the cell is multiplied by; None where a person has to say."""
    if seen.percent:
        return Decimal(1)
    meant = unit.factor if seen.unit in (None, 1) else seen.unit
    factor = (meant or Decimal(1)) / seen.scale
    if factor == 1 or (seen.scale == 1 and meant == unit.factor):
        return factor
    return {"held": Decimal(1), "shown": factor}.get(unit.said)
