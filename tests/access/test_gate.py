"""The gate (门禁), on a real server: strangers get the sign-in page or a refusal, nothing else."""

from __future__ import annotations

import json
import urllib.parse

import pytest
import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg

from components import menu
from data import accounts, audit, demo_accounts, sessions, store
from models.access import Role
from models.people import UserSession
from tests.served import HIDDEN, Server
from tests.wire import Tab, refused

pytestmark = pytest.mark.xdist_group("served")

PAGES = ["/", *(f"/{screen.url_path}" for screen in menu.SCREENS.values())]
DEEP = [
    "/customer?id=K1",
    "/receivables?as_of=2026-11-21&owner=m01",
    "/no/such/page",
    "/users/",
    "/pages/admin/users.py",
    "/app.py",
]
CLOSED = [
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/allowed-message-origins",
    "/media/0123456789abcdef.csv",
    "/component/anything/index.html",
    "/static/js/index.js",
    "/app/static/x.png",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
]
NEVER = [
    "/_stcore/metrics",
    "/_stcore/metrics/",
    "/_stcore/agent",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
]


@pytest.mark.parametrize("path", PAGES + DEEP)
def test_a_stranger_is_led_to_sign_in_and_back(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 303
    assert answer.body == ""
    where = urllib.parse.urlsplit(answer.location)
    assert where.path == "/auth/sign-in"
    wanted = urllib.parse.parse_qs(where.query).get("next", ["/"])[0]
    assert wanted == path
    page = server.ask(answer.location)
    assert page.status == 200
    assert "<script" not in page.body
    assert HIDDEN not in page.body


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_gets_nothing_else(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status in {303, 401}
    assert len(answer.body) < 40


@pytest.mark.parametrize("path", NEVER)
@pytest.mark.parametrize("login", ["", "admin"])
def test_some_paths_exist_for_nobody(server: Server, path: str, login: str) -> None:
    cookies = server.cookies_of(login) if login else {}
    for method in ("GET", "POST"):
        assert server.ask(path, method, cookies=cookies).status == 404


@pytest.mark.parametrize("path", [*PAGES, "/_stcore/upload_file/a/b", "/auth/sign-in"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_other_methods_reach_nothing(server: Server, path: str, method: str) -> None:
    answer = server.ask(path, method)
    assert answer.status in {400, 401, 403, 405}
    assert "stApp" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py",
        "/%2e%2e/settings.py",
        "/..%2f..%2fsettings.py",
        "/auth/assets/../../settings.py",
        "/auth/assets/%2e%2e%2fapp.py",
        "/auth/assets/sign_in.css",
        "/auth/assets/",
        "/auth/assets/x/y",
        "//evil.example/",
        "/\\evil.example",
        "/%00",
        "/_stcore%2fmetrics",
        "/%5fstcore/metrics",
        "/_STCORE/metrics",
        "/;/users",
    ],
)
def test_odd_paths_reach_nothing(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status in {303, 400, 401, 404}
    assert "DATABASE_URL" not in answer.body
    if answer.status == 303:
        assert answer.location.startswith("/auth/sign-in")


def test_the_websocket_needs_a_live_sign_in(server: Server) -> None:
    live = server.cookies_of("m01")
    dead = server.cookies_of("m01")
    accounts.sign_out(server.engine, dead["kehu"])
    assert refused(server) == 403
    assert refused(server, cookies={"kehu": "x" * 43}) == 403
    assert refused(server, cookies=dead) == 403
    assert refused(server, cookies={"KEHU": live["kehu"]}) == 403
    assert refused(server, headers={"x-kehu-sign-in": sessions.digest(live["kehu"])}) == 403
    assert refused(server, path=f"/_stcore/stream?kehu={live['kehu']}") == 403
    assert refused(server, cookies=live) == 101


def test_other_sites_open_no_websocket(server: Server) -> None:
    live = server.cookies_of("m01")
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        assert refused(server, cookies=live, origin=origin) == 403


def test_a_signed_in_page_runs(server: Server) -> None:
    with Tab(server, server.cookies_of("admin")) as tab:
        said = tab.run("account")
    assert "admin" in said
    assert not tab.elements("exception")


def test_the_first_page_speaks_the_readers_language(server: Server) -> None:
    cookies = server.cookies_of("m03")
    for header, tag in (("zh-CN,zh;q=0.9", "zh-CN"), ("zh-TW", "zh-TW"), ("de-DE,en;q=0.5", "en")):
        page = server.ask("/", cookies=cookies, headers={"Accept-Language": header})
        assert f'<html lang="{tag}">' in page.body
        assert "<title>Streamlit</title>" not in page.body
        assert "agent/openapi.json" not in page.body
        assert "<script>" not in page.body, "no inline script, so none needs allowing"


def test_every_answer_carries_the_headers(server: Server) -> None:
    cookies = server.cookies_of("m03")
    for path, jar in (
        ("/", {}),
        ("/", cookies),
        ("/auth/sign-in", {}),
        ("/media/x", cookies),
        ("/healthz", {}),
        ("/_stcore/health", cookies),
    ):
        headers = server.ask(path, cookies=jar).headers
        policy = headers["content-security-policy"]
        scripts = next((part for part in policy.split(";") if "script-src" in part), "")
        assert "unsafe-inline" not in scripts
        assert "unsafe-eval'" not in scripts.replace("wasm-unsafe-eval'", "")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers.get("access-control-allow-origin", "") in {"", server.url}


def test_scripts_are_sent_compressed_and_the_same(server: Server) -> None:
    cookies = server.cookies_of("m03")
    page = server.ask("/", cookies=cookies).body
    path = page.split('src="./static/js/')[1].split('"')[0]
    plain = server.ask(f"/static/js/{path}", cookies=cookies)
    first = server.ask(f"/static/js/{path}", cookies=cookies, headers={"Accept-Encoding": "gzip"})
    again = server.ask(f"/static/js/{path}", cookies=cookies, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert first.headers["content-encoding"] == again.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) < len(plain.body.encode()) / 2


def test_health_tells_nothing_but_health(server: Server) -> None:
    answer = server.ask("/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})


# Signing in over HTTP


def test_signing_in_leads_where_one_wanted_to_go(server: Server) -> None:
    csrf, jar = server.sign_in_form()
    answer = server.post(
        "/auth/sign-in",
        {
            "login": "m04",
            "password": demo_accounts.DEMO_PASSWORD,
            "csrf": csrf,
            "next": "/customer?id=K1&x=%E5%BC%A0",
        },
        cookies=jar,
    )
    assert (answer.status, answer.location) == (303, "/customer?id=K1&x=%E5%BC%A0")
    assert len(answer.cookies["kehu"]) == 43
    assert server.ask("/", cookies={"kehu": answer.cookies["kehu"]}).status == 200
    again = server.ask("/auth/sign-in?next=/users", cookies={"kehu": answer.cookies["kehu"]})
    assert (again.status, again.location) == (303, "/users")


def test_the_cookies_are_out_of_reach_of_scripts(server: Server) -> None:
    csrf, jar = server.sign_in_form()
    line = server.post(
        "/auth/sign-in",
        {"login": "m05", "password": demo_accounts.DEMO_PASSWORD, "csrf": csrf},
        cookies=jar,
    )
    assert line.status == 303
    said = line.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1\r\nX: y",
        "/auth/sign-out",
        "evil",
        "/" + "x" * 3000,
        "http:///evil.example",
        "/\t/evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(server: Server, wanted: str) -> None:
    query = urllib.parse.quote(wanted, safe="")
    page = server.ask(f"/auth/sign-in?next={query}")
    assert 'name="next" value="/"' in page.body
    signed_in = server.cookies_of("m06")
    answer = server.ask(f"/auth/sign-in?next={query}", cookies=signed_in)
    assert (answer.status, answer.location) == (303, "/")


def test_a_form_without_its_token_is_refused(server: Server) -> None:
    csrf, jar = server.sign_in_form()
    good = {"login": "m07", "password": demo_accounts.DEMO_PASSWORD}
    for fields, cookies in (
        ({**good}, jar),
        ({**good, "csrf": ""}, jar),
        ({**good, "csrf": csrf}, {}),
        ({**good, "csrf": csrf}, {"kehu-csrf": "x" * 32}),
        ({**good, "csrf": ""}, {"kehu-csrf": ""}),
    ):
        answer = server.post("/auth/sign-in", fields, cookies=cookies)
        assert answer.status == 400
        assert "kehu" not in answer.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(server: Server, headers: dict[str, str]) -> None:
    csrf, jar = server.sign_in_form()
    fields = {"login": "m07", "password": demo_accounts.DEMO_PASSWORD, "csrf": csrf}
    assert server.post("/auth/sign-in", fields, cookies=jar, headers=headers).status == 403
    live = server.cookies_of("m07")
    assert server.post("/auth/sign-out", {}, cookies=live, headers=headers).status == 403
    assert server.ask("/", cookies=live).status == 200


def test_signing_out_is_a_button_and_at_once(server: Server) -> None:
    live = server.cookies_of("m07")
    assert server.ask("/auth/sign-out", cookies=live).status == 405
    assert server.ask("/", cookies=live).status == 200
    answer = server.post("/auth/sign-out", {}, cookies=live)
    assert (answer.status, answer.location) == (303, "/auth/sign-in")
    assert server.ask("/", cookies=live).status == 303


def test_a_million_characters_are_no_password(server: Server) -> None:
    csrf, jar = server.sign_in_form()
    answer = server.post(
        "/auth/sign-in", {"login": "x", "password": "x" * 1_000_000, "csrf": csrf}, cookies=jar
    )
    assert answer.status == 413


def test_what_was_typed_comes_back_escaped(server: Server) -> None:
    csrf, jar = server.sign_in_form()
    evil = '"><script>alert(1)</script>'
    page = server.post(
        "/auth/sign-in", {"login": evil, "password": "x", "csrf": csrf, "lang": evil}, cookies=jar
    )
    assert page.status in {401, 429}
    assert "<script" not in page.body
    assert "x-secret" not in page.body


def test_the_answer_is_the_same_for_known_and_unknown(server: Server) -> None:
    bodies = []
    for login in ("root", "nobody-at-all"):
        csrf, jar = server.sign_in_form()
        page = server.post(
            "/auth/sign-in", {"login": login, "password": "wrong", "csrf": csrf}, cookies=jar
        )
        assert page.status == 401
        bodies.append(page.body.replace(f'value="{login}"', "?").replace(csrf, "?"))
    assert bodies[0] == bodies[1]


def test_the_page_of_a_demo_store_names_its_accounts_in_three_languages(server: Server) -> None:
    for lang, tag, word in (
        ("zh_Hans", "zh-CN", "登录"),
        ("zh_Hant", "zh-TW", "登入"),
        ("en", "en", "Sign in"),
    ):
        page = server.ask(f"/auth/sign-in?lang={lang}")
        assert f'<html lang="{tag}">' in page.body
        assert word in page.body
        assert demo_accounts.DEMO_PASSWORD in page.body
        kept = server.ask("/auth/sign-in", cookies=page.cookies)
        assert f'<html lang="{tag}">' in kept.body


# While a tab is open


def account_tab(server: Server, login: str) -> Tab:
    return Tab(server, server.cookies_of(login))


@pytest.mark.parametrize(
    "end",
    [
        lambda server, _user: accounts.set_active(server.engine, None, "leaver", False),
        lambda server, _user: accounts.set_role(server.engine, None, "leaver", Role.SERVICE),
        lambda server, _user: accounts.reset_password(server.engine, None, "leaver"),
        lambda server, user: accounts.sign_out_everywhere(server.engine, user),
        lambda server, user: expire(server, user.session_key),
    ],
    ids=["disabled", "demoted", "new password", "signed out everywhere", "expired"],
)
def test_an_open_tab_ends_with_the_sign_in(server: Server, end) -> None:
    accounts.set_active(server.engine, None, "leaver", True)
    accounts.set_role(server.engine, None, "leaver", Role.EXECUTIVE)
    with store.writing(server.engine) as session:
        session.execute(sa.text("update app_user set must_change_password = false"))
    jar = server.cookies_of("leaver")
    user = sessions.user_of(server.engine, jar["kehu"])
    assert user is not None
    with Tab(server, jar) as tab:
        assert "Change password" in tab.run("account")
        button = next(b for b in tab.elements("button") if b.label == "Sign out everywhere")
        end(server, user)
        done = trail(server)
        said = tab.run("account", widgets={button.id: "click"})
        assert "Please sign in to continue." in said
        assert "Change password" not in said
        assert trail(server) == done, "the callback did not run"


def trail(server: Server) -> list[str]:
    with store.reading(server.engine) as session:
        return [f"{entry.id} {entry.action}" for entry in audit.latest(session, limit=5)]


def expire(server: Server, session_key: str) -> None:
    with store.writing(server.engine) as session:
        session.execute(
            sa.update(UserSession)
            .where(UserSession.token_hash == session_key)
            .values(expires_at=UserSession.created_at)
        )


def test_no_message_of_a_tab_empties_the_caches_of_all(server: Server) -> None:
    with account_tab(server, "m01") as tab:
        tab.run("account")
        for field in ("clear_cache", "set_run_on_save", "debug_shutdown_runtime"):
            message = BackMsg()
            setattr(message, field, True)
            tab.send(message)
        message = BackMsg()
        message.backend_operation_request.install_skills.SetInParent()
        tab.send(message)
        assert "Change password" in tab.run("account"), "dropped, and the tab goes on"


def test_rubbish_closes_the_tab_alone(server: Server) -> None:
    with account_tab(server, "m01") as other:
        other.run("account")
        tab = account_tab(server, "m02")
        assert tab.line is not None
        tab.line.send(b"\xff" * 40)
        with pytest.raises(Exception, match="1002"):
            tab.wait()
        assert "Change password" in other.run("account")
