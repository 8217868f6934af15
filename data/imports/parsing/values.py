"""Cells into values (取值): read exactly or refuse with a reason, never guess.

Cells of a workbook know what they were (`cell.Cell`): a date is no score, TRUE is not 1.
Texts and codes are read in `texts`, days in `days`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from data.imports.files.cell import kind_of
from data.imports.files.headers import INVISIBLE
from data.imports.parsing.manner import Manner, Parser, Unreadable
from data.imports.parsing.texts import folded, refuse_unreadable_cell

LARGEST = 10**15
"""Minor units; beyond it an amount is a mistake (ten trillion yuan)."""

_MISSING = frozenset(
    {
        "nan",
        "null",
        "none",
        "n/a",
        "na",
        "#n/a",
        "nil",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "無",
        "空",
        "未填",
        "无答案",
        "未作答",
    }
)
_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}")
"""What nearly all cells look like, in which nothing is to be cleaned, folded or refused."""


def is_missing(raw: str) -> bool:
    """Whether a cell of a figure, date or score says that there is nothing."""
    bare = folded(raw).lower()
    return not bare or bare in _MISSING


_SIGNS = {
    "CNY": ("¥", "￥", "元", "rmb", "cny", "人民币"),
    "USD": ("$", "usd"),
    "EUR": ("€", "eur"),
    "HKD": ("hk$", "hkd"),
    "TWD": ("nt$", "twd"),
    "JPY": ("¥", "￥", "円", "jpy"),
}
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?|\.(\d+)")
UNITS = {"万": Decimal(10**4), "萬": Decimal(10**4), "亿": Decimal(10**8), "億": Decimal(10**8)}


def money(
    *, sign: Literal["any", "positive", "not_negative", "not_zero"] = "any", negative: str = ""
) -> Parser:
    """An amount in exact minor units (分); with `round_cents` it may have a fraction.

    Args:
        sign: which amounts are taken.
        negative: reason given for one below zero where that is refused, with advice.
    """

    def parse(raw: str, how: Manner) -> int | Decimal | None:
        found: int | Decimal | None
        if _PLAIN_AMOUNT.fullmatch(raw):
            found = int(raw.replace(".", ""))
        else:
            refuse_unreadable_cell(raw)
            if kind_of(raw) in ("bool", "date"):
                raise Unreadable("not_an_amount")
            found = _minor(str(raw), how.currency, how.round_cents)
        if found is None:
            return None
        if fault := _wrong_sign(found, sign, negative):
            raise Unreadable(fault)
        return found

    return parse


def _wrong_sign(amount: int | Decimal, sign: str, negative: str) -> str:
    """Why an amount's sign is not taken; '' where it is."""
    if amount == 0:
        return {"positive": "amount_not_positive", "not_zero": "amount_zero"}.get(sign, "")
    if amount > 0 or sign in ("any", "not_zero"):
        return ""
    return negative or ("amount_not_positive" if sign == "positive" else "amount_negative")


def _minor(raw: str, currency: str, round_cents: bool) -> int | Decimal | None:
    if is_missing(raw):
        return None
    exact = _decimal(_without_currency(folded(raw).lower(), currency)) * 100
    if abs(exact) >= LARGEST:
        raise Unreadable("amount_too_large")
    whole = int(exact)
    if whole == exact:
        return whole
    if not round_cents:
        raise Unreadable("too_many_decimals")
    return exact


def exact(raw: str, currency: str) -> Decimal:
    """A figure as written, in exact digits.

    Raises:
        Unreadable: it is none.
    """
    return _decimal(_without_currency(folded(str(raw)).lower(), currency))


class Cents:
    """Rounds amounts half up, carrying what was cut off to the owner's next amount.

    So every owner's total is right to the cent, and no line is off by more than one.
    """

    def __init__(self) -> None:
        self._carried: dict[tuple[str, str], Decimal] = {}

    def whole(self, owner: str, column: str, exact: int | Decimal) -> int:
        """The next amount of an owner in a column, in whole minor units."""
        due = exact + self._carried.get((owner, column), Decimal(0))
        rounded = int(due.to_integral_value(rounding=ROUND_HALF_UP))
        self._carried[owner, column] = due - rounded
        return rounded


def _plain_minus(bare: str) -> str:
    return bare.replace("−", "-").replace("–", "-")


def _without_currency(bare: str, currency: str) -> str:
    """The figure without its currency's sign before it and after it: `¥1,200元`."""
    marks = _SIGNS.get(currency, ())
    return _without_sign_after(_without_sign_before(_plain_minus(bare), marks), marks)


def _without_sign_before(bare: str, marks: Sequence[str]) -> str:
    for mark in marks:
        if bare.startswith(mark):
            return bare[len(mark) :].strip()
        for opening in ("-", "("):
            if bare.startswith(opening + mark):
                return opening + bare[len(mark) + 1 :].strip()
    return bare


