"""What changed since the check (检查后的变动): whose value an import would have written over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from components.work import wkey
from data.imports.terms.difference import Outdated
from data.imports.terms.report import ImportReport
from pages.data import field_words
from words import formats
from words.i18n import _, _c, _n


def show(report: ImportReport) -> None:
    """Every value that is no longer what the check said, and who changed it."""
    st.markdown(
        "**"
        + _n(
            "{n} value was changed by somebody else after your check",
            "{n} values were changed by somebody else after your check",
            report.outdated_count,
        )
        + "**"
    )
    st.caption(_("Nothing of this file was stored. Check it again to see old and new values."))
    columns: dict[str, list[Any]] = {
        _c("fault", "Line"): [one.now.line for one in report.outdated],
        _c("changes", "Row"): [one.now.row or formats.NONE for one in report.outdated],
        _c("changes", "Field"): [
            field_words.field(report.kind, one.now.field) for one in report.outdated
        ],
        _c("changes", "At your check"): [_checked(one) for one in report.outdated],
        _c("changes", "Now"): [
            field_words.text(one.now.kind, one.now.old) for one in report.outdated
        ],
        _c("changes", "In your file"): [
            field_words.text(one.now.kind, one.now.new) for one in report.outdated
        ],
        _c("changes", "Changed by"): [_by(one) for one in report.outdated],
    }
    st.dataframe(
        columns,
        hide_index=True,
        key=wkey("imports.outdated"),
        column_config={
            _c("fault", "Line"): st.column_config.NumberColumn(width=70, format="%d"),
            _c("changes", "Changed by"): st.column_config.TextColumn(width="large"),
        },
        alt=_("Values changed since the check: then, now, in the file, by whom"),
    )
    if report.outdated_count > len(report.outdated):
        st.caption(_("and {n} more", n=report.outdated_count - len(report.outdated)))


def _checked(one: Outdated) -> str:
    """The old value the check showed; it showed none where the file said nothing new."""
    if not one.known:
        return _("as in your file, or not there yet")
    return field_words.text(one.now.kind, one.checked)


def _by(one: Outdated) -> str:
    """Who, when and by which import, as far as known."""
    if not one.at:
        return formats.NONE
    when = formats.datetime_local(datetime.fromisoformat(one.at))
    parts = [one.who or _("the command line"), when]
    if one.batch is not None:
        parts.append(_("Import {n}", n=one.batch))
    return " · ".join(parts)
