"""What refresh found out about surveys (调查概况), for the whole company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import of_everybody
from models.access import Scope
from models.enums import ItemRole
from models.filters import Filters
from models.snapshots import SnapshotRun, SnapshotWave
from models.surveys import Scale, SurveyItem


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
    return {
        day: (totals.get("csi") or {}).get("survey_id") for day, totals in session.execute(query)
    }


def leading(
    session: Session, *, as_of: date, wave_ids: tuple[int, ...]
) -> dict[int, dict[str, int]]:
    """Of each wave, which question speaks for overall satisfaction and which for recommendation.

    The first of its role that anybody of the company answered, for recommendation one from
    0 to 10. It is the same for whoever reads and whatever is chosen: else a manager's customers
    would be measured by another question than the company. No customer is read.
    """
    role, scale = col(SurveyItem.role), (col(Scale.minimum), col(Scale.maximum))
    recommends = sa.and_(role == ItemRole.NPS, scale[0] == 0, scale[1] == 10)
    query = (
        sa.select(col(SnapshotWave.wave_id), role, col(SurveyItem.position), col(SurveyItem.id))
        .join(SurveyItem, col(SurveyItem.id) == col(SnapshotWave.item_id))
        .join(Scale, col(Scale.id) == col(SurveyItem.scale_id))
        .where(col(SnapshotWave.as_of) == as_of, col(SnapshotWave.wave_id).in_(wave_ids))
        .where(sa.or_(role == ItemRole.OVERALL, recommends))
        .distinct()
    )
    found: dict[int, dict[str, int]] = {}
    for wave, asks, _place, item in sorted(session.execute(query), key=lambda row: row[2:]):
        found.setdefault(int(wave), {}).setdefault(asks.value, int(item))
    return found
