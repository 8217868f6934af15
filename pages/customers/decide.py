"""Deciding by hand who is a key account (大客户认定): the form, and what waits to be counted."""

from __future__ import annotations

import streamlit as st

from components import frame, urls, work
from data import load
from data.queries import card, key_accounts
from data.writes.key_accounts import DECIDERS, REASON_LENGTH, override
from pages.customers.view import View
from words import formats
from words.i18n import _, _n
from words.text import md_escape

CHOICES = {"key": True, "not_key": False, "lifted": None}


def words() -> dict[str, str]:
    """The three decisions in words."""
    return {
        "key": _("Is a key account"),
        "not_key": _("Is not a key account"),
        "lifted": _("The score decides again"),
    }


def waiting(seen: View) -> None:
    """Decisions that the figures do not follow yet."""
    found = load.ask(key_accounts.overrides, seen.user.scope, as_of=seen.as_of)
    open_ones = [decision for decision in found if not decision.counted]
    if not open_ones:
        return
    said = {value: words()[code] for code, value in CHOICES.items()}
    with frame.card(
        _("Decided since the last refresh"),
        _n(
            "{n} decision waits for the next refresh",
            "{n} decisions wait for the next refresh",
            len(open_ones),
        ),
    ):
        for decision in open_ones:
            st.markdown(
                f"**{md_escape(decision.name)}** · {said[decision.is_key]} · "
                f"{md_escape(decision.decided_by)}, {formats.datetime_local(decision.decided_at)}"
                f" · {md_escape(decision.reason)}"
            )


def form(seen: View, code: str | None = None) -> None:
    """A decision with its reason; only for roles that may decide.

    Args:
        seen: what the reader looks at.
        code: of the customer; asked for when left out.
    """
    if seen.user.role not in DECIDERS:
        return
    screen = "customer" if code else "key_accounts"
    work.notice()
    name = f"decide.{code or ''}"
    decided = load.ask(key_accounts.newest_decision, seen.user.scope)
    newest = work.seen_version(name, decided)
    with st.expander(_("Decide who is a key account"), icon=":material/gavel:"):
        answers = ask(name, code)
    work.on_screen(name, decided)
    if answers is None:
        return
    asked, choice, reason = answers
    actor = frame.require(screen)

    def write() -> None:
        found = load.ask(card.card, asked, actor.scope, as_of=seen.as_of)
        override(
            load.engine(),
            actor,
            found.id,
            is_key=CHOICES[choice],
            reason=reason,
            on=load.today(),
            newest=newest,
        )

    work.attempt(write, _("Saved. The figures follow at the next refresh."))


def ask(name: str, code: str | None) -> tuple[str, str, str] | None:
    """Whom, what and why; (customer code, decision, reason) once sent."""
    named, fresh = words(), work.fresh(name)
    with st.form(urls.wkey(fresh), border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            asked = code or st.text_input(
                _("Customer code"), max_chars=40, width=160, key=urls.wkey(f"{fresh}.code")
            )
            choice = st.selectbox(
                _("Decision"),
                list(CHOICES),
                format_func=named.__getitem__,
                key=urls.wkey(f"{fresh}.decision"),
                width=220,
            )
            reason = st.text_input(
                _("Reason"),
                max_chars=REASON_LENGTH,
                key=urls.wkey(f"{fresh}.reason"),
                placeholder=_("Why, in a sentence others will understand"),
            )
        sent = st.form_submit_button(_("Save decision"), type="primary")
    if not sent:
        return None
    work.note_sent(name)
    return asked.strip(), choice, reason
