"""What a checked import comes to (统计): rows by what becomes of them, faults by reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from data.imports.parsing.parsed import FAULT, NOTE, PASSED
from data.imports.staging import temporary
from data.imports.staging.work import Work
from data.imports.terms import asking
from data.imports.terms.grouping import FIRST, FaultGroup, grouped
from data.imports.terms.report import MOST_LISTED, ImportReport, Outcome
from errors import Issue


def counted(
    work: Work, rows_read: int, *, rehearse: bool, known: Mapping[str, Any]
) -> ImportReport:
    """Lines by what becomes of them, and every fault.

    Args:
        work: after checking.
        rows_read: lines of the file.
        rehearse: nothing will be written.
        known: what the report says about the file itself.
    """
    if work.tally is None:
        work.tally = _counts(work)
    lines, added, updated = work.tally
    issues, reasons = _said(work, FAULT)
    notes, noted = _said(work, NOTE)
    passed, passed_over = _said(work, PASSED)
    changed = added or updated
    return ImportReport(
        Outcome.CHECKED if rehearse or changed else Outcome.UNCHANGED,
        work.spec.kind.value,
        rows_read=rows_read,
        rows_added=int(added),
        rows_updated=int(updated),
        rows_same=int(lines - added - updated),
        rows_rejected=rows_read - int(lines),
        issues=issues,
        groups=_groups(work) if issues else (),
        reasons=reasons,
        notes=notes,
        noted=noted,
        passed=passed,
        passed_over=passed_over,
        asks=_asks(work) if set(reasons) & set(asking.QUESTIONS) else (),
        **known,
    )


def _counts(work: Work) -> tuple[int, int, int]:
    """Good lines, how many of them add something, how many only change something."""
    staged, faults = work.staged, work.faults
    is_fault = faults.c.severity == FAULT
    good = sa.and_(
        sa.or_(work.good(), staged.c.becomes == "same"),
        staged.c.line.not_in(sa.select(faults.c.line).where(is_fault)),
    )
    if work.one_each:
        found = work.connection.execute(
            sa.select(staged.c.becomes, sa.func.count()).where(good).group_by(staged.c.becomes)
        )
        rows = {becomes: int(many) for becomes, many in found}
        return sum(rows.values()), rows.get("added", 0), rows.get("updated", 0)
    per_line = (
        sa.select(
            sa.func.max(sa.case((staged.c.becomes == "added", 1), else_=0)).label("added"),
            sa.func.max(sa.case((staged.c.becomes == "updated", 1), else_=0)).label("updated"),
        )
        .where(good)
        .group_by(staged.c.line)
        .subquery()
    )
    lines, added, updated = work.connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(per_line.c.added), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((per_line.c.added == 0, per_line.c.updated), else_=0)), 0
            ),
        ).select_from(per_line)
    ).one()
    return int(lines), int(added), int(updated)


def _said(work: Work, severity: str) -> tuple[tuple[Issue, ...], dict[str, int]]:
    faults = work.faults
    mine = faults.c.severity == severity
    listed = work.connection.execute(
        sa.select(faults).where(mine).order_by(faults.c.line, faults.c.shown).limit(MOST_LISTED)
    )
    counts = work.connection.execute(
        sa.select(faults.c.reason, sa.func.count()).where(mine).group_by(faults.c.reason)
    )
    return tuple(map(temporary.issue_from, listed)), {row[0]: row[1] for row in counts}


def _groups(work: Work) -> tuple[FaultGroup, ...]:
    """Every kind of fault in every column, with its first rows."""
    faults = work.faults
    kind = (faults.c.reason, faults.c.shown)
    place = sa.func.row_number().over(partition_by=kind, order_by=(faults.c.line, faults.c.value))
    many = sa.func.count().over(partition_by=kind)
    ranked = (
        sa.select(faults, place.label("place"), many.label("many"))
        .where(faults.c.severity == FAULT)
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= FIRST).order_by(ranked.c.line, ranked.c.value)
    rows = work.connection.execute(query).all()
    counts = {(row.reason, row.shown or ""): int(row.many) for row in rows}
    return grouped(map(temporary.issue_from, rows), counts)


def _asks(work: Work) -> tuple[asking.Ask, ...]:
    """What the faults ask, each with the rows that wait for the answer."""
    faults = work.faults
    columns = (faults.c.reason, faults.c.shown, faults.c.value)
    found = work.connection.execute(
        sa.select(*columns, sa.func.count(), sa.func.min(faults.c.detail))
        .where(faults.c.severity == FAULT, faults.c.reason.in_(sorted(asking.QUESTIONS)))
        .group_by(*columns)
    )
    return asking.asks_of(
        (Issue(row[0], row[1], None, row[2], json.loads(row[4] or "{}")), int(row[3]))
        for row in found
    )
