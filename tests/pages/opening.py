"""Opening a page as somebody, in some language, over some store (页面测试入口)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import settings
from components import frame
from models.access import Role, User
from tests import pairs

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
SECONDS = 600  # against hanging alone
OPENED_BY = {
    "overview": tuple(Role),
    "pyramid": tuple(Role),
    "key_accounts": tuple(Role),
    "customer": tuple(Role),
    "satisfaction": tuple(Role),
    "loss_alerts": tuple(Role),
    "receivables": tuple(role for role in Role if role is not Role.SERVICE),
    "settings": (Role.ADMINISTRATOR, Role.EXECUTIVE, Role.CREDIT_CONTROLLER),
}
"""Screens that are opened by all who may, in every language."""
_OPENINGS = pairs.marked(
    (screen, role, language)
    for screen, roles in OPENED_BY.items()
    for role in roles
    for language in LANGUAGES
)


def by_whom_in_what(screen: str) -> list[Any]:
    """(role, language) to open a screen with: every pair of the three, the rest in the drill."""
    return [pytest.param(*who, marks=marks) for (one, *who), marks in _OPENINGS if one == screen]


def door() -> None:
    """Stands for app.py: the menu, then the page named in the session."""
    import runpy

    import streamlit as st

    from components import frame, menu

    frame.navigation()
    runpy.run_path(str(menu.SCREENS[st.session_state["screen"]].path))


@contextmanager
def over(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages read and write this store."""
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    settings.get.cache_clear()
    try:
        yield
    finally:
        frame.install(None)
        st.session_state.clear()  # files are built outside a page, in the session of no page
        settings.get.cache_clear()


def open_page(screen: str, user: User | None, *, language: str = "en", **query: str) -> AppTest:
    """The page as this user sees it; fails with the traceback where one is drawn."""
    frame.install(lambda: user)
    at = AppTest.from_function(door, default_timeout=SECONDS)
    at.session_state["screen"] = screen
    at.session_state["kehu.language"] = language
    for key, value in query.items():
        at.query_params[key] = value
    return run(at)


def run(at: AppTest) -> AppTest:
    """Run once more; fails with the traceback where one is drawn."""
    at.run()
    told = [f"{e.message}\n" + "\n".join(e.stack_trace) for e in at.exception]
    assert not told, told[0]
    return at


def words(at: AppTest) -> str:
    """Everything a page sends, tables and charts included, as one text."""
    said = [str(node.proto) for node in at.main if getattr(node, "proto", None) is not None]
    said += [table.value.to_csv() for table in at.dataframe]
    return "\n".join(said)


def figures(at: AppTest) -> dict[str, str]:
    """The tiles: label → what is written."""
    return {metric.label: metric.value for metric in at.metric}


def said_missing(at: AppTest) -> list[str]:
    """What the page says is not there, as a reader reads it; nothing else may be shown."""
    assert not at.metric, "figures beside a filter that is not there"
    assert not at.dataframe, "a table beside a filter that is not there"
    return [re.sub(r"\\(.)", r"\1", warning.value) for warning in at.warning]


def table(at: AppTest, *, holding: str):
    """The first table with a column of this name."""
    return next(one.value for one in at.dataframe if holding in one.value.columns)
