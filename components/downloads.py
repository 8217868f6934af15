"""Tables to take away (表格下载): the line under a table with its files, and what they hold.

A file is built only when its button is clicked, as the user is then: the right to the
screen is checked again and the rows are asked for anew, within that user's scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import frame, tables
from models.access import User
from models.base import now
from words import exports, formats, i18n
from words.i18n import _, _n

Build = Callable[[str], bytes]
"""`build("xlsx")` or `build("csv")` returns the bytes of the file."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MIMES = {"xlsx": XLSX, "csv": "text/csv", "zip": "application/zip"}
_KINDS: dict[str, exports.Kind] = {
    "money": "money",
    "ratio": "ratio",
    "progress": "ratio",
    "count": "count",
    "days": "count",
    "score": "number",
    "number": "number",
    "date": "date",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a file.

    Args:
        title: of the table, translated.
        columns: as shown; curves stay on the page.
        rows: asks for every row as filtered, within the scope of the user who is given;
            a frame with columns by `Column.key`.
        as_of: date of the figures; None where they are as of now.
        filters: what the rows are narrowed to, in words; empty means nothing.
        total: how many rows there are, where `rows` returns at most so many.
    """

    title: str
    columns: Sequence[tables.Column]
    rows: Callable[[User], pd.DataFrame]
    as_of: date | None = None
    filters: str = ""
    total: int | None = None


def foot(screen: str, table: Table, rows: int, *, key: str, words: str = "") -> None:
    """The line under a table: how many rows its files hold, and the files.

    Args:
        screen: whose readers may have the table.
        table: what the files hold.
        rows: how many rows that is now; nothing is drawn for none.
        key: names the table on the page.
        words: what the files are good for, where it is more than the table.
    """

    def build(extension: str) -> bytes:
        made = sheet(table, frame.require(screen))
        return exports.xlsx(made) if extension == "xlsx" else exports.csv_bytes(made)

    if rows:
        buttons(build, table.title, as_of=table.as_of, rows=rows, key=key, words=words)


def buttons(
    build: Build, title: str, *, as_of: date | None, rows: int, key: str, words: str = ""
) -> None:
    """How many rows the files hold, and a button for Excel and one for CSV.

    Args:
        build: should check the user again (`frame.require`) and ask for the rows anew.
        title: of the file, translated.
        as_of: the date of the figures, part of the file's name.
        rows: how many rows the files hold.
        key: names the buttons on the page.
        words: put before the number of rows.
    """
    said = _n("Exports {n} row", "Exports {n} rows", rows)
    with line(f"{words} · {said}" if words else said):
        for extension, label in (("xlsx", "Excel"), ("csv", "CSV")):
            button(
                label,
                lambda kind=extension: build(kind),
                title,
                extension,
                as_of=as_of,
                key=f"{key}.{extension}",
            )


@contextmanager
def line(words: str) -> Iterator[None]:
    """A quiet line at the right with words and the buttons drawn in it."""
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    ):
        st.caption(words, width="content")
        yield


def button(
    label: str,
    build: Callable[[], bytes],
    title: str,
    extension: str,
    *,
    as_of: date | None,
    key: str,
) -> None:
    """One button for one file, built when it is clicked."""
    st.download_button(
        label,
        data=tables.deferred(build),
        file_name=exports.file_name(title, as_of, extension),
        mime=_MIMES[extension],
        key=f"export.{key}.{i18n.language()}",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        help=_("Every row as filtered now, with the filters and the date inside"),
    )


def sheet(table: Table, user: User) -> exports.Sheet:
    """The rows of a table as a user may have them now, under the lines that say what it is."""
    found = table.rows(user)
    kept = [column for column in table.columns if column.kind != "sparkline"]
    cells = [_cells(found[column.key], column) for column in kept] if len(found) else []
    return described(
        exports.Sheet(
            title=table.title,
            columns=[
                exports.Column(tables.head(column), _KINDS.get(column.kind, "text"))
                for column in kept
            ],
            rows=list(zip(*cells, strict=True)),
        ),
        user,
        as_of=table.as_of,
        filters=table.filters,
        rows=len(found),
        total=table.total,
    )


def described(
    made: exports.Sheet,
    user: User,
    *,
    as_of: date | None,
    rows: int,
    filters: str = "",
    total: int | None = None,
) -> exports.Sheet:
    """A sheet with the lines above it: as of, narrowed to what, by whom and when, how many."""
    held = formats.count(rows)
    if total is not None and total > rows:
        held = _("{n} of {total}; one file holds no more", n=rows, total=total)
    notes = (
        (_("Data as of"), formats.date(as_of) if as_of else formats.datetime_local(now())),
        (_("Filters"), filters or _("none")),
        (_("Exported by"), f"{user.name}, {formats.datetime_local(now())}"),
        (_("Rows"), held),
    )
    return replace(made, notes=(*made.notes, *notes))


def _cells(values: pd.Series, column: tables.Column) -> list[Any]:
    """The cells of a column as a file has them: words for codes, yes or no for flags."""
    if column.kind == "badge":
        return [
            None if formats.is_missing(v) or v == "" else tables.word(column, v) for v in values
        ]
    if column.kind == "flag":
        words = {True: _("yes"), False: _("no")}
        return [None if formats.is_missing(v) else words[bool(v)] for v in values]
    return list(values)
