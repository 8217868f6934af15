"""`manage.py import`, `undo` and `batch` (命令行导入): files, order, JSON, exit codes, stops."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data import job_runs, store
from data.imports.history.undo import undo
from data.imports.terms.report import Outcome
from errors import BadInput
from jobs import refresh
from jobs.bringing import undoing
from tests.data.imports.bringing import count, rows
from tests.jobs.commands import at_work, many_customers, started, wait_until
from tests.jobs.conftest import Command

pytestmark = pytest.mark.usefixtures("warm_imports")

CUSTOMERS = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"
ORDERS = "订单号,客户编码,订单日期,金额\nS1,C1,2026-01-05,100\nS2,C2,2026-01-06,200\n"
SUMMARY = {
    "files",
    "outcomes",
    "rows_read",
    "rows_added",
    "rows_updated",
    "rows_same",
    "rows_rejected",
    "seconds",
    "failure",
    "exit_code",
}

NO_SUCH_IMPORT = "There is no import of this number."


def put(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_command_says_how_it_ended(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    good = put(tmp_path / "good.csv", CUSTOMERS)
    bad = put(tmp_path / "bad.csv", CUSTOMERS + "C3,\n")
    strange = put(tmp_path / "strange.csv", b"\x89PNG\r\n\x1a\n")
    done = command(sqlite_engine, "import", "customers", good, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["files"][0]["rows_added"] == 2
    refused = tmp_path / "rejects.csv"
    done = command(sqlite_engine, "import", "auto", bad, "--rejects", str(refused))
    assert done.exit_code == 1
    assert "this must be filled" in done.stderr
    assert refused.read_text("utf-8-sig").splitlines()[1].startswith("C3,,4,")
    assert command(sqlite_engine, "import", "customers", strange).exit_code == 2
    assert command(sqlite_engine, "import", "nonsense", good).exit_code == 2
    assert count(sqlite_engine, "customer") == 2


def test_an_import_is_taken_back_once(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    command(sqlite_engine, "import", "customers", put(tmp_path / "a.csv", CUSTOMERS))
    listed = command(sqlite_engine, "batch", "list", "--json")
    [batch] = json.loads(listed.stdout)
    assert (batch["id"], batch["kind"], batch["file_name"]) == (1, "customers", "a.csv")
    assert (batch["rows_read"], batch["rows_added"], batch["state"]) == (2, 2, "committed")
    assert {
        "id",
        "kind",
        "file_name",
        "file_hash",
        "file_bytes",
        "encoding",
        "state",
        "rows_read",
        "rows_added",
        "rows_updated",
        "rows_same",
        "rows_rejected",
        "seconds",
        "created_at",
        "created_by",
        "undone_at",
        "undone_by",
    } <= set(batch)
    checked = command(sqlite_engine, "undo", "1", "--check")
    assert (checked.exit_code, "customer" in checked.stdout) == (0, True)
    assert count(sqlite_engine, "customer") == 2
    assert command(sqlite_engine, "undo", "1").exit_code == 0
    assert command(sqlite_engine, "undo", "1").exit_code == 2
    assert count(sqlite_engine, "customer") == 0
    with pytest.raises(BadInput):
        undo(sqlite_engine, 1, None)
    told = command(sqlite_engine, "batch", "list", "--state", "undone").stdout
    assert "1 of 1" in told
    assert "a.csv" in told
    assert "0 of 0" in command(sqlite_engine, "batch", "list", "--kind", "orders").stdout
    assert command(sqlite_engine, "undo", "1", "--check").exit_code == 2


def test_a_refused_import_says_why(sqlite_engine: Engine, tmp_path: Path, command: Command) -> None:
    orders = put(tmp_path / "orders.csv", ORDERS)
    said = command(sqlite_engine, "import", "orders", orders)
    assert said.exit_code == 1
    assert "Customers not found (2): C1 ×1, C2 ×1" in said.stderr
    shown = json.loads(command(sqlite_engine, "batch", "show", "1", "--json").stdout)
    assert (shown["state"], shown["reasons"]) == ("rejected", {"unknown_customer": 2})
    assert shown["same_file_as"] == []
    told = command(sqlite_engine, "batch", "show", "1").stdout
    assert "there is no such customer (2)" in told
    assert shown["file_hash"] in told
    for asked in (("batch", "show", "77"), ("undo", "77"), ("undo", "77", "--check")):
        told = command(sqlite_engine, *asked)
        assert (told.exit_code, told.stderr.split("\n")[0]) == (
            2,
            "There is no import of this number.",
        )


def test_one_import_is_taken_back_at_a_time(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    customers = put(tmp_path / "c.csv", CUSTOMERS)
    assert command(sqlite_engine, "import", "customers", customers).exit_code == 0
    number = job_runs.begin(sqlite_engine, undoing.KIND, about={"batch": 7})
    told = command(sqlite_engine, "undo", "1", "--no-refresh")
    assert told.exit_code == 3
    assert told.stderr.startswith("Such a job is running already")
    job_runs.end(sqlite_engine, number, "done")
    done = command(sqlite_engine, "undo", "1", "--no-refresh")
    assert (done.exit_code, done.stderr) == (0, "")
    with store.reading(sqlite_engine) as session:
        ended = job_runs.status(session, undoing.KIND)
    assert ended is not None
    assert (ended.state, ended.detail["batch"]) == ("done", 1)


def test_several_files_are_brought_in_in_order(
    engine: Engine, tmp_path: Path, command: Command
) -> None:
    """Recognised one by one, whatever the order they are named in; rejects to a folder."""
    orders = put(tmp_path / "1.csv", ORDERS)
    invoices = put(tmp_path / "2.csv", "发票号,客户编码,开票日期,金额\nI1,C9,2026-01-05,100\n")
    customers = put(tmp_path / "3.csv", CUSTOMERS.encode("gb18030"))
    rejects = tmp_path / "rejects"
    rejects.mkdir()
    asked = ("import", "auto", orders, invoices, customers, "--rejects", str(rejects), "--json")
    done = command(engine, *asked)
    told: dict[str, Any] = json.loads(done.stdout)
    assert set(told) == {"files", "summary"}
    assert [(each["kind"], each["outcome"]) for each in told["files"]] == [
        ("customers", "committed"),
        ("orders", "committed"),
        ("invoices", "rejected"),
    ]
    assert set(told["summary"]) == SUMMARY
    assert set(told["summary"]["outcomes"]) == {outcome.value for outcome in Outcome}
    assert told["summary"]["outcomes"]["committed"] == 2
    assert (told["summary"]["files"], told["summary"]["rows_added"]) == (3, 4)
    assert told["summary"]["exit_code"] == done.exit_code == 1
    assert [path.name for path in rejects.iterdir()] == ["2.csv.rejects.csv"]
    said = command(engine, "import", "customers", customers, customers)
    assert said.exit_code == 0
    assert "Files: 2 · rows: 4 read, 0 added, 0 updated, 4 the same" in said.stdout


def test_nothing_is_stored_before_all_is_there(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    good = put(tmp_path / "good.csv", CUSTOMERS)
    missing = command(sqlite_engine, "import", "customers", good, str(tmp_path / "none.csv"))
    assert (missing.exit_code, "none.csv" in missing.stderr) == (2, True)
    asked = ("import", "customers", good, good, "--rejects", str(tmp_path / "one.csv"))
    assert command(sqlite_engine, *asked).exit_code == 2
    assert command(sqlite_engine, "import", "auto", good, "--check").exit_code == 0
    assert count(sqlite_engine, "customer") == count(sqlite_engine, "import_batch") == 0


def test_customers_that_are_not_there_are_made_when_told(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    orders = put(tmp_path / "orders.csv", ORDERS)
    assert command(sqlite_engine, "import", "orders", orders).exit_code == 1
    assert command(sqlite_engine, "import", "orders", orders, "--create-customers").exit_code == 0
    assert rows(sqlite_engine, "customer", "code") == [("C1",), ("C2",)]
    named = put(tmp_path / "named.csv", "发票号,客户名称,开票日期,金额\nI1,C1,2026-01-05,100\n")
    assert command(sqlite_engine, "import", "invoices", named).exit_code == 1
    assert command(sqlite_engine, "import", "invoices", named, "--match-names").exit_code == 0
    assert count(sqlite_engine, "invoice") == 1


def test_a_store_that_fails_is_told_in_json_too(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    good = put(tmp_path / "good.csv", CUSTOMERS)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("drop table alembic_version")
        connection.exec_driver_sql("drop table import_batch")
    done = command(sqlite_engine, "import", "customers", good, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == told["summary"]["exit_code"] == 3
    assert told["summary"]["failure"] == "not_migrated"
    assert told["files"] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_import_leaves_nothing(
    engine: Engine, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    path = tmp_path / "many.csv"
    put(path, many_customers())
    process = started(engine, "import", "customers", str(path))
    wait_until(lambda: "progress.json" in at_work(path), process)
    process.send_signal(number)
    assert process.wait() == code
    assert at_work(path) == set(), "its process is gone, and what it was handed"
    assert count(engine, "customer") == count(engine, "import_batch") == 0


def test_figures_follow_what_was_stored(
    sqlite_engine: Engine, tmp_path: Path, command: Command
) -> None:
    customers, orders = put(tmp_path / "1.csv", CUSTOMERS), put(tmp_path / "2.csv", ORDERS)
    command(sqlite_engine, "import", "customers", customers, "--no-refresh", refresh=True)
    with store.reading(sqlite_engine) as session:
        assert job_runs.status(session, refresh.KIND) is None
    command(sqlite_engine, "import", "orders", orders, refresh=True)
    refresh.wait(sqlite_engine)
    with store.reading(sqlite_engine) as session:
        job = job_runs.status(session, refresh.KIND)
    assert job is not None
    assert job.state == "done"
    assert count(sqlite_engine, "snapshot") >= 2
