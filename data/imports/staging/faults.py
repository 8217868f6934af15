"""What is found wrong with the rows of a file (问题): named by line, column and reason."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.parsing.parsed import FAULT, NOTE
from data.imports.staging.context import Context
from models.base import Minor

_NAMED = ["line", "severity", "reason", "shown", "value", "other"]


class Faults:
    """Finds faults set by set; a row that has one is bad, and takes no part in what follows."""

    def __init__(self, context: Context, table: sa.Table) -> None:
        """Begin.

        Args:
            context: the import.
            table: where faults are kept (`temporary.tables`).
        """
        self._context, self.table = context, table
        self.markings = 0
        """How often rows were marked: what was counted before the last time no longer holds."""
        self._unmarked = False

    def where(
        self,
        reason: str,
        field_name: str,
        condition: Any,
        *,
        other: Any = None,
        source: Any = None,
        bad_too: bool = False,
    ) -> None:
        """Note a fault for every good staged row of a condition.

        Args:
            reason: its code.
            field_name: the field it concerns; its column and value are named.
            condition: on the staged rows.
            other: what else to name, such as the line it disagrees with.
            source: what to select from where the condition needs more than `staged`.
            bad_too: also for rows that have another fault already, to name them all.
        """
        which = sa.and_(condition, sa.true() if bad_too else self._context.good())
        if self._say(FAULT, reason, field_name, which, other, source) or self._unmarked:
            self.mark_bad()

    def note_where(
        self, reason: str, field_name: str, condition: Any, *, other: Any = None, source: Any = None
    ) -> None:
        """Like `where`, but the row stays good."""
        which = sa.and_(condition, self._context.good())
        self._say(NOTE, reason, field_name, which, other, source)

    def _say(
        self, severity: str, reason: str, field_name: str, which: Any, other: Any, source: Any
    ) -> int:
        """Write it down; how many rows it was said of."""
        staged = self._context.staged
        query = (
            sa.select(
                staged.c.line,
                sa.literal(severity),
                sa.literal(reason),
                sa.literal(self._context.shown.get(field_name, field_name)),
                sa.func.substr(_as_text(staged.c[field_name]), 1, 60),
                sa.cast(other, sa.Text) if other is not None else sa.null(),
            )
            .select_from(staged if source is None else source)
            .where(which)
            .distinct()
        )
        said = self._context.connection.execute(
            sa.insert(self.table)
            .from_select(_NAMED, query)
            .execution_options(preserve_rowcount=True)
        )
        return said.rowcount

    def of_row(self, reason: str, field_name: str, row_id: int, other: str) -> None:
        """A fault of one staged row; it is marked with the next `mark_bad`."""
        staged = self._context.staged
        self._unmarked = True
        self._context.connection.execute(
            sa.insert(self.table).from_select(
                _NAMED,
                sa.select(
                    staged.c.line,
                    sa.literal(FAULT),
                    sa.literal(reason),
                    sa.literal(self._context.shown.get(field_name, field_name)),
                    _as_text(staged.c[field_name]),
                    sa.literal(other),
                ).where(staged.c.id == row_id),
            )
        )

    def mark_bad(self) -> None:
        """Rows of a faulty line are bad."""
        self._unmarked = False
        self.markings += 1
        staged = self._context.staged
        lines = sa.select(self.table.c.line).where(self.table.c.severity == FAULT)
        self._context.connection.execute(
            sa.update(staged).where(self._context.good(), staged.c.line.in_(lines)).values(bad=True)
        )


def _as_text(column: Any) -> Any:
    """A staged value as people read it: money as an amount with two decimals, in SQL."""
    if not isinstance(column.type, Minor):
        return sa.cast(column, sa.Text)
    whole = sa.cast(column, sa.BigInteger)
    cents = sa.func.substr(sa.cast(sa.func.abs(whole) % 100 + 100, sa.Text), 2, 2)
    return sa.cast(whole // 100, sa.Text) + "." + cents
