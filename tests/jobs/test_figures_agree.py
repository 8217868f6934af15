"""Every figure that is shown in more than one place (一数一源): all places say the same.

`FIGURES` lists figure → places: the tile, the sum of its list, the cards, the parts of the overview
by every axis, the ledger, the reports, what the run kept, and the store's own rows in plain SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from analytics.collection import days_sales_outstanding
from data import store
from data.facts_periods import Period, period
from data.queries import alerts as alerting
from data.queries import (
    card,
    concentration,
    customers,
    key_accounts,
    open_invoices,
    overview,
    pyramid,
    receivables,
    runs,
    statements,
)
from data.queries.ageing import Ageing, Narrow
from jobs import refresh
from jobs.reports import ageing as ageing_report
from jobs.reports import alerts as alerts_report
from jobs.reports import asking
from jobs.reports import key_accounts as key_report
from jobs.reports import pyramid as pyramid_report
from models.access import EVERYBODY
from models.filters import Filters, Page
from models.policy import Policy, of_stored
from tests.conftest import DEMO_END
from tests.ledger import Ledger, at_random

ALL = Filters()
EVERY = Page(1, 100_000, "sales", True)
RANDOM_END = date(2026, 6, 30)
AXES = ("tier", "abc", "grade", "level", "profit_tier", "province", "industry", "owner")


@dataclass
class Shown:
    """One store as of one date, as every place shows it."""

    session: Session
    day: date

    @cached_property
    def run(self) -> runs.Run:
        found = runs.run(self.session, self.day)
        assert found is not None
        return found

    @cached_property
    def policy(self) -> Policy:
        return of_stored(self.run.policy)

    @cached_property
    def span(self) -> Period:
        return period(self.day, self.policy)

    @cached_property
    def tile(self) -> overview.Totals:
        (found,) = overview.totals(self.session, ALL, EVERYBODY, [self.day])
        return found

    @cached_property
    def list(self) -> pd.DataFrame:
        return customers.rows(self.session, ALL, EVERY, EVERYBODY, as_of=self.day)

    @cached_property
    def owing(self) -> pd.DataFrame:
        return receivables.customers(
            self.session,
            ALL,
            Page(1, 100_000, "overdue", True),
            EVERYBODY,
            as_of=self.day,
            day=self.day,
            ageing=self.ageing,
            narrow=Narrow(not_due=True),
        )

    @cached_property
    def bills(self) -> pd.DataFrame:
        return open_invoices.invoices(
            self.session,
            ALL,
            Page(1, 100_000, "overdue_days", True),
            EVERYBODY,
            as_of=self.day,
            day=self.day,
            ageing=self.ageing,
            narrow=Narrow(not_due=True),
        )

    @cached_property
    def at_risk(self) -> pd.DataFrame:
        return alerting.alerts(
            self.session,
            ALL,
            Page(1, 100_000, "value_at_risk", True),
            EVERYBODY,
            as_of=self.day,
            day=self.day,
            show="all",
        )

    @property
    def ageing(self) -> Ageing:
        return Ageing(edges=self.policy.ageing_edges)

    @cached_property
    def cards(self) -> list[dict[str, Any]]:
        """The standing on a card of the first customers of the list."""
        codes = list(self.list["code"])[:40]
        found = [card.card(self.session, code, EVERYBODY, as_of=self.day) for code in codes]
        return [each.standing or {} for each in found]

    @cached_property
    def asked(self) -> asking.Asked:
        return asking.resolve(self.session, self.day)

    @cached_property
    def report(self) -> dict[str, Any]:
        """Four reports as JSON, by name."""
        made = (
            pyramid_report.build(self.session, self.asked),
            key_report.build(self.session, self.asked),
            ageing_report.build(self.session, self.asked, by="invoice"),
            alerts_report.build(self.session, self.asked),
        )
        return {each.name: each.as_json() for each in made}

    @cached_property
    def key(self) -> key_accounts.KeySums:
        quiet = self.day - timedelta(days=self.policy.key_contact_days)
        return key_accounts.sums(self.session, ALL, EVERYBODY, as_of=self.day, since=quiet)

    @cached_property
    def ledger(self) -> receivables.Ledger:
        return receivables.ledger(self.session, ALL, EVERYBODY, as_of=self.day)

    @cached_property
    def levels(self) -> alerting.AlertTotals:
        return alerting.totals(self.session, ALL, EVERYBODY, as_of=self.day)

    def sql(self, text: str) -> Any:
        """One number by hand; the days of the period are named in it."""
        days = {"day": self.day, "after": self.span.after}
        return self.session.execute(sa.text(text), days).scalar_one() or 0

    def parts(self, name: str) -> list[Any]:
        """A sum of the tile taken apart along every axis and put together again."""
        return [
            sum(
                getattr(part, name)
                for part in overview.totals_by(self.session, ALL, EVERYBODY, self.day, axis)
            )
            for axis in AXES
        ]

    def listed(self, name: str) -> int:
        return sum(int(value) for value in self.list[name] if value is not None)

    def kept(self, *path: str) -> Any:
        found: Any = self.run.totals
        for name in path:
            found = found[name]
        return found

    def of_tiers(self, name: str) -> int:
        return round(100 * sum(row[name] or 0 for row in self.report["pyramid"]["tiers"]))

    def bands(self, name: str) -> int:
        bands = pyramid.bands(
            self.session, ALL, EVERYBODY, as_of=self.day, basis=self.policy.pyramid_basis
        )
        return sum(getattr(band, name) for band in bands)

    def minor(self, report: str, name: str) -> int:
        return round(100 * self.report[report]["totals"][name])

    def statements(self) -> int:
        """What every statement of account ends at, added up."""
        numbers = self.session.execute(sa.text("select id from customer")).scalars().all()
        found = [
            statements.statement(
                self.session, number, EVERYBODY, start=date(1990, 1, 1), end=self.day
            )
            for number in numbers
        ]
        return sum(one.closing for one in found if one is not None)


LINES = """
    select {what} from order_line l join sales_order o on o.id = l.order_id
    where o.ordered_on > :after and o.ordered_on <= :day"""
PAID = """
    select sum(a.amount) from allocation a join invoice i on i.id = a.invoice_id
    left join receipt r on r.id = a.receipt_id left join credit_note n on n.id = a.credit_note_id
    where a.allocated_on <= :day and i.invoiced_on <= :day
      and coalesce(r.received_on, n.issued_on) <= :day
      and (a.ended_on is null or a.ended_on > :day)"""
GIVEN_UP = """
    select sum(w.amount) from write_off w join invoice i on i.id = w.invoice_id
    where w.written_off_on <= :day and i.invoiced_on <= :day
      and (w.ended_on is null or w.ended_on > :day)"""
BILLED = "select sum(amount) from invoice where invoiced_on <= :day"
TAKEN = """
    select sum(v.amount) from reversal v left join receipt r on r.id = v.receipt_id
    left join credit_note n on n.id = v.credit_note_id
    where v.reversed_on <= :day and coalesce(r.received_on, n.issued_on) <= :day"""
GOT = "select sum(amount) from receipt where received_on <= :day"
NOTED = "select sum(amount) from credit_note where issued_on <= :day"

Place = Callable[[Shown], Any]
FIGURES: Mapping[str, Mapping[str, Place]] = {
    "customers": {
        "tile": lambda s: s.tile.customers,
        "list": lambda s: len(s.list),
        "run": lambda s: s.kept("customers"),
        "pyramid": lambda s: s.bands("customers"),
        "report pyramid": lambda s: s.report["pyramid"]["totals"]["customers"],
        "by axis": lambda s: s.parts("customers"),
    },
    "active customers": {
        "tile": lambda s: s.tile.active,
        "list": lambda s: sum(n > 0 for n in s.list["orders"]),
        "run": lambda s: s.kept("active"),
        "by axis": lambda s: s.parts("active"),
    },
    "net sales": {
        "tile": lambda s: s.tile.sales,
        "list": lambda s: s.listed("sales"),
        "run": lambda s: s.kept("sales"),
        "pyramid": lambda s: s.bands("sales"),
        "report pyramid": lambda s: s.of_tiers("sales"),
        "SQL": lambda s: s.sql(LINES.format(what="sum(l.amount)")),
        "by axis": lambda s: s.parts("sales"),
    },
    "margin": {
        "tile": lambda s: s.tile.margin,
        "list": lambda s: s.listed("margin"),
        "pyramid": lambda s: s.bands("margin"),
        "SQL": lambda s: s.sql(
            LINES.format(what="sum(l.amount - l.cost)") + " and l.cost is not null"
        ),
        "by axis": lambda s: s.parts("margin"),
    },
    "receivables": {
        "tile": lambda s: s.tile.outstanding,
        "list": lambda s: s.listed("outstanding"),
        "list of debtors": lambda s: sum(s.owing["outstanding"]),
        "list of invoices": lambda s: sum(s.bills["outstanding"]),
        "buckets": lambda s: sum(s.tile.buckets),
        "page": lambda s: sum(
            receivables.buckets(s.session, ALL, EVERYBODY, as_of=s.day, ageing=s.ageing)
        ),
        "other buckets": lambda s: sum(
            receivables.buckets(
                s.session,
                ALL,
                EVERYBODY,
                as_of=s.day,
                ageing=Ageing(edges=(7, 21), basis="invoice", stored=False),
            )
        ),
        "run": lambda s: s.kept("receivables", "outstanding"),
        "report ageing": lambda s: s.minor("ageing", "outstanding"),
        "report by invoice": lambda s: round(
            100 * sum(row["outstanding"] for row in s.report["ageing"]["invoices"])
        ),
        "report pyramid": lambda s: s.of_tiers("outstanding"),
        "SQL": lambda s: s.sql(BILLED) - s.sql(PAID) - s.sql(GIVEN_UP),
        "by axis": lambda s: s.parts("outstanding"),
    },
    "overdue": {
        "tile": lambda s: s.tile.overdue,
        "list": lambda s: s.listed("overdue"),
        "list of debtors": lambda s: sum(s.owing["overdue"]),
        "list of invoices": lambda s: sum(
            s.bills["outstanding"][[days > 0 for days in s.bills["overdue_days"]]]
        ),
        "buckets": lambda s: sum(s.tile.buckets[1:]),
        "report ageing": lambda s: s.minor("ageing", "overdue"),
        "report pyramid": lambda s: s.of_tiers("overdue"),
        "by axis": lambda s: s.parts("overdue"),
    },
    "unallocated": {
        "tile": lambda s: s.tile.unallocated,
        "list": lambda s: s.listed("unallocated"),
        "run": lambda s: s.kept("receivables", "unallocated"),
        "report ageing": lambda s: s.minor("ageing", "unallocated"),
        "SQL": lambda s: s.sql(GOT) + s.sql(NOTED) - s.sql(TAKEN) - s.sql(PAID),
    },
    "ledger": {
        "page": lambda s: s.ledger.balance,
        "tile": lambda s: s.tile.outstanding - s.tile.unallocated,
        "run": lambda s: (
            s.kept("receivables", "ledger_invoiced")
            - s.kept("receivables", "ledger_received")
            - s.kept("receivables", "ledger_credited")
            - s.kept("receivables", "ledger_written_off")
        ),
        "roll-forward": lambda s: s.kept("receivables", "roll_forward", "closing"),
        "report ageing": lambda s: s.minor("ageing", "ledger_balance"),
        "statements": lambda s: s.statements(),
        "SQL": lambda s: s.sql(BILLED) - s.sql(GOT) - s.sql(NOTED) + s.sql(TAKEN) - s.sql(GIVEN_UP),
    },
    "collection ratio": {
        "tile": lambda s: s.tile.collection_ratio,
        "run": lambda s: s.kept("receivables", "collection_ratio"),
        "list": lambda s: (
            s.listed("due_received") / s.listed("due_amount") if s.listed("due_amount") else None
        ),
    },
    "DSO": {
        "tile": lambda s: float(
            days_sales_outstanding(
                s.tile.outstanding, s.tile.invoiced, days=(s.day - s.span.after).days
            ).dso
        ),
        "run": lambda s: s.kept("receivables", "dso"),
    },
    "expected loss": {
        "run": lambda s: s.kept("receivables", "provision"),
        "report ageing": lambda s: s.minor("ageing", "provision"),
    },
    "satisfaction index": {
        "tile": lambda s: s.tile.csi,
        "run": lambda s: s.kept("csi")["index"] if s.kept("csi") else None,
    },
    "red": {
        "tile": lambda s: s.levels.customers.get("red", 0),
        "list": lambda s: sum(level == "red" for level in s.at_risk["level"]),
        "report alerts": lambda s: s.report["alerts"]["totals"]["red"],
    },
    "amber": {
        "tile": lambda s: s.levels.customers.get("amber", 0),
        "list": lambda s: sum(level == "amber" for level in s.at_risk["level"]),
        "report alerts": lambda s: s.report["alerts"]["totals"]["amber"],
    },
    "margin at risk": {
        "tile": lambda s: s.levels.at_risk,
        "list": lambda s: sum(s.at_risk["value_at_risk"]),
        "report alerts": lambda s: s.minor("alerts", "value_at_risk"),
        "overview": lambda s: s.tile.value_at_risk,
        "customers": lambda s: s.listed("value_at_risk"),
        "report pyramid": lambda s: s.of_tiers("value_at_risk"),
    },
    "key accounts": {
        "tile": lambda s: s.key.customers,
        "list": lambda s: sum(bool(flag) for flag in s.list["is_key"]),
        "run": lambda s: s.kept("key", "customers"),
        "report": lambda s: len(s.report["key-accounts"]["customers"]),
    },
    "sales of key accounts": {
        "tile": lambda s: s.key.sales,
        "report": lambda s: s.minor("key-accounts", "sales"),
        "report, list": lambda s: round(
            100 * sum(row["sales"] for row in s.report["key-accounts"]["customers"])
        ),
    },
    "share of the five largest": {
        "tile": lambda s: concentration.concentration(s.session, ALL, EVERYBODY, as_of=s.day).top_5,
        "run": lambda s: s.kept("concentration", "top_5"),
        "list": lambda s: _top(s, 5),
    },
    "open complaints": {
        "tile": lambda s: s.tile.complaints_open,
        "list": lambda s: s.listed("complaints_open"),
        "SQL": lambda s: s.sql(
            "select count(*) from complaint where opened_on <= :day "
            "and (closed_on is null or closed_on > :day)"
        ),
    },
    "figures of a card": {
        "card": lambda s: [
            (each.get("sales"), each.get("overdue"), each.get("csi"), each.get("score"))
            for each in s.cards
        ],
        "list": lambda s: [
            (row.sales, row.overdue, row.csi, row.score)
            for row in s.list[:40].itertuples(index=False)
        ],
    },
}


def _top(shown: Shown, n: int) -> float | None:
    sales = sorted((value for value in shown.list["sales"] if value > 0), reverse=True)
    return sum(sales[:n]) / sum(sales) if sales else None


def _random(engine: Engine) -> date:
    with store.writing(engine, facts=True) as session:
        at_random(session, 11, RANDOM_END, customers=30)
    return RANDOM_END


def _two_surveys(engine: Engine) -> date:
    """Two questionnaires, and a newer wave of the main one that a few answered."""
    day = _random(engine)
    with store.writing(engine, facts=True) as session:
        book = Ledger(session, mark="S")
        other, items = book.survey((1, 1), nps=True)
        wave = book.wave(other, day - timedelta(days=20))
        book.response(wave, 1, day - timedelta(days=5), dict.fromkeys(items, 1.0))
        first = session.execute(sa.text("select min(id) from survey")).scalar_one()
        asked = (
            session.execute(
                sa.text("select id from survey_item where survey_id = :s order by id"), {"s": first}
            )
            .scalars()
            .all()
        )
        newer = book.wave(first, day - timedelta(days=10))
        book.response(newer, 2, day - timedelta(days=3), dict.fromkeys(asked[:4], 5.0))
    return day


def _servqual(engine: Engine) -> date:
    """Only expectation and perception: there is no index anywhere."""
    day = _random(engine)
    with store.writing(engine, facts=True) as session:
        session.execute(sa.text("update survey_item set role = 'perception' where role <> 'nps'"))
    return day


STORES = {"random": _random, "two surveys": _two_surveys, "SERVQUAL": _servqual}


@pytest.fixture(params=["demo", *STORES])
def shown(request: pytest.FixtureRequest) -> Iterator[Shown]:
    if request.param == "demo":
        engine, day = request.getfixturevalue("demo_engine"), DEMO_END
    else:
        engine = request.getfixturevalue("sqlite_engine")
        day = STORES[request.param](engine)
        refresh.run(engine, day)
    with store.reading(engine) as session:
        yield Shown(session, day)


@pytest.fixture
def on_postgres(postgres_engine: Engine) -> Iterator[Shown]:
    day = _two_surveys(postgres_engine)
    refresh.run(postgres_engine, day)
    with store.reading(postgres_engine) as session:
        yield Shown(session, day)


def _differences(shown: Shown) -> dict[str, dict[str, Any]]:
    wrong = {}
    for figure, places in FIGURES.items():
        said: dict[str, Any] = {}
        for place, ask in places.items():
            found = ask(shown)
            said |= (
                {f"{place} {axis}": one for axis, one in zip(AXES, found, strict=True)}
                if place == "by axis"
                else {place: found}
            )
        first = next(iter(said.values()))
        if not all(_same(first, other) for other in said.values()):
            wrong[figure] = said
    return wrong


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return one == other
    if one is None or other is None:
        return one is other
    return other == (pytest.approx(one, rel=1e-9) if isinstance(one, float) else one)


def test_every_place_says_the_same(shown: Shown) -> None:
    assert _differences(shown) == {}
    assert shown.tile.sales
    assert shown.tile.outstanding


@pytest.mark.postgres
def test_every_place_says_the_same_on_postgresql(on_postgres: Shown) -> None:
    assert _differences(on_postgres) == {}


def test_a_pure_servqual_store_has_no_index(sqlite_engine: Engine) -> None:
    day = _servqual(sqlite_engine)
    refresh.run(sqlite_engine, day)
    with store.reading(sqlite_engine) as session:
        seen = Shown(session, day)
        assert seen.tile.csi is None
        assert set(seen.list["csi"]) == {None}
