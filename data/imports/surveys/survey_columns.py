"""What the columns of a survey sheet ask (答卷列): its shape, its questions, what is left open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from data.imports.surveys.known import OVERALL
from data.imports.terms.beyond import Asked
from data.imports.terms.plan import Item, Plan
from errors import Issue

PASSED_OVER = frozenset({"-2", "-3"})
"""What 问卷星 writes for a question left empty or passed over."""
ANSWERS = frozenset({"item_code", "score"})
"""Fields that hold an answer where no column is a question."""


@dataclass(frozen=True, slots=True)
class SurveyColumns:
    """What a survey sheet asks."""

    shape: str
    asked: tuple[Asked, ...] = ()
    """Questions that are answered."""
    unclear: tuple[Asked, ...] = ()
    """Columns that look like questions and are left out until somebody says so."""
    comments: tuple[tuple[int, Item], ...] = ()
    """(position, column) of free text."""
    by_code: Mapping[str, Item] = field(default_factory=dict)
    overall: Item = OVERALL
    """What a score without a question answers."""
    out: tuple[tuple[int, Item], ...] = ()
    """(position, column) the plan leaves out."""
    from_wjx: bool = False
    """问卷星 writes −3 for a question passed over and −2 for one left empty."""
    faults: tuple[Issue, ...] = ()
    """Doubts and contradictions that speak against the file."""
    doubts: tuple[Issue, ...] = ()
    """What is asked about the columns that are left out."""

    @property
    def items(self) -> tuple[tuple[int, Item], ...]:
        """(position, question) of the columns."""
        return tuple((one.place, one.item) for one in self.asked if one.place >= 0)

    @property
    def used(self) -> set[int]:
        """Positions of columns that are read."""
        return {place for place, _item in (*self.items, *self.comments)}

    @property
    def spoken_for(self) -> set[int]:
        """Positions no field may take: read, left out by the plan, or unclear."""
        out = {place for place, _item in self.out}
        return self.used | out | {one.place for one in self.unclear}

    @property
    def listed(self) -> tuple[Asked, ...]:
        """Every question as columns stand, the unclear and the left out among them."""
        texts = [Asked(place, item) for place, item in self.comments]
        out = [Asked(place, Item(item.code, item.column, skip=True)) for place, item in self.out]
        every = (*self.asked, *self.unclear, *texts, *out)
        return tuple(sorted(every, key=lambda one: one.place))

    def kept(self, plan: Plan, places: Mapping[str, int]) -> dict[str, int]:
        """The fields that count in this shape; 得分 beside questions is their sum."""
        out: set[str] = set()
        if self.shape == "responses":
            out = {name for name in ANSWERS if name not in plan.columns}
        elif self.shape == "scores":
            out = {"item_code"}
        return {name: place for name, place in places.items() if name not in out}

    def completed(self, plan: Plan, places: Mapping[str, int]) -> Plan:
        """A list without a date is of the last day of its wave."""
        day = plan.options.wave_ends or plan.options.wave_starts
        if not day or "answered_on" in places or "answered_on" in plan.constants:
            return plan
        return replace(plan, constants={**plan.constants, "answered_on": day})

    def against(self, given: Collection[str]) -> tuple[tuple[Issue, ...], bool]:
        """What speaks against the file, and whether it lacks a score: nothing is asked in it."""
        if self.asked or "score" in given:
            return self.faults, False
        every = (*self.faults, *self.doubts)
        return every, not every
