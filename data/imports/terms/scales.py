"""Answer scales (量表): figures, words in five and seven levels, and which of them a column uses.

A word is worth what its scale says, and words alone do not always tell the scale: 满意 is the
best answer of 满意…不满意, the second best of 非常满意…非常不满意 and the second best of seven.
Every word therefore has a grade, a column has a scale, and a column that uses more grades
than its scale has levels is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from data.imports.files.headers import INVISIBLE


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale by name: its ends, its step, and what each grade of words is worth on it."""

    name: str
    minimum: float
    maximum: float
    step: float = 1
    by_grade: Mapping[int, float] = field(default_factory=dict)
    """Grade (3 = very … 0 = neutral … −3 = very not) → score; empty for figures only."""


SCALES = {
    scale.name: scale
    for scale in (
        Scale("1-5", 1, 5),
        Scale("1-7", 1, 7),
        Scale("0-10", 0, 10),
        Scale("1-10", 1, 10),
        Scale("0-100", 0, 100),
        Scale("1-5/0.1", 1, 5, 0.1),
        Scale("0-100/0.1", 0, 100, 0.1),
        Scale("words5", 1, 5, 1, {3: 5, 2: 4, 1: 4, 0: 3, -1: 2, -2: 2, -3: 1}),
        Scale("words5plain", 1, 5, 1, {2: 5, 1: 4, 0: 3, -1: 2, -2: 1}),
        Scale("words5uneven", 1, 5, 1, {3: 5, 2: 4, 1: 4, 0: 3, -1: 2, -2: 1}),
        Scale("words7", 1, 7, 1, {3: 7, 2: 6, 1: 5, 0: 4, -1: 3, -2: 2, -3: 1}),
    )
}


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


NO_OPINION = frozenset(
    _words(
        "不适用 不清楚 不了解 不知道 说不清 未使用 未使用过 没有使用过 无法评价 未接触 跳过 "
        "(跳过) (空) don'tknow notapplicable noanswer noopinion skipped"
    )
)
"""Answers that say there is no answer, as `plain` writes them."""

