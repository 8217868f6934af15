"""Rows into staged values (逐行解析): every cell parsed, every fault of a row collected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.imports import values
from data.imports.answer_rows import AnswerRows
from data.imports.mapping import Columns
from data.imports.parsed import Parsed, visible
from data.imports.plan import Item
from data.imports.reading import Row
from data.imports.values import Manner, Unreadable
from errors import Issue
from models.enums import SheetKind

_PLACE = re.compile(r"\{(\w+)\}")
"""A field's name in a template; nothing else in it has a meaning."""


class RowParser:
    """Parses the rows of one file."""

    def __init__(self, columns: Columns, manner: Manner, known_items: tuple[Item, ...]) -> None:
        self._columns = columns
        self._manner = manner
        self._blank = {one.name: None for one in columns.spec.fields}
        self._blank |= dict.fromkeys(columns.spec.extra)
        self._plain = [
            (one.name, one.parse, columns.places.get(one.name), columns.shown[one.name])
            for one in columns.spec.fields
            if columns.has(one.name) and one.name not in columns.plan.templates
        ]
        self._required = [
            (one.name, columns.shown[one.name]) for one in columns.spec.fields if one.required
        ]
        self._cents = values.Cents() if manner.round_cents else None
        self._money = [one.name for one in columns.spec.fields if one.type == "money"]
        is_survey = columns.spec.kind is SheetKind.ANSWERS
        self._answers = AnswerRows(columns, manner, known_items) if is_survey else None

    @property
    def used(self) -> dict[str, Item]:
        """Questions answered in the file."""
        return self._answers.used if self._answers else {}

    def parse(self, row: Row) -> Parsed:
        """The staged rows of one file row (several where it holds several answers)."""
        done = Parsed(row.line)
        if row.fault is not None:
            done.faults.append(self._named(row.fault))
            return done
        found: dict[str, Any] = dict(self._blank)
        for name, parse, place, shown in self._plain:
            raw = self._columns.plan.constants[name] if place is None else row.cells[place]
            self._cell(done, found, name, raw, parse, shown)
        self._fill_templates(found)
        for name, shown in self._required:
            if found[name] is None and not _about(done.faults, shown):
                reason = "merged_cell" if _merged(row, self._columns.places.get(name)) else "empty"
                done.faults.append(Issue(reason, column=shown, row=row.line))
        self._any_of(done, found)
        if self._cents and not done.faults:
            owner = str(found.get("customer_code"))
            for name in self._money:
                if found[name] is not None:
                    found[name] = self._cents.whole(owner, name, found[name])
        elif self._cents:
            found |= dict.fromkeys(self._money)
        if self._columns.spec.derive:
            self._columns.spec.derive(found)
        found["line"] = row.line
        done.staged = list(self._answers.expand(done, found, row)) if self._answers else [found]
        return done

    def _cell(
        self,
        done: Parsed,
        found: dict[str, Any],
        name: str,
        raw: str,
        parse: values.Parser,
        shown: str,
    ) -> None:
        if not raw and not hasattr(raw, "kind"):
            return
        try:
            found[name] = parse(raw, self._manner)
        except Unreadable as problem:
            done.faults.append(
                Issue(problem.reason, shown, done.line, visible(raw), problem.detail)
            )
            return
        kept = found[name]
        if isinstance(kept, str) and kept != raw and _altered(raw, kept):
            done.notes.append(Issue("text_cleaned", shown, done.line, visible(raw)))

    def _fill_templates(self, found: dict[str, Any]) -> None:
        known = {name: value for name, value in found.items() if value is not None}
        for name, template in self._columns.plan.templates.items():
            found[name] = _PLACE.sub(lambda place: str(known.get(place[1], "")), template)[:60]

    def _any_of(self, done: Parsed, found: Mapping[str, Any]) -> None:
        for group in self._columns.spec.any_of:
            names = [name for name in group if self._columns.has(name)]
            shown = [self._columns.shown[name] for name in names]
            if any(found[name] is not None for name in names):
                continue
            if not any(_about(done.faults, name) for name in shown):
                done.faults.append(Issue("empty", " / ".join(shown), done.line))

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


def _about(faults: list[Issue], shown: str) -> bool:
    return any(fault.column == shown for fault in faults)


def _merged(row: Row, place: int | None) -> bool:
    return place is not None and getattr(row.cells[place], "kind", None) == "merged"


def _altered(raw: str, kept: str) -> bool:
    """Whether more was taken away than spaces at the ends and line breaks."""
    return "".join(raw.split()) != "".join(kept.split())
