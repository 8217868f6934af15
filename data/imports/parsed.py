"""What a row of a file came to (解析结果): staged values, faults and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from data.imports.values import cleaned
from errors import Issue


@dataclass(slots=True)
class Parsed:
    """What a row of the file came to."""

    line: int
    staged: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Issue] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)


def visible(raw: str) -> str:
    """A cell as a fault shows it."""
    return cleaned(str(raw)[:200])[:60]
