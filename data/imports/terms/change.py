"""A row an import changes (变更): what it was and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import UTCDateTime


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is there and what becomes of it."""

    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    keys: Mapping[str, Any]
    """The whole key where the table has no id."""

    def parameters(self, keys: Sequence[str]) -> dict[str, Any]:
        """What `Changes.change_all` binds."""
        own = {"id": self.row_id} if "id" in keys else self.keys
        found = {f"key_{name}": own[name] for name in keys}
        return found | {f"new_{name}": value for name, value in self.after.items()}


def typed(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values back from JSON: days are days again, codes are members of their enums."""
    back = {}
    for name, value in values.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, sa.Date):
            value = date.fromisoformat(value)
        elif value is not None and isinstance(kind, UTCDateTime):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(kind, sa.Enum) and kind.enum_class:
            value = kind.enum_class(value)
        back[name] = value
    return back


def jsonable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as an `ImportChange` keeps them: days as ISO text."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
