"""Sheets of survey waves (调查期次表): when a survey ran, how many were asked."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.surveys import asked_since
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from models.enums import SheetKind
from models.surveys import Survey, Wave

_COLUMNS = ("name", "starts_on", "ends_on", "sent", "undeliverable")


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """A new wave without a name is called like its code."""
    staged = context.staged
    faults.where("ends_before_start", "ends_on", staged.c.ends_on < staged.c.starts_on)
    nameless = sa.and_(staged.c.wave_id.is_(None), staged.c.name.is_(None))
    context.connection.execute(sa.update(staged).where(nameless).values(name=staged.c.wave_code))


SPEC = Spec(
    kind=SheetKind.WAVES,
    label="Survey waves",
    roles=permission.SERVICE,
    fields=(
        parts.survey_code(),
        Field(
            "wave_code",
            "Survey wave",
            "wave_code|期次编码|期次|调查期次",
            texts.code(40),
            required=True,
            examples=("2026H1", "2026H2"),
        ),
        parts.note(
            "name", "Name of the wave", 120, "wave_name|期次名称", example="上半年满意度调查"
        ),
        Field(
            "starts_on",
            "Begins on",
            "starts_on|开始日期|起始日期",
            day(),
            "date",
            required=True,
            examples=("2026-05-11", "2026-11-02"),
        ),
        Field(
            "ends_on",
            "Ends on",
            "ends_on|结束日期|截止日期",
            day(event=False),
            "date",
            required=True,
            examples=("2026-05-31", "2026-11-22"),
        ),
        Field(
            "sent",
            "Sent out",
            "sent|发放数|发出份数|发放份数",
            values.number(least=0, whole=True),
            "whole",
            examples=("320", "335"),
        ),
        Field(
            "undeliverable",
            "Undeliverable",
            "undeliverable|退回数|无法送达数",
            values.number(least=0, whole=True),
            "whole",
            examples=("9", "10"),
        ),
    ),
    references=(Reference("survey_code", "survey_id", Survey, "unknown_survey"),),
    targets=(
        Target(
            Wave,
            "wave_id",
            {"survey_id": "survey_id", "code": "wave_code"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
    check=_check,
    finish=asked_since.follow,
)
