"""Rows into staged values (逐行解析): every cell parsed, every fault of a row collected.

A block of rows is taken column by column, since a column repeats itself: what a cell means
is found out once and remembered while its column stays short of `MOST_KNOWN` spellings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.imports.columns.empties import Found, refuse_empty
from data.imports.columns.mapping import Columns
from data.imports.columns.measuring import PLAIN
from data.imports.columns.registry import column_names
from data.imports.columns.sides import Sides
from data.imports.files.layout import Block, Row
from data.imports.parsing import values
from data.imports.parsing.cells import Cells
from data.imports.parsing.manner import Manner
from data.imports.parsing.multiplying import multiplied
from data.imports.parsing.parsed import Parsed, ParsedBlock, visible
from data.imports.parsing.scaled import Unit, scaled
from data.imports.sifting.sheet import Sheet
from data.imports.sifting.sieve import Sieve
from data.imports.sifting.sums import Sums, Total
from data.imports.sifting.verdicts import Judge
from data.imports.terms import asking
from data.imports.terms.items import Item
from data.imports.terms.spec import Field
from errors import Issue

_PLACE = re.compile(r"\{(\w+)\}")
"""A field's name in a template; nothing else in it has a meaning."""

_OWNER = ("customer_code", "tax_no", "customer_name")
"""Whose amounts share what rounding cuts off: the first of these that is there."""


