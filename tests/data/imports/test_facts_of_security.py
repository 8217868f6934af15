"""What measuring found about hostile files and broken stores (安全事实): held by tests."""

from __future__ import annotations

import time
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, StatementError

from data import store
from data.imports.columns import mapping
from data.imports.files.layout import Hints
from data.imports.files.reading import open_table
from data.imports.storing import writing
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from errors import BadInput
from models.sales import OrderLine, SalesOrder
from models.tables import metadata
from tests.data.imports.bringing import bring, content, count

CUSTOMERS = "客户编码,客户名称\n" + "".join(f"K{n:03},客户{n}\n" for n in range(300))


def test_fact_10_a_far_cell_costs_nothing_and_is_named(tmp_path: Path) -> None:
    """One cell at XFD1048576 made readers take gigabytes, or abort the whole process."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户编码", "客户名称"])
    sheet.append(["C1", "甲"])
    sheet["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    began = time.process_time()
    with pytest.raises(BadInput) as refused:
        list(open_table(tmp_path / "far.xlsx", Hints(), mapping.judge(Plan())).rows())
    assert refused.value.issues[0].reason == "far_cell"
    assert refused.value.issues[0].value == "XFD1048576"
    assert time.process_time() - began < 2


def test_fact_10_calamine_is_nowhere(request: pytest.FixtureRequest) -> None:
    for path in (request.config.rootpath / "data").rglob("*.py"):
        source = path.read_text("utf-8")
        assert "calamine" not in source
        assert "read_excel" not in source


@pytest.mark.parametrize("columns", [1_000, 16_000, 100_000])
def test_fact_11_many_equal_names_are_refused_at_once(tmp_path: Path, columns: int) -> None:
    """32 KB of equal column names took five seconds, and twice as many four times that."""
    path = tmp_path / "wide.csv"
    path.write_text("客户编码,客户名称," + ",".join(["a"] * columns) + "\n")
    began = time.process_time()
    with pytest.raises(BadInput):
        open_table(path, Hints(), mapping.judge(Plan()))
    assert time.process_time() - began < 2


@pytest.mark.parametrize("fails_at", range(1, 9))
def test_fact_12_an_import_interrupted_anywhere_leaves_nothing(
    engine: Engine, tmp_path: Path, fails_at: int
) -> None:
    """Commits per batch left 30 or 130 rows of 100; one transaction leaves none or all."""
    before = content(engine)
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, "utf-8")

    class Gone(BaseException):
        """What closing the tab does to a running script."""

    seen = 0

    def interrupt(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        if statement.startswith(("INSERT INTO customer", "UPDATE staged", "INSERT INTO import")):
            seen += 1
            if seen == fails_at:
                raise Gone

    sa.event.listen(engine, "before_cursor_execute", interrupt)
    try:
        bring(engine, path)
    except Gone:
        pass
    finally:
        sa.event.remove(engine, "before_cursor_execute", interrupt)
    left = content(engine)
    assert left == before or len(left["customer"]) == 300
    engine.dispose()
    assert bring(engine, path).outcome in (Outcome.COMMITTED, Outcome.ALREADY)
    assert count(engine, "customer") == 300


def test_fact_12_all_writes_are_one_transaction() -> None:
    """The modules that write never commit: only the transaction around them does."""
    for module in (writing, mapping):
        assert ".commit(" not in Path(str(module.__file__)).read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("order_line", {"order_id": 1, "line_no": 1, "quantity": 1, "amount": "abc"}),
        ("order_line", {"order_id": 999, "line_no": 1, "quantity": 1, "amount": 1}),
        ("survey_item", {"survey_id": 999, "scale_id": 999, "code": "q", "weight": 1}),
        ("allocation", {"invoice_id": 1, "allocated_on": "2026-01-01", "amount": 1}),
    ],
)
def test_fact_13_the_store_itself_refuses_what_models_let_pass(
    engine: Engine, table: str, values: dict[str, object]
) -> None:
    """A table model validates nothing and SQLite enforces nothing by itself; our store does."""
    with pytest.raises((IntegrityError, StatementError)), store.writing(engine) as session:
        session.execute(sa.insert(metadata.tables[table]).values(**values))


def test_fact_13_money_is_exact_beyond_floats(engine: Engine, tmp_path: Path) -> None:
    """A float of 2^53 and a cent comes back wrong; integers do not."""
    bring(engine, "客户编码,客户名称\nC1,甲\n", folder=tmp_path)
    path = tmp_path / "orders.csv"
    path.write_text("订单号,客户编码,订单日期,金额\nS1,C1,2026-01-01,9007199254740.93\n", "utf-8")
    assert bring(engine, path).stored
    with store.reading(engine) as session:
        amount = session.execute(sa.select(OrderLine.amount)).scalar_one()
        assert amount == 900719925474093
        assert session.execute(sa.select(SalesOrder.code)).scalar_one() == "S1"


@pytest.mark.parametrize("score", ["99", "-1", "abc", "5.5"])
def test_fact_13_no_answer_outside_its_scale_is_stored(
    engine: Engine, tmp_path: Path, score: str
) -> None:
    bring(engine, "客户编码,客户名称\nC1,甲\n", folder=tmp_path)
    text = f"客户编码,调查日期,推荐度\nC1,2026-01-01,{score}\n"
    turned_away = (Outcome.REJECTED, Outcome.REFUSED)
    assert bring(engine, text, folder=tmp_path).outcome in turned_away
    assert count(engine, "answer") == 0
