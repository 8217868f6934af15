"""The fifteen facts about Streamlit and its login package, each answered here by name.

They were measured on the versions we pin: what an app gets wrong that follows the usual
recipes. Facts 10 and 11 (files that eat the machine) are tried in tests/data/imports,
where the reader is.
"""

from __future__ import annotations

import ast
import re
import socket
import statistics
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.scriptrunner import RerunException, StopException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from components.serving.gate import Gate
from data import accounts, demo_accounts, selfcheck, sessions, signin, store
from models.access import Role
from models.customers import Customer
from models.people import AppUser, SignInAttempt
from settings import ROOT
from tests.served import Server
from tests.wire import Tab, refused
from words.text import md_escape

pytestmark = pytest.mark.xdist_group("served")


def sources(*rooms: str) -> dict[str, str]:
    files = [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}


def label(tab: Tab, kind: str, words: str) -> str:
    return next(str(one.id) for one in tab.elements(kind) if one.label == words)


def test_fact_01_a_live_session_checks_the_user_at_every_run(server: Server) -> None:
    """Rerun, callback and fragment of an open tab end with the account."""
    accounts.create(
        server.engine, None, login="gone", name="Gone", role=Role.SERVICE, password="for a moment"
    )
    with Tab(server, server.cookies_of("gone")) as tab:
        assert "Change password" in tab.run("account")
        button = label(tab, "button", "Sign out everywhere")
        accounts.set_active(server.engine, None, "gone", False)
        for more in ({}, {"widgets": {button: "click"}}, {"fragment": "any"}, {"auto": True}):
            said = tab.run("account", **more)
            assert "Please sign in to continue." in said
            assert "Change password" not in said


def test_fact_02_a_copied_cookie_dies_with_its_sign_in(server: Server) -> None:
    """Replays after signing out, a new password and disabling open nothing."""
    accounts.create(
        server.engine, None, login="copied", name="C", role=Role.SERVICE, password="for a moment"
    )

    def sign_out(jar: dict[str, str]) -> None:
        assert server.post("/auth/sign-out", {}, cookies=jar).status == 303

    def new_password(_jar: dict[str, str]) -> None:
        accounts.reset_password(server.engine, None, "copied")

    def disable(_jar: dict[str, str]) -> None:
        accounts.set_active(server.engine, None, "copied", False)

    for end in (sign_out, new_password, disable):
        jar = server.cookies_of("copied")
        assert server.ask("/", cookies=jar).status == 200
        end(dict(jar))
        assert server.ask("/", cookies=jar).status == 303
        assert refused(server, cookies=jar) == 403


def test_fact_03_a_session_id_is_worth_nothing_to_another_browser(server: Server) -> None:
    """Nobody takes a tab over by its id: without a sign-in, or under another one."""
    with Tab(server, server.cookies_of("boss")) as victim:
        assert "boss" in victim.run("account")
        stolen = victim.session_id
        assert len(stolen) > 20
        assert refused(server, session=stolen) == 403
        with Tab(server, server.cookies_of("m01"), session=stolen) as thief:
            said = thief.run("account")
            assert thief.session_id != stolen
            assert "m01" in said
            assert "boss" not in said
        forged = {"x-kehu-sign-in": sessions.digest(victim.cookies["kehu"])}
        with Tab(server, server.cookies_of("m01"), session=stolen, headers=forged) as thief:
            assert "boss" not in thief.run("account")
            assert thief.session_id != stolen
        assert "boss" in victim.run("account"), "the victim goes on"
    with Tab(server, victim.cookies, session=stolen) as back:
        back.run("account")
        assert back.session_id == stolen, "the same sign-in may come back"


