"""Computed dates (快照日期): which there are, what they were computed by, what to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import calendar, refresh_state
from data.facts_periods import months_before
from data.queries.people import managers
from data.queries.scope import Rows, regular, snapshot_dates, visible_to
from models.access import Scope
from models.customers import CardHistory, Customer
from models.filters import Days
from models.snapshots import SnapshotRun


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters of a page can be set to."""

    days: Days = field(default_factory=Days)
    owners: dict[int, str] = field(default_factory=dict)
    provinces: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One computed date and those to hold it against."""

    as_of: date
    built_at: datetime
    setting_version: int
    facts_revision: int
    policy: dict[str, Any]
    totals: dict[str, Any]
    previous: date | None
    """The newest date of an earlier month."""
    year_before: date | None
    """The newest date at least a year back, if there is one within the month before."""
    trend: tuple[date, ...]
    """The last date of each of the thirteen months up to this one, oldest first."""
    window_from: date | None
    """Orders after this day are in the window; None when it is the whole period."""
    window_before_from: date | None
    computed_in: float | None
    """Seconds it took where a reader asked for this date; None where a refresh computed it."""


def choices(session: Session, scope: Scope) -> Choices:
    """Dates, managers, provinces and industries to choose among; text sorted.

    All that a card says or ever said: an earlier date has customers of those, too.
    """

    def texts(name: str) -> tuple[str, ...]:
        now: Rows = sa.select(getattr(Customer, name))
        then: Rows = sa.select(getattr(CardHistory, name)).join(
            Customer, col(Customer.id) == col(CardHistory.customer_id)
        )
        found = sa.union(visible_to(now, scope), visible_to(then, scope)).subquery()
        (said,) = found.c
        return tuple(session.execute(sa.select(said).where(said != "").order_by(said)).scalars())

    return Choices(
        days=Days(
            computed=tuple(snapshot_dates(session)),
            newest=refresh_state.newest(session),
            first=refresh_state.first_day(session),
            today=calendar.today(session),
        ),
        owners=managers(session, scope),
        provinces=texts("province"),
        industries=texts("industry"),
    )


def run(session: Session, as_of: date | None = None) -> Run | None:
    """The run of a date, by default the newest, with the dates to compare it with.

    None where that very date was not computed: no other date stands in for it. Holds
    whole-company totals: hand those only to readers who see everybody.
    """
    day = as_of or refresh_state.newest(session)
    query = sa.select(SnapshotRun).where(
        col(SnapshotRun.as_of) == day, refresh_state.holds(session)
    )
    found = session.execute(query).scalar_one_or_none()
    if day is None or found is None:
        return None
    shown = sa.select(col(SnapshotRun.as_of)).where(
        col(SnapshotRun.as_of) <= day, regular(SnapshotRun.as_of, day)
    )
    ends = month_ends(list(session.execute(shown).scalars()))
    earlier = [other for other in ends if (other.year, other.month) < (day.year, day.month)]
    months = int(found.policy.get("window.months", 12))
    year_ago = months_before(day, 12)
    near = [other for other in ends if months_before(day, 13) < other <= year_ago]
    return Run(
        as_of=day,
        built_at=found.built_at,
        setting_version=found.setting_version,
        facts_revision=found.facts_revision,
        policy=dict(found.policy),
        totals=dict(found.totals),
        previous=earlier[-1] if earlier else None,
        year_before=near[-1] if near else None,
        trend=tuple(ends[-13:]),
        window_from=months_before(day, months) if months else None,
        window_before_from=months_before(day, 2 * months) if months else None,
        computed_in=found.seconds if found.on_demand else None,
    )


def month_ends(dates: Sequence[date]) -> list[date]:
    """The last of the dates in each month, oldest first."""
    last: dict[tuple[int, int], date] = {}
    for day in sorted(dates):
        last[(day.year, day.month)] = day
    return list(last.values())
