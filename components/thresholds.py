"""Thresholds as readers meet them (规则读写): inputs, tables, and text read back as stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads, tables
from errors import Issue
from models.bounds import Choice, Kind, Several, Share, Text, Whole
from models.policy import RULES, TITLES, Rule
from words import formats, i18n
from words.i18n import _

__all__ = [
    "RULES",
    "TITLES",
    "bounds",
    "changed",
    "field",
    "history",
    "in_force",
    "is_list",
    "label",
    "named",
    "of_group",
    "plain",
    "rule_columns",
    "rules",
    "stored",
]


def of_group(group: str) -> list[Rule]:
    """The settings of a group, in order."""
    return [one for one in RULES.values() if one.group == group]


def label(one: Rule) -> str:
    """Name and unit."""
    return f"{_(one.name)} ({_(one.unit)})" if one.unit else _(one.name)


def is_list(one: Rule) -> bool:
    """Whether the value is a list of numbers."""
    return isinstance(one.kind, Several)


def plain(one: Rule, value: Any) -> str:
    """A stored value as a reader types it, without its unit: 80, 95."""
    if isinstance(one.kind, Choice):
        return _(one.kind.words[str(value)])
    if isinstance(one.kind, Text):
        return str(value) or _(one.kind.empty)
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_figure(one.kind, number) for number in values)


def bounds(one: Rule) -> str:
    """Between which values a setting must stay."""
    if isinstance(one.kind, Choice):
        return formats.joined([_(words) for words in one.kind.words.values()])
    if isinstance(one.kind, Text):
        return _("such as {example}", example=one.kind.example)
    each = one.kind.each if isinstance(one.kind, Several) else one.kind
    return f"{_figure(each, each.low)} – {_figure(each, each.high)}"


def stored(one: Rule, typed: Any) -> Any:
    """What a reader typed as a value to store; text no number can be read from stays text."""
    if isinstance(one.kind, Share):
        return float(Decimal(str(typed)) / 100)
    if not isinstance(one.kind, Several):
        return typed
    parts = str(typed).replace("，", ",").replace("、", ",").split(",")
    try:
        numbers = [Decimal(part.strip().removesuffix("%")) for part in parts]
    except InvalidOperation:
        return typed
    scale = 100 if isinstance(one.kind.each, Share) else 1
    return [float(number / scale) for number in numbers]


def field(one: Rule, value: Any, version: int) -> Any:
    """One input, filled with the value in force; returns what is typed.

    Args:
        one: the setting.
        value: stored value in force.
        version: of the settings; a new version starts from new inputs.
    """
    kind = one.kind
    given: dict[str, Any] = {
        "label": label(one),
        "key": f"settings.{one.key}.{version}.{i18n.language()}",
        "help": f"{_(one.meaning)} {_('Allowed: {range}', range=bounds(one))}",
    }
    if isinstance(kind, Choice):
        names = {code: _(name) for code, name in kind.words.items()}
        return st.selectbox(
            options=list(names),
            index=list(names).index(value),
            format_func=names.__getitem__,
            **given,
        )
    if isinstance(kind, Text):
        return st.text_input(value=str(value), max_chars=kind.longest, **given)
    if isinstance(kind, Several):
        return st.text_input(value=plain(one, value), max_chars=120, **given)
    if isinstance(kind, Whole):
        return st.number_input(
            min_value=kind.low, max_value=kind.high, value=int(value), step=1, **given
        )
    scale = 100.0 if isinstance(kind, Share) else 1.0
    return st.number_input(
        min_value=kind.low * scale,
        max_value=kind.high * scale,
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
        one = RULES.get(key)
        named_so = f"{_(one.name)} {plain(one, before)} → {plain(one, after)}" if one else key
        said.append(named_so)
    return formats.joined(said)


def named(issue: Issue) -> Issue:
    """A fault whose column is the threshold's name instead of its key."""
    one = RULES.get(issue.column or "")
    return replace(issue, column=_(one.name)) if one else issue


def _figure(kind: Kind, value: float) -> str:
    share = isinstance(kind.each if isinstance(kind, Several) else kind, Share)
    exact = Decimal(str(value)) * (100 if share else 1)
    return f"{exact.normalize():f}"
