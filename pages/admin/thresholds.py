"""Thresholds as readers write them (规则读写): shown with a unit, read back as stored."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from components import formats
from components.i18n import _
from pages.admin.threshold_table import TABLE, TITLES, Threshold

__all__ = [
    "TABLE",
    "TITLES",
    "Threshold",
    "bounds",
    "is_list",
    "label",
    "of_group",
    "plain",
    "stored",
]


def of_group(group: str) -> list[Threshold]:
    """The thresholds of a group, in order."""
    return [one for one in TABLE.values() if one.key.split(".")[0] == group]


def label(one: Threshold) -> str:
    """Name and unit."""
    return f"{_(one.name)} ({_(one.unit)})" if one.unit else _(one.name)


def is_list(one: Threshold) -> bool:
    """Whether the value is a list of numbers."""
    return one.kind.endswith("s") and one.kind in ("wholes", "numbers", "percents")


def plain(one: Threshold, value: Any) -> str:
    """A stored value as a reader types it, without its unit: 80, 95."""
    values = value if isinstance(value, list | tuple) else [value]
    if one.kind == "choice":
        return _(one.choices[str(value)])
    return ", ".join(_figure(one, number) for number in values)


def bounds(one: Threshold) -> str:
    """Between which values a setting must stay."""
    if one.kind == "choice":
        return formats.joined([_(words) for words in one.choices.values()])
    return f"{_figure(one, one.low)} – {_figure(one, one.high)}"


def stored(one: Threshold, typed: Any) -> Any:
    """What a reader typed as a value to store; text no number can be read from stays text."""
    if one.kind == "percent":
        return float(Decimal(str(typed)) / 100)
    if not is_list(one):
        return typed
    parts = str(typed).replace("，", ",").replace("、", ",").split(",")
    try:
        numbers = [Decimal(part.strip().removesuffix("%")) for part in parts]
    except InvalidOperation:
        return typed
    return [float(number / 100 if one.kind == "percents" else number) for number in numbers]


def _figure(one: Threshold, value: float) -> str:
    exact = Decimal(str(value)) * (100 if one.kind in ("percent", "percents") else 1)
    return f"{exact.normalize():f}"
