"""Judgements (综合判断): loss score, quality, key accounts and where customers stand.

A customer that is lost (a loss event, not won back) is frozen: its level is "unknown", it
has no score, no reasons and nothing at risk, and no alert is raised for it. What it did
before stays in every other column.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.checks import half_up
from analytics.credit import limit_use
from analytics.key_accounts import (
    CRITERIA,
    Coordinates,
    development_coordinates,
    growth_rate,
    key_accounts,
    percentile_score,
)
from analytics.loss_policy import LossPolicy, Ramp
from analytics.loss_score import LossResult, LossSignals, loss_score, value_at_risk
from analytics.quality import QualityResult, QualitySignals, customer_quality
from analytics.rhythm import borrow_gaps
from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import Codes, Flags, Floats, Ints, Rows
from jobs.figures.debts import Debts
from jobs.figures.trade import Trade, whole_numbers
from jobs.figures.voice import Voice, share
from models.classes import TIERS
from models.policy import Policy

RELATIONSHIP = (40.0, 25.0, 20.0, 15.0)
"""Weights of loyalty, payment, satisfaction and share of wallet (ours)."""
ATTRACTIVENESS = (30.0, 20.0, 30.0, 20.0)
"""Weights of size, growth, margin and what the customer still buys elsewhere (ours)."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What to think of each customer, shape (n,) each."""

    key_score: Floats
    is_key: Flags
    key_reason: Codes
    """score, override, or "" where neither speaks."""
    place: Coordinates
    quality: QualityResult
    judged: Flags
    """Has a quality: ever bought or owes something."""
    loss: LossResult
    lost: Flags
    level: Codes
    at_risk: Ints
    reasons: list[str | None]
    """JSON, None where there is no score."""

    def columns(self) -> dict[str, Column]:
        """The columns of `Snapshot` made here."""
        score = np.where(self.lost, np.nan, self.loss.score)
        return {
            "is_key": Column(self.is_key),
            "key_score": Column(self.key_score),
            "key_reason": Column(self.key_reason, self.key_reason == ""),
            "attractiveness": Column(self.place.attractiveness),
            "relationship": Column(self.place.relationship),
            "quality": whole_numbers(half_up(self.quality.score), ~self.judged),
            "flags": Column(np.where(self.judged, self.quality.flags, 0).astype(np.int64)),
            "score": Column(score),
            "level": Column(self.level),
            "value_at_risk": Column(self.at_risk),
            "reasons": Column(self.reasons),
        }


def judgement(
    rows: Rows, facts: Facts, policy: Policy, bought: Trade, owed: Debts, said: Voice
) -> Judgement:
    """Run the judging methods over all customers."""
    payment = share(owed.due_received, owed.due_amount)
    before = np.where(bought.whole, np.nan, bought.sales_before)
    growth = growth_rate(bought.sales, before)
    margin = np.where(bought.margin_known, share(bought.margin, bought.known), np.nan)
    proposed = key_accounts(
        bought.sales,
        growth,
        margin,
        bought.months_bought,
        payment,
        weights=policy.key_weights,
        cut=policy.key_cut,
    )
    is_key, key_reason = _overridden(rows, facts, proposed.is_key)
    lost = rows.flags(facts.losses)
    signals = _signals(rows, facts, policy, bought, owed, said)
    loss = loss_score(signals, policy=loss_policy(policy))
    level = np.where(lost, "unknown", loss.level)
    margin_12m = np.where(bought.margin_known, _yearly(rows, bought, policy), 0)
    amber, red = policy.loss_risk_factors
    quality = customer_quality(
        QualitySignals(
            overdue_share=owed.ageing.overdue_ratio,
            over_limit=over_limit(owed),
            grade=owed.grade,
            margin_ratio=margin,
            complaints=said.complaints_window,
            cost_to_serve_ratio=_cost_to_serve(rows, facts, bought),
            single_contact=np.zeros(len(rows), dtype=np.bool_),  # contacts bear no date
            loss_level=level,
        ),
        max_overdue_share=policy.quality_overdue_share,
        min_margin=policy.quality_margin,
    )
    return Judgement(
        key_score=proposed.score,
        is_key=is_key,
        key_reason=key_reason,
        place=_place(rows, proposed.criteria, bought, said, payment),
        quality=quality,
        judged=(bought.orders_total > 0) | (owed.ageing.total > 0),
        loss=loss,
        lost=lost,
        level=level,
        at_risk=value_at_risk(margin_12m, level, factors={"amber": amber, "red": red}),
        reasons=_reasons(loss, lost),
    )


def loss_policy(policy: Policy) -> LossPolicy:
    """The loss rules as the settings bend them; points stay those of the method."""
    low = policy.satisfaction_low
    return LossPolicy(
        own_rhythm=Ramp(policy.loss_rhythm_k, 2 * policy.loss_rhythm_k, 20, 40),
        sales_drop=Ramp(policy.loss_drop, 1.0, 15, 30),
        overdue_receivable=Ramp(policy.loss_overdue_days, 3 * policy.loss_overdue_days, 10, 20),
        satisfaction_low=Ramp(low, low / 2 if low else -1, 10, 20),
        satisfaction_fall=Ramp(policy.loss_fall_points, 3 * policy.loss_fall_points, 10, 20),
        no_contact=Ramp(policy.loss_contact_days, 2 * policy.loss_contact_days, 5, 10),
        owner_changed=Ramp(policy.loss_owner_days, 0, 5, 10),
        amber=policy.loss_amber,
        red=policy.loss_red,
    )


