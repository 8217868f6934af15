"""Cells into calendar days (日期): the ways people write a date, and no others.

`3/2/2026` is two days to two readers, so it is refused unless the file's manner says which.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.imports.files.cell import kind_of
from data.imports.parsing.manner import Manner, Parser, Unreadable
from data.imports.parsing.texts import folded, refuse_unreadable_cell

COMPANY_ZONE = ZoneInfo("Asia/Shanghai")
"""An instant with an offset belongs to this zone's day."""

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
MOST_DAYS_AHEAD = 366
"""How far ahead of today an event may be dated before it must be a mistake."""

_YMD = re.compile(r"(\d{4})(?P<by>[-/.])(\d{1,2})(?P=by)(\d{1,2})")
_HAN = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OTHER = re.compile(r"(\d{1,2})(?P<by>[-/.])(\d{1,2})(?P=by)(\d{4})")
_TIME = re.compile(
    r"(.+?)[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:(\.\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))")
NOTHING = frozenset({"-", "—", "--", "——", "无", "無"})
"""Cells that say there is no day."""
_SERIAL = re.compile(r"\d{5}(\.\d+)?")


def day(*, event: bool = True) -> Parser:
    """A calendar day from 1990 to 2099; an `event` cannot lie more than a year ahead."""

    def parse(raw: str, how: Manner) -> date | None:
        refuse_unreadable_cell(raw)
        if kind_of(raw) == "bool":
            raise Unreadable("date_unreadable")
        found = _day(str(raw), how.day_order, how.is_1904)
        if event and found is not None and (found - how.today).days > MOST_DAYS_AHEAD:
            raise Unreadable("date_in_future")
        return found

    return parse


def moment(raw: str, how: Manner) -> datetime | None:
    """An instant, UTC: a day with its time, of the company's zone unless an offset is given.

    Raises:
        Unreadable: it is none; a day alone is none either.
    """
    refuse_unreadable_cell(raw)
    bare = folded(str(raw))
    if not bare or bare in NOTHING:
        return None
    timed = _TIME.fullmatch(bare)
    if timed is None:
        raise Unreadable("moment_unreadable")
    read = datetime.fromisoformat(_iso(timed, how.day_order))
    return (read if read.tzinfo else read.replace(tzinfo=COMPANY_ZONE)).astimezone(UTC)


def written(instant: datetime) -> str:
    """An instant as a sheet holds it, so that `moment` reads the same."""
    local = instant.astimezone(COMPANY_ZONE).replace(tzinfo=None)
    return local.isoformat(sep=" ", timespec="microseconds" if local.microsecond else "seconds")


def month(raw: str, how: Manner) -> date | None:
    """A month as its first day: `2026-03`, `2026年3月`, `202603`, or any day of it.

    Raises:
        Unreadable: it is none.
    """
    bare = folded(str(raw))
    found = _MONTH.fullmatch(bare)
    if found:
        return _within(_calendar(int(found[1]), int(found[2] or found[3]), 1))
    day_of_it: date | None = _plain_day(raw, how)
    return day_of_it and day_of_it.replace(day=1)


def _within(found: date) -> date:
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unreadable("date_out_of_range")
    return found


def _day(raw: str, order: str, is_1904: bool) -> date | None:
    bare = folded(raw)
    if not bare or bare in NOTHING:
        return None
    return _within(_written_day(bare, order, is_1904))


def _written_day(bare: str, order: str, is_1904: bool) -> date:
    if not bare.replace("年", "").replace("月", "").replace("日", "").replace("号", "").isascii():
        raise Unreadable("date_unreadable")
    timed = _TIME.fullmatch(bare)
    if timed:
        return _day_of_instant(timed, order)
    for pattern, places in ((_YMD, (1, 3, 4)), (_HAN, (1, 2, 3)), (_EIGHT, (1, 2, 3))):
        match = pattern.fullmatch(bare)
        if match:
            return _calendar(*(int(match.group(place)) for place in places))
    other = _OTHER.fullmatch(bare)
    if other:
        first, second, year = int(other.group(1)), int(other.group(3)), int(other.group(4))
        if not order:
            raise Unreadable("date_ambiguous")
        return _calendar(year, *((first, second) if order == "mdy" else (second, first)))
    if _SERIAL.fullmatch(bare):
        start = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
        return start + timedelta(days=int(float(bare)))
    raise Unreadable("date_unreadable")


def _day_of_instant(timed: re.Match[str], order: str) -> date:
    read = datetime.fromisoformat(_iso(timed, order))
    return (read.astimezone(COMPANY_ZONE) if read.tzinfo else read).date()


def _iso(timed: re.Match[str], order: str) -> str:
    written = _written_day(timed.group(1), order, is_1904=False)
    hour, minute, second = (int(timed.group(place) or 0) for place in (2, 3, 4))
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable("date_unreadable")
    rest = f"{timed.group(5) or ''}{timed.group(6) or ''}"
    return f"{written.isoformat()}T{hour:02}:{minute:02}:{second:02}{rest}"


def _calendar(year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise Unreadable("no_such_day") from None


_plain_day = day(event=False)
