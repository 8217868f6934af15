"""Filling the temporary tables (装载): every row of the file parsed, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.imports import staging
from data.imports.mapping import Columns
from data.imports.parsed import Parsed
from data.imports.plan import Item
from data.imports.reading import Row, Table
from data.imports.request import Request
from data.imports.rows import RowParser
from data.imports.tables import table_of
from data.imports.values import Manner
from data.imports.work import Progress
from errors import BadInput, Issue
from models.system import StoreState

STORE_STATE = table_of(StoreState)
_TOLD_EVERY = 5000


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was understood: its table and what its columns mean."""

    table: Table
    columns: Columns
    known_items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read."""

    rows: int
    items: dict[str, Item]
    """Questions answered in the file."""


def load(
    connection: sa.Connection,
    opened: Opened,
    request: Request,
    staged: sa.Table,
    faults: sa.Table,
    progress: Progress,
) -> Loaded:
    """Parse every row into the temporary tables.

    Raises:
        BadInput: the file breaks off, or has no rows.
    """
    options = request.plan.options
    currency = connection.execute(sa.select(STORE_STATE.c.currency)).scalar_one_or_none()
    manner = Manner(
        today=request.today,
        day_order=options.day_order,  # type: ignore[arg-type]
        round_cents=options.round_cents,
        currency=currency or "CNY",
        is_1904=opened.table.layout.is_1904,
    )
    parser = RowParser(opened.columns, manner, opened.known_items)
    buffer = _Buffer(connection, staged, faults)
    for row in _told(request, opened.table.rows(), progress):
        buffer.add(parser.parse(row))
    buffer.flush()
    if buffer.lines == 0:
        raise BadInput(Issue("no_rows"))
    return Loaded(buffer.lines, parser.used)


def _told(request: Request, rows: Iterator[Row], progress: Progress) -> Iterator[Row]:
    size = max(request.path.stat().st_size, 1)
    for number, row in enumerate(rows, start=1):
        if number % _TOLD_EVERY == 0:
            # rows are about sixty bytes; the bar slows down rather than overshoots
            done = number * 60 / size
            progress("reading", 0.05 + 0.5 * done / (1 + done))
        yield row


class _Buffer:
    """Staged rows and faults on their way into the tables."""

    def __init__(self, connection: sa.Connection, staged: sa.Table, faults: sa.Table) -> None:
        self._connection, self._staged, self._faults = connection, staged, faults
        self._rows: list[dict[str, Any]] = []
        self._said: list[dict[str, Any]] = []
        self._next = 1
        self.lines = 0
        """Rows of the file so far."""

    def add(self, parsed: Parsed) -> None:
        """Keep what a row came to; full buffers go to the tables."""
        self.lines += 1
        bad = bool(parsed.faults)
        for row in parsed.staged:
            self._rows.append({**row, "id": self._next, "bad": bad})
            self._next += 1
        self._said += [staging.fault_row(one, staging.FAULT) for one in parsed.faults]
        self._said += [staging.fault_row(one, staging.NOTE) for one in parsed.notes]
        if len(self._rows) + len(self._said) >= staging.CHUNK:
            self.flush()

    def flush(self) -> None:
        """Put everything into the tables."""
        staging.fill(self._connection, self._staged, self._rows)
        staging.fill(self._connection, self._faults, self._said)
        self._rows, self._said = [], []
