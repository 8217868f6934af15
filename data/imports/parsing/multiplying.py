"""Figures in units (带单位的数): a cell is multiplied exactly, and never twice."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from data.imports.files.cell import TEXT, kind_of
from data.imports.parsing import values
from data.imports.parsing.manner import Manner, Parser, Unreadable
from data.imports.parsing.texts import folded, refuse_unreadable_cell

_OWN = re.compile(r"\s*([万萬亿億])?\s*(元|圆|圓)?\s*[-)]?$")
_FACTORS = {"": Decimal(1), **values.UNITS}


def multiplied(parse: Parser, factor: Decimal, unit: str) -> Parser:
    """A parser of figures that are given in a unit.

    Args:
        parse: of the field.
        factor: what one of the unit is.
        unit: as the header says it.

    A cell that carries the unit itself is taken once; with another unit it is refused.
    """

    def read(raw: str, how: Manner) -> Any:
        if kind_of(raw) not in (TEXT, "number") or values.is_missing(raw):
            return parse(raw, how)
        own = own_factor(raw)
        if own is not None:
            if own != factor:
                raise Unreadable("unit_twice", unit=unit)
            return parse(raw, how)
        try:
            exact = values.exact(raw, how.currency) * factor
        except Unreadable:
            return parse(raw, how)  # which says why, in the field's own words
        return parse(f"{exact:f}", how)

    return read


def own_factor(raw: str) -> Decimal | None:
    """What one of the unit is that a cell carries itself; None where it carries none."""
    bare = folded(raw)
    if bare.endswith("%"):
        return Decimal("0.01")
    found = _OWN.search(bare)
    if found is None or not (found[1] or found[2]):
        return None
    return _FACTORS[found[1] or ""]


def exchange_rate(raw: str, how: Manner) -> Decimal | None:
    """What one of a foreign currency is worth in the store's."""
    refuse_unreadable_cell(raw)
    if values.is_missing(raw):
        return None
    if kind_of(raw) in ("bool", "date"):
        raise Unreadable("number_unreadable")
    found = values.exact(raw, how.currency)
    if not 0 < found <= 10**6:
        raise Unreadable("number_out_of_range", least=0, most=10**6)
    return found
