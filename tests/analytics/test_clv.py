"""Lifetime value: the published tables of the formula family."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.clv import (
    acquisition_cost,
    berger_nasr,
    customer_lifetime_value,
    expected_npv,
    margin_multiple,
    migration_value,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["CLV-01"])
def test_gupta_lehmann_multiples(case_id: str) -> None:
    c = case(case_id)
    table = margin_multiple(np.array(c.inputs["r"])[:, None], np.array(c.inputs["i"])[None, :])
    assert table == pytest.approx(np.array(c.expected["multiple"]), abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CLV-08"])
def test_horizons_and_the_first_margin(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    terms = (i["margin"], i["retention"], i["discount"])
    found = {
        "end_of_year_excluding_first": customer_lifetime_value(*terms, periods=i["years"]),
        "including_immediate_first": customer_lifetime_value(
            *terms, periods=i["years"], first_margin=True
        ),
        "infinite_excluding": customer_lifetime_value(*terms),
        "infinite_including": customer_lifetime_value(*terms, first_margin=True),
    }
    assert {key: float(value) for key, value in found.items()} == pytest.approx(
        c.expected, abs=c.tolerance
    )


@pytest.mark.parametrize("case_id", ["CLV-03"])
def test_berger_nasr(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    rates = (i["retention"], i["discount"])
    value = berger_nasr(i["gross_contribution"], i["promotion"], *rates, periods=i["years"])
    gain = berger_nasr(i["gross_contribution"], 0, *rates, periods=i["years"])
    assert value == pytest.approx(c.expected["clv"], abs=c.tolerance)
    assert gain == pytest.approx(c.expected["gc_part"], abs=c.tolerance)
    assert gain - value == pytest.approx(c.expected["promo_part"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CLV-05"])
def test_migration(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    found = migration_value(
        i["p_purchase_by_recency"], i["net_contribution"], i["marketing_cost"], i["discount"]
    )
    assert found == pytest.approx(c.expected["V"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CLV-10"])
def test_schedule_of_chances(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    found = expected_npv(i["prob"], i["margin"], i["cost_per_year"], discount=i["discount"])
    assert found == pytest.approx(c.expected["expected_npv"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CAC-01"])
def test_acquisition_cost(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    result = acquisition_cost(
        i["acquisition_spend"],
        i["new_customers"],
        first_year_margin=i["first_year_margin_per_customer"],
        clv=i["clv"],
    )
    found = {
        "cac": result.cac,
        "cac_ratio_to_first_year_margin": result.to_first_year_margin,
        "clv_to_cac": result.clv_to_cac,
        "cac_to_clv": 1 / result.clv_to_cac,
        "payback_months": result.payback_months,
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)
    assert np.isnan(acquisition_cost(1, 0, first_year_margin=5).cac)


def test_what_does_not_converge_is_undefined() -> None:
    assert np.isnan(float(margin_multiple(1.0, 0.05, growth=0.10)))
    with pytest.raises(BadInput):
        customer_lifetime_value(1, 0.8, 0.1, periods=0)
    with pytest.raises(BadInput):
        migration_value([1.2], 1, 1, 0.1)


@given(some.floats(0, 0.95), some.floats(0.01, 0.5), some.floats(-0.1, 0.04))
def test_long_horizons_approach_the_infinite_sum(r: float, i: float, g: float) -> None:
    if r * (1 + g) / (1 + i) < 0.98:
        far = float(customer_lifetime_value(100, r, i, growth=g, periods=2000))
        assert far == pytest.approx(float(customer_lifetime_value(100, r, i, growth=g)))
