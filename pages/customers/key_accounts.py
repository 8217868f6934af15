"""Key accounts (大客户): how they stand, where they could go, and who decided they are key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from analytics.concentration import TOP_1_SHARE
from analytics.key_accounts import KEY_ACCOUNTS
from analytics.trade import KEY_FLAGGED, KEY_MARGIN_SHARE, KEY_QUIET, KEY_SALES_SHARE
from components import cards, frame, urls
from data import load
from data.queries import key_accounts
from data.queries.customers import Also
from data.queries.key_accounts import FLAG_BITS, KeySums
from pages.customers import decide, lists, view
from pages.customers.development_map import development_map
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _

SHOWS = ("all", "flagged", "red", "quiet")


def quiet_before(seen: View, day: date | None = None) -> date:
    """An account not contacted since this day is quiet."""
    return (day or seen.as_of) - timedelta(days=seen.policy.key_contact_days)


def tiles(seen: View) -> None:
    """How many, what hangs on them, and which need a hand."""
    now = sums(seen, seen.as_of)
    then = sums(seen, seen.run.previous) if seen.run.previous else None
    tile = cards.Tile
    cards.row(
        tile(
            KEY_ACCOUNTS,
            now.customers,
            then and then.customers,
            change="difference",
            note=formats.money(now.sales, compact=True),
        ),
        tile(
            KEY_SALES_SHARE,
            now.share_of_sales(now.sales),
            then and then.share_of_sales(then.sales),
            label=_("Share of sales"),
            note=_("of {amount}", amount=formats.money(now.all_sales, compact=True)),
        ),
        tile(
            KEY_MARGIN_SHARE,
            now.margin_share,
            then and then.margin_share,
            label=_("Share of margin"),
            note=_("margin {ratio}", ratio=formats.ratio(now.margin_ratio)),
        ),
        tile(
            TOP_1_SHARE,
            now.share_of_sales(now.largest),
            then and then.share_of_sales(then.largest),
            label=_("Largest customer"),
            note=_(
                "five largest {share}", share=formats.ratio(now.share_of_sales(now.five_largest))
            ),
        ),
        tile(
            KEY_FLAGGED,
            now.flagged,
            then and then.flagged,
            change="difference",
            label=_("With risk flags"),
            note=_("{n} on red", n=now.at_red),
        ),
        tile(
            KEY_QUIET,
            now.quiet,
            then and then.quiet,
            change="difference",
            label=_("Not contacted"),
            note=_("for {n} days", n=seen.policy.key_contact_days),
        ),
    )


def sums(seen: View, day: date) -> KeySums:
    """The sums of key accounts as of a day."""
    return load.ask(
        key_accounts.sums,
        seen.filters,
        seen.user.scope,
        as_of=day,
        since=quiet_before(seen, day),
    )


def rules(seen: View) -> None:
    """What makes a key account, with a way to where it is set."""
    names = (_("size"), _("growth"), _("margin"), _("loyalty"), _("payment"))
    weights = [f"{name} {w:g}" for name, w in zip(names, seen.policy.key_weights, strict=True)]
    view.settings_link(
        seen.user,
        _(
            "Key from a score of {cut} on, weighted by {weights}; a person may decide otherwise, "
            "with a reason.",
            cut=f"{seen.policy.key_cut:g}",
            weights=formats.joined(weights),
        ),
    )


def chosen_condition(seen: View) -> Also:
    """Draw the choice of accounts to see and return it as a condition."""
    words = {
        "all": _("All"),
        "flagged": _("With risk flags"),
        "red": vocabulary.label("level", "red"),
        "quiet": _("Not contacted"),
    }
    show = urls.segmented("show", _("Show"), SHOWS, label_of=words.__getitem__)
    return Also(
        before=seen.run.previous,
        flags=FLAG_BITS if show == "flagged" else 0,
        quiet_before=quiet_before(seen) if show == "quiet" else None,
    )


with frame.screen("key_accounts") as user:
    seen = view.begin(user, tiers=True, search=True, versus=True)
    tiles(seen)
    rules(seen)
    also = chosen_condition(seen)
    keys = replace(seen.filters, key_only=True)
    if urls.read("show") == "red":
        keys = replace(keys, levels=("red",))
    seen = replace(seen, filters=keys)
    lists.listing(
        "key_accounts",
        _("Key accounts"),
        seen,
        keys,
        also,
        lists.key_columns(),
        default_sort="-sales",
        own_keys=("show",),
        curves=True,
    )
    development_map(seen, also)
    decide.waiting(seen)
    decide.form(seen)
