"""Lists (列表): columns by kind, a page at a time, clickable rows.

Sorting, filtering and paging happen in SQL; a table gets one page of rows. Money comes in
minor units and is shown in whole yuan, its unit in the header.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import current_thread
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from components import state, urls
from words import formats, i18n, vocabulary
from words.i18n import _, _c

Kind = Literal[
    "text",
    "money",
    "ratio",
    "count",
    "days",
    "score",
    "number",
    "date",
    "datetime",
    "badge",
    "flag",
    "progress",
    "sparkline",
    "button",
]

ROW_HEIGHT = 38
PAGE_SIZES = (25, 50, 100, 200)
_HEADER = 31
_TONES = {"plain": "primary", "high_is_good": "auto", "high_is_bad": "auto-inverse"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        key: the column of the frame.
        header: its translated name, without a unit.
        kind: how to show it. `badge` takes codes of `words` (a kind of
            `words.vocabulary`); `progress` a ratio 0–1; `sparkline` a list of
            figures; `button` opens something by `on_click` of `show`.
        sort: the key of the order in SQL, where the list can be sorted by it.
        tone: of a `progress`; its colour turns at one half when high is good or bad.
    """

    key: str
    header: str
    kind: Kind = "text"
    words: str | None = None
    help: str | None = None
    width: int | None = None
    pinned: bool = False
    sort: str | None = None
    tone: Literal["plain", "high_is_good", "high_is_bad"] = "plain"


def show(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    alt: str,
    on_row: Callable[[int], None] | None = None,
    on_click: Callable[[int], None] | None = None,
    rows: int = 15,
) -> None:
    """Draw one page of a list.

    Args:
        frame: the rows in order, columns by `Column.key`.
        columns: what to show, left to right.
        key: names the table on the page.
        alt: what the table holds, for those who do not see it.
        on_row: called with the position of a row when it is selected.
        on_click: called with the position of the row whose button was clicked.
        rows: how many rows are in sight before the table scrolls.
    """
    wkey = f"table.{key}.{i18n.language()}"
    more: dict[str, Any] = {}
    if on_row is not None:
        more = {"selection_mode": "single-row", "on_select": _selector(wkey, on_row)}
    st.dataframe(
        shaped(frame, columns),
        key=wkey,
        hide_index=True,
        column_config={column.header: _config(column, wkey, on_click) for column in columns},
        row_height=ROW_HEIGHT,
        height=_HEADER + ROW_HEIGHT * max(min(len(frame), rows), 1) + 2,
        placeholder=formats.NONE,
        alt=alt,
        **more,
    )


