"""Quality flags and score."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.quality import (
    FINANCE,
    LOSS,
    MANAGEMENT,
    PROFIT,
    QualitySignals,
    big_but_poor,
    customer_quality,
    flag_names,
)
from errors import BadInput

GOOD = {
    "overdue_share": 0.1,
    "over_limit": False,
    "grade": "A",
    "margin_ratio": 0.2,
    "complaints": 0,
    "cost_to_serve_ratio": 0.05,
    "single_contact": False,
    "loss_level": "green",
}


def customers(*changes: dict) -> QualitySignals:
    rows = [GOOD | change for change in changes]
    return QualitySignals(**{name: np.array([row[name] for row in rows]) for name in GOOD})


@pytest.mark.parametrize(
    ("change", "bits"),
    [
        ({}, 0),
        ({"overdue_share": 0.30}, 0),
        ({"overdue_share": 0.31}, FINANCE),
        ({"overdue_share": np.nan}, 0),
        ({"over_limit": True}, FINANCE),
        ({"grade": "D"}, FINANCE),
        ({"grade": "not_rated"}, 0),
        ({"margin_ratio": 0.08}, 0),
        ({"margin_ratio": 0.079}, PROFIT),
        ({"margin_ratio": np.nan}, 0),
        ({"complaints": 3}, MANAGEMENT),
        ({"cost_to_serve_ratio": 0.21}, MANAGEMENT),
        ({"single_contact": True}, MANAGEMENT),
        ({"loss_level": "amber"}, LOSS),
        ({"loss_level": "unknown"}, 0),
        ({"grade": "C", "loss_level": "red"}, FINANCE | LOSS),
    ],
)
def test_flags(change: dict, bits: int) -> None:
    assert customer_quality(customers(change)).flags[0] == bits


def test_score_is_what_the_flags_leave() -> None:
    result = customer_quality(
        customers({}, {"over_limit": True, "margin_ratio": -0.1}, {"loss_level": "red"})
    )
    assert result.score.tolist() == [100, 40, 75]
    assert result.names(1) == ("finance", "profit")
    assert result.has(LOSS).tolist() == [False, False, True]


def test_flag_names_in_order() -> None:
    assert flag_names(15) == ("finance", "profit", "management", "loss")
    assert flag_names(0) == ()


def test_big_is_not_good() -> None:
    result = big_but_poor(["top", "big", "small", "top"], [40, 60, 10, np.nan])
    assert result.tolist() == [True, False, False, False]


def test_weights_above_a_hundred_are_refused() -> None:
    with pytest.raises(BadInput):
        customer_quality(customers({}), weights=(50, 30, 20, 10))
