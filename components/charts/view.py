"""Drawing a figure on the page, and clicks on it (图表显示)."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from components import state
from components.charts.shapes import Figure
from words import i18n

_QUIET = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def show(
    figure: Figure,
    *,
    key: str,
    alt: str,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw a figure; a click calls `on_pick` with the code of what was clicked.

    A click is an event: Streamlit forgets the selection when the figure changes, so what
    was chosen is kept in the URL (`urls.toggle`), not here. The look is part of the widget
    key, so a switch of language or mode cannot be taken for a click.

    Args:
        figure: from a function of `components.charts`.
        key: names the chart on the page.
        alt: what the chart says, for those who do not see it.
        on_pick: for example `urls.toggle("tier")`.
    """
    wkey = f"chart.{key}.{i18n.language()}"
    _legend(figure)
    if on_pick is None:
        st.plotly_chart(figure, theme=None, key=wkey, config=_QUIET, alt=alt)
        return

    def picked() -> None:
        codes = state.picked_points(wkey)
        if codes:
            on_pick(str(codes[0]))

    st.plotly_chart(
        figure,
        theme=None,
        key=wkey,
        config=_QUIET,
        alt=alt,
        on_select=picked,
        selection_mode="points",
    )


def _legend(figure: Figure) -> None:
    """The legend as a line of words that wraps, above the chart: narrow screens need it."""
    entries = figure["layout"].get("meta", {}).get("legend", [])
    if len(entries) < 2:
        return
    words = "".join(
        f'<span style="white-space:nowrap"><span style="display:inline-block;width:.7em;'
        f'height:.7em;border-radius:2px;background:{colour};margin-right:.4em"></span>'
        f'<span style="opacity:.75">{escape(label)}</span></span>'
        for label, colour in entries
    )
    st.html(
        f'<div style="display:flex;flex-wrap:wrap;gap:.15rem .9rem;font-size:.8rem">{words}</div>'
    )
