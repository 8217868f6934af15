"""Scales as a sheet of questions states them (量表): a name, two ends, a step, some words."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from data.imports.parsing import texts
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.scales import SCALES
from data.imports.terms.tables import table_of
from models.surveys import Scale, SurveyItem

ITEM = table_of(SurveyItem)
SCALE = table_of(Scale)
_STATED = ("scale", "minimum", "maximum", "step", "words")
_BETWEEN = re.compile("[;；]")
_PAIR = re.compile(r"\s*([^=＝]+?)\s*[=＝]\s*(-?[0-9]+(?:\.[0-9]+)?)\s*")


def steps(raw: str, _how: Manner) -> str | None:
    """The words of a scale as they stand, once they can be read; None where there are none.

    Raises:
        Unreadable: they cannot.
    """
    texts.refuse_unreadable_cell(raw)
    text = texts.cleaned(raw)
    _words(text)
    return text or None


def _words(text: str | None) -> dict[str, float]:
    """`很满意=7; 满意=6`, or the same as JSON.

    Raises:
        Unreadable: it is neither.
    """
    if not text:
        return {}
    if text.startswith("{"):
        try:
            return {str(word): float(score) for word, score in json.loads(text).items()}
        except (ValueError, TypeError) as problem:
            raise Unreadable("scale_words_unreadable") from problem
    pairs = [_PAIR.fullmatch(part) for part in _BETWEEN.split(text) if part.strip()]
    if None in pairs:
        raise Unreadable("scale_words_unreadable")
    return {pair[1]: float(pair[2]) for pair in pairs if pair}


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a row says of its scale."""

    code: str | None
    minimum: float | None
    maximum: float | None
    step: float | None
    words: dict[str, float] = field(default_factory=dict)

    def differs(self, row: Any) -> bool:
        """Whether it says something else than a scale of the store."""
        said = ((self.minimum, row.minimum), (self.maximum, row.maximum), (self.step, row.step))
        clash = any(mine is not None and mine != other for mine, other in said)
        return clash or bool(self.words and self.words != row.words)

    def whole(self) -> _Stated:
        """With what the name of a scale implies; a scale in steps of one if nothing is said."""
        known = SCALES.get(self.code or "")
        if known is None:
            return replace(self, step=1.0 if self.step is None else self.step)
        return replace(
            self,
            minimum=known.minimum if self.minimum is None else self.minimum,
            maximum=known.maximum if self.maximum is None else self.maximum,
            step=known.step if self.step is None else self.step,
        )


def find_scales(context: Context, faults: Faults, changes: Changes) -> None:
    """Give every new question its scale, made where there is none like it.

    The scale of a question that is there cannot change: its answers were checked by it.
    """
    staged = context.staged
    columns = [staged.c[name] for name in _STATED]
    _refuse_another(context, faults)
    new = sa.select(*columns).where(context.good(), staged.c.item_id.is_(None)).distinct()
    for row in context.connection.execute(new.order_by(*columns)).all():
        stated = _Stated(row.scale, row.minimum, row.maximum, row.step, _words(row.words))
        same = [staged.c[name].is_not_distinct_from(getattr(row, name)) for name in _STATED]
        which = sa.and_(staged.c.item_id.is_(None), *same)
        scale_id = _scale(context, faults, changes, stated, which)
        if scale_id is not None:
            context.connection.execute(sa.update(staged).where(which).values(scale_id=scale_id))


def _refuse_another(context: Context, faults: Faults) -> None:
    staged = context.staged
    rows = context.connection.execute(
        sa.select(
            staged.c.id.label("staged_id"),
            *(staged.c[name].label(f"said_{name}") for name in _STATED),
            SCALE,
        )
        .join(ITEM, ITEM.c.id == staged.c.item_id)
        .join(SCALE, SCALE.c.id == ITEM.c.scale_id)
        .where(context.good())
    ).all()
    for row in rows:
        ends = row.said_minimum, row.said_maximum, row.said_step
        stated = _Stated(row.said_scale, *ends, _words(row.said_words))
        if stated.differs(row) or stated.code not in (None, row.code):
            faults.where("scale_differs", "scale", staged.c.id == row.staged_id)


def _scale(
    context: Context, faults: Faults, changes: Changes, stated: _Stated, which: Any
) -> int | None:
    """The scale of the store that is meant, or a new one; None where it is not clear."""
    found = context.connection.execute(sa.select(SCALE).where(SCALE.c.code == stated.code)).first()
    if found is not None:
        if not stated.differs(found):
            return int(found.id)
        faults.where("scale_differs", "scale", which)
        return None
    whole = stated.whole()
    if whole.minimum is None or whole.maximum is None or whole.minimum >= whole.maximum:
        faults.where("scale_without_ends", "minimum", which)
        return None
    if whole.code is None:
        for row in context.connection.execute(sa.select(SCALE).order_by(SCALE.c.id)):
            graded = row.code in SCALES and SCALES[row.code].by_grade
            if not graded and _content(whole) == _content(row):
                return int(row.id)
    ends = f"{whole.minimum:g}-{whole.maximum:g}"
    return changes.make(
        Scale,
        code=whole.code or free_code(context, ends, SCALES if whole.words else ()),
        minimum=whole.minimum,
        maximum=whole.maximum,
        step=whole.step,
        words=whole.words,
    )


def _content(scale: Any) -> tuple[Any, ...]:
    return scale.minimum, scale.maximum, scale.step, dict(scale.words or {})


def free_code(context: Context, stem: str, reserved: Collection[str] = ()) -> str:
    """A code no scale has: `1-7`, `1-7 #2`; names of scales without words are theirs."""
    taken = {*context.connection.execute(sa.select(SCALE.c.code)).scalars(), *reserved}
    names = (stem if n == 1 else f"{stem} #{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
