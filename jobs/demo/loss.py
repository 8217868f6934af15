"""Losses, win-backs, decisions and matters to settle of the demo (流失、挽回、认定、督办)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.samples import words
from jobs.demo.invoices import Bill
from jobs.demo.orders import Trade
from jobs.demo.profiles import LEAVER, Course, Profile
from jobs.demo.voice import Voice
from jobs.demo.world import Row, Rows, World, day, fen, instant, pick
from models.enums import LossReason, SupervisionState

REASONS = {
    LossReason.NEW_TEMPTATION: 26,
    LossReason.UNSTABLE_QUALITY: 16,
    LossReason.WEAK_SERVICE: 16,
    LossReason.POOR_MONITORING: 14,
    LossReason.SHORT_TERMISM: 10,
    LossReason.LACK_OF_INNOVATION: 8,
    LossReason.STAFF_LEFT: 6,
    LossReason.UNKNOWN: 8,
}
NOTICED = 0.85
"""Share of losses somebody wrote down."""


@dataclass(frozen=True)
class Story:
    """What the matters of this file grow from."""

    trade: Trade
    bills: dict[int, list[Bill]]
    complaints: Rows
    voice: Voice


def events(world: World, profiles: list[Profile], lines: Rows, trade: Trade) -> Rows:
    """Rows of loss_event: a loss is noticed months after the last order."""
    margin = _margins(profiles, trade, lines)
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        if profile.course is not Course.LOST or profile.stops is None:
            continue
        rng = world.rng("loss", profile.id)
        noticed = profile.stops + int(max(60, profile.gap * 2.5) + rng.integers(0, 45))
        written = rng.random() < NOTICED
        if written and noticed < min(profile.returns or world.last, world.last):
            rows.append(_lost(world, rng, profile, noticed, margin.get(profile.id)))
            if profile.returns is not None:
                rows.append(_won_back(world, rng, profile, profile.returns + 5))
    return [{"id": n, **row} for n, row in enumerate(rows, start=1)]


def _margins(profiles: list[Profile], trade: Trade, lines: Rows) -> dict[int, int]:
    """Margin of the twelve months before the last order, by lost customer, fen."""
    by_order: dict[int, int] = {}
    for line in lines:
        worth = line["amount"] - line["cost"]
        by_order[line["order_id"]] = by_order.get(line["order_id"], 0) + worth
    return {
        p.id: sum(by_order[o.id] for o in trade.placed[p.id] if p.stops - 365 < o.day <= p.stops)
        for p in profiles
        if p.stops is not None
    }


def _lost(
    world: World, rng: np.random.Generator, profile: Profile, on: int, value: int | None
) -> Row:
    text = words.read("notes")["loss"]
    taken = profile.past_owners[0][0] == LEAVER
    reason = (
        LossReason.STAFF_LEFT
        if taken and rng.random() < 0.8
        else pick(rng, list(REASONS), list(REASONS.values()))
    )
    rival = reason in (LossReason.NEW_TEMPTATION, LossReason.POOR_MONITORING, LossReason.STAFF_LEFT)
    return {
        "customer_id": profile.id,
        "happened_on": day(on),
        "won_back": False,
        "reason": reason,
        "value": max(0, value or 0),
        "competitor": pick(rng, words.read("names")["rivals"]) if rival else "",
        "note": pick(rng, text[reason.value]),
        "recorded_by": world.users[profile.owner_on(on)],
    }


def _won_back(world: World, rng: np.random.Generator, profile: Profile, on: int) -> Row:
    return {
        "customer_id": profile.id,
        "happened_on": day(on),
        "won_back": True,
        "reason": LossReason.UNKNOWN,
        "value": fen(profile.yearly * 0.1),
        "competitor": "",
        "note": pick(rng, words.read("notes")["loss"]["won_back"]),
        "recorded_by": world.users[profile.owner_on(on)],
    }


def overrides(world: World, profiles: list[Profile]) -> Rows:
    """A few decisions of the management about who is a key account."""
    rng = world.rng("overrides")
    text = words.read("notes")["override"]
    staying = [p for p in profiles if p.course in (Course.STEADY, Course.GROWING)]
    by_size = sorted(staying, key=lambda p: (-p.yearly, p.id))
    chosen = [by_size[i] for i in (24, 33, 41, 58)] + [max(by_size[:30], key=lambda p: p.discount)]
    rows: Rows = []
    for place, profile in enumerate(chosen):
        key = place < len(chosen) - 1
        on = world.workday(world.last - int(rng.integers(40, 400)))
        rows.append(
            {
                "id": place + 1,
                "customer_id": profile.id,
                "is_key": key,
                "reason": pick(rng, text["key" if key else "not_key"]),
                "decided_by": world.users["boss"],
                "decided_at": instant(on),
                "decided_on": day(on),
            }
        )
    return rows


def supervision(world: World, profiles: list[Profile], story: Story) -> Rows:
    """Matters to settle: open, late, escalated, and closed with evidence."""
    rng = world.rng("supervision")
    known = {p.id: p for p in profiles}
    found = [
        *((c, "loss_alert", {}) for c in _troubled(world, profiles)[:9]),
        *((c, "overdue", {}) for c in _debtors(world, story)[:8]),
        *(
            (row["customer_id"], "complaint", {"complaint_id": row["id"]})
            for row in story.complaints
            if row["closed_on"] is None
        ),
        *((row["customer_id"], "low_score", {"response_id": row["id"]}) for row in _low(story)),
    ]
    rows: Rows = []
    seen: set[tuple[int, str]] = set()
    for customer, topic, links in found:
        if (customer, topic) not in seen:
            seen.add((customer, topic))
            row = _matter(world, rng, known[customer], topic, len(rows))
            rows.append(
                {
                    "id": len(rows) + 1,
                    **row,
                    "complaint_id": None,
                    "response_id": None,
                    "alert_id": None,
                    **links,
                }
            )
    return rows


def _troubled(world: World, profiles: list[Profile]) -> list[int]:
    now = [p for p in profiles if p.stops is None and p.warning(world.last) > 0.4]
    return [p.id for p in sorted(now, key=lambda p: (-p.yearly, p.id))]


def _debtors(world: World, story: Story) -> list[int]:
    owed = {
        customer: sum(bill.open for bill in own if bill.due < world.last - 45)
        for customer, own in story.bills.items()
    }
    return [c for c in sorted(owed, key=lambda c: (-owed[c], c)) if owed[c] > 0]


def _low(story: Story) -> Rows:
    """Respondents of the last wave who would not recommend us and said why."""
    nps = next(item["id"] for item in story.voice.items if item["code"] == "NPS")
    poor = {
        a["response_id"] for a in story.voice.answers if a["item_id"] == nps and a["value"] <= 5
    }
    last = max(row["id"] for row in story.voice.waves)
    return [
        row
        for row in story.voice.responses
        if row["wave_id"] == last and row["id"] in poor and row["comment"]
    ][:7]


def _matter(
    world: World, rng: np.random.Generator, profile: Profile, topic: str, place: int
) -> Row:
    """The topic's matter in one of four states, in turn."""
    text = words.read("notes")["supervision"]
    kind = ("open", "late", "escalated", "closed", "open")[place % 5]
    age = {"open": 4, "late": 24, "escalated": 33, "closed": 30}[kind] + int(rng.integers(0, 5))
    opened = world.workday(world.last - age)
    due = opened + (14 if kind != "open" else 16)
    closed = world.workday(due - 3) if kind == "closed" else None
    state = {"escalated": SupervisionState.ESCALATED, "closed": SupervisionState.CLOSED}.get(
        kind, SupervisionState.OPEN
    )
    return {
        "customer_id": profile.id,
        "topic": topic,
        "title": text[topic],
        "owner_id": world.users["service" if topic == "complaint" else profile.owner],
        "opened_on": day(opened),
        "due_on": day(due),
        "state": state,
        "escalated_to": world.users["boss"] if kind == "escalated" else None,
        "escalated_on": day(due + 3) if kind == "escalated" else None,
        "closed_on": day(closed) if closed else None,
        "evidence": pick(rng, text["evidence"]) if closed else "",
        "opened_by": world.users["boss"],
        "created_at": instant(opened),
        "version": 1,
    }


def acquisition(world: World) -> Rows:
    """What each source of customers cost, by month."""
    rng, names = world.rng("acquisition"), words.read("names")
    rows: Rows = []
    months = range(
        world.start.year * 12 + world.start.month - 1, world.end.year * 12 + world.end.month
    )
    for month in months:
        first = day(world.first).replace(year=month // 12, month=month % 12 + 1, day=1)
        for source, spend in zip(names["sources"], names["source_spend"], strict=True):
            peak = 2.6 if source == "行业展会" and first.month in (3, 6, 9, 11) else 1.0
            amount = fen(round(spend * peak * float(rng.uniform(0.6, 1.4)), -2))
            rows.append({"id": len(rows) + 1, "source": source, "month": first, "amount": amount})
    return rows
