"""What a process of its own is doing (进行中): how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from words.i18n import _


def bar(share: float, parts: Iterable[str], *, key: str, stop: Callable[..., Any], of: Any) -> None:
    """A bar with words beside the button that stops it.

    Args:
        share: of the work that is done, 0–1.
        parts: what is said; empty ones are left out.
        key: of the button.
        stop: called with `of`.
        of: what is stopped.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, " · ".join(part for part in parts if part))
        st.button(
            _("Cancel"),
            icon=":material/stop_circle:",
            key=key,
            on_click=stop,
            args=(of,),
            width="content",
        )
