"""The whole store out as files and in again (全库导出再导入): the demo company, row by row.

Rows are compared by what they are called, never by number. What no kind of sheet can say
yet is taken out of the store before it is written (`prune`), and named there.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import account_list, policies, store
from data.imports import engine as imports
from data.imports.terms.plan import Plan, from_toml
from data.imports.terms.pointing import parent_of
from data.imports.terms.report import Outcome
from data.imports.terms.request import Request
from data.queries import receivables
from jobs import export_store, refresh
from jobs.export_store import Written
from models.access import EVERYBODY
from models.enums import SheetKind
from models.filters import Filters
from models.tables import metadata
from tests.conftest import DEMO_DATES, DEMO_END
from tests.data.imports.bringing import bring, count, rows
from tests.jobs.conftest import Command

pytestmark = pytest.mark.usefixtures("warm_imports")

DATES = (DEMO_DATES[1], DEMO_END)
TODAY = date(2026, 11, 22)
SNAPSHOTS = ("snapshot", "snapshot_total", "snapshot_invoice", "snapshot_response", "snapshot_wave")
NOT_KEPT = {"id", "batch_id", "batch_line", "created_at", "decided_at", "version"}
NO_FIELD = {("supervision_item", "alert_id"), ("supervision_item", "response_id")}
"""A matter is not tied to its alert, which a refresh raises, nor to its answer, which has no
number, when it comes back."""
POINTS_TO = {
    "customer_id": "customer",
    "parent_id": "customer",
    "owner_id": "app_user",
    "invoice_id": "invoice",
    "wave_id": "wave",
    "csi_wave_id": "wave",
    "item_id": "survey_item",
    "response_id": "response",
}
"""Columns of snapshots, which bear no foreign keys."""


class Out(NamedTuple):
    """The demo company, computed at two dates, and the files it was written to."""

    engine: Engine
    folder: Path
    written: list[Written]


def prune(engine: Engine) -> None:
    """Take out what makes the test long, and what no sheet can say yet."""
    table = metadata.tables
    with store.writing(engine, facts=True) as session:
        waves = sa.select(table["wave"].c.id).order_by(table["wave"].c.id.desc()).limit(2)
        old = sa.select(table["response"].c.id).where(
            table["response"].c.wave_id.not_in(sa.select(waves.subquery().c.id))
        )
        session.execute(
            sa.update(table["supervision_item"])
            .where(table["supervision_item"].c.response_id.in_(old))
            .values(response_id=None)
        )
        session.execute(sa.delete(table["answer"]).where(table["answer"].c.response_id.in_(old)))
        session.execute(sa.delete(table["response"]).where(table["response"].c.id.in_(old)))
        kept = sa.select(sa.func.min(table["wave"].c.starts_on)).where(
            table["wave"].c.id.in_(sa.select(waves.subquery().c.id))
        )
        newest = sa.select(sa.func.max(table["survey_item"].c.id)).scalar_subquery()
        session.execute(
            sa.update(table["survey_item"])
            .where(table["survey_item"].c.id == newest)
            .values(since=kept.scalar_subquery())
        )


@pytest.fixture(scope="module")
def out(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Out]:
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(demo_file, folder / "demo.db")
    engine = store.open_store(f"sqlite:///{folder / 'demo.db'}")
    prune(engine)
    refresh.run(engine, dates=DATES)
    yield Out(engine, folder / "out", export_store.run(engine, folder / "out"))
    engine.dispose()


def bring_all(engine: Engine, written: list[Written]) -> None:
    """Bring in what was exported, in the order it was written."""
    for one in written:
        beside = one.path.with_name(f"{one.path.name}.toml")
        plan = from_toml(beside) if beside.exists() else Plan(kind=one.kind.value)
        report = imports.run(engine, Request(one.path, plan, TODAY))
        assert report.outcome is Outcome.COMMITTED, (one.kind, report.reasons, report.issues[:3])
        assert (report.rows_added, report.noted) == (one.rows, {}), one.kind


class Names:
    """What the rows of a store are called: a code, or what tells them apart."""

    def __init__(self, engine: Engine) -> None:
        self._of: dict[str, dict[Any, Any]] = {}
        self._connection = engine.connect()
        for table in metadata.sorted_tables:
            if "code" in table.c and table.name not in ("survey_item", "wave"):
                self._read(table, "code")
        self._read(metadata.tables["app_user"], "login")
        for name in ("survey_item", "wave"):
            self._read(metadata.tables[name], "survey_id", "code")
        self._read(metadata.tables["response"], "wave_id", "customer_id", "respondent")

    def _read(self, table: sa.Table, *columns: str) -> None:
        query = sa.select(table.c.id, *(table.c[name] for name in columns))
        self._of[table.name] = {
            row[0]: tuple(
                self.of(table, name, value) for name, value in zip(columns, row[1:], strict=True)
            )
            for row in self._connection.execute(query)
        }

    def of(self, table: sa.Table, column: str, value: Any) -> Any:
        """A value, or what the row it points to is called."""
        parent = parent_of(table.c[column])
        name = (
            POINTS_TO.get(column, "")
            if table.name in SNAPSHOTS
            else parent is not None and parent.name
        )
        if not name or not value:
            return value
        return self._of[name][value]

    def rows(self, table: sa.Table) -> list[str]:
        """All rows of a table, sorted."""
        columns = [
            column
            for column in table.c
            if column.name not in NOT_KEPT and (table.name, column.name) not in NO_FIELD
        ]
        found = self._connection.execute(sa.select(*columns))
        names = [column.name for column in columns]
        return sorted(
            repr([_plain(self.of(table, n, v)) for n, v in zip(names, row, strict=True)])
            for row in found
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return f"{value:.9g}"
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def fact_tables() -> list[sa.Table]:
    """Tables that files fill: those whose rows know their batch, and scales."""
    own = [t for t in metadata.sorted_tables if "batch_id" in t.c and t.name != "import_change"]
    return [*own, metadata.tables["scale"]]


@pytest.mark.slow
def test_the_demo_company_comes_back_from_files_alone(out: Out, engine: Engine) -> None:
    with store.reading(out.engine) as session:
        _version, policy = policies.current(session)
        people = account_list.listed(session)
    account_list.take_in(engine, people)
    with store.writing(engine) as session:
        changed = json.loads((out.folder / "store" / "settings.json").read_text("utf-8"))
        policies.change(session, None, changed, "as before")
        assert policies.current(session)[1] == policy
    bring_all(engine, out.written)
    before, after = Names(out.engine), Names(engine)
    for table in fact_tables():
        assert before.rows(table) == after.rows(table), table.name
    refresh.run(engine, dates=DATES)
    with store.writing(out.engine, revises=False) as session:
        for name in reversed(SNAPSHOTS):
            table = metadata.tables[name]
            session.execute(sa.delete(table).where(table.c.as_of.not_in(DATES)))
    before, after = Names(out.engine), Names(engine)
    for name in SNAPSHOTS:
        assert before.rows(metadata.tables[name]) == after.rows(metadata.tables[name]), name


@pytest.mark.drill
def test_nothing_is_new_where_everything_is_there(out: Out) -> None:
    """What was written says of every row what the store says."""
    for one in out.written:
        beside = one.path.with_name(f"{one.path.name}.toml")
        plan = from_toml(beside) if beside.exists() else Plan(kind=one.kind.value)
        report = imports.run(out.engine, Request(one.path, plan, TODAY, rehearse=True))
        assert report.rows_same == report.rows_read == one.rows, (one.kind, report.differences[:3])


def test_every_table_is_told_and_nothing_twice(out: Out) -> None:
    assert [one.left_out for one in out.written] == [0] * len(out.written)
    kinds = [one.kind for one in out.written]
    assert len(kinds) == len(set(kinds)), "a file of each kind"
    missing = set(SheetKind) - set(kinds)
    assert missing == {
        SheetKind.CARD_CHANGES,
        SheetKind.PAYMENT_SCHEDULES,
        SheetKind.REVERSALS,
        SheetKind.WRITE_OFFS,
    }, "of which the demo has none"


# the commands -------------------------------------------------------------------------------

SMALL = {
    "customers": "客户编码,客户名称,客户经理,备注\nK1,=甲公司,m1,-5\nK2,乙公司,,'引号\n",
    "products": "产品编码,产品名称\n-P1,轴承\n",
    "card_changes": "客户编码,档案变更日期,省份,所属集团编码,账期天数\n"
    "K1,2025-05-01,福建省,K2,60\nK1,2026-05-01,-,-,-\n",
    "owner_changes": "客户编码,移交日期,客户经理\nK1,2025-05-01,m1\nK1,2026-05-01,-\n",
    "complaints": "投诉编号,客户编码,投诉日期,投诉类型,首次回复时间\n"
    "T1,K1,2026-05-01,质量,2026-05-01 15:20\n",
    "visits": "客户编码,拜访日期,目的\nK1,2026-05-01,回访\n",
    "survey_items": '问卷编码,题号,最低分,最高分,选项文字\n"S""1",Q1,1,5,满意=5; 差=1\n',
    "invoices": "发票号,客户编码,开票日期,金额\nI1,K1,2026-05-01,5\n",
    "answers": "答卷编号,客户编码,调查日期,题号,得分,意见\n"
    "R1,K1,2026-05-01,Q1,5,+86\nR2,匿名,2026-05-01,Q1,1,\n",
}


def small(engine: Engine, folder: Path) -> None:
    """A store of a few rows that are hard to write."""
    account_list.take_in(engine, [{"login": "m1", "name": "=甲", "role": "account_manager"}])
    for kind, text in SMALL.items():
        path = folder / f"{kind}.csv"
        path.write_text(text, "utf-8")
        options = {"survey": 'S"1'} if kind == "answers" else {}
        plan = Plan.from_dict({"kind": kind, "options": options})
        report = imports.run(engine, Request(path, plan, TODAY))
        assert report.outcome is Outcome.COMMITTED, (kind, report.issues)


@pytest.mark.slow
def test_the_commands_carry_a_store_over(
    sqlite_engine: Engine, migrated_file: Path, tmp_path: Path, command: Command
) -> None:
    small(sqlite_engine, tmp_path)
    folder = tmp_path / "out"
    done = command(sqlite_engine, "setting", "set", "key.cut", "50", "--note", "x")
    done = command(sqlite_engine, "export", str(folder), "--json")
    assert done.exit_code == 0, done.output
    assert {one["file"]: one["rows"] for one in json.loads(done.output)}[
        "answers/answers-1.csv"
    ] == 2
    shutil.copy(migrated_file, tmp_path / "other.db")
    other = store.open_store(f"sqlite:///{tmp_path / 'other.db'}")
    for arguments in (
        ("user", "import", str(folder / "store" / "users.csv")),
        ("setting", "load", str(folder / "store" / "settings.json"), "--note", "as before"),
        ("import-folder", str(folder), "--quiet-seconds", "0"),
    ):
        done = command(other, *arguments)
        assert done.exit_code == 0, done.output
    before, after = Names(sqlite_engine), Names(other)
    for table in fact_tables():
        assert before.rows(table) == after.rows(table), table.name
    assert rows(other, "app_user", "login", "name") == [("m1", "=甲")]
    assert rows(other, "setting", "key", "value") == [("key.cut", 50)]
    assert rows(other, "customer", "owner_id", "province", "parent_id", code="K1") == [
        (None, "", None)
    ]
    other.dispose()


def test_only_some_kinds(sqlite_engine: Engine, tmp_path: Path, command: Command) -> None:
    small(sqlite_engine, tmp_path)
    done = command(sqlite_engine, "export", str(tmp_path / "some"), "--kinds", "visits, customers")
    assert done.exit_code == 0, done.output
    found = {
        path.relative_to(tmp_path / "some").as_posix() for path in (tmp_path / "some").rglob("*.*")
    }
    assert found == {"customers/customers.csv", "visits/visits.csv"}
    again = command(sqlite_engine, "export", str(tmp_path / "some"))
    assert again.exit_code == 2, "it is not empty"
    assert command(sqlite_engine, "export", str(tmp_path / "x"), "--kinds", "y").exit_code == 2


def test_cells_run_nothing(sqlite_engine: Engine, tmp_path: Path) -> None:
    small(sqlite_engine, tmp_path)
    for one in export_store.run(sqlite_engine, tmp_path / "out"):
        with one.path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if cell[:1] in "=+@-" and len(cell) > 1], row


def test_rows_that_cannot_be_told_apart_are_counted(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Two calls of one day for one purpose: the newer is written, the other is named."""
    small(sqlite_engine, tmp_path)
    visit = metadata.tables["visit"]
    with store.writing(sqlite_engine) as session:
        session.execute(
            sa.insert(visit).from_select(
                ["customer_id", "visited_on", "channel", "purpose", "note", "created_at"],
                sa.select(
                    visit.c.customer_id,
                    visit.c.visited_on,
                    visit.c.channel,
                    visit.c.purpose,
                    sa.literal("again"),
                    visit.c.created_at,
                ),
            )
        )
    written = export_store.run(sqlite_engine, tmp_path / "out", kinds=[SheetKind.VISITS])
    assert [(one.rows, one.left_out) for one in written] == [(1, 1)]
    assert "again" in written[0].path.read_text("utf-8-sig")


