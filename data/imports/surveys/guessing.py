"""What the answers of a column look like (答案识别): figures or words, and which scales fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from data.imports.surveys.scale_words import Heading
from data.imports.terms.scales import NO_OPINION, SCALES, Reading, five_levels, plain, read

FIGURE_SCALES = ("1-5", "1-7", "0-10", "1-10", "0-100")
DECIMAL_SCALES = ("1-5/0.1", "0-100/0.1")
_SILENT = Heading()


@dataclass(frozen=True, slots=True)
class Guess:
    """What the answers of a column look like."""

    scale: str = ""
    """Name of the scale that holds them; empty where words fit none."""
    sure: bool = False
    """Nothing else fits; otherwise somebody has to say so."""
    units: bool = False
    """Figures carry a unit (9分)."""
    words: bool = False
    seen: tuple[str, ...] = ()
    """Some different answers, as written."""
    grades: frozenset[int] = frozenset()
    """Grades of words that stand without a figure."""
    families: frozenset[str] = frozenset()
    """What the words are about."""
    figures: tuple[tuple[float, int], ...] = ()
    """Figures seen, and in how many cells."""
    turned: bool | None = None
    """Words beside the figures say that less is better, or more; None where none stand there."""

    def within(self, least: float, most: float) -> bool:
        """Whether all figures lie between two scores."""
        return all(least <= figure <= most for figure, _cells in self.figures)

    def outside(self, least: float, most: float) -> float:
        """Share of the figures that do not."""
        total = sum(cells for _figure, cells in self.figures)
        off = sum(cells for figure, cells in self.figures if not least <= figure <= most)
        return off / total if total else 0

    @property
    def holding(self) -> tuple[str, ...]:
        """Scales that hold all figures; hundred only where ten would not do."""
        whole = all(figure == int(figure) for figure, _cells in self.figures)
        names = FIGURE_SCALES if whole else DECIMAL_SCALES
        scales = [SCALES[name] for name in names]
        fitting = [one.name for one in scales if self.within(one.minimum, one.maximum)]
        return tuple(name for name in fitting if name[:5] != "0-100" or len(fitting) == 1)


def recognise(answers: Iterable[str], heading: Heading = _SILENT) -> Guess | None:
    """The scale of a column from answers seen; None where they are no answers on a scale.

    Args:
        answers: cells of the column; empty ones and missing markers are passed over.
        heading: may say how many levels the words have.
    """
    seen = Counter(a.strip() for a in answers if a.strip())
    readings = {text: read(text) for text in seen if plain(text) not in NO_OPINION}
    known = [reading for reading in readings.values() if reading]
    if not known or len(known) < 0.8 * len(readings):
        return None
    shown = tuple(text[:40] for text in readings)[:8]
    grades = {reading.grade for reading in known if reading.grade}
    figures = Counter[float]()
    for text, reading in readings.items():
        if reading and reading.figure is not None:
            figures[reading.figure] += seen[text]
    families = frozenset(family for family, grade in grades if grade)
    if not figures:
        name, sure = _of_words(grades)
        if heading.levels in (5, 7):
            name, sure = f"words{heading.levels}", True
        levels = frozenset(grade for _family, grade in grades)
        return Guess(name, sure, words=True, seen=shown, grades=levels, families=families)
    units = sum(reading.written == "unit" for reading in known) * 2 >= len(known)
    guess = Guess(
        _of_figures(set(figures)),
        False,
        units,
        bool(grades),
        shown,
        families=families,
        figures=tuple(sorted(figures.items())),
    )
    return _labelled(guess, known, heading) if grades else guess


def _labelled(guess: Guess, known: list[Reading], heading: Heading) -> Guess:
    """Figures with words beside them: `5（非常满意）`, or `1（非常满意）` of a turned scale."""
    pairs = [(r.figure, r.grade[1]) for r in known if r.grade and r.figure is not None]
    for turned in (False, True):
        for scale in SCALES.values():
            ends = (scale.minimum, scale.maximum)
            if (
                scale.by_grade
                and heading.ends in (None, ends)
                and pairs
                and all(
                    scale.by_grade.get(grade) == (sum(ends) - figure if turned else figure)
                    for figure, grade in pairs
                )
            ):
                sure = {figure for figure, _grade in pairs} >= set(ends)
                decided = None if all(2 * figure == sum(ends) for figure, _g in pairs) else turned
                return Guess(
                    scale.name,
                    sure,
                    guess.units,
                    True,
                    guess.seen,
                    frozenset(),
                    guess.families,
                    guess.figures,
                    decided,
                )
    return guess


def _of_figures(figures: set[float]) -> str:
    """The narrowest scale that holds all figures; no proof of it."""
    least, most = min(figures), max(figures)
    broken = any(figure != int(figure) for figure in figures)
    if least >= 1 and most <= 5:
        return "1-5/0.1" if broken else "1-5"
    if broken:
        return "0-100/0.1" if most <= 100 else ""
    if least >= 1 and most <= 7:
        return "1-7"
    return "0-10" if most <= 10 else "0-100" if most <= 100 else ""


def _of_words(grades: set[tuple[str, int]]) -> tuple[str, bool]:
    """The likeliest scale of a set of words, and whether no other would do."""
    if len({family for family, grade in grades if grade}) > 1:
        return "", False
    used = {grade for _family, grade in grades}
    fitting = five_levels(used)
    if not fitting:
        return "words7", {1, 2, 3} <= used or {-1, -2, -3} <= used
    whole = {3, -3} <= used and len(used - {0}) == 4
    return fitting[0], whole and len(fitting) == 1
