"""What the columns of a survey sheet ask (答卷列): its shape, its questions and their scales.

Said by the plan, known to the store, or read out of header and first answers. A question
nobody described is taken by itself only where its answers leave one reading; the others
are offered (`unclear`) and left out until somebody says what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.imports.files import headers
from data.imports.parsing.texts import folded
from data.imports.surveys import questions
from data.imports.surveys.known import DEFAULT_ITEMS, ITEM_ALIASES, OVERALL
from data.imports.surveys.questions import Question
from data.imports.terms.plan import COMMENT, Item, Plan
from data.imports.terms.scales import SCALES, Guess, five_levels, recognise
from errors import Issue
from models.enums import ItemRole

Rows = Sequence[Sequence[str]]
LOOKED_AT = 1000
"""First rows of a survey whose answers tell the scales."""
ONE_EACH = (ItemRole.NPS.value, ItemRole.OVERALL.value, ItemRole.EFFORT.value)
"""Roles a survey asks once, so that the store's question can be known by its role."""
PASSED_OVER = frozenset({"-2", "-3"})
"""What 问卷星 writes for a question left empty or passed over."""
_TOOL_MARKS = ("提交答卷时间", "所用时间", "来自IP")


@dataclass(frozen=True, slots=True)
class Asked:
    """One column (or code) that is a question, or may be one."""

    place: int
    """Position of the column; -1 where the file names questions by code."""
    item: Item
    seen: tuple[str, ...] = ()
    """Some different answers, as written."""
    sure: bool = True


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

    @property
    def items(self) -> tuple[tuple[int, Item], ...]:
        """(position, question) of the columns."""
        return tuple((one.place, one.item) for one in self.asked if one.place >= 0)

    @property
    def used(self) -> set[int]:
        """Positions of columns that are read."""
        return {place for place, _item in (*self.items, *self.comments)}


