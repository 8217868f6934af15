"""How the columns of a file are read (列的口径): units, currency, tax, formats, as headers say.

The words are read in `headings`; here they meet the fields, the store's currency and what the
plan says. What cannot be read, or must be decided, is a fault that names its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from data.imports.columns.naming import split_of
from data.imports.files.reading import Layout
from data.imports.headings import reading, vocabulary
from data.imports.headings.reading import Reading
from data.imports.terms import asking
from data.imports.terms.plan import Plan
from data.imports.terms.readings import ColumnReading
from data.imports.terms.spec import Field, Spec
from errors import Issue

_SAYS_GROSS = frozenset({"total", "应收金额", "grandtotal"})
"""Names, as compared, of what is owed with its tax, though they do not say so."""
_FIGURES = ("money", "number", "whole")
"""Fields whose brackets are those of a question: its scale (`surveys`)."""


@dataclass(frozen=True, slots=True)
class Side:
    """A column that completes another: the tax on it, or the rate of its currency."""

    place: int
    column: str
    factor: Decimal = Decimal(1)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How the cells of a column become values."""

    factor: Decimal = Decimal(1)
    unit: str = ""
    day_order: str = ""
    plus: Side | None = None
    """Its figures are added."""
    rate: Side | None = None
    """What one of the currency is worth in the store's."""

    def said(self) -> list[object]:
        """All of it in plain values."""
        sides = [[one.place, str(one.factor)] if one else None for one in (self.plus, self.rate)]
        return [str(self.factor.normalize()), self.day_order, *sides]


PLAIN = Measure()


@dataclass(slots=True)
class Measured:
    """What was found out about the columns of a file."""

    measures: dict[str, Measure] = field(default_factory=dict)
    """Of fields that are not simply read as they stand."""
    readings: list[ColumnReading] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    """Fields whose column was left out, as was answered."""
    faults: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the columns."""

    spec: Spec
    plan: Plan
    layout: Layout
    currency: str
    """The store's, ISO code."""


def measure(around: Surroundings, places: Mapping[str, int]) -> Measured:
    """How each column is read.

    Args:
        around: kind, plan, file and store.
        places: field → position of its column.
    """
    done = Measured()
    for one in around.spec.fields:
        if one.name in places and not _is_question(around.spec, one):
            _Column(around, one, places, done).measure()
    return done


def _is_question(spec: Spec, one: Field) -> bool:
    return spec.columns is not None and one.name in spec.columns.answers


