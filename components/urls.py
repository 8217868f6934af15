"""Filters live in the URL (网址状态): any view can be shared, kept and restored.

The query string holds codes, never labels, and is the only truth: each widget is set
from it before it is drawn and writes to it when changed. The language is part of every
widget key, because Streamlit sends back the displayed label, which a language switch
would turn into another word. A value that is not there is noted (`components.missing`), and
the page refuses by name; only how a page is laid out falls back to the default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from components import missing, state
from components.menu import SCREENS
from components.missing import Missing
from words.i18n import _, language
from words.text import md_escape, shorten

SHARED = ("as_of", "owner", "province", "industry", "tier", "q")
"""Parameters that go along from screen to screen."""

PAGE = "page"
SORT = "sort"
LAYOUT = frozenset({PAGE, SORT, "view", "tab", "part", "by", "x", "y"})
"""How a page is laid out: it narrows nothing, so an unknown code is the default."""
HANGS_ON = {
    "as_of": ("before", "wave"),
    "survey": ("wave",),
    "edges": ("bucket",),
    "basis": ("bucket",),
}
"""Choices that mean something only as long as another stays: it takes them along."""
_SEPARATOR = ","

Label = Callable[[str], str]


def read(
    key: str,
    allowed: Iterable[str] | None = None,
    default: str = "",
    *,
    label: str = "",
    label_of: Label = str,
) -> str:
    """One code from the URL; the default when absent, or noted as missing and not allowed.

    Args:
        key: of the parameter.
        allowed: the codes there are; None takes any text.
        default: when the parameter is absent or empty.
        label: the parameter in words, should the code be missing.
        label_of: a code in words, to offer those much like it.
    """
    raw = st.query_params.get(key, default)
    codes = None if allowed is None else list(allowed)
    if codes is None or raw in codes or raw == default:
        return raw
    if raw and key not in LAYOUT:
        _note(key, raw, codes, label, label_of)
    return default


def read_many(
    key: str, allowed: Iterable[str], *, label: str = "", label_of: Label = str
) -> tuple[str, ...]:
    """Several codes from the URL, those allowed, in the order of `allowed`."""
    codes, raw = list(allowed), _codes(key)
    unknown = [code for code in raw if code not in codes]
    if unknown:
        _note(key, _SEPARATOR.join(unknown), codes, label, label_of)
    return tuple(code for code in codes if code in raw)


def chosen(key: str, listed: Iterable[str], label: str) -> str:
    """The row of a list that the URL names; nothing, in words, where the list lacks it."""
    raw = read(key)
    if not raw or raw in set(listed):
        return raw
    st.caption(
        _("{what} “{value}” is not in this list.", what=label, value=md_escape(shorten(raw, 40)))
    )
    return ""


def put(key: str, value: str, default: str = "") -> None:
    """Write a code to the URL, or take it out when it is the default; back to page 1."""
    if value == default or value == "":
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
    for other in HANGS_ON.get(key, ()):
        st.query_params.pop(other, None)
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
    state.set_widget(wkey(key), read(key, options, start, label=label, label_of=label_of))

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
    state.set_widget(wkey(key), read(key, options, start, label=label, label_of=label_of))

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
    picked = read_many(key, options, label=label, label_of=label_of)
    state.set_widget(wkey(key), list(picked))

    def changed() -> None:
        put_many(key, state.widget(wkey(key)))

    chosen = st.multiselect(
        label, options, format_func=label_of, key=wkey(key), on_change=changed, **more
    )
    return tuple(chosen)


def text(key: str, label: str, *, max_chars: int = 60, **more: Any) -> str:
    """A text box whose content is `?key=text`."""
    state.set_widget(wkey(key), read_text(key, label, max_chars))

    def changed() -> None:
        put(key, (state.widget(wkey(key)) or "").strip())

    return st.text_input(
        label, key=wkey(key), on_change=changed, max_chars=max_chars, **more
    ).strip()


def toggle_box(key: str, label: str, **more: Any) -> bool:
    """A switch that is `?key=1` when on."""
    state.set_widget(wkey(key), read(key, ("0", "1"), "0", label=label) == "1")

    def changed() -> None:
        put(key, "1" if state.widget(wkey(key)) else "")

    return st.toggle(label, key=wkey(key), on_change=changed, **more)


def day(key: str, label: str, *, default: date, earliest: date, latest: date, **more: Any) -> date:
    """A date box whose date is `?key=2026-11-21`, within its bounds."""
    state.set_widget(wkey(key), _day(key, label, default, earliest, latest))

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
    known = raw.isascii() and raw.isdigit() and len(raw) <= 12 and int(raw) >= least
    if raw and not known:
        missing.note(Missing(key, raw, label))
    state.set_widget(wkey(key), int(raw) if known else max(default, least))

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


def read_text(key: str, label: str, max_chars: int) -> str:
    """A text from the URL; one that is too long to search for is noted as missing."""
    raw = read(key)
    if len(raw) > max_chars:
        missing.note(Missing(key, raw, label))
        return ""
    return raw


def row_number(raw: str) -> int:
    """The number of a stored row as the URL holds it; 0, which no row has, where it is none."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def iso_day(raw: str) -> date | None:
    """A day as the URL holds it, 2026-11-21; None where it is none."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _day(key: str, label: str, default: date, earliest: date, latest: date) -> date:
    raw = read(key)
    chosen = iso_day(raw) if raw else default
    if chosen is None or not earliest <= chosen <= latest:
        missing.note(Missing(key, raw, label))
        return default
    return chosen


def _codes(key: str) -> list[str]:
    return [code for code in st.query_params.get(key, "").split(_SEPARATOR) if code]


def _note(key: str, raw: str, codes: Sequence[str], label: str, label_of: Label) -> None:
    offers = tuple((code, label_of(code)) for code in missing.near(raw, codes))
    missing.note(Missing(key, raw, label, offers=offers))
