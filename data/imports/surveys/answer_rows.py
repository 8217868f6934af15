"""Survey rows into answers (答卷展开): one staged row for each answer a row of the file holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from data.imports.files.cell import Cell
from data.imports.files.reading import Row
from data.imports.parsing import texts, values
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.parsing.parsed import Parsed, visible
from data.imports.surveys.respondents import Respondents
from data.imports.surveys.scale_words import AGREEING
from data.imports.surveys.settling import by_options
from data.imports.surveys.survey_columns import PASSED_OVER, SurveyColumns
from data.imports.terms import scales
from data.imports.terms.beyond import Understood
from data.imports.terms.plan import Item, OtherItem
from data.imports.terms.scales import SCALES
from errors import Issue
from models.enums import ItemRole

LONGEST_COMMENT = 2000


class Answers:
    """Reads the answers to one question; remembers which words its column uses."""

    def __init__(self, item: Item, manner: Manner, *, from_wjx: bool) -> None:
        self.item = item
        self._manner = replace(manner, words=dict(item.words)) if item.words else manner
        self._by_grade = SCALES[item.scale].by_grade if item.scale in SCALES else {}
        self._from_wjx = from_wjx
        self._used: dict[float, tuple[str, int]] = {}
        self._kind = ""
        """What was turned so far, figures or words."""

    def read(self, raw: str) -> float | None:
        """The score of one cell; None is no answer.

        Raises:
            Unreadable: it is no answer on the question's scale.
        """
        item = self.item
        if scales.plain(raw) in scales.NO_OPINION or (self._from_wjx and raw in PASSED_OVER):
            return None
        worded = raw.strip() in item.words
        if not worded and not isinstance(raw, Cell):
            reading = scales.read(raw)
            if reading is not None and reading.grade is not None and reading.figure is None:
                return self._worded(reading.grade)
            if reading is not None and reading.figure is not None and self._may(reading):
                raw = f"{reading.figure:g}"
        value = values.score(raw, self._manner, item.minimum, item.maximum, item.step)
        return value if worded or value is None else self._turned(value, "figures")

    def _worded(self, grade: tuple[str, int]) -> float:
        value = self._by_grade.get(grade[1])
        if value is None:
            raise Unreadable("word_not_on_scale" if self._by_grade else "not_a_score")
        if not scales.told_apart(self._used, value, grade):
            raise Unreadable("scale_mixed")
        self._used.setdefault(value, grade)
        return self._turned(value, "words") if grade[0] in AGREEING else float(value)

    def _turned(self, value: float, kind: str) -> float:
        """The score with more as the better; a column that is turned has one kind of answers."""
        if not self.item.reverse:
            return float(value)
        if self._kind not in ("", kind):
            raise Unreadable("scale_mixed")
        self._kind = kind
        return round(self.item.minimum + self.item.maximum - value, 6)

    def _may(self, reading: scales.Reading) -> bool:
        """Whether a figure with a unit or a word beside it counts as the figure."""
        if reading.written == "label":
            ends = self.item.minimum, self.item.maximum
            figure = reading.figure or 0
            figure = sum(ends) - figure if self.item.reverse else figure
            if reading.grade and not scales.agrees(figure, reading.grade[1], *ends):
                raise Unreadable("figure_against_word")
            return True
        return reading.written == "plain" or self.item.units


class AnswerRows:
    """Takes the answers out of the rows of one file."""

    def __init__(self, columns: Understood, manner: Manner, known_items: tuple[Item, ...]) -> None:
        survey = columns.beyond
        assert isinstance(survey, SurveyColumns)
        self._columns = columns
        self._manner = manner
        self._survey = survey
        self._readers: dict[str, Answers] = {}
        own = {item.code: item for item in known_items if not isinstance(item, OtherItem)}
        self._known = own | dict(survey.by_code)
        self._points = [
            item.code
            for _place, item in survey.items
            if item.role == ItemRole.IMPORTANCE and item.maximum == 100 and item.minimum == 0
        ]
        self._comments = self._comment_columns()
        self._respondents = Respondents(columns, columns.free.items())
        self._told_unclear = not survey.unclear
        self.used: dict[str, Item] = {}
        """Questions answered in the file."""

    def expand(self, done: Parsed, found: dict[str, Any], row: Row) -> Iterator[dict[str, Any]]:
        """The staged rows of one response; a row without any answer stays one row."""
        self._tell_unclear(done)
        self._respondents.identify(found, row)
        self._join_comments(done, found, row)
        answers = list(self._answers(done, found, row))
        self._check_points(done, answers)
        for item, score in answers:
            self.used.setdefault(item.code, item)
            yield {**found, "item_code": item.code, "value": score}
        if not answers:
            yield {**found, "item_code": None, "value": None}

    def _answers(
        self, done: Parsed, found: Mapping[str, Any], row: Row
    ) -> Iterator[tuple[Item, float]]:
        asked = [
            (item, row.cells[place], item.column or item.code) for place, item in self._survey.items
        ]
        if self._columns.has("score") and found["score"] is not None:
            item = self._item_of(done, found["item_code"])
            place = self._columns.places.get("score")
            raw = str(found["score"]) if place is None else row.cells[place]
            asked += [(item, raw, self._columns.shown["score"])] if item else []
        for item, raw, shown in asked:
            if not raw and not isinstance(raw, Cell):
                continue
            try:
                value = self._reader(item).read(raw)
            except Unreadable as problem:
                fault = Issue(problem.reason, shown, done.line, visible(raw), problem.detail)
                done.faults.append(fault)
                continue
            if value is not None:
                yield item, value
            elif raw.strip():
                done.notes.append(Issue("no_answer", shown, done.line, visible(raw)))

    def _reader(self, item: Item) -> Answers:
        reader = self._readers.get(item.code)
        if reader is None:
            reader = Answers(item, self._manner, from_wjx=self._survey.from_wjx)
            self._readers[item.code] = reader
        return reader

    def _item_of(self, done: Parsed, code: str | None) -> Item | None:
        if code is None:
            return self._survey.overall
        if code in self._known:
            return self._known[code]
        options = self._columns.plan.options
        usual = by_options(options, Item(code))
        if usual is not None:
            self._known[code] = usual
        else:
            shown = self._columns.shown["item_code"]
            done.faults.append(Issue("unknown_item", shown, done.line, code))
            return None
        return self._known[code]

    def _tell_unclear(self, done: Parsed) -> None:
        """Once: columns that look like questions and were left out."""
        if self._told_unclear:
            return
        self._told_unclear = True
        done.notes += [
            Issue("question_left_out", one.item.column or one.item.code, done.line, one.seen[0])
            for one in self._survey.unclear
        ]

    # free text ---------------------------------------------------------------------------

    def _comment_columns(self) -> list[tuple[int, str]]:
        """(position, heading) of free text beyond the one comment column."""
        more = [(place, item.wording or item.column) for place, item in self._survey.comments]
        first = self._columns.places.get("comment")
        if first is not None and more:
            more = [(first, self._columns.shown["comment"]), *more]
        return [(place, heading if len(more) > 1 else "") for place, heading in more]

    def _join_comments(self, done: Parsed, found: dict[str, Any], row: Row) -> None:
        parts = []
        for place, heading in self._comments:
            text = " ".join(texts.cleaned(row.cells[place]).split())
            if text and scales.plain(text) not in scales.NO_OPINION and text not in PASSED_OVER:
                parts.append(f"{heading}: {text}" if heading else text)
        if not parts:
            return
        joined = " | ".join(parts)
        if len(joined) > LONGEST_COMMENT:
            shown = self._columns.shown["comment"]
            detail = {"longest": LONGEST_COMMENT}
            done.faults.append(Issue("value_too_long", shown, done.line, visible(joined), detail))
            return
        found["comment"] = joined

    # points ------------------------------------------------------------------------------

    def _check_points(self, done: Parsed, answers: list[tuple[Item, float]]) -> None:
        """Points a respondent gives to the dimensions make 100."""
        given = [score for item, score in answers if item.code in self._points]
        if len(self._points) < 2 or len(given) < len(self._points):
            return
        if abs(sum(given) - 100) > 1e-6:
            columns = [item.column for _p, item in self._survey.items if item.code in self._points]
            done.faults.append(
                Issue("points_not_100", " / ".join(columns), done.line, f"{sum(given):g}")
            )
