"""Sheets of the store (全库数据表): what the import would have to read to store the same rows.

A kind of sheet says which field fills which column and which code stands for which row
(`data.imports.kinds`). Read the other way round, that is a query; nothing is declared twice.
A table that several kinds can fill is told by one of them, so that every row comes once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col

from data import store
from data.imports.columns.registry import ORDER, SPECS
from data.imports.terms.pointing import parent_of
from data.imports.terms.scales import turned
from data.imports.terms.spec import Field, Spec, Target
from data.imports.terms.tables import table_of
from models.enums import SheetKind
from models.receivables import Allocation, CreditNote, Invoice, Receipt
from models.surveys import Response, Scale, Survey, SurveyItem, Wave

RESPONSE = table_of(Response)

AT_ONCE = 5000
"""Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the fields it has, and its rows as the store holds them."""

    kind: SheetKind
    fields: tuple[Field, ...]
    query: sa.Select[Any]
    """One column a field, labelled by its name."""
    repeated: sa.Select[Any] | None = None
    """How many rows say the same as a newer one and are left out; None where none can."""


def told_by() -> dict[str, SheetKind]:
    """Table → the kind that tells its rows: the one that is first of all about it."""
    found: dict[str, SheetKind] = {}
    for first_only in (True, False):
        for kind in ORDER:
            mine = _main(SPECS[kind])
            for target in mine[:1] if first_only else mine:
                found.setdefault(str(target.table.__tablename__), kind)
    return found


def sheet(kind: SheetKind) -> Sheet:
    """The sheet of a kind, with every row of its tables in the order they were made."""
    if kind is SheetKind.ALLOCATIONS:
        return Sheet(kind, SPECS[kind].fields, _allocations())
    return _Asking(SPECS[kind]).sheet()


def _allocations() -> sa.Select[Any]:
    """What was applied, and in rows of their own what was taken back of it, in that order.

    One row of the store may be two of the sheet, which no declaration says. What was taken back
    on the day it was applied never counted and is left out.
    """
    counted = sa.or_(
        col(Allocation.ended_on).is_(None),
        col(Allocation.ended_on) > col(Allocation.allocated_on),
    )

    def part(move: str, day: Any, reason: Any) -> Any:
        return (
            sa.select(
                col(Allocation.id).label("id"),
                col(Receipt.code).label("receipt_code"),
                col(CreditNote.code).label("credit_note_code"),
                col(Invoice.code).label("invoice_code"),
                day.label("applied_on"),
                col(Allocation.amount).label("amount"),
                sa.literal(move).label("move"),
                reason.label("reason"),
            )
            .join(Invoice, col(Invoice.id) == col(Allocation.invoice_id))
            .outerjoin(Receipt, col(Receipt.id) == col(Allocation.receipt_id))
            .outerjoin(CreditNote, col(CreditNote.id) == col(Allocation.credit_note_id))
            .where(counted)
        )

    applied = part("apply", col(Allocation.allocated_on), sa.literal(""))
    back = part("take_back", col(Allocation.ended_on), col(Allocation.ended_reason))
    both = sa.union_all(applied, back.where(col(Allocation.ended_on).is_not(None))).subquery()
    names = [one.name for one in SPECS[SheetKind.ALLOCATIONS].fields]
    return sa.select(*(both.c[name] for name in names)).order_by(both.c.id, both.c.applied_on)


def surveys(engine: Engine) -> list[tuple[str, str]]:
    """Code and name of every survey that was answered: each has a sheet of answers."""
    with store.reading(engine) as session:
        asked = sa.select(col(Wave.survey_id))
        query = sa.select(col(Survey.code), col(Survey.name)).where(col(Survey.id).in_(asked))
        return [(row[0], row[1]) for row in session.execute(query.order_by(col(Survey.id)))]


def of_survey(answers: Sheet, code: str) -> Sheet:
    """A sheet of answers without those of other surveys."""
    theirs = (
        sa.select(col(Wave.id))
        .join(Survey, col(Survey.id) == col(Wave.survey_id))
        .where(col(Survey.code) == code)
    )
    return replace(answers, query=answers.query.where(RESPONSE.c.wave_id.in_(theirs)))


def turned_items(connection: sa.Connection, code: str) -> list[Any]:
    """Questions of a survey whose forms have the best score lowest: code, ends and step.

    Their answers are stored turned, so that a sheet of them is not to be turned again.
    """
    query = (
        sa.select(
            col(SurveyItem.code),
            col(Scale.minimum),
            col(Scale.maximum),
            col(Scale.step),
            col(Scale.words),
        )
        .join(Scale, col(Scale.id) == col(SurveyItem.scale_id))
        .join(Survey, col(Survey.id) == col(SurveyItem.survey_id))
        .where(col(Survey.code) == code)
        .order_by(col(SurveyItem.position), col(SurveyItem.code))
    )
    found = connection.execute(query).all()
    return [row for row in found if turned(row.words or {}, row.minimum, row.maximum)]


def rows(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet, a part in memory at a time."""
    yield from map(tuple, connection.execute(query.execution_options(yield_per=AT_ONCE)))