# accounts -----------------------------------------------------------------------------------


def person(**more: str) -> Mapping[str, str]:
    return {"login": "anna", "name": "Anna", "role": "service", "active": "yes", **more}


def test_a_listed_account_cannot_sign_in_before_it_has_a_password(engine: Engine) -> None:
    done = account_list.take_in(engine, [person(), person(login="Bo", active="no")])
    assert done == account_list.Listed(("anna", "bo"), ())
    found = rows(engine, "app_user", "login", "active", "must_change_password", "password_hash")
    assert found == [("anna", True, True, "!"), ("bo", False, True, "!")]
    assert account_list.take_in(engine, [person(name="Another")]).there == ("anna",)
    assert rows(engine, "app_user", "name", login="anna") == [("Anna",)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"login": "a b"}, "login_unusable"),
        ({"role": "king"}, "not_in_list"),
        ({"name": " "}, "name_missing"),
        ({"active": "perhaps"}, "not_yes_or_no"),
    ],
)
def test_a_bad_line_of_a_list_makes_no_account(
    sqlite_engine: Engine, wrong: dict[str, str], reason: str
) -> None:
    from errors import BadInput

    with pytest.raises(BadInput) as refused:
        account_list.take_in(sqlite_engine, [person(login="first"), person(**wrong)])
    assert [(issue.reason, issue.row) for issue in refused.value.issues] == [(reason, 3)]
    assert count(sqlite_engine, "app_user") == 0


