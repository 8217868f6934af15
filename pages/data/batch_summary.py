"""What is known of an import (批次概要): who, when, which file, its counts and its refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import urls
from data.imports.history.batches import Batch
from data.imports.terms.readings import ColumnReading
from pages.data import import_result
from words import formats, i18n
from words.i18n import _, _c
from words.text import md_escape

SCREEN = "imports"


def draw(
    batch: Batch,
    same: Sequence[int],
    reasons: Mapping[str, int],
    passed: Mapping[str, int],
    readings: Sequence[ColumnReading] = (),
) -> None:
    """Draw it.

    Args:
        batch: the import.
        same: numbers of the other batches of the very same file.
        reasons: why rows were refused, each with how often.
        passed: why rows were no data, each with how often.
        readings: columns whose figures do not count as they stand.
    """
    _facts(batch, same)
    _figures(batch)
    _refused(batch, reasons)
    import_result.column_readings(readings)
    _passed_over(passed)


def _person(name: str) -> str:
    return md_escape(name or _("the command line"))


def _facts(batch: Batch, same: Sequence[int]) -> None:
    """Who and when, the file, and the other batches of the very same file."""
    said = [
        _(
            "Brought in {when} by {who}",
            when=formats.datetime_local(batch.created_at),
            who=_person(batch.created_by),
        ),
        _("{n} bytes", n=batch.file_bytes),
        md_escape(batch.encoding),
    ]
    st.caption(" · ".join(part for part in said if part))
    if batch.undone_at is not None:
        st.caption(
            _(
                "Taken back {when} by {who}",
                when=formats.datetime_local(batch.undone_at),
                who=_person(batch.undone_by),
            )
        )
    st.caption(_("SHA-256 of the file"))
    st.code(batch.file_hash, language=None)
    if same:
        links = [f"[{n}]({urls.link(SCREEN, keep=False, batch=n)})" for n in same]
        st.markdown(_("The same file also came as import {numbers}.", numbers=", ".join(links)))


def _figures(batch: Batch) -> None:
    figures = (
        (_("Rows read"), formats.count(batch.rows_read)),
        (_c("imports", "New"), formats.count(batch.rows_added)),
        (_c("imports", "Changed"), formats.count(batch.rows_updated)),
        (_c("imports", "Already there"), formats.count(batch.rows_same)),
        (_c("imports", "Bad"), formats.count(batch.rows_rejected)),
        (_("Seconds"), formats.number(batch.seconds, 1)),
    )
    with st.container(horizontal=True):
        for label, value in figures:
            st.metric(label, value, border=True, width=130)


def _refused(batch: Batch, reasons: Mapping[str, int]) -> None:
    """Why rows were refused; the rows themselves were given back and not kept."""
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        st.text(f"{formats.count(count)} × {i18n.reason(reason)}")
    if batch.rows_rejected:
        st.caption(
            _("Refused rows are not kept here: they were offered as a file after the check.")
        )


def _passed_over(passed: Mapping[str, int]) -> None:
    """Rows of the file that were no data."""
    for reason, count in sorted(passed.items(), key=lambda item: -item[1]):
        st.caption(f"{formats.count(count)} × {md_escape(i18n.reason(reason))}")
