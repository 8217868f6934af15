"""The loss score: each signal alone, their sum, the levels and the reasons."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.loss_policy import LossPolicy, Ramp
from analytics.loss_score import SIGNALS, LossSignals, loss_score, value_at_risk
from errors import BadInput

CALM = {
    "days_since_last_order": 20.0,
    "usual_gap_days": 30.0,
    "gap_is_borrowed": False,
    "sales_90d": 100_00,
    "sales_90d_year_ago": 100_00,
    "sales_previous_90d": 100_00,
    "oldest_overdue_days": np.nan,
    "overdue_amount": 0,
    "receivables": 50_00,
    "open_complaints": 0,
    "satisfaction": 80.0,
    "satisfaction_before": 80.0,
    "days_since_contact": 10.0,
    "days_since_owner_change": np.nan,
}


def customers(*changes: dict) -> LossSignals:
    """Customers who are calm but for the changes named."""
    rows = [CALM | change for change in changes]
    return LossSignals(**{name: np.array([row[name] for row in rows]) for name in CALM})


@pytest.mark.parametrize(
    ("change", "code", "points"),
    [
        ({"days_since_last_order": 59.0}, None, 0),
        ({"days_since_last_order": 60.0}, "own_rhythm", 20),
        ({"days_since_last_order": 90.0}, "own_rhythm", 30),
        ({"days_since_last_order": 120.0}, "own_rhythm", 40),
        ({"days_since_last_order": 600.0}, "own_rhythm", 40),
        ({"days_since_last_order": 600.0, "usual_gap_days": np.nan}, None, 0),
        ({"sales_90d": 71_00}, None, 0),
        ({"sales_90d": 70_00}, "sales_drop", 15),
        ({"sales_90d": 0}, "sales_drop", 30),
        ({"sales_90d": 50_00, "sales_90d_year_ago": 50_00}, None, 0),
        ({"sales_90d": 0, "sales_90d_year_ago": 0}, "sales_drop", 30),
        ({"sales_90d": 0, "sales_90d_year_ago": 0, "sales_previous_90d": 0}, None, 0),
        ({"oldest_overdue_days": 59.0, "overdue_amount": 50_00}, None, 0),
        ({"oldest_overdue_days": 60.0, "overdue_amount": 50_00}, "overdue_receivable", 10),
        ({"oldest_overdue_days": 120.0, "overdue_amount": 5_00}, "overdue_receivable", 15),
        ({"oldest_overdue_days": 120.0, "overdue_amount": 4_99}, None, 0),
        ({"open_complaints": 1}, "complaints_open", 10),
        ({"open_complaints": 2}, "complaints_open", 15),
        ({"open_complaints": 9}, "complaints_open", 20),
        ({"satisfaction": 60.0, "satisfaction_before": 60.0}, None, 0),
        ({"satisfaction": 45.0, "satisfaction_before": 45.0}, "satisfaction_low", 15),
        ({"satisfaction": 45.0, "satisfaction_before": np.nan}, "satisfaction_low", 15),
        ({"satisfaction": 71.0}, None, 0),
        ({"satisfaction": 70.0}, "satisfaction_fall", 10),
        # means of thirds, of points kept in billionths: a fall of 10 and an index of 60
        ({"satisfaction": 190 / 3 + 3e-8, "satisfaction_before": 220 / 3}, "satisfaction_fall", 10),
        ({"satisfaction": 180 / 3 - 3e-8, "satisfaction_before": 60.0}, None, 0),
        ({"days_since_contact": 90.0}, None, 0),
        ({"days_since_contact": 180.0}, "no_contact", 10),
        ({"days_since_contact": np.nan}, None, 0),
        ({"days_since_owner_change": 181.0}, None, 0),
        ({"days_since_owner_change": 180.0}, "owner_changed", 5),
        ({"days_since_owner_change": 0.0}, "owner_changed", 10),
    ],
)
def test_each_signal_alone(change: dict, code: str | None, points: int) -> None:
    result = loss_score(customers(change))
    assert {reason.code: reason.points for reason in result.reasons(0)} == (
        {code: points} if code else {}
    )
    assert result.score[0] == points


def test_levels_and_the_cap() -> None:
    everything = {
        "days_since_last_order": 200.0,
        "sales_90d": 0,
        "oldest_overdue_days": 120.0,
        "overdue_amount": 50_00,
        "open_complaints": 3,
        "satisfaction": 20.0,
        "days_since_contact": 200.0,
        "days_since_owner_change": 1.0,
    }
    result = loss_score(
        customers(
            {},
            {"days_since_last_order": 60.0, "open_complaints": 1},
            {"days_since_last_order": 120.0, "open_complaints": 3},
            everything,
            {"days_since_last_order": np.nan, "open_complaints": 3},
            {"days_since_last_order": 731.0},
        )
    )
    assert result.level.tolist() == ["green", "amber", "red", "red", "unknown", "inactive"]
    assert result.score[:4].tolist() == [0, 30, 60, 100]
    assert np.isnan(result.score[4:]).all()
    assert result.reasons(4) == ()


def test_reasons_carry_what_a_sentence_needs() -> None:
    result = loss_score(
        customers(
            {
                "days_since_last_order": 96.0,
                "usual_gap_days": 31.0,
                "gap_is_borrowed": True,
                "sales_90d": 58_00,
                "open_complaints": 2,
                "oldest_overdue_days": 70.0,
                "overdue_amount": 20_00,
            }
        )
    )
    rhythm, drop, complaints, overdue = result.reasons(0)
    assert (rhythm.code, rhythm.threshold) == ("own_rhythm", 2.0)
    assert rhythm.detail == {"days": 96, "usual": 31, "borrowed": 1}
    assert drop.value == pytest.approx(0.42)
    assert drop.detail == {"now": 58_00, "before": 100_00, "versus": "year_ago"}
    assert (complaints.value, complaints.detail) == (2, {})
    assert overdue.detail == {"amount": 20_00, "share": 0.4}
    assert result.score[0] == sum(reason.points for reason in result.reasons(0))


def test_bulk_reasons_equal_the_single_ones_and_survive_json() -> None:
    result = loss_score(
        customers(
            {},
            {"open_complaints": 1, "days_since_last_order": 100.0},
            {"satisfaction": 50.0, "sales_90d": 0, "sales_90d_year_ago": 0},
        )
    )
    assert result.scored_rows().tolist() == [1, 2]
    lists = json.loads(json.dumps(result.reason_lists(), allow_nan=False))
    for row, reasons in zip(result.scored_rows(), lists, strict=True):
        single = result.reasons(row)
        assert [each["code"] for each in reasons] == [reason.code for reason in single]
        assert [each["points"] for each in reasons] == [reason.points for reason in single]
        assert reasons[0].items() >= dict(single[0].detail).items()
    assert [len(each) for each in result.reason_lists(top=1)] == [1, 1]


def test_the_policy_is_configurable() -> None:
    strict = LossPolicy(own_rhythm=Ramp(1.5, 3.0, 30, 60), amber=20, red=50)
    result = loss_score(customers({"days_since_last_order": 45.0}), policy=strict)
    assert (result.score[0], result.level[0]) == (30, "amber")


def test_bad_policies_are_refused() -> None:
    with pytest.raises(BadInput):
        LossPolicy(amber=70)
    with pytest.raises(BadInput):
        Ramp(1, 1, 0, 5)


def test_signals_must_be_of_one_length_and_kind() -> None:
    whole = {name: np.array([value]) for name, value in CALM.items()}
    with pytest.raises(BadInput, match="different_lengths"):
        LossSignals(**(whole | {"receivables": np.array([1, 2])}))
    with pytest.raises(BadInput, match="not_whole_units"):
        LossSignals(**(whole | {"sales_90d": np.array([0.5])}))


def test_value_at_risk() -> None:
    margin, level = [1000, 1001, -500, 800, 900], ["red", "amber", "red", "green", "inactive"]
    assert value_at_risk(margin, level).tolist() == [600, 300, 0, 0, 0]
    with pytest.raises(BadInput):
        value_at_risk([1], ["red"], factors={"red": 1.5})


anything = some.integers(0, 2000).map(float) | some.just(np.nan)
index = some.floats(0, 100) | some.just(np.nan)


@given(
    some.lists(
        some.fixed_dictionaries(
            {
                "days_since_last_order": anything,
                "usual_gap_days": anything,
                "sales_90d": some.integers(-(10**9), 10**12),
                "sales_90d_year_ago": some.integers(-(10**9), 10**12),
                "oldest_overdue_days": anything,
                "overdue_amount": some.integers(0, 50_00),
                "open_complaints": some.integers(0, 20),
                "satisfaction": index,
                "satisfaction_before": index,
                "days_since_contact": anything,
                "days_since_owner_change": anything,
            }
        ),
        min_size=1,
        max_size=20,
    )
)
def test_scores_are_whole_bounded_and_fully_explained(rows: list[dict]) -> None:
    result = loss_score(customers(*rows))
    known = ~np.isnan(result.score)
    assert (result.score[known] == np.floor(result.score[known])).all()
    assert ((result.score[known] >= 0) & (result.score[known] <= 100)).all()
    assert ((result.level == "unknown") | (result.level == "inactive")).tolist() == (
        ~known
    ).tolist()
    for row in range(len(rows)):
        reasons = result.reasons(row)
        if known[row]:
            assert result.score[row] == min(100, sum(reason.points for reason in reasons))
        points = [reason.points for reason in reasons]
        assert points == sorted(points, reverse=True)
        assert {reason.code for reason in reasons} <= set(SIGNALS)
    # the worst that can be added to a customer never lowers its score
    worse = loss_score(customers(*(row | {"open_complaints": 20} for row in rows)))
    assert (worse.score[known] >= result.score[known]).all()
