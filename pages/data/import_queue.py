"""The files of an import (导入队列): what this session brought, how far each file is, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from components import state
from data.imports.columns.registry import ORDER
from data.imports.peek import Peek
from data.imports.terms.codec import plain_of, record_of
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from models.enums import SheetKind
from pages.data import mapped

FILES, OPEN, ALL, OWN = "imports.files", "imports.open", "imports.all", "imports.changes_too"


class Step(StrEnum):
    """Where a file is in the wizard."""

    WAITING = "waiting"
    LOOKING = "looking"
    READING = "reading"
    COLUMNS = "columns"
    CHECKING = "checking"
    CUSTOMERS = "customers"
    RESULT = "result"
    STORING = "storing"
    STORED = "stored"


RUNNING = frozenset({Step.LOOKING, Step.CHECKING, Step.STORING})
_NOTHING_TO_DO = frozenset({Outcome.ALREADY, Outcome.UNCHANGED})


@dataclass(frozen=True, slots=True)
class File:
    """One file of the queue; everything about it that is worth keeping."""

    token: str
    name: str
    size: int
    """Bytes."""
    added: float
    step: Step = Step.WAITING
    plan: Plan = field(default_factory=Plan)
    peek: Peek | None = None
    report: ImportReport | None = None
    told: bool = False
    """The user themselves said what its columns are."""
    cancelled: bool = False

    @property
    def kind(self) -> str:
        """Code of its kind of sheet; empty while unknown."""
        return self.peek.kind if self.peek is not None else self.plan.kind

    @property
    def unreadable(self) -> bool:
        """It was looked at and is no table as it stands."""
        return self.peek is not None and not self.peek.header

    @property
    def finished(self) -> bool:
        """Nothing is left to do: stored, or there already."""
        if self.step is Step.STORED:
            return True
        return self.report is not None and self.report.outcome in _NOTHING_TO_DO

    @property
    def mapped(self) -> bool:
        """It could be checked as it stands."""
        return self.peek is not None and mapped.complete(self.peek, self.plan, told=self.told)

    def as_dict(self) -> dict[str, Any]:
        """The file as JSON holds it."""
        plain: dict[str, Any] = plain_of(self)
        return {name: plain[name] for name in plain if name not in ("token", "cancelled")}

    @classmethod
    def from_dict(cls, token: str, plain: Mapping[str, Any]) -> File:
        """The file out of a note beside its upload."""
        return record_of(cls, {"token": token, **plain})


def files() -> list[File]:
    """The queue in the order the files are stored: what others rest on comes first."""
    held: dict[str, File] = state.get(FILES, {})
    return sorted(held.values(), key=lambda file: (_place(file.kind), file.added))


def _place(kind: str) -> int:
    return ORDER.index(SheetKind(kind)) if kind else len(ORDER)


def put(file: File) -> None:
    """Add a file, or keep what became of it."""
    state.put(FILES, {**state.get(FILES, {}), file.token: file})


def drop(token: str) -> None:
    """Take a file off the queue."""
    state.put(FILES, {key: file for key, file in state.get(FILES, {}).items() if key != token})


def find(token: str) -> File | None:
    """The file of this token, if it is in the queue."""
    found: File | None = state.get(FILES, {}).get(token)
    return found


def opened() -> File | None:
    """The file on the screen: the one chosen, else the first with something left to do."""
    queue = files()
    chosen = find(state.get(OPEN, ""))
    if chosen is not None or not queue:
        return chosen
    return next((file for file in queue if not file.finished), queue[-1])


def open_file(token: str) -> None:
    """Show this file."""
    state.put(OPEN, token)


def busy() -> bool:
    """Whether a process works on any file, or is about to."""
    return any(file.step in RUNNING or file.step is Step.WAITING for file in files())


def spread(file: File) -> list[File]:
    """Files with the same header take the mapping of one that was just mapped.

    Returns:
        What becomes of those files.
    """
    if file.peek is None:
        return []
    header, kind = file.peek.header, file.peek.kind
    return [
        replace(
            other,
            plan=replace(file.plan, hints=other.plan.hints, customers={}, create=()),
            peek=replace(other.peek, kind=kind, issues=()),
            step=Step.COLUMNS,
        )
        for other in files()
        if other.token != file.token
        and not other.told
        and other.peek is not None
        and other.peek.header == header
        and other.step in (Step.READING, Step.COLUMNS)
    ]


def standing(file: File) -> str:
    """How a file stands, as one code of the queue."""
    if file.cancelled and file.step in (Step.READING, Step.COLUMNS):
        return "cancelled"
    if file.step in RUNNING or file.step is Step.WAITING:
        return file.step.value
    if file.finished:
        return file.report.outcome.value if file.report else Step.STORED.value
    if file.step in (Step.RESULT, Step.CUSTOMERS) and file.report is not None:
        if file.report.outcome is Outcome.REFUSED:
            return "refused"
        if file.report.outcome is Outcome.OUTDATED:
            return "outdated"
        return "to_decide" if file.report.rows_rejected else "checked"
    if file.unreadable:
        return "refused"
    return "ready" if file.mapped else "needs_columns"
