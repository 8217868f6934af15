"""What came of an import (导入结果): counts, faults by reason and row, refused rows as a file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import exports, faults, formats, frame, i18n
from components.i18n import _, _c, translate
from data.imports import rejects
from data.imports.report import ImportReport, Outcome

SCREEN = "imports"


def show(report: ImportReport, refused: Callable[[], bytes] | None) -> None:
    """Draw a report.

    Args:
        report: of a rehearsal or of an import.
        refused: makes the refused rows as CSV; None where there are none.
    """
    _headline(report)
    if report.outcome is not Outcome.REFUSED:
        _counts(report)
    if report.reasons:
        _reasons(report)
        faults.table(report.issues, key="imports.faults")
    if refused is not None:
        st.download_button(
            _("Refused rows with reasons (CSV)"),
            refused,
            exports.file_name(f"rejects_{report.kind}", None, "csv"),
            "text/csv",
            icon=":material/download:",
            key="imports.rejects",
        )
    for reason, count in report.noted.items():
        st.caption(f"{i18n.reason(reason)} ({formats.count(count)})")


def _headline(report: ImportReport) -> None:
    words = translate(f"import.{report.outcome.value}", i18n.language())
    if report.batch_id is not None:
        words = f"{words} · {_('Import number {n}', n=report.batch_id)}"
    bad = report.outcome in (Outcome.REFUSED, Outcome.REJECTED) or report.rows_rejected
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


def _reasons(report: ImportReport) -> None:
    """Each reason once, with how often."""
    examples = {issue.reason: issue for issue in reversed(report.issues)}
    lines = sorted(report.reasons.items(), key=lambda item: -item[1])
    for reason, count in lines:
        detail = dict(examples[reason].detail) if reason in examples else {}
        st.text(f"{formats.count(count)} × {i18n.reason(reason, None, **detail)}")


def rejects_csv(path_of: Callable[[], object]) -> bytes:
    """The refused rows, asked for again by whoever clicks."""
    frame.require(SCREEN, edit=True)
    path = path_of()
    if path is None:
        return b""
    return rejects.as_csv(
        path,  # type: ignore[arg-type]
        _("Line in the file"),
        _("Why it was refused"),
        lambda issue: i18n.reason(issue.reason, None, **dict(issue.detail)),
    )
