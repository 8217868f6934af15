"""Start a refresh and see how far it is (开始刷新), below the settings that made it due."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from components import frame
from components.i18n import _
from data import job_runs, load, store
from errors import Conflict
from jobs import refresh

SCREEN = "settings"
EVERY = 2.0
"""Seconds between looks while a refresh is running."""


def offer() -> None:
    """A button that starts a refresh, or how far the running one is."""
    with store.reading(load.engine()) as session:  # never cached: progress raises no revision
        job = job_runs.status(session, refresh.KIND)
    if job is not None and job.state == "running":
        _progress()
        return
    if job is not None and job.state == "failed":
        st.warning(_("The last refresh failed. It can be started again."))
    st.button(_("Refresh the figures now"), icon=":material/refresh:", on_click=_start)


@frame.guard(SCREEN, edit=True)
def _start() -> None:
    """Start a refresh as the user asking now, unless one is running."""
    user = frame.require(SCREEN, edit=True)
    url = load.engine().url.render_as_string(hide_password=False)
    with suppress(Conflict):  # somebody else was quicker: theirs will do
        refresh.start(url, started_by=user.id)


@st.fragment(run_every=EVERY)
def _progress() -> None:
    """Look again by itself until the refresh has ended, then draw the page anew."""
    frame.require(SCREEN)
    with store.reading(load.engine()) as session:
        job = job_runs.status(session, refresh.KIND)
    if job is None or job.state != "running":
        st.rerun()
        return
    st.progress(min(max(job.progress, 0.0), 1.0), _("New figures are being computed."))
