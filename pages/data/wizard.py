"""One file in the wizard (导入向导): how it was read, its columns, its check, what to store."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import frame
from components.work import wkey
from data.imports.columns.registry import kinds_for
from data.imports.peek import Peek
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from models.access import User
from pages.data import (
    asking_form,
    differences_view,
    filling_form,
    import_queue,
    import_result,
    import_sheets,
    import_work,
    mapped,
    mapping_form,
    outdated_view,
    reading_form,
    unmatched_form,
)
from pages.data.import_queue import File, Step
from words.i18n import _, _c

SCREEN = "imports"


def steps(file: File) -> None:
    """Where the file is, and the way back to each step it has passed."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for number, (step, label) in enumerate(_path(file), 1):
            here = file.step is step or (step is Step.RESULT and file.step is Step.STORED)
            st.button(
                f"{number} {label}",
                type="secondary" if here else "tertiary",
                disabled=not here and not _may_go(file, step),
                key=wkey(f"imports.step.{step}.{file.token}"),
                on_click=go,
                args=(file.token, step),
            )


def _path(file: File) -> list[tuple[Step, str]]:
    """The steps after the choice of files, in order."""
    found = [
        (Step.READING, _c("import step", "How it was read")),
        (Step.COLUMNS, _c("import step", "Columns")),
    ]
    if file.report is not None and (file.report.unmatched or file.report.settled):
        found.append((Step.CUSTOMERS, _c("import step", "Customers")))
    stored = file.step is Step.STORED
    last = _c("import step", "Stored") if stored else _c("import step", "Result")
    return [*found, (Step.RESULT, last)]


def _may_go(file: File, step: Step) -> bool:
    if file.step in import_queue.RUNNING or file.step in (Step.WAITING, Step.STORED):
        return False
    seen = file.peek
    if step is Step.READING:
        return seen is not None
    if step is Step.COLUMNS:
        return seen is not None and bool(seen.kind and seen.header)
    return file.report is not None


@frame.guard(SCREEN, edit=True)
def go(token: str, step: Step) -> None:
    """Show another step of a file."""
    user = frame.require(SCREEN, edit=True)
    file = import_queue.find(token)
    if file is not None and _may_go(file, step):
        import_work.keep(user, replace(file, step=step))


@frame.guard(SCREEN, edit=True)
def look_again() -> None:
    """Look at the file with what the boxes say."""
    file = import_queue.opened()
    if file is None or file.peek is None:
        return
    kind, hints = reading_form.chosen(file.peek, file.plan)
    plan = replace(file.plan, kind=kind, hints=hints, columns={}, items=())
    import_work.look(frame.require(SCREEN, edit=True), file, plan)


@frame.guard(SCREEN, edit=True)
def check(token: str) -> None:
    """Check a file with what the boxes say."""
    user = frame.require(SCREEN, edit=True)
    file = import_queue.find(token)
    if file is None or file.peek is None:
        return
    plan = file.plan
    if file.step is Step.COLUMNS:
        plan = _mapped(file.peek, plan)
    elif file.step is Step.CUSTOMERS and file.report is not None:
        plan = unmatched_form.plan_of(plan, file.report)
    elif file.step is Step.RESULT and file.report is not None:
        plan = asking_form.plan_of(file.report.asks, plan)
    file = import_sheets.every_sheet(user, replace(file, plan=plan, told=True))
    import_work.check(user, file)


def _mapped(seen: Peek, plan: Plan) -> Plan:
    """The plan as the boxes and answers of the columns step stand now."""
    return asking_form.plan_of(seen.asks, mapping_form.plan_of(seen, plan))


@frame.guard(SCREEN, edit=True)
def bring_in(token: str, on_error: str) -> None:
    """Store all rows of a file, or the good ones."""
    user = frame.require(SCREEN, edit=True)
    file = import_queue.find(token)
    if file is not None and file.step is Step.RESULT:
        import_work.bring_in(user, file, on_error)


def check_button(file: File, label: str, *, ready: bool = True) -> None:
    """The button that checks a file."""
    st.button(
        label,
        type="primary" if len(import_queue.files()) == 1 else "secondary",
        icon=":material/fact_check:",
        on_click=check,
        disabled=not ready,
        args=(file.token,),
        key="imports.check",
    )


def read(user: User, file: File) -> None:
    """How a file was read, and the boxes that correct it."""
    if file.peek is None:
        return
    kinds = [kind.value for kind in kinds_for(user.role)]
    reading_form.show(file.peek)
    reading_form.corrections(file.peek, file.plan, kinds, look_again)
    if file.peek.kind and file.peek.header:
        st.button(
            _("Go on to the columns"),
            type="primary",
            icon=":material/arrow_forward:",
            on_click=go,
            args=(file.token, Step.COLUMNS),
            key="imports.columns",
        )


def columns(user: User, file: File) -> None:
    """What the columns mean; what was chosen is kept at once."""
    seen = file.peek
    if seen is None:
        return
    reading_form.show(seen, rows=5)
    asking_form.draw(seen.asks, file.plan)
    with st.container(width=320):
        reading_form.kind_box(seen, [kind.value for kind in kinds_for(user.role)], look_again)
    mapping_form.draw(seen, file.plan)
    plan = _mapped(seen, file.plan)
    if plan != file.plan:
        import_work.keep(user, replace(file, plan=plan, report=None))  # another plan, another check
    lacking = mapped.lacking(seen, plan)
    if lacking:
        st.warning(_("Still without a column: {names}", names=" · ".join(lacking)))
    strange = filling_form.faults(seen, plan)
    if strange:
        st.warning(_("No column gives the field in braces: {names}", names=" · ".join(strange)))
    check_button(file, _("Check the file"), ready=not lacking and not strange)


def customers(file: File, report: ImportReport) -> None:
    """Customers of the file that were not found."""
    unmatched_form.draw(report, file.plan)
    with st.container(horizontal=True):
        check_button(file, _("Check again"))
        st.button(
            _("Go on to the result"),
            on_click=go,
            args=(file.token, Step.RESULT),
            key="imports.result",
        )


def draw(user: User, file: File) -> None:
    """The step a file is at, and the way to the others."""
    steps(file)
    if file.step is Step.READING:
        read(user, file)
    elif file.step is Step.COLUMNS:
        columns(user, file)
    elif file.step is Step.CUSTOMERS and file.report is not None:
        customers(file, file.report)
    elif file.report is not None and file.step in (Step.RESULT, Step.STORED):
        import_result.show(file.report, lambda: import_work.rejects_of(file))
        if file.step is Step.RESULT:
            if file.report.asks:
                asking_form.draw(file.report.asks, file.plan)
            if file.report.outcome is Outcome.OUTDATED:
                outdated_view.show(file.report)
            outdated = file.report.outcome in (Outcome.OUTDATED, Outcome.REJECTED)
            if file.report.asks or outdated:
                check_button(file, _("Check again"))
            differences_view.show(file.report, lambda: import_work.changes_of(file))
            import_result.decision(file.report, bring_in, file.token)
        else:
            import_result.after_store(file.report)
