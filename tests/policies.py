"""Policies to test with (各种规则): extremes of each setting, random ones, who reads what."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as some

from models.bounds import Choice, Kind, Several, Text, Whole
from models.policy import RULES, Policy, Rule, with_values

READERS = {
    "window.months": "data.facts_periods:period",
    "pyramid.basis": "jobs.figures.trade:trade",
    "pyramid.cuts": "jobs.figures.trade:trade",
    "pyramid.rounding": "jobs.figures.trade:trade",
    "abc.cuts": "jobs.figures.trade:trade",
    "terms.default_days": "data.imports.kinds.invoices:_assume",
    "calendar.time_zone": "data.calendar:zone",
    "ageing.edges": "jobs.figures.debts:debts",
    "provision.rates": "jobs.figures.company:_receivables",
    "grade.cuts": "jobs.figures.debts:debts",
    "grade.min_invoices": "jobs.figures.debts:debts",
    "satisfaction.low": "jobs.figures.judgement:loss_policy",
    "satisfaction.min_n": "pages.voice.results:by_group",
    "satisfaction.confidence": "jobs.figures.surveys:_csi",
    "satisfaction.main_survey": "jobs.figures.surveys:heard",
    "satisfaction.wave_min_n": "jobs.figures.surveys:heard",
    "satisfaction.wave_min_share": "jobs.figures.surveys:heard",
    "satisfaction.fall_min_n": "jobs.figures.judgement:_signals",
    "loss.rhythm_k": "jobs.figures.judgement:loss_policy",
    "loss.recent_days": "data.facts_periods:period",
    "loss.drop": "jobs.figures.judgement:loss_policy",
    "loss.overdue_days": "jobs.figures.judgement:loss_policy",
    "loss.contact_days": "jobs.figures.judgement:loss_policy",
    "loss.fall_points": "jobs.figures.judgement:loss_policy",
    "loss.owner_days": "jobs.figures.judgement:loss_policy",
    "loss.amber": "jobs.figures.judgement:loss_policy",
    "loss.red": "jobs.figures.judgement:loss_policy",
    "loss.risk_factors": "jobs.figures.judgement:judgement",
    "key.cut": "jobs.figures.judgement:judgement",
    "key.weights": "jobs.figures.judgement:judgement",
    "key.contact_days": "jobs.reports.key_accounts:build",
    "quality.margin": "jobs.figures.judgement:judgement",
    "quality.overdue_share": "jobs.figures.judgement:judgement",
    "limitation.years": "pages.money.ageing_view:ageing_of",
    "limitation.instalments": "pages.money.ageing_view:ageing_of",
}
"""The function that reads each setting: module:function."""


def values(kind: Kind) -> some.SearchStrategy[Any]:
    """Whatever a kind of setting takes, the bounds included and often."""
    if isinstance(kind, Choice):
        return some.sampled_from(list(kind.words))
    if isinstance(kind, Text):
        return some.just(kind.example)
    if isinstance(kind, Several):
        lists = some.lists(
            values(kind.each), min_size=kind.least, max_size=kind.most, unique=kind.rising
        )
        return (lists.map(sorted) if kind.rising else lists).filter(kind.holds)
    ends = some.sampled_from([kind.low, kind.high])
    if isinstance(kind, Whole):
        return ends | some.integers(kind.low, kind.high)
    return ends.map(float) | some.floats(kind.low, kind.high)


@some.composite
def some_policies(draw: some.DrawFn) -> Policy:
    """Any policy the store takes."""
    stored = {key: draw(values(rule.kind)) for key, rule in RULES.items()}
    pair = sorted({stored["loss.amber"], stored["loss.red"]})
    if len(pair) == 1 or pair[0] > 99.9 or pair[1] < 0.2:
        pair = [30.0, 60.0]
    return with_values(Policy(), stored | {"loss.amber": pair[0], "loss.red": pair[1]})


def extremes(rule: Rule) -> list[dict[str, Any]]:
    """The outermost values of a setting, each with what must go with it to be taken."""
    beside = {"loss.amber": {"loss.red": 100.0}, "loss.red": {"loss.amber": 0.1}}
    return [{**beside.get(rule.key, {}), rule.key: value} for value in _outermost(rule)]


def extreme_policies() -> list[Policy]:
    """Each setting at each of its ends, the others at their defaults."""
    return [with_values(Policy(), changes) for rule in RULES.values() for changes in extremes(rule)]


def _outermost(rule: Rule) -> list[Any]:
    kind = rule.kind
    if isinstance(kind, Choice):
        return list(kind.words)
    if isinstance(kind, Text):
        return [kind.example]
    if not isinstance(kind, Several):
        return [kind.low, kind.high]
    low, high = kind.each.low, kind.each.high
    if not kind.rising:
        whole = [[high] * kind.most, [low] * (kind.least - 1) + [high]]
        return [*whole, [low] * kind.least] if kind.holds([low] * kind.least) else whole
    hair = 1 if isinstance(kind.each, Whole) else 1e-9
    sizes = (kind.least, kind.most)
    return [[low + k * hair for k in range(size)] for size in sizes] + [
        [high - k * hair for k in reversed(range(size))] for size in sizes
    ]
