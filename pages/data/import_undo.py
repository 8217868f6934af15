"""Taking an import back (撤销导入): what would go, the question, and what came of it."""

from __future__ import annotations

import streamlit as st

from components import faults, frame, state
from components.work import wkey
from data import load
from data.imports.history import undo
from data.imports.history.batches import Batch
from errors import AppError
from models.access import User
from models.enums import BatchState
from pages.data import field_words, import_result, import_work
from words import formats
from words.i18n import _, _n
from words.text import md_escape

SCREEN = "imports"
TAKEN, ASKED = "imports.taken", "imports.asked"


def show(user: User, batch: Batch) -> None:
    """The button, then what taking back would do, then the second button."""
    said()
    if batch.state is not BatchState.COMMITTED:
        return
    if state.get(ASKED) != batch.id:
        st.button(
            _("Take this import back …"),
            icon=":material/undo:",
            on_click=_ask,
            args=(batch.id,),
            key=wkey("imports.undo.ask"),
        )
        return
    foreseen = undo.preview(load.engine(), batch.id, user)
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
                    key="imports.undo.go",
                )
            st.button(
                _("Leave it"), on_click=state.drop, args=(ASKED,), key=wkey("imports.undo.leave")
            )


def _told(foreseen: undo.Preview) -> None:
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


@frame.guard(SCREEN, edit=True)
def _ask(number: int) -> None:
    state.drop(TAKEN)
    state.put(ASKED, number)


@frame.guard(SCREEN, edit=True)
def _take_back(number: int) -> None:
    user = frame.require(SCREEN, edit=True)
    state.drop(ASKED)
    try:
        state.put(TAKEN, undo.undo(load.engine(), number, user))
        import_work.figures_follow(user)
    except AppError as error:
        state.put(TAKEN, error)


def said() -> None:
    """What came of the last click, once."""
    taken = state.get(TAKEN)
    state.drop(TAKEN)
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