class _Column:
    """One column on its way."""

    def __init__(
        self, around: Surroundings, one: Field, places: Mapping[str, int], done: Measured
    ) -> None:
        self.around, self.field, self.places, self.done = around, one, places, done
        self.place = places[one.name]
        self.name = around.layout.header[self.place]
        self.unit = around.plan.units.get(one.name)

    def measure(self) -> None:
        """Read it, and keep what comes of it."""
        said = self._read(self.place, self.field)
        if said.unknown and not self._may_be_taken(said):
            return
        if said.differ:
            answer = self._answer("units_disagree", *said.differ, other=" / ".join(said.differ))
            if not answer:
                return
            told = reading.read((answer,), self.field.type)
            said = replace(said, factor=told.factor, unit=told.unit)
        made = Measure(said.factor, said.unit, said.day_order or "")
        if said.factor != 1:
            self._note("times", unit=said.unit, times=_plain(said.factor))
        if self.field.type in _FIGURES and self._says_shown():
            self._note("shown")
        if said.day_order:
            self._note("day_order", order=said.day_order.upper())
        if self.field.type == "money":
            made = self._taxed(self._exchanged(made, said), said)
        if made != PLAIN:
            self.done.measures[self.field.name] = made

    def _says_shown(self) -> bool:
        answers = self.around.plan.answers
        return asking.answered(answers, "shown_scaled", self.name) == "shown"

    def _read(self, place: int, one: Field) -> Reading:
        layout = self.around.layout
        pieces = split_of(one, layout.header[place]).pieces if layout.header_line else ()
        if self.unit is not None:
            told = reading.read((self.unit,), one.type)
            tax = reading.read(pieces, one.type).tax
            return replace(told, tax=tax, currency=told.currency or reading.OWN)
        row = layout.units[place] if place < len(layout.units) else ""
        names = {alias for each in one.aliases for alias in reading.names(each)}
        return reading.read(pieces, one.type, names, row, layout.titles)

    def _answer(self, reason: str, *offered: str, **detail: str) -> str:
        """What was answered; asks where nothing was."""
        said = asking.answered(self.around.plan.answers, reason, self.name)
        if said in offered:
            return said
        about = {"field": self.field.name, "choices": offered, **detail}
        self.done.faults.append(
            Issue(reason, self.name, self.around.layout.header_line, detail=about)
        )
        return ""

    def _note(self, code: str, **detail: str) -> None:
        self.done.readings.append(ColumnReading(code, self.field.name, self.name, detail))

    def _may_be_taken(self, said: Reading) -> bool:
        answer = self._answer("header_unknown", "take", "leave", other=" / ".join(said.unknown))
        if answer == "leave":
            self.done.left_out.add(self.field.name)
        return answer == "take"

    # currency and tax --------------------------------------------------------------------

    def _exchanged(self, made: Measure, said: Reading) -> Measure:
        currency = self._foreign(said.currency)
        if currency is None:
            return made
        rates = self._columns(vocabulary.RATE_COLUMNS)
        answer = asking.answered(self.around.plan.answers, "currency_other", self.name)
        rows_tell = currency == reading.FOREIGN and "currency" in self.places
        if rows_tell and answer not in ("rate", "own"):
            return made
        offered = ("rate", "own") if len(rates) == 1 else ("own",)
        words = {"other": currency or "—", "own": self.around.currency}
        answer = self._answer("currency_other", *offered, **words)
        if answer == "rate":
            side = self._side(rates[0])
            self._note("rate", other=side.column, currency=currency)
            self.done.left_out.add("currency")
            return replace(made, rate=side)
        if answer == "own":
            self._note("own", currency=self.around.currency)
        return made

    def _foreign(self, said: str | None) -> str | None:
        """The currency, where it is another than the store's; empty if nobody says which."""
        own = self.around.currency
        if said is None or said in (reading.OWN, own):
            return None
        shared = vocabulary.SIGNS.get(said)
        if shared is not None:
            return None if own in shared else shared[0]
        return said

    def _taxed(self, made: Measure, said: Reading) -> Measure:
        if not self.field.gross:
            if said.tax == vocabulary.NET:
                self._note("net")
            return made
        taxes = self._columns(vocabulary.TAX_COLUMNS)
        offered = ("take", "add") if len(taxes) == 1 else ("take",)
        tax = said.tax or (reading.tax_of(self.name) if self.around.layout.header_line else "")
        if tax == vocabulary.NET:
            answer = self._answer("net_amount", *offered)
        elif taxes and not tax and not (reading.names(self.name) & _SAYS_GROSS):
            answer = self._answer("tax_beside", *offered, other=self._header(taxes[0]))
        else:
            return made
        if answer == "add":
            side = self._side(taxes[0], Field("tax", "", "tax", self.field.parse, "money"))
            self._note("plus", other=side.column)
            return replace(made, plus=side)
        if answer == "take" and tax == vocabulary.NET:
            self._note("net")
        return made

    def _columns(self, known: frozenset[str]) -> list[int]:
        taken = set(self.places.values())
        header: Sequence[str] = self.around.layout.header
        return [
            p for p, name in enumerate(header) if p not in taken and reading.names(name) & known
        ]

    def _side(self, place: int, one: Field | None = None) -> Side:
        said = self._read(place, one) if one else Reading()
        return Side(place, self._header(place), said.factor, said.unit)

    def _header(self, place: int) -> str:
        return self.around.layout.header[place]


def _plain(factor: Decimal) -> str:
    return f"{factor.normalize():,f}"
