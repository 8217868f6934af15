"""The figures of the satisfaction page (满意度指标), with intervals and n."""

from __future__ import annotations

import streamlit as st

from analytics.daily_work import SALES_ANSWERED, WORST_DIMENSION
from analytics.proportions import NPS, RESPONSE_RATE, TOP_TWO_BOX, response_rate
from analytics.satisfaction import CSI
from analytics.servqual import SERVQUAL_GAP
from components import cards, survey_view
from data import load
from data.queries import overview
from data.queries.satisfaction import WaveInfo
from pages.voice.results import View
from words import formats, vocabulary
from words.i18n import _
from words.text import md_escape


def tiles(view: View) -> None:
    """The figures of the wave against the wave before, and their course."""
    csi, low, high = view.index(view.wave.id)
    course = [view.index(wave.id)[0] for wave in view.waves]
    before = view.index(view.before.id)[0] if view.before else None
    mine = view.counted(view.wave.id)["index"]
    below = view.policy.satisfaction_low
    few = len(view.low())
    sure = _sure(view.rests_on(), low, high)
    cards.row(
        cards.Tile(
            CSI, csi, before, note=sure if view.has_index else view.no_index(), trend=course
        ),
        satisfied(view),
        recommended(view),
        answered(view),
    )
    cards.row(
        weakest(view),
        gap(view),
        sales(view),
        cards.Tile(
            CSI,
            few if view.has_index else None,
            label=_("Responses below {score}", score=formats.score(below, digits=0)),
            text=formats.count(few) if view.has_index else None,
            note=_("of {n} responses", n=len(mine)),
        ),
    )
    sure = formats.ratio(view.policy.satisfaction_confidence, digits=0)
    st.caption(_("Ranges are {sure} intervals; changes are against the previous wave.", sure=sure))


def satisfied(view: View) -> cards.Tile:
    """Respondents in the top two levels, Wilson interval."""
    sure = view.policy.satisfaction_confidence
    shares = [
        view.every[wave.id].satisfied(view.counted(wave.id)["index"].to_numpy(), sure)
        for wave in view.waves
    ]
    now = shares[-1]
    people = _("{n} respondents", n=formats.count(now.n))
    return cards.Tile(
        TOP_TWO_BOX,
        now.share,
        shares[-2].share if view.before else None,
        note=_sure(people, now.low, now.high, ratio=True),
        trend=[each.share for each in shares],
    )


def recommended(view: View) -> cards.Tile:
    """NPS with the adjusted interval, which holds on small samples."""
    scores = [result.nps(view.policy.satisfaction_confidence) for result in _course(view)]
    now = scores[-1]
    if now is None:
        return cards.Tile(NPS, None)
    before = scores[-2] if view.before else None
    return cards.Tile(
        NPS,
        now.nps,
        before.nps if before else None,
        change="difference",
        note=_sure(
            _("{n} respondents", n=formats.count(now.n)), now.adjusted_low, now.adjusted_high
        ),
        trend=[score.nps for score in scores if score is not None],
    )


def answered(view: View) -> cards.Tile:
    """Response rate; how many were asked is known for all customers together only."""
    if view.narrowed:
        return cards.Tile(RESPONSE_RATE, None, note=_("known for all customers together only"))
    rates = [_rate(view, wave) for wave in view.waves]
    taken = view.takings.get(view.wave.id)
    numbers = {"n": taken.answered if taken else 0, "asked": view.wave.asked}
    if view.wave.asked is None:
        said = _("{n} answered; how many were asked is not recorded", **numbers)
    elif rates[-1] is None:
        said = _("{n} answered, but {asked} were asked as recorded", **numbers)
    else:
        said = _("{n} of {asked}", **numbers)
    return cards.Tile(
        RESPONSE_RATE,
        rates[-1],
        rates[-2] if view.before else None,
        note=said,
        trend=[rate for rate in rates if rate is not None],
    )


def weakest(view: View) -> cards.Tile:
    """The dimension with the lowest index."""
    ranked = sorted(view.found.dimensions(), key=lambda d: d.index)
    if not ranked:
        return cards.Tile(WORST_DIMENSION, None)
    worst, past = ranked[0], view.found_before
    earlier = {d.dimension: d.index for d in past.dimensions()} if past else {}
    return cards.Tile(
        WORST_DIMENSION,
        worst.index,
        earlier.get(worst.dimension),
        note=md_escape(vocabulary.label("rater", worst.dimension)),
    )


def gap(view: View) -> cards.Tile:
    """SERVQUAL: perception less expectation; two decimals, as gaps are small."""
    if survey_view.different_scales(view.found):
        why = _("expectation and perception are on different scales")
        return cards.Tile(SERVQUAL_GAP, None, note=why)
    now = survey_view.gap(view.found)
    past = survey_view.gap(view.found_before) if view.found_before else None
    if now is None:
        return cards.Tile(SERVQUAL_GAP, None)
    said = _("previous wave {score}", score=formats.number(past, 2)) if past is not None else None
    return cards.Tile(SERVQUAL_GAP, now, text=formats.number(now, 2), note=said)


def sales(view: View) -> cards.Tile:
    """The share of the sales held by those who answered."""
    total = load.ask(overview.totals, view.chosen, view.user.scope, (view.as_of,))
    all_sales = total[0].sales if total else 0
    taken = view.takings.get(view.wave.id)
    if taken is None or all_sales <= 0:
        return cards.Tile(SALES_ANSWERED, None)
    return cards.Tile(
        SALES_ANSWERED, taken.sales / all_sales, note=_("{n} customers", n=taken.customers)
    )


def _course(view: View) -> list[survey_view.Results]:
    return [view.every[wave.id] for wave in view.waves]


def _rate(view: View, wave: WaveInfo) -> float | None:
    """Of those asked; None where that is not recorded, or not all of them."""
    taken = view.takings.get(wave.id)
    answered = taken.answered if taken else 0
    if not wave.asked or answered > wave.asked:
        return None
    return float(response_rate(answered, wave.asked))


def _sure(people: str, low: float, high: float, *, ratio: bool = False) -> str:
    return f"{survey_view.interval(low, high, ratio=ratio)} · n = {people}"
