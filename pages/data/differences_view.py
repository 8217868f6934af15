"""What would change (变更预览): old → new in words, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import streamlit as st

from components import downloads, frame
from components.work import wkey
from data.imports.history import differences
from data.imports.terms.difference import Difference
from data.imports.terms.report import ImportReport
from pages.data import field_words
from words import exports, formats
from words.i18n import _, _c, _n
from words.text import md_escape

SCREEN = "imports"


def show(report: ImportReport, path_of: Callable[[], Path | None]) -> None:
    """Draw what a check found would change; nothing where nothing would.

    Args:
        report: of the check.
        path_of: finds the file with all differences (`Request.changes`); None where it is
            gone.
    """
    if not report.differences_count:
        return
    st.markdown(
        "**"
        + _n("{n} value would change", "{n} values would change", report.differences_count)
        + "**"
    )
    fields = sorted(report.changed_fields.items(), key=lambda item: -item[1])
    st.caption(
        " · ".join(
            f"{md_escape(field_words.field(report.kind, name))} {formats.count(count)}"
            for name, count in fields
        )
    )
    table(report.kind, report.differences, key="differences")
    if report.differences_count > len(report.differences):
        st.caption(
            _(
                "The first {shown} of {n} are shown; the file holds all.",
                shown=len(report.differences),
                n=report.differences_count,
            )
        )
    if path_of() is not None:
        title = _("Changes of {file}", file=report.file_name)
        downloads.buttons(
            lambda extension: _file(report, path_of, title, extension),
            title,
            as_of=None,
            rows=report.differences_count,
            key="imports.differences",
        )


def table(kind: str, found: Iterable[Difference], *, key: str, lines: bool = True) -> None:
    """Old → new, a value on each line.

    Args:
        kind: of the sheet.
        found: what to show.
        key: names the table on the page.
        lines: whether the lines in the file are known.
    """
    told = list(found)
    columns: dict[str, list[Any]] = {}
    if lines:
        columns[_c("fault", "Line")] = [one.line for one in told]
    columns |= {
        _c("changes", "Row"): [_row(one) for one in told],
        _c("changes", "Field"): [field_words.field(kind, one.field) for one in told],
        _c("changes", "Old"): [field_words.text(one.kind, one.old) for one in told],
        _c("changes", "New"): [field_words.text(one.kind, one.new) for one in told],
    }
    st.dataframe(
        columns,
        hide_index=True,
        key=wkey(f"imports.{key}"),
        column_config={
            _c("fault", "Line"): st.column_config.NumberColumn(width=70, format="%d"),
        },
        alt=_("What would change, old and new"),
    )


def _row(one: Difference) -> str:
    return one.row or formats.NONE


def sheet(title: str, kind: str, found: Iterable[Difference], count: int) -> exports.Sheet:
    """So many differences as a table to take away."""
    heads = (
        _c("fault", "Line"),
        _c("changes", "Table"),
        _c("changes", "Row"),
        _c("changes", "Field"),
        _c("changes", "Old"),
        _c("changes", "New"),
    )
    return exports.Sheet(
        title=title,
        columns=[
            exports.Column(head, "count" if i == 0 else "text") for i, head in enumerate(heads)
        ],
        rows=_lines(kind, found),
        count=count,
    )


def _lines(kind: str, found: Iterable[Difference]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        yield (
            one.line,
            field_words.table(one.table),
            one.row,
            field_words.field(kind, one.field),
            field_words.text(one.kind, one.old),
            field_words.text(one.kind, one.new),
        )


def _file(
    report: ImportReport, path_of: Callable[[], Path | None], title: str, extension: str
) -> bytes:
    """All of it, asked for again by whoever clicks."""
    user = frame.require(SCREEN, edit=True)
    path = path_of()
    made = downloads.described(
        sheet(title, report.kind, differences.read(path) if path else (), report.differences_count),
        user,
        as_of=None,
        rows=report.differences_count,
    )
    return exports.xlsx(made) if extension == "xlsx" else exports.csv_bytes(made)
