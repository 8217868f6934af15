"""The figures of the satisfaction page (满意度指标), with intervals and n."""

from __future__ import annotations

from analytics.daily_work import SALES_ANSWERED, WORST_DIMENSION
from analytics.proportions import NPS, RESPONSE_RATE, TOP_TWO_BOX, response_rate
from analytics.satisfaction import CSI
from analytics.servqual import SERVQUAL_GAP
from analytics.survey_counts import satisfied_share
from components import cards, formats, survey_view
from components import vocabulary as words
from components.i18n import _
from components.text import md_escape
from data import load
from data.queries import overview
from pages.voice.results import View


def tiles(view: View) -> None:
    """The figures of the wave against the wave before."""
    now, past = view.wave.id, view.before.id if view.before else None
    csi, low, high, n = view.index(now)
    period = _("vs previous wave")
    sure = formats.ratio(view.policy.satisfaction_confidence, digits=0)
    cards.row(
        cards.Tile(
            CSI, csi, view.index(past)[0] if past else None, _with(period, n, (low, high), sure),
            [view.index(wave.id)[0] for wave in view.waves],
        ),
        _satisfied(view, period, sure),
        _nps(view, period, sure),
        _rate(view, period),
    )  # fmt: skip
    ranked = sorted(view.found.dimensions(), key=lambda d: d.index)
    earlier = {d.dimension: d.index for d in view.found_before.dimensions()} if past else {}
    worst = ranked[0] if ranked else None
    name = words.label("rater", worst.dimension) if worst else ""
    taken, all_sales = view.takings.get(now), _sales(view)
    below = view.policy.satisfaction_low
    few = int((view.responses.loc[view.responses["wave_id"] == now, "index"] < below).sum())
    cards.row(
        cards.Tile(
            WORST_DIMENSION, worst.index if worst else None,
            earlier.get(worst.dimension) if worst else None, f"{md_escape(name)} · {period}",
        ),
        cards.Tile(SERVQUAL_GAP, survey_view.gap(view.found),
                   survey_view.gap(view.found_before) if view.found_before else None, period,
                   change="difference"),
        cards.Tile(SALES_ANSWERED, taken.sales / all_sales if taken and all_sales > 0 else None),
        cards.Tile(CSI, few, label=_("Responses below {score}", score=formats.score(below)),
                   text=formats.count(few), note=_("of {n} responses", n=n)),
    )  # fmt: skip


def _satisfied(view: View, period: str, sure: str) -> cards.Tile:
    confidence = view.policy.satisfaction_confidence
    now = satisfied_share(view.found.satisfied(), confidence=confidence)
    n = sum(result.n for result in view.found.satisfied())
    past = satisfied_share(view.found_before.satisfied()) if view.found_before else None
    return cards.Tile(
        TOP_TWO_BOX, float(now.share), float(past.share) if past else None,
        _with(period, n, (float(now.low), float(now.high)), sure, ratio=True),
    )  # fmt: skip


def _nps(view: View, period: str, sure: str) -> cards.Tile:
    confidence = view.policy.satisfaction_confidence
    now = view.found.nps(confidence)
    past = view.found_before.nps(confidence) if view.found_before else None
    if now is None:
        return cards.Tile(NPS, None)
    ends = (now.adjusted_low, now.adjusted_high)
    return cards.Tile(
        NPS, now.nps, past.nps if past else None, _with(period, now.n, ends, sure),
        change="difference",
    )  # fmt: skip


def _rate(view: View, period: str) -> cards.Tile:
    if view.narrowed:
        return cards.Tile(RESPONSE_RATE, None, note=_("known for all customers together only"))
    rates = [
        float(response_rate(taken.responses, wave.asked))
        if wave and wave.asked and (taken := view.takings.get(wave.id))
        else None
        for wave in (view.wave, view.before)
    ]
    taken = view.takings.get(view.wave.id)
    said = _("{n} of {asked} answered", n=taken.responses if taken else 0,
             asked=view.wave.asked or 0)  # fmt: skip
    return cards.Tile(RESPONSE_RATE, rates[0], rates[1], f"{period} · {said}")


def _with(
    period: str, n: int, ends: tuple[float, float], sure: str, *, ratio: bool = False
) -> str:
    between = survey_view.interval(*ends, ratio=ratio)
    return f"{period} · {sure}: {between} · n={formats.count(n)}"


def _sales(view: View) -> int:
    total = load.ask(overview.totals, view.chosen, view.user.scope, (view.as_of,))
    return total[0].sales if total else 0
