"""Files people and attackers send (坏文件): each must end as its manifest says.

The whole collection is used where it lies beside the project, else the small files of it
kept under tests/samples.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.terms.report import ImportReport, Outcome
from data.queries.scope import matches
from models.access import Role
from models.customers import Customer
from models.system import AuditEntry, ImportChange
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, content, count, person, rows, said
from words import exports

FOLDER = shared_or_sample("bad_inputs", "bad_inputs")
CASES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
BY_ID = {case["id"]: case for case in CASES}
KINDS = {
    "customers": "customers",
    "orders": "orders",
    "invoices": "invoices",
    "payments": "receipts",
    "surveys": "answers",
}
NEEDS = {
    "customers": (),
    "orders": ("base-customers",),
    "invoices": ("base-customers",),
    "surveys": ("base-customers",),
    "payments": ("base-customers", "base-invoices"),
}
ENDS = {
    Outcome.COMMITTED: "accept",
    Outcome.REJECTED: "reject_rows",
    Outcome.REFUSED: "reject_file",
    Outcome.UNCHANGED: "noop",
    Outcome.ALREADY: "noop",
}

Fresh = Callable[[dict[str, Any]], Engine]
TELLTALE = re.compile(r"/[a-z]\w*/|SELECT|INSERT|Traceback|sqlite|\.py")
"""Paths, SQL and the program's insides have no place in a message."""
_bases: dict[tuple[str, ...], dict[str, list[str]]] = {}


@pytest.fixture(scope="module")
def prepared(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[tuple[str, ...]], Path]:
    """Stores that hold the files a case is set up with, each made once."""
    folder = tmp_path_factory.mktemp("prepared")

    def make(setup: tuple[str, ...]) -> Path:
        path = folder / f"{'+'.join(setup) or 'empty'}.db"
        if not path.exists():
            shutil.copy(migrated_file, path)
            engine = store.open_store(f"sqlite:///{path}")
            for base in setup:
                done = bring(engine, FOLDER / BY_ID[base]["file"], KINDS[BY_ID[base]["table"]])
                assert done.outcome is Outcome.COMMITTED, base
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
            engine.dispose()
        return path

    return make


@pytest.fixture
def fresh(prepared: Callable[[tuple[str, ...]], Path], tmp_path: Path) -> Fresh:
    """A store of one's own, set up for a case."""
    made: list[Engine] = []

    def copy(case: dict[str, Any]) -> Engine:
        setup = tuple(dict.fromkeys([*NEEDS[case["table"]], *case["setup"]]))
        path = tmp_path / f"{len(made)}.db"
        shutil.copy(prepared(setup), path)
        made.append(store.open_store(f"sqlite:///{path}"))
        return made[-1]

    return copy


def run(engine: Engine, case: dict[str, Any], **more: Any) -> ImportReport:
    expect = case["expect"]
    if "as_user" in expect or "as_user" in case:
        for login in ("amy", "bob"):
            user = person(engine, login, Role.ACCOUNT_MANAGER)
            if login == (expect.get("as_user") or case.get("as_user")):
                more["actor"] = user
        give_customers(engine)
    name = case.get("upload_name") or expect.get("upload_name", "")
    return bring(engine, FOLDER / case["file"], KINDS[case["table"]], name=name, **more)


def give_customers(engine: Engine) -> None:
    """As in the base file: even codes are amy's, odd ones bob's."""
    owners = dict(rows(engine, "app_user", "login", "id"))
    with store.writing(engine) as session:
        for customer_id, code in rows(engine, "customer", "id", "code"):
            owner = owners["bob" if int(code[1:]) % 2 else "amy"]
            session.execute(
                sa.update(Customer).where(Customer.id == customer_id).values(owner_id=owner)
            )


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_ends_as_the_manifest_says(case: dict[str, Any], fresh: Fresh) -> None:
    expect = case["expect"]
    engine = fresh(case)
    before = content(engine)
    began = time.process_time()
    report = run(engine, case)
    assert time.process_time() - began < expect["max_s"] * 2  # processors differ
    end = ENDS[report.outcome]
    after = content(engine)
    if end == "accept" and after == as_base(case, fresh):
        end = "equal"
    assert end in wanted(expect), (report.reasons, said(report))
    if end.startswith("reject"):
        assert_named(expect["mention"], report)
        assert {k: v for k, v in after.items() if k != "app_user"} == {
            k: v for k, v in before.items() if k != "app_user"
        } or "as_user" in expect
        assert audit_actions(engine).count("import.refuse") == 1
        assert not TELLTALE.search(said(report))
    assert report.file_name
    assert not set(report.file_name) & set("/\\")
    if "rows" in expect and end in ("accept", "equal"):
        assert report.rows_added == expect["rows"]
    if end in ("accept", "equal"):
        assert_values(engine, expect)
    if end == "reject_rows" and "good" in expect:
        again = run(fresh(case), case, on_error="reject")
        assert again.rows_added == expect["good"]


