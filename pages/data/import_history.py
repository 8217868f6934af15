"""Earlier imports (导入记录): what came in, by whom, and taking it back; templates to fill in."""

from __future__ import annotations

import streamlit as st

from components import exports, faults, formats, frame, i18n, state, vocabulary
from components.i18n import _, _c
from components.text import md_escape
from data import load, store
from data.imports import batches, undo
from data.imports.permission import kinds_for
from data.imports.registry import spec_of
from data.imports.templates import template
from errors import AppError
from models.access import User
from models.enums import BatchState

SCREEN = "imports"
TAKEN = "imports.taken"


def show(user: User) -> None:
    """The newest imports, and a box to take one back."""
    with store.reading(load.engine()) as session:
        rows = batches.history(session, user)
    with frame.card(_("Earlier imports"), _("Every import can be taken back as a whole.")):
        _said()
        if not rows:
            st.caption(_("Nothing has been imported yet."))
            return
        _table(rows)
        standing = [row for row in rows if row.state is BatchState.COMMITTED]
        if standing:
            _take_back_box(standing)


def _table(rows: list[batches.Batch]) -> None:
    st.dataframe(
        {
            _c("imports", "Number"): [row.id for row in rows],
            _("Kind of sheet"): [vocabulary.label("sheet", row.kind) for row in rows],
            _c("imports", "File"): [row.file_name for row in rows],
            _("State"): [vocabulary.label("batch_state", row.state) for row in rows],
            _c("imports", "New"): [row.rows_added for row in rows],
            _c("imports", "Changed"): [row.rows_updated for row in rows],
            _c("imports", "Bad"): [row.rows_rejected for row in rows],
            _("When"): [formats.datetime_local(row.created_at) for row in rows],
            _c("imports", "By"): [row.created_by or formats.NONE for row in rows],
        },
        hide_index=True,
        alt=_("Earlier imports"),
    )


def _take_back_box(standing: list[batches.Batch]) -> None:
    names = {row.id: f"{row.id} · {row.file_name}" for row in standing}
    with st.popover(_("Take an import back"), icon=":material/undo:"):
        number = st.selectbox(
            _c("imports", "Import"),
            list(names),
            format_func=names.__getitem__,
            key="imports.undo.which",
        )
        st.caption(_("Its rows are removed, and what it changed is put back as it was."))
        st.button(
            _("Take it back"), type="primary", on_click=_take_back, args=(number,),
            key="imports.undo.go",
        )  # fmt: skip


@frame.guard(SCREEN, edit=True)
def _take_back(number: int) -> None:
    user = frame.require(SCREEN, edit=True)
    try:
        taken = undo.undo(load.engine(), number, user)
    except AppError as error:
        state.put(TAKEN, error)
        return
    state.put(TAKEN, taken)


def _said() -> None:
    """What came of the last click, once."""
    said = state.get(TAKEN)
    state.drop(TAKEN)
    if isinstance(said, AppError):
        faults.show(said)
    elif said is not None:
        st.success(
            _(
                "Taken back: {removed} rows removed, {restored} put back.",
                removed=said.removed,
                restored=said.restored,
            )
        )


def templates(user: User) -> None:
    """A file to fill in for each kind the user may bring in."""
    with st.popover(_("Templates"), icon=":material/draft:"):
        for kind in kinds_for(user.role):
            st.download_button(
                md_escape(vocabulary.label("sheet", kind)),
                template(spec_of(kind), chinese=i18n.language() != "en"),
                exports.file_name(vocabulary.label("sheet", kind), None, "csv"),
                "text/csv",
                key=f"imports.template.{kind}",
                width="stretch",
            )
