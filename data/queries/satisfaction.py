"""Questions about satisfaction (满意度): waves, items, answers counted, responses by index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.scope import Rows, of_everybody
from models.access import Scope
from models.customers import Customer
from models.enums import ItemRole
from models.filters import Filters, Page
from models.loss import SupervisionItem
from models.people import AppUser
from models.snapshots import Snapshot, SnapshotWave
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave

LEAST_WEIGHT = 0.60
"""A response counts when items of this share of the weight were answered."""


@dataclass(frozen=True, slots=True)
class WaveInfo:
    """One run of a survey."""

    id: int
    survey_id: int
    survey: str
    code: str
    name: str
    starts_on: date
    ends_on: date
    asked: int | None
    """Sent and not undeliverable; None where nobody noted it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question with the ends of its scale, highest = best."""

    id: int
    code: str
    wording: str
    dimension: str
    role: str
    weight: float
    low: float
    high: float
    step: float


@dataclass(frozen=True, slots=True)
class Taking:
    """Who took part in a wave; money in minor units."""

    wave_id: int
    responses: int
    customers: int
    sales: int
    """Of the customers who answered, in the window."""


def waves(session: Session, *, as_of: date) -> tuple[WaveInfo, ...]:
    """Waves begun by a date, newest first; no customer is read."""
    query = (
        sa.select(Wave, col(Survey.name))
        .join(Survey, col(Survey.id) == col(Wave.survey_id))
        .where(col(Wave.starts_on) <= as_of)
        .order_by(col(Wave.ends_on).desc(), col(Wave.id).desc())
    )
    return tuple(
        WaveInfo(
            id=int(wave.id or 0),
            survey_id=wave.survey_id,
            survey=survey,
            code=wave.code,
            name=wave.name or wave.code,
            starts_on=wave.starts_on,
            ends_on=wave.ends_on,
            asked=None if wave.sent is None else wave.sent - wave.undeliverable,
        )
        for wave, survey in session.execute(query)
    )


def items(session: Session, survey_id: int) -> tuple[Item, ...]:
    """The questions of a survey in their order; no customer is read."""
    query = (
        sa.select(SurveyItem, Scale)
        .join(Scale, col(Scale.id) == col(SurveyItem.scale_id))
        .where(col(SurveyItem.survey_id) == survey_id)
        .order_by(col(SurveyItem.position), col(SurveyItem.id))
    )
    return tuple(
        Item(
            id=int(item.id or 0),
            code=item.code,
            wording=item.wording or item.code,
            dimension=item.dimension,
            role=item.role.value,
            weight=item.weight,
            low=scale.minimum,
            high=scale.maximum,
            step=scale.step,
        )
        for item, scale in session.execute(query)
    )


def answer_counts(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_id: int
) -> tuple[tuple[int, float, int], ...]:
    """(item, answer, how often) in a wave, answers rising.

    From the counts of the snapshot for the whole company, narrowed at most by tier; else
    from the answers of the customers chosen.
    """
    if _counted(filters, scope):
        number = sa.func.sum(col(SnapshotWave.count))
        query: Rows = (
            sa.select(col(SnapshotWave.item_id), col(SnapshotWave.value), number)
            .where(col(SnapshotWave.as_of) == as_of, col(SnapshotWave.wave_id) == wave_id)
            .group_by(col(SnapshotWave.item_id), col(SnapshotWave.value))
        )
        if filters.tiers:
            query = query.where(col(SnapshotWave.tier).in_(filters.tiers))
    else:
        query = of_customers(
            sa.select(col(Answer.item_id), col(Answer.value), sa.func.count()),
            filters, scope, [as_of],
        )  # fmt: skip
        query = query.join(Response, col(Response.customer_id) == col(Customer.id))
        query = query.join(Answer, col(Answer.response_id) == col(Response.id))
        query = query.where(
            col(Response.wave_id) == wave_id, col(Response.answered_on) <= as_of
        ).group_by(col(Answer.item_id), col(Answer.value))
    rows = session.execute(query).all()
    return tuple(sorted((int(item), float(value), int(n)) for item, value, n in rows))


def response_indices(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    wave_ids: tuple[int, ...],
) -> pd.DataFrame:
    """The satisfaction index of every response of some waves, 0–100.

    Each answer to a satisfaction item is rescaled by its own scale and weighted; responses
    that answered too little are left out. Columns: response_id, wave_id, customer_id, tier
    (as of the date), owner (name, '' for none), index.
    """
    each = _indices(wave_ids, as_of)
    owner = aliased(AppUser, name="owner")
    query = of_customers(
        sa.select(
            each.c.response_id,
            each.c.wave_id,
            col(Customer.id).label("customer_id"),
            col(Snapshot.tier),
            sa.func.coalesce(col(owner.name), "").label("owner"),
            each.c.index,
        ),
        filters,
        scope,
        [as_of],
    )
    query = query.join(each, each.c.customer_id == col(Customer.id))
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    frame = framed(session, query.order_by(each.c.response_id))
    return frame.astype({"index": float})


def takings(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_ids: tuple[int, ...]
) -> dict[int, Taking]:
    """Who took part in each wave, among the customers chosen."""
    answered = (
        sa.select(
            col(Response.wave_id), col(Response.customer_id), sa.func.count().label("responses")
        )
        .where(col(Response.wave_id).in_(wave_ids), col(Response.answered_on) <= as_of)
        .group_by(col(Response.wave_id), col(Response.customer_id))
        .subquery()
    )
    query = of_customers(
        sa.select(
            answered.c.wave_id,
            sa.func.sum(answered.c.responses),
            sa.func.count(),
            sa.func.sum(col(Snapshot.sales)),
        ),
        filters,
        scope,
        [as_of],
    )
    query = query.join(answered, answered.c.customer_id == col(Customer.id))
    return {
        int(wave): Taking(int(wave), int(responses), int(customers), int(sales or 0))
        for wave, responses, customers, sales in session.execute(query.group_by(answered.c.wave_id))
    }


def low_scores(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    wave_id: int,
    below: float,
) -> pd.DataFrame:
    """Responses of a wave below an index, worst first unless sorted otherwise.

    Columns (object dtype): response_id, customer_id, code, name, owner, owner_id, tier,
    sales (minor units), index, answered_on, respondent, comment, supervised (a live item on
    low_score exists for the customer).
    """
    owner = aliased(AppUser, name="owner")
    each = _indices((wave_id,), as_of)
    live = sa.exists().where(
        col(SupervisionItem.customer_id) == col(Customer.id),
        col(SupervisionItem.topic) == "low_score",
        col(SupervisionItem.closed_on).is_(None),
    )
    query: Rows = sa.select(
        each.c.response_id,
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(Customer.owner_id),
        col(owner.name).label("owner"),
        col(Snapshot.tier),
        col(Snapshot.sales),
        each.c.index,
        col(Response.answered_on),
        col(Response.respondent),
        col(Response.comment),
        live.label("supervised"),
    )
    query = of_customers(query, filters, scope, [as_of])
    query = query.join(each, each.c.customer_id == col(Customer.id))
    query = query.join(Response, col(Response.id) == each.c.response_id)
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    sorts: dict[str, Any] = {
        "index": each.c.index,
        "sales": col(Snapshot.sales),
        "answered_on": col(Response.answered_on),
    }
    by = sorts.get(page.sort, each.c.index)
    query = query.where(each.c.index < below).order_by(
        by.desc() if page.descending else by.asc(), col(Response.id)
    )
    frame = framed(session, query.limit(page.size).offset(page.offset))
    frame["supervised"] = [bool(flag) for flag in frame["supervised"]]
    return frame


def low_scores_count(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_id: int, below: float
) -> int:
    """How many responses `low_scores` lists on all pages."""
    each = _indices((wave_id,), as_of)
    query = of_customers(sa.select(sa.func.count()), filters, scope, [as_of])
    query = query.join(each, each.c.customer_id == col(Customer.id))
    return int(session.execute(query.where(each.c.index < below)).scalar_one())


def _counted(filters: Filters, scope: Scope) -> bool:
    """Whether the counts of the snapshot can answer: they know wave, item and tier.

    Their owners are those of the day they were counted, so a choice of managers is not
    left to them.
    """
    return of_everybody(replace(filters, tiers=()), scope)


def _indices(wave_ids: tuple[int, ...], as_of: date) -> Any:
    """response_id, wave_id, customer_id, index of the responses that count."""
    weight = col(SurveyItem.weight)
    share = (col(Answer.value) - col(Scale.minimum)) / (col(Scale.maximum) - col(Scale.minimum))
    whole = (
        sa.select(col(SurveyItem.survey_id), sa.func.sum(weight).label("weight"))
        .where(col(SurveyItem.role) == ItemRole.SATISFACTION)
        .group_by(col(SurveyItem.survey_id))
        .subquery()
    )
    return (
        sa.select(
            col(Response.id).label("response_id"),
            col(Response.wave_id),
            col(Response.customer_id),
            (sa.func.sum(weight * share) / sa.func.sum(weight) * 100).label("index"),
        )
        .join(Answer, col(Answer.response_id) == col(Response.id))
        .join(SurveyItem, col(SurveyItem.id) == col(Answer.item_id))
        .join(Scale, col(Scale.id) == col(SurveyItem.scale_id))
        .join(whole, whole.c.survey_id == col(SurveyItem.survey_id))
        .where(
            col(Response.wave_id).in_(wave_ids),
            col(Response.answered_on) <= as_of,
            col(SurveyItem.role) == ItemRole.SATISFACTION,
            weight > 0,
        )
        .group_by(
            col(Response.id), col(Response.wave_id), col(Response.customer_id), whole.c.weight
        )
        .having(sa.func.sum(weight) >= LEAST_WEIGHT * whole.c.weight - 1e-9)
        .subquery()
    )
