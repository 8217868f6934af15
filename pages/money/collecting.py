"""Collecting (追账): one customer's panel, the one-by-one worklist, work handed out in bulk."""

from __future__ import annotations

from datetime import date

import streamlit as st

from components import downloads, forms, frame, missing, receivables_view, tables, urls, work
from data import load
from data.queries import collection_work, open_invoices, supervision
from data.queries.ageing import Ageing, Narrow
from data.queries.receivables import customer_ids, customers
from data.writes.supervision import Opened, Task, open_items
from errors import NotFound
from models.access import User
from models.filters import MOST, Filters, Page
from pages.money import customer_debt, moving
from words.i18n import _, _n

SCREEN = "receivables"


def below_the_list(
    user: User, chosen: Filters, as_of: date, day: date, ageing: Ageing, narrow: Narrow
) -> None:
    """The customer selected in the list, else the way to hand out the whole list."""
    raw = urls.read("c")
    if raw:
        with frame.card(_("Customer at hand")):
            try:
                panel(user, urls.row_number(raw), as_of, day, ageing)
            except NotFound:
                missing.refuse(missing.Missing("c", raw, _("Customer")))
        return
    st.caption(_("Select a row to log a contact, see the history or download a statement."))
    ids = load.ask(
        customer_ids, chosen, user.scope, as_of=as_of, day=day, ageing=ageing, narrow=narrow
    )
    if not ids:
        return
    words = _n("Assign the {n} customer listed", "Assign the {n} customers listed", len(ids))
    with st.expander(words, icon=":material/assignment_ind:"):
        hand_out(user, ids, day)


def hand_out(user: User, ids: tuple[int, ...], day: date) -> None:
    """One task per customer of the list, to their managers or to one person."""
    answers = forms.task(
        "bulk",
        day=day,
        title=_("Collect overdue receivables"),
        people=load.ask(supervision.assignees, user.scope.owner_id),
        own_manager=_("Each customer's own manager"),
    )
    if answers is None:
        return
    actor = frame.require(SCREEN, edit=True)
    wanted = [Task(i, "overdue", answers.title, answers.due_on, answers.owner_id) for i in ids]
    done: list[Opened] = []
    work.attempt(
        lambda: done.append(open_items(load.engine(), actor, wanted, on=day)),
        _("Tasks assigned; customers whose task is still open were left alone."),
    )


def one_by_one(user: User, chosen: Filters, as_of: date, day: date, ageing: Ageing) -> None:
    """The worklist, most pressing customer first, one at a time."""
    queue = urls.segmented(
        "queue",
        _("Worklist"),
        collection_work.QUEUES,
        label_of={
            "today": _("Due today"),
            "week": _("Due this week"),
            "broken": _("Promise broken"),
            "never": _("Not contacted yet"),
            "all": _("Everything overdue"),
        }.__getitem__,
    )
    ids = load.ask(collection_work.worklist, chosen, user.scope, as_of=as_of, day=day, queue=queue)
    if not ids:
        frame.empty(
            _("Nothing to do here."), _("Choose another worklist."), icon=":material/task_alt:"
        )
        return
    st.caption(_("Most pressing first: amount × days overdue × weight of the credit grade."))
    raw = urls.chosen("c", [str(i) for i in ids], _("Customer"))
    place = ids.index(int(raw)) if raw else 0
    _steps(ids, place)
    following = ids[(place + 1) % len(ids)]
    panel(user, ids[place], as_of, day, ageing, following=following)


def _steps(ids: tuple[int, ...], place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, icon, step in (
            (_("Previous"), ":material/arrow_back:", -1),
            (_("Next customer"), ":material/arrow_forward:", 1),
        ):
            target = ids[(place + step) % len(ids)]
            st.button(
                label,
                icon=icon,
                key=work.wkey(f"step{step}"),
                on_click=work.pick,
                args=("c", str(target)),
                disabled=len(ids) == 1,
            )
        st.caption(_("{n} of {total}", n=place + 1, total=len(ids)), width="content")


def panel(
    user: User,
    customer_id: int,
    as_of: date,
    day: date,
    ageing: Ageing,
    following: int | None = None,
) -> None:
    """All there is to collecting from one customer.

    Raises:
        NotFound: the user may not see the customer.
    """
    one = Narrow(customer_id=customer_id, not_due=True)
    asked = {"as_of": as_of, "day": day, "ageing": ageing, "narrow": one}
    rows = load.ask(customers, Filters(as_of=as_of), Page(size=1), user.scope, **asked)
    if len(rows) == 0:
        raise NotFound("customer")
    row = rows.iloc[0].to_dict()
    bills = load.ask(
        open_invoices.invoices, Filters(as_of=as_of), Page(size=200), user.scope, **asked
    )
    who = f"{row['code']} {row['name']}"
    customer_debt.head(row, closes=following is None)
    names = [_("Log a contact"), _("History"), _("Open invoices"), _("Statement"), _("Assign")]
    if moving.may(user):
        names.append(_("Record a movement"))
    log, past, still, account, assign, *more = st.tabs(names)
    with log:
        customer_debt.contact(user, row, bills, day, following)
    with past:
        said = load.ask(collection_work.contacts, customer_id, user.scope, day=day)
        if len(said):
            tables.show(
                said,
                receivables_view.contact_columns(),
                key="contacts",
                rows=8,
                alt=_("Contacts with the customer"),
            )
            about = downloads.Table(
                _("Contacts with the customer"),
                receivables_view.contact_columns(),
                lambda user: load.ask(collection_work.contacts, customer_id, user.scope, day=day),
                as_of=day,
                filters=who,
            )
            downloads.foot(SCREEN, about, len(said), key="contacts")
        else:
            st.caption(_("No contact has been logged yet."))
    with still:
        tables.show(
            receivables_view.with_due(bills),
            receivables_view.invoice_columns(everybody=False),
            key="bills",
            rows=8,
            alt=_("Open invoices"),
        )
        every = Filters(as_of=as_of)
        about = downloads.Table(
            _("Open invoices"),
            receivables_view.invoice_columns(everybody=False),
            lambda user: receivables_view.with_due(
                load.ask(open_invoices.invoices, every, Page(size=MOST), user.scope, **asked)
            ),
            as_of=as_of,
            filters=who,
        )
        total = load.ask(open_invoices.invoices_count, every, user.scope, **asked)[0]
        downloads.foot(SCREEN, about, total, key="bills")
    with account:
        customer_debt.statement(row, as_of, day, ageing)
    with assign:
        customer_debt.supervise(user, row, day)
    for move in more:
        with move:
            moving.panel(SCREEN, user, customer_id)
