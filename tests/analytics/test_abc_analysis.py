"""ABC analysis against published cumulative shares, and its invariants."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.abc_analysis import abc_analysis
from errors import BadInput
from tests.analytics.cases import by_customer, case, cdnow_totals

amounts = some.lists(some.integers(-(10**12), 10**12), min_size=1, max_size=60)


@pytest.mark.parametrize("case_id", ["ABC-01"])
def test_cumulative_shares_and_classes(case_id: str) -> None:
    c = case(case_id)
    values = sorted(c.inputs["values"], reverse=True)
    included = abc_analysis(values)
    excluded = abc_analysis(values, crossing="excluded")
    assert included.cumulative_share == pytest.approx(
        c.expected["cumulative_share_desc"], abs=c.tolerance
    )
    assert "".join(included.abc_class) == c.expected["classes_in_desc_order_crossing_included"]
    assert "".join(excluded.abc_class) == c.expected["classes_in_desc_order_cum_le"]
    assert included.rank.tolist() == list(range(1, 11))


@pytest.mark.parametrize("case_id", ["ABC-03"])
def test_superstore_at_70_and_90(case_id: str) -> None:
    c = case(case_id)
    result = abc_analysis(by_customer(), a_cut=0.7, b_cut=0.9)
    assert Counter(result.abc_class.tolist()) == c.expected["crossing_included"]
    assert {row.code: row.customers for row in result.classes} == c.expected["crossing_included"]


@pytest.mark.parametrize("case_id", ["ABC-04"])
def test_ties_together_or_in_plain_order(case_id: str) -> None:
    c = case(case_id)
    values = cdnow_totals()
    together, plain = abc_analysis(values), abc_analysis(values, ties="plain")
    assert Counter(together.abc_class.tolist()) == c.expected["tie_safe"]
    assert Counter(plain.abc_class.tolist()) == c.expected["plain_order"]
    assert together.total == round(c.expected["total"] * 100)
    assert together.not_positive.sum() == 8


@pytest.mark.parametrize("case_id", ["ABC-07"])
def test_one_dominant_customer(case_id: str) -> None:
    c = case(case_id)
    values = c.inputs["values"]
    assert "".join(abc_analysis(values).abc_class) == c.expected["crossing_included_tie_safe"]
    assert "A" not in abc_analysis(values, crossing="excluded").abc_class


def test_returns_are_c_and_flagged_and_outside_the_total() -> None:
    result = abc_analysis([-50, 80, 20, 0])
    assert result.abc_class.tolist() == ["C", "A", "B", "C"]
    assert result.not_positive.tolist() == [True, False, False, True]
    assert result.total == 100
    assert np.isnan(result.rank[[0, 3]]).all()


@pytest.mark.parametrize("values", [[], [0, 0], [-5]])
def test_nothing_sold_gives_no_classes(values: list[int]) -> None:
    result = abc_analysis(values)
    assert result.abc_class.tolist() == [""] * len(values)
    assert result.classes == ()


@pytest.mark.parametrize(
    ("values", "cuts", "reason"),
    [
        ([1.0, np.nan], (0.8, 0.95), "missing_or_infinite"),
        (["one"], (0.8, 0.95), "not_a_number"),
        ([[1, 2]], (0.8, 0.95), "not_one_dimensional"),
        ([1, 2], (0.95, 0.8), "not_ascending"),
    ],
)
def test_refusals_name_their_reason(values: list, cuts: tuple[float, float], reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        abc_analysis(values, a_cut=cuts[0], b_cut=cuts[1])
    assert caught.value.issues[0].reason == reason


@given(amounts)
def test_shares_sum_to_one_and_better_classes_hold_larger_values(values: list[int]) -> None:
    result = abc_analysis(values)
    if not result.classes:
        assert max(values) <= 0
        return
    assert sum(row.value_share for row in result.classes) == pytest.approx(1)
    assert sum(row.customer_share for row in result.classes) == pytest.approx(1)
    order = np.argsort(values)
    assert (np.diff([ord(code) for code in result.abc_class[order]]) <= 0).all()
    assert "A" in result.abc_class


@given(amounts, some.randoms())
def test_order_of_the_customers_does_not_matter(values: list[int], chance) -> None:
    shuffled = list(enumerate(values))
    chance.shuffle(shuffled)
    order = [place for place, _ in shuffled]
    straight = abc_analysis(values)
    mixed = abc_analysis([value for _, value in shuffled])
    assert (straight.abc_class[order] == mixed.abc_class).all()
    assert np.array_equal(straight.rank[order], mixed.rank, equal_nan=True)
