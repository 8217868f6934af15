"""A sheet as the sieve sees it (筛行视角): which cells name things, and which add up."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from data.imports.files import headers
from data.imports.files.layout import Layout
from data.imports.parsing.texts import folded
from data.imports.parsing.values import is_missing
from data.imports.sifting import phrases
from data.imports.terms.plan import Plan
from data.imports.terms.spec import Spec

_MONEY = re.compile(r"[¥￥$,\s元]|CNY|RMB", re.IGNORECASE)
_TYPED = ("date", "instant", "money", "number", "whole", "flag")
_POSITION = re.compile(r" #\d+$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a file before its rows are parsed."""

    spec: Spec
    plan: Plan
    layout: Layout
    places: Mapping[str, int]
    """Field → position of its column."""
    others: frozenset[str] = frozenset()
    """Names of columns of all kinds of sheet, as cells may write them."""
    header: tuple[str, ...] = field(init=False)
    """Column names as compared; empty without a header."""
    identifying: frozenset[int] = field(init=False)
    """Positions of keys and names."""
    typed: frozenset[int] = field(init=False)
    """Positions of dates, numbers and the like, in which no word has a meaning."""
    figures: tuple[int, ...] = field(init=False)
    """Positions of what adds up in a total row."""
    wanted: tuple[tuple[int, ...], ...] = field(init=False)
    """Of each group of positions one must be filled in a row of the sheet."""

    def __post_init__(self) -> None:
        places, fields = self.places, self.spec.fields
        names = self.layout.header if self.layout.header_line is not None else ()
        known = {
            "header": tuple(headers.plain(_POSITION.sub("", name)) for name in names),
            "identifying": frozenset(
                places[name] for name in self.spec.identifying if name in places
            ),
            "typed": frozenset(
                places[one.name] for one in fields if one.type in _TYPED and one.name in places
            ),
            "figures": tuple(
                places[one.name] for one in fields if one.is_figure and one.name in places
            ),
            "wanted": tuple(self._wanted()),
        }
        for name, value in known.items():
            object.__setattr__(self, name, value)

    def _wanted(self) -> list[tuple[int, ...]]:
        given = {*self.plan.constants, *self.plan.templates}
        groups = [*((name,) for name in self.spec.required), *self.spec.any_of]
        found = [
            tuple(self.places[name] for name in group if name in self.places)
            for group in groups
            if not given.intersection(group)
        ]
        return [group for group in found if group]

    def is_complete(self, cells: Sequence[str], apart: Collection[int]) -> bool:
        """Whether a row says what a row of the sheet must say, some cells left out of account."""
        groups = [[place for place in group if place not in apart] for group in self.wanted]
        left = [group for group in groups if group]
        if not left:
            return not self.is_nobody(cells, apart)
        return all(any(self.names(cells[place]) for place in group) for group in left)

    def is_nobody(self, cells: Sequence[str], apart: Collection[int]) -> bool:
        """Whether no key and no name is filled, some cells left out of account."""
        return not any(self.names(cells[p]) for p in self.identifying if p not in apart)

    def names(self, cell: str) -> bool:
        """Whether a cell says anything of its own: no blank, no dash, no count, no total."""
        if not cell.strip() or is_missing(cell) or phrases.is_count(cell):
            return False
        return phrases.said(cell) is None

    def key(self, cells: Sequence[str]) -> tuple[str, ...]:
        """What the rows of one document share; empty where the sheet has no documents."""
        place = self.places.get(self.spec.document)
        return () if place is None else (cells[place].strip(),)


def amount(cell: str) -> Decimal | None:
    """A figure as it is added up; None where it is none."""
    text = _MONEY.sub("", folded(cell))
    negative = (text.startswith("(") and text.endswith(")")) or text.endswith("-")
    try:
        found = Decimal(text.strip("()-") if negative else text)
    except InvalidOperation:
        return None
    if not found.is_finite():
        return None
    return -found if negative else found
