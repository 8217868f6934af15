"""Commands started as people start them (命令进程), and what they are doing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from settings import ROOT

UPLOADS = ROOT / "var" / "uploads"
"""Where commands in processes of their own hand files over."""


def url(engine: Engine) -> str:
    """The store's address, password and all."""
    return engine.url.render_as_string(hide_password=False)


def started(engine: Engine, *arguments: str) -> subprocess.Popen[str]:
    """Begin a command; no figures are computed behind its back.

    A shell has what it runs behind its back ignore SIGINT; a command a person started does not.
    """
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url(engine), "KEHU_AUTO_REFRESH": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_until(
    seen: Callable[[], bool], process: subprocess.Popen[str] | None, *, may_end: bool = False
) -> None:
    """Stay until something is so; a command that ends before it has failed the test."""
    for _look in range(12_000):
        if seen():
            return
        if process is not None and process.poll() is not None:
            assert may_end or seen(), f"ended with {process.returncode}"
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def uploads_of(path: Path) -> list[Path]:
    """The hand-over folders of imports of this file."""
    found = []
    for task in UPLOADS.glob("*/task.json"):
        try:
            plain = json.loads(task.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            continue
        if plain["path"] == str(path.resolve()) and not plain["look_only"]:
            found.append(task.parent)
    return found


def at_work(path: Path) -> set[str]:
    """Names of the files that imports of this file have left so far."""
    return {file.name for folder in uploads_of(path) for file in folder.glob("*.json")}


def many_customers(n: int = 100_000) -> str:
    """A sheet that takes a while."""
    return "客户编码,客户名称\n" + "".join(f"K{k},客户{k}\n" for k in range(n))
