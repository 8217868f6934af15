"""What the columns that change a row's meaning say of each row (行的效力判定)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.imports.files.cell import shown
from data.imports.files.reading import Block
from data.imports.parsing.parsed import visible
from data.imports.sifting.meanings import (
    DOCUMENT,
    OTHER_AMOUNT,
    PAID,
    RATE,
    RED,
    SIDE,
    Effect,
    Meaning,
    meaning_of,
    word,
)
from data.imports.terms import asking
from data.imports.terms.spec import Spec
from errors import Issue

_NOTHING = frozenset({"", "-", "--", "/", "0", "0.0", "0.00", "无"})


@dataclass(slots=True)
class Verdicts:
    """What was found in a block, by place."""

    passed: dict[int, Issue] = field(default_factory=dict)
    """Rows that are none: void, draft, failed."""
    faults: dict[int, list[Issue]] = field(default_factory=dict)
    """Rows nobody has decided about."""
    sets: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Fields that such a column fills: a disabled customer's status."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one word of a column comes to."""

    effect: Effect
    reason: str = ""
    """Of the fault; empty where the effect is certain."""


class Judge:
    """Reads those columns of one file that no field takes."""

    def __init__(self, spec: Spec, free: Mapping[int, str], answers: Mapping[str, str]) -> None:
        """Find them.

        Args:
            spec: the kind of sheet.
            free: place → header of the columns no field takes.
            answers: of the plan.
        """
        self._spec, self._answers = spec, answers
        found = ((place, name, meaning_of(name, spec.side)) for place, name in free.items())
        self.columns = {
            place: (name, meaning)
            for place, name, meaning in found
            if meaning is not None and self._matters(meaning)
        }
        """Place → (header, what kind of column it is)."""
        self._known: dict[int, dict[str, _Said]] = {place: {} for place in self.columns}

    def judge(self, block: Block) -> Verdicts:
        """What the rows of a block are."""
        found = Verdicts()
        for place, (name, meaning) in self.columns.items():
            cells = [row[place] if place < len(row) else "" for row in block.cells]
            for index, cell, said in self._not_taken(place, name, meaning, cells):
                reason = said.reason or meaning.passes
                issue = Issue(reason, name, block.lines[index], visible(cell))
                if said.reason:
                    found.faults.setdefault(index, []).append(issue)
                elif said.effect is Effect.PASS:
                    found.passed.setdefault(index, issue)
                else:
                    found.sets[index] = self._spec.closed
        return found

    def _matters(self, meaning: Meaning) -> bool:
        if meaning is SIDE:
            return bool(self._spec.side)
        if meaning in (DOCUMENT, RED):
            return bool(self._spec.documents)
        if meaning is PAID:
            return "invoice" in self._spec.documents
        if meaning is RATE:
            return any(one.type == "money" for one in self._spec.fields)
        return True

    def _not_taken(
        self, place: int, name: str, meaning: Meaning, cells: Sequence[str]
    ) -> Iterator[tuple[int, str, _Said]]:
        known = self._known[place]
        for index, cell in enumerate(cells):
            said = known.get(cell)
            if said is None:
                if len(known) > 5000:
                    known.clear()
                said = known[cell] = self._said(name, meaning, cell)
            if said.effect is not Effect.TAKE or said.reason:
                yield index, cell, said

    def _said(self, name: str, meaning: Meaning, cell: str) -> _Said:
        bare = word(shown(cell))
        if not bare or (meaning in (PAID, RATE, OTHER_AMOUNT) and bare in _NOTHING):
            return _Said(Effect.TAKE)
        if meaning is OTHER_AMOUNT:
            return _Said(Effect.PASS)
        effect = self._effect(meaning, meaning.words.get(bare))
        if effect is not None:
            return _Said(effect)
        answer = asking.answered(self._answers, meaning.unknown, name, visible(cell))
        return _Said(Effect(answer)) if answer else _Said(Effect.TAKE, meaning.unknown)

    def _effect(self, meaning: Meaning, known: Effect | str | None) -> Effect | None:
        """What a known word does to rows of this kind; None where a person has to say."""
        if isinstance(known, Effect):
            return None if known is Effect.CLOSED and not self._spec.closed else known
        if meaning is SIDE and known == self._spec.side:
            return Effect.TAKE
        if meaning is RED and known and (known == "red") == ("credit" in self._spec.documents):
            return Effect.TAKE
        if meaning is DOCUMENT and known in self._spec.documents:
            return Effect.TAKE
        return None
