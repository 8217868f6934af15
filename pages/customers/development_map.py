"""Development map (客户发展坐标): key accounts over two axes of choice."""

from __future__ import annotations

from statistics import median

import streamlit as st

from analytics.key_accounts import QUADRANTS, quadrants
from components import charts, urls
from data import load
from data.queries import key_accounts
from data.queries.customers import Also
from data.queries.key_accounts import Place
from pages.customers.view import View
from words import formats
from words.i18n import _, _c, _n

AXES = {
    "relationship": "score",
    "attractiveness": "score",
    "growth": "ratio",
    "margin_ratio": "ratio",
    "wallet_share": "ratio",
    "quality": "count",
    "csi": "score",
    "sales": "money",
}
"""What the map can be drawn over, with its unit."""
SCORE_CUT = 5.0
"""Middle of the scores 0–10; other axes are cut at the median of the accounts shown."""


def axis_names() -> dict[str, str]:
    """The axes of the map in words."""
    return {
        "relationship": _("Relationship"),
        "attractiveness": _("Attractiveness"),
        "growth": _("Growth"),
        "margin_ratio": _("Margin"),
        "wallet_share": _("Share of wallet"),
        "quality": _("Customer quality"),
        "csi": _("Satisfaction index"),
        "sales": _("Net sales"),
    }


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
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            head = st.container(gap=None)
            x = _axis("x", _("Across"), "relationship")
            y = _axis("y", _("Upwards"), "attractiveness")
        known = [p for p in places if on(p, x) is not None and on(p, y) is not None]
        with head:
            st.subheader(_("Development map"), anchor=False)
            st.caption(map_words(known, len(places), x, y))
        if known:
            draw_map(known, x, y)
            st.caption(" · ".join(strategies().values()))
            st.caption(
                _(
                    "Bubble: net sales of the window. Colour: alert level. Dotted lines: {cuts}.",
                    cuts=_("the middle of the scale")
                    if AXES[x] == AXES[y] == "score"
                    else _("middle or median"),
                )
            )


def _axis(key: str, label: str, default: str) -> str:
    """The choice of one axis."""
    names = axis_names()
    return urls.selectbox(
        key, label, list(AXES), default=default, label_of=names.__getitem__, width=130
    )


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
    fields = list(
        quadrants(
            [on(p, x) or 0.0 for p in known],
            [on(p, y) or 0.0 for p in known],
            x_cut=cut(known, x),
            y_cut=cut(known, y),
        )
    )
    counts = {code: fields.count(code) for code in QUADRANTS}
    words = _(
        "{invest} to invest in, {develop} to develop, {maintain} to maintain, "
        "{minimise} to serve by standard means",
        **counts,
    )
    missing = all_of_them - len(known)
    unknown = _n("{n} more lacks data", "{n} more lack data", missing)
    return f"{words} · {unknown}" if missing else words


def draw_map(known: list[Place], x: str, y: str) -> None:
    """The bubbles; a click opens the card."""
    names = axis_names()
    points = [
        charts.Point(
            p.code,
            p.name,
            on(p, x) or 0.0,
            on(p, y) or 0.0,
            size=p.sales,
            level=p.level,
            note=formats.money(p.sales, compact=True),
        )
        for p in known
    ]
    charts.show(
        charts.bubbles(
            points,
            x_label=names[x],
            y_label=names[y],
            x_cut=cut(known, x),
            y_cut=cut(known, y),
            corners=(
                _c("strategy", "Develop"),
                _c("strategy", "Invest"),
                _c("strategy", "Minimise"),
                _c("strategy", "Maintain"),
            ),
            x_unit=AXES[x],
            y_unit=AXES[y],
        ),
        key=f"map.{x}.{y}",
        alt=_("Development map"),
        on_pick=lambda code: urls.go("customer", id=code),
    )
