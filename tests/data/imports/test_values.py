"""Cells into values (取值): exact or refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports.files.cell import Cell
from data.imports.kinds import customers
from data.imports.parsing import taxnumbers, texts, values
from data.imports.parsing.days import day
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.parsing.values import Cents

HOW = Manner(today=date(2026, 11, 22))


def reason(parse: values.Parser, raw: str, how: Manner = HOW) -> str:
    with pytest.raises(Unreadable) as refused:
        parse(raw, how)
    return refused.value.reason


@pytest.mark.parametrize(
    ("raw", "minor"),
    [
        ("0.10", 10),
        ("1,234.50", 123450),
        ("¥1234.5", 123450),
        ("￥ 1,234.50", 123450),
        ("1234.50元", 123450),
        ("¥1,200元", 120000),
        ("-￥1200 元", -120000),
        ("１２３４．５０", 123450),
        ("(100.00)", -10000),
        ("100.00-", -10000),
        ("-50", -5000),
        ("−50", -5000),
        ("12.5万", 12_500_000),
        ("1.2亿", 12_000_000_000),
        ("1.500", 150),
        ("9007199254740.99", 900719925474099),
        ("", None),
        ("-", None),
        ("无", None),
        (".5", 50),
        ("-¥3", -300),
    ],
)
def test_money_is_exact(raw: str, minor: int | None) -> None:
    assert values.money()(raw, HOW) == minor


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("1.234,50", "not_an_amount"),
        ("1.005", "too_many_decimals"),
        ("1E5", "not_an_amount"),
        ("1_000", "not_an_amount"),
        ("٧", "not_an_amount"),
        ("Infinity", "not_an_amount"),
        ("12,34.5", "not_an_amount"),
        ("$5", "not_an_amount"),
        ("一百", "not_an_amount"),
        ("1" * 20, "amount_too_large"),
        ("#REF!", "excel_error"),
        ("0x10", "not_an_amount"),
        ("1 234", "not_an_amount"),
        ("--5", "not_an_amount"),
    ],
)
def test_money_is_refused_rather_than_guessed(raw: str, why: str) -> None:
    assert reason(values.money(), raw) == why


def test_signs_of_money() -> None:
    assert reason(values.money(sign="positive"), "-5") == "amount_not_positive"
    assert reason(values.money(sign="positive"), "0") == "amount_not_positive"
    assert values.money(sign="not_negative")("0", HOW) == 0


@given(st.integers(-(10**14), 10**14))
def test_written_money_comes_back(minor: int) -> None:
    text = f"{Decimal(minor) / 100:,.2f}"
    assert values.money()(text, HOW) == minor


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=40))
def test_rounding_keeps_an_owners_total(parts: list[int]) -> None:
    """Sums of amounts with four decimals are right to the cent."""
    cents = Cents()
    exact = [Decimal(part) / 100 for part in parts]
    total = sum(cents.whole("A", "amount", amount) for amount in exact)
    assert abs(total - sum(exact)) <= Decimal("0.5")


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-03",
        "2026/2/3",
        "2026.02.03",
        "20260203",
        "2026年2月3日",
        "46056",
        "46056.75",
        "2026-02-03T00:00:00",
        "2026/2/3 0:00",
        "２０２６－０２－０３",
        "2026-02-03 23:59:59",
        "2026-02-03T10:00:00+08:00",
        "2026-02-02T23:30:00Z",
    ],
)
def test_one_day_in_many_hands(raw: str) -> None:
    assert day()(raw, HOW) == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026-02-30", "no_such_day"),
        ("2025-02-29", "no_such_day"),
        ("0000-00-00", "no_such_day"),
        ("1900-02-29", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        ("now", "date_unreadable"),
        ("today", "date_unreadable"),
        ("NaT", "date_unreadable"),
        ("May", "date_unreadable"),
        ("2026", "date_unreadable"),
        ("1/1/1", "date_unreadable"),
        ("03/02/2026", "date_ambiguous"),
        ("1795346807000", "date_unreadable"),
        ("2999-01-01", "date_in_future"),
        ("1026-03-01", "date_out_of_range"),
        ("3-Feb-26", "date_unreadable"),
        ("2026-03-1O", "date_unreadable"),
        ("24:00", "date_unreadable"),
        ("2026-W07-2", "date_unreadable"),
        ("2026-02-03T25:00", "date_unreadable"),
        ("2028-01-01", "date_in_future"),
        ("2026-2/3", "date_unreadable"),
    ],
)
def test_no_other_day_is_made_up(raw: str, why: str) -> None:
    found = reason(day(), raw)
    assert found == why or (raw == "2999-01-01" and found == "date_out_of_range")


def test_the_order_of_day_and_month_can_be_said() -> None:
    american = Manner(today=HOW.today, day_order="mdy")
    assert day()("03/02/2026", american) == date(2026, 3, 2)
    assert reason(day(), "13/02/2026", american) == "no_such_day"
    assert day(event=False)("2030-01-01", HOW) == date(2030, 1, 1)


def test_serials_of_the_1904_calendar() -> None:
    mac = Manner(today=HOW.today, is_1904=True)
    assert day()("44594", mac) == date(2026, 2, 3)


@pytest.mark.parametrize(
    "raw",
    [
        "00123",
        "1E5",
        "12345678901234567890",
        "NA",
        "NULL",
        "None",
        "nan",
        "TRUE",
        "1-2",
        "3/4",
        "1.0",
        "-",
    ],
)
def test_codes_stay_as_they_are(raw: str) -> None:
    assert texts.code(40)(raw, HOW) == raw


def test_codes_are_folded_and_composed() -> None:
    assert texts.code(40)(" Ｃ０００７\u200b ", HOW) == "C0007"
    assert texts.code(40)("C00e\u03017", HOW) == texts.code(40)("C00\u00e97", HOW)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("\u04210001", "lookalike_letters"),
        ("C\x1b1", "control_character"),
        ("x" * 41, "value_too_long"),
        (Cell("2026-01-02", "date"), "code_was_changed"),
        (Cell("1e+20", "number"), "code_lost_digits"),
        (Cell("#N/A", "error"), "code_was_changed"),
    ],
)
def test_codes_that_cannot_be_meant(raw: str, why: str) -> None:
    assert reason(texts.code(40), raw) == why


@pytest.mark.parametrize(
    ("raw", "value"), [("0", 0), ("10", 10), ("7.0", 7), ("NaN", None), ("", None), ("#N/A", None)]
)
def test_scores(raw: str, value: float | None) -> None:
    assert values.score(raw, HOW, 0, 10, 1) == value


@pytest.mark.parametrize(
    "raw",
    [
        "-1",
        "11",
        "9.5",
        "９",
        "7²",
        "1_0",
        "0x0A",
        "1e400",
        "九",
        "TRUE",
        "9分",
        "-0",
        "#REF!",
        Cell("TRUE", "bool"),
        Cell("2026-01-02", "date"),
        "inf",
    ],
)
def test_no_score_is_made_up(raw: str) -> None:
    with pytest.raises(Unreadable):
        values.score(raw, HOW, 0, 10, 1)


def test_words_of_a_scale() -> None:
    how = Manner(today=HOW.today, words={"非常满意": 5})
    assert values.score("非常满意", how, 1, 5, 1) == 5


def test_credit_codes_have_a_check_character() -> None:
    assert taxnumbers.tax_number("91350100M000100Y43", HOW) == "91350100M000100Y43"
    assert reason(taxnumbers.tax_number, "91350211M000100Y44") == "tax_number_check"
    assert taxnumbers.tax_number("350211123456789", HOW) == "350211123456789"


def test_text_is_cleaned_and_exports_come_back() -> None:
    parse = texts.text(60)
    assert parse("ABC\u202egnp.exe\u200b\u2060", HOW) == "ABCgnp.exe"
    assert parse("'=1+1", HOW) == "=1+1"
    assert parse("'中润", HOW) == "'中润"
    assert parse("a\x1b[31mred", HOW) == "a[31mred"


def test_phones_destroyed_by_excel() -> None:
    assert reason(texts.phone(), "1.38E+10") == "scientific_number"
    assert texts.phone()("013800138000", HOW) == "013800138000"


@pytest.mark.parametrize("raw", ["30", "30天", "30 日", "３０ 天", "30 days", "30 Day"])
def test_days_may_be_said(raw: str) -> None:
    assert values.days(720)(raw, HOW) == 30


@pytest.mark.parametrize("raw", ["月结30天", "30天后", "三十天", "1个月", "30/60天"])
def test_what_is_no_number_of_days_is_refused(raw: str) -> None:
    assert reason(values.days(720), raw) == "number_unreadable"


@pytest.mark.parametrize("said", ["停用", "禁用", "已禁用", "冻结", "closed"])
def test_who_is_barred_is_closed(said: str) -> None:
    status = next(one for one in customers.SPEC.fields if one.name == "status")
    assert status.parse(said, HOW) == "closed"
