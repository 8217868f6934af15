"""Figures as the reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from words import formats as f

MISSING = [None, float("nan"), float("inf"), pd.NaT, pd.NA, np.float64("nan"), Decimal("NaN")]


@pytest.mark.parametrize("value", MISSING, ids=repr)
def test_missing_is_a_dash_and_never_zero(value: object) -> None:
    for write in (f.money, f.money0, f.ratio, f.signed_ratio, f.count, f.days, f.score, f.points):
        assert write(value, "zh_Hans") == "—"
    for unit in ("money", "ratio", "count", "days", "score", "index", "points", "level"):
        assert f.write(value, unit, "en") == "—"
    assert f.yuan(value) is None


@pytest.mark.parametrize(
    ("minor", "lang", "expected"),
    [
        (129_000_000_000, "zh_Hans", "¥12.90亿"),
        (2_634_000_000, "zh_Hans", "¥2,634万"),
        (85_300_000, "zh_Hans", "¥85.3万"),
        (1_000_000, "zh_Hans", "¥1.0万"),
        (999_999, "zh_Hans", "¥1.0万"),
        (600_000, "zh_Hans", "¥6,000"),
        (9_999_999_999, "zh_Hans", "¥1.00亿"),
        (0, "zh_Hans", "¥0"),
        (-2_634_000_000, "zh_Hans", "-¥2,634万"),
        (129_000_000_000, "zh_Hant", "¥12.90億"),
        (2_634_000_000, "zh_Hant", "¥2,634萬"),
        (129_000_000_000, "en", "¥1.29B"),
        (2_634_000_000, "en", "¥26.3M"),
        (12_000_000_000, "en", "¥120M"),
        (85_300_000, "en", "¥853K"),
        (99_999_950, "en", "¥1.0M"),
        (50_000, "en", "¥500"),
    ],
)
def test_compact_money_in_the_readers_units(minor: int, lang: str, expected: str) -> None:
    assert f.money(minor, lang, compact=True) == expected


def test_full_money_has_every_cent() -> None:
    assert f.money(123_456_789, "zh_Hans") == "¥1,234,567.89"
    assert f.money(-5, "en") == "-¥0.05"
    assert f.money(10**17 + 1, "en") == "¥1,000,000,000,000,000.01"
    assert f.money(150_000, "en", "USD") == "$1,500.00"


def test_halves_round_away_from_zero() -> None:
    assert f.money0(250, "en") == "¥3"
    assert f.money0(-250, "en") == "-¥3"
    assert f.money0(350, "en") == "¥4"
    assert f.yuan(50) == 1
    assert f.ratio(0.0005, "en", 1) == "0.1%"
    assert f.score(2.25, "en") == "2.3"
    assert f.count(2.5, "en") == "3"


def test_rounding_to_nothing_has_no_sign() -> None:
    assert f.money0(-20, "en") == "¥0"
    assert f.signed_ratio(-0.0001, "en") == "0.0%"
    assert f.signed(-0.2, "en") == "0"


def test_ratios_and_their_changes() -> None:
    assert f.ratio(0.1234, "zh_Hans") == "12.3%"
    assert f.ratio(12.5, "en", 0) == "1,250%"
    assert f.signed_ratio(0.084, "en") == "+8.4%"
    assert f.signed_ratio(-0.03, "en") == "-3.0%"
    assert f.points(0.031, "zh_Hans") == "+3.1 个百分点"
    assert f.points(-0.031, "en") == "-3.1 pts"


def test_numpy_figures_are_figures() -> None:
    assert f.money0(np.int64(123_400), "en") == "¥1,234"
    assert f.ratio(np.float64(0.5), "en") == "50.0%"
    assert f.count(np.int64(1190), "zh_Hans") == "1,190"


def test_days_and_counts() -> None:
    assert f.days(37, "zh_Hans") == "37 天"
    assert f.days(1, "en") == "1 day"
    assert f.days(2_000, "en") == "2,000 days"


def test_a_figure_by_its_unit() -> None:
    assert f.write(2_634_000_000, "money", "zh_Hans") == "¥2,634万"
    assert f.write(2_634_000_000, "money", "zh_Hans", compact=False) == "¥26,340,000"
    assert f.write(0.5, "ratio", "en") == "50.0%"
    assert f.write(37.0, "points", "en") == "37"
    assert f.write(86.54, "index", "en") == "86.5"
    assert f.write("A", "level", "en") == "A"


def test_one_scale_for_a_whole_chart() -> None:
    unit = f.scale(1_403_000_000, "zh_Hans")
    assert (unit.unit, f.scaled(1_403_000_000, unit)) == ("万元", 1403.0)
    assert f.scaled_text(1_403_000_000, unit, "zh_Hans") == "1,403"
    assert f.scale(1_403_000_000, "en").unit == "CNY M"
    assert f.scale(50_00, "zh_Hant").unit == "元"
    assert f.scale(None, "zh_Hans").unit == "元"
    assert f.scaled(None, unit) is None


def test_dates_and_instants() -> None:
    assert f.date(date(2026, 11, 2)) == "2026-11-02"
    assert f.date(date(2026, 11, 2), "zh_Hans", "long") == "2026年11月2日"
    assert f.date(None) == "—"
    assert f.date(pd.NaT) == "—"
    assert f.month(date(2026, 11, 2)) == "2026-11"
    noon = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert f.datetime_local(noon, "Asia/Shanghai") == "2026-11-22 07:30"
    assert f.datetime_local(noon, "No/Where") == "2026-11-21 23:30"


@given(some.integers(-(10**15), 10**15))
def test_full_money_can_be_read_back(minor: int) -> None:
    text = f.money(minor, "zh_Hans").replace("¥", "").replace(",", "")
    assert Decimal(text) * 100 == minor


@given(some.integers(1, 10**15), some.sampled_from(["zh_Hans", "zh_Hant", "en"]))
def test_a_negative_amount_is_the_positive_one_with_a_sign(minor: int, lang: str) -> None:
    for compact in (True, False):
        positive = f.money(minor, lang, compact=compact)
        negative = f.money(-minor, lang, compact=compact)
        assert negative in {f"-{positive}", "¥0"}
