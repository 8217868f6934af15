"""What came of an import (导入结果): counts, faults by reason and row, refused rows as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from components import faults, frame, freshness, menu, tables
from components.work import wkey
from data import load
from data.imports.storing import rejects
from data.imports.terms.grouping import FaultGroup
from data.imports.terms.readings import ColumnReading
from data.imports.terms.report import NOT_STORED, ImportReport, Outcome
from data.imports.terms.request import REJECT, STOP
from data.queries import overview
from words import corrections, exports, formats, i18n
from words.i18n import _, _c, _n, translate
from words.text import md_escape

SCREEN = "imports"


def show(report: ImportReport, path_of: Callable[[], Path | None]) -> None:
    """Draw a report.

    Args:
        report: of a rehearsal or of an import.
        path_of: finds the refused rows; None where there are none.
    """
    _headline(report)
    if report.outcome not in (Outcome.REFUSED, Outcome.OUTDATED):
        _counts(report)
    if report.past and report.outcome is not Outcome.OUTDATED:
        st.info(corrections.said(report.past), icon=":material/history:")
    if report.issues:
        _reasons(report)
        faults.table(report.issues, key=wkey("imports.faults"))
    if path_of() is not None:
        st.download_button(
            _("Refused rows with reasons (CSV)"),
            data=tables.deferred(lambda: rejects_csv(path_of)),
            file_name=exports.file_name(f"rejects_{report.kind}", None, "csv"),
            mime="text/csv",
            icon=":material/download:",
            key=wkey("imports.rejects"),
            on_click="ignore",
        )
    column_readings(report.readings)
    _passed_over(report)
    for made in report.made:
        words = i18n.reason(made.reason)
        st.caption(f"{md_escape(words)}: {md_escape(made.value or '')}")
    for reason, count in report.noted.items():
        words = i18n.reason(reason, **report.about(reason))
        st.caption(f"{md_escape(words)} ({formats.count(count)})")


def decision(report: ImportReport, store: Callable[[str, str], None], token: str) -> None:
    """The buttons that store what was checked.

    Args:
        report: of the check.
        store: called with the token and `stop` (all rows) or `reject` (the good ones).
        token: of the file.
    """
    good = report.rows_added + report.rows_updated
    if report.outcome is not Outcome.CHECKED or not good:
        if not report.rows_rejected and report.outcome is Outcome.CHECKED:
            st.caption(_("Every row is there already: nothing is left to store."))
        return
    if not report.rows_rejected:
        st.button(
            _("Import all rows"),
            type="primary",
            icon=":material/save:",
            on_click=store,
            args=(token, STOP),
            key="imports.all",
        )
        return
    st.button(
        _("Import the {n} good rows only", n=report.rows_read - report.rows_rejected),
        type="primary",
        icon=":material/save:",
        on_click=store,
        args=(token, REJECT),
        help=_("The bad rows stay out; download them, correct them and bring them in again."),
        key="imports.good",
    )


def after_store(report: ImportReport) -> None:
    """What follows an import that was stored: the figures are computed anew by themselves."""
    if not report.stored:
        return
    figures_follow()
    if report.batch_id is not None:
        st.page_link(
            menu.SCREENS[SCREEN].path,
            label=_("See what was stored"),
            icon=":material/list_alt:",
            query_params={"batch": str(report.batch_id)},
        )


def figures_follow() -> None:
    """How far the refresh is that follows an import, or whether it is done."""
    behind = load.ask(overview.freshness).newer_facts
    freshness.bar(
        _("The figures of all pages follow once they are computed anew.")
        if behind
        else _("The figures of all pages are up to date.")
    )


def _headline(report: ImportReport) -> None:
    words = translate(f"import.{report.outcome.value}", i18n.language())
    if report.batch_id is not None:
        words = f"{words} · {_('Import number {n}', n=report.batch_id)}"
    bad = report.outcome in NOT_STORED or report.rows_rejected
    (st.warning if bad else st.success)(words)


def _counts(report: ImportReport) -> None:
    figures = (
        (_("Rows read"), report.rows_read),
        (_c("imports", "New"), report.rows_added),
        (_c("imports", "Changed"), report.rows_updated),
        (_c("imports", "Already there"), report.rows_same),
        (_c("imports", "Bad"), report.rows_rejected),
    )
    with st.container(horizontal=True):
        for label, value in figures:
            st.metric(label, formats.count(value), border=True, width=140)


def column_readings(readings: Sequence[ColumnReading]) -> None:
    """Columns whose figures do not count as they stand: units, taxes added, currencies."""
    for one in readings:
        words = i18n.reason(one.reason, **dict(one.detail))
        st.caption(f":material/straighten: {md_escape(one.column)}: {md_escape(words)}")


def _passed_over(report: ImportReport) -> None:
    """Rows that are no data: by name, never silently."""
    if not report.passed_over:
        return
    many = sum(report.passed_over.values())
    title = _n(
        "{n} row is no data and was passed over", "{n} rows are no data and were passed over", many
    )
    with st.expander(title, icon=":material/filter_list:"):
        faults.table(report.passed, key=wkey("imports.passed"))


def _reasons(report: ImportReport) -> None:
    """Equal faults once: how many, in which column, why, and where first."""
    for group in report.groups:
        detail = dict(group.first[0].detail) if group.first else {}
        words = i18n.reason(group.reason, None, **detail)
        column = f"{group.column}: " if group.column else ""
        st.text(f"{formats.count(group.rows)} × {column}{words}{_lines(group)}")


def _lines(group: FaultGroup) -> str:
    if not group.lines:
        return ""
    more = ", …" if group.rows > len(group.lines) else ""
    return f" ({_c('fault', 'Line')} {', '.join(map(str, group.lines))}{more})"


def rejects_csv(path_of: Callable[[], Path | None]) -> bytes:
    """The refused rows, asked for again by whoever clicks."""
    frame.require(SCREEN, edit=True)
    path = path_of()
    if path is None:
        return b""
    return rejects.as_csv(
        path,
        _("Line in the file"),
        _("Why it was refused"),
        lambda issue: i18n.reason(issue.reason, None, **dict(issue.detail)),
    )
