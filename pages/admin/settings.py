"""Settings (规则设置): every threshold with its meaning and bounds, and who changed what.

Administrators change values with a note that says why; others read them. Figures keep the
version they were made with until the next refresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from components import faults, formats, frame, i18n, menu, state, tables
from components.i18n import _
from data import load, policies, store
from data.queries import runs
from errors import AppError, BadInput, Issue
from models.policy import GROUPS, Policy
from pages.admin import refreshing, thresholds

SCREEN = "settings"
SAVED = "settings.saved"
PER_ROW = 3
"""Inputs side by side; rows of their own keep the order on a phone."""


def batched(
    items: Sequence[thresholds.Threshold], size: int
) -> list[Sequence[thresholds.Threshold]]:
    """Runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def values_table(policy: Policy) -> None:
    """All thresholds in force, for those who may not change them."""
    held, default = policy.as_dict(), Policy().as_dict()
    for group in GROUPS:
        with frame.card(_(thresholds.TITLES[group])):
            rows = [
                {
                    "name": thresholds.label(one),
                    "value": thresholds.plain(one, held[one.key]),
                    "default": thresholds.plain(one, default[one.key]),
                    "bounds": thresholds.bounds(one),
                    "meaning": _(one.meaning),
                }
                for one in thresholds.of_group(group)
            ]
            tables.show(
                pd.DataFrame(rows),
                [
                    tables.Column("name", _("Threshold"), width=220),
                    tables.Column("value", _("In force"), width=180),
                    tables.Column("default", _("Default"), width=180),
                    tables.Column("bounds", _("Allowed"), width=140),
                    tables.Column("meaning", _("Meaning")),
                ],
                key=f"settings.{group}",
                alt=_("Thresholds in force: value, default, allowed range, meaning"),
            )


def form(version: int, policy: Policy) -> None:
    """The form to change thresholds; one new version for all that was changed."""
    held = policy.as_dict()
    typed: dict[str, Any] = {}
    with st.form(f"settings.{version}.{i18n.language()}", border=False):
        for group in GROUPS:
            with frame.card(_(thresholds.TITLES[group])):
                for row in batched(thresholds.of_group(group), PER_ROW):
                    for place, one in zip(st.columns(PER_ROW), row, strict=False):
                        with place:
                            typed[one.key] = field(one, held[one.key], version)
        with frame.card(_("Why"), _("The note is kept with the new version and in the audit log.")):
            note = st.text_input(
                _("Reason for the change"),
                max_chars=policies.NOTE_LENGTH,
                key=f"settings.note.{version}.{i18n.language()}",
            )
            sent = st.form_submit_button(_("Save as a new version"), type="primary")
    if sent:
        save(version, held, typed, note)


def field(one: thresholds.Threshold, value: Any, version: int) -> Any:
    """One input, filled with the value in force."""
    key = f"settings.{one.key}.{version}.{i18n.language()}"
    words = f"{_(one.meaning)} {_('Allowed: {range}', range=thresholds.bounds(one))}"
    if one.kind == "choice":
        names = {code: _(name) for code, name in one.choices.items()}
        return st.selectbox(
            thresholds.label(one),
            list(names),
            index=list(names).index(value),
            format_func=names.__getitem__,
            key=key,
            help=words,
        )
    if thresholds.is_list(one):
        shown = thresholds.plain(one, value)
        return st.text_input(thresholds.label(one), shown, key=key, help=words, max_chars=120)
    if one.kind == "whole":
        return st.number_input(
            thresholds.label(one), int(one.low), int(one.high), int(value), 1, key=key, help=words,
            disabled=one.low == one.high,
        )  # fmt: skip
    scale = 100.0 if one.kind == "percent" else 1.0
    return st.number_input(
        thresholds.label(one),
        one.low * scale,
        one.high * scale,
        round(float(value) * scale, 6),
        1.0 if scale > 1 else 0.5,
        format="%.1f",
        key=key,
        help=words,
    )


def save(version: int, held: dict[str, Any], typed: dict[str, Any], note: str) -> None:
    """Store what was changed as the administrator asking now, or say what is wrong."""
    actor = frame.require(SCREEN, edit=True)
    given = {key: thresholds.stored(thresholds.TABLE[key], value) for key, value in typed.items()}
    changes = {key: value for key, value in given.items() if value != held[key]}
    try:
        with store.writing(load.engine()) as session:
            new = policies.change(session, actor, changes, note, expected=version)
    except BadInput as error:
        faults.issues([_named(issue) for issue in error.issues])
        return
    except AppError as error:
        faults.show(error)
        return
    state.put(SAVED, new)
    st.rerun()


def _named(issue: Issue) -> Issue:
    """A fault whose column is the threshold's name instead of its key."""
    one = thresholds.TABLE.get(issue.column or "")
    return replace(issue, column=_(one.name)) if one else issue


def show_state(version: int, may_edit: bool) -> None:
    """Say what was saved, and whether the figures still rest on an earlier version."""
    if (saved := state.get(SAVED)) is not None:
        state.drop(SAVED)
        st.success(_("Saved as version {n}.", n=saved), icon=":material/check:")
    run = load.ask(runs.run)
    if run is None or run.setting_version == version:
        return
    st.info(
        _(
            "The figures still rest on version {old}; they change with the next refresh.",
            old=run.setting_version,
        ),
        icon=":material/update:",
    )
    if may_edit:
        refreshing.offer()


def history_card(versions: list[policies.Version]) -> None:
    """Every version: who, when, what, why."""
    with frame.card(_("Versions"), _("Who changed what, when and why; newest first.")):
        if not versions:
            st.caption(_("Nothing was changed yet: every value is the default."))
            return
        tables.show(
            pd.DataFrame([_version_row(version) for version in versions]),
            [
                tables.Column("version", _("Version"), "count", width=80),
                tables.Column("at", _("When"), "datetime"),
                tables.Column("who", _("Who")),
                tables.Column("what", _("What"), width=420),
                tables.Column("why", _("Why")),
            ],
            key="settings.history",
            alt=_("Versions of the settings: who changed what, when and why"),
        )


def _version_row(version: policies.Version) -> dict[str, Any]:
    return {
        "version": version.version,
        "at": version.changed_at,
        "who": version.changed_by or _("Command line"),
        "what": formats.joined([_changed(change) for change in version.changes]),
        "why": version.note,
    }


def _changed(change: policies.Change) -> str:
    one = thresholds.TABLE.get(change.key)
    if one is None:
        return change.key
    before, after = thresholds.plain(one, change.before), thresholds.plain(one, change.after)
    return f"{_(one.name)} {before} → {after}"


with frame.screen(SCREEN) as user:
    version, policy = load.ask(policies.current)
    frame.about(
        note=_("Version {n}", n=version) if version else _("Defaults, never changed"),
        scope=_("For the whole company"),
    )
    may_edit = menu.may_edit(SCREEN, user.role)
    show_state(version, may_edit)
    if may_edit:
        form(version, policy)
    else:
        values_table(policy)
    history_card(load.ask(policies.history))
