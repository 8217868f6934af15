"""Roll rates and the provision matrix against the published examples."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.provision import provision_matrix, rates_of, roll_rates
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["ECL-01"])
def test_ifrs_9_example_12(case_id: str) -> None:
    c = case(case_id)
    result = provision_matrix(c.inputs["gross"], c.inputs["rate"])
    assert result.allowance == pytest.approx(c.expected["allowance"], abs=c.tolerance)
    assert result.total == pytest.approx(c.expected["total"], abs=c.tolerance)
    assert result.gross_total == c.expected["gross_total"]


@pytest.mark.parametrize("case_id", ["ROLL-01"])
def test_roll_rate(case_id: str) -> None:
    c = case(case_id)
    result = roll_rates([c.inputs["bucket_30_59_jan"], 0], [0, c.inputs["bucket_60_89_feb"]])
    assert result.rates[0] == pytest.approx(c.expected["roll"], abs=c.tolerance)


def test_loss_rate_is_the_product_of_the_chain() -> None:
    result = roll_rates([100, 50, 20], [90, 20, 25])
    assert result.rates.tolist() == [0.2, 0.5]
    assert result.loss_rates.tolist() == [0.1, 0.5, 1.0]


def test_an_empty_bucket_has_no_rate() -> None:
    assert np.isnan(roll_rates([0, 1], [1, 1]).rates[0])


def test_credit_balances_are_outside_the_base() -> None:
    result = provision_matrix([1000, -500], [0.01, 0.5])
    assert (result.total, result.gross_total) == (10, 1000)


def test_a_rate_above_one_is_refused() -> None:
    with pytest.raises(BadInput, match="out_of_range"):
        provision_matrix([1], [1.5])


@pytest.mark.parametrize(
    ("buckets", "expected"), [(1, [0.1]), (2, [0.1, 0.5]), (4, [0.1, 0.5, 0.5, 0.5])]
)
def test_the_last_rate_repeats(buckets: int, expected: list[float]) -> None:
    assert rates_of((0.1, 0.5), buckets).tolist() == expected


def test_no_rate_is_refused() -> None:
    with pytest.raises(BadInput, match="wrong_count"):
        rates_of((), 3)
