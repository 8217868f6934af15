"""What a browser session remembers (会话状态): the only file that names session_state keys.

Filters are not here: they live in the URL (`components.urls`). What is kept is the
sign-in the session began with, the reader's language, and events of widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_SIGN_IN = "kehu.sign_in"
_ENDED = "kehu.ended"
_LANGUAGE = "kehu.language"
_STORED_LANGUAGE = "kehu.stored_language"
_SCREEN = "kehu.screen"
_SHARED = "kehu.shared"


def running() -> bool:
    """True inside a Streamlit run; false on the command line and in the sign-in routes."""
    return get_script_run_ctx(suppress_warning=True) is not None


def begin(session_key: str) -> bool:
    """Tie this session to the sign-in it began with.

    Returns False, after forgetting everything, when another sign-in shows up in the same
    session: a session id is a bearer secret, and must not hand one reader's page to
    another. Such a session stays ended; only a new one (a reload) can begin again.
    """
    if st.session_state.get(_ENDED):
        return False
    began_with = st.session_state.setdefault(_SIGN_IN, session_key)
    if began_with == session_key:
        return True
    end()
    return False


def end() -> None:
    """Forget everything of this session, for good."""
    st.session_state.clear()
    st.session_state[_ENDED] = True


def language() -> str | None:
    """The language chosen in this session, else the one stored for the user, else None."""
    if not running():
        return None
    chosen = st.session_state.get(_LANGUAGE) or st.session_state.get(_STORED_LANGUAGE)
    return str(chosen) if chosen else None


def choose_language(code: str) -> None:
    """Remember the language the reader chose."""
    st.session_state[_LANGUAGE] = code


def offer_language(code: str | None) -> None:
    """Note the language stored for the user; a choice made in this session goes first."""
    st.session_state[_STORED_LANGUAGE] = code


def arrive(screen: str) -> bool:
    """Note the screen being shown; True when the session just came from another one."""
    came_from = st.session_state.get(_SCREEN)
    st.session_state[_SCREEN] = screen
    return came_from is not None and came_from != screen


def shared() -> dict[str, list[str]]:
    """The shared filters last seen in the URL."""
    return dict(st.session_state.get(_SHARED, {}))


def keep_shared(filters: Mapping[str, list[str]]) -> None:
    """Remember the shared filters for the next screen."""
    st.session_state[_SHARED] = dict(filters)


def widget(key: str) -> Any:
    """The value of the widget drawn under `key`, None before its first run."""
    return st.session_state.get(key)


def set_widget(key: str, value: object) -> None:
    """Give the widget about to be drawn under `key` this value."""
    st.session_state[key] = value


def forget(key: str) -> None:
    """Drop a widget's value, such as a finished upload's."""
    st.session_state.pop(key, None)


def get(key: str, default: Any = None) -> Any:
    """A page's own small memory, such as the step of a wizard; name it `page.thing`."""
    return st.session_state.get(f"page.{key}", default)


def put(key: str, value: object) -> None:
    """Keep a page's own small memory for this session."""
    st.session_state[f"page.{key}"] = value


def drop(key: str) -> None:
    """Forget a page's own small memory."""
    st.session_state.pop(f"page.{key}", None)


def picked_points(key: str) -> list[Any]:
    """`customdata` of the points selected in the chart under `key`, first element each."""
    selection = _selection(key)
    found = []
    for point in selection.get("points") or []:
        data = point.get("customdata")
        if isinstance(data, list | tuple):
            data = data[0] if data else None
        if data is not None:
            found.append(data)
    return found


def picked_rows(key: str) -> list[int]:
    """Positions of the rows selected in the table under `key`."""
    return [int(row) for row in _selection(key).get("rows") or []]


def clicked_row(key: str) -> int | None:
    """Position of the row whose button was clicked in this run, if any."""
    click = st.session_state.get(key)
    return None if click is None else int(click["row"])


def _selection(key: str) -> Mapping[str, Any]:
    event = st.session_state.get(key)
    if event is None:
        return {}
    return event.get("selection") or {}
