"""A whole import (导入引擎): from a file to a report, in one transaction or not at all.

Reading and parsing fill a temporary table without any lock. Then, in one writing
transaction, rows are matched, checked and written; a rehearsal does the same up to the
writing, on SQLite without the lock (`staging.aside`), and rolls back. A kill at any moment
leaves all rows or none.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from data import store
from data.imports.columns import understanding
from data.imports.columns.loading import Opened, load
from data.imports.columns.meaning import Identity, meaning
from data.imports.files.layout import Layout
from data.imports.history import differences, recording, remembering, since_check
from data.imports.kinds import dated_cards
from data.imports.matching import creating, suggesting
from data.imports.staging import aside, temporary
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.progress import Progress
from data.imports.storing import rejects, writing
from data.imports.storing.checking import check
from data.imports.storing.counting import counted
from data.imports.terms.asking import asks_of
from data.imports.terms.items import Item
from data.imports.terms.permission import refuse_kind
from data.imports.terms.readings import ColumnReading
from data.imports.terms.report import ImportReport, Outcome, refusal
from data.imports.terms.request import REJECT, STOP, Request
from errors import BadInput, Issue


class _Undone(Exception):
    """Rolls the transaction back; the report is ready."""


@dataclass(slots=True)
class _Run:
    """What one run knows so far."""

    request: Request
    engine: Engine
    progress: Progress
    file: Identity = field(default_factory=lambda: Identity(""))
    kind: str = ""
    layout: Layout | None = None
    ignored: tuple[str, ...] = ()
    profile: str = ""
    readings: tuple[ColumnReading, ...] = ()
    doubts: tuple[Issue, ...] = ()
    rows_read: int = 0
    items: dict[str, Item] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    one_each: bool = False
    began: float = field(default_factory=time.monotonic)

    def timed(self, report: ImportReport) -> ImportReport:
        """The report with the time taken so far."""
        return report.timed(time.monotonic() - self.began)

    def known(self) -> dict[str, Any]:
        """What a report says about the file itself."""
        found: dict[str, Any] = {"file_name": self.request.shown_name, "ignored": self.ignored}
        found["profile"] = self.profile
        found["readings"] = self.readings
        if self.layout is not None:
            found |= {
                "encoding": self.layout.encoding,
                "separator": self.layout.separator,
                "sheet": self.layout.sheet,
                "header_line": self.layout.header_line,
            }
        return found


def run(engine: Engine, request: Request, progress: Progress | None = None) -> ImportReport:
    """Bring one file in.

    Args:
        engine: of the store.
        request: what to do.
        progress: told how far it is.

    Returns:
        The report; faults of the file are in it, never raised.

    Raises:
        StoreUnavailable: the store cannot be reached; nothing was written.
    """
    state = _Run(request, engine, progress or _silent, kind=request.plan.kind)
    try:
        report = _bring_in(state)
    except BadInput as refused:
        report = refusal(state.kind, refused.issues, **state.known())
        _remember_refusal(state, report)
    return state.timed(report)


def _silent(_step: str, _share: float) -> None:
    """Nobody wants to know."""


def _bring_in(state: _Run) -> ImportReport:
    request = state.request
    size = request.path.stat().st_size
    if size > request.most_bytes:
        raise BadInput(Issue("file_too_large", detail={"megabytes": request.most_bytes >> 20}))
    state.file = Identity(_hash(request.path))
    state.progress("reading", 0.02)
    opened = understanding.open_file(state.engine, request)
    spec = opened.columns.spec
    state.kind, state.layout = spec.kind.value, opened.table.layout
    state.ignored, state.profile = opened.columns.ignored, opened.profile
    state.readings, state.doubts = opened.columns.readings, opened.columns.doubts
    state.file = replace(state.file, meaning=meaning(opened.columns, opened.table.layout))
    refuse_kind(request.actor, spec)
    with store.connected(state.engine) as connection:
        with connection.begin():
            before = recording.same_file(connection, state.file, spec.kind)
        if before is not None:
            return _already(state, before)
        staged, said = temporary.tables(spec)
        with connection.begin():
            temporary.create(connection, staged, said)
            loaded = load(connection, opened, request, staged, said, state.progress)
            state.rows_read, state.items = loaded.rows, loaded.items
            state.filled, state.one_each = loaded.filled, loaded.one_each
        try:
            context = _context(state, connection, opened, staged)
            return _match_and_write(state, context, Faults(context, said), opened)
        finally:
            with connection.begin():
                temporary.drop(connection, staged, said)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _already(state: _Run, before: tuple[int, int]) -> ImportReport:
    batch_id, rows = before
    return ImportReport(
        Outcome.ALREADY,
        state.kind,
        batch_id=batch_id,
        rows_read=rows,
        rows_same=rows,
        **state.known(),
    )


def _context(state: _Run, connection: sa.Connection, opened: Opened, staged: sa.Table) -> Context:
    """What is fixed for the file from here on."""
    actor, plan = state.request.actor, opened.columns.plan
    return Context(
        connection,
        opened.columns.spec,
        staged,
        plan.options,
        opened.columns.shown,
        state.request.today,
        owner_id=actor.scope.owner_id if actor else None,
        role=actor.role if actor else None,
        items=state.items,
        told=frozenset(opened.columns.places),
        filled=frozenset(state.filled),
        one_each=state.one_each,
        customers=plan.customers,
        answers=plan.answers,
        create=frozenset(plan.create),
    )


def _match_and_write(state: _Run, context: Context, faults: Faults, opened: Opened) -> ImportReport:
    spec, connection = context.spec, context.connection
    report: list[ImportReport] = []
    try:
        with aside.transaction(
            connection, rehearse=state.request.rehearse, facts=spec.facts
        ) as session:
            recording.lock(connection)
            before = recording.same_file(connection, state.file, spec.kind)
            if before is not None:
                report.append(_already(state, before))
                raise _Undone
            report.append(_decide(state, session, context, faults))
            if report[0].rows_rejected and state.request.rejects is not None:
                rejects.write(context, faults, opened.table, state.request.rejects)
            if not report[0].stored:
                raise _Undone
    except _Undone:
        pass
    if report[0].outcome in (Outcome.REJECTED, Outcome.OUTDATED):
        _remember_refusal(state, report[0])
    return report[0]


def _decide(state: _Run, session: Session, context: Context, faults: Faults) -> ImportReport:
    """Check everything; then write, unless something speaks against it."""
    request, changes = state.request, Changes(context)
    check(context, faults, changes, state.progress, reject=request.on_error == REJECT)
    state.progress("comparing", 0.78)
    report = suggesting.with_unmatched(context, _count(state, context, faults, changes))
    report = differences.told(context, changes, report, request)
    if report.rows_rejected and (
        request.on_error == STOP or report.rows_rejected == report.rows_read
    ):
        if request.rehearse:
            return report
        nothing = replace(report, rows_added=0, rows_updated=0, rows_same=0, made=())
        return replace(nothing, outcome=Outcome.REJECTED)
    if request.rehearse or not (report.rows_added or report.rows_updated):
        return report
    outdated = _since_check(session, context, changes, request)
    if outdated is not None:
        return since_check.stopped(report, outdated)
    report = _store(state, context, faults, changes, report)
    recording.tell(session, request, report)
    state.progress("done", 1.0)
    return report


def _store(
    state: _Run, context: Context, faults: Faults, changes: Changes, report: ImportReport
) -> ImportReport:
    """Write every good row, the batch they belong to, and what was said about the header."""
    request = state.request
    state.progress("writing", 0.8)
    changes.begin(recording.begin(context.connection, request, state.file, report))
    creating.settle(context, changes)
    writing.write(context, faults, changes, state.progress)
    report = replace(
        _count(state, context, faults, changes),
        unmatched=report.unmatched,
        unmatched_count=report.unmatched_count,
        settled=report.settled,
        outcome=Outcome.PARTLY if report.rows_rejected else Outcome.COMMITTED,
        batch_id=changes.batch_id,
    )
    recording.finish(context.connection, state.timed(report))
    made = {one.said: one.became for one in report.settled if one.new and one.said != one.became}
    lasting = replace(request, plan=request.plan.lasting(made))
    remembering.remember_mapping(context.connection, lasting, state.layout)
    return report


def _since_check(
    session: Session, context: Context, changes: Changes, request: Request
) -> since_check.Found | None:
    """What is no longer as the check said that the user saw; None where all of it is."""
    if request.checked is None:
        return None
    found = since_check.found(session, differences.every(context, changes), request.checked)
    return found if found.count else None


def _count(state: _Run, context: Context, faults: Faults, changes: Changes) -> ImportReport:
    known = state.known() | {
        "past": dated_cards.told(context.connection, changes.corrected_from, context.today)
    }
    report = counted(
        context, faults, changes, state.rows_read, rehearse=state.request.rehearse, known=known
    )
    made = tuple(changes.news) if report.rows_added or report.rows_updated else ()
    open_ones = asks_of((doubt, state.rows_read) for doubt in state.doubts)
    return replace(report, asks=(*report.asks, *open_ones), made=made)


def _remember_refusal(state: _Run, report: ImportReport) -> None:
    """History and audit know of a file that was turned away; a rehearsal leaves no trace."""
    if state.request.rehearse:
        return
    with store.writing(state.engine, revises=False) as session:
        recording.refused(session, state.request, state.file, state.timed(report))
