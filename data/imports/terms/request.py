"""One file to bring in, and how (导入请求)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.imports.terms.plan import Plan
from models.access import User

STOP, REJECT = "stop", "reject"


@dataclass(frozen=True, slots=True)
class Request:
    """One file to bring in."""

    path: Path
    plan: Plan
    today: date
    file_name: str = ""
    """As the user knows it; never used as a path."""
    on_error: str = STOP
    """stop: nothing if any row is bad; reject: the good rows."""
    rehearse: bool = False
    """Find out what would happen, and store nothing."""
    actor: User | None = None
    """None is the command line."""
    most_bytes: int = 4 << 30
    rejects: Path | None = None
    """Where to leave the refused rows, if there are any (`rejects.read`)."""
    changes: Path | None = None
    """Where a rehearsal leaves what would change, if anything (`differences.read`)."""

    checked: Path | None = None
    """What the check that the user saw found would change (`differences.read`); where stored
    values are no longer those, nothing is stored. None asks for no check."""

    @property
    def shown_name(self) -> str:
        """The file's name without anything that could be a path."""
        name = (self.file_name or self.path.name).replace("\\", "/").rsplit("/", 1)[-1]
        return "".join(c for c in name if c.isprintable())[-255:] or "file"
