"""Cells as people write them (取值性质): parsed exactly or refused with a reason, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.parsing.manner import Manner, Unreadable
from words import i18n

HOW = Manner(today=date(2026, 11, 22))
MINUS = ("-", "−", "－")
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789.,()-+"}
HOSTILE = "0123456789.,-−–()（）+ %¥￥元万亿eE_０９．，٣²½'\t\u200b年月日/:TZ"
TODAY = HOW.today


reasons: set[tuple[str, str]] = set()
"""Every refusal met, with its words."""


@pytest.fixture(autouse=True, scope="module")
def refusals_have_words() -> Iterator[None]:
    yield
    assert [code for code, words in reasons if not words or code in words] == []


def said(parse: values.Parser, raw: str) -> object:
    """What a parser makes of a cell; a refusal names a reason that has words."""
    try:
        return parse(raw, HOW)
    except Unreadable as refused:
        for lang in ("zh_Hans", "en"):
            reasons.add((refused.reason, i18n.reason(refused.reason, lang, **refused.detail)))
        return refused


@st.composite
def written_amounts(draw: st.DrawFn) -> tuple[str, int]:
    """(as somebody writes it, minor units)."""
    minor = draw(st.integers(0, 10**13))
    unit = draw(st.sampled_from(["", "", "万", "萬", "亿", "億"]))
    if unit:
        scale = {"万": 4, "萬": 4, "亿": 8, "億": 8}[unit]
        text = f"{Decimal(minor) / 100 / 10**scale:f}"
    else:
        text = f"{Decimal(minor) / 100:{draw(st.sampled_from([',', '']))}.2f}"
        text = text.removesuffix(".00") if draw(st.booleans()) else text
    text += unit
    if draw(st.booleans()):
        text = draw(st.sampled_from(["¥{}", "￥{}", "{}元", "¥ {}", "CNY {}"])).format(text)
    sign = draw(st.sampled_from(["", "", "before", "after", "brackets"]))
    if sign == "before":
        text = draw(st.sampled_from(MINUS)) + text
    elif sign == "after":
        text += draw(st.sampled_from(MINUS))
    elif sign == "brackets":
        text = draw(st.sampled_from(["({})", "（{}）"])).format(text)
    if draw(st.booleans()):
        text = text.translate(WIDE)
    pad = draw(st.sampled_from(["", " ", "\u3000", "\u00a0", "\t"]))
    return pad + text + pad, -minor if sign else minor


@given(written_amounts())
@settings(max_examples=400)
@example(("（１，２３４．５０）", -123450))
@example(("1.2亿-", -12_000_000_000))
@example(("￥12.5万", 12_500_000))
def test_amounts_mean_what_they_say(written: tuple[str, int]) -> None:
    raw, minor = written
    assert said(values.money(), raw) == minor, raw


def oracle(raw: str) -> Fraction | None:
    """The amount in yuan by another way of reading, None where it says none."""
    text = unicodedata.normalize("NFKC", raw).replace("\u200b", "").strip().lower()
    text = text.replace("−", "-").replace("–", "-")
    text = re.sub(r"^'(?=[+(-]?\d)", "", text)  # only says that the cell is text
    found = re.fullmatch(
        r"(?P<open>\()?(?P<minus>[-+])?\s*(?:¥|元|cny|rmb)?\s*(?P<minus2>[-+])?"
        r"(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<part>\d+))?\s*(?P<unit>[万亿萬億])?\s*"
        r"(?:¥|元|cny|rmb|人民币)?(?P<after>-)?(?P<close>\))?\s*(?:¥|元)?(?P<after2>-)?",
        text,
    )
    if found is None or not (found["whole"] or found["part"]):
        return None
    figure = Fraction(f"{found['whole'].replace(',', '') or 0}.{found['part'] or 0}")
    figure *= {None: 1, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}[found["unit"]]
    marks = [found["open"], found["after"], found["after2"]]
    marks += [m for m in (found["minus"], found["minus2"]) if m == "-"]
    return -figure if any(marks) else figure


@given(st.text(alphabet=HOSTILE, max_size=14))
@settings(max_examples=1500)
@example("1,23")
@example("1.5e3")
@example("--")
def test_no_amount_is_guessed(raw: str) -> None:
    found = said(values.money(), raw)
    if isinstance(found, int):
        meant = oracle(raw)
        assert meant is not None, raw
        assert Fraction(found, 100) == meant, raw


@given(st.text(alphabet=HOSTILE, max_size=14))
@settings(max_examples=800)
def test_no_quantity_is_guessed(raw: str) -> None:
    found = said(values.number(), raw)
    if isinstance(found, float):
        share = "%" in raw
        meant = oracle(raw.replace("%", ""))
        assert meant is not None, raw
        assert float(meant) / (100 if share else 1) == pytest.approx(found, rel=1e-12), raw


DAYS = st.dates(date(1990, 1, 1), TODAY + timedelta(days=366))


@st.composite
def written_days(draw: st.DrawFn) -> tuple[str, date]:
    """(as somebody writes it, the day)."""
    on = draw(DAYS)
    short = f"{on.year}{{0}}{on.month}{{0}}{on.day}"
    raw = draw(
        st.sampled_from(
            [
                on.isoformat(),
                f"{on:%Y%m%d}",
                short.format("/"),
                short.format("."),
                short.format("-"),
                f"{on.year}年{on.month}月{on.day}日",
                f"{on:%Y年%m月%d日}",
                f"{on:%Y/%m/%d} 08:30",
                f"{on.isoformat()}T23:59:59",
                str((on - date(1899, 12, 30)).days),
                f"{(on - date(1899, 12, 30)).days}.75",
            ]
        )
    )
    if draw(st.booleans()) and "T" not in raw and "年" not in raw:
        raw = raw.translate(WIDE)
    return raw, on


@given(written_days())
@settings(max_examples=400)
def test_days_mean_what_they_say(written: tuple[str, date]) -> None:
    raw, on = written
    assume((on - date(1899, 12, 30)).days >= 10_000)
    assert said(day(), raw) == on, raw


@given(st.text(alphabet="0123456789-/.年月日号 :TZ+０１２３", max_size=20))
@settings(max_examples=1500)
@example("46056")
@example("2026-02-30")
@example("20260203 10:00+08:00")
def test_no_day_is_guessed(raw: str) -> None:
    found = said(day(), raw)
    if not isinstance(found, date):
        return
    plain = unicodedata.normalize("NFKC", raw).strip()
    written = re.match(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})(?!\d)", plain)
    if written:
        parts = [int(part) for part in written.groups() if part]
        zone = bool(re.search(r"(Z|[+-]\d\d:?\d\d)$", plain))
        assert abs((found - date(*parts)).days) <= int(zone), raw
    else:
        assert re.fullmatch(r"\d{5}(\.\d+)?", plain), raw
        assert found == date(1899, 12, 30) + timedelta(days=int(float(plain))), raw


@given(st.from_regex(r"0{1,6}[0-9A-Z]{0,12}(-[0-9]{1,4})?", fullmatch=True), st.booleans())
@example("00123", False)
@example("0E10", True)
def test_codes_keep_their_zeros(raw: str, wide: bool) -> None:
    written = "".join(chr(ord(c) + 0xFEE0) for c in raw) if wide else raw
    assert said(texts.code(60), f" {written} ") == raw


@given(st.text(max_size=30))
@settings(max_examples=800)
def test_a_code_is_the_text_or_refused(raw: str) -> None:
    found = said(texts.code(60), raw)
    if isinstance(found, str):
        visible = "".join(c for c in raw if unicodedata.category(c) not in ("Cf", "Cc"))
        squeezed = "".join(unicodedata.normalize("NFKC", visible).split()).removeprefix("'")
        same = "".join(unicodedata.normalize("NFKC", found).split()).removeprefix("'")
        kept = "".join(c for c in same if unicodedata.category(c) not in ("Cf", "Cc"))
        assert kept == squeezed, raw
