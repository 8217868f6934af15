"""Survey results on screen (满意度界面): counts of answers turned into what charts are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.satisfaction import mean_interval
from analytics.servqual import DIMENSIONS, importance_performance, weighted_gap
from analytics.survey_counts import (
    DimensionResult,
    ItemResult,
    SatisfiedShare,
    dimension_results,
    index_scales,
    item_result,
    net_promoter_of_answers,
    satisfied_share,
)
from analytics.survey_waves import measures
from components.charts.shapes import Bar, Levels, Point
from components.tables import Column
from words import formats, vocabulary
from words.i18n import _
from words.text import shorten

SEVEN, FIVE = 7, 5


@dataclass(frozen=True, slots=True)
class Results:
    """The answers of one wave by question; an item has a code, role, weight and scale."""

    items: tuple[Any, ...]
    """What the wave asked, answered or not."""
    counts: dict[int, dict[float, int]]
    leading: Mapping[str, int] = field(default_factory=dict)
    """Role → the question that speaks for it in the wave, see `data.queries.surveys`."""

    def of(self, item: Any) -> ItemResult:
        """The result of one question."""
        scale = (item.low, item.high)
        return item_result(self.counts.get(item.id, {}), scale=scale, step=item.step)

    def role(self, role: str) -> list[Any]:
        """The questions of one role that were answered at all."""
        return [i for i in self.items if i.role == role and self.counts.get(i.id)]

    def dimensions(self, role: str = "satisfaction") -> tuple[DimensionResult, ...]:
        """Weighted means per dimension of one role."""
        asked = self.role(role)
        return dimension_results(
            [i.dimension for i in asked], [self.of(i) for i in asked], [i.weight for i in asked]
        )

    def first(self, role: str) -> Any:
        """The question that speaks for a role in the wave; None where nobody was asked it."""
        return next((i for i in self.items if i.id == self.leading.get(role)), None)

    def nps(self, confidence: float) -> Any:
        """NPS of the question that speaks for it; None where it was not asked."""
        asked = self.first("nps")
        if asked is None:
            return None
        return net_promoter_of_answers(self.counts.get(asked.id, {}), confidence=confidence)

    def satisfied(self, index: Any, confidence: float) -> SatisfiedShare:
        """Who is satisfied, of the respondents with these indices; see `satisfied_share`."""
        overall = self.first("overall")
        return satisfied_share(
            self.of(overall) if overall else None, index, self.scales(), confidence=confidence
        )

    def scales(self) -> list[tuple[float, float, float, float]]:
        """Weight, ends and step of the questions the index is made of."""
        return index_scales([(i.role, i.weight, i.low, i.high, i.step) for i in self.items])

    @property
    def measures(self) -> str:
        """What the wave measures, see `survey_waves.measures`."""
        roles = {item.role for item in self.items}
        return measures(
            has_index=bool(self.scales()),
            has_gaps="perception" in roles,
            has_items="satisfaction" in roles,
        )


def results(
    items: Sequence[Any],
    counted: Iterable[tuple[int, float, int]],
    leading: Mapping[str, int] | None = None,
) -> Results:
    """Results from (item, answer, how often) and the questions that lead in the wave.

    Without those named, the first that was answered here leads.
    """
    counts: dict[int, dict[float, int]] = {}
    for item, answer, number in counted:
        counts.setdefault(item, {})[answer] = number
    if leading is None:
        answered = [item for item in items if counts.get(item.id)]
        named = [i for i in answered if i.role == "nps" and (i.low, i.high) == (0, 10)]
        roles = {"overall": [i for i in answered if i.role == "overall"], "nps": named}
        leading = {role: found[0].id for role, found in roles.items() if found}
    return Results(tuple(items), counts, leading)


def level_names(size: int) -> list[str]:
    """The levels of a 5 or 7 level scale in words, worst first; else numbers."""
    words = [vocabulary.label("satisfaction", str(k)) for k in range(1, SEVEN + 1)]
    if size == SEVEN:
        return words
    if size == FIVE:
        return [words[0], words[1], words[3], words[5], words[6]]
    return [str(k + 1) for k in range(size)]


def distributions(found: Results) -> tuple[list[Levels], list[str]]:
    """Questions on satisfaction by level, weakest first, and the names of the levels.

    Questions whose scale has another number of levels than the commonest are left out.
    """
    asked = [(i, found.of(i)) for i in (*found.role("overall"), *found.role("satisfaction"))]
    sizes = [len(result.levels) for _item, result in asked]
    if not sizes:
        return [], []
    size = max(set(sizes), key=sizes.count)
    same = [(i, r) for i, r in asked if len(r.levels) == size]
    same.sort(key=lambda pair: pair[1].index)
    rows = [Levels(i.code, f"{i.code} {shorten(i.wording, 20)}", r.levels) for i, r in same]
    return rows, level_names(size)


def gap_rings(found: Results) -> tuple[list[str], list[float], list[float]]:
    """SERVQUAL: dimensions, expectation and perception on the scale of the answers.

    Nothing where the scales differ: no answer can be taken from one on another scale.
    """
    if different_scales(found):
        return [], [], []
    expected = {d.dimension: d.mean for d in found.dimensions("expectation")}
    perceived = {d.dimension: d.mean for d in found.dimensions("perception")}
    both = [d for d in expected if d in perceived]
    both.sort(key=lambda d: DIMENSIONS.index(d) if d in DIMENSIONS else len(DIMENSIONS))
    return both, [expected[d] for d in both], [perceived[d] for d in both]


def different_scales(found: Results) -> bool:
    """Whether what was expected and what was perceived were answered on different scales."""
    both = (*found.role("expectation"), *found.role("perception"))
    return len({(item.low, item.high) for item in both}) > 1


def gap(found: Results) -> float | None:
    """The mean gap perception − expectation over the dimensions; None where not asked.

    Weighted by points of importance where there are some, else every dimension counts alike.
    A dimension of the survey that nobody answered is left out, unless it and its like have
    more than 40 % of the points: then there is no mean gap.
    """
    answered, expected, perceived = gap_rings(found)
    if not answered:
        return None
    gaps = dict(zip(answered, np.array(perceived) - np.array(expected), strict=True))
    asked = {
        role: {i.dimension for i in found.items if i.role == role}
        for role in ("expectation", "perception")
    }
    dimensions = sorted(asked["expectation"] & asked["perception"])
    each = [gaps.get(dimension, np.nan) for dimension in dimensions]
    mean = weighted_gap(each, _points(found, dimensions))
    return None if np.isnan(mean) else mean


def _points(found: Results, dimensions: Sequence[str]) -> Any:
    """Points of the dimensions: 100 shared by the survey, or the means of those respondents gave.

    Weights of items that do not make 100 are no points; without points all are 1.
    """
    shared: dict[str, float] = {}
    for item in found.items:  # answered or not: a question nobody answered takes no points away
        if item.role == "perception":
            shared[item.dimension] = shared.get(item.dimension, 0.0) + item.weight
    if abs(sum(shared.values()) - 100) < 1e-6:
        return np.array([shared[d] for d in dimensions])
    asked = [i for i in found.role("importance") if (i.low, i.high) == (0, 100)]
    given = {i.dimension: found.of(i).mean for i in asked}
    if set(given) >= set(dimensions) and sum(given.values()) > 0:
        return np.array([given[d] for d in dimensions])
    return np.ones(len(dimensions))


def importances(found: Results) -> tuple[list[Point], tuple[float, float], dict[str, str]]:
    """Satisfaction (x) against importance (y) of the questions, 0–100.

    Importance is what was said about the question itself (same number, same dimension), else
    about its dimension, else its weight. Returns points, the two cuts, and the quadrant by
    code of the question.
    """
    asked = found.role("satisfaction")
    said = {(i.dimension, _number(i.code)): found.of(i).index for i in found.role("importance")}
    by_dimension = {d.dimension: d.index for d in found.dimensions("importance")}
    heaviest = max((i.weight for i in asked), default=0) or 1

    def importance(item: Any) -> float:
        own = said.get((item.dimension, _number(item.code)), by_dimension.get(item.dimension))
        return own if own is not None else item.weight / heaviest * 100

    x = [found.of(i).index for i in asked]
    y = [importance(i) for i in asked]
    if not asked:
        return [], (np.nan, np.nan), {}
    placed = importance_performance(y, x)
    points = [
        Point(i.code, i.code, a, b, note=shorten(i.wording, 40))
        for i, a, b in zip(asked, x, y, strict=True)
    ]
    quadrants = {i.code: str(q) for i, q in zip(asked, placed.quadrant, strict=True)}
    return points, (placed.performance_line, placed.importance_line), quadrants


@dataclass(frozen=True, slots=True)
class GroupIndex:
    """The index of some responses; None where there are too few to say."""

    code: str
    index: float | None
    low: float
    high: float
    n: int


def by_group(
    codes: Sequence[str], index: Sequence[float], *, least: int, confidence: float
) -> list[GroupIndex]:
    """The index per group with its interval; groups below `least` answers are suppressed."""
    found = []
    values = np.asarray(index, dtype=np.float64)
    labels = np.asarray(codes, dtype=object)
    for code in dict.fromkeys(codes):
        mine = values[labels == code]
        centre, low, high = mean_interval(mine, confidence=confidence)
        few = len(mine) < least
        found.append(GroupIndex(str(code), None if few else centre, low, high, len(mine)))
    return found


def lowest(groups: Sequence[GroupIndex], labels: Sequence[str]) -> tuple[float, str] | None:
    """Index and label of the least satisfied group that is shown; None where none is."""
    shown = [
        (g.index, label) for g, label in zip(groups, labels, strict=True) if g.index is not None
    ]
    return min(shown, default=None)


def group_bars(groups: Sequence[GroupIndex], labels: Sequence[str]) -> list[Bar]:
    """A bar per group with its number of answers; suppressed ones have none."""
    bars = []
    for group, label in zip(groups, labels, strict=True):
        note = (
            _("too few answers to show") if group.index is None else interval(group.low, group.high)
        )
        words = _("{label} (n={n})", label=label, n=group.n)
        bars.append(Bar(group.code, words, group.index, note))
    return bars


def interval(low: float, high: float, *, ratio: bool = False) -> str:
    """An interval as text: 78.1–82.4; an em dash where it is undefined."""
    if formats.is_missing(low) or formats.is_missing(high):
        return formats.NONE
    if ratio:
        return f"{formats.number(low * 100)}–{formats.ratio(high, digits=0)}"
    return f"{formats.score(low)}–{formats.score(high)}"


def low_columns(*, everybody: bool) -> list[Column]:
    """Columns of the list of low scorers."""
    columns = [
        Column("name", _("Customer"), "button", width=225, pinned=True),
        Column("tier", _("Tier"), "badge", words="tier"),
        Column("index", _("Index"), "score", sort="index"),
        Column("comment", _("Comment"), width=420),
        Column("sales", _("Sales"), "money", sort="sales"),
        Column("answered_on", _("Answered on"), "date", sort="answered_on"),
        Column("respondent", _("Respondent")),
        Column("supervised", _("Task open"), "flag"),
    ]
    if everybody:
        columns.insert(6, Column("owner", _("Manager")))
    return columns


def _number(code: str) -> str:
    """The digits at the end of a question's code: Q01 and I01 belong together."""
    found = re.search(r"(\d+)$", code)
    return found.group(1).lstrip("0") if found else code
