"""Satisfaction surveys (满意度调查): surveys, items, scales, waves, responses, answers."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, ref, text
from models.enums import ItemRole


class Scale(Base, table=True):
    """An answer scale (量表): its ends, and the words some files use for its steps."""

    __tablename__ = "scale"
    __table_args__ = (sa.CheckConstraint("maximum > minimum", name="ends_ordered"),)

    id: int | None = key()
    code: str = text(24, default=..., unique=True)
    minimum: float
    maximum: float
    step: float = 1
    words: dict[str, float] = Field(default_factory=dict, sa_type=sa.JSON)


class Survey(Base, Imported, table=True):
    """A questionnaire (问卷)."""

    __tablename__ = "survey"

    id: int | None = key()
    code: str = text(40, default=..., unique=True)
    name: str = text(120, default=...)


class SurveyItem(Base, Imported, table=True):
    """A question (题项) with its dimension and weight."""

    __tablename__ = "survey_item"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "code"),
        sa.CheckConstraint("weight >= 0", name="weight_not_negative"),
        *dated("since"),
    )

    id: int | None = key()
    survey_id: int = ref("survey.id", index=False, ondelete="CASCADE")
    scale_id: int = ref("scale.id")
    code: str = text(40, default=...)
    wording: str = text(300)
    dimension: str = text(40)
    role: ItemRole = Field(default=ItemRole.SATISFACTION, sa_type=codes(ItemRole, "role"))
    weight: float = 1
    position: int = 0
    since: date | None = None
    """Asked in waves that begin on this day or later; None = in every wave."""


class Wave(Base, Imported, table=True):
    """One run of a survey (调查期次)."""

    __tablename__ = "wave"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "code"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        *dated("starts_on", "ends_on"),
    )

    id: int | None = key()
    survey_id: int = ref("survey.id", index=False)
    code: str = text(40, default=...)
    name: str = text(120)
    starts_on: date
    ends_on: date
    sent: int | None = None
    undeliverable: int = 0


class Response(Base, Imported, table=True):
    """One respondent's answers in one wave (答卷)."""

    __tablename__ = "response"
    __table_args__ = (
        sa.UniqueConstraint("wave_id", "customer_id", "respondent"),
        sa.Index("ix_response_customer_id_answered_on", "customer_id", "answered_on"),
        *dated("answered_on"),
    )

    id: int | None = key()
    wave_id: int = ref("wave.id", index=False)
    customer_id: int | None = ref("customer.id", nullable=True, index=False)
    """None is an anonymous answer: it counts in the company's figures and in nobody else's."""
    respondent: str = text(80)
    answered_on: date
    comment: str = text(2000)


class Answer(Base, Imported, table=True):
    """One answer (答案); no row means no answer, which is not zero."""

    __tablename__ = "answer"

    response_id: int = Field(foreign_key="response.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="survey_item.id", primary_key=True, index=True)
    value: float
