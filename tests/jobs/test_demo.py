"""The demo company: the same every time, possible in every row, and believable as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from data import store
from data.writes.demo import KEPT, NotADemo
from errors import BadInput
from jobs import demo
from jobs.demo import people
from jobs.demo.world import World
from models.access import Role
from models.customers import Customer
from models.loss import LossEvent
from models.people import AppUser
from models.system import AuditEntry, ImportBatch, Setting, StoreState
from models.tables import Base
from tests.conftest import DEMO_END

END = DEMO_END
LOGINS = ("boss", *(f"m{i:02d}" for i in range(1, 9)), "credit", "service", "admin", "m09")
"""In the order a store numbers them: who has left comes last."""
USERS = {login: number for number, login in enumerate(LOGINS, start=1)}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> demo.Demo:
    return demo.assemble(demo.SEED, END, USERS)


def by_id(rows: list[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows}


# the same every time


@pytest.mark.drill  # the suite compares with the store, see the fingerprint below
def test_equal_seed_and_end_give_equal_content(made: demo.Demo) -> None:
    assert demo.assemble(demo.SEED, END, USERS).fingerprint() == made.fingerprint()


@pytest.mark.parametrize(
    ("seed", "end"),
    [
        (demo.SEED + 1, END),
        pytest.param(demo.SEED, date(2026, 6, 30), marks=pytest.mark.drill),
    ],
)
def test_another_seed_or_end_gives_another_company(made: demo.Demo, seed: int, end: date) -> None:
    other = demo.assemble(seed, end, USERS)
    assert other.fingerprint() != made.fingerprint()
    assert not impossible(other)


# possible in every row


def test_nothing_impossible_is_in_it(made: demo.Demo) -> None:
    assert impossible(made) == []


def impossible(made: demo.Demo) -> list[str]:
    """Everything that cannot be, in words."""
    tables = made.tables
    return [*late(made), *orphans(tables), *overpaid(tables), *unordered(tables), *unkeyed(tables)]


def late(made: demo.Demo) -> list[str]:
    """Facts dated after the end. Due, promised and planned days may lie ahead."""
    ahead = {"due_on", "promised_on", "next_on", "ends_on"}
    end = made.world.end
    return [
        f"{name}.{column} {value}"
        for name, rows in made.tables.items()
        for row in rows
        for column, value in row.items()
        if column not in ahead and isinstance(value, date) and day_of(value) > end
    ]


def day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def orphans(tables: Mapping[str, list[Row]]) -> list[str]:
    """Rows that point at nothing."""
    ids = {name: {row["id"] for row in rows if "id" in row} for name, rows in tables.items()}
    ids["app_user"] = set(USERS.values())
    found = []
    for name, rows in tables.items():
        for key in Base.metadata.tables[name].foreign_keys:
            column, target = key.parent.name, key.column.table.name
            for row in rows:
                value = row.get(column)
                if value is not None and value not in ids.get(target, set()):
                    found.append(f"{name}.{column} {value}")
    return found


def overpaid(tables: Mapping[str, list[Row]]) -> list[str]:
    """Invoices, receipts and notes with more applied than there is; one customer's to another."""
    applied: dict[tuple[str, int], int] = defaultdict(int)
    invoices = by_id(tables["invoice"])
    sources = {"receipt": by_id(tables["receipt"]), "credit_note": by_id(tables["credit_note"])}
    found = []
    for row in tables["allocation"]:
        kind = "receipt" if row["receipt_id"] else "credit_note"
        source, invoice = sources[kind][row[f"{kind}_id"]], invoices[row["invoice_id"]]
        applied["invoice", invoice["id"]] += row["amount"]
        applied[kind, source["id"]] += row["amount"]
        came = source["received_on" if kind == "receipt" else "issued_on"]
        if row["allocated_on"] < max(came, invoice["invoiced_on"]):
            found.append(f"allocation {row['id']} before its time")
        if source["customer_id"] != invoice["customer_id"]:
            found.append(f"allocation {row['id']} of another customer")
    every = {"invoice": invoices, **sources}
    return found + [
        f"{kind} {number}: {amount}"
        for (kind, number), amount in applied.items()
        if amount > every[kind][number]["amount"]
    ]


