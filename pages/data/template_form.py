"""Templates to fill in (导入模板): one of each kind as CSV or workbook, several of surveys."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import tables
from components.work import wkey
from data.imports.columns import templates
from data.imports.columns.registry import spec_of
from data.imports.columns.templates import Template
from data.imports.surveys.templates import SERVQUAL
from models.enums import SheetKind
from pages.data.kind_words import kind_words
from pages.data.survey_form import shape_words
from pages.data.survey_questions import scale_words
from words import exports, i18n
from words.i18n import _
from words.text import md_escape

MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def draw(kinds: Sequence[SheetKind]) -> None:
    """Two buttons for each kind; surveys by shape and scale below them."""
    chinese = i18n.language() != "en"
    for kind in kinds:
        if spec_of(kind).columns is None:
            _pair(kind_words(kind), templates.all_of(kind, chinese=chinese))
    for kind in kinds:
        if spec_of(kind).columns is not None:
            _surveys(kind_words(kind), templates.all_of(kind, chinese=chinese))


def _surveys(title: str, found: list[Template]) -> None:
    st.divider()
    shapes = shape_words() | {SERVQUAL: _("Expectation and perception (SERVQUAL)")}
    names = scale_words()
    st.markdown(f"**{md_escape(title)}**")
    shape = st.selectbox(
        _("Shape of the sheet"),
        list(shapes),
        format_func=shapes.__getitem__,
        key=wkey("imports.template.shape"),
    )
    scales = list(dict.fromkeys(one.scale for one in found if one.shape == shape))
    scale = st.selectbox(
        _("Scale"),
        scales,
        format_func=names.__getitem__,
        key=wkey(f"imports.template.scale.{shape}"),
    )
    chosen = [one for one in found if (one.shape, one.scale) == (shape, scale)]
    _pair(f"{shapes[shape]} {names[scale]}" if shape and scale else "", chosen)


def _pair(title: str, files: Sequence[Template]) -> None:
    """A line with the buttons of both formats."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(title, width="stretch")
        for one in files:
            st.download_button(
                {"csv": "CSV", "xlsx": "Excel"}[one.format],
                tables.deferred(one.make),
                exports.file_name(title, None, one.format),
                MIME[one.format],
                key=wkey(f"imports.template.{one.kind}.{one.shape}.{one.scale}.{one.format}"),
                on_click="ignore",
            )
