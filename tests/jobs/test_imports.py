"""Imports in their own process (导入进程)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

import settings
from data import store
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from errors import BadInput, NotFound, StoreUnavailable
from jobs.bringing import launching, processes, tasks
from jobs.bringing import uploads as upload_folder
from models.access import Role
from settings import ROOT
from tests.data.imports.bringing import content, count, person

CUSTOMERS = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    monkeypatch.setattr(tasks, "FOLDER", folder)
    return folder


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_an_upload_is_looked_at_imported_and_removed(sqlite_engine: Engine, uploads: Path) -> None:
    token = tasks.keep(CUSTOMERS.encode("gb18030"))
    seen = tasks.look(url(sqlite_engine), token, tasks.Task(Plan(), "a.csv", look_only=True))
    assert (seen.kind, seen.encoding) == ("customers", "GB18030")
    assert seen.rows[0] == (2, ("C1", "厦门华南机电有限公司"))
    tasks.start(url(sqlite_engine), token, tasks.Task(Plan(), "../a.csv"))
    tasks.wait(token)
    report = tasks.report(url(sqlite_engine), token)
    assert (report.outcome, report.file_name) == (Outcome.COMMITTED, "a.csv")
    assert not (uploads / token / "upload").exists()
    tasks.forget(token)
    assert list(uploads.iterdir()) == []


def test_who_asks_is_asked_again(sqlite_engine: Engine) -> None:
    amy = person(sqlite_engine, "amy", Role.EXECUTIVE)
    token = tasks.keep(CUSTOMERS.encode())
    tasks.start(url(sqlite_engine), token, tasks.Task(Plan(), "a.csv", user_id=amy.id))
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).reasons == {"kind_not_allowed": 1}
    tasks.start(url(sqlite_engine), token := tasks.keep(b"x"), tasks.Task(Plan(), "a", user_id=99))
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).reasons == {"user_gone": 1}
    assert count(sqlite_engine, "customer") == 0


def test_tokens_are_no_paths() -> None:
    for token in ("../../etc", "", "A" * 32, "0" * 31):
        with pytest.raises(NotFound):
            tasks.status(token)


def test_a_process_that_dies_is_a_refusal(sqlite_engine: Engine) -> None:
    lines = "".join(f"K{n},客户{n}\n" for n in range(200_000))
    token = tasks.keep(("客户编码,客户名称\n" + lines).encode())
    tasks.start(url(sqlite_engine), token, tasks.Task(Plan(), "a.csv", seconds=1))
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).reasons == {"took_too_long": 1}
    assert count(sqlite_engine, "customer") == 0


def test_an_unreachable_store_is_told() -> None:
    token, nowhere = tasks.keep(CUSTOMERS.encode()), "postgresql+psycopg://nobody@127.0.0.1:1/none"
    tasks.start(nowhere, token, tasks.Task(Plan(), "a.csv"))
    tasks.wait(token)
    with pytest.raises(StoreUnavailable):
        tasks.report(nowhere, token)


def many(rows: int) -> bytes:
    """A sheet of so many customers."""
    lines = "".join(f"K{n:06d},客户{n}有限公司\n" for n in range(rows))
    return ("客户编码,客户名称\n" + lines).encode()


def until(token: str, step: str) -> None:
    """Wait for a step as the process itself tells it."""
    while (now := tasks.status(token)).step != step:
        assert not now.done, f"over before it came to {step}"
        time.sleep(0.002)


@pytest.mark.parametrize("step", ["reading", "matching", "comparing", "writing"])
def test_a_cancelled_import_leaves_nothing(engine: Engine, uploads: Path, step: str) -> None:
    before = content(engine)
    token = tasks.keep(many(8_000), owner=1)
    tasks.start(url(engine), token, tasks.Task(Plan(), "a.csv"))
    until(token, step)
    pid = json.loads((uploads / token / "pid.json").read_text())["pid"]
    assert tasks.cancel(url(engine), token) is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert {path.name for path in (uploads / token).iterdir()} == {"upload", "note.json"}
    assert content(engine) == before
    assert count(engine, "import_batch") == count(engine, "import_mapping") == 0
    assert open_transactions(engine, token) == 0
    with store.writing(engine):
        pass  # nobody holds the lock any more


def open_transactions(engine: Engine, token: str) -> int:
    if store.is_sqlite(engine):
        return 0
    query = "select count(*) from pg_stat_activity where application_name = :name"
    with engine.connect() as connection:
        return connection.execute(sa.text(query), {"name": tasks.application(token)}).scalar_one()


@pytest.mark.postgres
def test_a_statement_that_would_run_on_is_ended_on_the_server(postgres_engine: Engine) -> None:
    """The server notices a closed connection only when it next speaks to it."""
    token = tasks.keep(b"x")
    command = f"""
