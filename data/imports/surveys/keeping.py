"""A survey and its questions in the store (问卷入库): found there, or made with their scales."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.surveys import asked_since, questions, scale_words
from data.imports.surveys.scale_sheet import free_code
from data.imports.terms.plan import Item, Options
from data.imports.terms.scales import SCALES
from data.imports.terms.tables import table_of
from errors import BadInput, Issue
from models.enums import ItemRole
from models.surveys import Scale, Survey, SurveyItem

SCALE = table_of(Scale)
SURVEY = table_of(Survey)
SURVEY_ITEM = table_of(SurveyItem)
MOST_NAMED = 10
"""Surveys named where one is not there."""


def survey(context: Context, changes: Changes) -> int:
    """The survey that is named; a new one is a decision, but for the first of a store.

    Naming it is one, unless the name is that of a survey but for case, width and blanks.

    Raises:
        BadInput: there are surveys, this is none of them, and nobody said it is new.
    """
    code = context.options.survey
    there = dict(context.connection.execute(sa.select(SURVEY.c.code, SURVEY.c.id)).tuples().all())
    if code in there:
        return int(there[code])
    meant = code != Options().survey and not any(
        questions.key(k) == questions.key(code) for k in there
    )
    if not code or (there and not context.options.new_survey and not meant):
        known = ", ".join(sorted(there)[:MOST_NAMED]) + ("…" if len(there) > MOST_NAMED else "")
        raise BadInput(Issue("survey_not_there", value=code, detail={"known": known}))
    changes.news.append(Issue("survey_made", value=code))
    return changes.make(Survey, code=code, name=context.options.survey_name or code)


def items(context: Context, changes: Changes, survey_id: int) -> None:
    """Every question answered in the file, with the scale its answers were checked by."""
    there = {
        row.code: row
        for row in context.connection.execute(
            sa.select(
                SURVEY_ITEM.c.id,
                SURVEY_ITEM.c.code,
                SURVEY_ITEM.c.wording,
                SCALE.c.minimum,
                SCALE.c.maximum,
            )
            .join(SCALE, SCALE.c.id == SURVEY_ITEM.c.scale_id)
            .where(SURVEY_ITEM.c.survey_id == survey_id)
        )
    }
    since = asked_since.begins(context)
    for position, item in enumerate(_answered(context)):
        known = there.get(item.code)
        if known is None:
            item_id = changes.make(
                SurveyItem,
                survey_id=survey_id,
                scale_id=_scale(context, changes, item),
                code=item.code,
                wording=item.wording or ("" if questions.is_code(item.column) else item.column),
                dimension=item.dimension,
                role=ItemRole(item.role),
                weight=item.weight,
                position=len(there) + position,
                since=since.get(item.code),
            )
        elif (known.minimum, known.maximum) != (item.minimum, item.maximum):
            raise BadInput(
                Issue(
                    "item_scale_differs",
                    column=item.code,
                    detail={"least": f"{known.minimum:g}", "most": f"{known.maximum:g}"},
                )
            )
        elif _another(known.wording, item.wording):
            raise BadInput(Issue("item_is_another", column=item.code, value=known.wording[:60]))
        else:
            item_id = int(known.id)
        staged = context.staged
        context.connection.execute(
            sa.update(staged).where(staged.c.item_code == item.code).values(item_id=item_id)
        )


def _answered(context: Context) -> list[Item]:
    """Questions that the good rows answer."""
    staged = context.staged
    codes = context.connection.execute(
        sa.select(staged.c.item_code)
        .where(staged.c.item_code.is_not(None), context.good())
        .distinct()
        .order_by(staged.c.item_code)
    ).scalars()
    return [context.items[code] for code in codes]


def _another(known: str, given: str) -> bool:
    """Whether a code stands for two questions: number 3 of another questionnaire."""
    bare = [questions.key(scale_words.bare(text)) for text in (known, given)]
    return all(bare) and bare[0] != bare[1]


def _scale(context: Context, changes: Changes, item: Item) -> int:
    """The scale of the store that a new question has, made where there is none like it."""
    low, high = (item.maximum, item.minimum) if item.reverse else (item.minimum, item.maximum)
    code = f"{low:g}-{high:g}" + ("" if item.step == 1 else f"/{item.step:g}")
    if item.scale in SCALES and SCALES[item.scale].by_grade:
        code = f"{item.scale} {code}" if item.reverse else item.scale
    words = item.stored_words()
    wanted = (item.minimum, item.maximum, item.step, words)
    same = sa.select(SCALE).where(SCALE.c.code.like(f"{code}%")).order_by(SCALE.c.id)
    for row in context.connection.execute(same):
        if (row.minimum, row.maximum, row.step, row.words) == wanted:
            return int(row.id)
    return changes.make(
        Scale,
        code=free_code(context, f"{code} {item.code}"[:20] if item.words else code),
        minimum=item.minimum,
        maximum=item.maximum,
        step=item.step,
        words=words,
    )
