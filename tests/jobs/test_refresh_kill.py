"""Refresh killed at any moment (中断演练): the snapshot is the old one or the new one, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from data import job_runs, policies, store
from jobs import refresh
from jobs.bench import stores
from models.system import JobRun
from settings import ROOT
from tests.jobs.test_refresh import content

SHARES = (0.25, 0.5, 0.7, 0.8, 0.9, 0.97)
"""Of the time a whole run takes: when to kill."""


def started(engine: Engine) -> subprocess.Popen[bytes]:
    number = job_runs.begin(engine, refresh.KIND)
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs.refresh", str(number), stores.AS_OF.isoformat()],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        start_new_session=True,
    )
    job_runs.beat(engine, number, pid=process.pid)
    return process


@pytest.mark.slow
def test_a_killed_refresh_leaves_a_whole_snapshot(sqlite_engine: Engine) -> None:
    engine = sqlite_engine
    stores.build(engine, 3000)
    refresh.run(engine, stores.AS_OF)
    old = content(engine)
    with store.writing(engine, facts=True) as session:
        policies.change(session, None, {"window.months": 6}, "half a year")
        session.execute(sa.text("update order_line set amount = amount + 7 where id % 3 = 0"))

    began = time.monotonic()
    refresh.run(engine, stores.AS_OF)
    seconds = time.monotonic() - began
    new = content(engine)
    assert new != old
    with store.writing(engine, facts=True) as session:  # back to where it came from
        policies.change(session, None, {"window.months": 12}, "a year")
        session.execute(sa.text("update order_line set amount = amount - 7 where id % 3 = 0"))
    refresh.run(engine, stores.AS_OF)
    wholes = {name: content(engine)[name] for name in old if name != "snapshot_run"}
    assert wholes == {name: rows for name, rows in old.items() if name != "snapshot_run"}

    with store.writing(engine, facts=True) as session:
        policies.change(session, None, {"window.months": 6}, "half a year again")
        session.execute(sa.text("update order_line set amount = amount + 7 where id % 3 = 0"))
    killed = 0
    for share in SHARES:
        process = started(engine)
        try:
            process.wait(timeout=seconds * share)
        except subprocess.TimeoutExpired:
            killed += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        found = content(engine)
        found.pop("snapshot_run")
        assert found in (wholes, {name: new[name] for name in wholes}), share
        with engine.connect() as connection:
            assert connection.exec_driver_sql("pragma quick_check").scalar_one() == "ok"
    assert killed >= 3, "the drill must have interrupted something"
    refresh.run(engine, stores.AS_OF)
    found = content(engine)
    found.pop("snapshot_run")
    assert found == {name: new[name] for name in wholes}
    with store.reading(engine) as session:
        states = session.exec(select(JobRun.state).order_by(JobRun.id)).all()
    assert states.count("stopped") >= killed - 1, "the last may have been written in full"
    assert states[-1] == "done"
