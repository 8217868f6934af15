"""Satisfaction, complaints, risk and the line of time on a customer's card (满意、投诉、督办)."""

from __future__ import annotations

import streamlit as st

from components import charts, formats, frame, reasons, tables, urls, vocabulary
from components.i18n import _, _n, mark
from components.text import md_escape
from data import load
from data.queries import card, card_records, timeline
from pages.customers.view import View

EVENTS = {
    "order": mark("Order"), "invoice": mark("Invoice"), "receipt": mark("Receipt"),
    "credit_note": mark("Credit note"), "collection": mark("Collection"),
    "visit": mark("Visit"), "survey": mark("Survey answer"), "complaint": mark("Complaint"),
    "complaint_closed": mark("Complaint closed"), "grade": mark("Credit grade"),
    "limit": mark("Credit limit"), "contract": mark("Contract begins"),
    "contract_ended": mark("Contract ends"), "manager": mark("Account manager"),
    "key": mark("Key account decided"), "alert": mark("Alert raised"),
    "alert_ended": mark("Alert ended"), "supervision": mark("Supervision opened"),
    "supervision_closed": mark("Supervision closed"), "loss": mark("Lost"),
    "won_back": mark("Won back"),
}  # fmt: skip
DETAILS = {
    "collection": "collection_result", "visit": "contact_channel", "complaint": "complaint_scope",
    "complaint_closed": "complaint_scope", "grade": "grade", "alert": "level",
    "alert_ended": "alert_state", "loss": "loss_reason", "won_back": "loss_reason",
}  # fmt: skip
MOST_EVENTS = 200


def satisfaction(seen: View, found: card.Card) -> None:
    """The index over time, and every questionnaire answered."""
    past = load.ask(card.history, found.id, seen.user.scope, as_of=seen.as_of)
    answered = load.ask(card_records.surveys, found.id, seen.user.scope, as_of=seen.as_of)
    standing = found.standing or {}
    takeaway = _(
        "Index {now}, before {before}; {n} answers",
        now=formats.score(standing.get("csi")), before=formats.score(standing.get("csi_before")),
        n=standing.get("csi_n") or 0,
    )  # fmt: skip
    with frame.card(_("Satisfaction index"), takeaway):
        if any(value is not None for value in past["csi"]):
            line = charts.Line(_("Satisfaction index"), list(past["as_of"]), list(past["csi"]))
            charts.show(charts.trend([line], unit="score", height=200, start_at_zero=False),
                        key="csi", alt=takeaway)  # fmt: skip
        else:
            st.caption(_("No answers yet."))
    with frame.card(_("Questionnaires"), _n("{n} answered", "{n} answered", len(answered))):
        columns = [
            tables.Column("answered_on", _("Date"), "date"), tables.Column("survey", _("Survey")),
            tables.Column("wave", _("Wave")), tables.Column("respondent", _("Respondent")),
            tables.Column("index", _("Index"), "score"),
            tables.Column("nps", _("NPS answer"), "count"),
            tables.Column("comment", _("Comment"), width=320),
        ]  # fmt: skip
        if len(answered):
            tables.show(answered, columns, key="surveys", alt=_("Questionnaires"))


def complaints(seen: View, found: card.Card) -> None:
    """Every complaint, open ones marked by having no end."""
    said = load.ask(card_records.complaints, found.id, seen.user.scope, as_of=seen.as_of)
    still = sum(day is None for day in said["closed_on"])
    words = _("{n} complaints, {open} of them open", n=len(said), open=still)
    with frame.card(_("Complaints"), words):
        columns = [
            tables.Column("code", _("Code")), tables.Column("opened_on", _("Opened"), "date"),
            tables.Column("closed_on", _("Closed"), "date"),
            tables.Column("days", _("Days"), "count"),
            tables.Column("scope", _("Scope of complaint"), "badge", words="complaint_scope"),
            tables.Column("state", _("Step"), "badge", words="complaint_state"),
            tables.Column("summary", _("Complaint"), width=260),
            tables.Column("cause", _("Cause"), width=180),
            tables.Column("remedy", _("Remedy"), width=180),
            tables.Column("score_after", _("Satisfaction afterwards"), "score"),
        ]  # fmt: skip
        if len(said):
            tables.show(said, columns, key="complaints", alt=words)