def unordered(tables: Mapping[str, list[Row]]) -> list[str]:
    """Days in the wrong order."""
    pairs = {
        "invoice": ("invoiced_on", "due_on"),
        "contract": ("starts_on", "ends_on"),
        "complaint": ("opened_on", "closed_on"),
        "collection_action": ("acted_on", "promised_on"),
        "supervision_item": ("opened_on", "closed_on"),
        "wave": ("starts_on", "ends_on"),
    }
    found = [
        f"{name} {row['id']}"
        for name, (first, then) in pairs.items()
        for row in tables[name]
        if row[then] is not None and row[then] < row[first]
    ]
    waves, customers = by_id(tables["wave"]), by_id(tables["customer"])
    orders = by_id(tables["sales_order"])
    for row in tables["response"]:
        wave = waves[row["wave_id"]]
        if not wave["starts_on"] <= row["answered_on"] <= wave["ends_on"]:
            found.append(f"response {row['id']}")
    for row in tables["sales_order"]:
        if row["ordered_on"] < customers[row["customer_id"]]["since"]:
            found.append(f"order {row['id']} before the customer")
    for row in tables["invoice"]:
        if row["order_id"] and row["invoiced_on"] < orders[row["order_id"]]["ordered_on"]:
            found.append(f"invoice {row['id']} before its order")
    return found