def _main(spec: Spec) -> list[Target]:
    return [target for target in spec.targets if not target.only_new]


class _Asking:
    """Puts the query of one kind together."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        mine = told_by()
        self._targets = [
            target for target in _main(spec) if mine[str(target.table.__tablename__)] is spec.kind
        ]
        self._columns: dict[str, Any] = {}
        """Staged column → the column of the store it fills."""
        self._source = self._joined()
        self._parents: dict[str, Any] = {}

    def _joined(self) -> Any:
        """The tables of the targets, each row with those it belongs to.

        A column two of them share (the day of a receipt and of what it pays) must be alike.
        """
        source: Any = None
        for target in self._targets:
            table = table_of(target.table)
            given = {**target.columns, **target.key}
            if source is None:
                source = table
            else:
                alike = [
                    table.c[name] == self._columns[staged]
                    for name, staged in given.items()
                    if staged in self._columns
                ]
                source = source.join(table, sa.and_(*alike), isouter=target.when is not None)
            for name, staged in given.items():
                self._columns.setdefault(staged, table.c[name])
            if "id" in table.c:
                self._columns.setdefault(target.id_into, table.c.id)
        return source

    def sheet(self) -> Sheet:
        """All of it."""
        found = [(one, self._read(one)) for one in self._spec.fields]
        told = [(one, column) for one, column in found if column is not None]
        columns = [column.label(one.name) for one, column in told]
        query = sa.select(*columns).select_from(self._source)
        identities = [key for t in self._targets for key in table_of(t.table).primary_key]
        query = query.order_by(*identities)
        newest, repeated = self._newest()
        if newest is not None:
            query = query.where(newest)
        return Sheet(self._spec.kind, tuple(one for one, _column in told), query, repeated)

    def _read(self, one: Field) -> Any:
        """What a field says of a row of the store; None where it cannot be told."""
        staged, name = self._spec.read_from.get(one.name, (one.name, ""))
        for reference in self._spec.references:
            if reference.field == one.name:
                staged, name = reference.into, reference.by
        column = self._columns.get(staged)
        if column is None or not name:
            return column
        if staged not in self._parents:
            parent = parent_of(column)
            assert parent is not None, staged
            other = sa.alias(parent)
            self._parents[staged] = other
            self._source = self._source.outerjoin(other, other.c.id == column)
        return self._parents[staged].c[name]

    def _newest(self) -> tuple[Any, sa.Select[Any] | None]:
        """Of rows the import could not tell apart, the last counts."""
        target = self._targets[-1]
        table = table_of(target.table)
        if target.when is not None or _is_unique(table, frozenset(target.key)):
            return None, None
        place = sa.func.row_number().over(
            partition_by=[table.c[name] for name in target.key], order_by=table.c.id.desc()
        )
        ranked = sa.select(table.c.id, place.label("place")).subquery()
        newest = sa.select(ranked.c.id).where(ranked.c.place == 1)
        older = sa.select(sa.func.count()).select_from(ranked).where(ranked.c.place > 1)
        return table.c.id.in_(newest), older


def _is_unique(table: sa.Table, names: frozenset[str]) -> bool:
    """Whether the store itself keeps two rows from agreeing in these columns."""
    held = [set(table.primary_key.columns.keys())]
    held += [
        set(rule.columns.keys())
        for rule in table.constraints
        if isinstance(rule, sa.UniqueConstraint)
    ]
    return any(one and one <= names for one in held)
