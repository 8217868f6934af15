"""An import's process seen from outside (导入进程看管): whether it lives, and its certain end.

Its number lies in the folder of the upload, with the moment it was born: a server that was
started anew meanwhile still finds it, and never takes a stranger with the same number for it.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Protocol

GRACE = 3.0
"""Seconds an import has to end by itself before it is killed."""
LOOK = 0.02


class Known(Protocol):
    """A process this very server started."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""


def mark(folder: Path, number: int) -> None:
    """Note in the folder which process works on it."""
    plain = {"pid": number, "born": born(number)}
    (folder / "pid.json").write_text(json.dumps(plain), "utf-8")


def alive(folder: Path, process: Known | None = None) -> bool:
    """Whether a process works on the folder.

    Args:
        folder: of the upload.
        process: if this very server started it.
    """
    if process is not None:
        return process.poll() is None
    return _marked(folder) is not None


def stop(folder: Path, process: Known | None = None) -> None:
    """End the process that works on the folder and all it started; it is gone on return."""
    number = process.pid if process is not None else _marked(folder)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if number is None or not alive(folder, process):
            break
        try:
            os.killpg(number, sign)  # a session of its own: the number is its group's, too
        except ProcessLookupError:
            break
        _wait(folder, process)
    (folder / "pid.json").unlink(missing_ok=True)


def _wait(folder: Path, process: Known | None) -> None:
    deadline = time.monotonic() + GRACE
    while alive(folder, process) and time.monotonic() < deadline:
        time.sleep(LOOK)


def _marked(folder: Path) -> int | None:
    """The number noted in the folder, if that process still lives."""
    try:
        plain = json.loads((folder / "pid.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    number = int(plain["pid"])
    if plain["born"] is not None:
        return number if born(number) == plain["born"] else None
    try:
        os.kill(number, 0)
    except (ProcessLookupError, PermissionError):
        return None
    return number


def born(number: int) -> int | None:
    """When a process began, in ticks since the machine did; None if it is over or unknown."""
    try:
        told = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = told.rpartition(")")[2].split()
    return None if state == "Z" else int(rest[18])