def unkeyed(tables: Mapping[str, list[Row]]) -> list[str]:
    """Rows that a unique constraint would refuse."""
    found = []
    for name, rows in tables.items():
        table = Base.metadata.tables[name]
        keys = [c.columns.keys() for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
        keys += [[c.name] for c in table.columns if c.unique]
        for columns in keys:
            seen = [tuple(row.get(c) for c in columns) for row in rows]
            whole = [key for key in seen if None not in key]
            if len(set(whole)) != len(whole):
                found.append(f"{name} {columns}")
    return found


def test_money_is_whole_and_invoices_bill_what_was_ordered(made: demo.Demo) -> None:
    tables = made.tables
    worth: dict[int, int] = defaultdict(int)
    for line in tables["order_line"]:
        assert type(line["amount"]) is int
        assert type(line["cost"]) is int
        worth[line["order_id"]] += line["amount"]
    ordered: dict[int, int] = defaultdict(int)
    for order in tables["sales_order"]:
        ordered[order["customer_id"]] += max(0, worth[order["id"]])
    billed: dict[int, int] = defaultdict(int)
    for invoice in tables["invoice"]:
        assert type(invoice["amount"]) is int
        billed[invoice["customer_id"]] += invoice["amount"]
        if invoice["order_id"]:
            assert invoice["amount"] == worth[invoice["order_id"]]
    assert all(billed[customer] <= ordered[customer] for customer in billed)
    assert sum(billed.values()) > 0.95 * sum(ordered.values())


def test_kept_and_broken_promises_disputes_and_open_matters_are_there(made: demo.Demo) -> None:
    tables = made.tables
    results = {row["result"].value for row in tables["collection_action"]}
    assert results >= {"promised", "disputed", "refused", "paying", "escalated", "unreachable"}
    assert {row["state"].value for row in tables["supervision_item"]} == {
        "open",
        "escalated",
        "closed",
    }
    assert {row["scope"].value for row in tables["complaint"]} == {
        "quality",
        "contract",
        "transport",
        "service",
    }
    assert any(row["due_assumed"] for row in tables["invoice"])
    assert any(line["amount"] < 0 for line in tables["order_line"])
    assert len(tables["wave"]) == 6


# believable as a whole


def test_an_executive_would_believe_the_figures(made: demo.Demo) -> None:
    sales, cost = yearly(made)
    ranked = np.sort(np.array([value for value in sales.values() if value > 0]))[::-1]
    total = int(ranked.sum())
    assert 3e10 < total < 6e10  # three to six hundred million yuan, in fen
    assert 0.12 < share(ranked, 0.01) < 0.24
    assert 0.72 < share(ranked, 0.20) < 0.82
    assert 0.14 < 1 - sum(cost.values()) / sum(sales.values()) < 0.22
    assert any(cost[c] > sales[c] for c in sales)  # someone large buys below cost
    open_invoices = outstanding(made)
    balance = sum(amount for amount, _ in open_invoices)
    overdue = sum(amount for amount, due in open_invoices if due < made.world.end)
    assert 0.10 < overdue / balance < 0.22
    assert 45 < balance / total * 365 < 85


def share(ranked: np.ndarray, part: float) -> float:
    first = max(1, round(len(ranked) * part))
    return float(ranked[:first].sum() / ranked.sum())


def yearly(made: demo.Demo) -> tuple[dict[int, int], dict[int, int]]:
    """Net sales and cost of the last year by customer."""
    orders = by_id(made.tables["sales_order"])
    sales: dict[int, int] = defaultdict(int)
    cost: dict[int, int] = defaultdict(int)
    for line in made.tables["order_line"]:
        order = orders[line["order_id"]]
        if (made.world.end - order["ordered_on"]).days < 365:
            sales[order["customer_id"]] += line["amount"]
            cost[order["customer_id"]] += line["cost"]
    return sales, cost


def outstanding(made: demo.Demo) -> list[tuple[int, date]]:
    """What is left of each invoice, and when it was due."""
    paid: dict[int, int] = defaultdict(int)
    for row in made.tables["allocation"]:
        paid[row["invoice_id"]] += row["amount"]
    return [(row["amount"] - paid[row["id"]], row["due_on"]) for row in made.tables["invoice"]]


def test_spring_festival_is_quiet_and_weekends_are_closed(made: demo.Demo) -> None:
    days = [row["ordered_on"] for row in made.tables["sales_order"] if row["code"][:2] == "SO"]
    assert not [day for day in days if day.weekday() >= 5]
    festival = [day for day in days if date(2026, 2, 13) <= day <= date(2026, 2, 25)]
    usual = [day for day in days if date(2026, 4, 13) <= day <= date(2026, 4, 25)]
    assert len(festival) < 0.15 * len(usual)


def test_not_everyone_who_leaves_warns_and_not_everyone_who_warns_leaves() -> None:
    from jobs.demo import profiles

    drawn = profiles.draw(World(demo.SEED, END, USERS))
    left = [p for p in drawn if p.course is profiles.Course.LOST]
    silent = [p for p in left if p.turns is None]
    stayed = [p for p in drawn if p.course is profiles.Course.DIP]
    assert 0.25 < len(silent) / len(left) < 0.65
    assert len(stayed) > 0.5 * (len(left) - len(silent))


def test_comments_fit_their_scores(made: demo.Demo) -> None:
    items = {r["id"] for r in made.tables["survey_item"] if r["role"].value == "satisfaction"}
    given_by: dict[int, list[float]] = defaultdict(list)
    for answer in made.tables["answer"]:
        if answer["item_id"] in items:
            given_by[answer["response_id"]].append(answer["value"])
    mean = {number: float(np.mean(values)) for number, values in given_by.items()}
    angry = [mean[r["id"]] for r in made.tables["response"] if "换供应商" in r["comment"]]
    happy = [mean[r["id"]] for r in made.tables["response"] if "很满意" in r["comment"]]
    assert min(happy) > max(angry)


@given(st.integers(0, 10**8 - 1), st.sampled_from(["320500", "110100", "440300"]))
def test_credit_codes_have_valid_check_digits(body: int, area: str) -> None:
    code = people.credit_code("91", area, f"{body:08d}")
    total = sum(
        people.CREDIT_CODE.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17])
    )
    assert len(code) == 18
    assert (total + people.CREDIT_CODE.index(code[17])) % 31 == 0


def test_a_known_credit_code_is_reproduced() -> None:
    """The example of GB 32100-2015: 91350100M000100Y43."""
    known = "91350100M000100Y43"
    total = sum(
        people.CREDIT_CODE.index(sign) * pow(3, place, 31) for place, sign in enumerate(known[:17])
    )
    assert people.CREDIT_CODE[(31 - total % 31) % 31] == known[17]


# into a store


