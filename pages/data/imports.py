"""Import data (导入数据): files in, looked at as decoded, mapped, checked, stored or refused.

Files are read in processes of their own. What this page keeps is a queue of uploads, the
plan the user made of each, and where in the wizard it is.
"""

from __future__ import annotations

import streamlit as st

from components import frame, state
from components.work import wkey
from models.access import User
from pages.data import (
    import_batch,
    import_history,
    import_queue,
    import_work,
    queue_view,
    reading_form,
    wizard,
)
from pages.data.import_queue import File, Step
from words.i18n import _
from words.text import md_escape

SCREEN = "imports"
TURN = "imports.turn"
TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm"]


def uploader(user: User) -> None:
    """Where files come in; every upload begins a new turn, so that no copy stays behind."""
    files = st.file_uploader(
        _(
            "CSV, text or Excel (xlsx), several at once, at most {n} MB each",
            n=import_work.largest_mb(),
        ),
        type=TYPES,
        accept_multiple_files=True,
        key=f"imports.file.{state.get(TURN, 0)}",
    )
    if not files:
        return
    state.put(TURN, state.get(TURN, 0) + 1)
    with st.spinner(_("Looking at the file …")):
        import_work.add(user, files)
        import_work.pump(user)
    st.rerun()


def from_before(user: User) -> None:
    """Offer the unfinished files of a session that was closed."""
    notes = import_work.earlier(user)
    if not notes:
        return
    names = " · ".join(md_escape(plain["name"]) for plain in notes.values())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Unfinished files of yours: {names}", names=names), width="content")
        st.button(_("Go on with them"), on_click=_go_on, key=wkey("imports.go_on"))
        st.button(_("Remove them"), type="tertiary", on_click=_let_go, key=wkey("imports.let_go"))


@frame.guard(SCREEN, edit=True)
def _go_on() -> None:
    user = frame.require(SCREEN, edit=True)
    for token, plain in import_work.earlier(user).items():
        import_queue.put(File.from_dict(token, plain))


@frame.guard(SCREEN, edit=True)
def _let_go() -> None:
    user = frame.require(SCREEN, edit=True)
    for token, plain in import_work.earlier(user).items():
        import_work.remove(File.from_dict(token, plain))


with frame.screen(SCREEN) as user:
    frame.about(scope=frame.scope_words(user))
    if import_batch.wanted():
        import_batch.show(user)
        st.stop()
    with frame.slot():
        import_history.templates(user)
    import_work.pump(user)
    with frame.card(
        _("Bring in files"), _("Nothing is stored before you have seen the result."), key="bring"
    ):
        queue_view.trouble()
        held = import_queue.files()
        if held:
            queue_view.draw(user)
            with st.expander(_("Add files")):
                uploader(user)
        else:
            uploader(user)
            from_before(user)
        if import_queue.busy():
            queue_view.progress()
        current = import_queue.opened()
    if current is not None and current.step not in (Step.WAITING, *import_queue.RUNNING):
        state.put(reading_form.SHOWN, current.token)
        with frame.card(md_escape(current.name), key="file"):
            wizard.draw(user, current)
    import_history.show(user)
