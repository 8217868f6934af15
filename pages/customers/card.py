"""Customer card (客户资料卡): everything about one customer, and one line of time."""

from __future__ import annotations

import streamlit as st

from analytics.ageing import OVERDUE_RECEIVABLES
from analytics.collection import COLLECTION_RATIO
from analytics.composition import GROSS_MARGIN
from analytics.loss_score import LOSS_SCORE
from analytics.satisfaction import CSI
from analytics.trade import FILE_COMPLETENESS, LIMIT_USED, NET_SALES, WALLET_SHARE
from components import badges, cards, filters, frame, menu, missing, urls
from data import load
from data.queries import card, customers, runs
from data.queries.frames import ratio
from models.access import User
from models.filters import Page
from pages.customers import (
    card_export,
    card_file,
    card_money,
    card_timeline,
    card_voice,
    decide,
    view,
)
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _, _n
from words.text import md_escape, shorten

TABS = ("file", "trade", "receivables", "credit", "voice", "complaints", "risk", "timeline")
MONEY_TABS = ("receivables", "credit")


def heading(user: User) -> str | None:
    """The customer's name for the head of the page; None where there is none to show."""
    name = load.ask(card.name, urls.read("id"), user.scope)
    return md_escape(name) if name else None


def begin(user: User) -> tuple[View, card.Card]:
    """The date looked at, and the customer.

    Raises:
        NotThere: there is none of this code, or none this reader may see.
        NotFound: the address names none.
    """
    code = urls.read("id")
    if code and heading(user) is None:
        missing.refuse(missing.Missing("id", code, _("Customer")))
    choices = load.ask(runs.choices, user.scope)
    filters.row(filters.Options(days=choices.days))
    narrowed = filters.read(
        filters.Options(
            days=choices.days,
            owners=choices.owners,
            mine=user.scope.owner_id,
            provinces=choices.provinces,
            industries=choices.industries,
            tiers=True,
            search=True,
        )
    )
    found = load.ask(card.card, code, user.scope, as_of=narrowed.as_of)
    return view.look_up(user, choices, narrowed), found


def head(seen: View, found: card.Card) -> None:
    """Code, manager and standing on one line; the way to the next customer of the list."""
    frame.about(
        as_of=seen.as_of,
        computed_in=seen.run.computed_in,
        unit=formats.unit_name("money"),
        scope=md_escape(found.fields["code"]),
        note=_("Manager: {name}", name=md_escape(found.fields["owner"] or formats.NONE)),
    )
    standing = found.standing or {}
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        with st.container(horizontal=True, gap="xsmall", width="content"):
            kinds = (
                ("tier", "abc", "grade", "level") if seen.sees_money else ("tier", "abc", "level")
            )
            for kind in kinds:
                if standing.get(kind):
                    badges.badge(kind, standing[kind])
            if standing.get("is_key"):
                st.badge(_("Key account"), icon=":material/workspace_premium:", color="violet")
            for lost in load.ask(card.lost_on, found.id, seen.user.scope, as_of=seen.as_of):
                st.badge(_("Lost since {date}", date=formats.date(lost)), color="red")
            for words in filter(None, [view.risk_words(standing.get("flags"))]):
                st.badge(
                    _("Risk: {kinds}", kinds=md_escape(words)),
                    icon=":material/flag:",
                    color="orange",
                )
        neighbours(seen, found)


def neighbours(seen: View, found: card.Card) -> None:
    """The customers before and after, by sales, within the filters in the URL."""
    page = Page(sort="sales", descending=True)
    before, after, place, total = load.ask(
        customers.neighbours,
        seen.filters,
        page,
        seen.user.scope,
        as_of=seen.as_of,
        code=found.fields["code"],
    )
    if place is None:
        return
    with st.container(horizontal=True, gap="small", width="content", vertical_alignment="center"):
        for code, icon, words in (
            (before, ":material/chevron_left:", _("Previous")),
            (after, ":material/chevron_right:", _("Next")),
        ):
            if code is not None:
                st.page_link(
                    menu.SCREENS["customer"].path,
                    label=words,
                    icon=icon,
                    query_params={**urls.shared(), "id": code, "tab": urls.read("tab", TABS)},
                )
        st.caption(_("{place} of {total} by sales", place=place, total=total), width="content")


