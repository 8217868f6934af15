"""Processes forked by one that is ready (预热进程): as bounded and as separate as any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from jobs.bringing import launching, tasks, uploads
from jobs.bringing.warm import Forked, Warm
from settings import ROOT
from tests.data.imports.bringing import count
from tests.jobs.test_imports import many, until, url

CUSTOMERS = "客户编码,客户名称\nC{n},厦门华南机电有限公司{n}\n"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Warm]:
    """A warm process of this test alone, which may come to harm."""
    own = Warm()
    monkeypatch.setattr(launching, "_warm", [own])
    yield own
    own.close()


def begun(engine: Engine, content: bytes, **more: int) -> str:
    token = tasks.keep(content)
    tasks.start(url(engine), token, tasks.Task(Plan(), "a.csv", **more))
    return token


def test_many_files_need_one_warm_process(sqlite_engine: Engine, warm: Warm, folder: Path) -> None:
    seen = set()
    for n in range(3):
        token = begun(sqlite_engine, CUSTOMERS.format(n=n).encode())
        process = launching.running[folder / token]
        assert isinstance(process, Forked)
        assert os.getsid(process.pid) == process.pid, "a session of its own, from the beginning"
        seen.add(Path(f"/proc/{process.pid}/stat").read_text().split(") ")[1].split()[1])
        tasks.wait(token)
        assert tasks.report(url(sqlite_engine), token).outcome is Outcome.COMMITTED
        tasks.forget(token)
    assert warm._process is not None
    assert seen == {str(warm._process.pid)}
    assert count(sqlite_engine, "customer") == 3


def test_each_has_its_own_limits(sqlite_engine: Engine, warm: Warm, folder: Path) -> None:
    token = begun(sqlite_engine, many(20_000), nice=3)
    pid = launching.running[folder / token].pid
    until(token, "matching")
    limits = Path(f"/proc/{pid}/limits").read_text("utf-8")
    assert f" {launching.MEMORY_BYTES} " in limits.split("Max address space")[1].split("\n")[0]
    assert f" {launching.OPEN_FILES} " in limits.split("Max open files")[1].split("\n")[0]
    assert os.getpriority(os.PRIO_PROCESS, pid) == 3
    assert tasks.cancel(url(sqlite_engine), token) is None
    assert warm._process is not None
    own = Path(f"/proc/{warm._process.pid}/limits").read_text("utf-8")
    assert f" {launching.MEMORY_BYTES} " not in own
    assert os.getpriority(os.PRIO_PROCESS, warm._process.pid) == 0
    assert count(sqlite_engine, "customer") == 0


def test_how_it_ended_is_known(sqlite_engine: Engine, warm: Warm) -> None:
    token = begun(sqlite_engine, many(200_000), seconds=1)
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).reasons == {"took_too_long": 1}
    token = begun(sqlite_engine, many(200_000))
    os.kill(launching.running[tasks.folder_of(token)].pid, signal.SIGKILL)
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).reasons == {"reader_died": 1}
    assert warm.code_of(10**9, wait=False) is None, "it lives; of that one it knows nothing"


def test_the_warm_one_may_die(sqlite_engine: Engine, warm: Warm) -> None:
    """What it forked goes on and is followed; the next is started cold."""
    token = begun(sqlite_engine, many(8_000))
    until(token, "matching")
    assert warm._process is not None
    warm._process.kill()
    warm._process.wait()
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).rows_added == 8_000
    token = begun(sqlite_engine, CUSTOMERS.format(n=1).encode())
    assert not isinstance(launching.running[tasks.folder_of(token)], Forked)
    tasks.wait(token)
    assert tasks.report(url(sqlite_engine), token).rows_added == 1


def test_it_goes_with_whoever_started_it() -> None:
    program = (
        "import os, signal; from pathlib import Path; from jobs.bringing.warm import Warm\n"
        "warm = Warm(); warm.start('none', Path('.'), os.environ)\n"
        "print(warm._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}/stat").exists():
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        assert time.monotonic() < deadline, "it outlives its command"
        time.sleep(0.02)


def test_it_runs_nothing_but_our_own(warm: Warm, tmp_path: Path) -> None:
    (tmp_path / uploads.TASK).write_text(json.dumps({}), "utf-8")
    forked = warm.start("this", tmp_path, os.environ)
    assert forked is not None
    assert forked.wait() == 1
    with launching.warm():  # one is there already
        assert launching._warm == [warm]
    assert launching._warm == [warm]


def test_what_is_begun_while_it_is_told_to_stop_does_not_go_on(
    sqlite_engine: Engine, warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between the order and its answer."""

    def stopped(_self: Warm) -> int | None:
        raise SystemExit(130)

    monkeypatch.setattr(Warm, "_next", stopped)
    token = tasks.keep(many(20_000))
    with pytest.raises(SystemExit):
        tasks.start(url(sqlite_engine), token, tasks.Task(Plan(), "a.csv"))
    deadline = time.monotonic() + 20
    while not warm._codes:
        warm.code_of(10**9, wait=False)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list(warm._codes.values()) == [-signal.SIGKILL]
    assert count(sqlite_engine, "customer") == 0


def test_one_thread_waits_while_another_begins(sqlite_engine: Engine, warm: Warm) -> None:
    token = begun(sqlite_engine, many(8_000))
    process = launching.running[tasks.folder_of(token)]
    waiting = threading.Thread(target=process.wait, daemon=True)
    waiting.start()
    other = begun(sqlite_engine, CUSTOMERS.format(n=1).encode())
    for each in (other, token):
        tasks.wait(each)
        assert tasks.report(url(sqlite_engine), each).stored
    waiting.join(20)
    assert not waiting.is_alive()
    assert warm.code_of(process.pid, wait=False) == 0