import sqlalchemy as sa
from data import store
with store.open_store({url(postgres_engine)!r}).connect() as connection:
    connection.execute(sa.text("create temporary table t (x int)"))
    connection.execute(sa.text("select pg_sleep(600)"))
"""
    name = {"PGAPPNAME": tasks.application(token)}
    process = subprocess.Popen(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env={**os.environ, **name},
        start_new_session=True,
    )
    asleep = sa.text("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
    with postgres_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(asleep).scalar_one():
            time.sleep(0.01)
    process.kill()
    process.wait()
    assert open_transactions(postgres_engine, token) == 1, "it sleeps on without its client"
    tasks.cancel(url(postgres_engine), token)
    assert open_transactions(postgres_engine, token) == 0


def test_a_process_that_will_not_end_is_killed(
    uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
    deaf += "time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.read(1)
    uploads.mkdir()
    processes.mark(uploads, process.pid)
    processes.stop(uploads, process)
    assert process.returncode == -signal.SIGKILL
    process.stdout.close()


def test_a_server_started_anew_still_finds_a_running_import(
    sqlite_engine: Engine, uploads: Path
) -> None:
    token = tasks.keep(many(20_000))
    tasks.start(url(sqlite_engine), token, tasks.Task(Plan(), "a.csv"))
    child = launching.running.pop(uploads / token)  # as after a restart
    assert not tasks.status(token).done
    child.wait()  # the new server is not its parent; somebody else reaps it
    assert tasks.status(token).done
    assert tasks.report(url(sqlite_engine), token).rows_added == 20_000


def test_what_was_stored_without_a_word_is_told(sqlite_engine: Engine, uploads: Path) -> None:
    """Killed between the commit and the report: the store is asked, not the process."""
    token = tasks.keep(CUSTOMERS.encode())
    address = url(sqlite_engine)
    tasks.start(address, token, tasks.Task(Plan(), "a.csv"))
    tasks.wait(token)
    launching.running.pop(uploads / token).wait()
    (uploads / token / "result.json").unlink()
    (uploads / token / "upload").write_bytes(CUSTOMERS.encode())
    stored = tasks.cancel(address, token)
    assert stored is not None
    assert (stored.outcome, stored.batch_id, stored.rows_added) == (Outcome.COMMITTED, 1, 2)
    assert tasks.report(address, token).batch_id == 1


def test_one_user_cannot_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_folder, "BYTES_PER_USER", 100)
    tasks.keep(b"x" * 60, owner=1)
    with pytest.raises(BadInput, match="uploads_full"):
        tasks.keep(b"x" * 60, owner=1)
    tasks.keep(b"x" * 60, owner=2)
    assert len(tasks.notes_of(1)) == 1


def test_notes_of_another_store_are_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    upload_folder.note(tmp_path / "a", 7, {"name": "here.csv"})
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")
    settings.get.cache_clear()
    try:
        upload_folder.note(tmp_path / "b", 7, {"name": "there.csv"})
        assert list(upload_folder.notes_of(tmp_path, 7)) == ["b"]
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
    assert list(upload_folder.notes_of(tmp_path, 7)) == ["a"]
