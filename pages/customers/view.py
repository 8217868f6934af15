"""How the customer pages begin (页面开场): filters, the date that was computed, the head line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from analytics.quality import flag_names
from components import filters, frame, menu, urls
from data import load
from data.queries import runs
from models.access import User
from models.filters import Filters
from models.policy import Policy, of_stored
from words import formats
from words.i18n import _, _c


@dataclass(frozen=True, slots=True)
class View:
    """What the reader looks at: who, which customers, as of when, by which settings."""

    user: User
    choices: runs.Choices
    filters: Filters
    run: runs.Run
    policy: Policy

    @property
    def as_of(self) -> date:
        """The computed date shown."""
        return self.run.as_of

    @property
    def window(self) -> str:
        """The window of sales in words."""
        months = self.policy.window_months
        return _("last {n} months", n=months) if months else _("whole period")

    @property
    def sees_money(self) -> bool:
        """Whether the reader's role may know receivables, limits and grades."""
        return sees_money(self.user)

    def words(self) -> str:
        """The filters in words, for exports."""
        return filters.sentence(self.filters, self.choices.owners)


def sees_money(user: User) -> bool:
    """Whether a user's role may know receivables, limits and grades."""
    return menu.may_open("receivables", user.role)


def begin(user: User, *, tiers: bool = False, search: bool = False, versus: bool = False) -> View:
    """Draw the filters and the head line; stop with a word where nothing was computed yet.

    With `versus` the head line says what the changes of the figures are against.
    """
    choices = load.ask(runs.choices, user.scope)
    chosen = filters.row(
        filters.Options(
            days=choices.days,
            owners=choices.owners,
            mine=user.scope.owner_id,
            provinces=choices.provinces,
            industries=choices.industries,
            tiers=tiers,
            search=search,
        )
    )
    seen = look_up(user, choices, chosen)
    frame.about(
        as_of=seen.as_of,
        unit=formats.unit_name("money"),
        scope=frame.scope_words(user),
        computed_in=seen.run.computed_in,
        note=noted(
            _("Sales of the {window}", window=seen.window),
            _("Changes: {versus}", versus=since(seen.run.previous))
            if versus and seen.run.previous
            else None,
        ),
    )
    return seen


def look_up(user: User, choices: runs.Choices, chosen: Filters) -> View:
    """The run behind the chosen date; stops where there is none."""
    run = load.ask(runs.run, chosen.as_of)
    if run is None:
        frame.empty(
            _("No figures have been computed yet."),
            _("Import data, then start a refresh."),
        )
        st.stop()
    policy = of_stored(run.policy)
    return View(user, choices, replace(chosen, as_of=run.as_of), run, policy)


def risk_words(bits: int | None) -> str:
    """The risk flags of a customer as words; empty where there are none."""
    names = {
        "finance": _c("flag", "Finance"),
        "profit": _c("flag", "Profit"),
        "management": _c("flag", "Management"),
        "loss": _c("flag", "Loss"),
    }
    return formats.joined([names[code] for code in flag_names(int(bits or 0))])


def flow_names() -> dict[str, str]:
    """New, repeat and stopped buyers in words."""
    return {
        "new": _("First-time buyers"),
        "repeat": _("Returning buyers"),
        "stopped": _("Lapsed buyers"),
    }


def in_unit(words: str, largest: int) -> str:
    """A title with the unit its amounts are drawn in, fit for the largest of them."""
    return _("{title} ({unit})", title=words, unit=formats.scale(largest).unit)


def since(day: date | None) -> str:
    """The words of a comparison: against the end of a month."""
    return _("vs {month}", month=formats.month(day))


def noted(*parts: str | None) -> str:
    """Several short remarks under a figure as one."""
    return " · ".join(part for part in parts if part)


def settings_link(user: User, words: str) -> None:
    """The rules behind the figures, with a way to where they are set."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(words, width="content")
        if menu.may_open("settings", user.role):
            st.page_link(menu.SCREENS["settings"].path, label=_("Settings"), icon=":material/tune:")


def open_card(codes: Sequence[str]) -> object:
    """What a click on a row does: open the card of the customer in that place."""
    return lambda place: urls.go("customer", id=codes[place])