def csi_note(seen: View, n: int) -> str:
    """The answers the customer's index rests on, or why the main survey gives none."""
    measured = (seen.run.totals.get("csi") or {}).get("measures", "index")
    if measured != "index":
        return vocabulary.label("survey_measures", measured)
    return _n("{n} answer of this customer", "{n} answers of this customer", n)


def tiles(seen: View, found: card.Card) -> None:
    """The standing in figures."""
    s = found.standing or {}
    versus = _("vs the window before")
    sales, limit = s.get("sales"), s.get("credit_limit")
    net = (s.get("outstanding") or 0) - (s.get("unallocated") or 0)
    tile = cards.Tile
    shown = [
        tile(NET_SALES, sales, s.get("sales_before"), note=versus),
        tile(
            GROSS_MARGIN,
            ratio(s.get("margin"), sales),
            label=_("Margin"),
            note=formats.money(s.get("margin"), compact=True),
        ),
        tile(
            CSI,
            s.get("csi"),
            s.get("csi_before"),
            label=_("Satisfaction index"),
            note=csi_note(seen, s.get("csi_n") or 0),
        ),
        tile(
            LOSS_SCORE,
            s.get("score"),
            note=_("{amount} at risk", amount=formats.money(s.get("value_at_risk"), compact=True)),
        ),
    ]
    if seen.sees_money:
        shown += [
            tile(
                OVERDUE_RECEIVABLES,
                s.get("overdue"),
                note=_(
                    "of {amount} open", amount=formats.money(s.get("outstanding"), compact=True)
                ),
            ),
            tile(
                LIMIT_USED,
                ratio(max(net, 0), limit),
                note=_("limit {amount}", amount=formats.money(limit, compact=True)),
            ),
            tile(
                COLLECTION_RATIO,
                ratio(s.get("due_received"), s.get("due_amount")),
                note=_("of what fell due in the window"),
            ),
        ]
    else:
        shown.append(tile(WALLET_SHARE, ratio(sales, found.fields["annual_category_spend"])))
    verified = _("verified {date}", date=formats.date(found.fields["verified_on"]))
    shown.append(tile(FILE_COMPLETENESS, found.completeness, note=verified))
    cards.row(*shown)


def tab_names() -> dict[str, str]:
    """The tabs in words."""
    return {
        "file": _("Customer file"),
        "trade": _("Trade"),
        "receivables": _("Receivables"),
        "credit": _("Credit"),
        "voice": _("Satisfaction"),
        "complaints": _("Complaints"),
        "risk": _("Risk and supervision"),
        "timeline": _("Timeline"),
    }


def content(seen: View, found: card.Card) -> None:
    """The open tab; only its questions are asked."""
    open_to = [tab for tab in TABS if seen.sees_money or tab not in MONEY_TABS]
    tab = urls.segmented("tab", _("Part of the card"), open_to, label_of=tab_names().__getitem__)
    drawn = {
        "file": card_file.draw,
        "trade": card_money.trade,
        "receivables": card_money.receivables,
        "credit": card_money.credit,
        "voice": card_voice.satisfaction,
        "complaints": card_voice.complaints,
        "risk": card_voice.risk,
        "timeline": card_timeline.draw,
    }
    drawn[tab](seen, found)


with frame.screen("customer", title=heading(frame.require("customer"))) as user:
    seen, found = begin(user)
    head(seen, found)
    if found.standing is None:
        st.info(
            _("Nothing was computed for this customer at {date}.", date=formats.date(seen.as_of))
        )
    else:
        tiles(seen, found)
    content(seen, found)
    card_export.draw(seen, found)
    decide.form(seen, shorten(found.fields["code"], 40))
