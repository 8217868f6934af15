"""Files that wait in a folder (待导入文件): which are ready, and how to read them.

A file is ready when nobody has written to it for a while; how to read it says a map beside
it, what was said of its header before, or the names of its columns.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data import store
from data.imports.peek import Peek, remembered_plan
from data.imports.terms.plan import Plan, from_toml
from data.imports.terms.request import STOP
from errors import BadInput, Issue
from jobs.bringing.files import look_at, place, shown
from jobs.bringing.tasks import Task
from models.enums import SheetKind

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm"})
REMEMBERED = "remembered"
"""Instead of the name of a map: columns as somebody mapped this header on the page."""
REJECTS = ".rejects.csv"
"""What the names of refused rows end in."""
LONGEST = 255
"""Bytes of a file's name."""
_NOT_READY = (".part", ".tmp", ".crdownload", ".filepart", ".toml")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder and how its files are brought in."""

    folder: Path
    maps: Path | None = None
    """Another folder to look for maps in."""
    on_error: str = STOP
    check: bool = False
    """Find out and leave everything as it is."""
    quiet_seconds: float = 5
    """A file changed within these is still being written, and waits for the next pass."""
    most_seconds: int = 3600
    """The longest one file may take; 0 is no limit."""
    lang: str = "zh_Hans"
    """In which the reasons of refused rows are written."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was not touched, and why."""

    file: str
    why: str
    """growing, empty, link, unreadable, no_table or gone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to bring in."""

    path: Path
    folder_kind: str
    state: tuple[int, ...]
    """Which file it is, its size and time; another one means that somebody wrote to it."""
    plan: Plan = Plan()  # noqa: RUF009 - frozen
    map: str = ""
    kind: str = ""
    """As recognised, to put files in order."""
    issues: tuple[Issue, ...] = ()
    """Why it cannot be brought in, where that is known before it is opened."""


def waiting(inbox: Inbox, now: float) -> tuple[list[Found], list[Left]]:
    """Files to bring in, and files to leave alone."""
    found: list[Found] = []
    left: list[Left] = []
    for folder, kind in _folders(inbox.folder):
        for path in sorted(Path(entry) for entry in os.scandir(folder)):
            if path.is_dir() or path.name.startswith((".", "~$")):
                continue
            if path.name.lower().endswith(_NOT_READY):
                continue
            if why := _why_not(path, now - inbox.quiet_seconds):
                left.append(Left(name_of(inbox, path), why))
            else:
                found.append(Found(path, kind, state_of(path)))
    return found, left


def _folders(folder: Path) -> Iterator[tuple[Path, str]]:
    """The folder itself, and those in it that are called like a kind."""
    yield folder, ""
    for kind in SheetKind:
        inner = folder / kind.value
        if inner.is_dir() and not inner.is_symlink():
            yield inner, kind.value


def _why_not(path: Path, quiet_since: float) -> str:
    try:
        state = path.lstat()
    except FileNotFoundError:
        return "gone"
    if stat.S_ISLNK(state.st_mode):
        return "link"
    if path.suffix.lower() not in SUFFIXES or not stat.S_ISREG(state.st_mode):
        return "no_table"
    if state.st_ctime > quiet_since:
        return "growing"
    if not state.st_size:
        return "empty"
    return "" if os.access(path, os.R_OK) else "unreadable"


def state_of(path: Path) -> tuple[int, ...]:
    """Which file stands there, its size and time; empty where there is none."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return ()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def name_of(inbox: Inbox, path: Path) -> str:
    """A file's name from the folder on."""
    return shown(path.relative_to(inbox.folder).as_posix())


def task_of(inbox: Inbox, found: Found, plan: Plan, *, look_only: bool = False) -> Task:
    """What to do with a file."""
    return Task(
        plan,
        found.path.name,
        look_only=look_only,
        on_error=inbox.on_error,
        rehearse=inbox.check,
        seconds=inbox.most_seconds,
    )


def planned(url: str, inbox: Inbox, found: Found) -> Found:
    """The file with its map and its kind."""
    try:
        path = _map_of(inbox, found)
        plan = _from_map(path, found.folder_kind) if path else Plan(kind=found.folder_kind)
        if path is not None and plan.kind:
            return replace(found, plan=plan, kind=plan.kind, map=shown(path.name))
        seen = look_at(url, found.path, task_of(inbox, found, plan, look_only=True))
        if path is None:
            return _without_map(url, inbox, replace(found, plan=plan, kind=seen.kind), seen)
        return replace(found, plan=plan, kind=seen.kind, map=shown(path.name))
    except BadInput as refused:
        return replace(found, kind=found.folder_kind, issues=refused.issues)


def _without_map(url: str, inbox: Inbox, found: Found, seen: Peek) -> Found:
    """By the map of its kind, as this header was mapped before, or as its columns are called."""
    places = (inbox.folder, inbox.maps)
    path = _first([place / f"{seen.kind}.toml" for place in places if place and seen.kind])
    if path is not None:
        plan = _from_map(path, seen.kind)
        return replace(found, plan=plan, map=shown(path.name))
    if seen.remembered:
        opened = store.open_store(url)
        kept = remembered_plan(opened, seen.header, found.folder_kind or seen.kind, None)
        opened.dispose()
        if kept is not None:
            return replace(found, plan=replace(kept, hints=found.plan.hints), map=REMEMBERED)
    return found


def _map_of(inbox: Inbox, found: Found) -> Path | None:
    """The map that goes by the file's name, or is there for all files beside it."""
    names = [found.path.name]
    if names[0].endswith(REJECTS):
        names.append(names[0].removesuffix(REJECTS))  # corrected rows go by their file's map
    own = [f"{each}.toml" for name in names for each in (name, Path(name).stem)]
    places = [found.path.parent / name for name in (*own, "map.toml")]
    if inbox.maps is not None:
        places += [inbox.maps / name for name in own]
    if found.folder_kind:
        places += [
            place / f"{found.folder_kind}.toml" for place in (inbox.folder, inbox.maps) if place
        ]
    return _first(places)


def _first(paths: list[Path]) -> Path | None:
    can_be = [path for path in paths if len(os.fsencode(path.name)) <= LONGEST]
    return next((path for path in can_be if path.is_file() and not path.is_symlink()), None)


def _from_map(path: Path, kind: str) -> Plan:
    if not os.access(path, os.R_OK):
        raise BadInput(Issue("map_unreadable", value=shown(path.name)))
    plan = from_toml(path)
    if kind and plan.kind not in ("", kind):
        raise BadInput(Issue("map_of_other_kind", column="kind", value=plan.kind))
    return replace(plan, kind=plan.kind or kind)


def rank(found: Found) -> tuple[int, str]:
    """What files are sorted by: what they rest on, then their names."""
    return place(found.kind), str(found.path)
