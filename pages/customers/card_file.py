"""The file of a customer (档案): four blocks, people, group, and when it was last verified."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import faults, frame, menu, tables, urls, work
from data import load
from data.queries import card
from data.writes import customers
from errors import Conflict
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _, _c
from words.text import md_escape

SIDES = ("basics", "business", "traits", "trading")
"""The blocks in the order they are laid out, left and right in turn."""
MONEY_FIELDS = ("grade", "credit_limit")
WORDED = {
    "kind": "customer_kind",
    "channel_role": "channel_role",
    "status": "customer_status",
    "grade": "grade",
}
AMOUNTS = ("registered_capital", "annual_category_spend", "sales", "margin", "credit_limit")


def block_names() -> dict[str, str]:
    """The four blocks in words."""
    return {
        "basics": _("Basics"),
        "traits": _("Traits"),
        "business": _("Business"),
        "trading": _("Trading"),
    }


def field_names() -> dict[str, str]:
    """The fields in words."""
    return {
        "name": _("Name"),
        "tax_no": _("Tax number"),
        "since": _("Customer since"),
        "legal_representative": _("Legal representative"),
        "registered_capital": _("Registered capital"),
        "employees": _("Employees"),
        "province": _("Province"),
        "city": _("City"),
        "address": _("Address"),
        "phone": _("Phone"),
        "website": _("Website"),
        "kind": _("Customer kind"),
        "channel_role": _("Place in the channel"),
        "industry": _("Industry"),
        "source": _("Source"),
        "annual_category_spend": _("Yearly spend on our categories"),
        "owner": _("Manager"),
        "status": _("Status"),
        "sales": _("Net sales"),
        "margin": _c("amount", "Gross margin"),
        "last_contact": _("Last contact"),
        "contacts": _("Contact persons"),
        "terms_days": _("Payment term"),
        "grade": _("Credit grade"),
        "credit_limit": _("Credit limit"),
        "usual_gap": _("Usual days between orders"),
        "contract_ends": _("Contract ends"),
        "csi": _("Satisfaction index"),
    }


def draw(seen: View, found: card.Card) -> None:
    """The file tab."""
    names = block_names()
    sides = st.columns(2)
    for place, block in enumerate(SIDES):
        known = _("{known} of {all} known", known=found.known(block), all=len(card.BLOCKS[block]))
        with sides[place % 2], frame.card(names[block], known):
            st.table(
                table_of(seen, found, block),
                border="horizontal",
                hide_header=True,
                alt=names[block],
            )
    people(seen, found)
    managers(found)
    group(found)
    keep(seen, found)


def table_of(seen: View, found: card.Card, block: str) -> dict[str, str]:
    """The fields of a block in words, with what is known of them."""
    names = field_names()
    return {
        names[name]: written(name, found.get(name)) if name != "terms_days" else term(seen, found)
        for name in card.BLOCKS[block]
        if seen.sees_money or name not in MONEY_FIELDS
    }


def term(seen: View, found: card.Card) -> str:
    """The customer's own payment term, or that it is unknown and what counts instead."""
    days = found.get("terms_days")
    if days is not None:
        return formats.days(days)
    default = formats.days(seen.policy.terms_default_days)
    return _("unknown (company default {days})", days=default)


def written(name: str, value: Any) -> str:
    """A field as the reader writes it, safe in markdown."""
    if value is None or value == "":
        return formats.NONE
    if name in WORDED:
        return md_escape(vocabulary.label(WORDED[name], value))
    if name in AMOUNTS:
        return md_escape(formats.money(value, compact=True))
    if name == "usual_gap":
        return formats.days(value)
    if name == "csi":
        return formats.score(value)
    if name in {"employees", "contacts"}:
        return formats.count(value)
    if name in {"since", "last_contact", "contract_ends"}:
        return formats.date(value)
    return md_escape(value)


def people(seen: View, found: card.Card) -> None:
    """Contact persons; phone and e-mail only for roles that may know them."""
    columns = [tables.Column("name", _("Name")), tables.Column("title", _("Job title"))]
    if seen.sees_money:
        columns += [tables.Column("phone", _("Phone")), tables.Column("email", _("E-mail"))]
    columns += [tables.Column("decides", _("Decides"), "flag"), tables.Column("note", _("Note"))]
    with frame.card(_("Contact persons"), None if found.contacts else _("None are known.")):
        if found.contacts:
            tables.show(
                card.contact_frame(found), columns, key="contacts", rows=6, alt=_("Contact persons")
            )


def managers(found: card.Card) -> None:
    """Who looked after the customer when; figures of a date stand with the manager of it."""
    if not found.managers:
        return
    with frame.card(_("Account managers so far")):
        for held in found.managers:
            name = md_escape(held.name) or _("nobody")
            since, until = formats.date(held.since), formats.date(held.until)
            if held.since is None:
                st.markdown(_("{name} until {date}", name=name, date=until))
            elif held.until is None:
                st.markdown(_("{name} since {date}", name=name, date=since))
            else:
                st.markdown(
                    _("{name} from {since} to {until}", name=name, since=since, until=until)
                )


def group(found: card.Card) -> None:
    """The group above and the members below, as links."""
    if not found.parent and not found.children:
        return
    with frame.card(_("Customer group")):
        ways = [(_("belongs to"), found.parent)] if found.parent else []
        ways += [(_("member"), child) for child in found.children]
        with st.container(horizontal=True, gap="medium"):
            for words, relative in ways:
                st.page_link(
                    menu.SCREENS["customer"].path,
                    label=f"{md_escape(relative.name)} · {words}",
                    icon=":material/domain:",
                    query_params={**urls.shared(), "id": relative.code},
                )


def keep(seen: View, found: card.Card) -> None:
    """The note and the day the file was verified; a form for those who keep cards."""
    note = found.fields["note"]
    with frame.card(
        _("Note"), _("Last verified: {date}", date=formats.date(found.fields["verified_on"]))
    ):
        if seen.user.role not in customers.KEEPERS:
            st.text(note or formats.NONE)
            return
        name = f"keep.{found.id}"
        key, version = work.draft(name, found.version, note)
        with st.form(urls.wkey(name), border=False):
            words = st.text_area(
                _("Note"), key=key, max_chars=customers.NOTE_LENGTH, label_visibility="collapsed"
            )
            sent = st.form_submit_button(_("Save, and mark as verified today"))
        if sent:
            save(found, version, words)


def save(found: card.Card, version: int, words: str) -> None:
    """Store the note; what somebody else wrote meanwhile is shown before it can be replaced."""
    name = f"keep.{found.id}"
    actor = frame.require("customer")
    try:
        customers.keep(
            load.engine(), actor, found.id, version, note=words, verified_on=load.today()
        )
    except Conflict as error:
        faults.show(error)
        st.caption(_("The note now reads:"))
        st.text(found.fields["note"] or formats.NONE)
        work.on_screen(name, found.version)  # told: saving again replaces it
        return
    work.saved(name)
    st.toast(_("Saved."), icon=":material/check:")
    st.rerun()