MOVED = {
    "customers": "客户编码,客户名称\nK1,甲公司\n",
    "invoices": "发票号,客户编码,开票日期,到期日,金额\nV1,K1,2026-01-06,2026-02-05,100\n"
    "V2,K1,2026-01-06,2026-02-05,500\nV3,K1,2026-03-01,2026-03-31,300\n",
    "receipts": "回款单号,发票号,客户编码,回款日期,金额\nQ1,V1,K1,2026-02-10,100\n"
    "Q2,V2,K1,2026-02-11,50\n"
    "Q3,V3,K1,2026-02-20,40\n",
    "credit_notes": "贷项编号,客户编码,开具日期,金额,发票号\nN1,K1,2026-02-12,20,V2\n",
    "payment_schedules": "发票号,生效日期,期次,到期日,金额\nV3,2026-03-05,1,2026-04-30,100\n"
    "V3,2026-03-05,2,2026-05-31,200\n",
    "reversals": "退票编号,回款单号,退票日期,金额,类型\nB1,Q1,2026-03-02,100,退票\n",
    "write_offs": "核销单号,发票号,核销日期,金额,类型,原因\nW1,V2,2026-04-01,0.50,尾差,尾差\n",
    "allocations": "回款单号,发票号,核销日期,金额,类型\nQ2,V2,2026-04-02,50,撤销\n"
    "Q2,V1,2026-04-03,30,核销\n",
}
"""Receivables that moved in every way there is."""