def test_fact_04_no_edited_table_is_ever_saved(server: Server) -> None:
    """No data_editor anywhere, and a forged choice changes nothing it must not."""
    for name, source in sources("pages", "components").items():
        assert not re.search(r"\bdata_editor\s*\(", source), name
    with Tab(server, server.cookies_of("m01")) as tab:
        said = tab.run("users", query="user=m02")
        assert "Add user" not in said
        assert not tab.elements("arrow_data_frame")
    with Tab(server, server.cookies_of("root")) as tab:
        tab.run("users", query="user=m02")
        role, save = label(tab, "selectbox", "Role"), label(tab, "button", "Save role")
        tab.run("users", query="user=m02", widgets={role: "superuser", save: "click"})
    with store.reading(server.engine) as session:
        found = session.execute(sa.select(AppUser.role).where(AppUser.login == "m02"))
        assert found.scalar_one() is Role.ACCOUNT_MANAGER


def test_fact_05_a_stranger_cannot_fill_the_memory(server: Server) -> None:
    """An upload is refused by its head alone: no sign-in, not one's own session, too large."""
    path = "/_stcore/upload_file/{}/file"
    large = {"Content-Length": str(150 * 1024 * 1024), "X-Xsrftoken": "x"}

    def head(session_id: str, cookie: str) -> str:
        """Send the head of a large upload only, and read the answer."""
        lines = [f"PUT {path.format(session_id)} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}"]
        lines += [f"{name}: {value}" for name, value in large.items()]
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            return line.recv(200).decode().split(" ")[1]

    with Tab(server, server.cookies_of("boss")) as victim:
        victim.run("account")
        own = f"kehu={victim.cookies['kehu']}"
        other = f"kehu={server.begin('m01')}"
        assert head(victim.session_id, "_streamlit_xsrf=x") == "401"
        assert head(victim.session_id, other) == "403"
        assert head("no-such-session", own) == "403"
        assert head(victim.session_id, own) == "413"
        small = server.ask(
            path.format(victim.session_id), "PUT", cookies=victim.cookies, body=b"x" * 1000
        )
        assert (small.status, "XSRF" in small.body) == (403, True), "passed on to Streamlit"


def test_fact_06_exports_are_for_the_signed_in_and_built_on_click(server: Server) -> None:
    """/media needs a live sign-in, is never cached, and nothing publishes at drawing time."""
    jar = server.cookies_of("m01")
    assert server.ask("/media/0123.csv").status == 401
    assert (
        server.ask("/media/0123.csv", cookies=jar).headers["cache-control"] == "private, no-store"
    )
    accounts.sign_out(server.engine, jar["kehu"])
    assert server.ask("/media/0123.csv", cookies=jar).status == 401
    buttons = 0
    for name, source in sources("pages", "components").items():
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.download_button":
                buttons += 1
                named = [word.value for word in call.keywords if word.arg == "data"]
                data = ast.unparse([*named, *call.args[1:]][0])
                assert data.startswith("tables.deferred("), f"{name}: built when drawn"
    assert buttons > 3


def test_fact_07_nobody_can_empty_the_caches_of_all(server: Server) -> None:
    """clear_cache never reaches Streamlit, and nothing that protects lies in its caches."""
    gate = Gate(lambda *_: None, who=lambda _: None, touch=lambda _: None, cookie="k", upload_mb=1)
    message = BackMsg(clear_cache=True)
    assert gate._examine(message.SerializeToString(), "any") == (None, False)
    with Tab(server, server.cookies_of("m01")) as tab:
        tab.run("account")
        tab.send(message)
        assert "Change password" in tab.run("account")
    cached = [name for name, text in sources("data").items() if re.search(r"@st\.cache", text)]
    assert cached == ["data/load.py"]


def test_fact_08_guessing_is_slowed_in_the_store_and_locks_nobody_out(server: Server) -> None:
    """Six wrong words, then the right one: refused, for a bounded time, also after a restart."""
    for number in range(6):
        signin.sign_in(server.engine, "m06", f"guess {number}", source="203.0.113.1")
    fresh = store.open_store(server.engine.url.render_as_string(hide_password=False))
    word = demo_accounts.DEMO_PASSWORD
    found = signin.sign_in(fresh, "m06", word, source="203.0.113.2")
    fresh.dispose()
    assert isinstance(found, signin.Refusal)
    assert 1 <= found.wait <= 300
    with store.writing(server.engine, revises=False) as session:
        session.execute(sa.delete(SignInAttempt).where(SignInAttempt.login == "m06"))


