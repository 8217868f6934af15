"""Ledgers of every movement there is (往来性质): on any day they balance, and the past stays."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data import facts, store
from jobs.figures import Figures, compute
from models.base import Base
from models.policy import Policy
from tests import movements, oracle
from tests.ledger import Ledger

END = date(2026, 6, 30)
START = date(2025, 10, 1)
POLICY = Policy(window_months=3)
MOVED = ("invoiced", "received", "credited", "written_off")


def made_at_random(seed: int, people: list[int]) -> movements.Movements:
    rng = random.Random(seed)  # noqa: S311 - test data
    span = (END - START).days
    return movements.at_random(
        rng, lambda: START + timedelta(days=rng.randint(0, span)), people, 20, most=400
    )


def days_at_random(seed: int, made: movements.Movements, count: int) -> tuple[date, ...]:
    """Days on which something happens: there a figure is wrong first."""
    days = {money.on for money in made.money} | {back.on for back in made.back}
    days |= {bill.on for bill in made.bills} | {since for b in made.bills for since in b.plans}
    days |= {each.starts for each in made.lowered} | {each.ended for each in made.lowered} - {None}
    return tuple(sorted(random.Random(seed).sample(sorted(days), count)))  # noqa: S311


def emptied(engine: Engine) -> Ledger:
    with store.writing(engine, facts=True) as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "store_state":
                session.execute(table.delete())
    return Ledger(None)  # type: ignore[arg-type]  # given a session with every writing block


def computed(engine: Engine, days: tuple[date, ...]) -> dict[date, Figures]:
    using = "sqlite" if engine.dialect.name == "sqlite" else "postgres"
    with facts.read(engine, days, POLICY, using=using) as reading:
        return {day: compute(reading.at(day), POLICY) for day in days}


class Company:
    """Three customers and their movements, in a store."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.book = engine, emptied(engine)
        with store.writing(engine, facts=True) as session:
            self.book.session = session
            self.people = [self.book.customer() for _ in range(3)]
        self.made = made_at_random(seed, self.people)
        self.written = movements.Written(self.book, self.made)

    def known(self, until: date) -> None:
        """The store holds what is dated up to a day."""
        with store.writing(self.engine, facts=True) as session:
            self.book.session = session
            self.written.until(until)

    def check(self, day: date, figures: Figures) -> None:
        """Every figure of the date against the plain one."""
        after = facts.period(day, POLICY).after
        right = oracle.as_of(self.made, day, after, self.written.ids)
        assert self.parts(figures, day) == right.open
        columns = figures.customers
        of = {
            name: dict(zip(columns["customer_id"].values, columns[name].values, strict=True))
            for name in ("outstanding", "unallocated", "due_amount", "due_received", "days_late")
        }
        for who in self.people:
            assert of["outstanding"][who] == right.owed[who]
            assert of["unallocated"][who] == right.unallocated[who] >= 0
            assert of["due_amount"][who] == right.due[who]
            assert of["due_received"][who] == right.due_received[who]
            late = right.late[who] / right.late_base[who] if right.late_base[who] else np.nan
            assert of["days_late"][who] == pytest.approx(late, nan_ok=True)
        self.balances(figures, right, oracle.as_of(self.made, after, after, self.written.ids))

    def parts(self, figures: Figures, day: date) -> dict[tuple[int, int], tuple[date, int, int]]:
        """The open parts by bill and position; their ages and buckets are checked on the way."""
        number = {self.written.ids.get(bill): k for k, bill in enumerate(self.made.bills)}
        rows = {name: column.values for name, column in figures.invoices.items()}
        found = {}
        for k in range(len(rows["invoice_id"])):
            due = rows["due_on"][k].astype(object)
            assert rows["overdue_days"][k] == (day - due).days
            assert (rows["bucket"][k] > 0) == (due < day)
            key = number[int(rows["invoice_id"][k])], int(rows["position"][k])
            found[key] = (due, int(rows["amount"][k]), int(rows["outstanding"][k]))
        return found

    def balances(self, figures: Figures, right: oracle.Ledger, before: oracle.Ledger) -> None:
        """Σ buckets − unallocated = ledger, and the ledger moved as the documents say."""
        money: dict[str, Any] = figures.totals["receivables"]
        buckets = sum(int(figures.customers[f"b{k}"].values.sum()) for k in range(8))
        ledger = money["ledger_invoiced"] - sum(money[f"ledger_{name}"] for name in MOVED[1:])
        assert buckets - money["unallocated"] == ledger
        assert {name: money[f"ledger_{name}"] for name in MOVED} == {
            name: right.moved[name] for name in MOVED
        }
        roll = money["roll_forward"]
        assert {name: roll[name] for name in MOVED} == {
            name: right.moved[name] - before.moved[name] for name in MOVED
        }
        assert roll["closing"] == ledger
        assert (
            roll["opening"] + roll["invoiced"] - sum(roll[name] for name in MOVED[1:])
            == roll["closing"]
        )
        assert roll["opening"] == sum(before.owed.values()) - sum(before.unallocated.values())
        assert money["opening"] == sum(before.owed.values())


def same(one: Figures, other: Figures) -> None:
    """Two computations of one date, to the last figure."""
    for name in ("customers", "invoices"):
        mine, theirs = getattr(one, name), getattr(other, name)
        for column, values in mine.items():
            assert pd.Series(np.asarray(values.values)).equals(
                pd.Series(np.asarray(theirs[column].values))
            ), column
    assert one.totals == other.totals


def right_and_unmoved(engine: Engine, seed: int) -> None:
    """The figures of some days, before and after what is dated later becomes known."""
    company = Company(engine, seed)
    days = days_at_random(seed, company.made, 6)
    early = days[2]
    company.known(early)
    before = computed(engine, (early,))
    company.known(date.max)
    after = computed(engine, days)
    same(before[early], after[early])
    for day, figures in after.items():
        company.check(day, figures)


def often(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@often(5)
@given(seed=st.integers(0, 10**9))
def test_any_ledger_on_any_day(sqlite_engine: Engine, seed: int) -> None:
    right_and_unmoved(sqlite_engine, seed)


@pytest.mark.postgres
@often(2)
@given(seed=st.integers(0, 10**9))
def test_any_ledger_on_any_day_on_postgres(postgres_engine: Engine, seed: int) -> None:
    right_and_unmoved(postgres_engine, seed)


def test_the_random_ledgers_hold_every_movement() -> None:
    """Else the property says nothing of what is missing."""
    seen: Counter[str] = Counter()
    for seed in range(20):
        made = made_at_random(seed, [1, 2, 3])
        seen["taken back"] += sum(a.ended is not None for a in made.lowered)
        seen["reversed"] += len(made.back)
        seen["given up"] += sum(isinstance(a, movements.WrittenOff) for a in made.lowered)
        seen["put off"] += sum(len(p) == 1 for b in made.bills for p in b.plans.values())
        seen["instalments"] += sum(len(p) > 1 for b in made.bills for p in b.plans.values())
        seen["agreed twice"] += sum(len(b.plans) > 1 for b in made.bills)
        for each in made.lowered:
            if isinstance(each, movements.Applied):
                seen["prepaid"] += each.money.on < each.bill.on
                seen["entered late"] += each.on > max(each.bill.on, each.money.on)
                seen["for another"] += each.money.who != each.bill.who
                seen["credit applied"] += not each.money.cash
                seen["part"] += each.amount < each.bill.amount
    assert min(seen.values()) >= 10, seen
    assert len(seen) == 11
