"""The receivables page (逾期应收页): who may see what, figures, reconciliation, work done."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from components import receivables_view
from data import store
from data.queries import open_invoices, statements
from data.queries.ageing import Ageing, Narrow
from models.access import EVERYBODY, Role
from models.filters import Filters, Page
from models.loss import SupervisionItem
from models.receivables import CollectionAction, Invoice
from models.snapshots import Snapshot
from tests import work_company as company
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, said_missing, words
from tests.pages.working import LANGUAGE, captions, key, press, said
from tests.work_company import TODAY, user_of
from words import exports, formats, i18n

SCREEN = "receivables"


@pytest.fixture
def ids(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    with over(sqlite_engine, monkeypatch):
        yield kept(sqlite_engine, company.fill)


def opened(ids: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> AppTest:
    return open_page(SCREEN, user_of(ids, role), **query)


def at_work(ids: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> AppTest:
    return open_page(SCREEN, user_of(ids, role), language=LANGUAGE, **query)


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("receivables"))
def test_the_page_opens(ids: dict[str, int], role: Role, language: str) -> None:
    for view in ("customers", "invoices", "collect"):
        at = open_page(SCREEN, user_of(ids, role), language=language, view=view, queue="all")
        assert not at.error, view
        assert not at.warning, view


def test_service_and_strangers_are_refused(ids: dict[str, int]) -> None:
    for user in (user_of(ids, Role.SERVICE), None):
        at = open_page(SCREEN, user)
        assert at.warning
        assert not at.metric
        assert not at.dataframe


@pytest.mark.parametrize("view", ["customers", "invoices", "collect"])
def test_a_manager_sees_only_own_customers(ids: dict[str, int], view: str) -> None:
    at = opened(ids, Role.ACCOUNT_MANAGER, view=view, queue="all", notdue="1")
    assert "Ash" in words(at)
    for stranger in ("Cedar", "Date Works", "Wang", "C1"):
        assert stranger not in words(at)
    at = opened(ids, Role.ACCOUNT_MANAGER, c=str(ids["Cedar"]))
    assert "Cedar" not in words(at)
    assert said_missing(at) == [f"Customer “{ids['Cedar']}” is not there."]


def test_figures_are_the_stores_sums(ids: dict[str, int]) -> None:
    found = figures(opened(ids))
    assert found["Total receivables"] == formats.money(1_260_000, compact=True, lang="en")
    assert found["Overdue receivables"] == formats.money(960_000, compact=True, lang="en")
    assert found["Overdue more than 90 days"] == formats.money(700_000, compact=True, lang="en")
    assert found["Over the credit limit"] == "1"
    assert found["Collection ratio"] == "50.0%"
    mine = figures(opened(ids, Role.ACCOUNT_MANAGER))
    assert mine["Overdue receivables"] == formats.money(460_000, compact=True, lang="en")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"tier": "medium"},
        {"edges": "45,90"},
        {"basis": "invoice"},
        {"as_of": "2026-10-31"},
        {"min": "3000"},
    ],
)
def test_the_buckets_always_agree_with_the_ledger(
    ids: dict[str, int], query: dict[str, str]
) -> None:
    at = opened(ids, **query)
    assert "= ledger balance ✓" in captions(at)


def test_expected_loss_stands_by_the_buckets(ids: dict[str, int], sqlite_engine: Engine) -> None:
    """¥3000 not due at 0.5 %, ¥9600 overdue by bucket at the rates of the settings."""
    with store.reading(sqlite_engine) as session:
        columns = [sa.func.sum(getattr(Snapshot, f"b{k}")) for k in range(7)]
        amounts = session.execute(sa.select(*columns).where(Snapshot.as_of == TODAY)).one()
    rates = (0.005, 0.02, 0.05, 0.10, 0.30, 0.50, 1.0)
    loss = sum(int(amount * rate + 0.5) for amount, rate in zip(amounts, rates, strict=True))
    line = f"Expected loss by these rates: {formats.money(loss, lang='en')}"
    shown = [one for one in opened(ids).caption if one.value == line]
    assert len(shown) == 1
    assert "Not due 0.5%" in shown[0].help
    for query in ({"edges": "45,90"}, {"basis": "invoice"}):
        assert "Expected loss" not in captions(opened(ids, **query))


def test_a_due_date_by_a_term_says_by_which(ids: dict[str, int], sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        for code, default in (("A1", True), ("B1", False)):
            bill = session.exec(select(Invoice).where(Invoice.code == code)).one()
            bill.due_assumed, bill.due_default = True, default
            days = (bill.due_on - bill.invoiced_on).days
            session.add(bill)
    at = opened(ids, view="invoices", notdue="1")
    shown = at.dataframe[0].value
    said_of = dict(zip(shown.iloc[:, 0], shown["Due date assumed"].fillna(""), strict=True))
    assert said_of["A1"].endswith("days, company default")
    assert said_of["B1"] == f"{days} days, customer's terms"
    assert {said for code, said in said_of.items() if code not in ("A1", "B1")} == {""}


def test_facts_changed_since_are_told(ids: dict[str, int], sqlite_engine: Engine) -> None:
    from models.receivables import Receipt

    with store.writing(sqlite_engine, facts=True) as session:
        session.add(Receipt(code="R9", customer_id=ids["Ash"], received_on=TODAY, amount=5))
    at = opened(ids)
    assert "✓" not in captions(at)
    assert any("refresh" in warning.value for warning in at.warning)


def test_unusable_buckets_fall_back_with_a_word(ids: dict[str, int]) -> None:
    at = opened(ids, edges="90,30")
    assert any("rising" in warning.value for warning in at.warning)
    assert "= ledger balance ✓" in captions(at)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"Ash Works", "Beech Works", "Cedar Works"}),
        ({"only": "over_limit"}, {"Beech Works"}),
        ({"only": "over_90"}, {"Ash Works", "Cedar Works"}),
        ({"bucket": "0"}, {"Ash Works"}),
        ({"grade": "C,D"}, {"Beech Works", "Cedar Works"}),
        ({"q": "cedar"}, {"Cedar Works"}),
    ],
)
def test_the_url_narrows_the_list(
    ids: dict[str, int], query: dict[str, str], names: set[str]
) -> None:
    at = opened(ids, **query)
    assert set(at.dataframe[0].value["Customer"]) == names


def test_a_contact_is_logged_from_the_panel(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = at_work(ids, Role.ACCOUNT_MANAGER, c=str(ids["Ash"]))
    at.selectbox(key=key(f"contact.{ids['Ash']}.result")).select_index(2)  # promised
    at.date_input(key=key(f"contact.{ids['Ash']}.promised")).set_value(date(2027, 1, 5))
    at.number_input(key=key(f"contact.{ids['Ash']}.amount")).set_value(1234.56)
    at.text_area(key=key(f"contact.{ids['Ash']}.note")).input("called Mr Ash")
    press(at, "Log contact")
    with store.reading(sqlite_engine) as session:
        action = session.exec(select(CollectionAction)).one()
    assert (action.promised_amount, action.acted_by) == (123_456, ids["li"])
    assert action.customer_id == ids["Ash"]
    assert "called Mr Ash" in words(at)


def test_a_promise_without_a_day_is_refused_in_words(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    at = at_work(ids, c=str(ids["Ash"]))
    at.selectbox(key=key(f"contact.{ids['Ash']}.result")).select_index(2)
    press(at, "Log contact")
    assert [error.value for error in at.error] == [i18n.reason("promise_needs_day", LANGUAGE)]
    with store.reading(sqlite_engine) as session:
        assert session.exec(select(CollectionAction)).all() == []


def test_one_by_one_goes_on_to_the_next_customer(ids: dict[str, int]) -> None:
    at = at_work(ids, view="collect", queue="all")
    assert said("{n} of {total}", n=1, total=3) in captions(at)
    assert "Cedar" in words(at)
    press(at, "Next customer")
    assert said("{n} of {total}", n=2, total=3) in captions(at)
    press(at, "Log contact")
    assert said("{n} of {total}", n=3, total=3) in captions(at)


def test_the_whole_list_is_handed_out(ids: dict[str, int], sqlite_engine: Engine) -> None:
    press(at_work(ids), "Assign")
    with store.reading(sqlite_engine) as session:
        items = session.exec(select(SupervisionItem)).all()
    assert {item.customer_id for item in items} == {ids["Ash"], ids["Beech"], ids["Cedar"]}
    assert {item.topic for item in items} == {"overdue"}


def test_the_statement_holds_the_account_and_cannot_run_formulas(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    with store.reading(sqlite_engine) as session:
        account = statements.statement(
            session, ids["Ash"], EVERYBODY, start=date(2026, 1, 1), end=TODAY
        )
        bills = open_invoices.invoices(
            session,
            Filters(as_of=TODAY),
            Page(),
            EVERYBODY,
            as_of=TODAY,
            day=TODAY,
            ageing=Ageing((30,)),
            narrow=Narrow(customer_id=ids["Ash"], not_due=True),
        )
    assert account is not None
    user = user_of(ids, Role.CREDIT_CONTROLLER)
    sheets = receivables_view.statement_sheets(account, bills, TODAY, user)
    book = openpyxl.load_workbook(io.BytesIO(exports.xlsx(*sheets)))
    lines = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[2]]
    assert [line[2] for line in lines[1:]] == ["A1", "R1", "A2"]
    assert lines[-1][5] == 6_000
    still = [row for row in book.worksheets[1].iter_rows(values_only=True) if row[4]]
    assert sum(row[4] for row in still[1:]) == 6_000
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)
