"""A row an import changes (变更): what it was and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is there and what becomes of it."""

    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    keys: Mapping[str, Any]
    """The whole key where the table has no id."""

    def parameters(self, keys: Sequence[str]) -> dict[str, Any]:
        """What `Work.change_all` binds."""
        own = {"id": self.row_id} if "id" in keys else self.keys
        found = {f"key_{name}": own[name] for name in keys}
        return found | {f"new_{name}": value for name, value in self.after.items()}
