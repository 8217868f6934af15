"""Known errors as the reader sees them (错误显示): drawn once, by the frame of the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import deeds
from errors import AppError, BadInput, Conflict, Issue, NotAllowed, NotFound, StoreUnavailable
from words import formats, i18n
from words.i18n import _, _c, _n

SHOWN = 200
"""Faults listed at most; the rest are counted."""


def show(error: AppError) -> None:
    """Draw a known error in the reader's language."""
    if isinstance(error, BadInput):
        issues(error.issues)
        return
    st.error(words(error), icon=":material/error:")


def words(error: AppError) -> str:
    """One sentence for a known error."""
    if isinstance(error, Conflict) and error.changed is not None:
        told = deeds.words(error.changed)
        return _("{told} Nothing of yours was saved; look again.", told=told)
    sentences: dict[type[AppError], str] = {
        NotAllowed: _("Your role may not do this."),
        NotFound: _("There is nothing here that you may see."),
        Conflict: _("Somebody else changed this meanwhile. Nothing was saved; look again."),
        StoreUnavailable: _("The store cannot be reached just now. Nothing was saved; try again."),
    }
    return sentences.get(type(error), _("This could not be done."))


def issues(faults: Sequence[Issue]) -> None:
    """Draw every fault of an input: line, column, value, reason."""
    if len(faults) == 1 and faults[0].row is None and faults[0].value is None:
        st.error(sentence(faults[0]), icon=":material/error:")
        return
    st.error(
        _n("{n} fault was found in the data.", "{n} faults were found in the data.", len(faults)),
        icon=":material/error:",
    )
    table(faults)


def table(faults: Sequence[Issue], *, key: str | None = None) -> None:
    """The faults as a table, the reader's own line numbers first."""
    listed = faults[:SHOWN]
    lines = {
        _c("fault", "Line"): [fault.row for fault in listed],
        _c("fault", "Column"): [fault.column for fault in listed],
        _c("fault", "Value"): [fault.value for fault in listed],
        _c("fault", "Reason"): [sentence(fault) for fault in listed],
    }
    st.dataframe(
        lines,
        hide_index=True,
        placeholder=formats.NONE,
        key=key,
        column_config={
            _c("fault", "Line"): st.column_config.NumberColumn(width=70, format="%d"),
            _c("fault", "Reason"): st.column_config.TextColumn(width="large"),
        },
        alt=_("Faults found in the data"),
    )
    if len(faults) > SHOWN:
        st.caption(_("and {n} more", n=len(faults) - SHOWN))


def sentence(fault: Issue) -> str:
    """The reason of a fault in the reader's language."""
    return i18n.reason(fault.reason, None, **dict(fault.detail))
