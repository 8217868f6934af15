"""Questions about satisfaction (满意度): waves, items, answers counted, responses by index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing, how_many
from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.scope import Rows, of_everybody
from models.access import Scope
from models.customers import Customer
from models.filters import Filters, Page
from models.loss import SupervisionItem
from models.people import AppUser
from models.snapshots import Snapshot, SnapshotResponse, SnapshotWave
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave


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
    since: date | None = None
    """Asked in waves that begin on this day or later; None = in every wave."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Who took part in a wave; money in minor units."""

    wave_id: int
    responses: int
    """All that came back, forms sent off empty too."""
    customers: int
    """Different customers that answered any question."""
    sales: int
    """Of those customers, in the window."""
    anonymous: int = 0
    """Of the answered, those nobody signed."""
    answered: int = 0
    """Of the responses, those that answer any question."""


def waves(session: Session, *, as_of: date) -> tuple[WaveInfo, ...]:
    """Waves begun or answered by a date, newest first by the day they begin; no customer is read.

    Who answers before a wave begins is counted all the same, so the wave is there.
    """
    answered = sa.select(col(SnapshotResponse.wave_id)).where(col(SnapshotResponse.as_of) == as_of)
    query = (
        sa.select(Wave, col(Survey.name))
        .join(Survey, col(Survey.id) == col(Wave.survey_id))
        .where(sa.or_(col(Wave.starts_on) <= as_of, col(Wave.id).in_(answered)))
        .order_by(col(Wave.starts_on).desc(), col(Wave.id).desc())
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
            since=item.since,
        )
        for item, scale in session.execute(query)
    )


def asked_in(questions: Iterable[Item], starts_on: date) -> tuple[Item, ...]:
    """Of the questions of a survey, those of a wave by the day it begins.

    What a survey took up later is no part of what an earlier wave measures.
    """
    return tuple(one for one in questions if one.since is None or one.since <= starts_on)


def answer_counts(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_id: int
) -> tuple[tuple[int, float, int], ...]:
    """(item, answer, how often) in a wave, answers rising.

    From the counts of the snapshot for the whole company, narrowed at most by tier; else
    from the answers of the customers chosen. Anonymous answers are in the company's alone.
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
            filters,
            scope,
            [as_of],
        )
        query = _with_responses(query, (wave_id,))
        query = query.join(Answer, col(Answer.response_id) == col(SnapshotResponse.response_id))
        query = query.group_by(col(Answer.item_id), col(Answer.value))
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
    """The satisfaction index of every response of some waves as refresh stored it, 0–100.

    Those that answered too little are left out. Columns: response_id, wave_id, customer_id
    (0 = anonymous, where the whole company is asked for), tier (as of the date, '' of an
    anonymous one), owner (name, '' for none), index.
    """
    owner = aliased(AppUser, name="owner")
    query = of_customers(
        sa.select(
            col(SnapshotResponse.response_id),
            col(SnapshotResponse.wave_id),
            col(Customer.id).label("customer_id"),
            col(Snapshot.tier),
            sa.func.coalesce(col(owner.name), "").label("owner"),
            col(SnapshotResponse.index),
        ),
        filters,
        scope,
        [as_of],
    )
    query = _with_responses(query, wave_ids).where(col(SnapshotResponse.index).is_not(None))
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    frame = framed(session, query)
    if of_everybody(filters, scope):
        unsigned = sa.select(
            col(SnapshotResponse.response_id),
            col(SnapshotResponse.wave_id),
            col(SnapshotResponse.customer_id),
            sa.literal("").label("tier"),
            sa.literal("").label("owner"),
            col(SnapshotResponse.index),
        ).where(*_anonymous(as_of, wave_ids), col(SnapshotResponse.index).is_not(None))
        frame = pd.concat([frame, framed(session, unsigned)], ignore_index=True)
    frame = frame.sort_values("response_id", ignore_index=True)
    return frame.astype({"index": float})


def takings(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_ids: tuple[int, ...]
) -> dict[int, Taking]:
    """Who took part in each wave, among the customers chosen; anonymous ones in the company's."""
    each = (
        sa.select(
            col(SnapshotResponse.wave_id),
            col(SnapshotResponse.customer_id),
            sa.func.count().label("responses"),
            sa.func.count(sa.case((_says_something(), 1))).label("answered"),
        )
        .where(col(SnapshotResponse.as_of) == as_of, col(SnapshotResponse.wave_id).in_(wave_ids))
        .group_by(col(SnapshotResponse.wave_id), col(SnapshotResponse.customer_id))
        .subquery()
    )
    query = of_customers(
        sa.select(
            each.c.wave_id,
            sa.func.sum(each.c.responses),
            sa.func.count(sa.case((each.c.answered > 0, 1))),
            sa.func.sum(sa.case((each.c.answered > 0, col(Snapshot.sales)), else_=0)),
            sa.func.sum(each.c.answered),
        ),
        filters,
        scope,
        [as_of],
    )
    query = query.join(each, each.c.customer_id == col(Snapshot.customer_id))
    found = {
        int(wave): Taking(
            int(wave), int(responses), int(customers), int(sales or 0), answered=int(answered)
        )
        for wave, responses, customers, sales, answered in session.execute(
            query.group_by(each.c.wave_id)
        )
    }
    if of_everybody(filters, scope):
        unsigned = sa.select(
            col(SnapshotResponse.wave_id),
            sa.func.count(),
            sa.func.count(sa.case((_says_something(), 1))),
        ).where(*_anonymous(as_of, wave_ids))
        rows = session.execute(unsigned.group_by(col(SnapshotResponse.wave_id)))
        for wave, number, answered in rows:
            known = found.get(int(wave), Taking(int(wave), 0, 0, 0))
            found[int(wave)] = replace(
                known,
                responses=known.responses + int(number),
                anonymous=int(answered),
                answered=known.answered + int(answered),
            )
    return found


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
    """Customers' responses of a wave below an index, worst first unless sorted otherwise.

    Columns (object dtype): response_id, customer_id, code, name, owner, owner_id, tier,
    sales (minor units), index, answered_on, respondent, comment, supervised (a live item on
    low_score exists for the customer).
    """
    owner = aliased(AppUser, name="owner")
    index = col(SnapshotResponse.index)
    live = sa.exists().where(
        col(SupervisionItem.customer_id) == col(Customer.id),
        col(SupervisionItem.topic) == "low_score",
        col(SupervisionItem.closed_on).is_(None),
    )
    query: Rows = sa.select(
        col(SnapshotResponse.response_id),
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(Customer.owner_id),
        col(owner.name).label("owner"),
        col(Snapshot.tier),
        col(Snapshot.sales),
        index,
        col(Response.answered_on),
        col(Response.respondent),
        col(Response.comment),
        live.label("supervised"),
    )
    query = _with_responses(of_customers(query, filters, scope, [as_of]), (wave_id,))
    query = query.join(Response, col(Response.id) == col(SnapshotResponse.response_id))
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    frame = framed(session, LOW_SCORES.page(query.where(index < below), page))
    frame["supervised"] = [bool(flag) for flag in frame["supervised"]]
    return frame


