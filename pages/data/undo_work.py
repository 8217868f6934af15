"""Taking back at work (撤销调度): one task of this session, begun, followed, its end taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components import state
from data import load, store
from data.imports.history.undo import Preview, Taken
from errors import AppError, Conflict
from jobs import refresh
from jobs.bringing import tasks, undoing
from models.access import User

_ASKED, _TAKEN = "imports.asked", "imports.taken"


@dataclass(frozen=True, slots=True)
class Asked:
    """What this session wants to know or do about an import."""

    batch: int
    token: str = ""
    """Of the task at work; empty once it is over."""
    takes_back: bool = False
    foreseen: Preview | None = None


def asked(batch: int) -> Asked | None:
    """What was asked about this import, if anything."""
    found: Asked | None = state.get(f"{_ASKED}.{batch}")
    return found


def outcome(batch: int) -> Taken | AppError | None:
    """What came of the last task about this import, once."""
    found: Taken | AppError | None = state.get(f"{_TAKEN}.{batch}")
    state.drop(f"{_TAKEN}.{batch}")
    return found


def others() -> undoing.Running | None:
    """An import that is being taken back just now, whoever asked for it."""
    with store.reading(load.engine()) as session:
        return undoing.running(session)


def foresee(user: User, batch: int) -> None:
    """Find out what taking an import back would do."""
    leave(batch)
    state.drop(f"{_TAKEN}.{batch}")
    _put(Asked(batch, undoing.foresee(_url(), batch, user)))


def take_back(user: User, batch: int) -> None:
    """Begin to take an import back."""
    try:
        token = undoing.start(_url(), batch, user)
    except Conflict:
        return  # the page tells whose turn it is
    except AppError as error:
        leave(batch)
        state.put(f"{_TAKEN}.{batch}", error)
    else:
        _put(Asked(batch, token, takes_back=True))


def leave(batch: int) -> None:
    """Let it be; a task that only foresees is stopped."""
    now = asked(batch)
    if now is not None and now.token and not now.takes_back:
        tasks.forget(now.token)
    state.drop(f"{_ASKED}.{batch}")


def cancel(batch: int) -> None:
    """Stop the task; the store is as it was, unless it was over a moment before."""
    now = asked(batch)
    if now is None or not now.token:
        return
    done = undoing.cancel(_url(), now.token)
    state.drop(f"{_ASKED}.{batch}")
    if done is not None:
        state.put(f"{_TAKEN}.{batch}", done)


def status(now: Asked) -> tasks.Status:
    """How far the task is."""
    return tasks.status(now.token)


def settle(user: User, now: Asked) -> None:
    """Take what came of a task that is over."""
    state.drop(f"{_ASKED}.{now.batch}")
    try:
        found = undoing.result(_url(), now.token)
    except AppError as error:
        state.put(f"{_TAKEN}.{now.batch}", error)
        return
    if isinstance(found, Preview):
        _put(replace(now, token="", foreseen=found))
        return
    state.put(f"{_TAKEN}.{now.batch}", found)
    refresh.ensure_behind(_url(), started_by=user.id)


def _put(now: Asked) -> None:
    state.put(f"{_ASKED}.{now.batch}", now)


def _url() -> str:
    """The store's address for the process; it never leaves the server."""
    return load.engine().url.render_as_string(hide_password=False)