class _Finder:
    """Settles the questions of one file."""

    def __init__(
        self, plan: Plan, header: Sequence[str], known: Sequence[Item], rows: Rows
    ) -> None:
        codes = {item.code for item in known}
        self.plan, self.header, self.rows = plan, header, rows
        self.stored = tuple(known)
        self.known = (*known, *(i for i in DEFAULT_ITEMS if i.code not in codes))
        self.from_wjx = sum(mark in header for mark in _TOOL_MARKS) >= 2
        self.faults: list[Issue] = []

    # columns -----------------------------------------------------------------------------

    def responses(self, taken: set[int]) -> SurveyColumns:
        """Every column a question."""
        told = self._told(taken)
        asked: list[Asked] = []
        unclear: list[Asked] = []
        comments: list[tuple[int, Item]] = []
        free = questions.read_all(self.header, taken | set(told))
        named = self._named(taken | set(told))
        for place, item in told.items():
            if item.role == COMMENT and not item.skip:
                comments.append((place, item))
            elif not item.skip:
                asked.append(self._settled(place, item, told=True))
        for place, item in named.items():
            asked.append(self._settled(place, item))
        used_codes = {one.item.code for one in asked}
        for question in (q for q in free if q.place not in named):
            guess = self._guess(question.place)
            if guess is None:
                if questions.is_comment(question.column):
                    comments.append((question.place, _comment(question)))
                continue
            one = self._recognised(question, guess, used_codes)
            used_codes.add(one.item.code)
            (asked if one.sure else unclear).append(one)
        return SurveyColumns(
            "responses",
            tuple(sorted(asked, key=lambda one: one.place)),
            tuple(unclear),
            tuple(sorted(comments, key=lambda pair: pair[0])),
            out=tuple((place, item) for place, item in told.items() if item.skip),
        )

    def _told(self, taken: set[int]) -> dict[int, Item]:
        """Columns the plan speaks of."""
        return self._places(self.plan.items, taken, lambda item: [item.column or item.code])

    def _named(self, taken: set[int]) -> dict[int, Item]:
        """Columns whose name is a question we know: code, wording or alias."""
        codes = {item.code for item in self.plan.items}
        known = [item for item in self.known if item.code not in codes]
        return self._places(
            known,
            taken,
            lambda item: [item.code, item.wording, *ITEM_ALIASES.get(item.code, ())],
        )

    def _places(self, items: Sequence[Item], taken: set[int], names: Any) -> dict[int, Item]:
        exact = {questions.key(name): place for place, name in enumerate(self.header)}
        plain: dict[str, list[int]] = {}
        for place, name in enumerate(self.header):
            plain.setdefault(headers.plain(name), []).append(place)
        loose = {name: at[0] for name, at in plain.items() if len(at) == 1 and name}
        found: dict[int, Item] = {}
        for item in items:
            for name in filter(None, names(item)):
                at = exact.get(questions.key(name), loose.get(headers.plain(name)))
                if at is not None and at not in taken and at not in found:
                    found[at] = item
                    break
        return found

    def _guess(self, place: int) -> Guess | None:
        cells = (row[place] for row in self.rows if place < len(row))
        there = [cell for cell in cells if not (self.from_wjx and cell in PASSED_OVER)]
        return recognise(there, self.header[place])

    # scales ------------------------------------------------------------------------------

    def _settled(self, place: int, item: Item, *, told: bool = False) -> Asked:
        """A question somebody described, with the words its answers use."""
        guess = self._guess(place)
        shown = self.header[place]
        fitted = self._fitted(item, guess, shown, told=told)
        return Asked(place, replace(fitted, column=shown), guess.seen if guess else ())

    def _fitted(self, item: Item, guess: Guess | None, shown: str, *, told: bool = False) -> Item:
        if guess is None:
            return item
        item = replace(item, units=item.units or guess.units)
        worded = item.words or (item.scale in SCALES and SCALES[item.scale].by_grade)
        if not told and item not in self.stored and guess.sure:
            return with_scale(item, guess.scale)
        if not guess.grades or worded:
            return item
        ends = (item.minimum, item.maximum)
        fitting = five_levels(guess.grades) if ends == (1, 5) else []
        if ends == (1, 7):
            fitting = ["words7"]
        if len(fitting) == 1 and guess.scale:
            return with_scale(item, fitting[0])
        reason = "scale_unclear" if fitting and guess.scale else "scale_mixed"
        detail = {"least": f"{item.minimum:g}", "most": f"{item.maximum:g}"}
        self.faults.append(Issue(reason, shown, value=" ".join(guess.seen)[:60], detail=detail))
        return item

    def _recognised(self, question: Question, guess: Guess, used: set[str]) -> Asked:
        """A column nobody described: what its name and answers say."""
        known = self._known_as(question, used)
        if known is not None:
            mine = self._fitted(known, guess, question.column)
            sure = known in self.stored or guess.sure or known.role == ItemRole.NPS
            sure = sure or _is_alias(question.wording, known)
            one = replace(mine, column=question.column, wording=known.wording or question.wording)
            return Asked(question.place, one, guess.seen, sure)
        item = Item(
            question.code,
            column=question.column,
            role=question.role,
            dimension=question.dimension,
            wording=question.wording,
            units=guess.units,
        )
        if questions.is_points(question):
            return Asked(question.place, with_scale(item, "0-100"), guess.seen)
        scale = guess.scale or "1-5"
        return Asked(question.place, with_scale(item, scale), guess.seen, guess.sure)

    def _known_as(self, question: Question, used: set[str]) -> Item | None:
        """The question of the store that this is: by wording, by bare code, or by its role."""
        free = [item for item in self.known if item.code not in used]
        wording = questions.key(question.wording)
        for item in free:
            if _is_alias(question.wording, item):
                return item
            said = questions.key(item.wording)
            if wording and said == wording and item.role == question.role:
                return item
            if item in self.stored and item.code == question.code and not (wording and said):
                return item
        if question.role not in ONE_EACH:
            return None
        stored = [item for item in self.stored if item.role == question.role]
        if stored:
            return stored[0] if len(stored) == 1 and stored[0].code not in used else None
        return next((item for item in free if item.role == question.role), None)

    # other shapes ------------------------------------------------------------------------

    def answers(self, code_at: int | None, score_at: int | None) -> SurveyColumns:
        """One answer per row: questions by their code."""
        cells: dict[str, list[str]] = {}
        if code_at is not None and score_at is not None:
            for row in self.rows:
                code = " ".join(folded(row[code_at]).split())
                if code:
                    cells.setdefault(code, []).append(row[score_at])
        known = {item.code: item for item in (*self.known, *self.plan.items) if not item.skip}
        asked: list[Asked] = []
        unclear: list[Asked] = []
        for code, answers in cells.items():
            guess = recognise(answers, code)
            seen = guess.seen if guess else ()
            if code in known:
                known[code] = self._fitted(known[code], guess, code)
                asked.append(Asked(-1, known[code], seen))
            elif self._default() is not None:
                known[code] = self._fitted(replace(self._default() or OVERALL, code=code,
                    wording="", role=ItemRole.SATISFACTION.value), guess, code)  # fmt: skip
                asked.append(Asked(-1, known[code], seen))
            elif guess is not None:
                item = with_scale(Item(code, units=guess.units), guess.scale or "1-5")
                (asked if guess.sure else unclear).append(Asked(-1, item, seen, guess.sure))
                if guess.sure:
                    known[code] = item
        return SurveyColumns("answers", tuple(asked), tuple(unclear), by_code=known)

    def scores(self, score_at: int | None) -> SurveyColumns:
        """One score per customer: the overall question."""
        told = next((i for i in self.plan.items if i.role == OVERALL.role and not i.skip), None)
        known = next((item for item in self.known if item.code == OVERALL.code), OVERALL)
        overall = self._default() or told or known
        seen: tuple[str, ...] = ()
        if score_at is not None:
            guess = recognise([row[score_at] for row in self.rows], self.header[score_at])
            overall = self._fitted(overall, guess, self.header[score_at], told=overall != OVERALL)
            seen = guess.seen if guess else ()
        return SurveyColumns("scores", (Asked(-1, overall, seen),), overall=overall)

    def _default(self) -> Item | None:
        """The scale the options give to questions that say nothing themselves."""
        options = self.plan.options
        if options.scale:
            return with_scale(OVERALL, options.scale)
        if options.minimum is not None and options.maximum is not None:
            return replace(OVERALL, minimum=options.minimum, maximum=options.maximum)
        return None


