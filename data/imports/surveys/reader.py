"""Columns of an answers sheet beyond its fields (题目列): every one may be a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from data.imports.files import headers
from data.imports.surveys import questions, templates
from data.imports.surveys.finding import find
from data.imports.surveys.known import ITEM_ALIASES
from data.imports.surveys.stored import store_items
from data.imports.surveys.survey_columns import ANSWERS, SurveyColumns
from data.imports.terms.beyond import Example, Made, Rows
from data.imports.terms.plan import Item, Plan


@dataclass(frozen=True, slots=True)
class Questions:
    """Reads the questions among the columns (`Spec.columns`)."""

    looked_at: int = 1000
    """First rows whose answers tell the scales."""
    answers: frozenset[str] = ANSWERS
    instead: str = "score"

    def named(self, header: Sequence[str], places: Mapping[str, int]) -> int | None:
        """How many columns are questions by their name alone; None: there is no answer in it."""
        taken = set(places.values())
        known = {headers.plain(alias) for aliases in ITEM_ALIASES.values() for alias in aliases}
        free = [name for place, name in enumerate(header) if place not in taken]
        asked = questions.read_all(header, taken)
        found = {name for name in free if headers.plain(name) in known}
        found |= {one.column for one in asked if one.numbered or one.named}
        return len(found) if found or self.instead in places else None

    def known(self, engine: Engine, plan: Plan) -> tuple[Item, ...]:
        """The questions the store has."""
        return store_items(engine, plan)

    def find(
        self,
        plan: Plan,
        header: Sequence[str],
        known_items: Sequence[Item],
        places: Mapping[str, int],
        rows: Rows,
    ) -> SurveyColumns:
        """What one sheet asks, whatever else is wrong with it."""
        return find(plan, header, known_items, places, rows)

    def examples(self, *, chinese: bool) -> list[Example]:
        """The two questions of the plainest template."""
        return templates.plainest(chinese=chinese)

    def templates(self, fields: Mapping[str, Example], *, chinese: bool) -> Iterable[Made]:
        """A template for each shape and scale."""
        return templates.all_of(fields, chinese=chinese)
