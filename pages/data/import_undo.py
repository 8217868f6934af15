"""Taking an import back (撤销导入): what would go, the question, how far it is, what came of it."""

from __future__ import annotations

import streamlit as st

from components import faults, frame
from components.work import wkey
from data.imports.history.batches import Batch
from data.imports.history.undo import Preview
from errors import AppError
from models.access import User
from models.enums import BatchState
from pages.data import at_work, field_words, import_result, undo_work
from pages.data.undo_work import Asked
from words import formats
from words.i18n import _, _n
from words.text import md_escape

SCREEN = "imports"
EVERY = 0.5
"""Seconds between looks while it is at work."""


def show(user: User, batch: Batch) -> None:
    """The button, then what taking back would do, then the second button."""
    now = undo_work.asked(batch.id)
    if now is not None and now.token:
        if undo_work.status(now).done:
            undo_work.settle(user, now)
            st.rerun()
        _progress(batch.id)
        return
    _said(batch.id)
    if batch.state is not BatchState.COMMITTED:
        return
    other = undo_work.others()
    if other is not None:
        who = md_escape(other.who or _("the command line"))
        since = formats.datetime_local(other.since)
        words = _(
            "Import {n} is being taken back just now ({who}, since {since}). One import is taken "
            "back at a time; look again once that is done.",
            n=other.batch,
            who=who,
            since=since,
        )
        st.info(words, icon=":material/hourglass_top:")
    if now is None or now.foreseen is None:
        st.button(
            _("Take this import back …"),
            icon=":material/undo:",
            on_click=_ask,
            args=(batch.id,),
            key=wkey("imports.undo.ask"),
        )
        return
    _question(batch, now.foreseen, free=other is None)


def _question(batch: Batch, foreseen: Preview, *, free: bool) -> None:
    with st.container(border=True):
        if foreseen.reasons:
            st.markdown(f"**{_('This import cannot be taken back:')}**")
            for issue in foreseen.reasons:
                where = field_words.table(issue.value or "") if issue.value else ""
                st.markdown(f"- {md_escape(where)}: {md_escape(faults.sentence(issue))}")
        else:
            _told(foreseen)
        with st.container(horizontal=True):
            if not foreseen.reasons:
                st.button(
                    _("Take it back"),
                    type="primary",
                    on_click=_take_back,
                    args=(batch.id,),
                    disabled=not free,
                    key="imports.undo.go",
                )
            st.button(
                _("Leave it"),
                on_click=undo_work.leave,
                args=(batch.id,),
                key=wkey("imports.undo.leave"),
            )


def _told(foreseen: Preview) -> None:
    st.markdown(f"**{_('What will happen')}**")
    for name, count in foreseen.tables.items():
        words = md_escape(field_words.table(name))
        st.markdown(f"- {words}: {_n('{n} row is removed', '{n} rows are removed', count)}")
    if foreseen.restored:
        st.markdown(
            "- "
            + _n(
                "{n} row is put back as it was",
                "{n} rows are put back as they were",
                foreseen.restored,
            )
        )
    if not foreseen.tables and not foreseen.restored:
        st.caption(_("No rows of it are left; it is only marked as taken back."))


@st.fragment(run_every=EVERY)
def _progress(number: int) -> None:
    """How far the task is; draws the page anew when it is over."""
    frame.require(SCREEN, edit=True)
    now = undo_work.asked(number)
    if now is None or not now.token:
        st.rerun()
        return
    told = undo_work.status(now)
    if told.done:
        st.rerun()
    share = min(max(told.share, 0.0), 1.0)
    parts = (
        _("Taking it back") if now.takes_back else _("Finding out what would happen"),
        _step_words(now, told.step),
        formats.ratio(share, digits=0),
        _("{n} s", n=round(told.seconds)),
    )
    at_work.bar(share, parts, key=wkey("imports.undo.cancel"), stop=_cancel, of=number)


def _step_words(now: Asked, step: str) -> str:
    return {
        "waiting": _("Waiting for others who are storing"),
        "looking": _("Looking at what rests on it"),
        "removing": _("Removing rows") if now.takes_back else _("Trying it out"),
        "restoring": _("Putting rows back") if now.takes_back else _("Trying it out"),
    }.get(step, "")


@frame.guard(SCREEN, edit=True)
def _ask(number: int) -> None:
    undo_work.foresee(frame.require(SCREEN, edit=True), number)


@frame.guard(SCREEN, edit=True)
def _take_back(number: int) -> None:
    undo_work.take_back(frame.require(SCREEN, edit=True), number)


@frame.guard(SCREEN, edit=True)
def _cancel(number: int) -> None:
    undo_work.cancel(number)


def _said(number: int) -> None:
    """What came of the last task, once."""
    taken = undo_work.outcome(number)
    if isinstance(taken, AppError):
        faults.show(taken)
    elif taken is not None:
        st.success(
            _(
                "Taken back: {removed} rows removed, {restored} put back.",
                removed=formats.count(taken.removed),
                restored=formats.count(taken.restored),
            )
        )
        if taken.kept:
            st.caption(_("Questions or waves that other imports use stay: {n}.", n=taken.kept))
        import_result.figures_follow()
