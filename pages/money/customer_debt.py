"""One customer's debt (单户催收): where it stands, logging a contact, statement, a task."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from components import badges, downloads, forms, frame, receivables_view, tables, work
from data import load
from data.queries import collection_work, open_invoices, statements, supervision
from data.queries.ageing import Ageing, Narrow
from data.queries.runs import months_before
from data.writes import collections
from data.writes.supervision import Task, open_item
from errors import NotFound
from models.access import User
from models.filters import MOST, Filters, Page
from words import exports, formats
from words.i18n import _
from words.text import md_escape

SCREEN = "receivables"


def head(row: dict[str, Any], *, closes: bool) -> None:
    """Who it is and where collecting stands, on a few lines."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md_escape(row['name'])}** {md_escape(row['code'])}", width="content")
        badges.badge("tier", row["tier"])
        if row["grade"]:
            badges.badge("grade", row["grade"])
        if row["disputed"]:
            st.badge(_("Disputed"), color="orange")
        if row["promise"] == "broken":
            st.badge(_("Promise broken"), color="red")
        work.card_button(row["code"], "debt")
        if closes:
            work.close_button("c")
    facts = [
        _("Overdue {amount}", amount=formats.money0(row["overdue"])),
        _("oldest {days}", days=formats.days(row["oldest_days"])),
        _("limit used {share}", share=formats.ratio(row["limit_used"], digits=0)),
        _("last receipt {date}", date=formats.date(row["last_receipt"])),
        _("last contact {date}", date=formats.date(row["last_on"])),
        _("limitation in {days}", days=formats.days(row["limitation_days"])),
    ]
    if row["promised_on"]:
        facts.append(
            _(
                "promised {amount} by {date}",
                amount=formats.money0(row["promised_amount"]),
                date=formats.date(row["promised_on"]),
            )
        )
    st.caption(" · ".join(facts))


def contact(user: User, row: dict[str, Any], bills: Any, day: date, following: int | None) -> None:
    """Ask for a contact and store it; in the worklist the next customer comes up.

    Who was told that somebody else logged one meanwhile, and still sends theirs, adds it.
    """
    still: dict[tuple[int, str], int] = {}
    for i, code, amount in zip(
        bills["invoice_id"], bills["invoice_code"], bills["outstanding"], strict=True
    ):
        still[int(i), code] = still.get((int(i), code), 0) + amount
    choices = {i: f"{code} · {formats.money0(amount)}" for (i, code), amount in still.items()}
    customer = row["customer_id"]
    name = f"contact.{customer}"
    logged = load.ask(collection_work.newest_contact, customer, user.scope)
    newest = work.seen_version(name, logged)
    answers = forms.contact(name, day=day, latest=load.today(), invoices=choices)
    work.on_screen(name, logged)
    if answers is None:
        return
    actor = frame.require(SCREEN, edit=True)

    def write() -> None:
        fields = {name: getattr(answers, name) for name in forms.ContactAnswers.__slots__}
        collections.log_contact(
            load.engine(), actor, collections.Contact(customer_id=customer, **fields), newest=newest
        )
        if following is not None:
            work.pick("c", str(following))

    work.attempt(write, _("Contact logged."))


def statement(row: dict[str, Any], as_of: date, day: date, ageing: Ageing) -> None:
    """The statement of account to send to the customer."""
    start = st.date_input(
        _("From"),
        value=months_before(as_of, 12) + timedelta(days=1),
        max_value=as_of,
        key=work.wkey("statement.from"),
        format="YYYY-MM-DD",
        width=200,
    )

    def build() -> bytes:
        actor = frame.require(SCREEN)
        account = load.ask(
            statements.statement, row["customer_id"], actor.scope, start=start, end=as_of
        )
        if account is None:
            raise NotFound("customer")
        open_now = Narrow(customer_id=row["customer_id"], not_due=True)
        still = load.ask(
            open_invoices.invoices,
            Filters(as_of=as_of),
            Page(size=MOST),
            actor.scope,
            as_of=as_of,
            day=day,
            ageing=ageing,
            narrow=open_now,
        )
        return exports.xlsx(*receivables_view.statement_sheets(account, still, as_of, actor))

    st.download_button(
        _("Download statement"),
        data=tables.deferred(build),
        mime=downloads.XLSX,
        icon=":material/download:",
        file_name=exports.file_name(_("Statement {code}", code=row["code"]), as_of, "xlsx"),
        key=work.wkey("statement"),
        on_click="ignore",
    )
    st.caption(
        _(
            "Bills, receipts, credit notes, returns and write-offs of the period with the "
            "running balance, and every invoice still open."
        )
    )


def supervise(user: User, row: dict[str, Any], day: date) -> None:
    """Hand the customer's debt to somebody until a day."""
    if "overdue" in load.ask(supervision.live_topics, (row["customer_id"],), user.scope).get(
        row["customer_id"], set()
    ):
        st.caption(_("A task on this customer's debt is open already; see the task board."))
        return
    people = load.ask(supervision.assignees, row["owner_id"])
    answers = forms.task(
        f"overdue.{row['customer_id']}",
        day=day,
        title=_("Collect overdue receivables"),
        people=people,
        own_manager=_("The customer's own manager") if row["owner_id"] else "",
    )
    if answers is None:
        return
    actor = frame.require(SCREEN, edit=True)
    wanted = Task(row["customer_id"], "overdue", answers.title, answers.due_on, answers.owner_id)
    work.attempt(lambda: open_item(load.engine(), actor, wanted, on=day), _("Task assigned."))
