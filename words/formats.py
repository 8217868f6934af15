"""Figures as the reader writes them (数字格式): money, ratios, counts, days, dates.

Money comes in integer minor units (分) and leaves as text; Chinese readers get 万 and 亿,
English ones K, M and B. Missing figures are an em dash, never 0. Halves round up, away
from zero, as invoices do.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, dates, numbers

from words import i18n
from words.i18n import mark_c

NONE = "—"
MINOR_PER_MAJOR = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit to write many amounts in: `divisor` minor units make one, `unit` names it."""

    divisor: int
    unit: str
    digits: int


_UNITS_ZH = (
    (10**8, mark_c("unit", "hundred million"), 2),
    (10**4, mark_c("unit", "ten thousand"), 0),
)
_UNITS_EN = ((10**9, "B", 2), (10**6, "M", 0), (10**3, "K", 0))


def is_missing(value: Any) -> bool:
    """True for None, NaN, NaT and pandas' NA."""
    if value is None:
        return True
    if isinstance(value, Decimal):
        return not value.is_finite()
    if isinstance(value, int):
        return False
    if isinstance(value, float):
        return not math.isfinite(value)
    try:
        return bool(value != value)
    except TypeError:
        return True


def rounded(value: Any, digits: int = 0) -> Decimal:
    """`value` with `digits` decimals, halves away from zero; -0 becomes 0."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(_plain(value)))
    result = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: Any, digits: int = 0, lang: str | None = None) -> str:
    """A grouped number with exactly `digits` decimals."""
    if is_missing(value):
        return NONE
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(
        rounded(value, digits), format=pattern, locale=_locale(lang), decimal_quantization=False
    )


def count(value: Any, lang: str | None = None) -> str:
    """A whole number, grouped: 1,190."""
    return number(value, 0, lang)


def score(value: Any, lang: str | None = None, digits: int = 1) -> str:
    """A score or index: 86.5."""
    return number(value, digits, lang)


def days(value: Any, lang: str | None = None) -> str:
    """A number of days with its word: 37 天, 37 days."""
    if is_missing(value):
        return NONE
    whole = rounded(value)
    one = whole == 1
    lang = lang or i18n.language()
    if one and lang == "en":
        return "1 day"
    return i18n.in_context("unit", "{n} days", lang, n=count(whole, lang))


def ratio(value: Any, lang: str | None = None, digits: int = 1) -> str:
    """A ratio 0–1 as a percentage: 0.1234 → 12.3%."""
    if is_missing(value):
        return NONE
    return number(Decimal(repr(_plain(value))) * 100, digits, lang) + "%"


def signed_ratio(value: Any, lang: str | None = None, digits: int = 1) -> str:
    """A change as a percentage with its sign: +8.4%, -3.0%, 0.0%."""
    return _signed(ratio(value, lang, digits), value, digits + 2)


def points(value: Any, lang: str | None = None, digits: int = 1) -> str:
    """A difference of two ratios in percentage points: 0.031 → +3.1 pts."""
    if is_missing(value):
        return NONE
    figure = number(Decimal(repr(_plain(value))) * 100, digits, lang)
    signed = _signed(figure, value, digits + 2)
    return i18n.in_context("unit", "{n} pts", lang or i18n.language(), n=signed)


def signed(value: Any, lang: str | None = None, digits: int = 0) -> str:
    """A change with its sign: +32, -3, 0."""
    return _signed(number(value, digits, lang), value, digits)


def money(
    minor: Any, lang: str | None = None, currency: str = "CNY", *, compact: bool = False
) -> str:
    """An amount of minor units with its currency: ¥1,234,567.89, or compact ¥123万."""
    if is_missing(minor):
        return NONE
    if compact:
        return _compact(minor, lang or i18n.language(), currency)
    return _with_symbol(number(_major(minor), 2, lang), lang, currency)


def money0(minor: Any, lang: str | None = None, currency: str = "CNY") -> str:
    """An amount rounded to whole yuan, as lists show it: ¥1,234,568."""
    if is_missing(minor):
        return NONE
    return _with_symbol(number(_major(minor), 0, lang), lang, currency)


def signed_money(
    minor: Any, lang: str | None = None, currency: str = "CNY", *, compact: bool = True
) -> str:
    """A change of an amount with its sign: +¥12万."""
    if is_missing(minor):
        return NONE
    text = money(minor, lang, currency, compact=compact)
    return f"+{text}" if minor > 0 else text


def yuan(minor: Any) -> int | None:
    """Whole major units, for columns of numbers; None where missing."""
    return None if is_missing(minor) else int(rounded(_major(minor)))


def scale(largest_minor: Any, lang: str | None = None) -> Scale:
    """One unit for a whole chart or table, fit for its largest amount.

    Chinese: 元, 万元, 亿元. English: CNY units, K, M. Amounts stay readable as 1–5 digits.
    """
    lang = lang or i18n.language()
    top = 0 if is_missing(largest_minor) else abs(_major(largest_minor))
    few = 0 if top >= 10**6 else 1
    steps = (
        ((10**7, 10**6, "CNY M", 1), (10**4, 10**3, "CNY K", 0))
        if lang == "en"
        else (
            (10**9, 10**8, mark_c("unit", "CNY 100M"), 2),
            (10**5, 10**4, mark_c("unit", "CNY 10K"), few),
        )
    )
    plain = (0, 1, mark_c("unit", "CNY"), 0)
    _, divisor, unit, digits = next(step for step in (*steps, plain) if top >= step[0])
    return Scale(divisor * MINOR_PER_MAJOR, i18n.in_context("unit", unit, lang), digits)


def scaled(minor: Any, unit: Scale) -> float | None:
    """An amount in `unit`, as a number to plot; None where missing."""
    return None if is_missing(minor) else float(Decimal(int(minor)) / unit.divisor)


def scaled_text(minor: Any, unit: Scale, lang: str | None = None) -> str:
    """An amount in `unit`, as text without the unit's name."""
    if is_missing(minor):
        return NONE
    return number(Decimal(int(minor)) / unit.divisor, unit.digits, lang)