_VERY = _words("非常 很 十分 极其 极为 极 完全 特别")
_SLIGHTLY = _words("较 比较 基本 有点 有些 还算 稍微 部分")
_NOT_QUITE = _words("不太 不怎么 不是很 较不 比较不 有点不 有些不 稍微不 部分不")
_STEMS = _words("满意 同意 认同 赞同 符合 重要 容易 轻松 愿意 可能")
_OPPOSITES = (("好", "差"), ("容易", "困难"), ("容易", "难"), ("高", "低"))
_EN_VERY = _words("very extremely completely highly totally strongly")
_EN_SLIGHTLY = _words("somewhat fairly slightly mostly rather partly")
_EN_OPPOSITES = (
    ("satisfied", "dissatisfied"),
    ("satisfied", "unsatisfied"),
    ("agree", "disagree"),
    ("easy", "difficult"),
    ("easy", "hard"),
    ("likely", "unlikely"),
    ("good", "poor"),
    ("good", "bad"),
    ("important", "unimportant"),
)
_NEUTRAL = _words(
    "一般 中立 普通 尚可 还可以 还行 无所谓 中等 一般般 不确定 不一定 既不满意也不不满意 "
    "既不同意也不反对 neutral undecided average fair ok okay neithersatisfiednordissatisfied "
    "neitheragreenordisagree neithereasynordifficult neitherlikelynorunlikely"
)
_OTHERS = {
    "优秀": ("好", 3),
    "excellent": ("good", 3),
    "良好": ("好", 2),
    "强烈同意": ("同意", 3),
    "强烈反对": ("同意", -3),
    "反对": ("同意", -2),
    "强烈不同意": ("同意", -3),
    "极不满意": ("满意", -3),
}
_SIMPLER = str.maketrans("滿較點極為認贊輕鬆願難無謂還適瞭說", "满较点极为认赞轻松愿难无谓还适了说")
_FIGURE = r"[0-9]{1,3}(?:\.[0-9]{1,2})?"
_UNIT = re.compile(rf"({_FIGURE}) ?(?:分|星|级|points?|pts?|stars?)", re.IGNORECASE)
_FIGURE_WORD = re.compile(
    rf"({_FIGURE}) ?分? ?[-–—:：.、=(（\[] ?([^\W\d].*?) ?[)）\]]?", re.DOTALL
)
_WORD_FIGURE = re.compile(rf"([^\W\d].*?) ?[(（\[:：=—–-] ?({_FIGURE}) ?分? ?[)）\]]?", re.DOTALL)
_LETTER = re.compile(r"[A-Ga-g] ?[.、．:：] ?(?=\S)")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """An answer as words are compared: width, case, spaces and script do not matter."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(_SIMPLER)
    return "".join(seen.split()).casefold().rstrip(".。!！;；,，").replace("’", "'")


def _lexicon() -> Iterator[tuple[str, tuple[str, int]]]:
    """(word, (family, grade)) of every word we know."""
    for stem in _STEMS:
        yield stem, (stem, 2)
        yield f"不{stem}", (stem, -2)
        yield from ((very + stem, (stem, 3)) for very in _VERY)
        yield from ((slight + stem, (stem, 1)) for slight in _SLIGHTLY)
        yield from ((not_quite + stem, (stem, -1)) for not_quite in _NOT_QUITE)
        yield from ((f"{very}不{stem}", (stem, -3)) for very in _VERY)
    for best, worst in _OPPOSITES:
        yield from ((best, (best, 2)), (worst, (best, -2)), (f"不{best}", (best, -2)))
        yield from ((f"不太{best}", (best, -1)), (f"还{best}", (best, 1)))
        for very in _VERY:
            yield from ((very + best, (best, 3)), (very + worst, (best, -3)))
        for slight in _SLIGHTLY:
            yield from ((slight + best, (best, 1)), (slight + worst, (best, -1)))
    for best, worst in _EN_OPPOSITES:
        yield from ((best, (best, 2)), (worst, (best, -2)), (f"not{best}", (best, -2)))
        yield f"notatall{best}", (best, -3)
        for very in _EN_VERY:
            yield from ((very + best, (best, 3)), (very + worst, (best, -3)))
        for slight in _EN_SLIGHTLY:
            yield from ((slight + best, (best, 1)), (slight + worst, (best, -1)))
    yield from ((word, ("", 0)) for word in _NEUTRAL)
    yield from _OTHERS.items()


GRADES: dict[str, tuple[str, int]] = dict(_lexicon())
"""Word, as `plain` writes it → (what it is about, grade)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says: a figure, a word of some grade, or both."""

    figure: float | None = None
    grade: tuple[str, int] | None = None
    written: str = "plain"
    """plain, unit (9分) or label (5 - 非常满意)."""


@lru_cache(maxsize=20_000)
def read(raw: str) -> Reading | None:
    """The figure and the word a cell holds; None where it is no answer on any scale."""
    bare = " ".join(raw.split())
    if re.fullmatch(_FIGURE, bare):
        return Reading(float(bare))
    word = plain(_LETTER.sub("", bare, count=1))
    if word in GRADES:
        return Reading(grade=GRADES[word])
    unit = _UNIT.fullmatch(bare)
    if unit:
        return Reading(float(unit[1]), written="unit")
    before = _FIGURE_WORD.fullmatch(bare)
    if before:
        return Reading(float(before[1]), GRADES.get(plain(before[2])), "label")
    after = _WORD_FIGURE.fullmatch(bare)
    if after and plain(after[1]) in GRADES:
        return Reading(float(after[2]), GRADES[plain(after[1])], "label")
    return None


def agrees(figure: float, grade: int, low: float, high: float) -> bool:
    """Whether a figure with a word beside it means the same by both (1 is not 非常满意)."""
    fitting = [s for s in SCALES.values() if s.by_grade and (s.minimum, s.maximum) == (low, high)]
    if fitting:
        return any(scale.by_grade.get(grade) == figure for scale in fitting)
    return (figure - (low + high) / 2) * grade >= 0


def five_levels(used: Iterable[int]) -> list[str]:
    """The five-level scales that may use these grades, the commonest first.

    Those that give every one of the grades the same score count once.
    """
    up = {grade for grade in used if grade > 0}
    down = {-grade for grade in used if grade < 0}
    fits = {
        "words5": _side(up) and _side(down),
        "words5plain": up <= {1, 2} and down <= {1, 2},
        "words5uneven": up <= {1, 3} and down <= {1, 2},
    }
    worth = {
        name: tuple(SCALES[name].by_grade[grade] for grade in sorted({*used, 0}))
        for name, fitting in fits.items()
        if fitting
    }
    return [name for name in worth if name == next(n for n in worth if worth[n] == worth[name])]


def _side(grades: set[int]) -> bool:
    """Whether one side of 非常满意 … 非常不满意 may use these grades."""
    return not {1, 2} <= grades


def turned(words: Mapping[str, float], least: float, most: float) -> bool:
    """Whether a stored scale says that files have it the other way round: `1=5; 5=1`."""
    return words.get(f"{least:g}") == most and words.get(f"{most:g}") == least


def turning(least: float, most: float) -> dict[str, float]:
    """The words by which a stored scale says so."""
    return {f"{least:g}": most, f"{most:g}": least}


def told_apart(seen: Mapping[float, tuple[str, int]], value: float, grade: tuple[str, int]) -> bool:
    """Whether a word may follow those a column used: one grade per step, one family in all."""
    if seen.get(value, grade)[1] != grade[1]:
        return False
    families = {family for family, _grade in seen.values()} | {grade[0]}
    return len(families - {""}) <= 1
