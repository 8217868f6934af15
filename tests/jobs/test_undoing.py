"""Imports taken back in their own process (撤销进程)."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import job_runs, store
from data.imports.history import undo
from errors import BadInput, Conflict, NotAllowed, StoreUnavailable
from jobs.bringing import launching, tasks, undoing
from jobs.bringing import uploads as upload_folder
from models.access import Role, User
from tests.data.imports.bringing import bring, bring_text, content, count, person
from tests.data.imports.test_kill import orders

pytestmark = pytest.mark.usefixtures("warm_imports")
CUSTOMERS = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"
CORRECTED = "客户编码,客户名称\nC1,厦门华南机电股份有限公司\nC3,广东恒通\n"
MANY = 20_000


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    monkeypatch.setattr(tasks, "FOLDER", folder)
    return folder


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def ada(engine: Engine) -> User:
    return person(engine, "ada", Role.ADMINISTRATOR)


def corrected(engine: Engine) -> int:
    """An import that added a customer and changed another; its number."""
    bring_text(engine, CUSTOMERS, "customers")
    return bring_text(engine, CORRECTED, "customers").batch_id or 0


def job(engine: Engine) -> job_runs.JobStatus:
    with store.reading(engine) as session:
        found = job_runs.status(session, undoing.KIND)
    assert found is not None
    return found


def settled(engine: Engine, token: str) -> undo.Preview | undo.Taken:
    tasks.wait(token)
    return undoing.result(url(engine), token)


def test_foreseen_and_taken_back_as_in_this_process(engine: Engine, uploads: Path) -> None:
    user, batch = ada(engine), corrected(engine)
    stored = content(engine)
    foreseen = settled(engine, undoing.foresee(url(engine), batch, user))
    assert foreseen == undo.preview(engine, batch, user)
    assert isinstance(foreseen, undo.Preview)
    assert (dict(foreseen.tables), foreseen.restored) == ({"customer": 1}, 1)
    assert content(engine) == stored
    assert settled(engine, undoing.start(url(engine), batch, user)) == undo.Taken(1, 1)
    assert (count(engine, "customer"), job(engine).state) == (2, "done")
    assert list(uploads.iterdir()) == []


def test_what_speaks_against_it_is_raised(sqlite_engine: Engine) -> None:
    user, batch = ada(sqlite_engine), corrected(sqlite_engine)
    foreseen = settled(sqlite_engine, undoing.foresee(url(sqlite_engine), 1, user))
    assert isinstance(foreseen, undo.Preview)
    assert foreseen.reasons == undo.preview(sqlite_engine, 1, user).reasons
    with pytest.raises(BadInput, match="undo_changed_by"):
        settled(sqlite_engine, undoing.start(url(sqlite_engine), 1, user))
    boss = person(sqlite_engine, "bo", Role.EXECUTIVE)
    with pytest.raises(NotAllowed):
        settled(sqlite_engine, undoing.start(url(sqlite_engine), batch, boss))
    assert job(sqlite_engine).state == "failed"
    assert count(sqlite_engine, "customer") == 3


def test_an_unreachable_store_is_told(sqlite_engine: Engine) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    token = undoing.foresee(nowhere, 1, ada(sqlite_engine))
    tasks.wait(token)
    with pytest.raises(StoreUnavailable):
        undoing.result(nowhere, token)


def test_whoever_comes_second_is_told(sqlite_engine: Engine) -> None:
    user, batch = ada(sqlite_engine), corrected(sqlite_engine)
    about = {"batch": 7, "who": "Bo"}
    number = job_runs.begin(sqlite_engine, undoing.KIND, about=about)
    with store.reading(sqlite_engine) as session:
        running = undoing.running(session)
    assert running is not None
    assert (running.batch, running.who) == (7, "Bo")
    with pytest.raises(Conflict, match="job_running"):
        undoing.start(url(sqlite_engine), batch, user)
    job_runs.end(sqlite_engine, number, "done")
    with store.reading(sqlite_engine) as session:
        assert undoing.running(session) is None
    assert settled(sqlite_engine, undoing.start(url(sqlite_engine), batch, user))


def until(token: str, step: str) -> None:
    """Wait for a step as the process itself tells it."""
    while (now := tasks.status(token)).step != step:
        assert not now.done, f"over before it came to {step}"
        time.sleep(0.002)


@pytest.mark.parametrize("way", ["cancelled", "killed"])
def test_stopped_while_it_writes_it_leaves_the_store_as_it_was(
    engine: Engine, uploads: Path, tmp_path: Path, way: str
) -> None:
    bring(engine, orders(tmp_path / "many.csv", MANY), "orders", create_customers=True)
    user, stored = ada(engine), content(engine)
    token = undoing.start(url(engine), 1, user)
    pid = json.loads((uploads / token / "pid.json").read_text())["pid"]
    until(token, "removing")
    if way == "cancelled":
        assert undoing.cancel(url(engine), token) is None
    else:
        os.kill(pid, signal.SIGKILL)
        tasks.wait(token)
        assert job(engine).state == "failed"
        with pytest.raises(BadInput, match="undo_died"):
            undoing.result(url(engine), token)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert content(engine) == stored
    assert job(engine).state == "stopped"
    assert list(uploads.iterdir()) == []
    with store.writing(engine):
        pass  # nobody holds the lock any more
    taken = settled(engine, undoing.start(url(engine), 1, user))
    assert taken == undo.Taken(MANY + MANY // 2 + 97, 0)


def test_a_foresight_that_is_stopped_leaves_nothing(
    engine: Engine, uploads: Path, tmp_path: Path
) -> None:
    bring(engine, orders(tmp_path / "many.csv", MANY), "orders", create_customers=True)
    user, stored = ada(engine), content(engine)
    token = undoing.foresee(url(engine), 1, user)
    until(token, "removing")
    assert undoing.cancel(url(engine), token) is None
    assert content(engine) == stored
    assert list(uploads.iterdir()) == []


def test_what_was_taken_back_without_a_word_is_told(sqlite_engine: Engine, uploads: Path) -> None:
    """Killed between the commit and the result: the store is asked, not the process."""
    user, batch = ada(sqlite_engine), corrected(sqlite_engine)
    token = undoing.start(url(sqlite_engine), batch, user)
    launching.running[uploads / token].wait()
    (uploads / token / upload_folder.RESULT).unlink()
    assert undoing.cancel(url(sqlite_engine), token) == undo.Taken(1, 1)
    token = undoing.start(url(sqlite_engine), 1, user)
    launching.running[uploads / token].wait()
    (uploads / token / upload_folder.RESULT).unlink()
    assert undoing.result(url(sqlite_engine), token) == undo.Taken(2, 0)