LOW_SCORES = Listing(
    sorts={
        "index": col(SnapshotResponse.index),
        "sales": col(Snapshot.sales),
        "answered_on": col(Response.answered_on),
    },
    usual="index",
    ties=(col(Response.id),),
)
"""Responses below an index."""


def low_scores_count(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, wave_id: int, below: float
) -> int:
    """How many responses `low_scores` lists on all pages."""
    query = of_customers(sa.select(sa.func.count()), filters, scope, [as_of])
    query = _with_responses(query, (wave_id,))
    query = query.join(Response, col(Response.id) == col(SnapshotResponse.response_id))
    return how_many(session, query.where(col(SnapshotResponse.index) < below))


def _counted(filters: Filters, scope: Scope) -> bool:
    """Whether the counts of the snapshot can answer: they know wave, item and tier.

    Their owners are those of the day they were counted, so a choice of managers is not
    left to them.
    """
    return of_everybody(replace(filters, tiers=()), scope)


def _with_responses(query: Rows, wave_ids: tuple[int, ...]) -> Rows:
    """Join the responses of some waves to a query of `of_customers`, as of the same date."""
    return query.join(
        SnapshotResponse,
        sa.and_(
            col(SnapshotResponse.as_of) == col(Snapshot.as_of),
            col(SnapshotResponse.customer_id) == col(Snapshot.customer_id),
        ),
    ).where(col(SnapshotResponse.wave_id).in_(wave_ids))


def _says_something() -> sa.ColumnElement[bool]:
    """Condition: a response answers any question."""
    return sa.exists().where(col(Answer.response_id) == col(SnapshotResponse.response_id))


def _anonymous(as_of: date, wave_ids: tuple[int, ...]) -> tuple[Any, ...]:
    """Conditions: answers nobody signed, in some waves."""
    return (
        col(SnapshotResponse.as_of) == as_of,
        col(SnapshotResponse.customer_id) == 0,
        col(SnapshotResponse.wave_id).in_(wave_ids),
    )
