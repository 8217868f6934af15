"""Imports in a process of their own (导入进程): limits, progress, and nothing left behind.

A file from outside is read where it can do no harm: in a process with bounded memory and
time, which a page or the command line starts and follows. What is handed over lies in a
folder of its own under `var/uploads`; the file goes when the import is over.
"""

from __future__ import annotations

import json
import os
import re
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import settings
from data import store
from data.imports import engine, peek, permission
from data.imports.plan import Plan
from data.imports.report import ImportReport, refusal
from data.imports.request import STOP, Request
from errors import Issue, NotAllowed, NotFound, StoreUnavailable

FOLDER = settings.ROOT / "var" / "uploads"
MEMORY_BYTES = 2 << 30
SECONDS = 900
"""A page's import that takes longer is stopped; the command line sets no limit."""
KEPT_SECONDS = 24 * 3600
"""Uploads nobody came back for are removed after a day."""
_TOKEN = re.compile(r"[0-9a-f]{32}")
_running: dict[str, subprocess.Popen[bytes]] = {}

Show = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What the process shall do with an uploaded file."""

    plan: Plan
    file_name: str
    look_only: bool = False
    """Only the layout and the first rows."""
    on_error: str = STOP
    rehearse: bool = False
    user_id: int | None = None
    """Who asks; their role and customers are read again in the process."""
    most_bytes: int = 4 << 30
    seconds: int = 0
    """0 is no limit."""
    path: str = ""
    """Another file than the uploaded one (command line)."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a task is."""

    step: str
    share: float
    done: bool


def keep(content: bytes) -> str:
    """Put uploaded bytes where the process finds them; returns their secret token."""
    _sweep()
    token = secrets.token_hex(16)
    folder = FOLDER / token
    folder.mkdir(parents=True, mode=0o700)
    (folder / "upload").write_bytes(content)
    return token


def forget(token: str) -> None:
    """Remove an upload and everything made of it."""
    process = _running.pop(token, None)
    if process is not None and process.poll() is None:
        process.terminate()
        process.wait(10)
    shutil.rmtree(_folder(token), ignore_errors=True)


def start(url: str, token: str, task: Task) -> None:
    """Begin a task on an upload in a process of its own.

    Args:
        url: of the store; goes to the process by its environment, never by a file.
        token: of the upload.
        task: what to do.

    Raises:
        NotFound: there is no such upload (any more).
    """
    folder = _folder(token)
    if not folder.is_dir():
        raise NotFound("upload", token)
    for name in ("result.json", "progress.json", "rejects.jsonl"):
        (folder / name).unlink(missing_ok=True)
    plain = {name: getattr(task, name) for name in Task.__slots__} | {"plan": task.plan.as_dict()}
    (folder / "task.json").write_text(json.dumps(plain), "utf-8")
    _running[token] = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "jobs.imports", str(folder)],
        cwd=settings.ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def status(token: str) -> Status:
    """How far the task is; done also when the process died."""
    folder = _folder(token)
    process = _running.get(token)
    gone = process is None or process.poll() is not None
    if gone or (folder / "result.json").exists():
        return Status("done", 1.0, done=True)
    told = _read(folder / "progress.json") or {"step": "starting", "share": 0.0}
    return Status(told["step"], told["share"], done=False)


def report(token: str) -> ImportReport:
    """What came of a finished import.

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    plain = _result(token)
    return ImportReport.from_dict(plain["report"]) if "report" in plain else _died(plain)


def looked(token: str) -> peek.Peek:
    """What a finished look saw.

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    plain = _result(token)
    if "peek" in plain:
        return peek.Peek.from_dict(plain["peek"])
    return peek.Peek("", issues=_died(plain).issues)


def rejects_of(token: str) -> Path | None:
    """The refused rows of a finished import, if there are any."""
    path = _folder(token) / "rejects.jsonl"
    return path if path.exists() else None


def wait(token: str, show: Show | None = None) -> None:
    """Stay until a task is over."""
    while not (now := status(token)).done:
        if show:
            show(now.step, now.share)
        time.sleep(0.05)


def run(
    url: str, path: Path, task: Task, *, rejects: Path | None = None, show: Show | None = None
) -> ImportReport:
    """Bring in one file and stay until it is done (command line).

    Args:
        url: of the store.
        path: of the file; it is read where it lies.
        task: what to do with it.
        rejects: where to put the refused rows (JSON lines), if there are any.
        show: told step and share.

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    token = keep(b"")
    try:
        start(url, token, _on(task, path))
        wait(token, show)
        found = rejects_of(token)
        if rejects is not None and found is not None:
            shutil.move(found, rejects)
        return report(token)
    finally:
        forget(token)


def look(url: str, token: str, task: Task) -> peek.Peek:
    """Look at an upload and stay until that is done: it takes about a second."""
    start(url, token, task)
    wait(token)
    return looked(token)


def _on(task: Task, path: Path) -> Task:
    values = {name: getattr(task, name) for name in Task.__slots__}
    return Task(**{**values, "path": str(path.resolve())})


def _folder(token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise NotFound("upload", token)
    return FOLDER / token


def _sweep() -> None:
    """Uploads of sessions that never came back."""
    if not FOLDER.is_dir():
        return
    for folder in FOLDER.iterdir():
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found


def _result(token: str) -> dict[str, Any]:
    process = _running.pop(token, None)
    code = process.wait() if process is not None else None
    plain = _read(_folder(token) / "result.json")
    if plain is None:
        return {"code": code}
    if "store" in plain:
        raise StoreUnavailable(plain["store"])
    return plain


def _died(plain: Mapping[str, Any]) -> ImportReport:
    """The process ended without a word: too long, too much memory, or killed."""
    reason = "took_too_long" if plain.get("code") == -signal.SIGALRM else "reader_died"
    return refusal("", (Issue(reason),))


# in the process ------------------------------------------------------------------------------


def main(folder: Path) -> None:
    """Do one task: read `task.json`, leave `result.json`."""
    plain = json.loads((folder / "task.json").read_text("utf-8"))
    task = Task(**{**plain, "plan": Plan.from_dict(plain["plan"])})
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if task.seconds:
        signal.alarm(task.seconds)
    try:
        result = _do(folder, task)
    except StoreUnavailable as error:
        result = {"store": str(error)}
    except NotAllowed as error:
        result = {"report": refusal(task.plan.kind, (Issue(str(error)),)).as_dict()}
    except MemoryError:
        result = {"report": refusal(task.plan.kind, (Issue("file_too_heavy"),)).as_dict()}
    _write(folder / "result.json", result)
    if not task.look_only and not task.rehearse:
        (folder / "upload").unlink(missing_ok=True)


def _do(folder: Path, task: Task) -> dict[str, Any]:
    opened = store.open_store(settings.get().database_url)
    request = Request(
        path=Path(task.path) if task.path else folder / "upload",
        plan=task.plan,
        today=datetime.now().astimezone().date(),
        file_name=task.file_name,
        on_error=task.on_error,
        rehearse=task.rehearse,
        actor=permission.active_user(opened, task.user_id) if task.user_id is not None else None,
        most_bytes=task.most_bytes,
        rejects=folder / "rejects.jsonl",
    )
    if task.look_only:
        return {"peek": peek.look(opened, request).as_dict()}

    def progress(step: str, share: float) -> None:
        _write(folder / "progress.json", {"step": step, "share": share})

    return {"report": engine.run(opened, request, progress).as_dict()}


def _write(path: Path, plain: Mapping[str, Any]) -> None:
    """Whole or not at all: a reader never sees half of it."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
