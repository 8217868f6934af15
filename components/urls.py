"""Filters live in the URL (网址状态): any view can be shared, kept and restored.

The query string holds codes, never labels, and is the only truth: each widget is set
from it before it is drawn and writes to it when changed. The language is part of every
widget key, because Streamlit sends back the displayed label, which a language switch
would turn into another word. An unknown code falls back to the default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from components import state
from components.i18n import language
from components.menu import SCREENS
from models.filters import Page

SHARED = ("as_of", "owner", "province", "industry", "tier", "q")
"""Parameters that go along from screen to screen."""

PAGE = "page"
SORT = "sort"
_SEPARATOR = ","

Label = Callable[[str], str]


def read(key: str, allowed: Iterable[str] | None = None, default: str = "") -> str:
    """One code from the URL; the default when absent or not allowed."""
    raw = st.query_params.get(key, default)
    return raw if allowed is None or raw in set(allowed) else default


def read_many(key: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Several codes from the URL, those allowed, in the order of `allowed`."""
    raw = set(st.query_params.get(key, "").split(_SEPARATOR))
    return tuple(code for code in allowed if code in raw)


def put(key: str, value: str, default: str = "") -> None:
    """Write a code to the URL, or take it out when it is the default; back to page 1."""
    if value == default or value == "":
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
    if key != PAGE:
        st.query_params.pop(PAGE, None)


def put_many(key: str, codes: Iterable[str]) -> None:
    """Write several codes to the URL."""
    put(key, _SEPARATOR.join(codes))


def toggle(key: str, default: str = "") -> Callable[[str], None]:
    """A callback for chart clicks: choose the code, or let go of it when it is chosen."""

    def pick(code: str) -> None:
        put(key, default if read(key, default=default) == code else code, default)

    return pick


def toggle_many(key: str, allowed: Sequence[str]) -> Callable[[str], None]:
    """A callback for chart clicks on a filter of several codes: choose one, or let go."""

    def pick(code: str) -> None:
        put_many(key, () if read_many(key, allowed) == (code,) else (code,))

    return pick


def selectbox(
    key: str,
    label: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    label_of: Label = str,
    **more: Any,
) -> str:
    """A select box whose choice is `?key=code`; the first option is the default."""
    start = options[0] if default is None else default
    state.set_widget(wkey(key), read(key, options, start))

    def changed() -> None:
        put(key, state.widget(wkey(key)), start)

    return st.selectbox(
        label, options, format_func=label_of, key=wkey(key), on_change=changed, **more
    )


def segmented(
    key: str,
    label: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    label_of: Label = str,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "collapsed",
    **more: Any,
) -> str:
    """A segmented control (one must be chosen) whose choice is `?key=code`."""
    start = options[0] if default is None else default
    state.set_widget(wkey(key), read(key, options, start))

    def changed() -> None:
        put(key, state.widget(wkey(key)) or start, start)

    chosen = st.segmented_control(
        label,
        options,
        format_func=label_of,
        key=wkey(key),
        on_change=changed,
        required=True,
        label_visibility=label_visibility,
        **more,
    )
    return str(chosen or start)


def multiselect(
    key: str,
    label: str,
    options: Sequence[str],
    *,
    label_of: Label = str,
    **more: Any,
) -> tuple[str, ...]:
    """A multiselect whose choices are `?key=code,code`; nothing chosen means all."""
    state.set_widget(wkey(key), list(read_many(key, options)))

    def changed() -> None:
        put_many(key, state.widget(wkey(key)))

    chosen = st.multiselect(
        label, options, format_func=label_of, key=wkey(key), on_change=changed, **more
    )
    return tuple(chosen)


def text(key: str, label: str, *, max_chars: int = 60, **more: Any) -> str:
    """A text box whose content is `?key=text`."""
    state.set_widget(wkey(key), read(key)[:max_chars])

    def changed() -> None:
        put(key, (state.widget(wkey(key)) or "").strip())

    return st.text_input(
        label, key=wkey(key), on_change=changed, max_chars=max_chars, **more
    ).strip()