def _without_sign_after(bare: str, marks: Sequence[str]) -> str:
    for mark in marks:
        if bare.endswith(mark):
            return bare[: -len(mark)].strip()
        for closing in ("-", ")"):
            if bare.endswith(mark + closing):
                return bare[: -len(mark) - 1].strip() + closing
    return bare


def _decimal(bare: str) -> Decimal:
    """A number as people and ledgers write it: (1,234.50), 1234.50-, 12.5万."""
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        negative, bare = True, bare[1:-1].strip()
    elif bare.endswith("-"):
        negative, bare = True, bare[:-1].strip()
    elif bare.startswith(("-", "+")):
        negative, bare = bare[0] == "-", bare[1:].strip()
    unit = UNITS.get(bare[-1:], Decimal(1))
    if unit != 1:
        bare = bare[:-1].strip()
    if not bare.isascii() or len(bare) > 40 or not _AMOUNT.fullmatch(bare):
        raise Unreadable("not_an_amount")
    number = Decimal(bare.replace(",", "")) * unit
    return -number if negative else number


def number(*, least: float | None = None, most: float | None = None, whole: bool = False) -> Parser:
    """A quantity, count or share; `35%` is 0.35."""

    def read(raw: str) -> float | None:
        if is_missing(raw):
            return None
        bare = folded(raw).lower()
        share = bare.endswith("%")
        try:
            found = float(_decimal(_plain_minus(bare.rstrip("%").strip())))
        except Unreadable:
            raise Unreadable("number_unreadable") from None
        found = found / 100 if share else found
        if whole and found != int(found):
            raise Unreadable("not_whole")
        if (least is not None and found < least) or (most is not None and found > most):
            raise Unreadable("number_out_of_range", least=least, most=most)
        if abs(found) > 1e12:
            raise Unreadable("amount_too_large")
        return found

    def parse(raw: str, _how: Manner) -> float | int | None:
        refuse_unreadable_cell(raw)
        if kind_of(raw) in ("bool", "date"):
            raise Unreadable("number_unreadable")
        found = read(str(raw))
        return int(found) if whole and found is not None else found

    return parse


_DAYS = re.compile(r"(\d+)\s*(天|日|days?)", re.IGNORECASE)


def days(most: int) -> Parser:
    """A whole number of days, with or without the word: `30`, `30天`, `30 days`.

    What counts from elsewhere, such as 月结60天 (from the end of the month), is no such number.
    """
    plain = number(least=0, most=most, whole=True)

    def parse(raw: str, how: Manner) -> float | int | None:
        said = _DAYS.fullmatch(folded(raw)) if kind_of(raw) == "text" else None
        return plain(said[1] if said else raw, how)

    return parse


_SCORE = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,4})?")


def score(raw: str, how: Manner, least: float, most: float, step: float) -> float | None:
    """One answer on a scale; None is no answer, which is not zero.

    Raises:
        Unreadable: it is no number, or outside the scale, or between two steps.
    """
    refuse_unreadable_cell(raw)
    if is_missing(raw):
        return None
    if kind_of(raw) in ("bool", "date"):
        raise Unreadable("not_a_score")
    bare = folded(raw) if raw[:1] == "'" else INVISIBLE.sub("", raw).strip()
    worded = (how.words or {}).get(bare)
    if worded is None:
        if not _SCORE.fullmatch(bare) or bare.startswith("-0"):
            raise Unreadable("not_a_score")
        worded = float(bare)
    if not least <= worded <= most:
        raise Unreadable("score_out_of_scale", least=f"{least:g}", most=f"{most:g}")
    steps = (worded - least) / step
    if abs(steps - round(steps)) > 1e-9:
        raise Unreadable("score_between_steps", step=f"{step:g}")
    return worded


_YES = frozenset({"是", "有", "yes", "y", "true", "1", "√", "✓", "对"})
_NO = frozenset({"否", "无", "無", "没有", "no", "n", "false", "0", "×", "✗", "不"})


def flag(raw: str, _how: Manner) -> bool | None:
    """Yes or no."""
    refuse_unreadable_cell(raw)
    bare = folded(raw).lower()
    if not bare:
        return None
    if bare in _YES or bare in _NO:
        return bare in _YES
    raise Unreadable("not_yes_or_no")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list; `words` maps what files say, lower-case, to the stored code."""

    words: Mapping[str, str]

    def __call__(self, raw: str, _how: Manner) -> str | None:
        """The code that a cell means; None where it says nothing."""
        refuse_unreadable_cell(raw)
        bare = folded(raw).lower()
        if bare and bare not in self.words:
            raise Unreadable("not_in_list", known=", ".join(sorted(set(self.words.values()))))
        return self.words.get(bare)
