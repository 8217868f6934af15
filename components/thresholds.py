"""Thresholds as readers meet them (规则读写): inputs, tables, and text read back as stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads, formats, i18n, tables
from components.i18n import _
from components.threshold_table import TABLE, TITLES, Threshold
from errors import Issue

__all__ = [
    "TABLE", "TITLES", "Threshold", "bounds", "changed", "field", "history", "in_force", "is_list",
    "label", "named", "of_group", "plain", "rule_columns", "rules", "stored",
]  # fmt: skip


def of_group(group: str) -> list[Threshold]:
    """The thresholds of a group, in order."""
    return [one for one in TABLE.values() if one.key.split(".")[0] == group]


def label(one: Threshold) -> str:
    """Name and unit."""
    return f"{_(one.name)} ({_(one.unit)})" if one.unit else _(one.name)


def is_list(one: Threshold) -> bool:
    """Whether the value is a list of numbers."""
    return one.kind in ("wholes", "numbers", "percents")


def plain(one: Threshold, value: Any) -> str:
    """A stored value as a reader types it, without its unit: 80, 95."""
    if one.kind == "choice":
        return _(one.choices[str(value)])
    if one.kind == "text":
        return str(value) or _("automatic")
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_figure(one, number) for number in values)


def bounds(one: Threshold) -> str:
    """Between which values a setting must stay."""
    if one.kind == "choice":
        return formats.joined([_(words) for words in one.choices.values()])
    if one.kind == "text":
        return _("up to {n} characters, or empty", n=int(one.high))
    return f"{_figure(one, one.low)} – {_figure(one, one.high)}"


def stored(one: Threshold, typed: Any) -> Any:
    """What a reader typed as a value to store; text no number can be read from stays text."""
    if one.kind == "percent":
        return float(Decimal(str(typed)) / 100)
    if one.kind == "text":
        return str(typed).strip()
    if not is_list(one):
        return typed
    parts = str(typed).replace("，", ",").replace("、", ",").split(",")
    try:
        numbers = [Decimal(part.strip().removesuffix("%")) for part in parts]
    except InvalidOperation:
        return typed
    return [float(number / 100 if one.kind == "percents" else number) for number in numbers]


def field(one: Threshold, value: Any, version: int) -> Any:
    """One input, filled with the value in force; returns what is typed.

    Args:
        one: the threshold.
        value: stored value in force.
        version: of the settings; a new version starts from new inputs.
    """
    words = f"{_(one.meaning)} {_('Allowed: {range}', range=bounds(one))}"
    given: dict[str, Any] = {
        "label": label(one),
        "key": f"settings.{one.key}.{version}.{i18n.language()}",
        "help": words,
        "disabled": one.kind not in ("choice", "text") and one.low == one.high,
    }
    if one.kind == "choice":
        names = {code: _(name) for code, name in one.choices.items()}
        return st.selectbox(
            options=list(names),
            index=list(names).index(value),
            format_func=names.__getitem__,
            **given,
        )
    if one.kind == "text":
        return st.text_input(value=str(value), max_chars=int(one.high), **given)
    if is_list(one):
        return st.text_input(value=plain(one, value), max_chars=120, **given)
    if one.kind == "whole":
        return st.number_input(
            min_value=int(one.low), max_value=int(one.high), value=int(value), step=1, **given
        )
    scale = 100.0 if one.kind == "percent" else 1.0
    return st.number_input(
        min_value=one.low * scale,
        max_value=one.high * scale,
        value=round(float(value) * scale, 6),
        step=1.0 if scale > 1 else 0.5,
        format="%.1f",
        **given,
    )


def in_force(group: str, held: Mapping[str, Any], default: Mapping[str, Any]) -> None:
    """A table of a group's thresholds: value in force, default, bounds, meaning."""
    tables.show(
        rules([group], held, default),
        rule_columns(),
        key=f"settings.{group}",
        alt=_("Thresholds in force: value, default, allowed range, meaning"),
    )


def rules(
    groups: Iterable[str], held: Mapping[str, Any], default: Mapping[str, Any]
) -> pd.DataFrame:
    """The thresholds of some groups, a line each; columns as in `rule_columns`."""
    return pd.DataFrame(
        [
            {
                "group": _(TITLES[group]),
                "name": label(one),
                "value": plain(one, held[one.key]),
                "default": plain(one, default[one.key]),
                "bounds": bounds(one),
                "meaning": _(one.meaning),
            }
            for group in groups
            for one in of_group(group)
        ]
    )


def rule_columns() -> list[tables.Column]:
    """The columns of a table of thresholds."""
    return [
        tables.Column("name", _("Threshold"), width=140),
        tables.Column("value", _("In force"), width=165),
        tables.Column("default", _("Default"), width=165),
        tables.Column("bounds", _("Allowed"), width=130),
        tables.Column("meaning", _("Meaning"), width=420),
    ]


def history(screen: str, ask: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
    """A table of versions, to look at and to take away.

    Args:
        screen: whose readers may have it.
        ask: for the versions: keys version, at, who, what and why.
    """
    columns = [
        tables.Column("version", _("Version"), "count", width=80),
        tables.Column("at", _("When"), "datetime"),
        tables.Column("who", _("Who")),
        tables.Column("what", _("What"), width=420),
        tables.Column("why", _("Why")),
    ]
    versions = ask()
    tables.show(
        pd.DataFrame(versions),
        columns,
        key="settings.history",
        alt=_("Versions of the settings: who changed what, when and why"),
    )
    table = downloads.Table(_("Versions"), columns, lambda _user: pd.DataFrame(ask()))
    downloads.foot(screen, table, len(versions), key="settings.history")


def changed(changes: Iterable[tuple[str, Any, Any]]) -> str:
    """Changes (key, before, after) in words: Red from 60 → 70."""
    said = []
    for key, before, after in changes:
        one = TABLE.get(key)
        named_so = f"{_(one.name)} {plain(one, before)} → {plain(one, after)}" if one else key
        said.append(named_so)
    return formats.joined(said)


def named(issue: Issue) -> Issue:
    """A fault whose column is the threshold's name instead of its key."""
    one = TABLE.get(issue.column or "")
    return replace(issue, column=_(one.name)) if one else issue


def _figure(one: Threshold, value: float) -> str:
    exact = Decimal(str(value)) * (100 if one.kind in ("percent", "percents") else 1)
    return f"{exact.normalize():f}"