def toggle_box(key: str, label: str, **more: Any) -> bool:
    """A switch that is `?key=1` when on."""
    state.set_widget(wkey(key), read(key) == "1")

    def changed() -> None:
        put(key, "1" if state.widget(wkey(key)) else "")

    return st.toggle(label, key=wkey(key), on_change=changed, **more)


def day(key: str, label: str, *, default: date, earliest: date, latest: date, **more: Any) -> date:
    """A date box whose date is `?key=2026-11-21`, kept within its bounds."""
    state.set_widget(wkey(key), _day(read(key), default, earliest, latest))

    def changed() -> None:
        chosen = state.widget(wkey(key))
        put(key, chosen.isoformat() if chosen else "", default.isoformat())

    return st.date_input(
        label,
        key=wkey(key),
        on_change=changed,
        min_value=earliest,
        max_value=latest,
        format="YYYY-MM-DD",
        **more,
    )


def number(key: str, label: str, *, default: int = 0, least: int = 0, **more: Any) -> int:
    """A whole-number box whose value is `?key=1000`."""
    raw = read(key)
    value = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 12 else default
    state.set_widget(wkey(key), max(value, least))

    def changed() -> None:
        put(key, str(state.widget(wkey(key))), str(default))

    return int(st.number_input(label, key=wkey(key), on_change=changed, min_value=least, **more))


def page_number(total: int, per_page: int, key: str = PAGE) -> int:
    """The page of a list from `?page=3`, from 1 to the last one there is."""
    raw = read(key)
    wanted = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 7 else 1
    return min(max(wanted, 1), max(pages(total, per_page), 1))


def pages(total: int, per_page: int) -> int:
    """How many pages `total` rows make."""
    return -(-total // per_page)


def sort(allowed: Sequence[str], default: str) -> tuple[str, bool]:
    """The order of a list from `?sort=-overdue`: (key, descending); never an unknown key."""
    choices = [*allowed, *(f"-{key}" for key in allowed)]
    chosen = read(SORT, choices, default)
    return chosen.removeprefix("-"), chosen.startswith("-")


def list_page(allowed: Sequence[str], default_sort: str, *, size: int = 50) -> Page:
    """What page of a list the URL asks for, before the number of rows is known."""
    raw = read(PAGE)
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 7 else 1
    key, descending = sort(allowed, default_sort)
    return Page(number=max(number, 1), size=size, sort=key, descending=descending)


def link(screen: str, *, keep: bool = True, **params: object) -> str:
    """The address of a screen, with the shared filters of this view and `params`.

    >>> link("customer", keep=False, id="K0001")
    '/customer?id=K0001'
    """
    query = {
        **(shared() if keep else {}),
        **{k: str(v) for k, v in params.items() if v not in (None, "")},
    }
    base = "/" if SCREENS[screen].url_path == "overview" else f"/{SCREENS[screen].url_path}"
    return f"{base}?{urlencode(query)}" if query else base


def shared() -> dict[str, str]:
    """The shared filters in the URL now."""
    return {key: st.query_params[key] for key in SHARED if key in st.query_params}


def carry_over(screen: str) -> None:
    """Bring the shared filters along when the reader comes from another screen.

    The menu opens a screen with an empty query string. A link that names any shared
    filter is taken as it stands.
    """
    if state.arrive(screen) and not shared():
        for key, values in state.shared().items():
            st.query_params[key] = values[0]
    state.keep_shared({key: [value] for key, value in shared().items()})


def go(screen: str, **params: object) -> None:
    """Open another screen in this session, shared filters along."""
    query = {**shared(), **{k: str(v) for k, v in params.items() if v not in (None, "")}}
    st.switch_page(SCREENS[screen].path, query_params=query)


def wkey(key: str) -> str:
    """The widget key of a URL parameter: holds the language."""
    return f"url.{key}.{language()}"


def _day(raw: str, default: date, earliest: date, latest: date) -> date:
    try:
        chosen = date.fromisoformat(raw)
    except ValueError:
        return default
    return chosen if earliest <= chosen <= latest else default
