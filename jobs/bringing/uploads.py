"""What lies in the folder of uploads (上传目录): files handed over, notes beside them, limits."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import settings
from errors import BadInput, Issue

UPLOAD, NOTE, TASK = "upload", "note.json", "task.json"
PROGRESS, RESULT = "progress.json", "result.json"
CHANGES, CHECKED = "changes.jsonl", "checked.jsonl"
"""What a check found would change; the same, kept while what was checked is stored."""
KEPT_SECONDS = 24 * 3600
"""Uploads nobody came back for are removed after a day."""
BYTES_PER_USER = 500 << 20
"""What one user's uploads may take up on the disk at a time."""


def note(folder: Path, owner: int, plain: Mapping[str, Any]) -> None:
    """Keep beside an upload whose it is and what they made of it."""
    if folder.is_dir():
        write(folder / NOTE, {**plain, "owner": owner, "store": _store()})


def notes_of(root: Path, owner: int) -> dict[str, dict[str, Any]]:
    """The notes beside a user's uploads, by token; the oldest first."""
    found = []
    for path in root.glob(f"*/{NOTE}"):
        plain = read(path)
        if plain is not None and (plain.get("owner"), plain.get("store")) == (owner, _store()):
            found.append((plain.get("added", 0.0), path.parent.name, plain))
    return {token: plain for _at, token, plain in sorted(found, key=lambda each: each[:2])}


def _store() -> str:
    """A mark of the store: numbers of users mean somebody else in another one."""
    return hashlib.sha256(settings.get().database_url.encode()).hexdigest()[:16]


def refuse_too_much(root: Path, owner: int, size: int) -> None:
    """The disk is everybody's.

    Raises:
        BadInput: with a file of this size, bytes, the owner's uploads take up too much.
    """
    held = 0
    for token in notes_of(root, owner):
        path = root / token / UPLOAD
        held += path.stat().st_size if path.exists() else 0
    if held + size > BYTES_PER_USER:
        raise BadInput(Issue("uploads_full", detail={"megabytes": BYTES_PER_USER >> 20}))


def clear(folder: Path, *, but: Collection[str] = ()) -> None:
    """Remove what earlier tasks left beside an upload."""
    for path in folder.iterdir():
        if path.name not in (UPLOAD, NOTE, *but):
            path.unlink(missing_ok=True)


def hold_check(folder: Path) -> None:
    """Keep what the last check found would change beside the upload, for the import itself.

    The file bears the time the check was started: what was done before, the check saw.
    """
    found, held, task = folder / CHANGES, folder / CHECKED, folder / TASK
    if found.exists():
        found.replace(held)
    else:
        held.write_text("", "utf-8")
    if task.exists():
        began = task.stat().st_mtime
        os.utime(held, (began, began))


def sweep(root: Path) -> None:
    """Remove uploads of sessions that never came back."""
    if not root.is_dir():
        return
    for folder in root.iterdir():
        try:
            age = time.time() - folder.stat().st_mtime
        except FileNotFoundError:
            continue  # another session removed it just now
        if age > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def read(path: Path) -> dict[str, Any] | None:
    """JSON another process left; None while there is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found


def write(path: Path, plain: Mapping[str, Any]) -> None:
    """Whole or not at all: a reader never sees half of it."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
    draft.replace(path)