def test_it_goes_into_either_store_whole(engine: Engine, made: demo.Demo) -> None:
    outcome = demo.run(engine, end=END)
    with Session(engine) as session:
        state = session.get(StoreState, 1)
        for name, rows in outcome.rows.items():
            table = Base.metadata.tables[name]
            stored = session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            assert stored == len(rows_of(made, name)) == rows, name
        assert state is not None
        assert (state.is_demo, state.company) == (True, made.company)
        assert session.exec(select(sa.func.count()).select_from(LossEvent)).one() > 20
        session.add(Customer(code="next", name="下一家"))  # the store goes on counting
        session.commit()


def rows_of(made: demo.Demo, name: str) -> list[Row]:
    return made.tables[name]


def test_a_demo_that_is_there_is_left_alone_unless_forced(demo_copy: Engine) -> None:
    with store.writing(demo_copy) as session:
        session.execute(sa.update(Customer).where(col(Customer.code) == "C0001").values(note="x"))
    again = demo.run(demo_copy, seed=5, end=date(2026, 1, 31))
    assert (again.rows, again.seed, again.end) == ({}, demo.SEED, END)
    assert note_of(demo_copy) == "x"
    users = user_ids(demo_copy)
    demo.run(demo_copy, end=END, force=True)
    assert note_of(demo_copy) == ""
    assert user_ids(demo_copy) == users


def note_of(engine: Engine) -> str:
    with Session(engine) as session:
        return session.exec(select(Customer.note).where(Customer.code == "C0001")).one()


def user_ids(engine: Engine) -> dict[str, int | None]:
    with Session(engine) as session:
        return {user.login: user.id for user in session.exec(select(AppUser))}


def test_the_store_tells_what_it_was_built_from(demo_engine: Engine, made: demo.Demo) -> None:
    """Built at another time, often by another process, it is the same company."""
    with Session(demo_engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "demo.build")).one()
        users = {user.login: user.id or 0 for user in session.exec(select(AppUser))}
        assert session.exec(select(Setting.key)).all() == ["key.cut"]
    assert entry.detail["seed"] == demo.SEED
    assert entry.detail["end"] == END.isoformat()
    assert users == USERS
    assert entry.detail["fingerprint"] == made.fingerprint()


@pytest.mark.parametrize("force", [False, True])
def test_somebody_elses_customers_are_never_touched(sqlite_engine: Engine, force: bool) -> None:
    with store.writing(sqlite_engine) as session:
        session.add(Customer(code="real", name="真客户"))
    with pytest.raises(NotADemo):
        demo.run(sqlite_engine, end=END, force=force)
    with Session(sqlite_engine) as session:
        assert session.exec(select(Customer.code)).all() == ["real"]
        assert session.exec(select(AppUser)).all() == []


def test_imported_customers_keep_a_demo_from_being_thrown_away(demo_copy: Engine) -> None:
    with store.writing(demo_copy) as session:
        batch = ImportBatch(kind="customers", file_name="a.csv", file_hash="0", state="committed")
        session.add(batch)
        session.flush()
        session.add(Customer(code="real", name="真客户", batch_id=batch.id))
    with pytest.raises(NotADemo):
        demo.run(demo_copy, end=END, force=True)


def test_a_demo_login_that_belongs_to_somebody_is_not_taken(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as session:
        real = AppUser(login="boss", name="真老板", role=Role.EXECUTIVE, password_hash="!")
        session.add(real)
    with pytest.raises(BadInput, match="login_taken"):
        demo.run(sqlite_engine, end=END)
    with Session(sqlite_engine) as session:
        assert session.exec(select(AppUser.login)).all() == ["boss"]
        assert session.exec(select(Customer)).all() == []


def test_every_table_is_either_the_demos_or_kept(made: demo.Demo) -> None:
    """A new table must be decided on: rebuilt with the demo, derived from it, or kept."""
    derived = {
        "snapshot",
        "snapshot_run",
        "snapshot_total",
        "snapshot_invoice",
        "snapshot_wave",
        "snapshot_response",
        "alert",
        "import_batch",
        "import_change",
    }
    emptied = {"card_history", "invoice_schedule", "reversal", "write_off"}  # it has none of these
    assert set(made.tables) | KEPT | derived | emptied == set(Base.metadata.tables)
    assert not set(made.tables) & (KEPT | derived | emptied)
