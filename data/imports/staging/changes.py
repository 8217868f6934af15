"""What an import stores beside its targets' rows (变更): written, recorded for undo, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.terms.change import Change, jsonable
from data.imports.terms.difference import Difference
from data.imports.terms.tables import table_of
from errors import Issue
from models.system import ImportChange

IMPORT_CHANGE = table_of(ImportChange)


@dataclass(frozen=True, slots=True)
class Tally:
    """Good lines of the file, how many of them add something, how many only change something."""

    lines: int
    added: int
    updated: int
    markings: int
    """`Faults.markings` when it was counted."""


class Changes:
    """Changes rows and keeps what they were; every change is one of this import's batch."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.batch_id = 0
        """Given when the rows are written (`begin`)."""
        self.corrected_from: date | None = None
        """From when on past figures change, as far as known (`Options.correct_past`)."""
        self.foreseen: list[Difference] = []
        """What the kind changes in stored rows beyond its targets, known before it does."""
        self.news: list[Issue] = []
        """What was made beside the rows, a survey or a wave: `value` is its code."""
        self.tally: Tally | None = None
        """As last counted (`counting`); None once it is known not to hold."""
        self._untold: list[dict[str, Any]] = []
        """Changes made before there was a batch to keep them with."""

    def begin(self, batch_id: int) -> None:
        """From here on rows are written; what was changed before is kept with the batch."""
        self.batch_id = batch_id
        self._tell()

    def _remember(
        self, table: type[Any], row_id: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Keep a change for history and undo, until there is a batch to write it for."""
        named: dict[str, Any] = {"table_name": table.__tablename__, "row_id": row_id}
        self._untold.append(named | {"before": jsonable(before), "after": jsonable(after)})

    def _tell(self) -> None:
        """Write the changes that were kept, if there is a batch by now."""
        if self.batch_id and self._untold:
            told = [{"batch_id": self.batch_id, **change} for change in self._untold]
            self._context.connection.execute(sa.insert(ImportChange), told)
            self._untold.clear()

    def make(self, table: type[Any], **values: Any) -> int:
        """Add one row of a table that keeps no provenance; returns its id.

        An `ImportChange` without a `before` says that this import made it.
        """
        statement = sa.insert(table).values(**values).returning(table.id)
        row_id = int(self._context.connection.execute(statement).scalar_one())
        self._remember(table, row_id, {}, values)
        self._tell()
        return row_id

    def made(self, table: type[Any]) -> set[int]:
        """Rows of a table this import made beside its targets (`make`), once it has a batch."""
        found = sa.select(IMPORT_CHANGE.c.row_id).where(
            IMPORT_CHANGE.c.batch_id == self.batch_id,
            IMPORT_CHANGE.c.table_name == table.__tablename__,
            sa.cast(IMPORT_CHANGE.c.before, sa.Text) == "{}",
        )
        return set(self._context.connection.execute(found).scalars())

    def change(
        self, table: type[Any], row_id: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Update one row and keep what it was, for undo."""
        self.change_all(table, [Change(row_id, before, after, {})])

    def change_all(self, table: type[Any], changes: Sequence[Change]) -> None:
        """Update rows, those with the same columns together, and keep what they were."""
        columns = table_of(table).c
        alike: dict[tuple[str, ...], list[Change]] = {}
        for each in changes:
            alike.setdefault(tuple(each.after), []).append(each)
        for names, group in alike.items():
            keys = ("id",) if hasattr(table, "id") else tuple(group[0].keys)
            values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
            if "version" in columns:
                values["version"] = columns.version + 1
            where = [columns[name] == sa.bindparam(f"key_{name}") for name in keys]
            self._context.connection.execute(
                sa.update(table_of(table)).where(*where).values(values),
                [each.parameters(keys) for each in group],
            )
        for each in changes:
            before, after = {**each.keys, **each.before}, {**each.keys, **each.after}
            self._remember(table, each.row_id, before, after)
        self._tell()

    def corrects(self, since: date) -> None:
        """What this import changes was never so from `since` on, or from earlier."""
        self.corrected_from = min(self.corrected_from or since, since)

    def touch(self, line: int) -> None:
        """A line that changed something beyond its own row counts as an update."""
        self.touch_where(self._context.staged.c.line == line)

    def touch_where(self, condition: Any) -> None:
        """Rows that change something beyond their own row count as updates."""
        self._count_as("updated", condition, self._context.staged.c.becomes == "same")

    def count_as_added(self, condition: Any) -> None:
        """Good rows that add something which is no row of a target."""
        self._count_as("added", condition)

    def _count_as(self, becomes: str, *conditions: Any) -> None:
        self.tally = None
        self._context.connection.execute(
            sa.update(self._context.staged)
            .where(*conditions, self._context.good())
            .values(becomes=becomes)
        )
