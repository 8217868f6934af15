"""Many small files, one after the other (预热进程): what they need is imported once.

A working process spends two seconds of processor time on its own imports. A process that has
done them forks one for each file: a session, limits and an end of its own as ever, and nothing
shared with the one before. It is told a folder and an environment a line, and tells of each
process its number, and once it is over its exit code. It ends with whoever started it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import settings

KNOWN = ("jobs.bringing.child", "jobs.bringing.undo_child")
"""Modules it may run."""
BESIDE = ("data.imports.files.workbook",)
"""What they import only for some files, and would again in every fork."""
LOOK = 0.02
"""Seconds between looks at those who live."""
PATIENCE = 10.0
"""Seconds a warm process has to begin what was ordered before it is left alone."""


class Forked:
    """A process the warm one forked, as far as it is asked anything."""

    def __init__(self, warm: Warm, pid: int) -> None:
        self._warm, self.pid = warm, pid

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""
        return self._warm.code_of(self.pid, wait=False)

    def wait(self) -> int:
        """Stay until it is over; its exit code."""
        code = self._warm.code_of(self.pid, wait=True)
        assert code is not None
        return code


class Warm:
    """The warm process as seen from outside; it begins with the first that is asked of it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._codes: dict[int, int] = {}
        self._heard = b""
        self._lock = threading.Lock()
        """Held by whoever listens: one may wait for an end while another begins."""

    def start(self, module: str, folder: Path, env: Mapping[str, str]) -> Forked | None:
        """Fork a process that runs a module on a folder; None where the warm one has died."""
        order = {"module": module, "folder": str(folder.resolve()), "env": dict(env)}
        with self._lock:
            stdin = self._begun(env).stdin
            assert stdin is not None
            try:
                stdin.write(json.dumps(order).encode() + b"\n")
                stdin.flush()
            except BrokenPipeError:
                return None
            try:
                pid = self._next()
            except BaseException:  # told to stop: what was begun must not go on alone
                self._end_next()
                raise
        return None if pid is None else Forked(self, pid)

    def _next(self) -> int | None:
        """Number of the process that was ordered; None where the warm one has died."""
        while (told := self._hear(wait=True)) is not None:
            if "pid" in told:
                return int(told["pid"])
        return None

    def _end_next(self) -> None:
        """Kill what was ordered as soon as its number is told."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._over():
            told = self._hear(wait=False)
            if told is not None and "pid" in told:
                os.killpg(int(told["pid"]), signal.SIGKILL)
                return
            time.sleep(LOOK)

    def code_of(self, pid: int, *, wait: bool) -> int | None:
        """Exit code of a process; where the warm one has died with it, that of a kill."""
        while True:
            with self._lock:
                while pid not in self._codes and self._hear(wait=False) is not None:
                    pass
                if pid in self._codes:
                    return self._codes[pid]
                if self._over() and not _lives(pid):
                    return -signal.SIGKILL
            if not wait:
                return None
            time.sleep(LOOK)

    def close(self) -> None:
        """End the warm process; those it forked go on."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _begun(self, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jobs.bringing.warm"],
                cwd=settings.ROOT,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def _over(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _hear(self, *, wait: bool) -> dict[str, Any] | None:
        """The next thing it tells, if there is one; codes are noted."""
        if self._process is None:
            return None
        stdout = self._process.stdout
        assert stdout is not None
        while b"\n" not in self._heard:
            ready, _, _ = select.select([stdout], [], [], None if wait else 0)
            more = os.read(stdout.fileno(), 1 << 16) if ready else b""
            if not more:
                return None
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        if "code" in told:
            self._codes[int(told["of"])] = int(told["code"])
        return told


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def serve() -> None:
    """What the warm process does: fork for each order, tell of each end."""
    for name in (*KNOWN, *BESIDE):
        import_module(name)
    gc.collect()
    gc.freeze()  # what is there already is never looked at again, and so stays shared
    living: set[int] = set()
    heard = b""
    while True:
        ready, _, _ = select.select([0], [], [], LOOK if living else None)
        for pid in sorted(living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                living.discard(pid)
                _tell({"of": pid, "code": os.waitstatus_to_exitcode(status)})
        if not ready:
            continue
        more = os.read(0, 1 << 16)
        if not more:
            return
        *orders, heard = (heard + more).split(b"\n")
        for order in orders:
            pid = _fork(json.loads(order))
            living.add(pid)
            _tell({"pid": pid})


def _tell(plain: Mapping[str, int]) -> None:
    os.write(1, json.dumps(plain).encode() + b"\n")


def _fork(order: Mapping[str, Any]) -> int:
    """A process of its own for one order; it has its own session when this returns."""
    hear, say = os.pipe()
    pid = os.fork()
    if pid:
        os.close(say)
        os.read(hear, 1)
        os.close(hear)
        return pid
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        for each in (hear, say, nothing):
            os.close(each)
        os.environ.clear()
        os.environ.update(order["env"])
        settings.get.cache_clear()
        if order["module"] in KNOWN:
            sys.modules[order["module"]].main(Path(order["folder"]))
            code = 0
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        os._exit(code)


if __name__ == "__main__":
    serve()
