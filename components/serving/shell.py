"""Streamlit's first page in the reader's language (首页外壳), and its scripts compressed once.

Streamlit serves one fixed index.html, `lang="en"` and titled "Streamlit": browsers then
pick Japanese shapes for Chinese characters. And it sends 10 MB of scripts uncompressed;
here each is compressed once, kept, and sent from memory.
"""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from typing import Any

import anyio
from starlette.requests import HTTPConnection

from components import menu, sidebar
from components.serving.gate import USER
from components.serving.headers import content_policy
from words import i18n

_NOT_A_PAGE = ("/static/", "/_stcore/", "/media/", "/component/", "/app/static/", "/auth/")
_PACKABLE = (".js", ".css", ".json", ".svg", ".wasm", ".map")
_SMALLEST = 1024
_NOSCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
_INLINE = re.compile(rb"<script>\s*window\.prerenderReady = false\s*</script>")
_LINKS = re.compile(rb'<link rel="service-desc"[^>]*>|<link\s+rel="preload"[^>]*SourceSans[^>]*>')

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


def reader_language(connection: HTTPConnection, cookie: str) -> str:
    """The stored choice of the signed-in user, else the browser's cookie, else its header."""
    user = connection.scope.get(USER)
    for code in (user.language if user else None, connection.cookies.get(cookie)):
        if code in i18n.LANGUAGES:
            return str(code)
    first = connection.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return i18n.from_browser(first if first != "*" else None)


class Shell:
    """ASGI middleware that rewrites the first page; everything else passes untouched."""

    def __init__(self, app: Any, *, language_cookie: str) -> None:
        self._app, self._cookie = app, language_cookie

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Pass on, holding back HTML until it is whole."""
        if scope["type"] != "http" or scope["path"].startswith(_NOT_A_PAGE):
            await self._app(scope, receive, send)
            return
        lang = reader_language(HTTPConnection(scope), self._cookie)
        held: list[Any] = [None, b""]

        async def rewriting(message: Message) -> None:
            if message["type"] == "http.response.start" and _is(message, b"text/html"):
                held[0] = message
                return
            if held[0] is None or message["type"] != "http.response.body":
                await send(message)
                return
            held[1] += message.get("body", b"")
            if message.get("more_body"):
                return
            start, page = held[0], localise(held[1], lang)
            length = [(b"content-length", str(len(page)).encode())] if held[1] else []
            dropped = {b"content-length", b"etag", b"last-modified"}
            kept = [(k, v) for k, v in start["headers"] if k not in dropped]
            policy = (b"content-security-policy", _policy())
            vary = (b"vary", b"Cookie, Accept-Language")
            start["headers"] = [*kept, *length, policy, vary]
            await send(start)
            await send({"type": "http.response.body", "body": page})

        plain = [(k, v) for k, v in scope["headers"] if k not in _REVALIDATION]
        await self._app({**scope, "headers": plain}, receive, rewriting)


_REVALIDATION = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}


@functools.cache
def _policy() -> bytes:
    """The page's content policy: our own short scripts, one per screen and language."""
    scripts = [
        sidebar.browser_script(screen, lang) for screen in menu.SCREENS for lang in i18n.LANGUAGES
    ]
    return content_policy(scripts).encode()


def localise(page: bytes, lang: str) -> bytes:
    """Streamlit's index.html with our language, title, icon and words without scripts."""
    words = i18n.translate("Kehu needs JavaScript once you are signed in.", lang)
    title = escape(i18n.translate("Kehu", lang))
    page = page.replace(b'<html lang="en">', f'<html lang="{i18n.lang_tag(lang)}">'.encode())
    page = page.replace(b"<title>Streamlit</title>", f"<title>{title}</title>".encode())
    page = page.replace(b'href="./favicon.png"', b'href="/auth/assets/favicon.png"')
    page = _INLINE.sub(b"", _LINKS.sub(b"", page))
    return _NOSCRIPT.sub(f"<noscript>{escape(words)}</noscript>".encode(), page)


class Packed:
    """ASGI middleware that compresses each of Streamlit's static files once.

    Their names hold a hash of their content and there are a few hundred, so what is kept
    never grows stale and stays under 4 MB.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._packed: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Answer from memory, or pass on and remember."""
        path = scope.get("path", "")
        asked = (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and path.startswith("/static/")
            and path.endswith(_PACKABLE)
            and "gzip" in HTTPConnection(scope).headers.get("accept-encoding", "")
        )
        if not asked:
            await self._app(scope, receive, send)
            return
        if path not in self._packed:
            await self._pack(scope, receive, send, path)
            return
        await self._answer(path, send)

    async def _answer(self, path: str, send: Send) -> None:
        headers, body = self._packed[path]
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    async def _pack(self, scope: Message, receive: Any, send: Send, path: str) -> None:
        held: list[Message] = []

        async def holding(message: Message) -> None:
            held.append(message)

        plain = [(k, v) for k, v in scope["headers"] if k not in _REVALIDATION]
        await self._app({**scope, "headers": plain}, receive, holding)
        start = held[0]
        body = b"".join(message.get("body", b"") for message in held[1:])
        if start["status"] != 200 or len(body) < _SMALLEST or _is(start, b"text/html"):
            for message in held:
                await send(message)
            return
        packed = await anyio.to_thread.run_sync(lambda: gzip.compress(body, 6))
        dropped = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}
        headers = [(k, v) for k, v in start["headers"] if k not in dropped]
        headers += [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(packed)).encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        self._packed[path] = (headers, packed)
        await self._answer(path, send)


def _is(start: Message, kind: bytes) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(kind)
        for name, value in start.get("headers", [])
    )
