"""Stretches of time (期间): no gap, no overlap, month ends stay month ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts_periods import month_ends, months_before, period
from models.policy import Policy

DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2023, 2, 28), 12, date(2022, 2, 28)),
        (date(2025, 2, 28), 12, date(2024, 2, 29)),
        (date(2026, 3, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 6, 30), 24, date(2024, 6, 30)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@given(day=DAYS, months=st.integers(1, 36))
def test_windows_touch(day: date, months: int) -> None:
    on = period(day, Policy(window_months=months))
    assert on.before_after < on.after < on.as_of
    assert on.previous_after < on.recent_after < on.as_of
    assert on.recent_after - on.previous_after == on.as_of - on.recent_after
    assert on.month_after + timedelta(days=1) == day.replace(day=1)
    assert not on.whole


def test_the_whole_period_has_nothing_before_it() -> None:
    on = period(date(2026, 6, 30), Policy(window_months=0))
    assert on.whole
    assert on.after < date(1990, 1, 1)


def test_month_ends() -> None:
    assert month_ends(date(2026, 1, 31), date(2026, 3, 10)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 10),
    ]
    assert month_ends(date(2026, 3, 31), date(2026, 3, 31)) == [date(2026, 3, 31)]
