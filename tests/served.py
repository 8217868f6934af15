"""A real server for tests (真实服务): started cold once per session, ended by its pid.

It serves a demo store with the demo accounts, two real accounts and two customers, so
that browsers and raw clients can be tried on it. `server` is a fixture of the access and
the browser tests; both get the same process.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import Engine

from data import demo_accounts, migrate, sessions, signin, store
from models.access import Role
from models.customers import Customer
from models.people import AppUser
from models.system import StoreState
from settings import ROOT

HIDDEN = "Hidden Harbour Trading"
"""Name of a customer of m02 that m01 must never see."""


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: str
    cookies: dict[str, str]

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass
class Server:
    """The running server and its store."""

    port: int
    engine: Engine
    process: subprocess.Popen[bytes]
    log: Path
    stopped: list[bool] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request, exactly as written; redirects are not followed."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = dict(headers or {})
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        line.request(method, path, body=body, headers=sent)
        response = line.getresponse()
        said = response.read().decode("utf-8", "replace")
        found = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
        line.close()
        given = dict(one.split(";")[0].split("=", 1) for one in found)
        lower = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lower, said, given)

    def post(self, path: str, fields: dict[str, str], **more: dict[str, str]) -> Answer:
        """Post a form."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            **more.get("headers", {}),
        }
        body = urllib.parse.urlencode(fields).encode()
        return self.ask(path, "POST", cookies=more.get("cookies"), headers=headers, body=body)

    def sign_in_form(self) -> tuple[str, dict[str, str]]:
        """A fresh form: its CSRF token and cookies."""
        page = self.ask("/auth/sign-in")
        found = re.search(r'name="csrf" value="([^"]+)"', page.body)
        assert found is not None
        return found[1], page.cookies

    def begin(self, login: str) -> str:
        """The token of a new sign-in, without the password form."""
        with store.writing(self.engine, revises=False) as session:
            user = signin._who_may(session, login)
            assert user is not None, login
            return sessions.start(session, user, "a test")

    def cookies_of(self, login: str) -> dict[str, str]:
        """The session cookie of a new sign-in."""
        return {"kehu": self.begin(login)}

    def stop(self) -> None:
        """End the process this test run started, and only it."""
        if self.stopped:
            return
        self.stopped.append(True)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.engine.dispose()
        shutil.rmtree(self.log.parent, ignore_errors=True)


def seed(engine: Engine) -> None:
    """Demo accounts in a demo store, two real accounts, a customer each of m01 and m02."""
    migrate.upgrade(engine)
    with store.writing(engine) as session:
        ids = demo_accounts.add(session)
        borrowed = session.get_one(AppUser, ids["admin"]).password_hash
        for login, role in (("root", Role.ADMINISTRATOR), ("leaver", Role.EXECUTIVE)):
            session.add(AppUser(login=login, name=login.title(), role=role, password_hash=borrowed))
        for code, name, login in (("K1", "Open Ocean", "m01"), ("K2", HIDDEN, "m02")):
            session.add(Customer(code=code, name=name, owner_id=ids[login]))
    with store.writing(engine) as session:
        session.get_one(StoreState, 1).is_demo = True


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@cache
def running() -> Server:
    """Start the server on a seeded store; ready when /healthz says so."""
    folder = Path(mkdtemp(prefix="kehu-served-"))
    engine = store.open_store(f"sqlite:///{folder / 'kehu.db'}")
    seed(engine)
    return serve(folder, engine)


def serve(folder: Path, engine: Engine, **changes: str) -> Server:
    """Start the server on the SQLite store `folder`/kehu.db, with these variables."""
    address = f"sqlite:///{folder / 'kehu.db'}"
    port, log = free_port(), folder / "server.log"
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEHU_")},
        "DATABASE_URL": address,
        "KEHU_PORT": str(port),
        **changes,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            env=surroundings,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(port, engine, process, log)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.ask("/healthz").status == 200:
                return server
        except OSError:
            time.sleep(0.1)
    said = log.read_text("utf-8", "replace")
    server.stop()
    raise AssertionError(f"the server did not start:\n{said}")


def serve_copy(store_file: Path, request: pytest.FixtureRequest, **changes: str) -> Server:
    """Serve a copy of a SQLite store until the session ends."""
    folder = Path(mkdtemp(prefix="kehu-copy-served-"))
    shutil.copy(store_file, folder / "kehu.db")
    found = serve(folder, store.open_store(f"sqlite:///{folder / 'kehu.db'}"), **changes)
    request.config.add_cleanup(found.stop)
    return found


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """The one server of this session."""
    found = running()
    request.config.add_cleanup(found.stop)
    return found
