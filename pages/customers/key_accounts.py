"""Key accounts (大客户): how they stand, where they could go, and who decided they are key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import median

import streamlit as st

from analytics.concentration import TOP_1_SHARE
from analytics.key_accounts import KEY_ACCOUNTS, QUADRANTS, quadrants
from analytics.trade import KEY_FLAGGED, KEY_MARGIN_SHARE, KEY_QUIET, KEY_SALES_SHARE
from components import cards, charts, formats, frame, urls, vocabulary
from components.i18n import _, _c, _n
from data import load
from data.queries import key_accounts
from data.queries.customers import Also
from data.queries.key_accounts import FLAG_BITS, KeySums, Place
from pages.customers import decide, lists, view
from pages.customers.view import View

SHOWS = ("all", "flagged", "red", "quiet")
AXES = {
    "relationship": "score", "attractiveness": "score", "growth": "ratio",
    "margin_ratio": "ratio", "wallet_share": "ratio", "quality": "count", "csi": "score",
    "sales": "money",
}  # fmt: skip
"""What the map can be drawn over, with its unit."""
SCORE_CUT = 5.0
"""Middle of the scores 0–10; other axes are cut at the median of the accounts shown."""


def quiet_before(seen: View, day: date | None = None) -> date:
    """An account not contacted since this day is quiet."""
    return (day or seen.as_of) - timedelta(days=seen.policy.key_contact_days)


def tiles(seen: View) -> None:
    """How many, what hangs on them, and which need a hand."""
    now = sums(seen, seen.as_of)
    then = sums(seen, seen.run.previous) if seen.run.previous else None
    tile = cards.Tile
    cards.row(
        tile(KEY_ACCOUNTS, now.customers, then and then.customers, change="difference",
             note=formats.money(now.sales, compact=True)),
        tile(KEY_SALES_SHARE, now.share_of_sales(now.sales),
             then and then.share_of_sales(then.sales), label=_("Share of sales"),
             note=_("of {amount}", amount=formats.money(now.all_sales, compact=True))),
        tile(KEY_MARGIN_SHARE, now.margin_share, then and then.margin_share,
             label=_("Share of margin"),
             note=_("margin {ratio}", ratio=formats.ratio(now.margin_ratio))),
        tile(TOP_1_SHARE, now.share_of_sales(now.largest),
             then and then.share_of_sales(then.largest), label=_("Largest customer"),
             note=_("five largest {share}",
                    share=formats.ratio(now.share_of_sales(now.five_largest)))),
        tile(KEY_FLAGGED, now.flagged, then and then.flagged, change="difference",
             label=_("With risk flags"), note=_("{n} on red", n=now.at_red)),
        tile(KEY_QUIET, now.quiet, then and then.quiet, change="difference",
             label=_("Not contacted"),
             note=_("for {n} days", n=seen.policy.key_contact_days)),
    )  # fmt: skip


def sums(seen: View, day: date) -> KeySums:
    """The sums of key accounts as of a day."""
    return load.ask(
        key_accounts.sums, seen.filters, seen.user.scope, as_of=day,
        since=quiet_before(seen, day),
    )  # fmt: skip


def rules(seen: View) -> None:
    """What makes a key account, with a way to where it is set."""
    names = (_("size"), _("growth"), _("margin"), _("loyalty"), _("payment"))
    weights = [f"{name} {w:g}" for name, w in zip(names, seen.policy.key_weights, strict=True)]
    view.settings_link(
        seen.user,
        _("Key from a score of {cut} on, weighted by {weights}; a person may decide otherwise, "
          "with a reason.", cut=f"{seen.policy.key_cut:g}", weights=formats.joined(weights)),
    )  # fmt: skip


def axis_names() -> dict[str, str]:
    """The axes of the map in words."""
    return {
        "relationship": _("Relationship"), "attractiveness": _("Attractiveness"),
        "growth": _("Growth"), "margin_ratio": _("Margin"),
        "wallet_share": _("Share of wallet"), "quality": _("Customer quality"),
        "csi": _("Satisfaction index"), "sales": _("Net sales"),
    }  # fmt: skip


def strategies() -> dict[str, str]:
    """What to do in each field of the map."""
    return {
        "invest": _("Invest: defend and expand together"),
        "develop": _("Develop: win more of their spend"),
        "maintain": _("Maintain: keep at low cost"),
        "minimise": _("Minimise: serve by standard means"),
    }


def development_map(seen: View, also: Also) -> None:
    """客户发展坐标: two axes of choice, bubble = sales, colour = alert level."""
    places = load.ask(
        key_accounts.places, seen.filters, seen.user.scope, as_of=seen.as_of, also=also
    )
    names = axis_names()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            head = st.container(gap=None)
            x = urls.selectbox("x", _("Across"), list(AXES), default="relationship",
                               label_of=names.__getitem__, width=130)  # fmt: skip
            y = urls.selectbox("y", _("Upwards"), list(AXES), default="attractiveness",
                               label_of=names.__getitem__, width=130)  # fmt: skip
        known = [p for p in places if on(p, x) is not None and on(p, y) is not None]
        with head:
            st.subheader(_("Development map"), anchor=False)
            st.caption(map_words(known, len(places), x, y))
        if known:
            draw_map(known, x, y)
            st.caption(" · ".join(strategies().values()))
            st.caption(_("Bubble: net sales of the window. Colour: alert level. "
                         "Dotted lines: {cuts}.", cuts=_("the middle of the scale")
                         if AXES[x] == AXES[y] == "score" else _("middle or median")))  # fmt: skip


def on(place: Place, axis: str) -> float | None:
    """Where an account stands on an axis; None where unknown."""
    value = getattr(place, axis)
    return None if value is None else float(value)


def cut(known: list[Place], axis: str) -> float:
    """Where high begins on an axis."""
    if axis in {"relationship", "attractiveness"}:
        return SCORE_CUT
    return median(on(place, axis) or 0.0 for place in known)


def map_words(known: list[Place], all_of_them: int, x: str, y: str) -> str:
    """How many accounts stand in each field, in a sentence."""
    if not known:
        return _("None of {n} accounts is known on both axes.", n=all_of_them)
    fields = list(quadrants([on(p, x) or 0.0 for p in known], [on(p, y) or 0.0 for p in known],
                            x_cut=cut(known, x), y_cut=cut(known, y)))  # fmt: skip
    counts = {code: fields.count(code) for code in QUADRANTS}
    words = _("{invest} to invest in, {develop} to develop, {maintain} to maintain, "
              "{minimise} to serve by standard means", **counts)  # fmt: skip
    missing = all_of_them - len(known)
    unknown = _n("{n} more lacks data", "{n} more lack data", missing)
    return f"{words} · {unknown}" if missing else words


def draw_map(known: list[Place], x: str, y: str) -> None:
    """The bubbles; a click opens the card."""
    names = axis_names()
    points = [
        charts.Point(p.code, p.name, on(p, x) or 0.0, on(p, y) or 0.0, size=p.sales,
                     level=p.level, note=formats.money(p.sales, compact=True))
        for p in known
    ]  # fmt: skip
    charts.show(
        charts.bubbles(
            points, x_label=names[x], y_label=names[y], x_cut=cut(known, x), y_cut=cut(known, y),
            corners=(_c("strategy", "Develop"), _c("strategy", "Invest"),
                     _c("strategy", "Minimise"), _c("strategy", "Maintain")),
            x_unit=AXES[x], y_unit=AXES[y],
        ),
        key=f"map.{x}.{y}", alt=_("Development map"),
        on_pick=lambda code: urls.go("customer", id=code),
    )  # fmt: skip


def chosen_condition(seen: View) -> Also:
    """Draw the choice of accounts to see and return it as a condition."""
    words = {"all": _("All"), "flagged": _("With risk flags"),
             "red": vocabulary.label("level", "red"), "quiet": _("Not contacted")}  # fmt: skip
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
        "key_accounts", _("Key accounts"), seen, keys, also, lists.key_columns(),
        default_sort="-sales", own_keys=("show",), curves=True,
    )  # fmt: skip
    development_map(seen, also)
    decide.waiting(seen)
    decide.form(seen)
