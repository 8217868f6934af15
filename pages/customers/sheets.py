"""Sheets of the customer pages (客户数据表): what they hold imports again unchanged."""

from __future__ import annotations

from typing import Any

from components import downloads, tables
from data import load
from data.queries import customer_sheet
from data.queries.customers import Also
from models.access import User
from models.enums import SheetKind
from models.filters import Filters
from pages.customers.view import View, sees_money
from pages.data.kind_words import kind_words
from words import i18n
from words.i18n import _

KINDS: dict[str, tables.Kind] = {
    "text": "text",
    "date": "date",
    "money": "money",
    "number": "number",
    "whole": "count",
    "flag": "flag",
    "instant": "text",
}
WORDED = {
    (SheetKind.CUSTOMERS, "kind"): "customer_kind",
    (SheetKind.CUSTOMERS, "channel_role"): "channel_role",
    (SheetKind.CUSTOMERS, "status"): "customer_status",
    (SheetKind.COMPLAINTS, "scope"): "complaint_scope",
    (SheetKind.COMPLAINTS, "state"): "complaint_state",
    (SheetKind.VISITS, "channel"): "contact_channel",
}
"""Fields that hold codes, and the words for them; the import knows these words."""
MONEY = (SheetKind.INVOICES, SheetKind.RECEIPTS, SheetKind.CREDIT_NOTES, SheetKind.CREDIT_SURVEYS)
"""Records only those who may see receivables get."""


def columns(kind: SheetKind, user: User) -> list[tables.Column]:
    """The columns of a sheet of this kind, headed by names the import knows."""
    heads = customer_sheet.heads(kind, confidential=sees_money(user))
    return [column(kind, head) for head in heads]


def column(kind: SheetKind, head: customer_sheet.Head) -> tables.Column:
    """One column in the reader's language."""
    lang = i18n.language()
    words = {"en": head.english, "zh_Hans": head.chinese}.get(lang) or i18n.traditional(
        head.chinese
    )
    worded = WORDED.get((kind, head.field))
    if worded:
        return tables.Column(head.field, words, "badge", words=worded)
    return tables.Column(head.field, words, KINDS[head.type])


def of_list(seen: View, chosen: Filters, also: Also, filters: str, total: int) -> downloads.Table:
    """The customer sheets of exactly the customers of a list."""
    today = load.today()

    def rows(user: User) -> Any:
        return load.ask(
            customer_sheet.customers, chosen, user.scope, as_of=seen.as_of, today=today, also=also
        )

    return downloads.Table(
        title(SheetKind.CUSTOMERS),
        columns(SheetKind.CUSTOMERS, seen.user),
        rows,
        as_of=today,
        filters=filters,
        total=total,
    )


def of_customer(seen: View, customer_id: int, who: str) -> list[downloads.Table]:
    """The customer sheet of one customer and a sheet for each kind of record."""
    today = load.today()

    def card(user: User) -> Any:
        return load.ask(customer_sheet.customer, customer_id, user.scope, today=today)

    def records(kind: SheetKind) -> Any:
        return lambda user: load.ask(customer_sheet.records, customer_id, user.scope, kind=kind)

    wanted = [kind for kind in customer_sheet.RECORDS if sees_money(seen.user) or kind not in MONEY]
    asked = [(SheetKind.CUSTOMERS, card), *((kind, records(kind)) for kind in wanted)]
    return [
        downloads.Table(title(kind), columns(kind, seen.user), rows, as_of=today, filters=who)
        for kind, rows in asked
    ]


def title(kind: SheetKind) -> str:
    """The name of a kind of sheet."""
    return kind_words(kind)


def note() -> str:
    """What a customer sheet is good for."""
    return _("Customer sheets, to correct and import again")
