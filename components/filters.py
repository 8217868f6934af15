"""The filters every page shares (筛选): all in the URL, handed on as one frozen value.

The page passes the options it loaded; nothing is loaded here. Boxes are narrow, so that
three fit side by side on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import streamlit as st

from components import formats, frame, urls, vocabulary
from components.i18n import _
from components.text import shorten
from models.classes import TIERS
from models.filters import Filters

ALL = "*"
WIDTH = 106


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen: empty means the filter is not drawn."""

    dates: Sequence[date] = ()
    """Snapshot dates, newest first."""
    owners: Mapping[int, str] = field(default_factory=dict)
    """Account managers: id → name."""
    provinces: Sequence[str] = ()
    industries: Sequence[str] = ()
    tiers: bool = False
    search: bool = False


def row(options: Options) -> Filters:
    """Draw the filters on the title's row and return what is chosen."""
    with frame.slot():
        return draw(options)


def draw(options: Options) -> Filters:
    """Draw the filters here and return what is chosen."""
    filters = Filters()
    if options.dates:
        filters = replace(filters, as_of=as_of(options.dates))
    if options.owners:
        filters = replace(filters, owner_ids=_owner(options.owners))
    if options.provinces:
        filters = replace(filters, provinces=_one("province", _("Province"), options.provinces))
    if options.industries:
        filters = replace(filters, industries=_one("industry", _("Industry"), options.industries))
    if options.tiers:
        filters = replace(filters, tiers=_tier())
    if options.search:
        filters = replace(filters, search=search())
    return filters


def read(options: Options) -> Filters:
    """What is chosen in the URL, without drawing anything."""
    dates = {day.isoformat(): day for day in options.dates}
    newest = next(iter(dates), "")
    owner = urls.read("owner", [str(number) for number in options.owners], ALL)
    return Filters(
        as_of=dates.get(urls.read("as_of", dates, newest)),
        owner_ids=() if owner == ALL else (int(owner),),
        provinces=_of_one(urls.read("province", options.provinces, ALL)),
        industries=_of_one(urls.read("industry", options.industries, ALL)),
        tiers=_of_one(urls.read("tier", TIERS, ALL)) if options.tiers else (),
        search=urls.read("q")[:60].strip() if options.search else "",
    )


def as_of(dates: Sequence[date], *, key: str = "as_of", label: str | None = None) -> date:
    """Choose among snapshot dates, newest first; the newest is the default."""
    days = {day.isoformat(): day for day in dates}
    chosen = urls.selectbox(key, label or _("Data as of"), list(days), width=WIDTH + 12)
    return days[chosen]


def search(width: int = 180) -> str:
    """A search box for a customer's code or name."""
    return urls.text(
        "q",
        _("Search"),
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
    parts = [(owners or {}).get(owner, str(owner)) for owner in filters.owner_ids]
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


def _owner(owners: Mapping[int, str]) -> tuple[int, ...]:
    names = {str(number): name for number, name in owners.items()}
    chosen = _choose("owner", _("Manager"), list(names), lambda code: names[code])
    return tuple(int(code) for code in chosen)


def _tier() -> tuple[str, ...]:
    return _choose("tier", _("Tier"), TIERS, vocabulary.labeller("tier"))


def _one(key: str, label: str, values: Sequence[str]) -> tuple[str, ...]:
    return _choose(key, label, values, lambda value: shorten(value, 14))


def _choose(key: str, label: str, codes: Sequence[str], label_of: urls.Label) -> tuple[str, ...]:
    every = _("All")
    chosen = urls.selectbox(
        key,
        label,
        [ALL, *codes],
        default=ALL,
        label_of=lambda code: every if code == ALL else label_of(code),
        width=WIDTH,
    )
    return _of_one(chosen)


def _of_one(code: str) -> tuple[str, ...]:
    return () if code == ALL else (code,)
