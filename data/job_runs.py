"""Long jobs and how far they are (后台任务): begun, followed, ended; one of a kind at a time.

A running job beats its heart. One that has not for `LEASE`, and whose process is gone, is
dead: the next one takes its place and says so. Progress raises no revision: no page's
figures change by it, and caches stay.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from data import store
from errors import Conflict
from models.base import now
from models.system import JobRun

LEASE = timedelta(minutes=2)
"""A heart that has not beaten for so long has stopped, unless its process is seen alive."""
_LOCK = 7_305_401
"""PostgreSQL advisory lock under which jobs are begun."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The newest job of a kind, as a page shows it."""

    id: int
    state: str
    """running, done, failed, stopped; a running job whose process died reads failed."""
    step: str
    progress: float
    """0–1."""
    detail: dict[str, Any]
    error: str
    started_at: datetime
    ended_at: datetime | None


def status(session: Session, kind: str) -> JobStatus | None:
    """The newest job of a kind, None where there never was one.

    Ask the store itself, not a cache: progress raises no revision.
    """
    newest = select(JobRun).where(JobRun.kind == kind).order_by(col(JobRun.id).desc()).limit(1)
    job = session.exec(newest).first()
    if job is None:
        return None
    dead = job.state == "running" and not alive(job)
    return JobStatus(
        id=job.id or 0,
        state="failed" if dead else job.state,
        step=job.step,
        progress=job.progress,
        detail=dict(job.detail),
        error="process_gone" if dead else job.error,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def begin(
    engine: Engine,
    kind: str,
    *,
    started_by: int | None = None,
    about: Mapping[str, Any] | None = None,
) -> int:
    """Enter a new job; returns its number.

    Args:
        engine: of the store.
        kind: of job, such as "refresh".
        started_by: id of the user who asked for it.
        about: what its row says about it from the beginning.

    Raises:
        Conflict: one of the kind is running.
    """
    with store.writing(engine, revises=False) as session:
        if not store.is_sqlite(engine):
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        running = select(JobRun).where(JobRun.kind == kind, JobRun.state == "running")
        for job in session.exec(running).all():
            if alive(job):
                raise Conflict("job_running", kind, job.id)
            job.state, job.error, job.ended_at = "stopped", "process_gone", now()
        detail = {**(about or {}), "host": socket.gethostname()}
        job = JobRun(kind=kind, started_by=started_by, detail=detail)
        session.add(job)
        session.flush()
        number = job.id
    assert number is not None
    return number


def beat(
    engine: Engine,
    number: int,
    *,
    step: str | None = None,
    progress: float | None = None,
    pid: int | None = None,
) -> None:
    """Show that a job lives and where it is; `pid` enters the process that works on it."""
    values: dict[str, Any] = {"beat_at": now()}
    if step is not None:
        values["step"] = step
    if progress is not None:
        values["progress"] = progress
    if pid is not None:
        values["pid"] = pid
    with store.writing(engine, revises=False) as session:
        session.execute(sa.update(JobRun).where(col(JobRun.id) == number).values(**values))


def end(
    engine: Engine,
    number: int,
    state: str,
    *,
    error: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Close a job: done, failed or stopped."""
    with store.writing(engine, revises=False) as session:
        job = session.get_one(JobRun, number)
        job.state, job.error, job.ended_at = state, error[:400], now()
        job.progress = 1.0 if state == "done" else job.progress
        job.detail = {**job.detail, **(detail or {})}


def alive(job: JobRun) -> bool:
    """Whether a job's process still lives, as far as can be told from here."""
    if job.pid is not None and job.detail.get("host") == socket.gethostname():
        return _runs(job.pid)
    return datetime.now(UTC) - _aware(job.beat_at) < LEASE


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _aware(at: datetime) -> datetime:
    """SQLite hands instants back without their zone; they are UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
