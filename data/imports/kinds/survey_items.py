"""Questionnaire sheets (问卷题目表): the questions of a survey, their weights and scales."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.words import ITEM_ROLES
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.surveys import asked_since
from data.imports.surveys.scale_sheet import find_scales, steps
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.surveys import Survey, SurveyItem

_COLUMNS = ("wording", "dimension", "role", "weight", "position", "since")


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    """A new survey is called like its code if nameless; questions have a scale and a first day."""
    staged = context.staged
    nameless = sa.and_(staged.c.survey_id.is_(None), staged.c.survey_name.is_(None))
    values: dict[str, Any] = {"survey_name": staged.c.survey_code}
    context.connection.execute(sa.update(staged).where(nameless).values(values))
    find_scales(context, faults, changes)
    asked_since.declare(context, faults)


SPEC = Spec(
    kind=SheetKind.SURVEY_ITEMS,
    label="Survey questions",
    roles=permission.SERVICE,
    fields=(
        parts.survey_code(),
        parts.note(
            "survey_name", "Name of the survey", 120, "survey_name|问卷名称", "客户满意度调查"
        ),
        Field(
            "item_code",
            "Item",
            "item_code|题号|题项编码|题目编码",
            texts.code(40),
            required=True,
            examples=("Q01", "Q02"),
        ),
        parts.note("wording", "Wording", 300, "wording|题目|题目内容|题干", "产品质量稳定可靠"),
        parts.note("dimension", "Dimension", 40, "dimension|维度|题目维度", "产品"),
        Field(
            "role",
            "What it asks",
            "role|题型|题项类型",
            values.Choice(ITEM_ROLES),
            examples=("满意度", "推荐意愿"),
        ),
        Field(
            "weight",
            "Weight",
            "weight|权重",
            values.number(least=0),
            "number",
            examples=("12", "1"),
        ),
        Field("scale", "Scale", "scale|量表", texts.code(24)),
        *(
            Field(name, label, names, values.number(), "number", examples=examples)
            for name, label, names, examples in (
                ("minimum", "Lowest score", "minimum|最低分|最小值", ("1", "0")),
                ("maximum", "Highest score", "maximum|最高分|最大值", ("7", "10")),
                ("step", "Step between scores", "step|分值间隔|步长", ("1", "1")),
            )
        ),
        Field("words", "Words of the scale", "words|选项文字|选项", steps),
        Field(
            "position",
            "Place",
            "position|顺序|题目顺序",
            values.number(least=0, most=10_000, whole=True),
            "whole",
            examples=("1", "2"),
        ),
        Field(
            "since",
            "Asked since",
            "since|启用日期|起用日期",
            day(event=False),
            "date",
            examples=("", "2026-05-11"),
        ),
    ),
    references=(),
    targets=(
        Target(
            Survey,
            "survey_id",
            {"code": "survey_code"},
            {"name": "survey_name"},
            updatable=frozenset({"name"}),
            shared=True,
        ),
        Target(
            SurveyItem,
            "item_id",
            {"survey_id": "survey_id", "code": "item_code"},
            {"scale_id": "scale_id", **{name: name for name in _COLUMNS}},
            updatable=frozenset(_COLUMNS),
            file_key=("survey_code", "item_code"),
        ),
    ),
    extra={"scale_id": "whole"},
    read_from={
        "scale": ("scale_id", "code"),
        **{name: ("scale_id", name) for name in ("minimum", "maximum", "step", "words")},
    },
    check=_check,
)
