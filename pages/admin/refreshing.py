"""A refresh from the settings (开始刷新): the button that starts it, and how far it is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import frame
from data import job_runs, load, store
from words.i18n import _

SCREEN = "settings"
EVERY = 2.0
"""Seconds between looks while a refresh is running."""


def offer(kind: str, start: Callable[[], None]) -> None:
    """A button that starts a refresh, or how far the running one is.

    Args:
        kind: of the job.
        start: called when the button is clicked; checks the user itself.
    """
    job = _newest(kind)
    if job is not None and job.state == "running":
        _progress(kind)
        return
    if job is not None and job.state == "failed":
        st.warning(_("The last refresh failed. It can be started again."))
    st.button(_("Refresh the figures now"), icon=":material/refresh:", on_click=start)


@st.fragment(run_every=EVERY)
def _progress(kind: str) -> None:
    """Look again by itself until the refresh has ended, then draw the page anew."""
    frame.require(SCREEN)
    job = _newest(kind)
    if job is None or job.state != "running":
        st.rerun()
        return
    st.progress(min(max(job.progress, 0.0), 1.0), _("New figures are being computed."))


def _newest(kind: str) -> job_runs.JobStatus | None:
    with store.reading(load.engine()) as session:  # never cached: progress raises no revision
        return job_runs.status(session, kind)
