"""The queue of files as drawn (导入队列显示): a line per file, how it stands, and what runs."""

from __future__ import annotations

import streamlit as st

from components import faults, frame, state
from components.work import wkey
from data.imports.terms.report import ImportReport
from models.access import User
from pages.data import at_work, import_queue, import_work
from pages.data.import_queue import File, Step
from pages.data.kind_words import kind_words
from words import formats
from words.i18n import _, _c, _n
from words.text import md_escape, shorten

SCREEN = "imports"
EVERY = 0.5
"""Seconds between looks while a file is being read."""
_COLOURS = {
    "ready": "blue",
    "checked": "blue",
    "committed": "green",
    "partly": "green",
    "stored": "green",
    "needs_columns": "orange",
    "to_decide": "orange",
    "outdated": "orange",
    "refused": "red",
}


def words_of(code: str) -> str:
    """How a file stands, for the reader."""
    return {
        "waiting": _c("import file", "Waiting"),
        "looking": _c("import file", "Being looked at"),
        "needs_columns": _c("import file", "Columns missing"),
        "ready": _c("import file", "Ready to check"),
        "checking": _c("import file", "Being checked"),
        "checked": _c("import file", "Checked"),
        "to_decide": _c("import file", "To be decided"),
        "outdated": _c("import file", "Check again"),
        "storing": _c("import file", "Being stored"),
        "stored": _c("import file", "Stored"),
        "committed": _c("import file", "Stored"),
        "partly": _c("import file", "Good rows stored"),
        "unchanged": _c("import file", "Nothing new"),
        "already": _c("import file", "Stored before"),
        "cancelled": _c("import file", "Cancelled"),
        "refused": _c("import file", "Cannot be read"),
    }[code]


def draw(user: User) -> None:
    """Every file of the queue, and the button that brings all of them in."""
    held, shown = import_queue.files(), import_queue.opened()
    with st.container(gap="xsmall"):
        for file in held:
            _line(file, opened=shown is not None and file.token == shown.token)
    _all_button(user, held)


def _line(file: File, *, opened: bool) -> None:
    code = import_queue.standing(file)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            md_escape(shorten(file.name, 40)),
            icon=":material/chevron_right:" if opened else ":material/draft:",
            type="secondary" if opened else "tertiary",
            key=wkey(f"imports.open.{file.token}"),
            on_click=import_queue.open_file,
            args=(file.token,),
        )
        st.button(
            "",
            icon=":material/close:",
            type="tertiary",
            help=_("Take it off the list"),
            key=wkey(f"imports.remove.{file.token}"),
            on_click=_remove,
            args=(file.token,),
        )
        st.badge(words_of(code), color=_COLOURS.get(code, "gray"))  # type: ignore[arg-type]
        st.caption(_about(file), width="stretch")


def _about(file: File) -> str:
    report = file.report
    parts = [
        kind_words(file.kind) if file.kind else _("Kind not recognised"),
        size(file.size),
        _rows(report) if report is not None else "",
    ]
    return " · ".join(part for part in parts if part)


def _rows(report: ImportReport) -> str:
    if report.rows_rejected:
        return _("{n} rows, {bad} of them bad", n=report.rows_read, bad=report.rows_rejected)
    return _("{n} rows", n=report.rows_read) if report.rows_read else ""


def size(count: int) -> str:
    """So many bytes in a unit people use."""
    if count < 1 << 20:
        return f"{formats.number(max(count / 1024, 0.1), 1)} KB"
    return f"{formats.number(count / (1 << 20), 1)} MB"


def _all_button(user: User, held: list[File]) -> None:
    left = [file for file in held if not file.finished and not file.unreadable]
    if len(held) < 2 or not left:
        return
    ready = all(file.mapped for file in left) and not import_queue.busy()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _n("Check and store {n} file", "Check and store all {n} files", len(left)),
            type="primary",
            icon=":material/playlist_add_check:",
            disabled=not ready,
            help=_(
                "One after the other, in the order of the list; of each file all rows or "
                "nothing. The first file that needs a decision stops it."
            ),
            key=wkey("imports.every"),
            on_click=_bring_in_all,
            args=(user,),
        )
        st.checkbox(
            _("Change rows that are there already, too"),
            bool(state.get(import_queue.OWN)),
            help=_("Otherwise a file that changes stored rows stops, to show old and new first."),
            key=wkey("imports.changes_too"),
        )
    if not ready and not import_queue.busy():
        waiting = [file.name for file in left if not file.mapped]
        st.caption(_("Columns to choose first: {names}", names=md_escape(formats.joined(waiting))))


@frame.guard(SCREEN, edit=True)
def _bring_in_all(user: User) -> None:
    state.put(import_queue.OWN, bool(state.widget(wkey("imports.changes_too"))))
    state.put(import_queue.ALL, True)
    state.drop(import_work.STOPPED)
    import_work.pump(user)


@frame.guard(SCREEN, edit=True)
def _remove(token: str) -> None:
    file = import_queue.find(token)
    if file is not None:
        import_work.remove(file)
    state.drop(import_work.TROUBLE)


def trouble() -> None:
    """What went wrong with the last uploads, and where bringing all of them in stopped."""
    for issue in state.get(import_work.TROUBLE, ()):
        st.error(
            f"{md_escape(issue.value)}: {md_escape(faults.sentence(issue))}",
            icon=":material/error:",
        )
    stopped = import_queue.find(state.get(import_work.STOPPED, ""))
    if stopped is not None and not stopped.finished:
        name = md_escape(stopped.name)
        st.warning(_("Stopped at {name}: it needs your decision.", name=name))


@st.fragment(run_every=EVERY)
def progress() -> None:
    """How far the processes are; draws the page anew when one is done."""
    user = frame.require(SCREEN, edit=True)
    if import_work.pump(user) or not import_queue.busy():
        st.rerun()
    for file in import_queue.files():
        if file.step in import_queue.RUNNING:
            _bar(file)


def _bar(file: File) -> None:
    now = import_work.status(file)
    share = min(max(now.share, 0.0), 1.0)
    parts = [
        md_escape(shorten(file.name, 40)),
        _step_words(file, now.step),
        formats.ratio(share, digits=0) if file.step is not Step.LOOKING else "",
        _("{n} s", n=round(now.seconds)),
    ]
    at_work.bar(share, parts, key=wkey(f"imports.cancel.{file.token}"), stop=_cancel, of=file.token)


def _step_words(file: File, step: str) -> str:
    if file.step is Step.LOOKING:
        return _("Looking at the file …")
    return {
        "reading": _("Reading the rows"),
        "matching": _("Matching customers and documents"),
        "comparing": _("Comparing with what is stored"),
        "writing": _("Storing the rows") if file.step is Step.STORING else _("Counting"),
    }.get(step, _("Starting"))


def _cancel(token: str) -> None:
    user = frame.require(SCREEN, edit=True)
    file = import_queue.find(token)
    if file is not None:
        import_work.cancel(user, file)
