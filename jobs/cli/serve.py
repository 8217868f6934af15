"""`manage.py serve`: start the server and say where it is (启动服务)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

import settings
from data import demo_accounts, migrate, store
from jobs.cli.console import complain, say

app = typer.Typer()


@app.command()
def serve(
    port: Annotated[int, typer.Option(envvar="KEHU_PORT", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option(envvar="KEHU_ADDRESS")] = "127.0.0.1",
) -> None:
    """Serve Kehu until stopped; the store is made at the first start."""
    engine = store.open_store(settings.get().database_url)
    if migrate.current(engine) is None:
        migrate.upgrade(engine)
    with store.reading(engine) as session:
        demo = demo_accounts.shown(session)
    engine.dispose()
    shown = "localhost" if address in {"127.0.0.1", "0.0.0.0", "::"} else address  # noqa: S104
    say(f"Kehu: http://{shown}:{port}")
    if demo:
        say(f"Demo store, password {demo_accounts.DEMO_PASSWORD}:")
        for account in demo:
            say(f"  {account.login:<8} {account.role.value:<18} {account.name}")
    command = [sys.executable, str(settings.ROOT / "asgi.py")]
    surroundings = {**os.environ, "KEHU_PORT": str(port), "KEHU_ADDRESS": address}
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, surroundings)  # noqa: S606  (one process, one pid)
    finished = subprocess.run(command, env=surroundings, check=False)  # noqa: S603
    if finished.returncode:
        complain(f"The server ended with code {finished.returncode}.")
    raise typer.Exit(finished.returncode)
