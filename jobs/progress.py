"""A long job that tells how far it is (任务进度): lease, heartbeat, steps, ending.

    with progress.job(engine, "refresh") as told:
        told("orders", 0.1)

Another of the kind is refused meanwhile. While the block holds the store's write lock
itself, it says so with `told.silent()`: a heartbeat could only wait for it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from data import job_runs
from errors import AppError, StoreUnavailable

BEAT_SECONDS = 10.0
TELL_SECONDS = 0.5
"""Steps that follow one another more quickly are not written."""

Show = Callable[[str, float], None]


class Told:
    """Where a running job says how far it is."""

    def __init__(self, engine: Engine, number: int, show: Show | None) -> None:
        self.number = number
        self.detail: dict[str, Any] = {}
        """What the job leaves in its row when it is done."""
        self._engine = engine
        self._show = show
        self._lock = threading.Lock()
        self._last = 0.0
        self._step = ""

    def __call__(self, step: str, share: float) -> None:
        """Enter the step that begins and the share (0–1) that is done."""
        if self._show is not None:
            self._show(step, share)
        due = time.monotonic() - self._last > TELL_SECONDS or step != self._step
        if due:
            self._step = step
            self._beat(step=step, progress=share)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """No heartbeat while the block lasts: it holds the store's write lock."""
        with self._lock:
            yield

    def _beat(self, **values: Any) -> None:
        with self._lock:
            self._last = time.monotonic()
            try:
                job_runs.beat(self._engine, self.number, **values)
            except StoreUnavailable:
                return  # somebody holds the lock for long; the job itself goes on

    def watch(self, done: threading.Event) -> None:
        """Beat until `done` is set."""
        while not done.wait(BEAT_SECONDS):
            self._beat()


@contextmanager
def job(
    engine: Engine,
    kind: str,
    *,
    number: int | None = None,
    started_by: int | None = None,
    show: Show | None = None,
    about: Mapping[str, Any] | None = None,
) -> Iterator[Told]:
    """Run a block as the only job of its kind.

    Args:
        engine: of the store.
        kind: of job, such as "refresh".
        number: of a job that was begun elsewhere for this process to do.
        started_by: id of the user who asked for it.
        show: hears every step too, to draw it.
        about: what its row says about it from the beginning.

    Raises:
        Conflict: one of the kind is running.
    """
    if number is None:
        number = job_runs.begin(engine, kind, started_by=started_by, about=about)
    job_runs.beat(engine, number, pid=os.getpid())
    told, done = Told(engine, number, show), threading.Event()
    heart = threading.Thread(target=told.watch, args=(done,), daemon=True)
    heart.start()
    try:
        yield told
    except AppError as error:
        job_runs.end(engine, number, "failed", error=f"{type(error).__name__}: {error}")
        raise
    except BaseException as error:
        stopped = isinstance(error, (KeyboardInterrupt, SystemExit))
        job_runs.end(engine, number, "stopped" if stopped else "failed", error=type(error).__name__)
        raise
    else:
        job_runs.end(engine, number, "done", detail=told.detail)
    finally:
        done.set()
        heart.join()
