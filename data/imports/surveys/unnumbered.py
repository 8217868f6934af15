"""Answers without a number that are there already (无编号答卷): known by customer and day."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.terms.tables import table_of
from models.surveys import Response

RESPONSE = table_of(Response)


def recognise(context: Context) -> None:
    """An answer the store keeps without a name is the one of that customer and day.

    Only where the file has no other of that customer and day; two are told apart by their
    moment, and neither of them can be said to be the one that is there.
    """
    staged = context.staged
    same_day = (
        staged.c.wave_id == RESPONSE.c.wave_id,
        staged.c.customer_id == RESPONSE.c.customer_id,
        staged.c.answered_on == RESPONSE.c.answered_on,
    )
    is_moment = staged.c.respondent.like("%@ %")
    unnamed = sa.and_(
        staged.c.response_code.is_(None), staged.c.respondent_name.is_(None), is_moment
    )
    nameless = sa.exists().where(*same_day, RESPONSE.c.respondent == "")
    if not context.any_row(sa.and_(unnamed, nameless)):
        return
    key = (staged.c.wave_id, staged.c.customer_id, staged.c.answered_on)
    alone = (
        sa.select(sa.func.min(staged.c.respondent).label("respondent"), *key)
        .where(unnamed)
        .group_by(*key)
        .having(sa.func.count(sa.distinct(staged.c.respondent)) == 1)
        .subquery()
    )
    one = sa.exists().where(*(column == alone.c[column.name] for column in key))
    context.connection.execute(
        sa.update(staged).where(unnamed, nameless, one).values(respondent="")
    )
