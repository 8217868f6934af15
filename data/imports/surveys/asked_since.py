"""Since when a question is asked (题目启用日期): so that a questionnaire may grow.

A question an answers file brings is asked from the first wave it was answered in: what earlier
waves answered stays whole. Which file came first makes no difference.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.tables import table_of
from models.surveys import Answer, Response, SurveyItem, Wave

ANSWER = table_of(Answer)
ITEM = table_of(SurveyItem)
RESPONSE = table_of(Response)
WAVE = table_of(Wave)


def begins(context: Context) -> dict[str, date]:
    """Code of each question → the first day of the earliest wave the good rows answer it in."""
    staged = context.staged
    query = (
        sa.select(staged.c.item_code, sa.func.min(WAVE.c.starts_on).label("first"))
        .join(WAVE, WAVE.c.id == staged.c.wave_id)
        .where(staged.c.item_code.is_not(None), context.good())
        .group_by(staged.c.item_code)
    )
    return {row.item_code: row.first for row in context.connection.execute(query)}


def follow(context: Context, _faults: Faults, changes: Changes) -> None:
    """After writing: a question answered in a wave of the file is asked in that wave.

    It may have been answered in an earlier wave than known, or the wave begins earlier now.
    Where the rows that named a new question's first wave were refused, it begins later.
    """
    staged = context.staged
    concerned = sa.select(staged.c.wave_id).where(staged.c.wave_id.is_not(None), context.good())
    query = (
        sa.select(ITEM.c.id, ITEM.c.since, sa.func.min(WAVE.c.starts_on).label("first"))
        .join(ANSWER, ANSWER.c.item_id == ITEM.c.id)
        .join(RESPONSE, RESPONSE.c.id == ANSWER.c.response_id)
        .join(WAVE, WAVE.c.id == RESPONSE.c.wave_id)
        .where(ITEM.c.since.is_not(None), WAVE.c.id.in_(concerned.distinct()))
        .group_by(ITEM.c.id, ITEM.c.since)
        .order_by(ITEM.c.id)
    )
    rows = context.connection.execute(query).all()
    mine = changes.made(SurveyItem) if rows else set()
    for row in rows:
        if row.id in mine:
            statement = sa.update(ITEM).where(ITEM.c.id == row.id).values(since=row.first)
            context.connection.execute(statement)
        elif row.first < row.since:
            changes.change(SurveyItem, row.id, {"since": row.since}, {"since": row.first})


def declare(context: Context, faults: Faults) -> None:
    """A question that joins a survey answered already is asked from today on, unless told.

    None may be asked since a day after the first of a wave it was answered in.
    """
    staged = context.staged
    answered = sa.exists().where(
        WAVE.c.survey_id == staged.c.survey_id, RESPONSE.c.wave_id == WAVE.c.id
    )
    joins = sa.and_(staged.c.item_id.is_(None), staged.c.since.is_(None), answered)
    context.connection.execute(
        sa.update(staged).where(joins, context.good()).values(since=context.today)
    )
    sooner = sa.exists().where(
        ANSWER.c.item_id == staged.c.item_id,
        RESPONSE.c.id == ANSWER.c.response_id,
        WAVE.c.id == RESPONSE.c.wave_id,
        WAVE.c.starts_on < staged.c.since,
    )
    faults.where("asked_before", "since", sooner)
