"""Customer pyramid (客户金字塔): who is worth how much, is it good business, and who moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from analytics.pyramid import ACTIVE_CUSTOMERS, MOVED_DOWN, MOVED_UP, TOP_TIER_SHARE
from analytics.trade import NEW_CUSTOMERS, STOPPED_CUSTOMERS
from components import cards, charts, dates, filters, frame, urls
from data import load
from data.queries import overview, pyramid
from models.access import User
from models.classes import ACTIVE_TIERS, INACTIVE, TIERS
from pages.customers import lists, narrow, view
from pages.customers.narrow import CELL, MOVES, OWN_KEYS, choose
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _, _n

AXES = ("tier", "abc", "profit_tier")


def compared(seen: View) -> date | None:
    """The date to hold the tiers against, from the URL; None where there is none earlier."""
    days = replace(seen.choices.days, newest=seen.run.previous)
    with frame.slot():
        return dates.choose(
            "before", _("Compare with"), days, latest=seen.as_of - timedelta(days=1)
        )


def rules(seen: View) -> None:
    """What made the bands, with a way to where it is set."""
    policy = seen.policy
    cuts = formats.joined(
        [
            f"{vocabulary.label('tier', tier)} {cut:g}%"
            for tier, cut in zip(ACTIVE_TIERS, policy.pyramid_cuts, strict=False)
        ]
    )
    rounding = {"half_up": _("rounded half up"), "ceiling": _("rounded up")}
    basis = {"sales": _("net sales"), "margin": _("gross margin"), "received": _("money received")}
    view.settings_link(
        seen.user,
        _(
            "Ranked by {basis} of the {window}; cut at {cuts} of the customers above zero, "
            "cumulative, {rounding}, at least one; equal amounts go up. Zero or less is “{none}”.",
            basis=basis[policy.pyramid_basis],
            window=seen.window,
            cuts=cuts,
            rounding=rounding[policy.pyramid_rounding],
            none=vocabulary.label("tier", INACTIVE),
        ),
    )


def tiles(seen: View, cells: tuple[pyramid.Cell, ...], before: date | None) -> None:
    """Active customers, what the upper tiers hold, and the moves."""
    scope = seen.user.scope
    days = (seen.as_of, *([before] if before else []))
    whole = replace(seen.filters, tiers=())
    found = {t.as_of: t for t in load.ask(overview.totals, whole, scope, days)}
    now, then = found.get(seen.as_of, overview.Totals(seen.as_of)), found.get(before)
    top, top_then = [
        _upper(load.ask(pyramid.bands, whole, scope, as_of=day)) if day else None
        for day in (seen.as_of, before)
    ]
    moves = pyramid.move_counts(cells)
    versus = view.since(before) if before else None
    tile = cards.Tile
    cards.row(
        tile(ACTIVE_CUSTOMERS, now.active, then and then.active, note=_("of {n}", n=now.customers)),
        tile(
            TOP_TIER_SHARE,
            top,
            top_then,
            note=versus,
            label=_(
                "Sales held by {tiers}",
                tiers=formats.joined([vocabulary.label("tier", code) for code in ACTIVE_TIERS[:2]]),
            ),
        ),
        tile(
            MOVED_UP,
            moves["up"] if before else None,
            note=versus,
            label=vocabulary.label("movement", "up"),
        ),
        tile(
            MOVED_DOWN,
            moves["down"] if before else None,
            note=versus,
            label=vocabulary.label("movement", "down"),
        ),
        tile(
            NEW_CUSTOMERS, moves["new"] if before else None, note=versus, label=_("Newly in a tier")
        ),
        tile(
            STOPPED_CUSTOMERS,
            moves["lost"] if before else None,
            note=versus,
            label=_("Fell out of the tiers"),
        ),
    )


def _upper(bands: tuple[pyramid.Band, ...]) -> float | None:
    """Share of the sales of the ranked held by the two upper tiers."""
    total = sum(band.sales for band in bands if band.code in ACTIVE_TIERS)
    held = sum(band.sales for band in bands if band.code in ACTIVE_TIERS[:2])
    return held / total if total > 0 else None


def shapes(seen: View) -> None:
    """The pyramid, the same by money, and the quality laid over it."""
    axis = urls.segmented(
        "by",
        _("Classes"),
        AXES,
        label_of={
            "tier": _("Pyramid"),
            "abc": _("ABC classes"),
            "profit_tier": _("Profit pyramid"),
        }.__getitem__,
    )
    basis = "margin" if axis == "profit_tier" else seen.policy.pyramid_basis

    def ask(user: User) -> tuple[pyramid.Band, ...]:
        return load.ask(
            pyramid.bands, seen.filters, user.scope, as_of=seen.as_of, basis=basis, axis=axis
        )

    found = ask(seen.user)
    key = {"tier": "tier", "abc": "abc", "profit_tier": "profit"}[axis]
    chosen = urls.read(key) or None
    if axis == "tier":
        _pyramids(found, chosen)
    else:
        _bars(found, axis, key, chosen)
    whole = not (seen.filters.owner_ids or seen.filters.provinces or seen.filters.industries)
    lists.bands(ask, axis, seen, whole=whole and seen.user.scope.owner_id is None)


def _pyramids(found: tuple[pyramid.Band, ...], chosen: str | None) -> None:
    ranked = [band for band in found if band.code in ACTIVE_TIERS]
    people, money = sum(b.customers for b in ranked), sum(b.value for b in ranked)
    bands = [
        charts.Band(
            b.code,
            vocabulary.label("tier", b.code),
            b.customers,
            b.customers / people if people else None,
            b.value,
            b.value / money if money > 0 else None,
            note=_("sales {share}", share=formats.ratio(b.value / money if money > 0 else None)),
        )
        for b in ranked
    ]
    top = bands[0]
    few = _n(
        "{n} customer ({people}) is {tier}",
        "{n} customers ({people}) are {tier}",
        top.count,
        people=formats.ratio(top.count_share),
        tier=top.label,
    )
    much = _(
        "{tier} bring {money} of the money, {amount}",
        tier=top.label,
        money=formats.ratio(top.money_share),
        amount=formats.money(top.money, compact=True),
    )
    left, right = st.columns(2)
    pick = choose("tier", filters.ALL)
    with left, frame.card(_("By number of customers"), few):
        charts.show(charts.pyramid(bands, chosen=chosen), key="pyramid", alt=few, on_pick=pick)
    with right, frame.card(_("By money"), much):
        charts.show(
            charts.pyramid_by_money(bands, chosen=chosen), key="money", alt=much, on_pick=pick
        )


def _bars(found: tuple[pyramid.Band, ...], axis: str, key: str, chosen: str | None) -> None:
    people, money = sum(b.customers for b in found), sum(max(b.value, 0) for b in found)
    words = [vocabulary.label(axis, band.code) for band in found]
    few = _("{tier}: {n} of {all} customers", tier=words[0], n=found[0].customers, all=people)
    much = _(
        "{tier}: {money} of the money",
        tier=words[0],
        money=formats.ratio(found[0].value / money if money > 0 else None),
    )
    left, right = st.columns(2)
    pick = choose(key)
    for place, title, take, unit, values in (
        (left, _("By number of customers"), few, "count", [band.customers for band in found]),
        (right, _("By money"), much, "money", [band.value for band in found]),
    ):
        items = [charts.Bar(b.code, w, v) for b, w, v in zip(found, words, values, strict=True)]
        with place, frame.card(title, take):
            charts.show(
                charts.bars(items, unit=unit, chosen=chosen),
                key=f"{axis}.{unit}",
                alt=take,
                on_pick=pick,
            )


def movement(cells: tuple[pyramid.Cell, ...], before: date, seen: View) -> None:
    """Where customers stood then and stand now; a click on a cell lists them."""
    codes = TIERS
    number = {(cell.before, cell.after): cell.customers for cell in cells}
    counts = [[number.get((then, now), 0) for now in codes] for then in codes]
    moves = pyramid.move_counts(cells)
    takeaway = _(
        "From {before} to {now}: {up} up, {down} down, {new} new, {lost} out",
        before=formats.date(before),
        now=formats.date(seen.as_of),
        up=moves["up"],
        down=moves["down"],
        new=moves["new"],
        lost=moves["lost"],
    )
    names = [vocabulary.label("tier", code) for code in codes]
    with frame.card(_("Movement"), takeaway):
        charts.show(
            charts.movement(
                counts, names, names, codes=[[f"{then}.{now}" for now in codes] for then in codes]
            ),
            key="movement",
            alt=takeaway,
            on_pick=choose(CELL),
        )
        urls.segmented(
            "move",
            _("Movement"),
            ("", *MOVES),
            default="",
            label_of=lambda code: vocabulary.label("movement", code) if code else _("All"),
        )


with frame.screen("pyramid") as user:
    seen = view.begin(user, tiers=True, search=True)
    before = compared(seen)
    wide = replace(seen.filters, tiers=())
    cells = ()
    if before is not None:
        cells = load.ask(pyramid.movement, wide, user.scope, as_of=seen.as_of, before=before)
    tiles(seen, cells, before)
    rules(seen)
    shapes(seen)
    if before is not None:
        movement(cells, before, seen)
    classes = urls.read_many("abc", vocabulary.codes("abc"), label=_("ABC classes"))
    lists.listing(
        "pyramid",
        _("Customer list"),
        seen,
        replace(seen.filters, abc=classes),
        narrow.conditions(seen, before),
        lists.ranked_columns(),
        default_sort="-sales",
        own_keys=OWN_KEYS,
    )
