"""What a row of the store is called where people read it (行的称呼): codes instead of ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import UTCDateTime

from data.imports.terms.difference import plain
from data.imports.terms.pointing import called, shown
from data.imports.terms.spec import Spec
from models.base import Minor
from models.tables import metadata

_NAMED_BY: dict[str, tuple[str, ...]] = {
    "contact": ("customer_id", "name"),
    "order_line": ("order_id", "line_no"),
    "allocation": ("receipt_id", "credit_note_id", "invoice_id"),
    "invoice_schedule": ("invoice_id", "since", "position"),
    "response": ("customer_id", "respondent"),
    "answer": ("response_id", "item_id"),
    "credit_limit": ("customer_id", "since"),
    "owner_history": ("customer_id", "since"),
    "card_history": ("customer_id", "since"),
    "credit_survey": ("customer_id", "surveyed_on"),
    "stock_count": ("customer_id", "product_id", "counted_on"),
    "visit": ("customer_id", "visited_on"),
    "credit_grade": ("customer_id", "since"),
    "collection_action": ("customer_id", "acted_on", "channel"),
    "key_account_override": ("customer_id", "decided_on"),
    "loss_event": ("customer_id", "happened_on"),
    "acquisition_cost": ("source", "month"),
    "supervision_item": ("customer_id", "topic", "opened_on"),
    "survey_item": ("survey_id", "code"),
    "wave": ("survey_id", "code"),
}
"""Table → the columns that tell its rows apart for people; others have a code."""
_VOCABULARY = {"credit_grade": "grade"}
"""Enum → its kind in `words.vocabulary` where that has another name."""


def kind_of(column: Any) -> str:
    """How to show a column: text, money, date, datetime, number, flag, or a vocabulary."""
    if column.foreign_keys:
        return "text"
    kind = column.type
    if isinstance(kind, Minor):
        return "money"
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.enum_class.__name__).lower()
        return _VOCABULARY.get(name, name)
    for types, name in (
        ((sa.DateTime, UTCDateTime), "datetime"),
        (sa.Date, "date"),
        (sa.Boolean, "flag"),
        ((sa.Integer, sa.Float), "number"),
    ):
        if isinstance(kind, types):
            return name
    return "text"


def naming(table: sa.Table, rows: Any = None) -> list[Any]:
    """Columns that tell a row of a table apart for people, in SQL.

    Args:
        table: of the store.
        rows: an alias of it to take them from.
    """
    source = table if rows is None else rows
    names = _NAMED_BY.get(table.name) or (called(table).name if "code" in table.c else "id",)
    return [shown(table.c[name], source.c[name]) for name in names]


def joined(parts: Sequence[Any]) -> str:
    """A row's name from what tells it apart."""
    return " · ".join(str(plain(part)) for part in parts if part not in (None, ""))


def field_of(spec: Spec | None, table: str, column: str) -> str:
    """The sheet's field that fills a column of a table; the column itself if none does."""
    if spec is None:
        return column
    for target in spec.targets:
        if metadata.tables[str(target.table.__tablename__)].name != table:
            continue
        staged = {**target.columns, **target.key}.get(column)
        if staged is not None:
            return field_behind(spec, staged)
    return column


def field_behind(spec: Spec, staged: str) -> str:
    """The field a staged column comes from: a code for the id it was matched to."""
    behind = {reference.into: reference.field for reference in spec.references}
    return behind.get(staged) or spec.stands_for.get(staged, staged)
