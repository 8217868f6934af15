"""How an uploaded file was read (识别结果): shown as decoded, and corrected where it is wrong."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import faults, i18n, state, vocabulary
from components.i18n import _, _c
from components.text import md_escape
from data.imports.decoding import NAMES
from data.imports.peek import Peek
from data.imports.reading import Hints
from data.imports.separated import SEPARATORS

AUTO = ""


def separator_words() -> dict[str, str]:
    """Names of separators for the reader."""
    return {
        AUTO: _("Found out"),
        "comma": _("Comma"),
        "semicolon": _("Semicolon"),
        "tab": _("Tab"),
        "bar": _("Vertical bar"),
        "fullwidth": _("Full-width comma"),
    }


def show(peek: Peek) -> None:
    """Say how the file was read, and show its first rows."""
    words = separator_words()
    parts = [
        _("Encoding: {name}", name=peek.encoding) if peek.encoding else "",
        _("Separator: {name}", name=words.get(peek.separator, "")) if peek.separator else "",
        _("Sheet: {name}", name=md_escape(peek.sheet)) if peek.sheet else "",
        _("Header on line {n}", n=peek.header_line) if peek.header_line else "",
    ]
    st.caption(" · ".join(part for part in parts if part))
    if peek.remembered:
        st.caption(_("The columns are mapped as somebody mapped this header before."))
    if peek.rows:
        _rows(peek)
    if peek.issues:
        faults.issues(peek.issues)


def _rows(peek: Peek) -> None:
    """The first rows, letter by letter."""
    shown: dict[str, list[str | int]] = {_c("fault", "Line"): [line for line, _cells in peek.rows]}
    for place, name in enumerate(peek.header):
        title = name if name and name not in shown else f"{name} ({place + 1})"
        shown[title] = [cells[place] if place < len(cells) else "" for _line, cells in peek.rows]
    st.dataframe(shown, hide_index=True, alt=_("First rows of the file"))


def corrections(peek: Peek, hints: Hints, kinds: list[str], again: Callable[[], None]) -> None:
    """Boxes to say it better; `again` looks at the file anew."""
    with st.expander(_("Read it differently"), expanded=bool(peek.issues) and not peek.kind):
        left, right = st.columns(2)
        with left:
            _box("kind", _("Kind of sheet"), [AUTO, *kinds], peek.kind, _kind_words, again)
            _box("encoding", _("Encoding"), [AUTO, *NAMES.values()], hints.encoding, _own, again)
        with right:
            names = [AUTO, *SEPARATORS]
            words = separator_words()
            _box("separator", _("Separator"), names, hints.separator, words.__getitem__, again)
            if len(peek.sheets) > 1:
                _box("sheet", _("Sheet"), list(peek.sheets), peek.sheet, str, again)
            else:
                st.number_input(
                    _("Header on line"),
                    min_value=1,
                    max_value=20,
                    value=peek.header_line or 1,
                    key=key("header_line"),
                    on_change=again,
                )


def _box(
    name: str,
    label: str,
    options: list[str],
    chosen: str | None,
    words: Callable[[str], str],
    again: Callable[[], None],
) -> None:
    at = options.index(chosen) if chosen in options else 0
    st.selectbox(label, options, at, format_func=words, key=key(name), on_change=again)


def _own(name: str) -> str:
    return name or _("Found out")


def _kind_words(code: str) -> str:
    return vocabulary.label("sheet", code) if code else _("Found out")


def key(name: str) -> str:
    """The key of a box; another file or language is another box."""
    return f"imports.{name}.{state.get('imports.token', '')[:8]}.{i18n.language()}"


def chosen(header_line: int | None) -> tuple[str, Hints]:
    """The kind and the hints as the boxes stand now.

    Args:
        header_line: where the header was found; the same number again is no hint.
    """
    line = state.widget(key("header_line"))
    return state.widget(key("kind")) or "", Hints(
        encoding=state.widget(key("encoding")) or None,
        separator=state.widget(key("separator")) or None,
        sheet=state.widget(key("sheet")) or None,
        header_line=int(line) if line and line != header_line else None,
    )
