"""What the pyramid's list is narrowed to (筛选条件): read from the address, set by clicks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from components import urls
from data.queries.customers import Also
from models.classes import MOVES, TIERS
from pages.customers.view import View
from words import vocabulary
from words.i18n import _

CELL = "cell"
FLOWS = ("new", "repeat", "stopped")
OWN_KEYS = (CELL, "move", "flow", "active", "profit", "abc")


def choose(key: str, default: str = "") -> Callable[[str], None]:
    """What a click on a chart does: narrow the list by this alone, or let go of it."""

    def pick(code: str) -> None:
        for other in ("tier", *OWN_KEYS):
            if other != key:
                urls.put(other, "")
        urls.toggle(key, default)(code)

    return pick


def conditions(seen: View, before: date | None) -> Also:
    """What the list is narrowed to, from the URL."""
    moves = [f"{then}.{now}" for then in TIERS for now in TIERS]
    cell = urls.read(CELL, moves, label=_("Movement"))
    flows = FLOWS if seen.run.window_from else ()
    profits = vocabulary.codes("profit_tier")
    then, _dot, now = cell.partition(".")
    return Also(
        before=before,
        move=urls.read("move", MOVES, label=_("Movement")),
        moved_from=then,
        moved_to=now,
        flow=urls.read("flow", flows, label=_("New or returning")),
        window_from=seen.run.window_from,
        window_before_from=seen.run.window_before_from,
        active=urls.read("active", ("1",), label=_("Active customers")) == "1",
        profit_tier=urls.read("profit", profits, label=_("Profit pyramid")),
    )
