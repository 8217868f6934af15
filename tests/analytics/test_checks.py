"""What the guards refuse, and with which reason."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import checks
from errors import BadInput


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: checks.numbers([1.0, np.inf], "x"), "missing_or_infinite"),
        (lambda: checks.floats(["a"], "x"), "not_a_number"),
        (lambda: checks.floats([np.inf], "x"), "infinite"),
        (lambda: checks.flags([1, 0], "x"), "not_a_flag"),
        (lambda: checks.codes([1, 2], "x"), "not_a_code"),
        (lambda: checks.whole([1.5], "x"), "not_whole_units"),
        (lambda: checks.day_numbers(np.array(["NaT"], "M8[D]"), "x"), "missing_date"),
        (lambda: checks.day_numbers([1.5], "x"), "not_a_date"),
        (lambda: checks.positions([0, 3], "x", 3), "out_of_range"),
        (lambda: checks.positions([-1], "x", 3), "out_of_range"),
        (lambda: checks.positions([0.5], "x", 3), "not_a_position"),
        (lambda: checks.ascending([1, 1], "x", above=0), "not_ascending"),
        (lambda: checks.ascending([], "x", above=0), "not_ascending"),
        (lambda: checks.within(2, "x", 0, 1), "out_of_range"),
        (lambda: checks.fraction(float("nan"), "x"), "not_a_number"),
        (lambda: checks.same_length(a=np.ones(1), x=np.ones(2)), "different_lengths"),
    ],
)
def test_refusals(call, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        call()
    assert caught.value.issues[0].reason == reason
    assert caught.value.issues[0].column == "x"


def test_missing_codes_become_the_empty_code() -> None:
    assert checks.codes(np.array(["A", None, np.nan], dtype=object), "x").tolist() == ["A", "", ""]


def test_day_numbers_are_days_since_1970() -> None:
    assert checks.day_numbers(np.array(["1970-01-02"], "M8[ns]"), "x").tolist() == [1]


def test_ratio_is_undefined_over_zero() -> None:
    result = checks.ratio([1, 0, np.nan], [0, 2, 1])
    assert np.isnan(result[[0, 2]]).all()
    assert result[1] == 0


def test_halves_round_away_from_zero() -> None:
    assert checks.half_up([2.5, 3.5, -2.5, 2.4]).tolist() == [3, 4, -3, 2]
