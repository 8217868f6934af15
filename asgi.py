"""What is served (服务入口): sign-in, gate, headers and health, then the pages of app.py.

Start it with `python manage.py serve`, which runs this file: `python asgi.py`. The address
is 127.0.0.1 (KEHU_ADDRESS) port 8501 (KEHU_PORT); behind a proxy that speaks https, set
KEHU_PRODUCTION=1 and KEHU_HOSTS. `streamlit run asgi.py` and `uvicorn asgi:app` serve the
same, with the port as they take it.

A proxy must set X-Forwarded-For (not append to it), pass WebSockets on, and keep a browser
with one process. One process serves one script; run several for more cores.
"""

from __future__ import annotations

import errno
import functools
import gc
import logging
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

import settings
from components import faults, signin_page
from components.serving import cookies, requests
from components.serving.gate import Gate
from components.serving.headers import SecurityHeaders
from components.serving.shell import Packed, Shell, reader_language
from data import accounts, demo_accounts, migrate, passwords, selfcheck, sessions, signin, store
from errors import AppError, StoreUnavailable, Unsafe
from words import i18n
from words.i18n import _, translate

# Streamlit would run a file of pages/ for a direct address without running app.py first.
PagesManager.uses_pages_directory = False

LANGUAGE_SECONDS = 365 * 86_400
log = logging.getLogger("kehu")
_signing_in = functools.cache(lambda: anyio.CapacityLimiter(passwords.QUEUE + 4))


@functools.cache
def engine() -> store.Engine:
    """The gate's own way to the store: nothing of it lies in a cache a page can empty."""
    return store.open_store(settings.get().database_url)


async def sign_in(request: Request) -> Response:
    """The sign-in page, and what it posts."""
    lang = _language(request)
    if request.method == "POST":
        return await _posted(request, lang)
    then = requests.local_path(request.query_params.get("next", "/"))
    token = request.cookies.get(cookies.name("session"), "")
    try:
        if token and await anyio.to_thread.run_sync(sessions.user_of, engine(), token):
            return RedirectResponse(then, 303)
    except StoreUnavailable:
        return await _page(request, lang, then, "store", 503)
    response = await _page(request, lang, then)
    if request.query_params.get("lang") in i18n.LANGUAGES:
        cookies.give(response, "language", lang, LANGUAGE_SECONDS)
    return response


async def _posted(request: Request, lang: str) -> Response:
    if not requests.from_ourselves(request):
        return await _page(request, lang, "/", "foreign", 403)
    try:
        form = await requests.form(request)
    except requests.FormTooLarge:
        return await _page(request, lang, "/", "wrong", 413)
    then, login = requests.local_path(form.get("next", "/")), form.get("login", "")
    lang = form["lang"] if form.get("lang") in i18n.LANGUAGES else lang
    if not requests.csrf_holds(request, form.get("csrf", "")):
        return await _page(request, lang, then, "expired", 400, login)
    attempt = functools.partial(
        signin.sign_in,
        engine(),
        login,
        form.get("password", ""),
        source=request.client.host if request.client else "",
        device=request.cookies.get(cookies.name("device"), ""),
        browser=request.headers.get("user-agent", ""),
        replaces=request.cookies.get(cookies.name("session"), ""),
    )
    try:
        found = await anyio.to_thread.run_sync(attempt, limiter=_signing_in())
    except passwords.TooBusy:
        return await _page(request, lang, then, "busy", 503, login)
    except StoreUnavailable:
        return await _page(request, lang, then, "store", 503, login)
    if isinstance(found, signin.Refusal):
        problem = ("wait", 429) if found.wait else ("wrong", 401)
        return await _page(request, lang, then, *problem, login, wait=found.wait)
    return _welcome(request, then, found)


def _welcome(request: Request, then: str, found: signin.Welcome) -> Response:
    response = RedirectResponse(then, 303)
    cookies.give(response, "session", found.token, settings.get().session_hours * 3600)
    cookies.give(response, "device", found.device, 180 * 86_400)
    cookies.take(response, "csrf")
    chosen = request.cookies.get(cookies.name("language"))
    if chosen in i18n.LANGUAGES and found.user.language is None:
        accounts.set_language(engine(), found.user, chosen)
    return response


async def _page(
    request: Request,
    lang: str,
    then: str,
    problem: str = "",
    status: int = 200,
    login: str = "",
    wait: int = 0,
) -> Response:
    demo = [] if problem == "store" else await anyio.to_thread.run_sync(_demo)
    csrf = requests.csrf_token(request)
    page = signin_page.Form(
        csrf=csrf,
        then=then,
        login=login[:64],
        alert=signin_page.alert(problem, lang, wait) if problem else "",
        demo=demo,
        demo_password=demo_accounts.DEMO_PASSWORD if demo else "",
    )
    response = HTMLResponse(signin_page.render(page, lang), status)
    response.headers["content-security-policy"] = signin_page.content_policy()
    response.headers["cache-control"] = "no-store"
    if wait:
        response.headers["retry-after"] = str(wait)
    cookies.give(response, "csrf", csrf)
    return response


def _demo() -> list[signin_page.Demo]:
    try:
        with store.reading(engine()) as session:
            shown = demo_accounts.shown(session)
    except StoreUnavailable:
        return []
    return [signin_page.Demo(one.login, one.name, one.role.value) for one in shown]


