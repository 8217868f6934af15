"""The frame and the gate of every page (页面框架): who may enter, head, menu, known errors.

    with frame.screen("pyramid") as user:
        chosen = filters.row(...)
        frame.about(as_of=..., unit=...)
        ...

Who is asking is found by a function the composition root installs; without it every
page refuses, so a page file run on its own shows nothing. The question is asked on every
run, and again in fragments and callbacks (`require`, `guard`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import faults, freshness, menu, missing, not_there, reader, sidebar, state, urls
from errors import AppError, NotAllowed
from models.access import User
from words import formats
from words.i18n import _, _c

Identify = Callable[[], User | None]
KeepLanguage = Callable[[User, str], None]

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Root:
    """What the composition root gave us, once per process."""

    identify: Identify | None = None
    keep_language: KeepLanguage | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    about: DeltaGenerator
    slot: DeltaGenerator


@dataclass(frozen=True, slots=True)
class More:
    """The way from a card to the whole of it: a screen, the words, and its query."""

    screen: str
    words: str
    query: Mapping[str, str] = field(default_factory=dict)


_root = _Root()
_head: ContextVar[_Head | None] = ContextVar("head", default=None)


def install(identify: Identify | None, *, keep_language: KeepLanguage | None = None) -> None:
    """Say how to find who is asking, from the request and the store, at every call.

    Args:
        identify: returns the signed-in user as the store knows them now, or None.
        keep_language: stores the language a user chose, for their next session.
    """
    _root.identify = identify
    _root.keep_language = keep_language


def identify() -> User | None:
    """Who is asking, checked now; None for a stranger or a session that changed hands."""
    user = _root.identify() if _root.identify is not None else None
    if user is None or not state.begin(user.session_key):
        return None
    state.offer_language(user.language)
    return user


def require(key: str, *, edit: bool = False) -> User:
    """The user, if they may open (or `edit`) this screen now; else the run stops here.

    For fragments and callbacks, which run without the page around them.
    """
    user = identify()
    if user is None:
        refuse(_("Please sign in to continue."))
    allowed = menu.may_edit if edit else menu.may_open
    if not allowed(key, user.role):
        refuse(_("Your role may not open this page. Ask an administrator if you need it."))
    return user


def guard(
    key: str, *, edit: bool = False
) -> Callable[[Callable[Params, Result]], Callable[Params, Result]]:
    """Decorate a fragment or callback so that it checks the user each time it runs."""

    def decorate(function: Callable[Params, Result]) -> Callable[Params, Result]:
        @wraps(function)
        def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Result:
            require(key, edit=edit)
            return function(*args, **kwargs)

        return guarded

    return decorate


def refuse(words: str) -> NoReturn:
    """Show why nothing is shown, with a way to sign in, and stop the run."""
    st.warning(words, icon=":material/lock:")
    st.link_button(_("Go to the sign-in page"), "/auth/sign-in", icon=":material/login:")
    st.stop()
    raise NotAllowed  # st.stop is silent outside a run; a gate must not be


@contextmanager
def screen(key: str, title: str | None = None) -> Iterator[User]:
    """Open a page: gate, tab title, head, and known errors drawn once.

    Where the address names what is not there, the page is drawn anew with nothing but that.

    Args:
        key: the screen's key in `menu.SCREENS`.
        title: replaces the screen's title in the head, such as a customer's name; a
            stored string must have passed `md_escape`.
    """
    user = require(key)
    urls.carry_over(key)
    _draw_head(key, title)
    told = not_there.remembered(key)
    if told:
        _tell(user, told)
    missing.begin()
    try:
        yield user
        missing.settle()
        not_there.all_there()
    except missing.NotThere as error:
        not_there.remember(key, error.items)
        st.rerun()
    except NotAllowed:
        refuse(_("Your role may not do this."))
    except AppError as error:
        faults.show(error)
    finally:
        missing.end()


def _tell(user: User, items: tuple[missing.Missing, ...]) -> NoReturn:
    """Say what is not there, and nothing else."""
    try:
        not_there.show(user, items)
    except AppError as error:
        faults.show(error)
    st.stop()
    raise NotAllowed  # see `refuse`


def about(
    *,
    as_of: date | None = None,
    unit: str | None = None,
    scope: str | None = None,
    note: str | None = None,
    computed_in: float | None = None,
) -> None:
    """Fill the line under the title: data as of … · unit · scope.

    While newer figures are being computed, the line says so and follows the refresh.
    From here on figures are shown: what was asked for and is not there stops the page first.

    Args:
        as_of: the date of the figures.
        unit: of most figures.
        scope: whose customers they tell of.
        note: anything else.
        computed_in: seconds the figures took, where a reader asked for this date alone.
    """
    missing.settle()
    head = _head.get()
    if head is None:
        return
    took = None
    if computed_in is not None:
        took = _("computed on request in {seconds} s", seconds=formats.number(computed_in, 1))
    words = [took, _("Unit: {unit}", unit=unit) if unit else None, scope, note]
    parts = [part for part in words if part]
    if as_of is None:
        head.about.caption(" · ".join(parts))
        return
    with head.about.container():
        freshness.line([_("Data as of {date}", date=formats.date(as_of)), *parts])


def slot() -> DeltaGenerator:
    """The place for filters, on the title's row: `with frame.slot(): …`."""
    head = _head.get()
    return head.slot if head is not None else st.container()


