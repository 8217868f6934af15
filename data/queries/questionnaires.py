"""Surveys and their waves as they are there (已有问卷与期次): what new answers may belong to."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from models.surveys import Survey, Wave


@dataclass(frozen=True, slots=True)
class KnownSurvey:
    """A survey of the store."""

    code: str
    name: str
    waves: tuple[tuple[str, str], ...] = ()
    """(code, name), the newest first."""


def known(session: Session) -> tuple[KnownSurvey, ...]:
    """Every survey in the order they were made, with its waves."""
    waves: dict[int, list[tuple[str, str]]] = {}
    found = session.execute(
        sa.select(col(Wave.survey_id), col(Wave.code), col(Wave.name)).order_by(
            col(Wave.starts_on).desc(), col(Wave.id).desc()
        )
    )
    for survey_id, code, name in found:
        waves.setdefault(survey_id, []).append((code, name))
    surveys = session.execute(
        sa.select(col(Survey.id), col(Survey.code), col(Survey.name)).order_by(col(Survey.id))
    )
    return tuple(
        KnownSurvey(code, name, tuple(waves.get(number, ()))) for number, code, name in surveys
    )
