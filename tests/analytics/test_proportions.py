"""Shares, NPS and sample sizes against published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.proportions import (
    krejcie_morgan,
    margin_of_error,
    net_promoter,
    net_promoter_of_counts,
    response_rate,
    sample_size,
    top_two_box,
    wald,
    wilson,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["PROP-01"])
def test_wilson_and_normal_interval(case_id: str) -> None:
    c = case(case_id)
    hits, n = c.inputs["top2"], c.inputs["n"]
    good, plain = wilson(hits, n), wald(hits, n)
    assert float(good.share) == c.expected["share"]
    assert [float(good.low), float(good.high)] == pytest.approx(
        c.expected["wilson"], abs=c.tolerance
    )
    assert [float(plain.low), float(plain.high)] == pytest.approx(
        c.expected["normal"], abs=c.tolerance
    )


def test_top_two_box_leaves_out_what_is_off_the_scale() -> None:
    result = top_two_box([5, 4, 3, 9, np.nan, 0])
    assert float(result.share) == pytest.approx(2 / 3)


@pytest.mark.parametrize("case_id", ["NPS-01"])
def test_nps_of_answers(case_id: str) -> None:
    c = case(case_id)
    result = net_promoter([*c.inputs["responses"], 11, -1, 7.5, np.nan])
    assert result.nps / 100 == pytest.approx(c.expected["nps"], abs=c.tolerance["nps"])
    assert result.variance == pytest.approx(c.expected["variance"], abs=c.tolerance["variance"])
    assert result.se / 100 == pytest.approx(c.expected["se"], abs=c.tolerance["se"])
    assert (result.detractors, result.passives, result.promoters) == (1, 2, 3)
    assert result.invalid == 3


@pytest.mark.parametrize("case_id", ["NPS-03"])
def test_nps_interval(case_id: str) -> None:
    c = case(case_id)
    result = net_promoter_of_counts(*c.inputs["counts_D_P_Pr"])
    found = {"nps": result.nps, "se": result.se, "low": result.low, "high": result.high}
    assert found == pytest.approx(c.expected, abs=c.tolerance)
    # ¾, 1½ and ¾ pseudo-answers pull the centre towards 0: 35 / 103
    centre = (result.adjusted_low + result.adjusted_high) / 2
    assert centre == pytest.approx(100 * 35 / 103)


def test_nobody_answered() -> None:
    assert np.isnan(net_promoter([]).nps)
    assert np.isnan(float(wilson(0, 0).share))


@pytest.mark.parametrize("case_id", ["SAMP-01"])
def test_krejcie_morgan_table(case_id: str) -> None:
    c = case(case_id)
    found = [krejcie_morgan(n, margin=c.inputs["d"]) for n in c.inputs["N"]]
    assert found == c.expected["krejcie_morgan_table"]
    # rounding up, as recommended, never asks fewer than the nearest does
    ceiling = [sample_size(population=n) for n in c.inputs["N"]]
    assert all(0 <= a - b <= 1 for a, b in zip(ceiling, found, strict=True))


@pytest.mark.parametrize("case_id", ["SAMP-03"])
def test_margin_of_error(case_id: str) -> None:
    c = case(case_id)
    found = [margin_of_error(c.inputs["n"], population=n) for n in c.inputs["N"]]
    assert found == pytest.approx(c.expected["moe"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["SAMP-05"])
def test_response_rate(case_id: str) -> None:
    c = case(case_id)
    rate = response_rate(c.inputs["usable"], c.inputs["sent"], c.inputs["undeliverable"])
    assert 100 * float(rate) == pytest.approx(c.expected["response_rate_pct"], abs=c.tolerance)
    assert np.isnan(float(response_rate(0, 5, 5)))


def test_sample_size_without_population() -> None:
    assert sample_size() == 385
    assert sample_size(population=1) == 1


def test_more_hits_than_answers_are_refused() -> None:
    with pytest.raises(BadInput):
        wilson(3, 2)


@given(some.integers(0, 500), some.integers(1, 500))
def test_wilson_stays_within_zero_and_one(hits: int, extra: int) -> None:
    result = wilson(hits, hits + extra)
    assert 0 <= result.low <= result.share + 1e-12
    assert result.share - 1e-12 <= result.high <= 1


@given(*(some.integers(0, 200) for _ in range(3)))
def test_nps_stays_within_its_scale(d: int, p: int, pr: int) -> None:
    result = net_promoter_of_counts(d, p, pr)
    assert result.n == 0 or -100 <= result.nps <= 100
    mirrored = net_promoter_of_counts(pr, p, d)
    assert result.n == 0 or mirrored.nps == pytest.approx(-result.nps)
