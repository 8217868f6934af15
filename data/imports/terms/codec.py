"""What is said about a file as JSON holds it (编解码): written field by field, read by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter

from errors import Issue

Kind = TypeVar("Kind")
NOTHING_ELSE = ConfigDict(extra="forbid")
"""Of a record in which a name that means nothing is a mistake."""


def plain_of(value: Any) -> Any:
    """A value as JSON holds it: records are objects, codes their values, days ISO text."""
    if isinstance(value, Issue):
        return issue_dict(value)
    if is_dataclass(value):
        return {one.name: plain_of(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain_of(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return list(map(plain_of, value))
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def record_of(kind: Callable[..., Kind], plain: Mapping[str, Any]) -> Kind:
    """A record back from JSON."""
    found: Kind = adapter(kind).validate_python(plain)
    return found


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Reads a record by the types of its fields; built once, since that takes a while."""
    return TypeAdapter(kind)


def issue_dict(issue: Issue) -> dict[str, Any]:
    """A fault as JSON holds it; its details are for words, so that anything else is text."""
    return {
        "reason": issue.reason,
        "column": issue.column,
        "row": issue.row,
        "value": issue.value,
        "detail": {name: _worded(value) for name, value in issue.detail.items()},
    }


def _worded(value: object) -> object:
    return value if value is None or isinstance(value, int | float | str) else str(value)
