"""Imports in a process of their own (导入进程): limits, progress, and nothing left behind.

A file from outside is read where it can do no harm: in a process with bounded memory and
time, which a page or the command line starts and follows. What is handed over lies in a
folder of its own under `var/uploads`; the file goes when the import is over.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine

import settings
from data import store
from data.imports import peek
from data.imports.history import aftermath
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, refusal
from data.imports.terms.request import STOP
from errors import Issue, NotFound, StoreUnavailable
from jobs.bringing import launching, uploads

FOLDER = settings.ROOT / "var" / "uploads"
SECONDS = 900
"""A page's import that takes longer is stopped; the command line sets no limit."""
LOW_PRIORITY = 10
"""Niceness of a page's import: whoever waits for a page goes first."""
_TOKEN = re.compile(r"[0-9a-f]{32}")

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
    nice: int = 0
    as_checked: bool = False
    """Store only what the check before on this upload said; whoever changed a value since stops
    it (`Request.checked`)."""
    then_refresh: bool = False
    """Once rows were stored, see to it that the figures follow, whoever still looks on."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a task is."""

    step: str
    share: float
    done: bool
    seconds: float = 0
    """Since it was started."""


def most_bytes() -> int:
    """Largest upload, bytes."""
    return settings.get().upload_mb << 20


def keep(content: bytes | BinaryIO, owner: int | None = None) -> str:
    """Put an upload where the process finds it; returns its secret token.

    Args:
        content: the bytes, or a file to copy them from piece by piece.
        owner: whose upload it is, for `notes_of` and for what a user may take up.

    Raises:
        BadInput: the owner's uploads would take up too much of the disk.
    """
    uploads.sweep(FOLDER)
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    if owner is not None:
        uploads.refuse_too_much(FOLDER, owner, source.seek(0, io.SEEK_END))
    token = secrets.token_hex(16)
    folder = FOLDER / token
    folder.mkdir(parents=True, mode=0o700)
    source.seek(0)
    with (folder / uploads.UPLOAD).open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    if owner is not None:
        note(token, owner, {})
    return token


def copy(token: str, owner: int) -> str:
    """Another upload of the same bytes; returns its secret token.

    Raises:
        BadInput: the owner's uploads would take up too much of the disk.
        NotFound: there is no such upload (any more).
    """
    path = folder_of(token) / uploads.UPLOAD
    if not path.exists():
        raise NotFound("upload", token)
    with path.open("rb") as file:
        return keep(file, owner)


def forget(token: str) -> None:
    """Remove an upload and everything made of it, its process included."""
    folder = folder_of(token)
    launching.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def note(token: str, owner: int, plain: Mapping[str, Any]) -> None:
    """Keep beside an upload what its owner made of it, for a later session of theirs."""
    uploads.note(folder_of(token), owner, plain)


def notes_of(owner: int) -> dict[str, dict[str, Any]]:
    """The notes beside a user's uploads, by token; the oldest first."""
    return uploads.notes_of(FOLDER, owner)


def cancel(url: str, token: str) -> ImportReport | None:
    """Stop what is done with an upload; only the upload itself is left, nothing is stored.

    Args:
        url: of the store.
        token: of the upload.

    Returns:
        The report where the rows were stored a moment before it could be stopped, else None.

    Raises:
        StoreUnavailable: the store cannot be reached, or does not let go.
    """
    folder = folder_of(token)
    launching.stop(folder)
    opened = store.open_store(url)
    try:
        aftermath.release(opened, application(token))
        plain = uploads.read(folder / uploads.RESULT) or {}
        done = ImportReport.from_dict(plain["report"]) if "report" in plain else None
        if done is None or not done.stored:
            done = _stored_silently(opened, folder)
    finally:
        opened.dispose()
    if done is None:
        uploads.clear(folder)
    return done