def test_fact_09_a_flood_of_sign_ins_leaves_the_others_alone(server: Server) -> None:
    """While forty passwords are tried at once, everybody else gets their answer."""
    csrf, jar = server.sign_in_form()
    statuses: list[int] = []

    def flood(number: int) -> None:
        fields = {"login": f"flood{number}", "password": "wrong", "csrf": csrf}
        statuses.append(server.post("/auth/sign-in", fields, cookies=jar).status)

    threads = [threading.Thread(target=flood, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    waits, began = [], time.monotonic()
    while any(thread.is_alive() for thread in threads):
        start = time.monotonic()
        assert server.ask("/healthz").status == 200
        waits.append(time.monotonic() - start)
    assert statistics.median(waits) < (time.monotonic() - began) / 4, "they wait for the flood"
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) <= 30, "and the source is limited"
    with store.writing(server.engine, revises=False) as session:
        session.execute(sa.delete(SignInAttempt).where(SignInAttempt.login.startswith("flood")))


@pytest.mark.parametrize("interruption", [StopException(), RerunException(RerunData())])
def test_fact_12_a_click_elsewhere_stores_all_or_nothing(
    engine: Engine, interruption: BaseException
) -> None:
    """Streamlit stops a script by an exception `except Exception` does not catch."""

    def half_an_import() -> None:
        with store.writing(engine) as session:
            for number in range(50):
                session.add(Customer(code=f"K{number}", name="half of an import"))
            session.flush()
            raise interruption

    with pytest.raises(type(interruption)):
        half_an_import()
    with store.reading(engine) as session:
        assert session.execute(sa.select(Customer)).first() is None


@pytest.mark.parametrize(
    "statement",
    [
        "insert into user_session (token_hash, user_id, auth_version, created_at, expires_at,"
        " last_seen_at, browser)"
        " values ('x', 999, 1, '2026-11-22', '2026-11-22', '2026-11-22', '')",
        "update app_user set role = 'superuser'",
        "update app_user set login = 'UPPER'",
        "update app_user set login = ''",
    ],
)
def test_fact_13_the_store_itself_refuses_nonsense(people: Engine, statement: str) -> None:
    """SQLModel tables do not validate; constraints do, on SQLite too."""
    with pytest.raises(sa.exc.IntegrityError), people.begin() as connection:
        connection.execute(sa.text(statement))


def test_fact_14_a_stored_name_calls_nobody(server: Server) -> None:
    """A user named like a picture is shown letter by letter; the policy would stop it anyway."""
    evil = "![b](http://127.0.0.1:9/x)"
    accounts.create(
        server.engine, None, login="evil", name=evil, role=Role.SERVICE, password="for a moment"
    )
    with Tab(server, server.cookies_of("evil")) as tab:
        tab.run("account")
        drawn = [one.body for one in tab.elements("markdown")]
        assert any(md_escape(evil) in body for body in drawn)
        assert not any("![b](" in body for body in drawn)
    policy = server.ask("/", cookies=server.cookies_of("m01")).headers["content-security-policy"]
    assert "img-src 'self' data: blob:;" in policy
    assert "connect-src 'self';" in policy
    accounts.set_active(server.engine, None, "evil", False)


def test_fact_15_no_forced_collection_after_every_run() -> None:
    """The option is set where it is read, and the self-check insists on it."""
    assert selfcheck.configured("runner.postScriptGC") is False
    assert "runner.postScriptGC" in selfcheck._PRODUCTION
    assert "gc.freeze()" in Path(ROOT / "asgi.py").read_text("utf-8")