class RowParser:
    """Parses the rows of one file."""

    def __init__(self, columns: Columns, manner: Manner, known_items: tuple[Item, ...]) -> None:
        self._columns = columns
        self._spec = columns.spec
        self._cells = [
            self._reader(one, manner)
            for one in columns.spec.fields
            if columns.has(one.name) and one.name not in columns.plan.templates
        ]
        self._sides = Sides(columns.measures, columns.shown, manner)
        self._names = [*(one.name for one in columns.spec.fields), *columns.spec.extra]
        self._cents = values.Cents() if manner.round_cents else None
        self._money = [one.name for one in columns.spec.fields if one.type == "money"]
        self._sieve = Sieve(
            Sheet(
                columns.spec,
                columns.plan,
                columns.layout,
                columns.places,
                others=column_names(),
            )
        )
        free = {} if columns.beyond else columns.free
        self._judge = Judge(columns.spec, free, columns.plan.answers)
        self._sums = Sums(columns.spec)
        places = {*columns.places.values(), *(place for place, _item in columns.items)}
        self._hidden: Sequence[str] = [
            columns.layout.header[place] or str(place + 1)
            for place in columns.layout.hidden
            if place in places and place < len(columns.layout.header)
        ]
        others = [name for name in columns.layout.sheets if name != columns.layout.sheet]
        self._others = "" if columns.plan.hints.sheet else ", ".join(map(visible, others))
        expand = columns.spec.expand
        self._expander = expand(columns, manner, known_items) if expand else None

    def _reader(self, one: Field, manner: Manner) -> Cells:
        """The cells of one column, in the unit and format its header says."""
        measure = self._columns.measures.get(one.name, PLAIN)
        parse = one.parse
        if self._columns.is_workbook and one.type in ("money", "number", "whole"):
            said = asking.answered(
                self._columns.plan.answers, "shown_scaled", self._columns.shown[one.name]
            )
            parse = scaled(parse, Unit(measure.factor, measure.unit, said))
        elif measure.factor != 1:
            parse = multiplied(parse, measure.factor, measure.unit)
        if measure.day_order and not manner.day_order:
            manner = replace(manner, day_order=measure.day_order)  # type: ignore[arg-type]
        return Cells(one.name, parse, manner, self._columns.shown[one.name])

    @property
    def used(self) -> dict[str, Item]:
        """Questions answered in the file."""
        return self._expander.used if self._expander else {}

    @property
    def most_of_one(self) -> int:
        """Staged rows a row of the file may come to."""
        return 1 + len(self._columns.items) if self._expander else 1

    def parse(self, block: Block) -> ParsedBlock:
        """The staged rows of some file rows (several of one where it holds several answers)."""
        done = ParsedBlock(len(block.lines))
        sifted = self._sieve.sift(block)
        verdicts = self._judge.judge(block)
        done.passed = {**verdicts.passed, **sifted.passed}
        done.faults |= {place: [issue] for place, issue in sifted.asked.items()}
        for place, fault in block.faults.items():
            if place in done.passed or place in done.faults:
                continue
            done.faults.setdefault(place, []).append(self._named(fault))
        left_out = {*block.faults, *done.passed, *sifted.elsewhere}
        for place, faults in verdicts.faults.items():
            if place not in done.passed:
                done.faults.setdefault(place, []).extend(faults)
        whole = [place for place in range(done.rows) if place not in left_out]
        if not whole:
            return done
        lines = [block.lines[place] for place in whole]
        rows = [block.cells[place] for place in whole]
        found = self._read(done, whole, lines, rows)
        _set(found, whole, verdicts.sets)
        self._fill_templates(found, len(rows))
        refuse_empty(self._columns, done, found, whole, lines, rows)
        self._tell_of_the_book(done, whole)
        if self._cents:
            self._round(self._cents, done, found, whole)
        for name, other in self._spec.otherwise:
            if other in found:
                given = found.get(name, [None] * len(rows))
                found[name] = [a or b for a, b in zip(given, found[other], strict=True)]
        self._sums.add(lines, found)
        self._stage(done, found, whole, lines, rows)
        done.faults |= {place: [issue] for place, issue in sifted.asked.items()}
        return done

    def _tell_of_the_book(self, done: ParsedBlock, whole: Sequence[int]) -> None:
        """Once: hidden columns that are read all the same, and sheets that are not read."""
        hidden, self._hidden = self._hidden, ()
        line = self._columns.layout.header_line or 1
        notes = [Issue("hidden_column", column, line) for column in hidden]
        if self._others:
            notes.append(Issue("sheets_left_out", None, line, self._others))
            self._others = ""
        if notes:
            done.notes.setdefault(whole[0], []).extend(notes)

    def totals(self) -> list[Issue]:
        """Rows that are the sum of those above them, once all were parsed."""
        shown = self._columns.shown
        return [
            Issue("sum_of_above", shown[one.figure], one.line, self._written(one))
            for one in self._sums.totals()
        ]

    def _written(self, one: Total) -> str:
        """The figure as people write it."""
        return f"{one.value / 100:.2f}" if one.figure in self._money else f"{one.value:g}"

    def _read(
        self,
        done: ParsedBlock,
        whole: Sequence[int],
        lines: Sequence[int],
        rows: Sequence[list[str]],
    ) -> Found:
        """Parse every column; what is odd about a cell is kept with its row."""
        columns = list(zip(*rows, strict=True))
        found: Found = {}
        for cells in self._cells:
            place = self._columns.places.get(cells.name)
            if place is None:
                raws: Sequence[str] = (self._columns.plan.constants[cells.name],) * len(rows)
            else:
                raws = columns[place]
            found[cells.name] = cells.read(raws)
            for index, odd in cells.odd_ones(raws):
                done.said(odd.severity).setdefault(whole[index], []).append(
                    Issue(odd.reason, cells.shown, lines[index], odd.value, odd.detail)
                )
            cells.forget()
        self._sides.complete(found, done, whole, lines, columns)
        return found

    def _fill_templates(self, found: Found, size: int) -> None:
        made: Found = {}
        for name, template in self._columns.plan.templates.items():
            made[name] = [
                _filled(template, {n: column[index] for n, column in found.items()})
                for index in range(size)
            ]
        found |= made

    def _round(
        self, cents: values.Cents, done: ParsedBlock, found: Found, whole: Sequence[int]
    ) -> None:
        """Whole cents; refused rows have no part in what is carried over."""
        money = [name for name in self._money if name in found]
        owners = [found[name] for name in _OWNER if name in found]
        rounded: Found = {name: [] for name in money}
        for index, place in enumerate(whole):
            good = not done.faults.get(place)
            owner = str(next((column[index] for column in owners if column[index]), None))
            for name in money:
                exact = found[name][index]
                keep = good and exact is not None
                rounded[name].append(cents.whole(owner, name, exact) if keep else None)
        found |= rounded

    def _stage(
        self,
        done: ParsedBlock,
        found: Found,
        whole: Sequence[int],
        lines: Sequence[int],
        rows: Sequence[list[str]],
    ) -> None:
        derive = self._spec.derive
        if self._spec.derived_from and not any(n in found for n in self._spec.derived_from):
            derive = None
        if derive is None and self._expander is None:
            done.places, done.lines, done.columns = whole, lines, found
            return
        staged: list[dict[str, Any]] = []
        places: list[int] = []
        for index, place in enumerate(whole):
            one = dict.fromkeys(self._names) | {n: column[index] for n, column in found.items()}
            if derive:
                derive(one)
            one["line"] = lines[index]
            if self._expander is None:
                made = [one]
            else:
                row = Parsed(
                    lines[index],
                    faults=done.faults.setdefault(place, []),
                    notes=done.notes.setdefault(place, []),
                )
                made = list(self._expander.expand(row, one, Row(lines[index], rows[index])))
            staged += made
            places += [place] * len(made)
        names = dict.fromkeys(name for one in staged for name in one)
        done.places, done.lines = places, [one["line"] for one in staged]
        done.columns = {name: [one.get(name) for one in staged] for name in names}
        del done.columns["line"]

    def _named(self, fault: Issue) -> Issue:
        """A fault of the row itself; a position becomes the column's name."""
        if fault.reason != "value_too_long" or fault.column is None:
            return fault
        place = int(fault.column)
        name = next(
            (self._columns.shown[n] for n, p in self._columns.places.items() if p == place),
            str(place + 1),
        )
        return replace(fault, column=name)


def _set(found: Found, whole: Sequence[int], sets: Mapping[int, Mapping[str, Any]]) -> None:
    """Fields that another column of the row decides."""
    for index, place in enumerate(whole):
        for name, value in sets.get(place, {}).items():
            found.setdefault(name, [None] * len(whole))[index] = value


def _filled(template: str, row: Mapping[str, Any]) -> str:
    def of(place: re.Match[str]) -> str:
        value = row.get(place[1])
        return "" if value is None else str(value)

    return _PLACE.sub(of, template)[:60]
