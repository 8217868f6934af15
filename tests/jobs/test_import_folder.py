"""A watched folder (导入文件夹): order, maps, what goes where, and passes that are killed."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from data.imports.terms.request import REJECT
from errors import BadInput, Conflict
from jobs.bringing import folder as folders
from jobs.bringing import tasks
from jobs.bringing.folder import Handled, Pass
from jobs.bringing.inbox import Inbox
from models.system import AuditEntry
from tests.data.imports.bringing import bring, count, rows
from tests.jobs.commands import at_work, many_customers, started, uploads_of, url, wait_until
from tests.jobs.conftest import Command

pytestmark = pytest.mark.usefixtures("warm_imports")

CUSTOMERS = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"
OTHERS = "客户编码,客户名称\nK1,宁波远航轴承有限公司\nK2,佛山联合陶瓷有限公司\n"
ORDERS = "订单号,客户编码,订单日期,金额\nS1,C1,2026-01-05,100\nS2,C2,2026-01-06,200\n"
INVOICES = "发票号,客户编码,开票日期,金额\nI1,C1,2026-01-10,1000.00\nI2,C9,2026-02-10,500.00\n"


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def one_pass(engine: Engine, folder: Path, **options: object) -> Pass:
    return folders.run(url(engine), Inbox(folder, quiet_seconds=0, lang="en", **options))  # type: ignore[arg-type]


def ended(done: Pass) -> list[tuple[str, str, str]]:
    """(file, outcome, where it is now) of each, in the order they were brought in."""
    return [(each.file, each.report.outcome.value, each.moved_to) for each in done.files]


def lying(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_customers_come_before_what_rests_on_them(engine: Engine, folder: Path) -> None:
    put(folder, "a订单.csv", ORDERS)
    put(folder, "b发票.csv", INVOICES)
    put(folder, "z客户.csv", CUSTOMERS.encode("gb18030"))
    done = one_pass(engine, folder)
    assert ended(done) == [
        ("z客户.csv", "committed", "done/z客户.csv"),
        ("a订单.csv", "committed", "done/a订单.csv"),
        ("b发票.csv", "rejected", "refused/b发票.csv"),
    ]
    held = ("customer", "sales_order", "invoice")
    assert [count(engine, name) for name in held] == [2, 2, 0]
    assert lying(folder) == {
        ".kehu.lock",
        "done/a订单.csv",
        "done/a订单.csv.report.json",
        "done/z客户.csv",
        "done/z客户.csv.report.json",
        "refused/b发票.csv",
        "refused/b发票.csv.rejects.csv",
        "refused/b发票.csv.report.json",
    }
    report = json.loads((folder / "refused/b发票.csv.report.json").read_text("utf-8"))
    assert report["reasons"] == {"unknown_customer": 1}
    assert (report["file"], report["moved_to"]) == ("b发票.csv", "refused/b发票.csv")
    assert report["rejects"] == "refused/b发票.csv.rejects.csv"
    assert (folder / "refused/b发票.csv").read_text("utf-8") == INVOICES
    with engine.connect() as connection:
        said = list(connection.execute(sa.select(AuditEntry.action).order_by(AuditEntry.id)))  # type: ignore[call-overload]
    assert [action for (action,) in said] == ["import.commit", "import.commit", "import.refuse"]
    assert one_pass(engine, folder).files == ()


def test_corrected_rejects_are_taken_again(engine: Engine, folder: Path) -> None:
    put(folder, "1.csv", CUSTOMERS)
    put(folder, "2.csv", INVOICES)
    done = one_pass(engine, folder, on_error=REJECT)
    assert ended(done)[1] == ("2.csv", "partly", "done/2.csv")
    assert rows(engine, "invoice", "code") == [("I1",)]
    rejects = folder / "done/2.csv.rejects.csv"
    corrected = rejects.read_text("utf-8-sig").replace("I2,C9", "I2,C2")
    put(folder, "2.csv.rejects.csv", "\ufeff" + corrected)
    done = one_pass(engine, folder)
    assert ended(done) == [("2.csv.rejects.csv", "committed", "done/2.csv.rejects-2.csv")]
    assert rows(engine, "invoice", "code", "amount") == [("I1", 100_000), ("I2", 50_000)]
    assert rejects.read_text("utf-8-sig") != corrected, "what lay in done/ is never overwritten"


def test_a_file_whose_customers_were_refused_is_refused_too(
    sqlite_engine: Engine, folder: Path
) -> None:
    put(folder, "客户.csv", CUSTOMERS + "C3,\n")
    put(folder, "订单.csv", ORDERS)
    done = one_pass(sqlite_engine, folder)
    assert [each.report.outcome for each in done.files] == [Outcome.REJECTED] * 2
    assert done.files[1].report.reasons == {"unknown_customer": 2}
    assert count(sqlite_engine, "customer") == count(sqlite_engine, "sales_order") == 0


def test_json_keys_are_kept(sqlite_engine: Engine, folder: Path) -> None:
    """Programs read these: keys may be added, never renamed (docs/imports.md)."""
    put(folder, "客户.csv", CUSTOMERS)
    put(folder, "客户.pdf", "%PDF")
    told = one_pass(sqlite_engine, folder).as_dict()
    assert set(told) == {"files", "left", "summary"}
    assert told["left"] == [{"file": "客户.pdf", "why": "no_table"}]
    assert {
        "file",
        "moved_to",
        "rejects",
        "map",
        "outcome",
        "kind",
        "batch_id",
        "rows_read",
        "rows_added",
        "rows_updated",
        "rows_same",
        "rows_rejected",
        "issues",
        "reasons",
        "notes",
        "noted",
        "ignored",
        "unmatched",
        "unmatched_count",
        "settled",
        "differences",
        "differences_count",
        "changed_fields",
        "seconds",
    } <= set(told["files"][0])
    assert set(told["summary"]) == {
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
    assert told["summary"]["outcomes"]["committed"] == told["summary"]["files"] == 1
    assert set(told["summary"]["outcomes"]) == {outcome.value for outcome in Outcome}
    json.dumps(told)


def test_a_file_still_being_written_waits(sqlite_engine: Engine, folder: Path) -> None:
    path = put(folder, "客户.csv", CUSTOMERS)
    changed = path.stat().st_ctime
    inbox = Inbox(folder, quiet_seconds=5)
    done = folders.run(url(sqlite_engine), inbox, now=lambda: changed + 4)
    assert (done.files, [left.why for left in done.left]) == ((), ["growing"])
    done = folders.run(url(sqlite_engine), inbox, now=lambda: changed + 6)
    assert [each.moved_to for each in done.files] == ["done/客户.csv"]


def test_a_file_written_to_during_its_import_waits(sqlite_engine: Engine, folder: Path) -> None:
    put(folder, "1.csv", CUSTOMERS)
    second = put(folder, "2.csv", OTHERS)

    def told(handled: Handled) -> None:
        if handled.file == "1.csv":
            second.write_text(OTHERS + "K3,某客户\n", "utf-8")

    inbox = Inbox(folder, quiet_seconds=0)
    done = folders.run(url(sqlite_engine), inbox, told=told)
    assert [each.moved_to for each in done.files] == ["done/1.csv", ""]
    assert second.exists()
    assert ended(one_pass(sqlite_engine, folder)) == [("2.csv", "already", "done/2.csv")]
    assert count(sqlite_engine, "customer") == 5


def test_what_is_no_file_for_us_stays(sqlite_engine: Engine, folder: Path, tmp_path: Path) -> None:
    outside = put(tmp_path, "outside.csv", CUSTOMERS)
    put(tmp_path / "elsewhere", "more.csv", CUSTOMERS)
    (folder / "link.csv").symlink_to(outside)
    (folder / "orders").symlink_to(tmp_path / "elsewhere")
    put(folder, "其他/inner.csv", CUSTOMERS)
    for name in (".hidden.csv", "~$open.xlsx", "x.csv.part", "x.tmp", "map.txt.toml"):
        put(folder, name, CUSTOMERS)
    put(folder, "empty.csv", "")
    (folder / "pipe.csv").touch()
    (folder / "pipe.csv").unlink()
    os.mkfifo(folder / "pipe.csv")
    before = lying(folder)
    done = one_pass(sqlite_engine, folder)
    assert done.files == ()
    left = {each.file: each.why for each in done.left}
    assert left == {"link.csv": "link", "empty.csv": "empty", "pipe.csv": "no_table"}
    assert lying(folder) - {".kehu.lock"} == before
    assert count(sqlite_engine, "customer") == 0


@pytest.mark.parametrize("name", ["done", "refused", "done/orders"])
def test_nothing_is_put_outside(
    sqlite_engine: Engine, folder: Path, tmp_path: Path, name: str
) -> None:
    put(folder, "客户.csv", CUSTOMERS)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(tmp_path)
    with pytest.raises(BadInput, match="folder_is_link"):
        one_pass(sqlite_engine, folder)
    assert count(sqlite_engine, "customer") == 0


def test_names_that_are_no_text_or_very_long(sqlite_engine: Engine, folder: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/\xbf\xcd\x1b.csv"))
    odd.write_text(CUSTOMERS, "utf-8")
    long = put(folder, "客" * 83 + ".csv", OTHERS)
    done = one_pass(sqlite_engine, folder)
    assert {each.report.outcome for each in done.files} == {Outcome.COMMITTED}
    json.dumps(done.as_dict()).encode()
    assert not odd.exists()
    assert not long.exists()
    assert (folder / "done" / odd.name).exists()
    assert count(sqlite_engine, "customer") == 4


def test_nothing_is_overwritten(sqlite_engine: Engine, folder: Path) -> None:
    for n in range(3):
        put(folder, "客户.csv", f"客户编码,客户名称\nC{n},客户{n}\n")
        one_pass(sqlite_engine, folder)
    held = {path.name: path.read_text("utf-8") for path in (folder / "done").glob("*.csv")}
    assert sorted(held) == ["客户-2.csv", "客户-3.csv", "客户.csv"]
    assert len(set(held.values())) == 3


# maps ----------------------------------------------------------------------------------------


FOREIGN = "nr,who,when,worth\nS1,C1,2026-01-05,100\n"
MAP = """[columns]
order_code = "nr"
customer_code = "who"
ordered_on = "when"
amount = "worth"
"""


@pytest.mark.parametrize(
    ("file", "at"),
    [
        ("x.txt", "x.txt.toml"),
        ("x.txt", "x.toml"),
        ("x.txt", "map.toml"),
        ("x.txt", "../maps/x.toml"),
        ("x.txt.rejects.csv", "x.toml"),
        ("orders/x.txt", "orders.toml"),
        ("orders/x.txt", "orders/map.toml"),
        ("orders/x.txt", "../maps/orders.toml"),
    ],
)
def test_maps_are_found(sqlite_engine: Engine, folder: Path, file: str, at: str) -> None:
    bring(sqlite_engine, CUSTOMERS, folder=folder)
    (folder / "f0.csv").unlink()
    put(folder, file, FOREIGN)
    (folder.parent / "maps").mkdir()
    put(folder, at, MAP if "orders" in at or "orders" in file else f'kind = "orders"\n{MAP}')
    done = one_pass(sqlite_engine, folder, maps=folder.parent / "maps")
    assert [(e.report.outcome, e.map) for e in done.files] == [
        (Outcome.COMMITTED, at.rpartition("/")[2])
    ]
    assert (folder / "done" / file).exists()
    assert rows(sqlite_engine, "sales_order", "code") == [("S1",)]


def test_the_map_of_a_kind_serves_what_is_recognised(sqlite_engine: Engine, folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)
    put(folder, "客户2.csv", "客户编码,客户名称\nC3,某客户\n")
    put(folder, "customers.toml", '[constants]\nprovince = "福建省"\n')
    done = one_pass(sqlite_engine, folder)
    assert [each.map for each in done.files] == ["customers.toml"] * 2
    assert set(rows(sqlite_engine, "customer", "province")) == {("福建省",)}


def test_a_header_is_read_as_somebody_mapped_it(sqlite_engine: Engine, folder: Path) -> None:
    bring(sqlite_engine, CUSTOMERS, folder=folder)
    columns = {"order_code": "nr", "customer_code": "who", "ordered_on": "when", "amount": "worth"}
    plan = Plan(kind="orders", columns=columns)
    assert bring(sqlite_engine, FOREIGN, folder=folder, plan=plan).stored
    for path in folder.iterdir():
        path.unlink()
    put(folder, "next.csv", FOREIGN.replace("S1", "S2"))
    done = one_pass(sqlite_engine, folder)
    assert [(e.report.outcome, e.map) for e in done.files] == [(Outcome.COMMITTED, "remembered")]
    assert count(sqlite_engine, "sales_order") == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind = [", "map_unreadable"),
        ('kind = "dragons"', "map_unknown"),
        ('kind = "invoices"', "map_of_other_kind"),
    ],
)
def test_a_wrong_map_refuses_the_file(
    sqlite_engine: Engine, folder: Path, text: str, reason: str
) -> None:
    put(folder, "orders/x.csv", ORDERS)
    put(folder, "orders/x.toml", text)
    done = one_pass(sqlite_engine, folder)
    assert ended(done) == [("orders/x.csv", "refused", "refused/orders/x.csv")]
    assert done.files[0].report.reasons == {reason: 1}
    assert done.as_dict()["summary"]["exit_code"] == 2
    assert (folder / "orders/x.toml").exists()


# what goes wrong around it -------------------------------------------------------------------


def test_a_pass_ended_before_the_move_is_made_good(engine: Engine, folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)

    def never(_source: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        folders.run(url(engine), Inbox(folder, quiet_seconds=0), move=never)
    assert count(engine, "customer") == 2
    assert (folder / "客户.csv").exists()
    assert ended(one_pass(engine, folder)) == [("客户.csv", "already", "done/客户.csv")]
    assert lying(folder) == {".kehu.lock", "done/客户.csv", "done/客户.csv.report.json"}
    assert (folder / "done/客户.csv").read_text("utf-8") == CUSTOMERS


def test_a_file_that_cannot_be_moved_waits(sqlite_engine: Engine, folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)

    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    done = folders.run(url(sqlite_engine), Inbox(folder, quiet_seconds=0), move=full)
    assert (done.failure, done.detail) == ("folder_failed", "No space left on device")
    assert [(each.report.outcome, each.moved_to) for each in done.files] == [
        (Outcome.COMMITTED, "")
    ], "it is stored, and told to be"
    assert (folder / "客户.csv").exists()


def test_without_a_store_files_wait(folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)
    away = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    done = folders.run(away, Inbox(folder, quiet_seconds=0))
    assert done.files == ()
    assert done.as_dict()["summary"]["exit_code"] == 3
    assert lying(folder) == {".kehu.lock", "客户.csv"}


def test_one_pass_at_a_time(sqlite_engine: Engine, folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)
    with (folder / ".kehu.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Conflict):
            one_pass(sqlite_engine, folder)
        assert (folder / "客户.csv").exists()
    assert len(one_pass(sqlite_engine, folder).files) == 1


def test_a_check_leaves_everything_as_it_is(sqlite_engine: Engine, folder: Path) -> None:
    put(folder, "客户.csv", CUSTOMERS)
    done = one_pass(sqlite_engine, folder, check=True)
    assert ended(done) == [("客户.csv", "checked", "")]
    assert done.files[0].report.rows_added == 2
    assert lying(folder) == {".kehu.lock", "客户.csv"}
    assert count(sqlite_engine, "customer") == count(sqlite_engine, "import_batch") == 0


# the command ---------------------------------------------------------------------------------


def test_the_command_says_how_it_ended(
    sqlite_engine: Engine, folder: Path, command: Command
) -> None:
    def run(path: Path, *more: str) -> tuple[int, str, str]:
        asked = ("import-folder", str(path), "--quiet-seconds", "0", *more)
        done = command(sqlite_engine, *asked)
        return done.exit_code, done.stdout, done.stderr

    assert run(folder)[0] == 0
    put(folder, "客户.csv", CUSTOMERS)
    put(folder, "订单.csv", INVOICES)
    code, said, trouble = run(folder)
    assert code == 1
    assert "客户.csv: Stored: every row; customers, batch 1, 2 read, 2 added" in said
    assert "→ refused/订单.csv" in said
    assert "Files: 2 · rows: 4 read, 2 added" in said
    assert "C9: there is no such customer" in trouble
    put(folder, "x.csv", b"\x89PNG\r\n\x1a\n")
    code, said, _trouble = run(folder, "--json")
    assert code == json.loads(said)["summary"]["exit_code"] == 2
    assert run(folder / "none")[0] == 2
    assert run(folder, "--on-error", "maybe")[0] == 2
    with (folder / ".kehu.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, _said, trouble = run(folder)
        assert (code, "Another pass is at work" in trouble) == (4, True)
    assert count(sqlite_engine, "customer") == 2


def test_sigterm_leaves_the_file_waiting(sqlite_engine: Engine, folder: Path) -> None:
    path = put(folder, "many.csv", many_customers())
    process = started(sqlite_engine, "import-folder", str(folder), "--quiet-seconds", "0")
    wait_until(lambda: "progress.json" in at_work(path), process)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 143
    assert at_work(path) == set()
    assert lying(folder) == {".kehu.lock", "many.csv"}
    assert count(sqlite_engine, "customer") == count(sqlite_engine, "import_batch") == 0


def test_a_watch_goes_on_until_it_is_stopped(sqlite_engine: Engine, folder: Path) -> None:
    arguments = (str(folder), "--quiet-seconds", "0", "--every", "1", "--json", "--no-refresh")
    process = started(sqlite_engine, "import-folder", *arguments)
    assert process.stdout is not None
    told = []
    for n in range(2):
        draft = put(folder, f"{n}.part", f"客户编码,客户名称\nC{n},客户{n}\n")
        draft.rename(folder / f"{n}.csv")
        told.append(json.loads(process.stdout.readline()))
        assert (folder / f"done/{n}.csv").exists()
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 0
    assert [each["files"][0]["file"] for each in told] == ["0.csv", "1.csv"]
    assert count(sqlite_engine, "customer") == 2


@pytest.mark.slow
def test_killed_passes_lose_nothing(sqlite_engine: Engine, folder: Path) -> None:
    kill_passes(sqlite_engine, folder, 2)


@pytest.mark.drill
def test_killed_passes_lose_nothing_of_more(engine: Engine, folder: Path) -> None:
    kill_passes(engine, folder, 4)


def kill_passes(engine: Engine, folder: Path, number: int) -> None:
    """SIGKILL at three moments; the pass after it makes everything good."""
    files = {
        f"{n}.csv": "客户编码,客户名称\n" + "".join(f"K{n}-{k},客户{n}-{k}\n" for k in range(500))
        for n in range(number)
    }
    for name, text in files.items():
        put(folder, name, text)
    moments = (
        lambda: "task.json" in at_work(folder / "0.csv"),
        lambda: count(engine, "import_batch") >= 1,
        lambda: (folder / "done/1.csv").exists(),
    )
    for moment in moments:
        process = started(engine, "import-folder", str(folder), "--quiet-seconds", "0")
        wait_until(moment, process, may_end=True)
        process.kill()
        process.wait()
        for path in list(folder.glob("*.csv")):
            wait_until(lambda path=path: not running_on(path), None)  # type: ignore[misc]
        whole = {
            path.name
            for path in (*folder.glob("*.csv"), *folder.glob("done/*.csv"))
            if path.stat().st_size
        }
        assert whole == set(files)
        assert count(engine, "customer") % 500 == 0
    done = one_pass(engine, folder)
    assert {each.report.outcome for each in done.files} <= {Outcome.COMMITTED, Outcome.ALREADY}
    assert {path.name: path.read_text("utf-8") for path in folder.glob("done/*.csv")} == files
    assert not list(folder.glob("*.csv"))
    assert count(engine, "customer") == 500 * number
    assert count(engine, "import_batch") == number


def running_on(path: Path) -> bool:
    """Whether a process still works on a file whose pass was killed."""
    tokens = [folder.name.encode() for folder in uploads_of(path)]
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return any(token in line for token in tokens for line in lines)
