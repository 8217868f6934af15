"""Codes as coloured badges (标签)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from words.text import md_escape
from words.vocabulary import colour, label


def badge(kind: str, code: object, *, help: str | None = None) -> None:
    """Draw a code as a coloured badge."""
    st.badge(md_escape(label(kind, code)), color=colour(kind, code), help=help)


def row(pairs: Sequence[tuple[str, object]]) -> None:
    """Draw several codes (kind, code) as badges on one line."""
    with st.container(horizontal=True, gap="xsmall"):
        for kind, code in pairs:
            badge(kind, code)
