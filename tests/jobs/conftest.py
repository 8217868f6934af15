"""Commands in this process (进程内命令): on a store of the test's own, in English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

import settings
from jobs.bringing import tasks
from manage import app
from tests.jobs.commands import url


class Command(Protocol):
    """`manage.py` with these arguments, on this store."""

    def __call__(self, engine: Engine, *arguments: str, refresh: bool = False) -> Result: ...


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Command]:
    """Runs a command; figures are computed behind its back only where told."""
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def run(engine: Engine, *arguments: str, refresh: bool = False) -> Result:
        monkeypatch.setenv("DATABASE_URL", url(engine))
        monkeypatch.setenv("KEHU_AUTO_REFRESH", str(int(refresh)))
        settings.get.cache_clear()
        done = CliRunner().invoke(app, arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    yield run
    settings.get.cache_clear()
