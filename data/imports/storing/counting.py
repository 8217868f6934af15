"""What a checked import comes to (统计): rows by what becomes of them, faults by reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from data.imports.parsing.parsed import FAULT, NOTE, PASSED
from data.imports.staging import temporary
from data.imports.staging.changes import Changes, Tally
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms import asking
from data.imports.terms.grouping import FIRST, FaultGroup, grouped
from data.imports.terms.report import MOST_LISTED, ImportReport, Outcome
from errors import Issue


def counted(
    context: Context,
    faults: Faults,
    changes: Changes,
    rows_read: int,
    *,
    rehearse: bool,
    known: Mapping[str, Any],
) -> ImportReport:
    """Lines by what becomes of them, and every fault.

    Args:
        context: the import, after checking.
        faults: what was found.
        changes: what was made beside the rows; keeps the count.
        rows_read: lines of the file.
        rehearse: nothing will be written.
        known: what the report says about the file itself.
    """
    tally = changes.tally
    if tally is None or tally.markings != faults.markings:
        tally = changes.tally = _counts(context, faults)
    issues, reasons = _said(context, faults, FAULT)
    notes, noted = _said(context, faults, NOTE)
    passed, passed_over = _said(context, faults, PASSED)
    return ImportReport(
        Outcome.CHECKED if rehearse or tally.added or tally.updated else Outcome.UNCHANGED,
        context.spec.kind.value,
        rows_read=rows_read,
        rows_added=tally.added,
        rows_updated=tally.updated,
        rows_same=tally.lines - tally.added - tally.updated,
        rows_rejected=rows_read - tally.lines,
        issues=issues,
        groups=_groups(context, faults) if issues else (),
        reasons=reasons,
        notes=notes,
        noted=noted,
        passed=passed,
        passed_over=passed_over,
        asks=_asks(context, faults) if set(reasons) & set(asking.QUESTIONS) else (),
        **known,
    )


def _counts(context: Context, faults: Faults) -> Tally:
    """How many lines are good, and what becomes of them."""
    staged, table = context.staged, faults.table
    is_fault = table.c.severity == FAULT
    good = sa.and_(
        sa.or_(context.good(), staged.c.becomes == "same"),
        staged.c.line.not_in(sa.select(table.c.line).where(is_fault)),
    )
    if context.one_each:
        found = context.connection.execute(
            sa.select(staged.c.becomes, sa.func.count()).where(good).group_by(staged.c.becomes)
        )
        rows = {becomes: int(many) for becomes, many in found}
        return Tally(
            sum(rows.values()), rows.get("added", 0), rows.get("updated", 0), faults.markings
        )
    per_line = (
        sa.select(
            sa.func.max(sa.case((staged.c.becomes == "added", 1), else_=0)).label("added"),
            sa.func.max(sa.case((staged.c.becomes == "updated", 1), else_=0)).label("updated"),
        )
        .where(good)
        .group_by(staged.c.line)
        .subquery()
    )
    lines, added, updated = context.connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(per_line.c.added), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((per_line.c.added == 0, per_line.c.updated), else_=0)), 0
            ),
        ).select_from(per_line)
    ).one()
    return Tally(int(lines), int(added), int(updated), faults.markings)


def _said(
    context: Context, faults: Faults, severity: str
) -> tuple[tuple[Issue, ...], dict[str, int]]:
    table = faults.table
    mine = table.c.severity == severity
    listed = context.connection.execute(
        sa.select(table).where(mine).order_by(table.c.line, table.c.shown).limit(MOST_LISTED)
    )
    counts = context.connection.execute(
        sa.select(table.c.reason, sa.func.count()).where(mine).group_by(table.c.reason)
    )
    return tuple(map(temporary.issue_from, listed)), {row[0]: row[1] for row in counts}


def _groups(context: Context, faults: Faults) -> tuple[FaultGroup, ...]:
    """Every kind of fault in every column, with its first rows."""
    table = faults.table
    kind = (table.c.reason, table.c.shown)
    place = sa.func.row_number().over(partition_by=kind, order_by=(table.c.line, table.c.value))
    many = sa.func.count().over(partition_by=kind)
    ranked = (
        sa.select(table, place.label("place"), many.label("many"))
        .where(table.c.severity == FAULT)
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= FIRST).order_by(ranked.c.line, ranked.c.value)
    rows = context.connection.execute(query).all()
    counts = {(row.reason, row.shown or ""): int(row.many) for row in rows}
    return grouped(map(temporary.issue_from, rows), counts)


def _asks(context: Context, faults: Faults) -> tuple[asking.Ask, ...]:
    """What the faults ask, each with the rows that wait for the answer."""
    table = faults.table
    columns = (table.c.reason, table.c.shown, table.c.value)
    found = context.connection.execute(
        sa.select(*columns, sa.func.count(), sa.func.min(table.c.detail))
        .where(table.c.severity == FAULT, table.c.reason.in_(sorted(asking.QUESTIONS)))
        .group_by(*columns)
    )
    return asking.asks_of(
        (Issue(row[0], row[1], None, row[2], json.loads(row[4] or "{}")), int(row[3]))
        for row in found
    )
