"""Imports from a warm process (预热的导入进程): it has imported everything, and forks.

A cold import process spends most of a second on its own imports. Tests that are about
what an import does, and not about how its process begins, let a process that is ready
fork one. It is a session of its own like the real one, and runs the very same `main`;
the real start is held by tests/jobs/test_imports.py and tests/jobs/test_import_limits.py,
and by every command that tests start as a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.bringing.processes import born
from settings import ROOT

LAUNCHER = """
import json, os, signal, sys
from pathlib import Path
import settings
from jobs.bringing import child, undo_child

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child:
        print(child, flush=True)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.environ.clear()
    os.environ.update(order["env"])
    settings.get.cache_clear()
    try:
        sys.modules[order["module"]].main(Path(order["folder"]))
    finally:
        os._exit(0)
"""


class Started:
    """One forked import, as far as `subprocess.Popen` is asked about it."""

    def __init__(self, pid: int) -> None:
        self.pid, self._born = pid, born(pid)

    def poll(self) -> int | None:
        return None if self._born is not None and born(self.pid) == self._born else 0

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.005)
        return 0


class Warm:
    """Stands for the module `subprocess` where imports are started."""

    DEVNULL = subprocess.DEVNULL

    def __init__(self) -> None:
        self._launcher: subprocess.Popen[str] | None = None

    def Popen(  # noqa: N802 - the name it stands for
        self, command: Sequence[str], *, env: Mapping[str, str], **_as_ever: object
    ) -> Started:
        module, folder = command[-2:]
        if self._launcher is None:
            self._launcher = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER],
                cwd=ROOT,
                env={**env, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        order = {"module": module, "folder": str(Path(folder).resolve()), "env": dict(env)}
        self._launcher.stdin.write(json.dumps(order) + "\n")
        self._launcher.stdin.flush()
        return Started(int(self._launcher.stdout.readline()))

    def stop(self) -> None:
        """End the launcher."""
        if self._launcher is not None:
            self._launcher.communicate()