def wanted(expect: dict[str, Any]) -> set[str]:
    ends = set(expect.get("allowed", [expect["outcome"]]))
    if "accept" in ends or "accept_audited" in ends:
        ends |= {"equal", "accept"}
    return ends


def as_base(case: dict[str, Any], fresh: Fresh) -> dict[str, list[str]]:
    """What the store would hold after the base file, worked out once per setup."""
    key = (case["table"], *case["setup"])
    if key not in _bases:
        engine = fresh(case)
        bring(engine, FOLDER / BY_ID[f"base-{case['table']}"]["file"], KINDS[case["table"]])
        _bases[key] = content(engine)
    return _bases[key]


def assert_named(mention: list[str], report: ImportReport) -> None:
    """Lines and codes are all named; of words in several languages, one is enough."""
    text = said(report).lower()
    exact = [m for m in mention if re.search(r"\d", m) and m not in ("0", "1048576")]
    words = [m for m in mention if m not in exact]
    assert [m for m in exact if m.lower() not in text] == []
    assert not words or exact or any(m.lower() in text for m in words), text


def audit_actions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(AuditEntry.action)).scalars())


def assert_values(engine: Engine, expect: dict[str, Any]) -> None:
    for code, column, value in expect.get("values", []):
        missing = value == "NULL" and column != "customer_code"
        assert value_of(engine, code, column) == (None if missing else value), (code, column)
    everything = repr(content(engine))
    for forbidden in expect.get("forbid_values", []):
        assert forbidden not in everything
    if "forbid_path" in expect:
        assert not Path(expect["forbid_path"]).exists()
    if expect.get("export_inert"):
        for (name,) in rows(engine, "customer", "name"):
            assert not exports.disarm(name).lstrip().startswith(tuple("=+-@＝＋－＠"))
    if expect.get("search_hits"):
        payload = next(n for c, n in rows(engine, "customer", "code", "name") if c == "C0007")
        with store.reading(engine) as session:
            hits = session.execute(sa.select(Customer.code).where(matches(payload))).all()
        assert [hit.code for hit in hits] == ["C0007"]


def value_of(engine: Engine, code: str, column: str) -> object:
    if column == "customer_code":
        return rows(engine, "customer", "code", code=code)[0][0]
    if column == "amount":
        minor = rows(engine, "invoice", "amount", code=code)[0][0]
        return f"{minor / 100:.2f}"
    response_id, day = rows(engine, "response", "id", "answered_on", respondent=code)[0]
    if column == "survey_date":
        return day.isoformat()
    items = dict(rows(engine, "survey_item", "code", "id"))
    found = rows(engine, "answer", "value", response_id=response_id, item_id=items[column])
    return found[0][0] if found else None


def test_a_changed_answer_is_an_audited_update(fresh: Fresh) -> None:
    case = BY_ID["key-reupload-changed"]
    engine = fresh(case)
    report = run(engine, case)
    assert (report.rows_added, report.rows_updated, report.rows_same) == (0, 1, 19)
    with engine.connect() as connection:
        changes = sa.select(ImportChange.before, ImportChange.after)
        of_answers = changes.where(ImportChange.table_name == "answer")
        before, after = connection.execute(of_answers).one()
    assert before["value"] != after["value"]
    assert "import.commit" in audit_actions(engine)


def test_the_same_file_again_is_recognised(fresh: Fresh) -> None:
    case = BY_ID["base-customers"]
    engine = fresh(case)
    first, second = run(engine, case), run(engine, case)
    assert second.outcome is Outcome.ALREADY
    assert (second.batch_id, second.rows_same) == (first.batch_id, 20)
    assert count(engine, "import_batch") == 1


def test_the_same_rows_in_another_file_add_nothing(fresh: Fresh) -> None:
    engine = fresh(BY_ID["base-surveys"])
    run(engine, BY_ID["base-surveys"])
    report = run(engine, BY_ID["base-surveys-xlsx"])
    assert report.outcome is Outcome.UNCHANGED
    assert report.rows_same == 20
