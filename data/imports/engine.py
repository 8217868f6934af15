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

from data import audit, store
from data.imports.columns import understanding
from data.imports.columns.loading import Opened, load
from data.imports.columns.meaning import Identity, meaning
from data.imports.files.reading import Layout
from data.imports.history import batches, differences, since_check
from data.imports.kinds import dated_cards
from data.imports.matching import creating, lookups, reserved, suggesting
from data.imports.staging import aside, temporary
from data.imports.staging.work import Progress, Work
from data.imports.storing import comparing, rejects, writing
from data.imports.storing.counting import counted
from data.imports.terms.asking import asks_of
from data.imports.terms.permission import refuse_kind
from data.imports.terms.plan import Item
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
    refuse_kind(request.actor, spec.kind)
    with store.connected(state.engine) as connection:
        with connection.begin():
            before = batches.same_file(connection, state.file, spec.kind)
        if before is not None:
            return _already(state, before)
        staged, faults = temporary.tables(spec)
        with connection.begin():
            temporary.create(connection, staged, faults)
            loaded = load(connection, opened, request, staged, faults, state.progress)
            state.rows_read, state.items = loaded.rows, loaded.items
            state.filled, state.one_each = loaded.filled, loaded.one_each
        try:
            return _match_and_write(state, connection, opened, staged, faults)
        finally:
            with connection.begin():
                temporary.drop(connection, staged, faults)


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


def _match_and_write(
    state: _Run, connection: sa.Connection, opened: Opened, staged: sa.Table, faults: sa.Table
) -> ImportReport:
    spec = opened.columns.spec
    report: list[ImportReport] = []
    try:
        with aside.transaction(
            connection, rehearse=state.request.rehearse, facts=spec.facts
        ) as session:
            batches.lock(connection)
            before = batches.same_file(connection, state.file, spec.kind)
            if before is not None:
                report.append(_already(state, before))
                raise _Undone
            work = Work(
                connection,
                spec,
                staged,
                faults,
                opened.columns.plan.options,
                opened.columns.shown,
                state.request.today,
                owner_id=state.request.actor.scope.owner_id if state.request.actor else None,
                role=state.request.actor.role if state.request.actor else None,
                items=state.items,
                told=frozenset(opened.columns.places),
                filled=frozenset(state.filled),
                one_each=state.one_each,
                customers=opened.columns.plan.customers,
                answers=opened.columns.plan.answers,
                create=frozenset(opened.columns.plan.create),
            )
            report.append(_decide(state, session, work))
            if report[0].rows_rejected and state.request.rejects is not None:
                rejects.write(work, opened.table, state.request.rejects)
            if not report[0].stored:
                raise _Undone
    except _Undone:
        pass
    if report[0].outcome in (Outcome.REJECTED, Outcome.OUTDATED):
        _remember_refusal(state, report[0])
    return report[0]


def _decide(state: _Run, session: Session, work: Work) -> ImportReport:
    """Check everything; then write, unless something speaks against it."""
    request = state.request
    _check(work, state.progress, reject=request.on_error == REJECT)
    state.progress("comparing", 0.78)
    report = suggesting.with_unmatched(work, _count(state, work))
    report = differences.told(work, report, request)
    if report.rows_rejected and (
        request.on_error == STOP or report.rows_rejected == report.rows_read
    ):
        if request.rehearse:
            return report
        nothing = replace(report, rows_added=0, rows_updated=0, rows_same=0, made=())
        return replace(nothing, outcome=Outcome.REJECTED)
    if request.rehearse or not (report.rows_added or report.rows_updated):
        return report
    outdated = _since_check(session, work, request)
    if outdated is not None:
        return _stopped(report, outdated)
    state.progress("writing", 0.8)
    work.begin(batches.begin(work.connection, request, state.file, report))
    creating.settle(work)
    writing.write(work, state.progress)
    report = replace(
        _count(state, work),
        unmatched=report.unmatched,
        unmatched_count=report.unmatched_count,
        settled=report.settled,
        outcome=Outcome.PARTLY if report.rows_rejected else Outcome.COMMITTED,
        batch_id=work.batch_id,
    )
    batches.finish(work.connection, state.timed(report))
    made = {one.said: one.became for one in report.settled if one.new and one.said != one.became}
    lasting = replace(request, plan=request.plan.lasting(made))
    batches.remember_mapping(work.connection, lasting, state.layout)
    audit.record(
        session,
        request.actor,
        "import.commit",
        "import_batch",
        work.batch_id,
        kind=report.kind,
        file=report.file_name,
        added=report.rows_added,
        updated=report.rows_updated,
        same=report.rows_same,
        rejected=report.rows_rejected,
        reasons=dict(report.reasons),
        **({"passed": dict(report.passed_over)} if report.passed_over else {}),
        **({"past": dict(report.past)} if report.past else {}),
        **({"readings": [one.as_dict() for one in report.readings]} if report.readings else {}),
    )
    state.progress("done", 1.0)
    return report


def _since_check(session: Session, work: Work, request: Request) -> since_check.Found | None:
    """What is no longer as the check said that the user saw; None where all of it is."""
    if request.checked is None:
        return None
    found = since_check.found(session, differences.every(work), request.checked)
    return found if found.count else None


def _stopped(report: ImportReport, found: since_check.Found) -> ImportReport:
    """The report of an import that would write over what the user did not see."""
    return replace(
        report,
        outcome=Outcome.OUTDATED,
        rows_added=0,
        rows_updated=0,
        rows_same=0,
        reasons={**report.reasons, since_check.REASON: len(found.lines) or found.count},
        outdated=tuple(found.first),
        outdated_count=found.count,
    )


def _count(state: _Run, work: Work) -> ImportReport:
    known = state.known() | {
        "past": dated_cards.told(work.connection, work.corrected_from, work.today)
    }
    report = counted(work, state.rows_read, rehearse=state.request.rehearse, known=known)
    made = tuple(work.news) if report.rows_added or report.rows_updated else ()
    open_ones = asks_of((doubt, state.rows_read) for doubt in state.doubts)
    return replace(report, asks=(*report.asks, *open_ones), made=made)


def _check(work: Work, tell: Progress, *, reject: bool) -> None:
    spec = work.spec
    tell("matching", 0.6)
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(sa.text("ANALYZE staged"))
    for place, reference in enumerate(spec.references, start=1):
        lookups.resolve(work, reference)
        lookups.refuse_unknown(work, reference)
        tell("matching", 0.6 + 0.1 * place / len(spec.references))
    if spec.prepare:
        spec.prepare(work)
    for target in spec.targets:
        lookups.match(work, target)
    lookups.refuse_foreign_customers(work)
    reserved.refuse_reserved(work)
    temporary.index(work.connection, work.staged, spec)
    for place, target in enumerate(spec.targets, start=1):
        comparing.within_file(work, target)
        comparing.with_store(work, target)
        tell("comparing", 0.7 + 0.08 * place / len(spec.targets))
    if spec.check:
        spec.check(work)
    if reject:
        comparing.with_siblings(work)
    comparing.states(work)
    if spec.also_changes:
        spec.also_changes(work)


def _remember_refusal(state: _Run, report: ImportReport) -> None:
    """History and audit know of a file that was turned away; a rehearsal leaves no trace."""
    if state.request.rehearse:
        return
    with store.writing(state.engine, revises=False) as session:
        batch_id = batches.refused(session, state.request, state.file, state.timed(report))
        audit.record(
            session,
            state.request.actor,
            "import.refuse",
            "import_batch",
            batch_id or "",
            kind=report.kind,
            file=report.file_name,
            reasons=dict(report.reasons),
        )
