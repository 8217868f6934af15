"""The filters every page shares (筛选): all in the URL, handed on as one frozen value.

The page passes the options it loaded; nothing is loaded here. Boxes are narrow, so that
three fit side by side on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from components import dates, frame, urls
from models.classes import TIERS
from models.filters import Days, Filters
from words import formats, vocabulary
from words.i18n import _
from words.text import shorten

ALL = "*"
NOBODY = 0
"""The manager of customers that have none."""
WIDTH = 106
LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen: None means the page does not ask for it, nor reads it.

    Where there is nothing to choose among, no box is drawn, and whatever the URL names is
    not there.
    """

    days: Days | None = None
    owners: Mapping[int, str] | None = None
    """Account managers: id → name."""
    mine: int | None = None
    """The reader sees this manager's customers only: no box, and nobody else is there."""
    provinces: Sequence[str] | None = None
    industries: Sequence[str] | None = None
    tiers: bool = False
    search: bool = False


def row(options: Options) -> Filters:
    """Draw the filters on the title's row and return what is chosen."""
    with frame.slot():
        return draw(options)


def draw(options: Options) -> Filters:
    """Draw the filters here and return what is chosen."""
    return _chosen(options, dates.choose, _box, search)


def read(options: Options) -> Filters:
    """What is chosen in the URL, without drawing anything."""
    return _chosen(options, dates.read, _code, _searched)


def search(width: int = 180) -> str:
    """A search box for a customer's code or name."""
    return urls.text(
        "q",
        _("Search"),
        max_chars=LONGEST_SEARCH,
        placeholder=_("Code or name"),
        icon=":material/search:",
        width=width,
    )


def clear_button(*keys: str) -> None:
    """A button that takes the shared filters, and `keys`, out of the URL."""
    used = [key for key in (*urls.SHARED, *keys) if urls.read(key)]

    def clear() -> None:
        for key in used:
            urls.put(key, "")

    if used:
        st.button(
            _("Clear filters"),
            key=urls.wkey("clear"),
            icon=":material/filter_alt_off:",
            on_click=clear,
            type="tertiary",
        )


def sentence(filters: Filters, owners: Mapping[int, str] | None = None) -> str:
    """The filters in words, for exports and captions; "none" when nothing is narrowed."""
    names = {NOBODY: _("No manager"), **(owners or {})}
    parts = [names.get(owner, str(owner)) for owner in filters.owner_ids]
    parts += [*filters.provinces, *filters.industries]
    parts += [vocabulary.label("customer_kind", kind) for kind in filters.kinds]
    parts += [vocabulary.label("tier", tier) for tier in filters.tiers]
    parts += [vocabulary.label("abc", code) for code in filters.abc]
    parts += [vocabulary.label("level", level) for level in filters.levels]
    parts += [vocabulary.label("grade", grade) for grade in filters.grades]
    if filters.key_only:
        parts.append(_("Key accounts"))
    if filters.min_overdue:
        least = formats.money0(filters.min_overdue)
        parts.append(_("overdue at least {amount}", amount=least))
    if filters.search:
        parts.append(_("search “{text}”", text=filters.search))
    return formats.joined(parts) if parts else _("none")


Choose = Callable[[str, str, Sequence[str], urls.Label], str]
"""Of a parameter, its words, its codes and their words: the code chosen, or `ALL`."""


def _chosen(
    options: Options,
    day: Callable[..., date | None],
    choose: Choose,
    searched: Callable[[], str],
) -> Filters:
    """What is chosen of everything the page asks for, drawn or only read."""
    days = options.days
    latest = days.latest if days else None

    def one(key: str, label: str, codes: Sequence[str] | None, words: urls.Label) -> Any:
        code = ALL if codes is None else choose(key, label, codes, words)
        return () if code == ALL else (code,)

    return Filters(
        as_of=day("as_of", _("Data as of"), days, latest=latest) if latest else None,
        owner_ids=_owner(options, choose),
        provinces=one("province", _("Province"), options.provinces, _short),
        industries=one("industry", _("Industry"), options.industries, _short),
        tiers=one("tier", _("Tier"), TIERS if options.tiers else None, vocabulary.labeller("tier")),
        search=searched() if options.search else "",
    )


def _owner(options: Options, choose: Choose) -> tuple[int, ...]:
    """The manager chosen; `NOBODY` for customers that have none."""
    label = _("Manager")
    if options.mine is not None:
        _code("owner", label, [str(options.mine)], str)
        return ()
    if options.owners is None:
        return ()
    names = {str(number): name for number, name in options.owners.items()}
    names[str(NOBODY)] = _("No manager")
    code = choose("owner", label, list(names), names.__getitem__)
    return () if code == ALL else (int(code),)


def _box(key: str, label: str, codes: Sequence[str], words: urls.Label) -> str:
    if not codes:
        return _code(key, label, codes, words)
    every = _("All")
    return urls.selectbox(
        key,
        label,
        [ALL, *codes],
        default=ALL,
        label_of=lambda code: every if code == ALL else words(code),
        width=WIDTH,
    )


def _code(key: str, label: str, codes: Sequence[str], words: urls.Label) -> str:
    return urls.read(key, codes, ALL, label=label, label_of=words)


def _searched() -> str:
    return urls.read_text("q", _("Search"), LONGEST_SEARCH).strip()


def _short(value: str) -> str:
    return shorten(value, 14)