def shaped(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The frame as shown: chosen columns, under their headers, in display units."""
    return pd.DataFrame(
        {column.header: _values(frame[column.key], column) for column in columns},
        index=range(len(frame)),
    )


def pager(total: int, per_page: int, *, key: str = urls.PAGE) -> None:
    """The foot of a list: which rows of how many, and the pages, bound to the URL."""
    number, pages = urls.page_number(total, per_page, key), urls.pages(total, per_page)
    first = (number - 1) * per_page + 1
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        words = _(
            "{first}–{last} of {total}",
            first=first,
            last=min(number * per_page, total),
            total=total,
        )
        st.caption(words if total else _("No rows"), width="content")
        if pages > 1:
            _pagination(number, pages, key)


def sort_select(columns: Sequence[Column], default: str, *, width: int = 180) -> tuple[str, bool]:
    """Choose the order, in the URL as `sort`: returns (key, descending).

    `default` is a sort key, with `-` in front for largest first. Figures can be sorted
    both ways; the query does it, over all rows and not just the page in sight.
    """
    names = {column.sort: column.header for column in columns if column.sort}
    choices = [sign + key for key in names for sign in ("-", "")]

    def words(code: str) -> str:
        return f"{names[code.removeprefix('-')]} {'↓' if code.startswith('-') else '↑'}"

    chosen = urls.selectbox(
        urls.SORT, _("Sort by"), choices, default=default, label_of=words, width=width
    )
    return chosen.removeprefix("-"), chosen.startswith("-")


def deferred(build: Callable[[], bytes]) -> Callable[[], bytes]:
    """What to hand to a download button of one's own: builds when clicked, as this session.

    Streamlit calls it in a bare thread: without the session there, nobody would be signed
    in and the words would be in the default language.
    """
    context = get_script_run_ctx(suppress_warning=True)

    def join_session() -> None:
        if context is not None:
            add_script_run_ctx(current_thread(), context)

    def built() -> bytes:
        with ThreadPoolExecutor(1, initializer=join_session) as worker:
            return worker.submit(build).result()

    return built


def _pagination(number: int, pages: int, key: str) -> None:
    wkey = urls.wkey(f"pages.{key}")
    state.set_widget(wkey, number)

    def changed() -> None:
        urls.put(key, str(state.widget(wkey)), "1")

    st.pagination(pages, key=wkey, on_change=changed, max_visible_pages=5)


def _selector(wkey: str, on_row: Callable[[int], None]) -> Callable[[], None]:
    def selected() -> None:
        rows = state.picked_rows(wkey)
        if rows:
            on_row(rows[0])

    return selected


def head(column: Column) -> str:
    """The header of a column, with the unit of its amounts."""
    unit = formats.unit_name("money") if column.kind == "money" else ""
    return _c("header", "{name} ({unit})", name=column.header, unit=unit) if unit else column.header


def _values(values: pd.Series, column: Column) -> Any:
    if column.kind == "money":
        return pd.array([formats.yuan(value) for value in values], dtype="Int64")
    if column.kind in {"ratio", "progress"}:
        return pd.array(
            [None if formats.is_missing(v) else float(v) * 100 for v in values], dtype="Float64"
        )
    if column.kind in {"count", "days"}:
        return pd.array(
            [None if formats.is_missing(v) else int(formats.rounded(v)) for v in values],
            dtype="Int64",
        )
    if column.kind == "badge":
        return [
            [] if formats.is_missing(code) or code == "" else [word(column, code)]
            for code in values
        ]
    if column.kind == "datetime":
        return [formats.datetime_local(value) for value in values]
    if column.kind == "sparkline":
        return [_curve(curve) for curve in values]
    if column.kind in {"text", "button"}:
        return [None if formats.is_missing(v) or v == "" else str(v) for v in values]
    return list(values)


def _curve(curve: Any) -> list[float] | None:
    if curve is None or isinstance(curve, float):
        return None
    return [0.0 if formats.is_missing(point) else float(point) for point in curve]


def word(column: Column, code: object) -> str:
    """The word for a code of a badge."""
    return vocabulary.label(column.words, code) if column.words else str(code)


def _config(column: Column, wkey: str, on_click: Callable[[int], None] | None) -> Any:
    config = st.column_config
    base: dict[str, Any] = {
        "label": head(column),
        "help": column.help,
        "width": column.width,
        "pinned": column.pinned or None,
    }
    if column.kind == "badge":
        return config.MultiselectColumn(**base, **_badge(column))
    if column.kind == "button":
        return config.ButtonColumn(
            **base, type="tertiary", alignment="left", **_clicker(f"{wkey}.{column.key}", on_click)
        )
    if column.kind == "progress":
        return config.ProgressColumn(
            **base, min_value=0, max_value=100, format="%.0f%%", color=_TONES[column.tone]
        )
    if column.kind == "sparkline":
        return config.AreaChartColumn(**base, y_min=0)
    if column.kind == "flag":
        return config.CheckboxColumn(**base)
    if column.kind == "date":
        return config.DateColumn(**base, format="YYYY-MM-DD")
    return _figure_config(column, base)


def _figure_config(column: Column, base: Mapping[str, Any]) -> Any:
    patterns = {"money": "%,d", "count": "%,d", "days": "%,d", "score": "%.1f", "number": "%,.2f"}
    if column.kind == "ratio":
        return st.column_config.NumberColumn(**base, format="%.1f%%")
    if column.kind in patterns:
        return st.column_config.NumberColumn(**base, format=patterns[column.kind])
    return st.column_config.TextColumn(**base)


def _badge(column: Column) -> dict[str, Any]:
    if not column.words:
        return {}
    codes = vocabulary.codes(column.words)
    return {
        "options": [vocabulary.label(column.words, code) for code in codes],
        "color": [vocabulary.colour(column.words, code) for code in codes],
    }


def _clicker(wkey: str, on_click: Callable[[int], None] | None) -> dict[str, Any]:
    if on_click is None:
        return {}

    def clicked() -> None:
        row = state.clicked_row(wkey)
        if row is not None:
            on_click(row)

    return {"key": wkey, "on_click": clicked}
