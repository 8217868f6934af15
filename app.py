"""The frame (入口脚本): who is asking, in which language, and the page they may open.

Streamlit runs this file at every interaction; asgi.py serves it.
"""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import frame, freshness, menu
from components.serving import cookies, seats
from data import accounts, job_runs, load, sessions, store
from jobs import refresh
from models.access import User


def identify() -> User | None:
    """The user of this browser's sign-in, as the store knows them at this moment."""
    user = sessions.user_of(load.engine(), st.context.cookies.get(cookies.name("session")))
    context = get_script_run_ctx(suppress_warning=True)
    if user is not None and context is not None:
        seats.take(context.session_id, user.session_key)
    return user


def keep_language(user: User, language: str) -> None:
    """Remember the language for the user's next session."""
    accounts.set_language(load.engine(), user, language)


def refreshing() -> freshness.Refreshing | None:
    """The refresh that is running, asked anew each time: progress raises no revision."""
    with store.reading(load.engine()) as session:
        job = job_runs.status(session, "refresh")
    if job is None or job.state != "running":
        return None
    return freshness.Refreshing(job.id, job.progress)


def compute(user: User, day: date) -> bool:
    """Have a date computed that a reader asks for; False while another refresh is at work."""
    url = load.engine().url.render_as_string(hide_password=False)
    return refresh.ask_for(url, day, started_by=user.id) is not None


def main() -> None:
    """Draw the menu and run the chosen page; a one-time password must be changed first."""
    frame.install(identify, keep_language=keep_language)
    freshness.install(refreshing, compute)
    page = frame.navigation()
    user = frame.identify()
    account = menu.SCREENS["account"]
    if user is not None and user.must_change_password and page.url_path != account.url_path:
        st.switch_page(account.path)
    page.run()


main()
