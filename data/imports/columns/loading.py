"""Filling the temporary tables (装载): every row of the file parsed, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from data.imports.columns.mapping import Columns
from data.imports.columns.rows import RowParser
from data.imports.files.reading import Table
from data.imports.parsing.manner import Manner
from data.imports.parsing.parsed import FAULT, PASSED
from data.imports.staging import temporary
from data.imports.staging.progress import Progress
from data.imports.terms import asking
from data.imports.terms.plan import Item
from data.imports.terms.request import Request
from data.imports.terms.tables import table_of
from errors import BadInput, Issue
from models.system import StoreState

STORE_STATE = table_of(StoreState)
_AT_ONCE = 500
_BEGUN, _READING = 0.05, 0.55
"""Shares of the whole: before the first row, and for reading the file."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was understood: its table and what its columns mean."""

    table: Table
    columns: Columns
    known_items: tuple[Item, ...] = ()
    profile: str = ""
    """Name of the program the file is from, where it is a known one."""


@dataclass(slots=True)
class Loaded:
    """What was read."""

    rows: int = 0
    items: dict[str, Item] = field(default_factory=dict)
    """Questions answered in the file."""
    filled: set[str] = field(default_factory=set)
    """Staged columns that say something in at least one row."""
    one_each: bool = True
    """No line of the file came to more than one staged row."""


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
    options = opened.columns.plan.options
    currency = connection.execute(sa.select(STORE_STATE.c.currency)).scalar_one_or_none()
    manner = Manner(
        today=request.today,
        day_order=options.day_order,  # type: ignore[arg-type]
        round_cents=options.round_cents,
        currency=currency or "CNY",
        is_1904=opened.table.layout.is_1904,
    )
    parser = RowParser(opened.columns, manner, opened.known_items)
    loaded = Loaded()
    staged_rows = 0
    for block in opened.table.blocks(max(temporary.CHUNK // parser.most_of_one, 1)):
        parsed = parser.parse(block)
        loaded.rows += parsed.rows - len(parsed.passed)
        loaded.filled |= temporary.fill(connection, staged, parsed, after=staged_rows)
        temporary.note(connection, faults, parsed)
        staged_rows += len(parsed.lines)
        progress("reading", _BEGUN + _READING * block.share)
    loaded.rows -= _settle_totals(connection, staged, faults, parser.totals(), request)
    if loaded.rows == 0:
        raise BadInput(Issue("no_rows"))
    loaded.items = parser.used
    loaded.one_each = parser.most_of_one == 1
    return loaded


def _settle_totals(
    connection: sa.Connection,
    staged: sa.Table,
    faults: sa.Table,
    totals: list[Issue],
    request: Request,
) -> int:
    """Pass rows over that are sums, keep them or ask, as was answered; returns how many went."""
    answer = asking.answered(request.plan.answers, "sum_of_above")
    if not totals or answer == "keep":
        return 0
    severity = PASSED if answer == "pass" else FAULT
    for first in range(0, len(totals), _AT_ONCE):
        some = totals[first : first + _AT_ONCE]
        rows = staged.c.line.in_([issue.row for issue in some])
        said = [temporary.fault_row(issue, severity) for issue in some]
        connection.execute(sa.insert(faults), said)
        connection.execute(
            sa.delete(staged).where(rows)
            if severity == PASSED
            else sa.update(staged).where(rows).values(bad=True)
        )
    return len(totals) if severity == PASSED else 0
