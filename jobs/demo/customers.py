"""Customers, contacts and owner history of the demo (客户、联系人、客户经理变更)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data.samples import words
from jobs.demo.people import Brands, Places, address, credit_code, landline, mobile, person
from jobs.demo.profiles import LEAVER, Course, Profile
from jobs.demo.world import Row, Rows, World, day, even, fen, instant, pick
from models.enums import ChannelRole, CustomerKind, CustomerStatus

GROUPS = 13
SHARES: tuple[tuple[ChannelRole, float], ...] = (
    (ChannelRole.END_USER, 46),
    (ChannelRole.DEALER, 27),
    (ChannelRole.OEM, 17),
    (ChannelRole.INTEGRATOR, 7),
    (ChannelRole.AGENT, 3),
)


@dataclass
class Book:
    """What naming customers needs at hand."""

    world: World
    rng: np.random.Generator
    brands: Brands
    places: Places
    taken: set[str]


def build(world: World, profiles: list[Profile]) -> tuple[Rows, Rows, Rows]:
    """Rows of customer, contact and owner_history; sets each profile's basket."""
    rng = world.rng("customers")
    book = Book(world, rng, Brands(rng), Places(), set())
    by_size = sorted(profiles, key=lambda p: -p.yearly)
    customers = {p.id: _customer(book, p) for p in sorted(profiles, key=lambda p: p.id)}
    _groups(book, by_size, customers)
    heads_first = sorted(customers, key=lambda c: (customers[c]["parent_id"] is not None, c))
    rows = [customers[number] for number in heads_first]
    contacts = [row for p in by_size for row in _contacts(book, p)]
    for number, contact in enumerate(contacts, start=1):
        contact["id"] = number
    return rows, contacts, _owner_history(world, profiles)


def _customer(book: Book, profile: Profile) -> Row:
    rng, names = book.rng, words.read("names")
    province, city, area, phone = book.places.draw(rng)
    role = pick(rng, [r for r, _ in SHARES], [w for _, w in SHARES])
    kind, trade = CustomerKind.ENTERPRISE, None
    if role in (ChannelRole.DEALER, ChannelRole.AGENT):
        kind, trade = CustomerKind.DEALER, names["dealers"]
    elif role is ChannelRole.END_USER and profile.yearly < 1.5e6 and rng.random() < 0.13:
        kind, trade = CustomerKind.INSTITUTION, pick(rng, names["institution"])
    if trade is None:
        trade = pick(rng, names["industry"], [i["weight"] for i in names["industry"]])
    brand = book.brands.next()
    name, short = _name(book, kind, role, trade, city, brand)
    profile.basket = tuple(float(x) for x in trade["basket"])
    legal = "12" if kind is CustomerKind.INSTITUTION else "91"
    known = rng.random() < 0.7  # what they spend with all suppliers
    wallet = profile.yearly / float(rng.uniform(0.12, 0.85)) if known else 0.0
    return {
        "id": profile.id,
        "code": f"C{profile.id:04d}",
        "name": name,
        "short_name": short,
        "tax_no": credit_code(legal, area, f"{rng.integers(10**8):08d}"),
        "kind": kind,
        "channel_role": role,
        "industry": trade.get("industry") or trade["name"],
        "province": province,
        "city": city,
        "source": pick(rng, names["sources"], names["source_weights"]),
        "status": _status(book.world, profile),
        "parent_id": None,
        "owner_id": book.world.users[profile.owner],
        "since": day(profile.opens),
        "terms_days": profile.terms,
        "legal_representative": person(rng),
        "registered_capital": fen(float(round(max(50, profile.yearly / 8000) / 50) * 500_000)),
        "employees": int(
            np.clip(rng.lognormal(np.log(max(profile.yearly, 1e5) / 9000), 0.6), 3, 9000)
        ),
        "address": address(rng, city),
        "phone": landline(rng, phone),
        "website": f"www.c{profile.id:04d}.example" if rng.random() < 0.55 else "",
        "annual_category_spend": even(fen(wallet), 1_000_000) or None,
        "note": "",
        "verified_on": day(book.world.last - int(rng.integers(5, 700))),
        "created_at": instant(profile.opens),
        "created_on": day(profile.opens),
        "version": 1,
    }


