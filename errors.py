"""The one family of errors Kehu raises on purpose (可读错误).

Pages never catch these one by one; the page frame does, once, and draws them in the
reader's language. Anything outside the family is a bug and is left to crash loudly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


class AppError(Exception):
    """Base class: the reader may see it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault in one place.

    `reason` is a code; the words for it live in the catalogues under the message id
    `reason.<code>`, filled from `detail`. `row` is the line the user sees in their own
    file: the first physical line is 1. `value` is cut to 40 characters.
    """

    reason: str
    column: str | None = None
    row: int | None = None
    value: str | None = None
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.value is not None and len(self.value) > 40:
            object.__setattr__(self, "value", self.value[:39] + "…")

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                f"line {self.row}" if self.row is not None else "",
                f"column {self.column}" if self.column else "",
                repr(self.value) if self.value is not None else "",
            )
            if part
        )
        return f"{self.reason} ({where})" if where else self.reason


class BadInput(AppError):
    """The data handed in cannot be used; says where and why, all faults at once."""

    def __init__(self, *issues: Issue) -> None:
        self.issues = issues
        super().__init__("; ".join(map(str, issues)))


class NotAllowed(AppError):
    """The signed-in user may not do this."""


class NotFound(AppError):
    """No such thing, or none this user may see: the two are never told apart."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What somebody else did meanwhile, for whoever comes second."""

    what: str
    """Code of the audit trail such as `supervision.close`; `refresh` where figures did it."""
    who: str = ""
    """Their name; empty where no person did it."""
    at: datetime | None = None
    """UTC."""
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


class Conflict(AppError):
    """Somebody else changed the row meanwhile; nothing was written."""

    def __init__(self, *args: object, changed: Changed | None = None) -> None:
        self.changed = changed
        super().__init__(*args)


class StoreUnavailable(AppError):
    """The store cannot be reached, is locked or is full; nothing was written."""


class Unsafe(AppError):
    """The configuration would be unsafe to serve; says which setting and why."""
