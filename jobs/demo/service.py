"""Complaints, visits and contracts of the demo (投诉、拜访、合同)."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.samples import words
from jobs.demo.orders import Trade
from jobs.demo.products import Catalogue
from jobs.demo.profiles import Course, Profile
from jobs.demo.world import Row, Rows, World, day, even, fen, instant, pick
from models.enums import ComplaintScope, ComplaintState, ContactChannel

SCOPES = (
    ComplaintScope.QUALITY,
    ComplaintScope.TRANSPORT,
    ComplaintScope.SERVICE,
    ComplaintScope.CONTRACT,
)
STEPS = tuple(ComplaintState)
PROMISED_DAYS = {
    ComplaintScope.QUALITY: 15,
    ComplaintScope.CONTRACT: 10,
    ComplaintScope.TRANSPORT: 7,
    ComplaintScope.SERVICE: 7,
}
CHANNELS = (
    ContactChannel.PHONE,
    ContactChannel.VISIT,
    ContactChannel.MESSAGE,
    ContactChannel.EMAIL,
)


def complaints(world: World, profiles: list[Profile], trade: Trade, catalogue: Catalogue) -> Rows:
    """Complaints by date: more from those who buy much, and from those in trouble."""
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("complaints", profile.id)
        orders = [order.day for order in trade.placed[profile.id]]
        usual = np.interp(len(orders), [0, 10, 60, 160], [0.035, 0.1, 0.065, 0.045])
        for on in orders:
            chance = usual * (1 + 4.5 * profile.warning(on)) * (1.7 - profile.mood)
            opened = on + int(rng.integers(3, 30))
            if rng.random() < chance and opened <= world.last:
                rows.append(_complaint(world, rng, profile, opened, catalogue))
    rows.sort(key=lambda row: (row["opened_on"], row["customer_id"]))
    return [
        {"id": n, "code": f"TS{row['opened_on']:%y%m%d}-{n:04d}", **row}
        for n, row in enumerate(rows, start=1)
    ]


def _complaint(
    world: World, rng: np.random.Generator, profile: Profile, opened: int, catalogue: Catalogue
) -> Row:
    scope = pick(rng, SCOPES, (45, 25, 20, 10))
    text = words.read("notes")["complaint"][scope.value]
    summary = pick(rng, text["summaries"])
    place = int(
        pick(
            rng,
            range(len(catalogue.names)),
            np.asarray(profile.basket)[catalogue.category].tolist(),
        )
    )
    drags = 6 if rng.random() < 0.12 else 1
    usual = PROMISED_DAYS[scope] * 0.85 * drags
    takes = int(np.clip(rng.lognormal(np.log(usual), 0.55), 1, 180))
    closed = opened + takes if opened + takes <= world.last else None
    state = STEPS[-1 if closed else min(len(STEPS) - 2, (world.last - opened) * 7 // takes)]
    judged = STEPS.index(state) >= STEPS.index(ComplaintState.JUDGED)
    upheld = bool(rng.random() < 0.86) if judged else None
    seen = STEPS.index(state)
    reply = instant(opened, 2 + float(rng.exponential(7)))
    return {
        "customer_id": profile.id,
        "product_id": place + 1 if "{product}" in summary else None,
        "opened_on": day(opened),
        "first_reply_at": reply if reply.date() <= world.end else None,
        "due_on": day(opened + PROMISED_DAYS[scope]),
        "closed_on": day(closed) if closed else None,
        "scope": scope,
        "state": state,
        "upheld": upheld,
        "department": pick(rng, text["departments"]) if seen >= 2 else "",
        "summary": summary.format(product=catalogue.names[place]),
        "cause": pick(rng, text["causes"]) if seen >= 3 and upheld else "",
        "remedy": pick(rng, text["remedies"]) if seen >= 4 and upheld else "",
        "score_after": _score_after(rng, profile, takes, PROMISED_DAYS[scope]) if closed else None,
        "version": 1,
    }


def _score_after(
    rng: np.random.Generator, profile: Profile, takes: int, promised: int
) -> float | None:
    if rng.random() < 0.25:  # nobody asked
        return None
    late = 16 if takes > promised else 0
    return float(np.clip(round(rng.normal(profile.mood * 100 - 2 - late, 10)), 5, 100))


def visits(world: World, profiles: list[Profile], contacts: Rows, catalogue: Catalogue) -> Rows:
    """Visits and calls: often to the large, seldom to the small, and not always enough."""
    titles = {row["customer_id"]: row["title"] for row in reversed(contacts)}
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("visits", profile.id)
        gap = np.interp(np.log10(max(profile.yearly, 1e4)), [4.3, 5.3, 6.3, 7.3], [62, 40, 20, 9])
        gap *= float(rng.lognormal(0, 0.25))
        on, until = max(profile.opens, world.first) + rng.uniform(0, gap), world.last
        if profile.stops is not None and profile.returns is None:
            until = min(until, profile.stops + 100)
        while on <= until:
            when = world.workday(int(on))
            if when <= world.last:
                rows.append(_visit(world, rng, profile, when, titles, catalogue))
            on += rng.gamma(3, gap / 3) * (1.9 if _neglected(profile, int(on)) else 1)
    rows.sort(key=lambda row: (row["visited_on"], row["customer_id"]))
    told = {_told_apart(row): row for row in reversed(rows)}  # nobody calls twice for one thing
    return [{"id": number, **row} for number, row in enumerate(reversed(told.values()), start=1)]


def _told_apart(row: Row) -> tuple[Any, ...]:
    return row["customer_id"], row["visited_on"], row["channel"], row["purpose"]


def _neglected(profile: Profile, on: int) -> bool:
    """Some managers look away when trouble begins."""
    return profile.id % 3 == 0 and profile.warning(on) > 0.3


def _visit(
    world: World,
    rng: np.random.Generator,
    profile: Profile,
    on: int,
    titles: dict[int, str],
    catalogue: Catalogue,
) -> Row:
    text = words.read("notes")["visit"]
    channel = pick(rng, CHANNELS, (44, 30, 20, 6))
    in_person = channel is ContactChannel.VISIT
    worried = profile.warning(on) > 0.35 and rng.random() < 0.5
    note = pick(rng, text["warning" if worried else channel.value])
    category = pick(rng, catalogue.categories, profile.basket or ())
    return {
        "customer_id": profile.id,
        "visited_on": day(on),
        "channel": channel,
        "purpose": pick(rng, text["purposes"]),
        "note": note.format(category=category, title=titles.get(profile.id, "采购经理")),
        "cost": even(fen(float(rng.lognormal(5.9, 0.6))), 1000) if in_person else None,
        "visited_by": world.users[profile.owner_on(on)],
        "created_at": instant(on, 9),
    }


def contracts(world: World, profiles: list[Profile], contacts: Rows, catalogue: Catalogue) -> Rows:
    """Framework contracts of the larger customers, renewed every year, mostly in time."""
    signers = {row["customer_id"]: row["name"] for row in reversed(contacts)}
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("contracts", profile.id)
        chance = np.interp(profile.yearly, [1e5, 6e5, 3e6], [0.05, 0.45, 0.95])
        if profile.course in (Course.ONE_OFF, Course.PROSPECT) or rng.random() > chance:
            continue
        on = max(profile.opens, world.first - 300) + int(rng.integers(0, 120))
        while on <= world.last and on <= (profile.stops or world.last):
            rows.append(_contract(rng, profile, on, signers, catalogue))
            on += 365 + (int(rng.integers(10, 60)) if rng.random() < 0.15 else 0)
            if rng.random() < 0.06:
                break
    rows.sort(key=lambda row: (row["starts_on"], row["customer_id"]))
    return [
        {"id": n, "code": f"HT{row['starts_on']:%Y}-{n:04d}", **row}
        for n, row in enumerate(rows, start=1)
    ]


def _contract(
    rng: np.random.Generator,
    profile: Profile,
    on: int,
    signers: dict[int, str],
    catalogue: Catalogue,
) -> Row:
    text = words.read("notes")["contract"]
    best = catalogue.categories[int(np.argmax(profile.basket))]
    return {
        "customer_id": profile.id,
        "title": pick(rng, text["titles"]).format(category=best),
        "starts_on": day(on),
        "ends_on": day(on + 364),
        "amount": even(fen(profile.yearly * float(rng.uniform(0.7, 1.3))), 10_000_000) or None,
        "terms": pick(rng, text["terms"]).format(terms=profile.terms),
        "signer": signers.get(profile.id, ""),
    }
