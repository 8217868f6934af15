"""What stands beside every page (侧栏): logo, language, who is signed in, the way out."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from pathlib import Path

import streamlit as st

from components import menu, state, theme, urls
from models.access import User
from words import i18n, vocabulary
from words.i18n import _, _c
from words.text import md_escape

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def page_config(title: str) -> None:
    """Name the browser tab; the icon is a local file, so no font server is asked."""
    st.set_page_config(
        page_title=_("{page} · Kehu", page=title),
        page_icon=str(ASSETS / "favicon.png"),
        layout="wide",
    )


def draw(user: User, keep_language: Callable[[str], None]) -> None:
    """Draw the sidebar under the menu."""
    shade = "dark" if theme.is_dark() else "light"
    st.logo(
        str(ASSETS / f"logo_{i18n.language()}_{shade}.svg"),
        size="large",
        icon_image=str(ASSETS / f"mark_{shade}.svg"),
    )
    with st.sidebar:
        _menu(user)
        _language_switch(keep_language)
        _who(user)


def tell_browser(screen: str) -> None:
    """Say the page's language, which glyphs and screen readers follow; fold the menu on a phone.

    Runs in the browser once per screen and language. Only names of our own tables are
    written into the script.
    """
    script = browser_script(screen, i18n.language())
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def browser_script(screen: str, lang: str) -> str:
    """The only script of ours; the content policy lets exactly these pass, by their hash."""
    return (
        f"/* {menu.SCREENS[screen].key} */"
        f"document.documentElement.lang = '{i18n.lang_tag(lang)}';"
        "if (innerWidth < 768) document.querySelector("
        "'[data-testid=stSidebarCollapseButton] button')?.click();"
    )


def _menu(user: User) -> None:
    """The menu, its links with the shared filters of this view.

    Drawn by hand because the built-in one drops the query string, and takes the tab's
    icon from a font server when a page has a symbol.
    """
    kept = urls.shared()
    for section, items in groupby(menu.screens_for(user.role), key=lambda item: item.section):
        seen = [item for item in items if not item.hidden]
        if not seen:
            continue
        with st.container(gap="xsmall"):
            st.caption(_c("menu", menu.SECTIONS[section]))
            for item in seen:
                st.page_link(
                    item.path,
                    label=_c("menu", item.title),
                    icon=item.icon,
                    query_params=kept,
                    width="stretch",
                )


def _language_switch(keep_language: Callable[[str], None]) -> None:
    key = f"language.{i18n.language()}"
    state.set_widget(key, i18n.language())

    def changed() -> None:
        chosen = state.widget(key)
        if chosen:
            keep_language(chosen)

    st.segmented_control(
        _("Language"),
        list(i18n.LANGUAGES),
        format_func=i18n.LANGUAGES.__getitem__,
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )


def _who(user: User) -> None:
    leave = escape(_("Sign out"))
    with st.container(gap=None):
        st.page_link(
            menu.SCREENS["account"].path,
            label=f"{md_escape(user.name)} · {vocabulary.label('role', user.role)}",
            icon=":material/account_circle:",
        )
        st.html(
            '<form method="post" action="/auth/sign-out" target="_self" style="margin:0">'
            f'<button type="submit" class="kehu-out">{leave}</button></form>'
            "<style>.kehu-out{background:none;border:0;color:inherit;opacity:.75;font:inherit;font-size:.875rem;"
            "cursor:pointer;padding:.25rem .5rem .25rem 2.05rem}"
            ".kehu-out:hover,.kehu-out:focus-visible{opacity:1;text-decoration:underline}</style>"
        )
