"""Histories of cards against an oracle (档案历史): any changes, any corrections, any date."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import card_changes, facts, store
from data.card_changes import DATED, Change
from data.facts_engines import scanner
from jobs.figures.align import Rows
from models.customers import Customer
from models.enums import CustomerStatus
from models.policy import Policy
from tests.ledger import Ledger

FIRST = date(2026, 1, 1)
DAYS = 40
CHOICES: dict[str, list[Any]] = {
    "owner_id": [None, 1, 2, 3],
    "status": list(CustomerStatus),
    "industry": ["", "机械", 'two\nlines, "quoted"'],
    "province": ["福建省", "江苏省"],
    "parent_id": [None, 1, 2],
    "terms_days": [0, 30, 60],
}


def put(session: Any, customer: int, changed: dict[str, Any], day: date, *, correct: bool) -> None:
    """Change a card as a form would: the card, then what the histories need."""
    table = Customer.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    names = [table.c[name] for name in changed]
    row = connection.execute(sa.select(*names).where(table.c.id == customer)).one()
    before = dict(zip(changed, row, strict=True))
    connection.execute(sa.update(table).where(table.c.id == customer).values(**changed))
    plan = card_changes.plan(connection, [Change(customer, before, changed)], day, correct=correct)
    for added in plan.added:
        session.add(added.table(customer_id=added.customer_id, since=added.since, **added.values))
    session.flush()
    for one in plan.rewritten:
        done = sa.update(one.table).where(one.table.id == one.id).values(**one.after)
        connection.execute(done)


class Oracle:
    """What each column of one card is held to have been on each day."""

    def __init__(self, card: dict[str, Any]) -> None:
        self.said = {name: [value] * DAYS for name, value in card.items()}

    def change(self, name: str, value: Any, at: int, *, correct: bool) -> None:
        days = self.said[name]
        if correct:
            wrong = days[-1]
            while at and days[at - 1] == wrong:
                at -= 1
        days[at:] = [value] * (DAYS - at)


def lived(engine: Engine, seed: int) -> dict[int, Oracle]:
    """Twenty customers whose cards change and are corrected on rising days."""
    rng = random.Random(seed)  # noqa: S311 - test data
    oracles: dict[int, Oracle] = {}
    with store.writing(engine, facts=True) as session:
        book = Ledger(session)
        for login in ("m1", "m2", "m3"):
            book.manager(login)
        for _ in range(20):
            card = {name: rng.choice(said) for name, said in CHOICES.items() if name != "parent_id"}
            who = book.customer(since=FIRST, **card)
            oracles[who] = Oracle({**card, "parent_id": None})
        for who, oracle in oracles.items():
            for at in sorted(rng.choices(range(1, DAYS), k=rng.randint(0, 8))):
                asked = rng.sample(DATED, rng.randint(1, 3))
                given = {name: rng.choice(CHOICES[name]) for name in asked}
                if given.get("parent_id") == who:
                    given["parent_id"] = None
                new = {n: v for n, v in given.items() if v != oracle.said[n][-1]}
                correct = rng.random() < 0.3
                if new:
                    put(session, who, new, FIRST + timedelta(days=at), correct=correct)
                for name, value in new.items():
                    oracle.change(name, value, at, correct=correct)
    return oracles


def check(engine: Engine, oracles: dict[int, Oracle], using: str) -> None:
    days = (0, 1, 7, 19, 20, DAYS - 1)
    dates = [FIRST + timedelta(days=day) for day in days]
    with facts.read(engine, dates, Policy(), using=using) as reading:
        for day, on in zip(days, dates, strict=True):
            cards = Rows(reading.at(on)).cards.set_index("id")
            for who, oracle in oracles.items():
                told = {name: cards.at[who, name] for name in DATED if name != "terms_days"}
                held = {name: oracle.said[name][day] for name in told}
                none = {"owner_id": 0, "parent_id": 0}
                assert told == {n: v if v is not None else none[n] for n, v in held.items()}, on
    with engine.connect() as connection:
        terms = card_changes.Terms(connection, list(oracles))
        for who, oracle in oracles.items():
            assert [terms.on(who, on) for on in dates] == [
                oracle.said["terms_days"][day] for day in days
            ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_date_tells_the_card_as_it_was(engine: Engine, seed: int) -> None:
    oracles = lived(engine, seed)
    check(engine, oracles, "sqlite" if store.is_sqlite(engine) else "postgres")
    if seed == 1 and store.is_sqlite(engine) and scanner() is not None:
        check(engine, oracles, "duckdb")


def test_only_another_manager_is_a_change(engine: Engine) -> None:
    """An entry that repeats the manager, and what was so from the beginning, are none."""
    with store.writing(engine, facts=True) as session:
        book = Ledger(session)
        one, two = book.manager("one"), book.manager("two")
        same, moved, back = (book.customer(since=FIRST, owner_id=one) for _ in range(3))
        book.owned(same, FIRST, one)
        book.owned(same, FIRST + timedelta(days=5), one)
        day = FIRST + timedelta(days=9)
        put(session, moved, {"owner_id": two}, day, correct=False)
        put(session, back, {"owner_id": two}, day, correct=False)
        put(session, back, {"owner_id": one}, day, correct=False)
    using = "sqlite" if store.is_sqlite(engine) else "postgres"
    with facts.read(engine, [day], Policy(), using=using) as reading:
        found = reading.at(day).owner_changes
    assert [(row.customer_id, row.changed_on.date()) for row in found.itertuples()] == [
        (moved, day)
    ]
