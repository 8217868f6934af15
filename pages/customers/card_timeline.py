"""The line of time on a customer's card (时间线): everything dated, newest first."""

from __future__ import annotations

from typing import Any

from components import frame, tables, urls
from data import load
from data.queries import card, timeline
from models.access import User
from pages.customers.view import View, sees_money
from words import vocabulary
from words.i18n import _, _n, mark

EVENTS = {
    "order": mark("Order"),
    "invoice": mark("Invoice"),
    "receipt": mark("Receipt"),
    "agreed": mark("Due date agreed"),
    "bounced": mark("Receipt returned"),
    "refunded": mark("Refund"),
    "void": mark("Voided"),
    "write_off": mark("Written off"),
    "write_off_ended": mark("Write-off taken back"),
    "credit_note": mark("Credit note"),
    "collection": mark("Collection"),
    "visit": mark("Visit"),
    "survey": mark("Survey answer"),
    "complaint": mark("Complaint"),
    "complaint_closed": mark("Complaint closed"),
    "grade": mark("Credit grade"),
    "limit": mark("Credit limit"),
    "contract": mark("Contract begins"),
    "contract_ended": mark("Contract ends"),
    "manager": mark("Account manager"),
    "key": mark("Key account decided"),
    "alert": mark("Alert raised"),
    "alert_ended": mark("Alert ended"),
    "supervision": mark("Supervision opened"),
    "supervision_closed": mark("Supervision closed"),
    "loss": mark("Lost"),
    "won_back": mark("Won back"),
}
DETAILS = {
    "collection": "collection_result",
    "visit": "contact_channel",
    "complaint": "complaint_scope",
    "complaint_closed": "complaint_scope",
    "grade": "grade",
    "alert": "level",
    "alert_ended": "alert_state",
    "loss": "loss_reason",
    "won_back": "loss_reason",
}
MOST_EVENTS = 200


def draw(seen: View, found: card.Card) -> None:
    """Everything dated, newest first."""
    groups = {
        "all": _("All"),
        "trade": _("Trade"),
        "money": _("Money"),
        "voice": _("Feedback"),
        "risk": _("Risk"),
        "people": _("People"),
    }
    open_to = [code for code in groups if code != "money" or seen.sees_money]
    chosen = urls.segmented("kind", _("Kind"), open_to, label_of=groups.__getitem__)
    kinds = timeline.KINDS if chosen == "all" else timeline.GROUPS[chosen]
    events(seen, found, allowed(seen.user, kinds), _("Timeline"), "timeline")


def allowed(user: User, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of events this user may know of."""
    hidden = () if sees_money(user) else timeline.GROUPS["money"]
    return tuple(kind for kind in kinds if kind not in hidden)


def events(seen: View, found: card.Card, kinds: tuple[str, ...], title: str, key: str) -> None:
    """Dated events as a list, each in words."""
    past = worded(seen, found, seen.user, kinds, MOST_EVENTS)
    words = _n("{n} event", "{n} events", len(past))
    if len(past) >= MOST_EVENTS:
        words = _("the newest {n} events", n=MOST_EVENTS)
    with frame.card(title, words):
        if len(past):
            tables.show(past, event_columns(), key=key, alt=title, rows=18)


def worded(seen: View, found: card.Card, user: User, kinds: tuple[str, ...], most: int) -> Any:
    """The newest events of these kinds in words, as this user may see them."""
    past = load.ask(
        timeline.timeline, found.id, user.scope, as_of=seen.as_of, kinds=kinds, most=most
    )
    return past.assign(
        what=[_(EVENTS[kind]) for kind in past["kind"]],
        told=[
            told(kind, detail, words)
            for kind, detail, words in zip(past["kind"], past["detail"], past["words"], strict=True)
        ],
    )


def event_columns() -> list[tables.Column]:
    """The columns of dated events."""
    return [
        tables.Column("on", _("Date"), "date", width=100),
        tables.Column("what", _("Event"), width=130),
        tables.Column("told", _("Details"), width=380),
        tables.Column("amount", _("Amount"), "money", width=110),
        tables.Column("who", _("By whom"), width=90),
        tables.Column("code", _("Code"), width=120),
    ]


def told(kind: str, detail: str | None, words: str | None) -> str:
    """The detail of an event: its code in words, then what was written."""
    said = vocabulary.label(DETAILS[kind], detail) if detail and kind in DETAILS else ""
    if kind == "key":
        said = {
            "key": _("Is a key account"),
            "not_key": _("Is not a key account"),
            "lifted": _("The score decides again"),
        }[detail or "lifted"]
    return " · ".join(part for part in (said, words) if part)
