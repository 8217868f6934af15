"""The stretches of time a refresh looks at (期间), all counted back from the as-of date.

Every stretch is given by the day it starts *after*, so that `after < day <= as_of` holds
for it: no off-by-one between neighbouring stretches.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from models.base import DAY_ZERO
from models.policy import Policy


@dataclass(frozen=True, slots=True)
class Period:
    """The days that bound every sum of one refresh; each `…_after` day itself is outside."""

    as_of: date
    after: date
    """The window of the settings starts after this day."""
    whole: bool
    """True when the window is the whole period and there is nothing before it."""
    before_after: date
    """The window before starts after this day and ends on `after`."""
    recent_after: date
    """The last `loss.recent_days` days."""
    previous_after: date
    """As many days before those."""
    year_ago: date
    year_ago_after: date
    """The same days a year before end on `year_ago`."""
    month_after: date
    """The calendar month of the as-of date."""

    @property
    def days(self) -> int:
        """Length of the window in days."""
        return (self.as_of - self.after).days


STAND_IN = Period(
    **{
        each.name: date(2999, 1, 1 + number)
        for number, each in enumerate(fields(Period))
        if each.name != "whole"
    },
    whole=False,
)
"""A day for each field that occurs nowhere else, to compile a reduction once for all dates."""


def swapped(sql: str, on: Period) -> str:
    """SQL compiled over `STAND_IN`, with the days of a real period in their places.

    Compiling takes longer than running where facts are few and dates are many.
    """
    for each in fields(Period):
        if each.name != "whole":
            old, new = getattr(STAND_IN, each.name), getattr(on, each.name)
            sql = sql.replace(f"'{old}'", f"'{new}'")
            sql = sql.replace(_made(old), _made(new))
    assert "2999" not in sql, "a day of STAND_IN is written in a way unknown here"
    return sql


def _made(day: date) -> str:
    """A date literal as DuckDB and PostgreSQL are given it."""
    return f"MAKE_DATE({day.year}, {day.month}, {day.day})"


def period(as_of: date, policy: Policy) -> Period:
    """The stretches for one date under one policy."""
    months, recent = policy.window_months, timedelta(days=policy.loss_recent_days)
    start = months_before(as_of, months) if months else DAY_ZERO - timedelta(days=1)
    year_ago = months_before(as_of, 12)
    return Period(
        as_of=as_of,
        after=start,
        whole=months == 0,
        before_after=months_before(start, months) if months else start,
        recent_after=as_of - recent,
        previous_after=as_of - 2 * recent,
        year_ago=year_ago,
        year_ago_after=year_ago - recent,
        month_after=as_of.replace(day=1) - timedelta(days=1),
    )


def months_before(day: date, months: int) -> date:
    """The same day `months` months earlier; the end of a month stays the end of a month."""
    index = day.year * 12 + day.month - 1 - months
    last = _month_end(index)
    return last if day == _month_end(index + months) else last.replace(day=min(day.day, last.day))


def month_ends(first: date, last: date) -> list[date]:
    """Every month's end from `first` to `last`, and `last` itself; oldest first."""
    ends = []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        end = _month_end(index)
        if first <= end < last:
            ends.append(end)
    return [*ends, last]


def _month_end(index: int) -> date:
    """The last day of a month counted from year 0."""
    following = index + 1
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)