def find(
    plan: Plan,
    header: Sequence[str],
    known_items: Sequence[Item],
    places: Mapping[str, int],
    rows: Rows,
) -> SurveyColumns:
    """The shape of a survey sheet and what it asks.

    Args:
        plan: what the user says; goes before everything else.
        header: column names.
        known_items: questions the store has for the survey.
        places: field → position of the columns that hold fields.
        rows: the first rows of the file.

    Returns:
        Faults of scales are in it, not raised.
    """
    finder = _Finder(plan, header, known_items, rows)
    given = {*places, *plan.constants}
    shape = plan.options.shape
    if not shape and {"item_code", "score"} <= given:
        shape = "answers"
    if not shape or shape == "responses":
        found = finder.responses(_fields(plan, places))
        if not shape and not found.asked and "score" in given:
            shape = "scores"
            finder.faults.clear()
    if shape == "answers":
        found = finder.answers(places.get("item_code"), places.get("score"))
    elif shape == "scores":
        found = finder.scores(places.get("score"))
    asked = tuple(replace(one, item=_pointed(one.item, plan, found)) for one in found.asked)
    return replace(found, asked=asked, from_wjx=finder.from_wjx, faults=tuple(finder.faults))


def _fields(plan: Plan, places: Mapping[str, int]) -> set[int]:
    """Columns no question can be; 得分 beside questions is their sum unless the plan says so."""
    sums = {name for name in ("item_code", "score") if name not in plan.columns}
    return {place for name, place in places.items() if name not in sums}


def kept_fields(plan: Plan, places: Mapping[str, int], found: SurveyColumns) -> dict[str, int]:
    """The fields that count in this shape; 得分 beside questions is their sum."""
    out: set[str] = set()
    if found.shape == "responses":
        out = {name for name in ("item_code", "score") if name not in plan.columns}
    elif found.shape == "scores":
        out = {"item_code"}
    return {name: place for name, place in places.items() if name not in out}


def dated(plan: Plan, places: Mapping[str, int]) -> Plan:
    """A list without a date is of the last day of its wave."""
    day = plan.options.wave_ends or plan.options.wave_starts
    if not day or "answered_on" in places or "answered_on" in plan.constants:
        return plan
    return replace(plan, constants={**plan.constants, "answered_on": day})


def with_scale(item: Item, name: str) -> Item:
    """A question on a scale by name."""
    scale = SCALES[name]
    return replace(
        item, scale=name, minimum=scale.minimum, maximum=scale.maximum, step=scale.step, words={}
    )


def _is_alias(wording: str, item: Item) -> bool:
    """Whether a question is called by a name its like is always called by."""
    names = ITEM_ALIASES.get(item.code, ())
    return bool(wording) and headers.plain(wording) in map(headers.plain, names)


def _comment(question: Question) -> Item:
    return Item(question.code, question.column, role=COMMENT, wording=question.wording)


def _pointed(item: Item, plan: Plan, found: SurveyColumns) -> Item:
    """The weight of an expectation or perception: its dimension's points, shared by its items."""
    roles = (ItemRole.EXPECTATION.value, ItemRole.PERCEPTION.value)
    if item.role not in roles or item.dimension not in plan.points:
        return item
    members = sum(
        one.item.role == item.role and one.item.dimension == item.dimension for one in found.asked
    )
    return replace(item, weight=plan.points[item.dimension] / members)
