"""The whole pass over very many customers at once."""

from __future__ import annotations

import numpy as np

from analytics.abc_analysis import abc_analysis
from analytics.loss_score import LossSignals, loss_score
from analytics.pyramid import customer_pyramid
from analytics.rfm import rfm_scores, rfm_segments

N = 200_000


def test_two_hundred_thousand_customers_pass() -> None:
    chance = np.random.default_rng(7)
    value = (chance.pareto(1.2, N) * 1_000_00).astype(np.int64) - 20_00
    days = chance.exponential(60, N).round()
    classes = abc_analysis(value)
    pyramid = customer_pyramid(value)
    scores = rfm_scores(days, chance.poisson(6, N), value)
    result = loss_score(
        LossSignals(
            days_since_last_order=days,
            usual_gap_days=chance.exponential(40, N).round() + 1,
            gap_is_borrowed=np.zeros(N, dtype=bool),
            sales_90d=value // 4,
            sales_90d_year_ago=value // 3,
            sales_previous_90d=value // 4,
            oldest_overdue_days=chance.exponential(20, N),
            overdue_amount=value.clip(0) // 9,
            receivables=value.clip(0) // 5,
            open_complaints=chance.poisson(0.1, N),
            satisfaction=chance.normal(75, 10, N).clip(0, 100),
            satisfaction_before=chance.normal(75, 10, N).clip(0, 100),
            days_since_contact=chance.exponential(50, N),
            days_since_owner_change=np.full(N, np.nan),
        )
    )
    ranked = int((value > 0).sum())
    assert sum(row.customers for row in classes.classes) == N
    assert pyramid.tiers[0].customers >= ranked // 100
    assert (pyramid.tier == "inactive").sum() == N - ranked
    assert len(rfm_segments(scores)) == N
    assert set(np.unique(result.level)) <= {"green", "amber", "red", "inactive"}
    assert (result.score == np.minimum(result.points.sum(axis=1), 100)).sum() == (
        result.level != "inactive"
    ).sum()
