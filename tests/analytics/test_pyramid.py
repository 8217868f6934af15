"""Customer pyramids: published counts, ties, movement, and their invariants."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.pyramid import (
    INACTIVE,
    TIERS,
    customer_pyramid,
    cut_counts,
    profit_pyramid,
    tier_movement,
)
from errors import BadInput
from tests.analytics.cases import case

amounts = some.lists(some.integers(-1000, 10**12), max_size=80)
tier = some.sampled_from([*TIERS, INACTIVE])


@pytest.mark.parametrize("case_id", ["PYR-01"])
def test_counts_per_tier(case_id: str) -> None:
    c = case(case_id)
    for n, expected in zip(c.inputs["n_active"], c.expected["top_big_medium_small"], strict=True):
        result = customer_pyramid(np.arange(n, 0, -1))
        assert [row.customers for row in result.tiers] == [*expected, 0]


@pytest.mark.parametrize(
    ("n", "expected"),
    [(37, (1, 2, 8)), (100, (1, 5, 20)), (250, (3, 13, 50)), (1000, (10, 50, 200))],
)
def test_ceiling_variant(n: int, expected: tuple[int, ...]) -> None:
    assert cut_counts(n, rounding="ceiling") == expected


def test_cuts_are_exact_where_floats_would_slip() -> None:
    # 0.29 * 100 is 28.999999999999996 in floats; the exact product is 29
    assert cut_counts(10_000, cuts=(0.29, 5, 20), rounding="ceiling")[0] == 29
    assert cut_counts(50, cuts=(Fraction(1), 5, 20)) == (1, 3, 10)  # 2.5 rounds up to 3


def test_ties_go_up_and_thresholds_follow() -> None:
    # 100 customers: the cut after the first falls into three equal values
    values = [500, 500, 500] + [10] * 97
    result = customer_pyramid(values)
    assert (result.tier[:3] == "top").all()
    assert result.tiers[0].customers == 3
    assert result.tiers[0].entry_threshold == 500
    assert result.rank[:4].tolist() == [1, 1, 1, 4]


def test_only_positive_values_are_ranked() -> None:
    result = customer_pyramid([0, -30, 70, 30])
    assert result.tier.tolist()[:2] == [INACTIVE, INACTIVE]
    assert result.total == 100
    assert result.tiers[-1].customers == 2
    assert result.tiers[-1].value == -30
    assert np.isnan(result.rank[:2]).all()


@pytest.mark.parametrize("cuts", [(5, 1, 20), (0, 5, 20), (1, 5, 101), (1, 5), (1, 1, 2)])
def test_bad_cuts_are_refused(cuts: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        customer_pyramid([1, 2, 3], cuts=cuts)


def test_nobody_at_all() -> None:
    result = customer_pyramid([])
    assert result.tier.size == 0
    assert [row.customers for row in result.tiers] == [0, 0, 0, 0, 0]


def test_profit_tiers() -> None:
    # positive profit 100: 60 alone crosses 50 %, 25 starts at 60 %, 15 starts at 85 %
    result = profit_pyramid([60, 25, 15, 0, -10])
    assert result.tier.tolist() == ["platinum", "gold", "iron", "iron", "lead"]
    assert {row.code: row.value for row in result.tiers} == {
        "platinum": 60,
        "gold": 25,
        "iron": 15,
        "lead": -10,
    }


def test_profit_tiers_without_any_profit() -> None:
    assert profit_pyramid([0, -1]).tier.tolist() == ["iron", "lead"]


def test_movement_names_every_case() -> None:
    before = ["big", "top", "small", "inactive", "medium", "inactive", ""]
    after = ["top", "small", "small", "big", "inactive", "inactive", "top"]
    result = tier_movement(before, after)
    assert result.move.tolist() == ["up", "down", "same", "new", "lost", "same", "new"]
    assert result.counts == {"up": 1, "down": 1, "new": 2, "lost": 1, "same": 2}
    assert result.matrix.loc["top", "small"] == 1
    assert result.matrix.loc[INACTIVE, "top"] == 1


def test_movement_refuses_unknown_codes() -> None:
    with pytest.raises(BadInput, match="unknown_code"):
        tier_movement(["gold"], ["top"])


@given(amounts)
def test_tiers_are_monotone_and_complete(values: list[int]) -> None:
    result = customer_pyramid(values)
    level = np.array([(*TIERS, INACTIVE).index(code) for code in result.tier])
    order = np.argsort(values)
    assert (np.diff(level[order]) <= 0).all()
    assert sum(row.customers for row in result.tiers) == len(values)
    assert sum(row.value for row in result.tiers) == sum(values)
    for value in set(values):
        assert len({str(code) for code in result.tier[np.array(values) == value]}) == 1
    if result.total:
        assert sum(row.value_share for row in result.tiers[:-1]) == pytest.approx(1)
        assert result.tiers[0].customers >= 1


@given(some.integers(0, 10**9), some.sampled_from(["half_up", "ceiling"]))
def test_counts_are_monotone_and_within_the_population(n: int, rounding: str) -> None:
    counts = cut_counts(n, rounding=rounding)
    assert list(counts) == sorted(counts)
    assert counts[-1] <= n
    assert counts[0] >= min(n, 1)


@given(some.lists(some.tuples(tier, tier), max_size=40))
def test_movement_adds_up(pairs: list[tuple[str, str]]) -> None:
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    result = tier_movement(np.array(before, dtype=str), np.array(after, dtype=str))
    assert result.matrix.to_numpy().sum() == len(pairs) == sum(result.counts.values())
    assert np.trace(result.matrix.to_numpy()) == result.counts["same"]
    assert result.matrix.loc[INACTIVE, list(TIERS)].sum() == result.counts["new"]
