"""The store holds what its tables promise, on SQLite and on PostgreSQL (存储)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from data import migrate, store
from errors import StoreUnavailable
from models.access import Role
from models.customers import Contact, Customer
from models.loss import SupervisionItem
from models.people import AppUser
from models.receivables import Allocation, Invoice, Receipt
from models.sales import OrderLine, SalesOrder
from models.system import StoreState
from models.tables import metadata

D = date(2026, 3, 1)


def fill(engine: Engine) -> dict[str, int]:
    """A customer with an order, an invoice and a receipt; gives their ids."""
    with store.writing(engine, facts=True) as session:
        user = AppUser(login="m01", name="M", role=Role.ACCOUNT_MANAGER, password_hash="x")
        session.add(user)
        session.flush()
        customer = Customer(code="C1", name="一号", owner_id=user.id, terms_days=30)
        session.add(customer)
        session.flush()
        order = SalesOrder(code="O1", customer_id=customer.id, ordered_on=D)
        invoice = Invoice(code="I1", customer_id=customer.id, invoiced_on=D, due_on=D, amount=500)
        receipt = Receipt(code="R1", customer_id=customer.id, received_on=D, amount=400)
        session.add_all([order, invoice, receipt])
        session.flush()
        return {
            "user": user.id or 0,
            "customer": customer.id or 0,
            "order": order.id or 0,
            "invoice": invoice.id or 0,
            "receipt": receipt.id or 0,
        }


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert migrate.current(engine) == migrate.newest()


def test_migrations_go_down_and_up_again(engine: Engine) -> None:
    migrate.downgrade(engine, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    migrate.upgrade(engine)
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())


def test_terms_may_become_unknown_without_touching_what_is_there(engine: Engine) -> None:
    """30 days stay 30, what rests on the customer stays, and going back fills in 30."""
    migrate.downgrade(engine, "0002")
    with engine.execution_options(write=True).begin() as connection:
        table = sa.Table("customer", sa.MetaData(), autoload_with=connection)
        given = {
            column.name: ""
            for column in table.columns
            if not column.nullable and isinstance(column.type, sa.String)
        }
        given |= {"kind": "enterprise", "channel_role": "end_user", "status": "active"}
        day = {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "version": 1}
        number = connection.execute(
            sa.insert(table)
            .values({**given, **day, "code": "C1", "name": "一", "terms_days": 30})
            .returning(table.c.id)
        ).scalar_one()
        contact = sa.Table("contact", sa.MetaData(), autoload_with=connection)
        words = dict.fromkeys(("title", "phone", "email", "note"), "")
        connection.execute(
            sa.insert(contact).values(customer_id=number, name="张伟", decides=False, **words)
        )
    migrate.upgrade(engine)
    with store.writing(engine) as session:
        assert session.exec(select(Customer.terms_days)).all() == [30]
        assert session.exec(select(Contact.name)).all() == ["张伟"]
        session.add(Customer(code="C2", name="二"))
    with store.reading(engine) as session:
        terms = session.exec(select(Customer.code, Customer.terms_days)).all()
        assert dict(terms) == {"C1": 30, "C2": None}
    with pytest.raises(DBAPIError), store.writing(engine) as session:
        session.add(Customer(code="C3", name="三", terms_days=721))
    migrate.downgrade(engine, "0002")
    with engine.connect() as connection:
        found = connection.execute(sa.text("select terms_days from customer order by id"))
        assert list(found.scalars()) == [30, 30]
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("pragma integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("pragma foreign_key_check").all() == []
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(sa.text("update customer set terms_days = null"))


BAD_ROWS: dict[str, Callable[[dict[str, int]], Any]] = {
    "the same code twice": lambda ids: Customer(code="C1", name="again"),
    "a code with a space around": lambda ids: Customer(code=" C2", name="x"),
    "no name": lambda ids: Customer(code="C2", name=""),
    "an owner that does not exist": lambda ids: Customer(code="C2", name="x", owner_id=99),
    "an unknown role": lambda ids: AppUser(login="z", name="z", role="boss", password_hash="x"),
    "an upper-case login": lambda ids: AppUser(
        login="Zed", name="z", role=Role.SERVICE, password_hash="x"
    ),
    "an invoice of nothing": lambda ids: Invoice(
        code="I2", customer_id=ids["customer"], invoiced_on=D, due_on=D, amount=0
    ),
    "due before invoiced": lambda ids: Invoice(
        code="I2", customer_id=ids["customer"], invoiced_on=D, due_on=date(2026, 2, 1), amount=1
    ),
    "a date in another age": lambda ids: Invoice(
        code="I2", customer_id=ids["customer"], invoiced_on=date(1026, 1, 1), due_on=D, amount=1
    ),
    "an allocation from nowhere": lambda ids: Allocation(
        invoice_id=ids["invoice"], allocated_on=D, amount=1
    ),
    "money as a float": lambda ids: OrderLine(order_id=ids["order"], line_no=1, amount=1.5),
    "money as text": lambda ids: OrderLine(order_id=ids["order"], line_no=1, amount="abc"),
    "a supervision item closed without evidence": lambda ids: SupervisionItem(
        customer_id=ids["customer"],
        topic="loss_alert",
        owner_id=ids["user"],
        opened_on=D,
        due_on=D,
        state="closed",
        closed_on=D,
    ),
}


@pytest.mark.parametrize("make", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_bad_rows_are_refused(engine: Engine, make: Callable[[dict[str, int]], Any]) -> None:
    ids = fill(engine)
    before = store.revision(engine)
    with (
        pytest.raises((IntegrityError, StatementError, DBAPIError)),
        store.writing(engine) as session,
    ):
        session.add(make(ids))
    assert store.revision(engine) == before


def test_sqlite_refuses_text_in_a_number_even_without_the_models(sqlite_engine: Engine) -> None:
    ids = fill(sqlite_engine)
    with pytest.raises(IntegrityError), store.writing(sqlite_engine) as session:
        session.connection().exec_driver_sql(
            "insert into order_line (order_id, line_no, quantity, amount) values (?, 1, 1, 'abc')",
            (ids["order"],),
        )


def test_numpy_integers_are_stored_as_integers(sqlite_engine: Engine) -> None:
    ids = fill(sqlite_engine)
    with store.writing(sqlite_engine) as session:
        session.add(OrderLine(order_id=ids["order"], line_no=np.int64(1), amount=np.int64(7)))
    with sqlite_engine.connect() as connection:
        kinds = connection.exec_driver_sql("select typeof(amount), typeof(line_no) from order_line")
        assert kinds.one() == ("integer", "integer")


def test_large_amounts_come_back_exact(engine: Engine) -> None:
    ids = fill(engine)
    with store.writing(engine) as session:
        session.add(OrderLine(order_id=ids["order"], line_no=1, amount=2**53 + 1))
    with store.reading(engine) as session:
        assert session.exec(select(OrderLine.amount)).one() == 2**53 + 1


def test_one_live_supervision_item_per_customer_and_topic(engine: Engine) -> None:
    ids = fill(engine)

    def item(**changes: Any) -> SupervisionItem:
        values = {
            "customer_id": ids["customer"],
            "topic": "overdue",
            "owner_id": ids["user"],
            "opened_on": D,
            "due_on": D,
        }
        return SupervisionItem(**(values | changes))

    with store.writing(engine) as session:
        session.add(item(state="closed", closed_on=D, evidence="paid"))
        session.add(item())
    with pytest.raises(IntegrityError), store.writing(engine) as session:
        session.add(item())


def test_instants_come_back_aware(engine: Engine) -> None:
    fill(engine)
    with store.reading(engine) as session:
        made = session.exec(select(Customer.created_at)).one()
    assert made.utcoffset() is not None


def test_a_failed_block_leaves_nothing(engine: Engine) -> None:

    def fail() -> None:
        with store.writing(engine) as session:
            session.add(Customer(code="C9", name="x"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading(engine) as session:
        assert session.exec(select(Customer)).all() == []
    assert store.revision(engine) == 0


def test_every_write_raises_the_revision_and_facts_only_when_told(engine: Engine) -> None:
    for facts in (False, True, False):
        with store.writing(engine, facts=facts):
            pass
    with store.reading(engine) as session:
        state = session.exec(select(StoreState)).one()
    assert (state.revision, state.facts_revision) == (3, 1)


def test_no_update_is_lost_between_writers(engine: Engine) -> None:
    """Read-modify-write by 8 threads × 5: without BEGIN IMMEDIATE some would vanish."""
    ids = fill(engine)

    def work() -> None:
        for _ in range(5):
            with store.writing(engine) as session:
                query = select(Customer).where(Customer.id == ids["customer"])
                customer = session.exec(query.with_for_update()).one()
                customer.terms_days += 1
                session.add(customer)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading(engine) as session:
        assert session.exec(select(Customer.terms_days)).one() == 30 + 40


def test_a_store_that_is_not_there_says_so() -> None:
    engine = store.open_store("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable, match="unreachable"):
        store.revision(engine)


def test_a_locked_store_says_so(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SQLITE_BUSY_SECONDS", 0.1)
    other = store.open_store(str(sqlite_engine.url))
    with (
        store.writing(sqlite_engine),
        pytest.raises(StoreUnavailable, match="locked"),
        store.writing(other),
    ):
        pass
    other.dispose()
