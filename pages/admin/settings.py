"""Settings (规则设置): every threshold with its meaning and bounds, and who changed what.

Administrators change values with a note that says why; others read them. Figures keep the
version they were made with until the next refresh.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from components import downloads, faults, frame, menu, state, tables, thresholds, work
from data import load, policies, store
from data.queries import runs
from errors import AppError, BadInput, Conflict
from jobs import refresh
from models.access import User
from models.policy import GROUPS, Policy
from pages.admin import refreshing
from words import formats, i18n
from words.i18n import _
from words.text import md_escape

SCREEN = "settings"
SAVED = "settings.saved"
PER_ROW = 3
"""Inputs side by side; rows of their own keep the order on a phone."""


def values(policy: Policy) -> None:
    """All thresholds in force, for those who may not change them."""
    held, default = policy.as_dict(), Policy().as_dict()
    for group in GROUPS:
        with frame.card(_(thresholds.TITLES[group])):
            thresholds.in_force(group, held, default)


def form(newest: int) -> None:
    """The form to change thresholds; one new version for all that was changed.

    It is the form that was on the screen: where somebody else saved a newer version since, the
    reader is told when they save, and what they typed still stands there.
    """
    version = min(work.seen_version(SCREEN, newest), newest)
    held = load.ask(policies.as_of_version, version).as_dict()
    work.on_screen(SCREEN, newest)
    typed: dict[str, Any] = {}
    with st.form(f"settings.{version}.{i18n.language()}", border=False):
        for group in GROUPS:
            with frame.card(_(thresholds.TITLES[group])):
                typed |= inputs(group, held, version)
        with frame.card(_("Why"), _("The note is kept with the new version and in the audit log.")):
            note = st.text_input(
                _("Reason for the change"),
                max_chars=policies.NOTE_LENGTH,
                key=f"settings.note.{version}.{i18n.language()}",
            )
            sent = st.form_submit_button(_("Save as a new version"), type="primary")
    if sent:
        save(version, held, typed, note)


def inputs(group: str, held: dict[str, Any], version: int) -> dict[str, Any]:
    """The inputs of a group in rows; returns key → what is typed."""
    typed: dict[str, Any] = {}
    ours = thresholds.of_group(group)
    for start in range(0, len(ours), PER_ROW):
        places = st.columns(PER_ROW)
        for place, one in zip(places, ours[start : start + PER_ROW], strict=False):
            with place:
                typed[one.key] = thresholds.field(one, held[one.key], version)
    return typed


def save(version: int, held: dict[str, Any], typed: dict[str, Any], note: str) -> None:
    """Store what was changed as the administrator asking now, or say what is wrong."""
    actor = frame.require(SCREEN, edit=True)
    given = {key: thresholds.stored(thresholds.RULES[key], value) for key, value in typed.items()}
    changes = {key: value for key, value in given.items() if value != held[key]}
    try:
        with store.writing(load.engine()) as session:
            new = policies.change(session, actor, changes, note, expected=version)
    except BadInput as error:
        faults.issues([thresholds.named(issue) for issue in error.issues])
        return
    except AppError as error:
        faults.show(error)
        if isinstance(error, Conflict):
            newest = load.ask(policies.history)[0]
            changed = thresholds.changed((c.key, c.before, c.after) for c in newest.changes)
            st.caption(_("What they changed: {changes}", changes=md_escape(changed)))
        return
    state.put(SAVED, new)
    st.rerun()


def show_state(version: int, may_edit: bool) -> None:
    """Say what was saved, and whether the figures still rest on an earlier version."""
    if (saved := state.get(SAVED)) is not None:
        state.drop(SAVED)
        st.success(_("Saved as version {n}.", n=saved), icon=":material/check:")
    if dropped := load.ask(policies.set_aside):
        names = formats.joined([_(thresholds.RULES[key].name) for key in dropped])
        st.warning(
            _("Stored values outside the allowed range; the defaults hold: {names}", names=names),
            icon=":material/rule:",
        )
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
        refreshing.offer(refresh.KIND, start_refresh)


@frame.guard(SCREEN, edit=True)
def start_refresh() -> None:
    """Start a refresh as the user asking now, unless one is running."""
    user = frame.require(SCREEN, edit=True)
    url = load.engine().url.render_as_string(hide_password=False)
    with suppress(Conflict):  # somebody else was quicker: theirs will do
        refresh.start(url, started_by=user.id)


def history(versions: list[policies.Version]) -> None:
    """Every version: who, when, what, why."""
    with frame.card(_("Versions"), _("Who changed what, when and why; newest first.")):
        if not versions:
            st.caption(_("Nothing was changed yet: every value is the default."))
            return
        thresholds.history(SCREEN, lines)


def lines() -> list[dict[str, Any]]:
    """The versions as lines of a table."""
    return [
        {
            "version": one.version,
            "at": one.changed_at,
            "who": one.changed_by or _("Command line"),
            "what": thresholds.changed((c.key, c.before, c.after) for c in one.changes),
            "why": one.note,
        }
        for one in load.ask(policies.history)
    ]


def take_away(version: int) -> None:
    """Every threshold in force as a file."""

    def rows(_user: User) -> Any:
        _version, policy = load.ask(policies.current)
        return thresholds.rules(GROUPS, policy.as_dict(), Policy().as_dict())

    table = downloads.Table(
        _("Thresholds in force: value, default, allowed range, meaning"),
        [tables.Column("group", _("Group of thresholds")), *thresholds.rule_columns()],
        rows,
        filters=_("Version {n}", n=version) if version else _("Defaults, never changed"),
    )
    downloads.foot(SCREEN, table, len(thresholds.RULES), key="settings")


with frame.screen(SCREEN) as user:
    version, policy = load.ask(policies.current)
    frame.about(
        note=_("Version {n}", n=version) if version else _("Defaults, never changed"),
        scope=_("For the whole company"),
    )
    may_edit = menu.may_edit(SCREEN, user.role)
    show_state(version, may_edit)
    if may_edit:
        form(version)
    else:
        values(policy)
    take_away(version)
    history(load.ask(policies.history))
