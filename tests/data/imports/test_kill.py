"""Killed in the middle (强行中断): an import ended by SIGKILL leaves all of its rows or none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.report import Outcome
from settings import ROOT
from tests.data.imports.bringing import bring, content, count

ROWS = 10_000
KILLS = 4
PROGRAM = """
import sys
from datetime import date
from pathlib import Path
import settings
from data import store
from data.imports import engine
from data.imports.plan import Plan
from data.imports.request import Request
def tell(step, share):
    print(step, flush=True)
opened = store.open_store(settings.get().database_url)
engine.run(opened, Request(Path(sys.argv[1]), Plan(kind="customers"), date(2026, 11, 22)), tell)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_rows_or_none(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    lines = "".join(f"K{n:06},客户{n},某市\n" for n in range(ROWS))
    path.write_text("客户编码,客户名称,城市\n" + lines, "utf-8")
    before = content(engine)
    chance = random.Random(7)  # noqa: S311
    for _kill in range(KILLS):
        _kill_while_writing(engine, path, chance.uniform(0, 0.4))
        engine.dispose()
        assert count(engine, "customer") in (0, ROWS)
        assert _whole(engine)
        if count(engine, "customer"):
            return
        assert content(engine) == before
    report = bring(engine, path)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, ROWS)


def _kill_while_writing(engine: Engine, path: Path, later: float) -> None:
    """Start the import in a process and end it a moment after it began to write."""
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() in ("writing", "comparing"):
            break
    time.sleep(later)
    process.kill()
    process.wait()


def _whole(engine: Engine) -> bool:
    if not store.is_sqlite(engine):
        return True
    with engine.connect() as connection:
        return connection.execute(sa.text("pragma integrity_check")).scalar_one() == "ok"
