"""How an uploaded file was read (识别结果): shown as decoded, and corrected where it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from components import faults, state
from data.imports.files.decoding import NAMES
from data.imports.files.reading import HEADER_WITHIN, Hints
from data.imports.files.separated import SEPARATORS, WHITESPACE
from data.imports.peek import Peek
from data.imports.terms.asking import QUESTIONS
from data.imports.terms.plan import Plan
from pages.data.kind_words import kind_words
from pages.data.mapped import MISSING, column_words
from words import i18n
from words.i18n import _, _c
from words.text import md_escape

AUTO = ""
SHOWN = "imports.shown"
"""Token of the file the boxes belong to."""


def separator_words() -> dict[str, str]:
    """Names of separators for the reader."""
    return {
        AUTO: _("Detect automatically"),
        "comma": _("Comma"),
        "semicolon": _("Semicolon"),
        "tab": _("Tab"),
        "bar": _("Vertical bar"),
        "fullwidth": _("Full-width comma"),
        WHITESPACE: _("Blanks"),
    }


def show(peek: Peek, rows: int | None = None) -> None:
    """Say how the file was read, and show its first rows, or only so many of them."""
    words = separator_words()
    parts = [
        _("Encoding: {name}", name=peek.encoding) if peek.encoding else "",
        _("Separator: {name}", name=words.get(peek.separator, "")) if peek.separator else "",
        _("Sheet: {name}", name=md_escape(peek.sheet)) if peek.sheet else "",
        _("Header on line {n}", n=peek.header_line) if peek.header_line else "",
    ]
    told = " · ".join(part for part in parts if part)
    if told:
        st.caption(told)
    if peek.profile:
        st.caption(_("Recognised as: {name}", name=md_escape(peek.profile)))
    if peek.remembered:
        st.caption(_("The columns are mapped as somebody mapped this header before."))
    if peek.rows:
        _rows(peek, rows)
    # where columns are chosen, those that are missing are told beneath the boxes, and what is
    # asked is a choice of its own
    elsewhere = {MISSING, *QUESTIONS} if rows is not None else set()
    told_here = [issue for issue in peek.issues if issue.reason not in elsewhere]
    if told_here:
        faults.issues(told_here)


def _rows(peek: Peek, most: int | None) -> None:
    """The first rows, letter by letter."""
    rows = peek.rows[:most]
    line = _c("fault", "Line")
    shown: dict[str, list[str | int]] = {line: [number for number, _cells in rows]}
    for place in range(len(peek.header)):
        name = column_words(peek, place + 1)
        title = name if name not in shown else f"{name} ({place + 1})"
        shown[title] = [cells[place] if place < len(cells) else "" for _line, cells in rows]
    narrow = st.column_config.NumberColumn(width=60, format="%d")
    st.dataframe(
        shown, hide_index=True, column_config={line: narrow}, alt=_("First rows of the file")
    )


def corrections(peek: Peek, plan: Plan, kinds: list[str], again: Callable[[], None]) -> None:
    """Boxes to say it better; `again` looks at the file anew."""
    hints, words = plan.hints, separator_words()
    with st.grid(3, min_column_width=200):
        kind_box(peek, kinds, again)
        if peek.sheets:
            _box("sheet", _("Sheet"), list(peek.sheets), peek.sheet, str, again)
        else:
            _box("encoding", _("Encoding"), [AUTO, *NAMES.values()], hints.encoding, _own, again)
            names = [AUTO, *SEPARATORS, WHITESPACE]
            _box("separator", _("Separator"), names, hints.separator, words.__getitem__, again)
        st.number_input(
            _("Header on line"),
            min_value=1,
            max_value=HEADER_WITHIN,
            value=peek.header_line or hints.header_line or 1,
            disabled=hints.header is False,
            key=key("header_line"),
            on_change=again,
        )
    st.checkbox(
        _("The file has no header; its columns are numbered"),
        hints.header is False,
        key=key("headless"),
        on_change=again,
    )
    if hints.apart or any(issue.reason == "column_twice" for issue in peek.issues):
        st.checkbox(
            _("Tell columns of the same name apart by their position"),
            hints.apart,
            key=key("apart"),
            on_change=again,
        )


def kind_box(peek: Peek, kinds: list[str], again: Callable[[], None]) -> None:
    """The box that says what kind of sheet it is."""
    _box("kind", _("Kind of sheet"), [AUTO, *kinds], peek.kind, _kind_words, again)


def _box(
    name: str,
    label: str,
    options: list[str],
    chosen: str | None,
    words: Callable[[str], str],
    again: Callable[[], None],
) -> None:
    at = options.index(chosen) if chosen in options else 0
    labels = {option: words(option) for option in options}
    st.selectbox(label, options, at, format_func=labels.__getitem__, key=key(name), on_change=again)


def _own(name: str) -> str:
    return name or _("Detect automatically")


def _kind_words(code: str) -> str:
    return kind_words(code) if code else _("Detect automatically")


def key(name: str) -> str:
    """The key of a box; another file or language is another box."""
    token = state.get(SHOWN, "")
    return f"imports.{name}.{token[:8]}.{i18n.language()}"


def chosen(peek: Peek, plan: Plan) -> tuple[str, Hints]:
    """The kind and the hints as the boxes stand now; a box that is not drawn changes nothing.

    Args:
        peek: what the boxes were drawn from.
        plan: what was said before.
    """
    kind = _said("kind", peek.kind or AUTO)
    sheet = _said("sheet", peek.sheet) or None
    hints = replace(
        plan.hints,
        encoding=_said("encoding", plan.hints.encoding) or None,
        separator=_said("separator", plan.hints.separator) or None,
        sheet=sheet if sheet != peek.sheet else plan.hints.sheet,
        header=False if _said("headless", plan.hints.header is False) else None,
        apart=bool(_said("apart", plan.hints.apart)),
    )
    line = _said("header_line", peek.header_line)
    if sheet != (peek.sheet or None):
        return kind, replace(hints, header_line=None)
    return kind, hints if line == peek.header_line else replace(hints, header_line=int(line))


def _said(name: str, otherwise: Any) -> Any:
    found = state.widget(key(name))
    return otherwise if found is None else found
