"""Overdue receivables (逾期应收): who owes how much since when, and what is done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import downloads, filters, frame, receivables_view, tables, urls, work
from data import load
from data.queries import open_invoices, overview, receivables, runs
from models.access import User
from models.filters import MOST, Page
from models.policy import of_stored
from pages.money import collecting
from pages.money.ageing_charts import pictures, tiles
from pages.money.ageing_view import ONLY, View, ageing_of, choose, narrowing, only_words
from words import formats
from words.i18n import _

SIZE = 50
VIEWS = ("customers", "invoices", "collect")


def listing(view: View) -> None:
    """The list by customer or invoice, its sum against the ledger, and the files."""
    customers = urls.read("view", VIEWS, "customers") == "customers"
    everybody = view.everybody
    columns = (
        receivables_view.customer_columns(view.names, everybody=everybody)
        if customers
        else receivables_view.invoice_columns(everybody=everybody)
    )

    def ask(page: Page, user: User) -> Any:
        question = receivables.customers if customers else open_invoices.invoices
        found = load.ask(question, view.chosen, page, user.scope, **asked)
        return found if customers else receivables_view.with_due(found)

    asked = {"as_of": view.run.as_of, "day": view.day, "ageing": view.ageing, "narrow": view.narrow}
    if customers:
        total = load.ask(receivables.customers_count, view.chosen, view.user.scope, **asked)
    else:
        total = load.ask(open_invoices.invoices_count, view.chosen, view.user.scope, **asked)[0]
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        urls.segmented("only", _("Show"), ONLY, label_of=only_words)
        sort, descending = tables.sort_select(columns, "-overdue" if customers else "-overdue_days")
    page = Page(urls.page_number(total, SIZE), SIZE, sort, descending)
    rows = ask(page, view.user)
    if total == 0:
        frame.empty(_("Nobody owes anything here."), _("Take a filter away."))
        return
    ids, codes = list(rows["customer_id"]), list(rows["code"])
    tables.show(
        rows,
        columns,
        key=f"owed.{customers}",
        alt=_("Customers who owe money"),
        on_row=lambda place: work.pick("c", str(ids[place])),
        on_click=lambda place: urls.go("customer", id=codes[place]),
    )
    tables.pager(total, SIZE)
    kind = only_words(urls.read("only", ONLY, "all"))
    bucket = view.names[view.narrow.bucket] if view.narrow.bucket is not None else ""
    parts = [filters.sentence(view.chosen, view.owners), kind, bucket]
    said = "; ".join(part for part in parts if part)

    every = Page(1, MOST, sort, descending)
    downloads.foot(
        "receivables",
        downloads.Table(
            _("Overdue receivables"),
            [tables.Column("code", _("Customer code")), *columns],
            lambda user: ask(every, user),
            as_of=view.run.as_of,
            filters=said,
            total=total,
        ),
        total,
        key="owed",
    )


def agreement(view: View) -> None:
    """Σ buckets against the ledger of the same customers."""
    ask = (view.chosen, view.user.scope)
    total = load.ask(overview.totals, *ask, (view.run.as_of,))
    amounts = load.ask(receivables.buckets, *ask, as_of=view.run.as_of, ageing=view.ageing)
    book = load.ask(receivables.ledger, *ask, as_of=view.run.as_of)
    receivables_view.reconciliation(
        buckets=sum(amounts),
        unallocated=total[0].unallocated if total else 0,
        ledger=book.balance,
        stale=load.ask(overview.freshness).newer_facts,
    )


with frame.screen("receivables") as user:
    work.notice()
    choices = load.ask(runs.choices, user.scope)
    chosen, basis, edges, not_due = choose(user, choices)
    run = load.ask(runs.run, chosen.as_of)
    if run is None:
        frame.empty(_("No figures yet."), _("Import data and refresh the figures first."))
    else:
        ageing = ageing_of(of_stored(run.policy), basis, edges)
        view = View(
            user,
            run,
            replace(chosen, as_of=run.as_of),
            ageing,
            narrowing(ageing, not_due),
            receivables_view.bucket_names(ageing.edges, by_invoice=ageing.basis == "invoice"),
            work.working_day(run.as_of, choices.days.newest, load.today()),
            choices.owners,
        )
        frame.about(
            as_of=run.as_of,
            computed_in=run.computed_in,
            unit=formats.unit_name("money"),
            scope=frame.scope_words(user),
        )
        tiles(view)
        pictures(view)
        with frame.card(_("What to collect")):
            mode = urls.segmented(
                "view",
                _("View"),
                VIEWS,
                label_of={
                    "customers": _("By customer"),
                    "invoices": _("By invoice"),
                    "collect": _("One by one"),
                }.__getitem__,
            )
            if mode == "collect":
                collecting.one_by_one(user, view.chosen, run.as_of, view.day, ageing)
            else:
                listing(view)
                agreement(view)
        if mode != "collect":
            collecting.below_the_list(user, view.chosen, run.as_of, view.day, ageing, view.narrow)