@pytest.mark.parametrize(
    "database", ["sqlite_engine", pytest.param("postgres_engine", marks=pytest.mark.postgres)]
)
def test_what_moved_comes_back(
    database: str, sqlite_engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = tmp_path / "moved.db"
    shutil.copy(store.sqlite_path(sqlite_engine), other)
    moved = store.open_store(f"sqlite:///{other}")
    for kind, text in MOVED.items():
        assert bring(moved, text, kind, folder=tmp_path).stored, kind
    written = export_store.run(moved, tmp_path / "out")
    back = request.getfixturevalue(database)
    for one in written:
        report = imports.run(back, Request(one.path, Plan(kind=one.kind.value), TODAY))
        assert report.stored, (one.kind, report.reasons, report.issues[:3])
    days = [date(2026, 2, 28), date(2026, 3, 2), date(2026, 4, 2), date(2026, 6, 30)]
    said = []
    for engine in (moved, back):
        refresh.run(engine, dates=days)
        with store.reading(engine) as session:
            said.append(
                [receivables.ledger(session, Filters(), EVERYBODY, as_of=day) for day in days]
            )
            bills = sa.text(
                "select s.as_of, i.code, s.position, s.due_on, s.outstanding, s.overdue_days "
                "from snapshot_invoice s join invoice i on i.id = s.invoice_id order by 1, 2, 3"
            )
            said[-1].append([tuple(map(str, row)) for row in session.execute(bills)])
    moved.dispose()
    assert said[0] == said[1]
    assert len(said[0][-1]) > 8
