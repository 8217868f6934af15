"""A folder that files are dropped into (导入文件夹): one pass brings in all that lies there.

A file is taken where it lies and moved only when its import is over: to `done/` or, with
what is wrong with it, to `refused/`. A pass killed at any moment leaves every file either
waiting or dealt with; one that was stored and not yet moved is recognised by the next pass.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from data.imports.terms.report import ImportReport, Outcome, refusal
from errors import BadInput, Conflict, Issue, StoreUnavailable
from jobs.bringing.files import bring_in, shown, summary
from jobs.bringing.inbox import (
    LONGEST,
    REJECTS,
    Found,
    Inbox,
    Left,
    name_of,
    planned,
    rank,
    state_of,
    task_of,
    waiting,
)
from models.enums import SheetKind

DONE, REFUSED, LOCK = "done", "refused", ".kehu.lock"
_FOR_REPORTS = 55
"""Bytes kept free for the names of the reports beside it."""

Move = Callable[[Path, Path], object]


@dataclass(frozen=True, slots=True)
class Handled:
    """One file of a pass and what became of it."""

    file: str
    """Where it lay, from the folder on."""
    report: ImportReport
    map: str = ""
    """The map that was used: a file, `REMEMBERED`, or none."""
    moved_to: str = ""
    """Where it is now, from the folder on; empty where it stayed."""
    rejects: str = ""
    """Its refused rows, from the folder on."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        own = {"file": self.file, "moved_to": self.moved_to or None}
        own |= {"rejects": self.rejects or None, "map": self.map or None}
        return own | self.report.as_dict()


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did."""

    files: tuple[Handled, ...] = ()
    left: tuple[Left, ...] = ()
    failure: str = ""
    """What stopped the rest: a code such as "locked"."""
    detail: str = ""
    """More about that, where there is more."""

    @property
    def reports(self) -> tuple[ImportReport, ...]:
        """Of the files dealt with, in their order."""
        return tuple(each.report for each in self.files)

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "files": [each.as_dict() for each in self.files],
            "left": [{"file": each.file, "why": each.why} for each in self.left],
            "summary": summary(self.reports, self.failure),
        }


def run(
    url: str,
    inbox: Inbox,
    *,
    now: Callable[[], float] = time.time,
    move: Move = os.replace,
    told: Callable[[Handled], None] | None = None,
) -> Pass:
    """Bring in all files of a folder that are complete, in the order they rest on each other.

    Args:
        url: of the store.
        inbox: the folder.
        now: the clock that says how long a file has been left alone, Unix seconds.
        move: puts a file that was dealt with in its place, which an empty file holds.
        told: hears of each file when it is dealt with.

    Returns:
        What was done. A store that cannot be reached ends the pass (`failure`); the files
        that are left wait.

    Raises:
        BadInput: there is no such folder, or it cannot be worked in.
        Conflict: another pass is at work in it.
    """
    folder = _real(inbox.folder)
    _refuse_links(folder)
    inbox = replace(inbox, folder=folder, maps=_real(inbox.maps) if inbox.maps else None)
    handled: list[Handled] = []
    with _alone(folder):
        found, left = waiting(inbox, now())
        try:
            for each in sorted((planned(url, inbox, one) for one in found), key=rank):
                one, trouble = _deal_with(url, inbox, each, move)
                handled.append(one)
                if told is not None:
                    told(one)
                if trouble is not None:
                    raise trouble
        except StoreUnavailable as error:
            failure, detail = (*map(str, error.args), "", "")[:2]
            return Pass(tuple(handled), tuple(left), failure or "unreachable", detail)
    return Pass(tuple(handled), tuple(left))


def _real(folder: Path) -> Path:
    if not folder.is_dir():
        raise BadInput(Issue("folder_missing", value=shown(folder)))
    return folder.resolve()


def _refuse_links(folder: Path) -> None:
    """What is put away stays in the folder."""
    places = [folder / top / kind for top in (DONE, REFUSED) for kind in ("", *SheetKind)]
    links = [place.relative_to(folder).as_posix() for place in places if place.is_symlink()]
    if links:
        raise BadInput(*(Issue("folder_is_link", value=link) for link in links))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it goes with the process, however that ends."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        lock = os.open(folder / LOCK, flags, 0o666)
    except OSError as error:
        raise BadInput(Issue("folder_not_writable", value=shown(folder))) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("folder_busy", shown(folder)) from error
        yield
    finally:
        os.close(lock)


def _deal_with(
    url: str, inbox: Inbox, found: Found, move: Move
) -> tuple[Handled, StoreUnavailable | None]:
    """Bring one file in and put it away; with what kept it from being put away."""
    report, csv = _brought(url, inbox, found)
    handled = Handled(name_of(inbox, found.path), report, found.map)
    if inbox.check or state_of(found.path) != found.state:
        return handled, None  # somebody wrote to it meanwhile: it waits for the next pass
    try:
        return _put_away(inbox, found.path, handled, csv, move), None
    except OSError as error:
        return handled, StoreUnavailable("folder_failed", error.strerror or "")


def _brought(url: str, inbox: Inbox, found: Found) -> tuple[ImportReport, bytes]:
    if found.issues:
        return refusal(found.kind, found.issues, file_name=shown(found.path.name)), b""
    task = task_of(inbox, found, found.plan)
    result = bring_in(url, found.path, task, lang=inbox.lang)
    if "reader_died" in result[0].reasons:  # killed from outside, or by the file: look twice
        result = bring_in(url, found.path, task, lang=inbox.lang)
    return result


def _put_away(inbox: Inbox, path: Path, handled: Handled, csv: bytes, move: Move) -> Handled:
    """Move the file to where it belongs, its report first: a report is never missing."""
    bad = handled.report.outcome in (Outcome.REJECTED, Outcome.REFUSED)
    target = _free(inbox, path, REFUSED if bad else DONE)
    rejects = target.with_name(target.name + REJECTS)
    rejects.unlink(missing_ok=True)
    if csv:
        rejects.write_bytes(csv)
    handled = replace(
        handled,
        moved_to=name_of(inbox, target),
        rejects=name_of(inbox, rejects) if csv else "",
    )
    plain = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **handled.as_dict()}
    text = json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    target.with_name(f"{target.name}.report.json").write_text(text, "utf-8", "replace")
    move(path, target)
    return handled


def _free(inbox: Inbox, path: Path, name: str) -> Path:
    """A place in `done/` or `refused/`, held by an empty file so that nothing is overwritten."""
    top = inbox.folder / name
    folder = top / path.parent.relative_to(inbox.folder)
    for each in (top, folder):
        each.mkdir(exist_ok=True)
    stem = _cut(path.stem)
    for n in count(1):
        target = folder / (f"{stem}{path.suffix}" if n == 1 else f"{stem}-{n}{path.suffix}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            if target.is_symlink() or target.stat().st_size:
                continue  # an empty one was held by a pass that was killed
        return target
    raise AssertionError


def _cut(stem: str) -> str:
    """A name short enough for the reports beside it, never through the middle of a sign."""
    while len(os.fsencode(stem)) > LONGEST - _FOR_REPORTS:
        stem = stem[:-1]
    return stem