def scope_words(user: User) -> str:
    """Whose customers the user sees, for the line under the title."""
    return _("All customers") if user.scope.owner_id is None else _("My customers")


def empty(what: str, then: str | None = None, *, icon: str = ":material/inbox:") -> None:
    """Say that there is nothing here, and what to do next, instead of a blank chart."""
    with st.container(border=True, horizontal_alignment="center", gap=None):
        st.markdown(f"### {icon}", width="content")
        st.markdown(f"**{what}**", width="content")
        if then:
            st.caption(then, width="content")


@contextmanager
def card(
    title: str, takeaway: str | None = None, *, key: str | None = None, more: More | None = None
) -> Iterator[None]:
    """A bordered card: a title, one sentence that says what to see, and its content.

    `more` is the way to the whole of it, at the right of the title; left out for those who
    may not open that screen.
    """
    with st.container(border=True, key=key, height="stretch"):
        with st.container(gap=None):
            _title(title, more)
            if takeaway:
                st.caption(takeaway)
        yield


def _title(title: str, more: More | None) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader(title, anchor=False, width="content")
        user = identify() if more is not None else None
        if more is not None and user is not None and menu.may_open(more.screen, user.role):
            st.page_link(
                menu.SCREENS[more.screen].path,
                label=more.words,
                icon=":material/chevron_right:",
                icon_position="right",
                query_params={**urls.shared(), **more.query},
            )


def navigation() -> Any:
    """Build the menu for whoever is asking and return the page to run.

    Always calls st.navigation, also for a stranger: otherwise Streamlit would look for
    page files itself.
    """
    user = identify()
    if user is None:
        stranger = st.Page(_refusal, title=_("Sign in"), default=True)
        return st.navigation([stranger], position="hidden")
    pages = []
    for item in menu.screens_for(user.role):
        page = st.Page(
            item.path,
            title=_c("menu", item.title),
            icon="",
            url_path=None if item.key == menu.HOME else item.url_path,
            default=item.key == menu.HOME,
        )
        pages.append(page)
    chosen = st.navigation(pages, position="hidden")
    sidebar.draw(user, _keep_language)
    return chosen


def _refusal() -> None:
    refuse(_("Please sign in to continue."))


def _keep_language(code: str) -> None:
    user = identify()
    if user is None:
        return
    reader.choose(code)
    if _root.keep_language is not None:
        _root.keep_language(user, code)


def _draw_head(key: str, title: str | None) -> None:
    name = _c("menu", menu.SCREENS[key].title)
    sidebar.page_config(name)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        with st.container(gap=None, width="content"):
            st.title(title or name, anchor=False)
            line = st.empty()
            sidebar.tell_browser(key)
        right = st.container(
            horizontal=True, vertical_alignment="bottom", width="content", gap="small"
        )
    _head.set(_Head(line, right))