def start(url: str, token: str, task: Task) -> None:
    """Begin a task on an upload in a process of its own.

    Args:
        url: of the store; goes to the process by its environment, never by a file.
        token: of the upload.
        task: what to do.

    Raises:
        NotFound: there is no such upload (any more).
    """
    folder = folder_of(token)
    if not folder.is_dir():
        raise NotFound("upload", token)
    launching.stop(folder)
    if task.as_checked:
        uploads.hold_check(folder)
    uploads.clear(folder, but=(uploads.CHECKED,) if task.as_checked else ())
    plain = {name: getattr(task, name) for name in Task.__slots__} | {"plan": task.plan.as_dict()}
    (folder / uploads.TASK).write_text(json.dumps(plain), "utf-8")
    process = launching.start("jobs.bringing.child", folder, url, application(token))
    if task.then_refresh:
        threading.Thread(
            target=_follow, args=(process, url, folder, task.user_id), daemon=True
        ).start()


def _follow(process: launching.Process, url: str, folder: Path, user: int | None) -> None:
    """Start a refresh once the process has stored something; its page may be closed by then."""
    from jobs import refresh  # heavy, and the process itself never needs it

    process.wait()
    plain = uploads.read(folder / uploads.RESULT) or {}
    if "report" in plain and ImportReport.from_dict(plain["report"]).stored:
        refresh.ensure_behind(url, started_by=user)


def status(token: str) -> Status:
    """How far the task is; done also when the process died."""
    folder = folder_of(token)
    if not launching.alive(folder) or (folder / uploads.RESULT).exists():
        return Status("done", 1.0, done=True)
    told = uploads.read(folder / uploads.PROGRESS) or {"step": "starting", "share": 0.0}
    return Status(told["step"], told["share"], done=False, seconds=_age(folder))


def report(url: str, token: str) -> ImportReport:
    """What came of a finished import.

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    plain = _result(token)
    if "report" in plain:
        return ImportReport.from_dict(plain["report"])
    opened = store.open_store(url)
    try:
        aftermath.release(opened, application(token))
        return _stored_silently(opened, folder_of(token)) or _died(plain)
    finally:
        opened.dispose()


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
    path = folder_of(token) / "rejects.jsonl"
    return path if path.exists() else None


def changes_of(token: str) -> Path | None:
    """What a check found would change (`differences.read`), if there is anything."""
    path = folder_of(token) / uploads.CHANGES
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
        return report(url, token)
    finally:
        forget(token)


def look(url: str, token: str, task: Task) -> peek.Peek:
    """Look at an upload and stay until that is done: it takes about a second."""
    start(url, token, task)
    wait(token)
    return looked(token)


def _on(task: Task, path: Path) -> Task:
    return replace(task, path=str(path.resolve()))


def folder_of(token: str) -> Path:
    """Where an upload lies.

    Raises:
        NotFound: it is no token.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFound("upload", token)
    return FOLDER / token


def application(token: str) -> str:
    """What the process's connections are called on a database server."""
    return f"kehu-import-{token}"


def _stored_silently(opened: Engine, folder: Path) -> ImportReport | None:
    """What a process stored that ended before it could say so."""
    path, told = folder / uploads.UPLOAD, uploads.read(folder / uploads.TASK)
    if told is None or told["look_only"] or told["rehearse"]:
        return None
    path = Path(told["path"]) if told["path"] else path
    if not path.exists():
        return None
    with path.open("rb") as file:
        file_hash = hashlib.file_digest(file, "sha256").hexdigest()
    since = datetime.fromtimestamp((folder / uploads.TASK).stat().st_mtime, UTC)
    return aftermath.stored(opened, file_hash, told["user_id"], since)


def _age(folder: Path) -> float:
    """Seconds since the task was handed over."""
    try:
        return time.time() - (folder / uploads.TASK).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _result(token: str) -> dict[str, Any]:
    code = launching.ended(folder_of(token))
    plain = uploads.read(folder_of(token) / uploads.RESULT)
    if plain is None:
        return {"code": code}
    if "store" in plain:
        raise StoreUnavailable(plain["store"])
    return plain


def _died(plain: Mapping[str, Any]) -> ImportReport:
    """The process ended without a word: too long, too much memory, or killed."""
    reason = "took_too_long" if plain.get("code") == -signal.SIGALRM else "reader_died"
    return refusal("", (Issue(reason),))
