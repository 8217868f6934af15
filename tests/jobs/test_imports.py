"""Imports in their own process (导入进程), and the command over them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.plan import Plan
from data.imports.report import Outcome
from data.imports.undo import undo
from errors import BadInput, NotFound, StoreUnavailable
from jobs import imports as work
from models.access import Role
from settings import ROOT
from tests.data.imports.bringing import count, person

CUSTOMERS = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    monkeypatch.setattr(work, "FOLDER", folder)
    return folder


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_an_upload_is_looked_at_imported_and_removed(sqlite_engine: Engine, uploads: Path) -> None:
    token = work.keep(CUSTOMERS.encode("gb18030"))
    seen = work.look(url(sqlite_engine), token, work.Task(Plan(), "a.csv", look_only=True))
    assert (seen.kind, seen.encoding) == ("customers", "GB18030")
    assert seen.rows[0] == (2, ("C1", "厦门华南机电有限公司"))
    work.start(url(sqlite_engine), token, work.Task(Plan(), "../a.csv"))
    work.wait(token)
    report = work.report(token)
    assert (report.outcome, report.file_name) == (Outcome.COMMITTED, "a.csv")
    assert not (uploads / token / "upload").exists()
    work.forget(token)
    assert list(uploads.iterdir()) == []


def test_who_asks_is_asked_again(sqlite_engine: Engine) -> None:
    amy = person(sqlite_engine, "amy", Role.EXECUTIVE)
    token = work.keep(CUSTOMERS.encode())
    work.start(url(sqlite_engine), token, work.Task(Plan(), "a.csv", user_id=amy.id))
    work.wait(token)
    assert work.report(token).reasons == {"kind_not_allowed": 1}
    work.start(url(sqlite_engine), token := work.keep(b"x"), work.Task(Plan(), "a", user_id=99))
    work.wait(token)
    assert work.report(token).reasons == {"user_gone": 1}
    assert count(sqlite_engine, "customer") == 0


def test_tokens_are_no_paths() -> None:
    for token in ("../../etc", "", "A" * 32, "0" * 31):
        with pytest.raises(NotFound):
            work.status(token)


def test_a_process_that_dies_is_a_refusal(sqlite_engine: Engine) -> None:
    lines = "".join(f"K{n},客户{n}\n" for n in range(200_000))
    token = work.keep(("客户编码,客户名称\n" + lines).encode())
    work.start(url(sqlite_engine), token, work.Task(Plan(), "a.csv", seconds=1))
    work.wait(token)
    assert work.report(token).reasons == {"took_too_long": 1}
    assert count(sqlite_engine, "customer") == 0


def test_an_unreachable_store_is_told() -> None:
    token = work.keep(CUSTOMERS.encode())
    work.start("postgresql+psycopg://nobody@127.0.0.1:1/none", token, work.Task(Plan(), "a.csv"))
    work.wait(token)
    with pytest.raises(StoreUnavailable):
        work.report(token)


def manage(engine: Engine, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url(engine), "LANG": "en_US.UTF-8", "LC_ALL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_how_it_ended(sqlite_engine: Engine, tmp_path: Path) -> None:
    good, bad, strange = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "strange.csv"
    good.write_text(CUSTOMERS, "utf-8")
    bad.write_text(CUSTOMERS + "C3,\n", "utf-8")
    strange.write_bytes(b"\x89PNG\r\n\x1a\n")
    done = manage(sqlite_engine, "import", "customers", str(good), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["rows_added"] == 2
    refused = tmp_path / "rejects.csv"
    done = manage(sqlite_engine, "import", "auto", str(bad), "--rejects", str(refused))
    assert done.returncode == 1
    assert "this must be filled" in done.stderr
    assert refused.read_text("utf-8-sig").splitlines()[1].startswith("C3,,4,")
    assert manage(sqlite_engine, "import", "customers", str(strange)).returncode == 2
    assert manage(sqlite_engine, "import", "nonsense", str(good)).returncode == 2
    assert manage(sqlite_engine, "import", "customers", str(tmp_path / "none")).returncode == 2
    assert count(sqlite_engine, "customer") == 2
    assert manage(sqlite_engine, "undo", "1").returncode == 0
    assert manage(sqlite_engine, "undo", "1").returncode == 2
    assert count(sqlite_engine, "customer") == 0
    with pytest.raises(BadInput):
        undo(sqlite_engine, 1, None)
