"""Pages at work (页面耗时): what the server needs to run each screen, cold and warm.

Cold is the first reader after a refresh: nothing in the cache. Warm is the next one.
"""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from streamlit import cache_data
from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

import settings
from jobs.bench.clock import lap

# What AppTest runs in the place of app.py: the menu and one screen, as an executive.
DOOR = """
import runpy
import streamlit as st
from components import frame, menu
from models.access import EVERYBODY, Role, User
frame.install(lambda: User(1, "bench", "Bench", Role.ADMINISTRATOR
                           if st.session_state["screen"] in {"settings", "users"}
                           else Role.EXECUTIVE, EVERYBODY, "bench"))
frame.navigation()
runpy.run_path(str(menu.SCREENS[st.session_state["screen"]].path))
"""
SCREENS = ("overview", "pyramid", "key_accounts", "receivables", "satisfaction", "loss_alerts")


@dataclass(frozen=True, slots=True)
class Visit:
    """One screen: median seconds of its script."""

    screen: str
    cold: float
    warm: float


def measure(engine: Engine, *, times: int = 3) -> list[Visit]:
    """Every main screen, over this store."""
    set_log_level("ERROR")  # it misses its server, rightly
    os.environ["DATABASE_URL"] = engine.url.render_as_string(hide_password=False)
    settings.get.cache_clear()
    return [_visit(screen, times) for screen in SCREENS]


def _visit(screen: str, times: int) -> Visit:
    _open(screen)  # imports and plans are not what is measured
    cold = []
    for _ in range(times):
        cache_data.clear()
        cold.append(_open(screen))
    return Visit(
        screen, statistics.median(cold), statistics.median(_open(screen) for _ in range(times))
    )


def _open(screen: str) -> float:
    at: Any = AppTest.from_string(DOOR, default_timeout=600)
    at.session_state["screen"] = screen
    at.session_state["kehu.language"] = "en"
    with lap() as taken:
        at.run()
    if at.exception:
        raise RuntimeError(f"{screen}: {at.exception[0].message}")
    return taken.wall
