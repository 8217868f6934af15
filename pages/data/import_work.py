"""Imports at work (导入进程调度): starts the process of a file, takes what came of it, stops it.

At most two files are looked at and one is checked or stored at a time: later files rest on
what earlier ones store.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from streamlit.runtime.uploaded_file_manager import UploadedFile

from components import state, uploaded
from data import load
from data.imports.peek import remembered_plan
from data.imports.terms.plan import Plan
from data.imports.terms.report import NOT_STORED, ImportReport, Outcome
from errors import BadInput, Issue, NotFound, StoreUnavailable
from jobs import refresh
from jobs.bringing import tasks
from models.access import User
from pages.data import import_queue
from pages.data.import_queue import File, Step

AT_ONCE = 2
"""Files looked at at the same time."""
TROUBLE, STOPPED = "imports.trouble", "imports.stopped"


def url() -> str:
    """The store's address for the process; it never leaves the server."""
    return load.engine().url.render_as_string(hide_password=False)


def largest_mb() -> int:
    """Largest upload, MiB."""
    return tasks.most_bytes() >> 20


def keep(user: User, file: File) -> None:
    """Keep what became of a file, for this session and beside its upload."""
    import_queue.put(file)
    tasks.note(file.token, user.id, file.as_dict())


def add(user: User, files: Sequence[UploadedFile]) -> None:
    """Put uploads into the queue; the session's own copies are let go."""
    faults: list[Issue] = []
    for each in files:
        try:
            token = tasks.keep(each, user.id)
        except BadInput as refused:
            faults += [replace(issue, value=each.name) for issue in refused.issues]
            continue
        keep(user, File(token, each.name, each.size, time.time()))
    uploaded.discard(files)
    state.put(TROUBLE, tuple(faults))


def remove(file: File) -> None:
    """Take a file off the queue, its upload and process included."""
    tasks.forget(file.token)
    import_queue.drop(file.token)


def earlier(user: User) -> dict[str, dict[str, Any]]:
    """Notes of unfinished uploads of an earlier session of this user, by token."""
    return {
        token: plain
        for token, plain in tasks.notes_of(user.id).items()
        if import_queue.find(token) is None and plain.get("step", Step.STORED) != Step.STORED
    }


def look(user: User, file: File, plan: Plan) -> None:
    """Look at a file again, as the user says it is to be read."""
    keep(user, replace(file, plan=plan, report=None, step=Step.WAITING, cancelled=False))
    pump(user)


def check(user: User, file: File) -> None:
    """Check a file; nothing is stored. Files with the same header take its mapping."""
    state.drop(TROUBLE)
    for other in import_queue.spread(file):
        keep(user, other)
    _start(user, replace(file, report=None), Step.CHECKING, rehearse=True)


def bring_in(user: User, file: File, on_error: str) -> None:
    """Store all rows of a file, or the good ones, as its check said and not otherwise."""
    _start(user, file, Step.STORING, on_error=on_error, as_checked=True)


def cancel(user: User, file: File) -> None:
    """Stop what is done with a file; it is back where its columns are chosen."""
    stored = tasks.cancel(url(), file.token)
    queue_stops()
    if stored is not None:
        keep(user, replace(file, step=Step.STORED, report=stored))
        return
    seen = file.peek is not None and bool(file.peek.header)
    step = Step.COLUMNS if seen else Step.READING
    keep(user, replace(file, step=step, report=None, cancelled=True))


def figures_follow(user: User) -> None:
    """See to it that the figures follow what was stored or taken back."""
    refresh.ensure_behind(url(), started_by=user.id)


def queue_stops() -> None:
    """Files are no longer brought in one after the other."""
    state.drop(import_queue.ALL)


def rejects_of(file: File) -> Path | None:
    """Path of a file's refused rows, if there are any."""
    return tasks.rejects_of(file.token)


def changes_of(file: File) -> Path | None:
    """Path of what a checked file would change in stored rows, if it would change any."""
    return tasks.changes_of(file.token)


def status(file: File) -> tasks.Status:
    """How far the process of a file is."""
    return tasks.status(file.token)


def pump(user: User) -> bool:
    """Take what is done, begin what is next; True if any file moved on."""
    moved = False
    for file in import_queue.files():
        if file.step in import_queue.RUNNING and tasks.status(file.token).done:
            _take(user, file)
            moved = True
    looking = sum(file.step is Step.LOOKING for file in import_queue.files())
    for file in import_queue.files():
        if file.step is Step.WAITING and looking < AT_ONCE:
            _start(user, file, Step.LOOKING, look_only=True)
            looking, moved = looking + 1, True
    return _next_of_all(user) or moved


def _start(user: User, file: File, step: Step, **more: Any) -> None:
    task = tasks.Task(
        file.plan,
        file.name,
        user_id=user.id,
        most_bytes=tasks.most_bytes(),
        seconds=tasks.SECONDS,
        nice=tasks.LOW_PRIORITY,
        then_refresh=step is Step.STORING,
        **more,
    )
    try:
        tasks.start(url(), file.token, task)
    except NotFound:
        import_queue.drop(file.token)
        state.put(TROUBLE, (Issue("upload_gone", value=file.name),))
        return
    keep(user, replace(file, step=step, cancelled=False))


def _take(user: User, file: File) -> None:
    """What came of a process that is over."""
    back = Step.COLUMNS if file.peek is not None and file.peek.header else Step.READING
    try:
        if file.step is Step.LOOKING:
            keep(user, _looked(user, file))
        else:
            keep(user, _reported(file, tasks.report(url(), file.token)))
            if file.step is Step.STORING:
                figures_follow(user)
    except StoreUnavailable:
        queue_stops()
        keep(user, replace(file, step=back))
        raise


def _looked(user: User, file: File) -> File:
    seen = tasks.looked(file.token)
    plan = file.plan
    if seen.remembered:
        kept = remembered_plan(load.engine(), seen.header, seen.kind, user)
        plan = replace(kept, hints=plan.hints) if kept else plan
    step = Step.COLUMNS if seen.kind and seen.header else Step.READING
    return replace(file, peek=seen, plan=plan, step=step)


def _reported(file: File, report: ImportReport) -> File:
    if file.step is Step.STORING and report.outcome not in NOT_STORED:
        return replace(file, report=report, step=Step.STORED)
    return replace(file, report=report, step=Step.CUSTOMERS if report.unmatched else Step.RESULT)


def _next_of_all(user: User) -> bool:
    """The next file where all are to be brought in one after the other."""
    if not state.get(import_queue.ALL) or any(
        file.step in import_queue.RUNNING for file in import_queue.files()
    ):
        return False
    left = [file for file in import_queue.files() if not file.finished and not file.unreadable]
    if not left:
        queue_stops()
        return True
    file, report = left[0], left[0].report
    clean = report is not None and not report.rows_rejected and report.outcome is Outcome.CHECKED
    if report is None and file.mapped:
        check(user, file)
    elif report is not None and clean and (state.get(import_queue.OWN) or not report.rows_updated):
        bring_in(user, file, "stop")
    else:
        queue_stops()
        import_queue.open_file(file.token)
        state.put(STOPPED, file.token)
    return True