def over_limit(owed: Debts) -> Flags:
    """Net receivables above the credit limit; False where there is none."""
    limit = np.where(owed.has_limit, owed.limit, np.nan)
    return limit_use(limit, owed.ageing.total - owed.unallocated).over


def _signals(
    rows: Rows, facts: Facts, policy: Policy, bought: Trade, owed: Debts, said: Voice
) -> LossSignals:
    tier = np.zeros(len(rows), dtype=np.int64)
    for number, code in enumerate(TIERS):
        tier[bought.pyramid.tier == code] = number
    usual = borrow_gaps(bought.usual_gap, tier, segments=len(TIERS))
    return LossSignals(
        days_since_last_order=bought.days_since,
        usual_gap_days=usual.gap,
        gap_is_borrowed=usual.borrowed,
        sales_90d=bought.recent,
        sales_90d_year_ago=bought.year_ago,
        sales_previous_90d=bought.previous,
        oldest_overdue_days=owed.ageing.oldest_days,
        overdue_amount=owed.ageing.overdue,
        receivables=owed.ageing.total,
        open_complaints=said.complaints_open,
        satisfaction=said.csi,
        satisfaction_before=_comparable(said, policy.satisfaction_fall_min_n),
        days_since_contact=rows.since(said.last_contact),
        days_since_owner_change=rows.since(rows.days(facts.owner_changes, "changed_on")),
    )


def _comparable(said: Voice, least: int) -> Floats:
    """The index of the wave before where enough people stand behind both; else NaN.

    One person's mood is no trend: another person answering looks like a fall.
    """
    enough = np.minimum(said.csi_n, said.csi_before_n) >= least
    return np.where(enough, said.csi_before, np.nan)


def _overridden(rows: Rows, facts: Facts, proposed: Flags) -> tuple[Flags, Codes]:
    is_key = proposed.copy()
    reason = np.where(proposed, "score", "").astype("<U8")
    decided = rows.of(facts.overrides)
    is_key[decided.at] = decided.frame["is_key"].to_numpy() == 1
    reason[decided.at] = "override"
    return is_key, reason


def _yearly(rows: Rows, bought: Trade, policy: Policy) -> Ints:
    """The margin of twelve months, from that of the window."""
    if policy.window_months:
        return half_up(bought.margin * (12 / policy.window_months)).astype(np.int64)
    years = np.maximum(rows.since(bought.first_order) / 365.25, 1)
    return half_up(np.where(np.isnan(years), 0, bought.margin / years)).astype(np.int64)


def _cost_to_serve(rows: Rows, facts: Facts, bought: Trade) -> Floats:
    """Cost of visits ÷ sales of the window; NaN where no visit states its cost."""
    cost = share(rows.ints(facts.visits, "visit_cost"), bought.sales)
    return np.where(rows.ints(facts.visits, "costed_visits") > 0, cost, np.nan)


def _place(
    rows: Rows, criteria: Floats, bought: Trade, said: Voice, payment: Floats
) -> Coordinates:
    """Relationship and attractiveness on 0–10, of customers that bought in the window."""
    size, growth, margin, loyalty, _ = (criteria[:, k] / 10 for k in range(len(CRITERIA)))
    active = bought.sales > 0
    wallet = rows.cards["wallet"].to_numpy()
    known = active & (wallet > 0)
    ours = np.where(known, np.minimum(share(bought.sales, wallet), 1), np.nan)
    room = np.where(known, np.maximum(wallet - bought.sales, 0), np.nan)
    relationship = np.column_stack((loyalty, np.clip(payment, 0, 1) * 10, said.csi / 10, ours * 10))
    attractiveness = np.column_stack((size, growth, margin, percentile_score(room) / 10))
    relationship[~active] = np.nan
    attractiveness[~active] = np.nan
    return development_coordinates(
        relationship,
        attractiveness,
        relationship_weights=RELATIONSHIP,
        attractiveness_weights=ATTRACTIVENESS,
    )


def _reasons(loss: LossResult, lost: Flags) -> list[str | None]:
    """JSON per customer: None without a score, an empty list where nothing fired."""
    scored = ~np.isnan(loss.score) & ~lost
    found: NDArray[np.object_] = np.full(len(scored), None, dtype=object)
    found[scored] = "[]"
    written = [json.dumps(each) for each in loss.reason_lists()]
    at = loss.scored_rows()
    texts = np.empty(len(written), dtype=object)
    texts[:] = written
    kept = scored[at]
    found[at[kept]] = texts[kept]
    listed: list[str | None] = found.tolist()
    return listed