def risk(seen: View, found: card.Card) -> None:
    """What the loss score is made of, what would lower it, how it and the tier went."""
    standing, policy = found.standing or {}, seen.policy
    why = standing.get("reasons") or []
    score = standing.get("score")
    level = vocabulary.label("level", standing.get("level"))
    takeaway = _(
        "Loss score {score} of 100, high is bad: {level}",
        score=formats.score(score, digits=0), level=level,
    )  # fmt: skip
    with frame.card(_("Loss score"), takeaway):
        if why:
            columns = [
                tables.Column("signal", _("Signal"), width=150),
                tables.Column("value", _("Value"), width=110),
                tables.Column("threshold", _("Counts from"), width=110),
                tables.Column("points", _("Points"), "count", width=70),
                tables.Column("sentence", _("What was found"), width=360),
            ]
            tables.show(card.framed_lines([
                {"signal": reasons.name(one["code"]), "value": reasons.value(one),
                 "threshold": reasons.threshold(one), "points": one["points"],
                 "sentence": reasons.sentence(one)} for one in why
            ]), columns, key="reasons", alt=takeaway)  # fmt: skip
        else:
            st.caption(_("No signal counts at this date."))
        cure = reasons.cure(why, score or 0, policy.loss_amber)
        if cure:
            st.markdown(_("**Would turn green with:** {cure}", cure=md_escape(cure)))
    past = load.ask(card.history, found.id, seen.user.scope, as_of=seen.as_of)
    words = tier_words(list(past["tier"]))
    with frame.card(_("Month by month"), words):
        charts.show(
            charts.history(list(past["as_of"]), list(past["score"]), list(past["level"]),
                           thresholds=(policy.loss_amber, policy.loss_red)),
            key="scores", alt=words,
        )  # fmt: skip
        columns = [
            tables.Column("as_of", _("Date"), "date"),
            tables.Column("tier", _("Tier"), "badge", words="tier"),
            tables.Column("abc", _("Class"), "badge", words="abc"),
            tables.Column("level", _("Level"), "badge", words="level"),
            tables.Column("score", _("Loss score"), "count"),
            tables.Column("sales", _("Net sales"), "money"),
            tables.Column("quality", _("Quality"), "count"),
        ]
        newest_first = past.iloc[::-1].reset_index(drop=True)
        tables.show(newest_first, columns, key="history", alt=words, rows=8)
    events(seen, found, timeline.GROUPS["risk"], _("Alerts and supervision"), "risk")


def tier_words(tiers: list[str]) -> str:
    """How the tier changed, in a sentence."""
    steps = [tier for k, tier in enumerate(tiers) if k == 0 or tier != tiers[k - 1]]
    names = [vocabulary.label("tier", tier) for tier in steps]
    if len(steps) < 2:
        return _("Tier unchanged: {tier}", tier=names[0] if names else formats.NONE)
    return _("Tier: {steps}", steps=" → ".join(names[-5:]))


def timeline_tab(seen: View, found: card.Card) -> None:
    """Everything dated, newest first."""
    groups = {"all": _("All"), "trade": _("Trade"), "money": _("Money"), "voice": _("Feedback"),
              "risk": _("Risk"), "people": _("People")}  # fmt: skip
    hidden = () if seen.sees_money else timeline.GROUPS["money"]
    open_to = [code for code in groups if code != "money" or seen.sees_money]
    chosen = urls.segmented("kind", _("Kind"), open_to, label_of=groups.__getitem__)
    kinds = timeline.KINDS if chosen == "all" else timeline.GROUPS[chosen]
    shown = tuple(kind for kind in kinds if kind not in hidden)
    events(seen, found, shown, _("Timeline"), "timeline")


def events(seen: View, found: card.Card, kinds: tuple[str, ...], title: str, key: str) -> None:
    """Dated events as a list, each in words."""
    past = load.ask(
        timeline.timeline, found.id, seen.user.scope, as_of=seen.as_of, kinds=kinds,
        most=MOST_EVENTS,
    )  # fmt: skip
    past["what"] = [_(EVENTS[kind]) for kind in past["kind"]]
    past["told"] = [
        told(kind, detail, words)
        for kind, detail, words in zip(past["kind"], past["detail"], past["words"], strict=True)
    ]
    words = _n("{n} event", "{n} events", len(past))
    if len(past) >= MOST_EVENTS:
        words = _("the newest {n} events", n=MOST_EVENTS)
    with frame.card(title, words):
        columns = [
            tables.Column("on", _("Date"), "date", width=100),
            tables.Column("what", _("Event"), width=130),
            tables.Column("told", _("Details"), width=380),
            tables.Column("amount", _("Amount"), "money", width=110),
            tables.Column("who", _("By whom"), width=90),
            tables.Column("code", _("Code"), width=120),
        ]
        if len(past):
            tables.show(past, columns, key=key, alt=title, rows=18)


def told(kind: str, detail: str | None, words: str | None) -> str:
    """The detail of an event: its code in words, then what was written."""
    said = vocabulary.label(DETAILS[kind], detail) if detail and kind in DETAILS else ""
    if kind == "key":
        said = {"key": _("Is a key account"), "not_key": _("Is not a key account"),
                "lifted": _("The score decides again")}[detail or "lifted"]  # fmt: skip
    return " · ".join(part for part in (said, words) if part)