def _name(
    book: Book, kind: CustomerKind, role: ChannelRole, trade: dict[str, Any], city: str, brand: str
) -> tuple[str, str]:
    rng, names = book.rng, words.read("names")
    word = pick(rng, trade["words"])
    if kind is CustomerKind.INSTITUTION:
        name = f"{city}市{word}" if rng.random() < 0.5 else f"{city}{brand}{word}"
        if name in book.taken:
            name = f"{city}{brand}{word}"
        short = name
    else:
        forms = (
            names["dealers"]["forms"]
            if kind is CustomerKind.DEALER
            else names["forms"].get(role.value, names["forms"]["end_user"])
        )
        form = pick(rng, forms)
        if role is ChannelRole.INTEGRATOR:
            word = word.removesuffix("科技").removesuffix("系统")
        if word.endswith("科技") or word.endswith("制造"):
            form = form.removeprefix("科技").removeprefix("制造")
        name, short = f"{city}{brand}{word}{form}", f"{brand}{word[:2]}"
    book.taken.add(name)
    return name, short


def _status(world: World, profile: Profile) -> CustomerStatus:
    if profile.course is Course.PROSPECT:
        return CustomerStatus.PROSPECT
    gone = profile.stops is not None and profile.returns is None
    long_ago = gone and world.last - (profile.stops or 0) > 540
    return CustomerStatus.CLOSED if long_ago else CustomerStatus.ACTIVE


def _groups(book: Book, by_size: list[Profile], customers: dict[int, Row]) -> None:
    """Some large customers head a group; their subsidiaries carry the group's brand."""
    rng = book.rng
    heads = [p for p in by_size[:70] if customers[p.id]["kind"] is CustomerKind.ENTERPRISE]
    heads = heads[: GROUPS * 2 : 2]
    free = [p for p in by_size[20:300] if customers[p.id]["kind"] is CustomerKind.ENTERPRISE]
    free = [free[i] for i in rng.permutation(len(free)) if free[i] not in heads]
    for head in heads:
        row = customers[head.id]
        brand = row["short_name"][:2]
        row["kind"] = CustomerKind.GROUP
        row["name"] = f"{brand}{_trade_word(row)}集团有限公司"
        row["short_name"] = f"{brand}集团"
        for _ in range(int(rng.integers(1, 6))):
            _adopt(customers[free.pop().id], row, brand, book.taken)


def _adopt(child: Row, head: Row, brand: str, taken: set[str]) -> None:
    name = f"{child['city']}{brand}{_trade_word(child)}有限公司"
    if name in taken:
        name = f"{brand}{_trade_word(child)}（{child['city']}）有限公司"
    if name in taken:
        return
    taken.add(name)
    child.update(name=name, short_name=f"{child['city']}{brand}", parent_id=head["id"])


def _trade_word(row: Row) -> str:
    for trade in words.read("names")["industry"]:
        if trade["name"] == row["industry"]:
            return str(trade["words"][row["id"] % len(trade["words"])])
    return "实业"


def _contacts(book: Book, profile: Profile) -> Rows:
    rng, names = book.rng, words.read("names")
    count = 1 + int(rng.binomial(4, min(0.75, 0.15 + profile.yearly / 6e6)))
    titles = [names["titles"][i] for i in rng.permutation(len(names["titles"]))[:count]]
    people = {person(rng): title for title in titles}
    return [
        {
            "id": 0,
            "customer_id": profile.id,
            "name": name,
            "title": title,
            "phone": mobile(rng),
            "email": f"p{i}@c{profile.id:04d}.example" if rng.random() < 0.6 else "",
            "decides": title in names["deciders"],
            "note": "",
        }
        for i, (name, title) in enumerate(people.items(), start=1)
    ]


def _owner_history(world: World, profiles: list[Profile]) -> Rows:
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        for place, (login, since) in enumerate(profile.past_owners):
            left = place and profile.past_owners[place - 1][0] == LEAVER
            reason = "原客户经理离职，客户移交" if left else "区域调整" if place else "建档"
            rows.append(
                {
                    "id": len(rows) + 1,
                    "customer_id": profile.id,
                    "owner_id": world.users[login],
                    "since": day(since),
                    "reason": reason,
                }
            )
    return rows
