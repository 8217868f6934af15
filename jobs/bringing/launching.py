"""Processes at work on a folder (子进程启动): a module of ours each, bounded, followed, ended.

What such a process shall do lies in the folder it is told, and so does what comes of it.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import settings
from jobs.bringing import processes
from jobs.bringing.warm import Warm

MEMORY_BYTES = 2 << 30
OPEN_FILES = 256


class Process(processes.Known, Protocol):
    """A process that was started, as far as it is asked anything."""

    def wait(self) -> int:
        """Stay until it is over; its exit code."""


running: dict[Path, Process] = {}
"""What this very server or command started, by folder."""
_warm: list[Warm] = []
"""The process that forks for this command, if it wants one (`warm`)."""


def start(module: str, folder: Path, url: str, application: str) -> Process:
    """Begin a module of ours on a folder, in a process and a session of its own.

    Args:
        module: its name, such as `jobs.bringing.child`.
        folder: what it is told.
        url: of the store; goes to the process by its environment, never by a file.
        application: what its connections are called on a database server.
    """
    env = {**os.environ, "DATABASE_URL": url, "PGAPPNAME": application}
    process: Process | None = _warm[-1].start(module, folder, env) if _warm else None
    process = process or _cold(module, folder, env)
    running[folder] = process
    processes.mark(folder, process.pid)
    return process


def _cold(module: str, folder: Path, env: Mapping[str, str]) -> Process:
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", module, str(folder)],
        cwd=settings.ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def warm() -> Iterator[None]:
    """In the block processes are forked by one that has imported all they need."""
    if _warm:
        yield
        return
    _warm.append(Warm())
    try:
        yield
    finally:
        _warm.pop().close()


def alive(folder: Path) -> bool:
    """Whether a process works on the folder, whoever started it."""
    return processes.alive(folder, running.get(folder))


def stop(folder: Path) -> None:
    """End the process that works on the folder; it is gone on return."""
    processes.stop(folder, running.pop(folder, None))


def ended(folder: Path) -> int | None:
    """Wait for the process that we started on the folder; its exit code."""
    process = running.pop(folder, None)
    return process.wait() if process is not None else None


def bound(seconds: int, nice: int) -> None:
    """Bind this very process: its memory, its files, its time (0 is no limit), its priority."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(nice)
    if seconds:
        signal.alarm(seconds)
