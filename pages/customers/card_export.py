"""The whole card as a file (资料卡导出): every table of one customer, and the statement.

The sheets of the card itself and of its records import again unchanged; the rest are the
tables as the card shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from components import downloads, frame, receivables_view
from data import load
from data.queries import card, card_records, statements, timeline
from data.queries.runs import months_before
from errors import NotFound
from models.access import User
from pages.customers import card_money, card_timeline, card_voice, sheets
from pages.customers.view import View, sees_money
from words import exports
from words.i18n import _

SCREEN = "customer"
STATEMENT_MONTHS = 12
MOST_EVENTS = 5_000


def draw(seen: View, found: card.Card) -> None:
    """The line under the card with its files."""
    words = _("The whole card, every table of it")
    title = f"{found.fields['code']}_{found.fields['name']}"

    def book() -> bytes:
        return exports.xlsx(*everything(seen, found, frame.require(SCREEN)))

    def package() -> bytes:
        made = list(everything(seen, found, frame.require(SCREEN)))
        names = [exports.file_name(one.title, seen.as_of, "csv") for one in made]
        return exports.csv_files(zip(names, made, strict=True))

    with downloads.line(words):
        downloads.button("Excel", book, title, "xlsx", as_of=seen.as_of, key="card.xlsx")
        downloads.button("CSV (zip)", package, title, "zip", as_of=seen.as_of, key="card.zip")


def everything(seen: View, found: card.Card, user: User) -> Iterator[exports.Sheet]:
    """Every table of the card as this user may have it, those with rows only.

    Raises:
        NotFound: the user may not see the customer any more.
    """
    if not load.ask(card.name, found.fields["code"], user.scope):
        raise NotFound("customer")
    for one in tables(seen, found):
        made = downloads.sheet(one, user)
        if made.rows:
            yield made
    if sees_money(user):
        yield statement(seen, found, user)


def tables(seen: View, found: card.Card) -> list[downloads.Table]:
    """The tables of the card; those this reader's role may not have are left out."""
    who = f"{found.fields['code']} {found.fields['name']}"
    kinds = card_timeline.allowed(seen.user, timeline.KINDS)

    def months(user: User) -> object:
        return load.ask(card.history, found.id, user.scope, as_of=seen.as_of)

    shown = [
        (
            _("Product mix"),
            card_money.mix_columns(),
            lambda user: card_money.product_mix(seen, found, user),
        ),
        (
            _("Questionnaires"),
            card_voice.survey_columns(),
            lambda user: card_voice.questionnaires(seen, found, user),
        ),
        (
            _("Loss score"),
            card_voice.signal_columns(),
            lambda _user: card_voice.signals((found.standing or {}).get("reasons") or []),
        ),
        (_("Month by month"), card_voice.month_columns(), months),
        (
            _("Timeline"),
            card_timeline.event_columns(),
            lambda user: card_timeline.worded(seen, found, user, kinds, MOST_EVENTS),
        ),
    ]
    if seen.sees_money:
        shown += [
            (
                _("Open invoices"),
                card_money.invoice_columns(),
                lambda user: card_money.open_invoices(seen, found, user),
            ),
            (
                _("Money received"),
                card_money.received_columns(),
                lambda user: card_money.money_received(seen, found, user),
            ),
            (
                _("Grades and limits so far"),
                card_money.credit_columns(),
                lambda user: card_money.credit_history(seen, found, user),
            ),
        ]
    return [
        *sheets.of_customer(seen, found.id, who),
        *(
            downloads.Table(title, columns, rows, as_of=seen.as_of, filters=who)
            for title, columns, rows in shown
        ),
    ]


def statement(seen: View, found: card.Card, user: User) -> exports.Sheet:
    """The statement of account of the last months.

    Raises:
        NotFound: the user may not see the customer.
    """
    start = months_before(seen.as_of, STATEMENT_MONTHS) + timedelta(days=1)
    account = load.ask(statements.statement, found.id, user.scope, start=start, end=seen.as_of)
    if account is None:
        raise NotFound("customer")
    bills = load.ask(card_records.open_invoices, found.id, user.scope, as_of=seen.as_of)
    bills = bills.assign(invoice=bills["code"])
    return receivables_view.statement_sheets(account, bills, seen.as_of, user)[0]
