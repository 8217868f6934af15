"""What refresh found out about surveys (调查概况), for the whole company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import of_everybody
from models.access import Scope
from models.filters import Filters
from models.snapshots import SnapshotRun


def anonymous_headline(
    session: Session, filters: Filters, scope: Scope, dates: Sequence[date]
) -> dict[date, tuple[float, int]]:
    """Σ index and number of the anonymous answers in each date's headline wave, where any are.

    They are the company's alone: nothing where less is asked for.
    """
    if not of_everybody(filters, scope):
        return {}
    query = sa.select(col(SnapshotRun.as_of), col(SnapshotRun.totals))
    rows = session.execute(query.where(col(SnapshotRun.as_of).in_(list(dates))))
    said = {day: totals.get("csi") or {} for day, totals in rows}
    return {
        day: (float(csi["anonymous_sum"]), int(csi["anonymous"]))
        for day, csi in said.items()
        if csi.get("index") is not None and csi["anonymous"]
    }


def headline_surveys(session: Session, dates: Sequence[date]) -> dict[date, int | None]:
    """Of which survey the headline of some computed dates is; no customer is read."""
    query = sa.select(col(SnapshotRun.as_of), col(SnapshotRun.totals))
    query = query.where(col(SnapshotRun.as_of).in_(list(dates)))
    return {day: (totals.get("csi") or {}).get("survey_id")
            for day, totals in session.execute(query)}  # fmt: skip
