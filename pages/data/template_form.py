"""Templates to fill in (导入模板): one of each kind as CSV or workbook, several of surveys."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import tables
from components.work import wkey
from data.imports.columns import templates
from data.imports.columns.templates import SERVQUAL, Template
from models.enums import SheetKind
from pages.data.survey_form import shape_words
from pages.data.survey_questions import scale_words
from words import exports, i18n, vocabulary
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
        if kind is not SheetKind.ANSWERS:
            _pair(vocabulary.label("sheet", kind), templates.all_of(kind, chinese=chinese))
    if SheetKind.ANSWERS in kinds:
        _surveys(templates.all_of(SheetKind.ANSWERS, chinese=chinese))


def _surveys(found: list[Template]) -> None:
    st.divider()
    shapes = shape_words() | {SERVQUAL: _("Expectation and perception (SERVQUAL)")}
    names = scale_words()
    st.markdown(f"**{md_escape(vocabulary.label('sheet', SheetKind.ANSWERS))}**")
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
