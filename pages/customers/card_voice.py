"""Satisfaction, complaints and risk on a customer's card (满意、投诉、督办)."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from components import charts, frame, tables
from components.survey_state import Surveys
from data import load
from data.queries import card, card_records, timeline
from models.access import User
from pages.customers import card_timeline
from pages.customers.view import View
from words import formats, reasons, vocabulary
from words.i18n import _, _n
from words.text import md_escape


def satisfaction(seen: View, found: card.Card) -> None:
    """The index over the waves of each survey by itself, and every questionnaire answered."""
    answered = questionnaires(seen, found, seen.user)
    standing = found.standing or {}
    takeaway = _(
        "Main survey: index {now}, before {before}; {n} answers",
        now=formats.score(standing.get("csi")),
        before=formats.score(standing.get("csi_before")),
        n=standing.get("csi_n") or 0,
    )
    courses = by_survey(answered)
    with frame.card(_("Satisfaction index"), takeaway if courses else why_none(seen, answered)):
        for place, (survey, days, index) in enumerate(courses):
            line = charts.Line(survey, days, index)
            charts.show(
                charts.trend([line], unit="score", height=200, start_at_zero=False),
                key=f"csi.{place}",
                alt=f"{survey}: {takeaway}",
            )
    with frame.card(_("Questionnaires"), _n("{n} answered", "{n} answered", len(answered))):
        if len(answered):
            tables.show(answered, survey_columns(), key="surveys", alt=_("Questionnaires"))


def by_survey(answered: Any) -> list[tuple[str, list[date], list[float]]]:
    """Of each survey that has an index: its name, and day and mean index of each wave."""
    known = answered[answered["index"].notna()]
    found = []
    for _number, mine in known.groupby("survey_id", sort=True):
        waves = [
            (max(one["answered_on"]), float(one["index"].astype(float).mean()))
            for _wave, one in mine.groupby("wave_id", sort=True)
        ]
        waves.sort()
        name = str(mine["survey"].iloc[0])
        found.append((name, [day for day, _ in waves], [index for _, index in waves]))
    return found


def why_none(seen: View, answered: Any) -> str:
    """Why there is no index: nobody answered, the survey has none, or too little was answered."""
    known = Surveys(seen.run.totals.get("surveys") or {})
    waves = [known.wave(int(number)) for number in answered["wave_id"]]
    kinds = {str(wave["measures"]) for wave in waves if wave} - {"index"}
    if not len(answered):
        return _("No answers yet.")
    if kinds:
        return vocabulary.label("survey_measures", min(kinds))
    return _("Too little of the questionnaire was answered for an index.")


def questionnaires(seen: View, found: card.Card, user: User) -> Any:
    """The questionnaires the customer answered, as this user may see them."""
    return load.ask(card_records.surveys, found.id, user.scope, as_of=seen.as_of)


def survey_columns() -> list[tables.Column]:
    """The columns of the questionnaires."""
    return [
        tables.Column("answered_on", _("Date"), "date"),
        tables.Column("survey", _("Survey")),
        tables.Column("wave", _("Wave")),
        tables.Column("respondent", _("Respondent")),
        tables.Column("index", _("Index"), "score"),
        tables.Column("nps", _("NPS answer"), "count"),
        tables.Column("comment", _("Comment"), width=320),
    ]


def complaints(seen: View, found: card.Card) -> None:
    """Every complaint, open ones marked by having no end."""
    said = load.ask(card_records.complaints, found.id, seen.user.scope, as_of=seen.as_of)
    still = sum(day is None for day in said["closed_on"])
    words = _("{n} complaints, {open} of them open", n=len(said), open=still)
    with frame.card(_("Complaints"), words):
        columns = [
            tables.Column("code", _("Code")),
            tables.Column("opened_on", _("Opened"), "date"),
            tables.Column("closed_on", _("Closed"), "date"),
            tables.Column("days", _("Days"), "count"),
            tables.Column("scope", _("Scope of complaint"), "badge", words="complaint_scope"),
            tables.Column("state", _("Step"), "badge", words="complaint_state"),
            tables.Column("summary", _("Complaint"), width=260),
            tables.Column("cause", _("Cause"), width=180),
            tables.Column("remedy", _("Remedy"), width=180),
            tables.Column("score_after", _("Satisfaction afterwards"), "score"),
        ]
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
        score=formats.score(score, digits=0),
        level=level,
    )
    with frame.card(_("Loss score"), takeaway):
        if why:
            tables.show(signals(why), signal_columns(), key="reasons", alt=takeaway)
        else:
            st.caption(_("No signal counts at this date."))
        cure = reasons.cure(why, score or 0, policy.loss_amber)
        if cure:
            st.markdown(_("**Would turn green with:** {cure}", cure=md_escape(cure)))
    past = load.ask(card.history, found.id, seen.user.scope, as_of=seen.as_of)
    newest_first = past.iloc[::-1].reset_index(drop=True)
    words = tier_words(list(past["tier"]))
    with frame.card(_("Month by month"), words):
        charts.show(
            charts.history(
                list(past["as_of"]),
                list(past["score"]),
                list(past["level"]),
                thresholds=(policy.loss_amber, policy.loss_red),
            ),
            key="scores",
            alt=words,
        )
        tables.show(newest_first, month_columns(), key="history", alt=words, rows=8)
    card_timeline.events(seen, found, timeline.GROUPS["risk"], _("Alerts and supervision"), "risk")


def signals(why: list[dict[str, Any]]) -> Any:
    """The reasons of a loss score in words, a line each."""
    return card.framed_lines(
        [
            {
                "signal": reasons.name(one["code"]),
                "value": reasons.value(one),
                "threshold": reasons.threshold(one),
                "points": one["points"],
                "sentence": reasons.sentence(one),
            }
            for one in why
        ]
    )


def signal_columns() -> list[tables.Column]:
    """The columns of the signals."""
    return [
        tables.Column("signal", _("Signal"), width=150),
        tables.Column("value", _("Value"), width=110),
        tables.Column("threshold", _("Counts from"), width=110),
        tables.Column("points", _("Points"), "count", width=70),
        tables.Column("sentence", _("What was found"), width=360),
    ]


def month_columns() -> list[tables.Column]:
    """The columns of the months."""
    return [
        tables.Column("as_of", _("Date"), "date"),
        tables.Column("tier", _("Tier"), "badge", words="tier"),
        tables.Column("abc", _("Class"), "badge", words="abc"),
        tables.Column("level", _("Level"), "badge", words="level"),
        tables.Column("score", _("Loss score"), "count"),
        tables.Column("sales", _("Net sales"), "money"),
        tables.Column("quality", _("Quality"), "count"),
    ]


def tier_words(tiers: list[str]) -> str:
    """How the tier changed, in a sentence."""
    steps = [tier for k, tier in enumerate(tiers) if k == 0 or tier != tiers[k - 1]]
    names = [vocabulary.label("tier", tier) for tier in steps]
    if len(steps) < 2:
        return _("Tier unchanged: {tier}", tier=names[0] if names else formats.NONE)
    return _("Tier: {steps}", steps=" → ".join(names[-5:]))
