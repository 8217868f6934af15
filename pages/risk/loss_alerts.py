"""Loss alerts (流失预警): who is about to leave, why, what is at stake, and what is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import downloads, filters, frame, tables, urls, work
from data import load
from data.queries import alerts, runs
from models.access import User
from models.filters import MOST, Filters, Page
from models.policy import of_stored
from pages.risk import deciding, loss_reasons, task_board
from pages.risk.alert_tiles import View, tiles
from words import formats, reasons
from words.i18n import _
from words.text import md_escape, shorten
from words.vocabulary import label

SCREEN = "loss_alerts"
SIZE = 25
VIEWS = ("alerts", "board", "losses")
LEVELS = ("all", "red", "amber", "green")


def choose(user: User, choices: runs.Choices) -> Filters:
    """Filters on the title row."""
    with frame.slot():
        main = filters.draw(
            filters.Options(
                days=choices.days,
                owners=choices.owners,
                mine=user.scope.owner_id,
                tiers=True,
            )
        )
        with st.popover(_("More"), icon=":material/tune:"):
            more = filters.draw(
                filters.Options(
                    provinces=choices.provinces, industries=choices.industries, search=True
                )
            )
            filters.clear_button("level", "show", "new", "c", "t", "reason")
    return replace(main, provinces=more.provinces, industries=more.industries, search=more.search)


def columns(*, everybody: bool) -> list[tables.Column]:
    """Columns of the list of alerts."""
    found = [
        tables.Column("name", _("Customer"), "button", width=225, pinned=True, sort="name"),
        tables.Column("level", _("Level"), "badge", words="level", width=70),
        tables.Column("why", _("Reasons"), width=500),
        tables.Column("value_at_risk", _("Margin at risk"), "money", sort="value_at_risk"),
        tables.Column(
            "score", _("Score"), "score", sort="score", width=70, help=_("0–100, high is bad")
        ),
        tables.Column("tier", _("Tier"), "badge", words="tier", sort="tier"),
        tables.Column("since", _("Since"), "date", sort="raised_on"),
        tables.Column("state", _("State"), "badge", words="alert_state"),
        tables.Column("item_owner", _("Task with")),
        tables.Column("due_on", _("Due date"), "date", sort="due_on"),
        tables.Column("item_state", _("Task"), "badge", words="task_state"),
    ]
    if everybody:
        found.insert(6, tables.Column("owner", _("Manager")))
    return found


def listing(view: View) -> None:
    """The customers at risk, most money first."""
    shown = columns(everybody=view.user.scope.owner_id is None)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        level = urls.segmented("level", _("Level"), LEVELS, label_of=_level)
        show = urls.segmented("show", _("Show"), alerts.SHOWS, label_of=_show)
        fresh = urls.toggle_box("new", _("New this month"))
        sort, descending = tables.sort_select(shown, "-value_at_risk")
    chosen = replace(view.chosen, levels=() if level == "all" else (level,))
    asked = {
        "as_of": view.run.as_of,
        "day": view.day,
        "show": show,
        "new_since": view.run.previous if fresh else None,
    }
    scope = view.user.scope
    total = load.ask(alerts.alerts_count, chosen, scope, **asked)
    if total == 0:
        frame.empty(
            _("Nobody is at risk here."), _("Take a filter away."), icon=":material/verified:"
        )
        return
    page = Page(urls.page_number(total, SIZE), SIZE, sort, descending)
    rows = explained(load.ask(alerts.alerts, chosen, page, scope, **asked))
    ids, codes = list(rows["customer_id"]), list(rows["code"])
    tables.show(
        rows,
        shown,
        key="alerts",
        alt=_("Customers at risk"),
        on_row=lambda place: work.pick("c", str(ids[place])),
        on_click=lambda place: urls.go("customer", id=codes[place]),
    )
    tables.pager(total, SIZE)

    every = Page(1, MOST, sort, descending)
    said = [filters.sentence(chosen, view.owners), _show(show)]
    if fresh:
        said.append(_("New this month"))
    downloads.foot(
        SCREEN,
        downloads.Table(
            _("Loss alerts"),
            [tables.Column("code", _("Customer code")), *shown],
            lambda user: explained(load.ask(alerts.alerts, chosen, every, user.scope, **asked)),
            as_of=view.run.as_of,
            filters="; ".join(said),
            total=total,
        ),
        total,
        key="alerts",
    )


def explained(rows: Any) -> Any:
    """The rows with their heaviest three reasons in words."""
    return rows.assign(why=[reasons.sentences(found) for found in rows["reasons"]])


def at_hand(view: View) -> None:
    """The customer selected in the list."""
    raw = urls.read("c")
    if not raw:
        st.caption(_("Select a row to see every signal and to decide."))
        return
    number = urls.row_number(raw)
    found = number and load.ask(
        alerts.alert_of, number, view.user.scope, as_of=view.run.as_of, day=view.day
    )
    if not found:
        st.caption(
            _(
                "Customer {value} is lost, is not there, or is not yours to see.",
                value=md_escape(shorten(raw, 40)),
            )
        )
        return
    with frame.card(_("Customer at hand")):
        deciding.panel(view.user, found, view.run.as_of, view.day, view.policy, newest=view.newest)


def _show(code: str) -> str:
    return {"active": _("In work"), "resting": _("Put aside"), "all": _("Both")}[code]


def _level(code: str) -> str:
    return _("Red and amber") if code == "all" else label("level", code)


with frame.screen(SCREEN) as user:
    work.notice()
    choices = load.ask(runs.choices, user.scope)
    chosen = choose(user, choices)
    run = load.ask(runs.run, chosen.as_of)
    if run is None:
        frame.empty(_("No figures yet."), _("Import data and refresh the figures first."))
    else:
        view = View(
            user,
            run,
            replace(chosen, as_of=run.as_of),
            of_stored(run.policy),
            work.working_day(run.as_of, choices.days.newest, load.today()),
            run.as_of == choices.days.newest,
            choices.owners,
        )
        frame.about(
            as_of=run.as_of,
            computed_in=run.computed_in,
            unit=formats.unit_name("money"),
            scope=frame.scope_words(user),
            note=_("score 0–100, high is bad"),
        )
        tiles(view)
        tab = urls.segmented(
            "view",
            _("View"),
            VIEWS,
            label_of={
                "alerts": _("Alerts"),
                "board": _("Task board"),
                "losses": _("Lost customers"),
            }.__getitem__,
        )
        if tab == "alerts":
            totals = load.ask(alerts.totals, view.chosen, user.scope, as_of=run.as_of, day=view.day)
            at_stake = formats.money(totals.at_risk, compact=True)
            takeaway = _("{amount} of yearly margin is at risk; most money first.", amount=at_stake)
            with frame.card(_("Who may leave"), takeaway):
                listing(view)
            at_hand(view)
        elif tab == "board":
            task_board.show(user, view.chosen, view.day)
        else:
            loss_reasons.show(user, view.chosen, run.as_of, view.day)
