"""Survey answer sheets (满意度答卷表): a row per response, a row per answer, or a list of scores.

A column that is a question makes one staged row per answer. A sheet with an item column
has one answer per row; without, its scores answer the overall question.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from data.imports.files.cell import Cell
from data.imports.kinds import anonymous, parts
from data.imports.kinds.answer_marks import MARKS
from data.imports.parsing import texts
from data.imports.parsing.days import day
from data.imports.parsing.manner import Manner
from data.imports.parsing.texts import folded
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.surveys import asked_since, keeping, unnumbered
from data.imports.surveys.answer_rows import AnswerRows
from data.imports.surveys.reader import Questions
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from data.imports.terms.tables import table_of
from errors import Issue
from models.enums import SheetKind
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave

RESPONSE = table_of(Response)
SCALE = table_of(Scale)
SURVEY = table_of(Survey)
SURVEY_ITEM = table_of(SurveyItem)
WAVE = table_of(Wave)

CUSTOMER_CODE = parts.customer_code()
_CLOCK = re.compile(r"(上午|下午|[ap]\.?m\.?)", re.IGNORECASE)
_HOUR = re.compile(r"(?<=[T ])(\d{1,2})(?=:)")
_ZONE = re.compile(r"\s*(?:GMT|UTC)([+-]\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_plain_day = day()


def submitted(raw: str, how: Manner) -> date | None:
    """The day a form was sent; forms write `2026/03/05 2:33:45 下午 GMT+8` too.

    Raises:
        Unreadable: it is no date.
    """
    if isinstance(raw, Cell) or ":" not in raw:
        found: date | None = _plain_day(raw, how)
        return found
    text = _ZONE.sub(lambda z: f"{int(z[1]):+03}:{z[2] or '00'}", folded(raw))
    clock = _CLOCK.search(text)
    if clock:
        text = " ".join(_CLOCK.sub(" ", text, count=1).replace(" +", "+").split())
        late = clock[1].casefold()[0] in "下p"
        text = _HOUR.sub(lambda h: f"{int(h[1]) % 12 + 12 * late:02}", text, count=1)
    moment: date | None = _plain_day(text, how)
    return moment


FIELDS = (
    Field(
        "response_code",
        "Response number",
        "response_code|答卷编号|答卷号|问卷编号|response_id|response id|答题序号|序号|答复id|id",
        texts.code(80),
        examples=("R0001", "R0002"),
    ),
    replace(
        CUSTOMER_CODE,
        names=f"{CUSTOMER_CODE.names}|自定义id|自定义字段|自定义参数|sojumpparm",
        nothing="匿名",
    ),
    parts.TAX_NUMBER,
    replace(
        parts.CUSTOMER_NAME,
        names=f"{parts.CUSTOMER_NAME.names}|贵公司名称|您的公司名称|您公司的名称|您所在的公司|"
        "您所在公司|您所在公司名称|贵公司|贵单位|贵单位名称|您的单位名称|您所在单位|公司全称|"
        "your company|name of your company|which company do you work for",
    ),
    replace(
        parts.event_day(
            "answered_on",
            "Answer date",
            "answered_on|调查日期|答卷日期|填写日期|提交时间|日期|survey_date|date|提交答卷时间|"
            "submitdate|date submitted|提交日期|时间戳记|timestamp|结束答题时间|完成时间|"
            "completion time",
        ),
        parse=submitted,
    ),
    Field(
        "respondent_name",
        "Respondent",
        "respondent|受访人|填写人|答卷人|联系人|您的姓名|您的称呼|姓名|your name",
        texts.text(80),
        examples=("张伟", "王芳"),
    ),
    Field("wave_code", "Survey wave", "wave|调查期次|期次|批次|wave_code", texts.code(40)),
    Field("item_code", "Item", "item_code|题号|题项|题项编码|item|question", texts.code(40)),
    Field("score", "Score", "score|得分|分数|评分|满意度得分", texts.text(20), examples=("5", "4")),
    parts.note(
        "comment",
        "Comment",
        2000,
        "comment|意见|建议|意见和建议|意见与建议|评语|备注|comments",
        example="交期稳定",
    ),
)


def _derive(row: dict[str, object]) -> None:
    """Who answered, and the half-year the answer belongs to where no wave is named."""
    anonymous.mark(row)
    row["respondent"] = row.get("response_code") or row.get("respondent_name") or ""
    day = row.get("answered_on")
    row["stated_wave"] = row.get("wave_code")
    if not row.get("wave_code") and isinstance(day, date):
        row["wave_code"] = f"{day.year}H{1 if day.month <= 6 else 2}"


def _prepare(context: Context, faults: Faults, changes: Changes) -> None:
    """Make sure the survey, its questions and the waves are there."""
    anonymous.settle(context, faults)
    survey_id = keeping.survey(context, changes)
    _named_wave(context)
    _known_waves(context, survey_id)
    _waves(context, changes, survey_id)
    keeping.items(context, changes, survey_id)
    unnumbered.recognise(context)


def _named_wave(context: Context) -> None:
    """The wave the user named is that of every answer that states none itself."""
    wave, staged = context.options.wave, context.staged
    if wave:
        context.connection.execute(
            sa.update(staged)
            .where(staged.c.stated_wave.is_(None))
            .values(wave_code=wave, stated_wave=wave)
        )


def _known_waves(context: Context, survey_id: int) -> None:
    """A response that is there already stays in its wave, whatever its date is now."""
    staged = context.staged
    found = (
        sa.select(sa.func.min(WAVE.c.code))
        .join(RESPONSE, RESPONSE.c.wave_id == WAVE.c.id)
        .where(WAVE.c.survey_id == survey_id, RESPONSE.c.respondent == staged.c.respondent)
        .scalar_subquery()
    )
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.response_code.is_not(None), staged.c.stated_wave.is_(None))
        .values(wave_code=sa.func.coalesce(found, staged.c.wave_code))
    )


def _waves(context: Context, changes: Changes, survey_id: int) -> None:
    staged = context.staged
    spans = context.connection.execute(
        sa.select(
            staged.c.wave_code,
            sa.func.min(staged.c.answered_on).label("first"),
            sa.func.max(staged.c.answered_on).label("last"),
        )
        .where(staged.c.wave_code.is_not(None), staged.c.answered_on.is_not(None))
        .where(context.good())
        .group_by(staged.c.wave_code)
        .order_by(staged.c.wave_code)
    ).all()
    for span in spans:
        first, last, name = _stated_span(context, span)
        there = context.connection.execute(
            sa.select(WAVE.c.id, WAVE.c.starts_on, WAVE.c.ends_on).where(
                WAVE.c.survey_id == survey_id, WAVE.c.code == span.wave_code
            )
        ).one_or_none()
        if there is None:
            changes.news.append(Issue("wave_made", value=span.wave_code))
            wave_id = changes.make(
                Wave,
                survey_id=survey_id,
                code=span.wave_code,
                name=name,
                starts_on=first,
                ends_on=last,
            )
        else:
            wave_id = int(there.id)
            before = {"starts_on": there.starts_on, "ends_on": there.ends_on}
            after = {
                "starts_on": min(there.starts_on, first),
                "ends_on": max(there.ends_on, last),
            }
            if before != after:
                changes.change(Wave, wave_id, before, after)
        context.connection.execute(
            sa.update(staged).where(staged.c.wave_code == span.wave_code).values(wave_id=wave_id)
        )


def _stated_span(context: Context, span: Any) -> tuple[date, date, str]:
    """First day, last day and name of a wave: as the user says of the one they named."""
    options = context.options
    if span.wave_code != options.wave:
        return span.first, span.last, span.wave_code
    said = [date.fromisoformat(day) for day in (options.wave_starts, options.wave_ends) if day]
    name = options.wave_name or span.wave_code
    return min([span.first, *said]), max([span.last, *said]), name


def _check(context: Context, faults: Faults, _changes: Changes) -> None:
    """One response number belongs to one customer or to nobody, in the file and in the store."""
    staged = context.staged
    mixed = (
        sa.select(staged.c.response_code)
        .where(staged.c.response_code.is_not(None), context.good())
        .group_by(staged.c.response_code)
        .having(sa.func.count(sa.distinct(sa.func.coalesce(staged.c.customer_id, 0))) > 1)
    )
    faults.where("response_twice", "response_code", staged.c.response_code.in_(mixed))
    theirs = sa.exists().where(
        RESPONSE.c.wave_id == staged.c.wave_id,
        RESPONSE.c.respondent == staged.c.respondent,
        RESPONSE.c.customer_id.is_distinct_from(staged.c.customer_id),
    )
    faults.where(
        "response_twice", "response_code", sa.and_(staged.c.response_code.is_not(None), theirs)
    )


SPEC = Spec(
    kind=SheetKind.ANSWERS,
    label="Survey answers",
    roles=permission.MANAGERS_AND_SERVICE,
    fields=FIELDS,
    asked=frozenset({"customer_code", "tax_no", "customer_name", "respondent_name"}),
    any_of=(parts.IDENTIFIES,),
    may_be_nobody=True,
    references=(parts.CUSTOMER,),
    targets=(
        Target(
            Response,
            "response_id",
            {"wave_id": "wave_id", "customer_id": "customer_id", "respondent": "respondent"},
            {"answered_on": "answered_on", "comment": "comment"},
            updatable=frozenset({"answered_on", "comment"}),
            shared=True,
            may_lack="customer_id",
            duplicate="response_disagrees",
        ),
        Target(
            Answer,
            "answer_id",
            {"response_id": "response_id", "item_id": "item_id"},
            {"value": "value"},
            updatable=frozenset({"value"}),
            when="item_id",
            file_key=("wave_code", "customer_id", "respondent", "item_code"),
        ),
    ),
    extra={
        "respondent": "text",
        "nobody": "flag",
        "stated_wave": "text",
        "wave_id": "whole",
        "item_id": "whole",
        "value": "number",
    },
    read_from={
        "respondent_name": ("respondent", ""),
        "wave_code": ("wave_id", "code"),
        "item_code": ("item_id", "code"),
        "score": ("value", ""),
    },
    marks=MARKS,
    columns=Questions(),
    expand=AnswerRows,
    derive=_derive,
    prepare=_prepare,
    check=_check,
    finish=asked_since.follow,
)