def unit_name(unit: str, lang: str | None = None) -> str:
    """The name of a Metric unit for captions and headers; empty where it shows itself."""
    lang = lang or i18n.language()
    if unit == "money":
        return i18n.in_context("unit", "CNY", lang)
    return i18n.in_context("unit", "days", lang) if unit == "days" else ""


def write(value: Any, unit: str, lang: str | None = None, *, compact: bool = True) -> str:
    """A figure by its Metric unit.

    `money` is minor units; `score`, `index` and `points` have one decimal unless whole;
    `level` is written as it is.
    """
    lang = lang or i18n.language()
    if unit == "money":
        return money(value, lang, compact=True) if compact else money0(value, lang)
    writers: dict[str, Callable[[Any, str], str]] = {
        "ratio": ratio,
        "count": count,
        "days": days,
        "level": lambda level, _: NONE if is_missing(level) else str(level),
    }
    return writers.get(unit, _short)(value, lang)


def date(value: dt.date | None, lang: str | None = None, style: str = "iso") -> str:
    """A date: `iso` 2026-11-21 everywhere; `long` in the reader's words."""
    if is_missing(value) or value is None:
        return NONE
    if style == "iso":
        return value.strftime("%Y-%m-%d")
    return dates.format_date(value, format=style, locale=_locale(lang))


def month(value: dt.date | None) -> str:
    """A month: 2026-11."""
    return NONE if is_missing(value) or value is None else value.strftime("%Y-%m")


def datetime_local(value: dt.datetime | None, zone: str | dt.tzinfo | None = None) -> str:
    """An aware instant in the reader's time zone: 2026-11-21 09:30."""
    if is_missing(value) or value is None:
        return NONE
    return value.astimezone(_zone(zone)).strftime("%Y-%m-%d %H:%M")


def joined(words: list[str] | tuple[str, ...], lang: str | None = None) -> str:
    """A list of words as a phrase: 甲、乙, or A, B."""
    return i18n.in_context("unit", ", ", lang or i18n.language()).join(words)


def _short(value: Any, lang: str) -> str:
    """A score with one decimal, without it only when it is a whole number."""
    whole = not is_missing(value) and float(value).is_integer()
    return score(value, lang, 0 if whole else 1)


def _zone(zone: str | dt.tzinfo | None) -> dt.tzinfo:
    if isinstance(zone, dt.tzinfo):
        return zone
    try:
        return ZoneInfo(zone or i18n.timezone())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _signed(text: str, value: Any, digits: int) -> str:
    if is_missing(value):
        return NONE
    return f"+{text}" if rounded(value, digits) > 0 else text


def _compact(minor: Any, lang: str, currency: str) -> str:
    amount = _major(minor)
    for size, word, digits in _UNITS_EN if lang == "en" else _UNITS_ZH:
        figure = amount / size
        shown = digits or (0 if abs(figure) >= 100 else 1)
        if abs(rounded(figure, shown)) >= 1:
            name = i18n.in_context("unit", word, lang)
            return _with_symbol(number(figure, shown, lang), lang, currency) + name
    return _with_symbol(number(amount, 0, lang), lang, currency)


def _with_symbol(figure: str, lang: str | None, currency: str) -> str:
    symbol = _symbol(currency, lang or i18n.language())
    return f"-{symbol}{figure[1:]}" if figure.startswith("-") else f"{symbol}{figure}"


@lru_cache
def _symbol(currency: str, lang: str) -> str:
    """¥ for yuan everywhere: one store has one currency, so CN¥ would only be noise."""
    locale = "zh_Hans_CN" if currency == "CNY" else i18n.babel_locale(lang)
    return numbers.get_currency_symbol(currency, locale=locale)


@lru_cache
def _locale_named(name: str) -> Locale:
    return Locale.parse(name)


def _locale(lang: str | None) -> Locale:
    return _locale_named(i18n.babel_locale(lang))


def _major(minor: Any) -> Decimal:
    whole = _plain(minor)
    exact = Decimal(whole) if isinstance(whole, int) else Decimal(repr(whole))
    return exact / MINOR_PER_MAJOR


def _plain(value: Any) -> Any:
    """A numpy scalar as the Python number it holds."""
    return value.item() if hasattr(value, "item") else value
