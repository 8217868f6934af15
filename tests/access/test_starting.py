"""Starting the server (启动): one clear sentence where it cannot, a number where a page fails."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT
from tests.served import Server

pytestmark = pytest.mark.xdist_group("served")


def start(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the server's file with these environment variables until it ends."""
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEHU_")},
        "DATABASE_URL": f"sqlite:///{folder / 'kehu.db'}",
        "PYTHONPATH": str(ROOT),
        **changes,
    }
    return subprocess.run(
        [sys.executable, *(arguments or (str(ROOT / "asgi.py"),))],
        env=surroundings,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(tmp_path, KEHU_PORT=port)
    assert ended.returncode == 1
    assert f"port {port} is taken; choose another with KEHU_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unsafe_production_server_does_not_start(tmp_path: Path) -> None:
    ended = start(tmp_path, KEHU_PRODUCTION="1", KEHU_PORT="0")
    assert ended.returncode == 1
    assert "Kehu does not start" in ended.stderr
    assert "KEHU_HOSTS" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_older_store_is_not_opened(tmp_path: Path) -> None:
    script = (
        "import settings\n"
        "from data import migrate, store\n"
        "engine = store.open_store(settings.get().database_url)\n"
        "migrate.upgrade(engine)\n"
        "with engine.execution_options(write=True).begin() as connection:\n"
        "    connection.exec_driver_sql(\"update alembic_version set version_num = '0000'\")\n"
    )
    assert start(tmp_path, "-c", script).returncode == 0
    ended = start(tmp_path, KEHU_PORT="0")
    assert ended.returncode == 1
    assert "manage.py migrate" in ended.stderr


def test_a_failing_page_shows_a_number_and_the_log_the_rest(tmp_path: Path) -> None:
    script = (
        "from streamlit.testing.v1 import AppTest\n"
        "page = 'import asgi\\nassert asgi.on_script_error(ValueError(\"a secret detail\"))'\n"
        "test = AppTest.from_string(page, default_timeout=600).run()\n"
        "print('SHOWN', test.error[0].value.encode('unicode_escape').decode())\n"
    )
    ended = start(tmp_path, "-c", script)
    assert ended.returncode == 0, ended.stderr
    shown = next(line for line in ended.stdout.splitlines() if line.startswith("SHOWN"))
    assert "secret" not in shown
    number = next(line for line in ended.stderr.splitlines() if "incident " in line).split()[-1]
    assert number in shown
    assert "a secret detail" in ended.stderr


def test_the_log_holds_no_tokens(server: Server) -> None:
    token = server.begin("m01")
    server.ask("/", cookies={"kehu": token})
    server.ask("/_stcore/upload_file/some-session/file", "PUT", cookies={"kehu": token})
    log = server.log.read_text("utf-8", "replace")
    assert token not in log
    assert "some-session" not in log
    assert f"http://localhost:{server.port}" in log
    assert "boss" in log, "a demo store names its accounts"
