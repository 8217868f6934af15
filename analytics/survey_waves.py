"""Which survey speaks for the company (主调查与代表期次): main survey, complete waves, headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.metric import Metric

COVERAGE = Metric(
    key="wave_coverage",
    en="Share of active customers that answered",
    unit="ratio",
    better="higher",
    formula="(active customers that answered + anonymous answers) ÷ active customers, at most 1",
    source="ours",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a survey reached up to a date."""

    survey_id: int
    code: str
    has_index: bool
    """It asks satisfaction items."""
    customers: int
    """Different customers whose answers to any wave of it count."""
    answers: int = 1
    """Answers that count, the anonymous ones too."""


@dataclass(frozen=True, slots=True)
class WaveAnswers:
    """What was answered in one wave up to a date."""

    wave_id: int
    survey_id: int
    starts_on: date
    answers: int
    """Counted answers, the anonymous ones too."""
    customers: int
    """Different customers that gave them."""
    active: int
    """Of those customers, the active ones."""
    anonymous: int
    """Counted answers nobody signed."""
    responses: int = 0
    """All responses, with those that answered too little to count."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a wave needs to speak for the company."""

    least_answers: int
    least_share: float
    """Of the active customers, 0–1."""
    active: int
    """Active customers there are."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a wave is complete enough, and what it lacks."""

    share: float
    """See `COVERAGE`; NaN where no customer is active, and then it is not asked for."""
    lacks: tuple[str, ...]
    """"answers", "share"; empty = complete."""

    @property
    def complete(self) -> bool:
        """Nothing is lacking."""
        return not self.lacks


def measures(*, has_index: bool, has_gaps: bool, has_items: bool) -> str:
    """What a survey measures: "index", "gaps" (SERVQUAL alone), "weightless" or "other".

    Args:
        has_index: it asks satisfaction items that have a weight.
        has_gaps: it asks how service was perceived.
        has_items: it asks satisfaction items, whatever they weigh.
    """
    if has_index:
        return "index"
    return "gaps" if has_gaps else "weightless" if has_items else "other"


def main_survey(reached: Sequence[Reach], wanted: str = "") -> Reach | None:
    """The survey customers and the company are judged by; None where none was answered.

    Surveys some answer of which counts go first, of them those that have a satisfaction index,
    then the one whose answers cover most customers, then the lowest id. The one that the
    settings name leads even where every response answered too little to count.

    Args:
        reached: of every survey answered.
        wanted: code of the one the settings name; empty, or unknown, is automatic.

    Source: ours.
    """
    named = [each for each in reached if wanted and each.code == wanted]
    ranked = sorted(
        reached, key=lambda r: (not r.answers, not r.has_index, -r.customers, r.survey_id)
    )
    return next(iter(named or ranked), None)


def judge(wave: WaveAnswers, rule: Rule) -> Judged:
    """Whether a wave may be the headline.

    An anonymous answer may be anybody's: for coverage it stands for one active customer.

    Source: ours.
    """
    share = min((wave.active + wave.anonymous) / rule.active, 1.0) if rule.active else np.nan
    lacks = []
    if wave.answers < rule.least_answers:
        lacks.append("answers")
    if share < rule.least_share:
        lacks.append("share")
    return Judged(share, tuple(lacks))


def headline(waves: Sequence[WaveAnswers], survey_id: int, rule: Rule) -> WaveAnswers | None:
    """The newest wave of a survey that is complete enough, else the newest with any answer.

    Where no response of it counts, the newest that any came back from.

    Waves follow one another by the day they began, then by number.

    Args:
        waves: of any surveys.
        survey_id: the main one.
        rule: what a wave needs.

    Source: ours.
    """
    mine = [wave for wave in waves if wave.survey_id == survey_id]
    mine.sort(key=lambda wave: (wave.starts_on, wave.wave_id), reverse=True)
    some = [wave for wave in mine if wave.answers]
    whole = [wave for wave in some if judge(wave, rule).complete]
    return next(iter(whole or some or mine), None)
