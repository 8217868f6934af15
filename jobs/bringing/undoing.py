"""Taking imports back in a process of their own (撤销进程): foreseen, done, followed, cancelled.

A large batch takes its time, and the process that serves the pages has none. One import is
taken back at a time: the store's row of jobs tells whoever comes second whose turn it is.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

import errors
from data import job_runs, store
from data.imports.history import aftermath
from data.imports.history.undo import Preview, Taken
from data.imports.terms.report import issue_of
from errors import AppError, BadInput, Issue, StoreUnavailable
from jobs import progress
from jobs.bringing import launching, tasks, uploads
from models.access import User

KIND = "undo"
"""Of job."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the process shall do."""

    batch: int
    user_id: int
    """Who asks; their role and customers are read again in the process."""
    number: int | None = None
    """Of the job; None only foresees what taking back would do."""
    seconds: int = tasks.SECONDS
    nice: int = tasks.LOW_PRIORITY


@dataclass(frozen=True, slots=True)
class Running:
    """An import that is being taken back just now."""

    batch: int
    who: str
    """Name of whoever asked for it; empty for the command line."""
    since: datetime


def running(session: Session) -> Running | None:
    """What is being taken back just now, whoever asked for it.

    Ask the store itself, not a cache: a job raises no revision.
    """
    job = job_runs.status(session, KIND)
    if job is None or job.state != "running":
        return None
    return Running(int(job.detail.get("batch", 0)), str(job.detail.get("who", "")), job.started_at)


@contextmanager
def quiet(opened: Engine, told: progress.Told) -> Iterator[None]:
    """On SQLite the job's heart is still meanwhile: it would wait for the lock that we hold."""
    if not store.is_sqlite(opened):
        yield
        return
    with told.silent():
        yield


def foresee(url: str, batch: int, user: User) -> str:
    """Begin to find out what taking back would do; returns the task's secret token."""
    return _start(url, Task(batch, user.id))


def start(url: str, batch: int, user: User) -> str:
    """Begin to take a batch back; returns the task's secret token.

    The figures follow once it is done, whoever still looks on.

    Raises:
        Conflict: another import is being taken back just now.
        StoreUnavailable: the store cannot be reached; nothing was begun.
    """
    opened = store.open_store(url)
    try:
        about = {"batch": batch, "who": user.name}
        number = job_runs.begin(opened, KIND, started_by=user.id, about=about)
        token = _start(url, Task(batch, user.id, number))
        folder = tasks.folder_of(token)
        process = launching.running[folder]
        job_runs.beat(opened, number, pid=process.pid)
    finally:
        opened.dispose()
    threading.Thread(target=_follow, args=(process, url, folder, user.id), daemon=True).start()
    return token


def _start(url: str, task: Task) -> str:
    token = tasks.keep(b"")
    folder = tasks.folder_of(token)
    (folder / uploads.TASK).write_text(json.dumps(asdict(task)), "utf-8")
    launching.start("jobs.bringing.undo_child", folder, url, tasks.application(token))
    return token


def _follow(process: launching.Process, url: str, folder: Path, user: int) -> None:
    """Start a refresh once the rows are gone; the page that asked may be closed by then."""
    from jobs import refresh  # heavy, and the process itself never needs it

    process.wait()
    if "taken" in (uploads.read(folder / uploads.RESULT) or {}):
        with suppress(StoreUnavailable):  # whoever looks next sees that figures are behind
            refresh.ensure_behind(url, started_by=user)


def result(url: str, token: str) -> Preview | Taken:
    """What came of a task that is over; nothing of it is left but in the store.

    Raises:
        AppError: what spoke against it, as `undo.undo` and `undo.preview` raise it.
        StoreUnavailable: the process could not reach the store.
    """
    folder = tasks.folder_of(token)
    code = launching.ended(folder)
    plain = uploads.read(folder / uploads.RESULT)
    done = None if plain is not None else _released(url, token)
    tasks.forget(token)
    if done is not None:
        return done
    if plain is None:
        reason = "undo_took_too_long" if code == -signal.SIGALRM else "undo_died"
        raise BadInput(Issue(reason))
    return _from(plain)


def cancel(url: str, token: str) -> Taken | None:
    """Stop a task; the store is as it was.

    Returns:
        What was done where it was over a moment before it could be stopped, else None.

    Raises:
        StoreUnavailable: the store cannot be reached, or does not let go.
    """
    folder = tasks.folder_of(token)
    launching.stop(folder)
    done = _released(url, token)
    tasks.forget(token)
    return done


def _released(url: str, token: str) -> Taken | None:
    """What a process did that ended without a word; it holds nothing in the store any more."""
    folder = tasks.folder_of(token)
    plain = uploads.read(folder / uploads.TASK)
    task = Task(**plain) if plain is not None else None
    opened = store.open_store(url)
    try:
        aftermath.release(opened, tasks.application(token))
        if task is None or task.number is None:
            return None
        _close(opened, task.number)
        return aftermath.taken_back(opened, task.batch, task.user_id)
    finally:
        opened.dispose()


def _close(opened: Engine, number: int) -> None:
    """The job is over; where its process could say so itself, that stays."""
    with store.reading(opened) as session:
        job = job_runs.status(session, KIND)
    if job is not None and job.id == number and job.ended_at is None:
        job_runs.end(opened, number, "stopped", error="process_gone")


def _from(plain: Mapping[str, Any]) -> Preview | Taken:
    if "taken" in plain:
        return Taken(**plain["taken"])
    if "preview" in plain:
        told = plain["preview"]
        return Preview(**{**told, "reasons": tuple(map(issue_of, told["reasons"]))})
    raise _error(plain["error"])


def _error(plain: Mapping[str, Any]) -> AppError:
    kind = getattr(errors, plain["name"])
    if issubclass(kind, BadInput):
        return BadInput(*map(issue_of, plain["issues"]))
    made = kind(*plain["arguments"])
    return made if isinstance(made, AppError) else StoreUnavailable(*plain["arguments"])
