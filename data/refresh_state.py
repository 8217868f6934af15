"""Runs of the refresh (刷新记录): which dates are computed, and whether they are behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.facts_periods import month_ends, months_before
from errors import Issue
from models.receivables import CreditNote, Invoice, Receipt, Reversal, WriteOff
from models.sales import SalesOrder
from models.service import Complaint, Visit
from models.snapshots import SnapshotRun
from models.surveys import Response
from models.system import SettingVersion, StoreState

TREND_MONTHS = 13
"""Month-ends a page's trend shows; an automatic refresh renews these."""
FACT_DAYS: tuple[Any, ...] = (
    SalesOrder.ordered_on,
    Invoice.invoiced_on,
    Receipt.received_on,
    CreditNote.issued_on,
    Reversal.reversed_on,
    WriteOff.written_off_on,
    Response.answered_on,
    Complaint.opened_on,
    Visit.visited_on,
)


def last_fact(session: Session) -> date | None:
    """The last day on which something happened; None in an empty store."""
    days = [session.execute(sa.select(sa.func.max(col(day)))).scalar_one() for day in FACT_DAYS]
    return max((day for day in days if day is not None), default=None)


def first_fact(session: Session) -> date | None:
    """The first day on which something happened; None in an empty store."""
    days = [session.execute(sa.select(sa.func.min(col(day)))).scalar_one() for day in FACT_DAYS]
    return min((day for day in days if day is not None), default=None)


def default_date(session: Session, today: date) -> date:
    """The last day with facts if it lies before today, else today."""
    last = last_fact(session)
    return last if last is not None and last < today else today


def trend(session: Session, today: date) -> list[date]:
    """The month-ends before `default_date` that an automatic refresh renews; oldest first."""
    first, day = first_fact(session), default_date(session, today)
    if first is None:
        return []
    begin = max(first, months_before(day, TREND_MONTHS))
    return [end for end in month_ends(begin, day) if end < day]


def left_behind(session: Session, since: date, today: date) -> list[date]:
    """Computed dates from `since` on that no automatic refresh renews; oldest first."""
    begin = months_before(default_date(session, today), TREND_MONTHS)
    renewed = {*month_ends(begin, today), default_date(session, today), newest(session)}
    query = sa.select(col(SnapshotRun.as_of)).where(
        ~col(SnapshotRun.on_demand), col(SnapshotRun.as_of) >= since
    )
    found = session.execute(query.order_by(col(SnapshotRun.as_of))).scalars()
    return [day for day in found if day not in renewed]


def newest(session: Session) -> date | None:
    """The newest date that was computed; what a reader asked for alone does not count."""
    query = sa.select(sa.func.max(col(SnapshotRun.as_of))).where(~col(SnapshotRun.on_demand))
    return session.execute(query).scalar_one()


def first_day(session: Session) -> date | None:
    """The first day that can be asked for: of a fact or a snapshot; None in an empty store."""
    oldest = session.execute(sa.select(sa.func.min(col(SnapshotRun.as_of)))).scalar_one()
    return min((day for day in (first_fact(session), oldest) if day is not None), default=None)


def outside(session: Session, day: date, today: date) -> Issue | None:
    """Why there can be no figures of a day; None from the first fact up to today."""
    first, last = first_day(session), max(today, newest(session) or today)
    if first is None:
        return Issue("nothing_computed")
    if first <= day <= last:
        return None
    reason, limit = ("date_too_early", first) if day < first else ("date_too_late", last)
    return Issue(reason, value=day.isoformat(), detail={"limit": limit.isoformat()})


def facts_revision(session: Session) -> int:
    """The store's counter of fact changes."""
    return session.execute(sa.select(col(StoreState.facts_revision))).scalar_one_or_none() or 0


def setting_version(session: Session) -> int:
    """The newest version of the settings; 0 while none was stored."""
    query = sa.select(sa.func.max(col(SettingVersion.version)))
    return session.execute(query).scalar_one_or_none() or 0


def built(session: Session, setting_version: int) -> frozenset[date]:
    """Dates computed from the present facts under the given settings, none on demand."""
    query = sa.select(col(SnapshotRun.as_of)).where(
        ~col(SnapshotRun.on_demand),
        col(SnapshotRun.facts_revision) == facts_revision(session),
        col(SnapshotRun.setting_version) == setting_version,
    )
    return frozenset(session.execute(query).scalars())


def of_these_facts(session: Session) -> frozenset[date]:
    """Dates computed from the present facts, under whatever settings, none on demand."""
    query = sa.select(col(SnapshotRun.as_of)).where(
        ~col(SnapshotRun.on_demand), col(SnapshotRun.facts_revision) == facts_revision(session)
    )
    return frozenset(session.execute(query).scalars())


def is_regular(session: Session, day: date) -> bool:
    """Whether a date is one that trends rest on; so is the first of all that is computed."""
    query = sa.select(col(SnapshotRun.as_of)).where(~col(SnapshotRun.on_demand))
    known = session.execute(query).scalars().all()
    return not known or day in known


def holds(session: Session) -> sa.ColumnElement[bool]:
    """Condition on `SnapshotRun`: the date can be shown.

    One computed on demand holds only for the facts and settings it came from: no refresh
    renews it.
    """
    return sa.or_(
        ~col(SnapshotRun.on_demand),
        sa.and_(
            col(SnapshotRun.facts_revision) == facts_revision(session),
            col(SnapshotRun.setting_version) == setting_version(session),
        ),
    )


def spent(session: Session) -> list[date]:
    """Dates computed on demand that hold no longer."""
    query = sa.select(col(SnapshotRun.as_of)).where(~holds(session))
    return list(session.execute(query).scalars())


def needs_refresh(session: Session) -> bool:
    """Whether facts or settings changed after the newest snapshot was made, or there is none."""
    query = (
        sa.select(col(SnapshotRun.facts_revision), col(SnapshotRun.setting_version))
        .where(~col(SnapshotRun.on_demand))
        .order_by(col(SnapshotRun.as_of).desc())
        .limit(1)
    )
    run = session.execute(query).one_or_none()
    if run is None:
        return last_fact(session) is not None
    behind = facts_revision(session) > run.facts_revision
    return behind or setting_version(session) > run.setting_version
