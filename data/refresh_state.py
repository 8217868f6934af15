"""Runs of the refresh (刷新记录): which dates are computed, and whether they are behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.receivables import CreditNote, Invoice, Receipt, Reversal, WriteOff
from models.sales import SalesOrder
from models.service import Complaint, Visit
from models.snapshots import SnapshotRun
from models.surveys import Response
from models.system import SettingVersion, StoreState

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


def newest(session: Session) -> date | None:
    """The newest date that was computed."""
    return session.execute(sa.select(sa.func.max(col(SnapshotRun.as_of)))).scalar_one()


def facts_revision(session: Session) -> int:
    """The store's counter of fact changes."""
    return session.execute(sa.select(col(StoreState.facts_revision))).scalar_one_or_none() or 0


def built(session: Session, setting_version: int) -> frozenset[date]:
    """Dates computed from the present facts under the given settings."""
    query = sa.select(col(SnapshotRun.as_of)).where(
        col(SnapshotRun.facts_revision) == facts_revision(session),
        col(SnapshotRun.setting_version) == setting_version,
    )
    return frozenset(session.execute(query).scalars())


def of_these_facts(session: Session) -> frozenset[date]:
    """Dates computed from the present facts, under whatever settings."""
    query = sa.select(col(SnapshotRun.as_of)).where(
        col(SnapshotRun.facts_revision) == facts_revision(session)
    )
    return frozenset(session.execute(query).scalars())


def needs_refresh(session: Session) -> bool:
    """Whether facts or settings changed after the newest snapshot was made, or there is none."""
    query = (
        sa.select(col(SnapshotRun.facts_revision), col(SnapshotRun.setting_version))
        .order_by(col(SnapshotRun.as_of).desc())
        .limit(1)
    )
    run = session.execute(query).one_or_none()
    if run is None:
        return last_fact(session) is not None
    version = sa.select(sa.func.max(col(SettingVersion.version)))
    settings = session.execute(version).scalar_one_or_none() or 0
    return facts_revision(session) > run.facts_revision or settings > run.setting_version