def _language(request: Request) -> str:
    asked = request.query_params.get("lang")
    return asked if asked in i18n.LANGUAGES else reader_language(request, cookies.name("language"))


async def sign_out(request: Request) -> Response:
    """End this browser's sign-in; only a form of ours can ask for it."""
    if request.method != "POST":
        return Response("Only by the button.", 405, {"allow": "POST"})
    if not requests.from_ourselves(request):
        return Response("This was not sent by Kehu.", 403)
    token = request.cookies.get(cookies.name("session"), "")
    response = RedirectResponse("/auth/sign-in", 303)
    if token:
        try:
            await anyio.to_thread.run_sync(accounts.sign_out, engine(), token)
        except StoreUnavailable:
            return await _page(request, _language(request), "/", "store", 503)
    cookies.take(response, "session")
    return response


async def asset(request: Request) -> Response:
    """The few files a stranger needs to see the sign-in page."""
    if request.path_params["name"] not in signin_page.SERVED:
        return Response("Not found.", 404)
    path = signin_page.ASSETS / request.path_params["name"]
    return FileResponse(path, headers={"cache-control": "public, max-age=86400"})


async def healthz(_request: Request) -> Response:
    """Whether the store answers and has the shape this program needs; no details."""
    well = await anyio.to_thread.run_sync(_is_well)
    words = {"status": "ok" if well else "unavailable"}
    return JSONResponse(words, 200 if well else 503, {"cache-control": "no-store"})


def _is_well() -> bool:
    try:
        return selfcheck.migrated(engine())
    except StoreUnavailable:
        return False


def prepare(option: selfcheck.Option = config.get_option) -> None:
    """Check the configuration, make the store at first start, warm up.

    Args:
        option: gives Streamlit's option in force by its dotted name.

    Raises:
        Unsafe: the server must not run like this; says why.
        StoreUnavailable: the store is missing, or of another version.
    """
    if migrate.current(engine()) is None:
        migrate.upgrade(engine())
    if not selfcheck.migrated(engine()):
        raise StoreUnavailable("the store has another version; run: python manage.py migrate")
    findings = selfcheck.check(settings.get(), engine(), option)
    for finding in findings:
        if not finding.refuses:
            log.warning("%s: %s", finding.option, finding.words)
    selfcheck.refuse(findings)
    if PagesManager.uses_pages_directory is not False:
        raise Unsafe("Streamlit would open pages/ by itself")
    passwords.nobodys_hash()
    for lang in i18n.LANGUAGES:
        translate("Kehu", lang)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare before the first request; afterwards the warm heap is left out of GC."""
    try:
        await anyio.to_thread.run_sync(prepare)
    except AppError as error:
        log.critical("Kehu does not start: %s", error)
        raise
    gc.collect()
    gc.freeze()
    yield
    engine().dispose()


def on_script_error(error: Exception) -> bool:
    """Show a number instead of a traceback; the log has the rest under that number."""
    if isinstance(error, AppError):
        faults.show(error)
        return True
    number = secrets.token_hex(4)
    log.error("incident %s", number, exc_info=error)
    st.error(
        _("Something went wrong. Tell an administrator this number: {number}", number=number),
        icon=":material/error:",
    )
    return True


def _middleware() -> list[Middleware]:
    knobs = settings.get()
    hosts = [*knobs.allowed_hosts, "localhost", "127.0.0.1"] if knobs.allowed_hosts else []
    gate = Middleware(
        Gate,
        who=lambda token: sessions.user_of(engine(), token),
        touch=lambda key: sessions.touch(engine(), key),
        cookie=cookies.name("session"),
        upload_mb=knobs.upload_mb,
    )
    return [
        Middleware(SecurityHeaders, secure=knobs.secure_cookie),
        *([Middleware(TrustedHostMiddleware, allowed_hosts=hosts)] if hosts else []),
        gate,
        Middleware(Packed),
        Middleware(Shell, language_cookie=cookies.name("language")),
    ]


app = st.App(
    settings.ROOT / "app.py",
    lifespan=lifespan,
    routes=[
        Route("/auth/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/auth/sign-out", sign_out, methods=["GET", "POST"]),
        Route("/auth/assets/{name:path}", asset),
        Route("/healthz", healthz),
    ],
    middleware=_middleware(),
    on_script_error=on_script_error,
)


def _overrides() -> dict[str, object]:
    """Streamlit's options that our settings decide."""
    knobs = settings.get()
    return {
        "server.maxUploadSize": knobs.upload_mb,
        "server.allowedHosts": list(knobs.allowed_hosts),
        "logger.hideWelcomeMessage": True,
    }


for _name, _value in _overrides().items():
    config.set_option(_name, _value)


def main() -> None:
    """Serve until stopped; a problem found before that is one sentence and exit code 1."""
    address = os.environ.get("KEHU_ADDRESS", "127.0.0.1")
    port = int(os.environ.get("KEHU_PORT", "8501"))
    try:
        _refuse_taken(address, port)
        prepare()
    except AppError as error:
        sys.exit(f"Kehu does not start: {error}")
    app.run(config={**_overrides(), "server.address": address, "server.port": port})


def _refuse_taken(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError as error:
            taken = error.errno in {errno.EADDRINUSE, errno.EACCES}
            why = f"port {port} is taken; choose another with KEHU_PORT" if taken else str(error)
            raise Unsafe(f"cannot listen on {address}:{port}: {why}") from error


if __name__ == "__main__":
    main()
