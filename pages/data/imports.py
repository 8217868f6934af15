"""Import data (导入数据): a file in, looked at as decoded, mapped, checked, stored or refused.

The file is read in a process of its own. What this page keeps is the token of the upload,
the plan the user made of it, and where in the wizard they are.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from components import frame, state, urls
from components.i18n import _
from data import load
from data.imports.peek import Peek, remembered_plan
from data.imports.permission import kinds_for
from data.imports.plan import Plan
from data.imports.report import ImportReport, Outcome
from errors import Conflict, NotFound
from jobs import imports as work
from jobs import refresh
from models.access import User
from pages.data import import_history, import_result, mapping_form, reading_form

SCREEN = "imports"
TOKEN, NAME, PEEK, PLAN = "imports.token", "imports.name", "imports.peek", "imports.plan"
STEP, REPORT = "imports.step", "imports.report"
LARGEST = 25 << 20
EVERY = 0.5
"""Seconds between looks while a file is being read."""


def url() -> str:
    """The store's address for the process; it never leaves the server."""
    return load.engine().url.render_as_string(hide_password=False)


def task(user: User, plan: Plan, **more: object) -> work.Task:
    """A task of this user on the uploaded file."""
    return work.Task(
        plan,
        state.get(NAME, ""),
        user_id=user.id,
        most_bytes=LARGEST,
        seconds=work.SECONDS,
        **more,  # type: ignore[arg-type]
    )


def start_over() -> None:
    """Forget the file."""
    token = state.get(TOKEN)
    if token:
        work.forget(token)
    for name in (TOKEN, NAME, PEEK, PLAN, STEP, REPORT):
        state.drop(name)
    state.put("imports.turn", state.get("imports.turn", 0) + 1)


@frame.guard(SCREEN, edit=True)
def look_again() -> None:
    """Look at the file with what the boxes say."""
    peek: Peek = state.get(PEEK)
    kind, hints = reading_form.chosen(peek.header_line)
    plan = replace(Plan(), kind=kind, hints=hints, options=state.get(PLAN).options)
    look(frame.require(SCREEN, edit=True), plan)


def look(user: User, plan: Plan) -> None:
    """Have the file looked at, and keep what was seen."""
    try:
        peek = work.look(url(), state.get(TOKEN), task(user, plan, look_only=True))
    except NotFound:
        start_over()
        return
    kept = remembered_plan(load.engine(), peek.header, peek.kind) if peek.remembered else None
    state.put(PLAN, replace(kept, hints=plan.hints) if kept else plan)
    state.put(PEEK, peek)
    state.put(STEP, "mapping")
    state.drop(REPORT)


@frame.guard(SCREEN, edit=True)
def begin(*, rehearse: bool, on_error: str = "stop") -> None:
    """Check the file, or bring it in."""
    user = frame.require(SCREEN, edit=True)
    peek: Peek = state.get(PEEK)
    plan: Plan = state.get(PLAN)
    if rehearse:
        plan = mapping_form.plan_of(peek, plan)
        told = {name: str(column) for name, column in plan.columns.items() if column}
        state.put(PLAN, plan)
        state.put(PEEK, replace(peek, columns=told))
    try:
        work.start(url(), state.get(TOKEN), task(user, plan, rehearse=rehearse, on_error=on_error))
    except NotFound:
        start_over()
        return
    state.put(STEP, "checking" if rehearse else "storing")


@st.fragment(run_every=EVERY)
def progress() -> None:
    """How far the process is; draws the page anew when it is done."""
    frame.require(SCREEN, edit=True)
    now = work.status(state.get(TOKEN))
    if not now.done:
        st.progress(min(max(now.share, 0.0), 1.0), _("The file is being read and checked."))
        return
    state.put(REPORT, work.report(state.get(TOKEN)))
    state.put(STEP, "checked" if state.get(STEP) == "checking" else "stored")
    st.rerun()


def upload(user: User) -> None:
    """The uploader; a new file begins a new turn."""
    file = st.file_uploader(
        _("CSV, text or Excel (xlsx), at most 25 MB"),
        type=["csv", "tsv", "txt", "xlsx", "xlsm"],
        key=f"imports.file.{state.get('imports.turn', 0)}",
    )
    if file is None:
        return
    state.put(TOKEN, work.keep(file.getvalue()))
    state.put(NAME, file.name)
    with st.spinner(_("Looking at the file …")):
        look(user, Plan())
    st.rerun()


def mapping(user: User) -> None:
    """What was seen, what it means, and the button to check it."""
    peek: Peek = state.get(PEEK)
    reading_form.show(peek)
    kinds = [kind.value for kind in kinds_for(user.role)]
    reading_form.corrections(peek, state.get(PLAN).hints, kinds, look_again)
    if not peek.kind or not peek.header:
        return
    mapping_form.draw(peek, state.get(PLAN))
    st.button(
        _("Check the file"), type="primary", icon=":material/fact_check:", on_click=begin,
        kwargs={"rehearse": True}, key="imports.check",
    )  # fmt: skip


def checked() -> None:
    """What would happen, and the decision."""
    report: ImportReport = state.get(REPORT)
    show_report(report)
    good = report.rows_added + report.rows_updated
    with st.container(horizontal=True):
        if good and not report.rows_rejected:
            st.button(_("Import all rows"), type="primary", on_click=begin,
                      kwargs={"rehearse": False}, key="imports.all")  # fmt: skip
        elif good:
            st.button(_("Import the good rows only"), type="primary", on_click=begin,
                      kwargs={"rehearse": False, "on_error": "reject"},
                      key="imports.good")  # fmt: skip
        st.button(_("Change the columns"), on_click=state.put, args=(STEP, "mapping"))


def show_report(report: ImportReport) -> None:
    """The report with its refused rows."""
    token = state.get(TOKEN)

    def refused() -> bytes:
        return import_result.rejects_csv(lambda: work.rejects_of(token))

    import_result.show(report, refused if work.rejects_of(token) else None)


def stored() -> None:
    """What was stored, and what to do next."""
    report: ImportReport = state.get(REPORT)
    show_report(report)
    if report.outcome in (Outcome.COMMITTED, Outcome.PARTLY):
        st.info(_("Figures change when they are computed anew."))
        st.button(_("Refresh the figures now"), icon=":material/refresh:", on_click=renew)


@frame.guard(SCREEN, edit=True)
def renew() -> None:
    """Start a refresh, unless one is running, and go to the overview."""
    user = frame.require(SCREEN, edit=True)
    with suppress(Conflict):
        refresh.start(url(), started_by=user.id)
    start_over()
    urls.go("overview")


with frame.screen(SCREEN) as user:
    frame.about(scope=frame.scope_words(user))
    with frame.slot():
        import_history.templates(user)
    with frame.card(_("Bring in a file"), _("Nothing is stored before you have seen the result.")):
        step = state.get(STEP)
        if step is None:
            upload(user)
        else:
            st.text(state.get(NAME, ""))
            if step == "mapping":
                mapping(user)
            elif step in ("checking", "storing"):
                progress()
            elif step == "checked":
                checked()
            else:
                stored()
            st.button(_("Another file"), icon=":material/restart_alt:", on_click=start_over)
    import_history.show(user)
