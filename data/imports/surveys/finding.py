"""The questions of a survey sheet found (识别题目): its shape, its questions and their scales.

Said by the plan, known to the store, or read out of header and first answers. A question
nobody described is taken by itself only where its answers leave one reading; the others
are offered (`unclear`) and left out until somebody says what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.imports.parsing.texts import folded
from data.imports.surveys import options_numbered, questions, scale_words
from data.imports.surveys.guessing import Guess, recognise
from data.imports.surveys.known import ITEM_ALIASES, OVERALL
from data.imports.surveys.questions import Question
from data.imports.surveys.recognising import Known, is_alias, places_of
from data.imports.surveys.settling import Origin, Settled, Settler, by_options, with_scale
from data.imports.surveys.survey_columns import ANSWERS, PASSED_OVER, SurveyColumns
from data.imports.terms.beyond import Asked, Rows
from data.imports.terms.plan import COMMENT, Item, Plan
from errors import Issue
from models.enums import ItemRole

MOST_HEADER_ROWS = 3
"""Header rows of an export; those below the first hold no answers."""
_TOOL_MARKS = ("提交答卷时间", "所用时间", "来自IP")


class _Finder:
    """Settles the questions of one file."""

    def __init__(
        self, plan: Plan, header: Sequence[str], known: Sequence[Item], rows: Rows
    ) -> None:
        self.plan, self.header, self.rows = plan, header, rows
        self._known = Known(known)
        self.known, self.stored = self._known.all, self._known.own
        self.from_wjx = sum(mark in header for mark in _TOOL_MARKS) >= 2
        self.faults: list[Issue] = []
        self.doubts: list[Issue] = []
        self._settler = Settler(plan)

    # columns -----------------------------------------------------------------------------

    def responses(self, taken: set[int]) -> SurveyColumns:
        """Every column a question."""
        told = self._told(taken)
        found: list[Asked] = []
        comments: list[tuple[int, Item]] = []
        free = questions.read_all(self.header, taken | set(told))
        guesses = {one.place: self._guess(one.place) for one in free}
        numbers = options_numbered.beside_texts(self.header, guesses)
        numbered = self.from_wjx and not any(g.words for g in guesses.values() if g)
        self._settler = Settler(self.plan, option_numbers=numbered)
        named = self._named(taken | set(told) | numbers)
        if numbers:
            shown = [options_numbered.stem(name) for name in self.header]
            free = questions.read_all(shown, taken | set(told) | numbers)
            free = [replace(one, column=self.header[one.place]) for one in free]
        for place, item in told.items():
            if item.role == COMMENT and not item.skip:
                comments.append((place, item))
            elif not item.skip:
                found.append(self._settled(place, item, "told"))
        for place, item in named.items():
            origin: Origin = "stored" if item in self.stored else "usual"
            found.append(self._settled(place, item, origin))
        used_codes = {one.item.code for one in found}
        for question in (q for q in free if q.place not in named):
            guess = guesses[question.place]
            if guess is None or not _may_ask(guess, question.column):
                if questions.is_comment(question.column):
                    comments.append((question.place, _comment(question)))
                continue
            one = self._recognised(question, guess, used_codes)
            used_codes.add(one.item.code)
            found.append(one)
        skipped = [one for one in found if one.item.skip]
        out = [(place, item) for place, item in told.items() if item.skip]
        return SurveyColumns(
            "responses",
            tuple(sorted((o for o in _but(found, skipped) if o.sure), key=lambda one: one.place)),
            tuple(one for one in _but(found, skipped) if not one.sure),
            tuple(sorted(comments, key=lambda pair: pair[0])),
            out=(*out, *((one.place, one.item) for one in skipped)),
        )

    def _told(self, taken: set[int]) -> dict[int, Item]:
        """Columns the plan speaks of."""
        return places_of(
            self.header, self.plan.items, taken, lambda item: [item.column or item.code]
        )

    def _named(self, taken: set[int]) -> dict[int, Item]:
        """Columns whose name is a question we know: code, wording or alias."""
        codes = {item.code for item in self.plan.items}
        known = [item for item in self.known if item.code not in codes]
        return places_of(
            self.header,
            known,
            taken,
            lambda item: [item.code, item.wording, *ITEM_ALIASES.get(item.code, ())],
        )

    def _guess(self, place: int) -> Guess | None:
        """What the answers of a column look like; rows that go on with the header do not count."""
        cells = [row[place] for row in self.rows if place < len(row)]
        there = [cell for cell in cells if not (self.from_wjx and cell in PASSED_OVER)]
        heading = scale_words.read(self.header[place])
        for start in range(MOST_HEADER_ROWS):
            guess = recognise(there[start:], heading)
            if guess is not None:
                return guess
        return None

    # scales ------------------------------------------------------------------------------

    def _kept(self, settled: Settled, place: int, guess: Guess | None) -> Asked:
        """A question as settled; what is doubtful about it is kept."""
        if settled.doubt is not None:
            (self.faults if settled.blocks else self.doubts).append(settled.doubt)
        seen = guess.seen if guess else ()
        return Asked(place, settled.item, seen, settled.sure)

    def _settled(self, place: int, item: Item, origin: Origin) -> Asked:
        """A question that is known by its name."""
        guess, shown = self._guess(place), self.header[place]
        item, origin = self._known.elsewhere(item, origin)
        settled = self._settler.settle(item, origin, guess, scale_words.read(shown), shown)
        return self._kept(_in_column(settled, shown), place, guess)

    def _recognised(self, question: Question, guess: Guess, used: set[str]) -> Asked:
        """A column nobody described: what its name and answers say."""
        shown, heading = question.column, scale_words.read(question.column)
        item, origin = self._known.matching(question, used)
        if item is not None:
            wording = item.wording or question.wording
            item, origin = self._known.elsewhere(item, origin)
            settled = self._settler.settle(item, origin, guess, heading, shown)
            settled = replace(settled, item=replace(settled.item, wording=wording))
            return self._kept(_in_column(settled, shown), question.place, guess)
        item = Item(
            question.code,
            column=shown,
            role=question.role,
            dimension=question.dimension,
            wording=question.wording,
        )
        if questions.is_points(question):
            item = replace(with_scale(item, "0-100"), units=guess.units)
            return Asked(question.place, item, guess.seen)
        item, origin = self._known.elsewhere(item, "new")
        settled = self._settler.settle(item, origin, guess, heading, shown)
        return self._kept(settled, question.place, guess)

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
        told = {item.code for item in self.plan.items}
        found: list[Asked] = []
        for code, answers in cells.items():
            heading = scale_words.read(code)
            if heading.ends is None and score_at is not None:
                heading = scale_words.read(self.header[score_at])
            guess = recognise(answers, heading)
            usual = by_options(self.plan.options, Item(code))
            if code in known:
                item, origin = known[code], self._origin(code, known[code], told)
            elif usual is not None:
                item, origin = usual, "told"
            elif guess is not None:
                item, origin = Item(code), "new"
            else:
                continue
            one = self._kept(self._settler.settle(item, origin, guess, heading, code), -1, guess)
            if one.sure and not one.item.skip:
                known[code] = one.item
            found.append(one)
        asked = tuple(one for one in found if one.sure and not one.item.skip)
        unclear = tuple(one for one in found if not one.sure)
        return SurveyColumns("answers", asked, unclear, by_code=known)

    def _origin(self, code: str, item: Item, told: set[str]) -> Origin:
        if code in told:
            return "told"
        return "stored" if item in self.stored else "usual"

    def scores(self, score_at: int | None) -> SurveyColumns:
        """One score per customer: the overall question."""
        told = next((i for i in self.plan.items if i.role == OVERALL.role and not i.skip), None)
        known = next((item for item in self.known if item.code == OVERALL.code), OVERALL)
        item = by_options(self.plan.options, OVERALL) or told or known
        origin: Origin = "stored" if item in self.stored else "usual"
        if item not in (OVERALL, *self.stored):
            origin = "told"
        one = Asked(-1, item)
        if score_at is not None:
            shown = self.header[score_at]
            heading = scale_words.read(shown)
            guess = recognise([row[score_at] for row in self.rows], heading)
            if origin == "usual" and not is_alias(shown, OVERALL):
                origin = "role"
            settled = self._settler.settle(item, origin, guess, heading, shown)
            one = self._kept(replace(settled, blocks=True), -1, guess)
        return SurveyColumns(
            "scores", (one,) if one.sure else (), () if one.sure else (one,), overall=one.item
        )


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
            finder.doubts.clear()
    if shape == "answers":
        found = finder.answers(places.get("item_code"), places.get("score"))
    elif shape == "scores":
        found = finder.scores(places.get("score"))
    asked = tuple(replace(one, item=_pointed(one.item, plan, found)) for one in found.asked)
    faults, doubts = tuple(finder.faults), tuple(finder.doubts)
    return replace(found, asked=asked, from_wjx=finder.from_wjx, faults=faults, doubts=doubts)


def _fields(plan: Plan, places: Mapping[str, int]) -> set[int]:
    """Columns no question can be; 得分 beside questions is their sum unless the plan says so."""
    sums = {name for name in ANSWERS if name not in plan.columns}
    return {place for name, place in places.items() if name not in sums}


def _but(found: Sequence[Asked], others: Sequence[Asked]) -> list[Asked]:
    return [one for one in found if one not in others]


def _may_ask(guess: Guess, column: str) -> bool:
    """Whether figures can be answers: those on no scale at all are something else."""
    return not guess.figures or bool(guess.holding or scale_words.read(column).ends)


def _in_column(settled: Settled, shown: str) -> Settled:
    return replace(settled, item=replace(settled.item, column=shown))


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
