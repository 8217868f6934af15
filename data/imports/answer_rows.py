"""Survey rows into answers (答卷展开): one staged row for each answer a row of the file holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from data.imports import values
from data.imports.kinds.answers import DEFAULT_ITEMS, OVERALL
from data.imports.mapping import Columns
from data.imports.parsed import Parsed, visible
from data.imports.plan import Item
from data.imports.reading import Row
from data.imports.values import Manner, Unreadable
from errors import Issue


class AnswerRows:
    """Takes the answers out of the rows of one file."""

    def __init__(self, columns: Columns, manner: Manner, known_items: tuple[Item, ...]) -> None:
        self._columns = columns
        self._manner = manner
        self._by_code = {item.code: item for item in (*DEFAULT_ITEMS, *known_items)}
        self._by_code |= {item.code: item for item in columns.plan.items}
        self.used: dict[str, Item] = {}
        """Questions answered in the file."""

    def expand(self, done: Parsed, found: dict[str, Any], row: Row) -> Iterator[dict[str, Any]]:
        """The staged rows of one response; a row without any answer stays one row."""
        answers = list(self._answers(done, found, row))
        for item, score in answers:
            self.used.setdefault(item.code, item)
            yield {**found, "item_code": item.code, "value": score}
        if not answers:
            yield {**found, "item_code": None, "value": None}

    def _answers(
        self, done: Parsed, found: Mapping[str, Any], row: Row
    ) -> Iterator[tuple[Item, float]]:
        asked = [
            (item, row.cells[place], item.column or item.code)
            for place, item in self._columns.items
        ]
        if self._columns.has("score") and found["score"] is not None:
            item = self._item_of(done, found["item_code"])
            place = self._columns.places.get("score")
            raw = str(found["score"]) if place is None else row.cells[place]
            asked += [(item, raw, self._columns.shown["score"])] if item else []
        for item, raw, shown in asked:
            try:
                manner = replace(self._manner, words=item.words) if item.words else self._manner
                value = values.score(raw, manner, item.minimum, item.maximum, item.step)
            except Unreadable as problem:
                fault = Issue(problem.reason, shown, done.line, visible(raw), problem.detail)
                done.faults.append(fault)
                continue
            if value is not None:
                yield item, value
            elif raw.strip():
                done.notes.append(Issue("no_answer", shown, done.line, visible(raw)))

    def _item_of(self, done: Parsed, code: str | None) -> Item | None:
        options = self._columns.plan.options
        ends: dict[str, Any] = {}
        if options.minimum is not None and options.maximum is not None:
            ends = {"minimum": options.minimum, "maximum": options.maximum}
        if code is None:
            return replace(OVERALL, **ends) if ends else self._by_code[OVERALL.code]
        if code not in self._by_code:
            if not ends:
                shown = self._columns.shown["item_code"]
                done.faults.append(Issue("unknown_item", shown, done.line, code))
                return None
            self._by_code[code] = Item(code, **ends)
        return self._by_code[code]
