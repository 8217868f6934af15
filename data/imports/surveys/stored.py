"""Questions the store has (已有题目): those of the survey that is meant, then those of others."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.terms.plan import Item, OtherItem, Plan
from data.imports.terms.scales import SCALES
from data.imports.terms.tables import table_of
from models.surveys import Scale, Survey, SurveyItem

SCALE = table_of(Scale)
SURVEY = table_of(Survey)
SURVEY_ITEM = table_of(SurveyItem)


def store_items(engine: Engine, plan: Plan) -> tuple[Item, ...]:
    """The questions the store has: those of the survey, then those of others (`OtherItem`)."""
    with store.reading(engine) as session:
        rows = session.execute(
            sa.select(
                SURVEY.c.code.label("survey"),
                SURVEY_ITEM.c.code,
                SURVEY_ITEM.c.wording,
                SURVEY_ITEM.c.role,
                SURVEY_ITEM.c.dimension,
                SCALE.c.minimum,
                SCALE.c.maximum,
                SCALE.c.step,
                SCALE.c.words,
                SCALE.c.code.label("scale"),
            )
            .join(SURVEY, SURVEY.c.id == SURVEY_ITEM.c.survey_id)
            .join(SCALE, SCALE.c.id == SURVEY_ITEM.c.scale_id)
            .order_by(SURVEY.c.code != plan.options.survey, SURVEY_ITEM.c.position)
        ).all()
    return tuple(
        (Item if row.survey == plan.options.survey else OtherItem)(
            row.code,
            wording=row.wording,
            role=row.role.value,
            dimension=row.dimension,
            minimum=row.minimum,
            maximum=row.maximum,
            step=row.step,
            words=row.words or {},
            scale=row.scale if row.scale in SCALES else "",
        ).as_stored()
        for row in rows
    )
