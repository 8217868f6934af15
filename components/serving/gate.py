"""The gate (门禁): nothing reaches Streamlit without a live sign-in, and every message is checked.

Streamlit asks for a user once, when a browser connects, and its session id is a bearer
secret. So the gate stands before it:

* a page address without a sign-in leads to the sign-in page, everything else is refused,
  the WebSocket, uploads and `/media` included;
* the sign-in goes along as a header Streamlit is told to trust, so that it never resumes
  a session under another sign-in; uploads are checked against who sits in the session;
* each message of a browser is checked against the store before Streamlit sees it. When
  the sign-in has ended, only a bare rerun goes through: no callback, no fragment runs;
* messages only a developer needs (`clear_cache` empties the caches of all users) are
  dropped.

Pure ASGI: nothing is buffered. The store is asked in threads, never on the event loop.
"""

from __future__ import annotations

import asyncio
import functools
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import anyio
from google.protobuf.message import DecodeError
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from streamlit.proto.BackMsg_pb2 import BackMsg

from components.serving import seats
from errors import StoreUnavailable
from models.access import User

SIGN_IN = "/auth/sign-in"
USER = "kehu.user"
"""Where the scope holds the signed-in user."""
IDENTITY_HEADER = "x-kehu-sign-in"
"""Set by the gate alone; `server.trustedUserHeaders` names it."""

_OPEN = frozenset({SIGN_IN, "/auth/sign-out", "/healthz"})
_OPEN_FOLDER = "/auth/assets/"
_NEVER = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
_NOT_A_PAGE = ("/_stcore/", "/media/", "/static/", "/component/", "/app/static/", "/auth/")
_SHARED_FILES = ("/static/", "/component/")
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_KINDS = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"})
_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
_REMEMBER_SECONDS = 1.5
_TOUCH_SECONDS = 60
_LARGEST_FRAME = 32 * 1024 * 1024
_OVERHEAD = 64 * 1024

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class _Memory:
    """Answers of the last moment, for the hundred static files of one page."""

    known: dict[str, tuple[float, User]] = field(default_factory=dict)

    def get(self, token: str) -> User | None:
        at, user = self.known.get(token, (0.0, None))
        return user if time.monotonic() - at < _REMEMBER_SECONDS else None

    def put(self, token: str, user: User) -> None:
        if len(self.known) > 1000:
            self.known.clear()
        self.known[token] = (time.monotonic(), user)


class Gate:
    """ASGI middleware that lets in whoever the store says is signed in.

    Args:
        app: what stands behind.
        who: finds the user of a session token; blocking, may raise StoreUnavailable.
        touch: notes an action of the sign-in with this key; blocking, best effort.
        cookie: name of the session cookie.
        upload_mb: largest upload, MiB.
    """

    def __init__(
        self,
        app: App,
        *,
        who: Callable[[str], User | None],
        touch: Callable[[str], None],
        cookie: str,
        upload_mb: int,
    ) -> None:
        self._app, self._who, self._touch = app, who, touch
        self._cookie, self._upload_bytes = cookie, upload_mb * 1024 * 1024 + _OVERHEAD
        self._memory = _Memory()
        self._threads: anyio.CapacityLimiter | None = None
        self._touching: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, redirect, or pass on."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(_NEVER):
            await _plain("Not found.", 404)(scope, receive, send)
            return
        if path in _OPEN or path.startswith(_OPEN_FOLDER):
            await self._app(scope, receive, send)
            return
        try:
            user = await self._ask(scope, remember=path.startswith(_SHARED_FILES))
        except StoreUnavailable:
            await _plain("The store cannot be reached just now.", 503)(scope, receive, send)
            return
        refusal = self._to_sign_in(scope) if user is None else self._refused_upload(scope, user)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        scope[USER] = user
        await self._app(scope, receive, _private(send) if path.startswith("/media/") else send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            user = await self._ask(scope)
        except StoreUnavailable:
            user = None
        if user is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        name = IDENTITY_HEADER.encode()
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        scope["headers"] = [*kept, (name, user.session_key.encode())]
        token = self._token(scope)
        touched = 0.0

        async def checked() -> Message:
            nonlocal touched
            while True:
                message = await receive()
                data = message.get("bytes")
                if message["type"] != "websocket.receive" or not data:
                    return message
                if len(data) > _LARGEST_FRAME:
                    return message  # Streamlit closes the connection (1009)
                passed, acted = await self._in_thread(self._examine, data, token)
                if acted and time.monotonic() - touched > _TOUCH_SECONDS:
                    touched = time.monotonic()
                    self._touch_later(user.session_key)
                if passed is not None:
                    return {**message, "bytes": passed}

        await self._app(scope, checked, send)

    def _examine(self, data: bytes, token: str) -> tuple[bytes | None, bool]:
        """What of a browser's message goes on, and whether the user did something."""
        message = BackMsg()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return data, False  # Streamlit closes the connection (1002)
        if not _allowed(message):
            return None, False
        try:
            alive = self._who(token) is not None
        except StoreUnavailable:
            alive = False
        rerun = message.WhichOneof("type") == "rerun_script"
        if alive:
            return data, rerun and not message.rerun_script.is_auto_rerun
        return (_bare(message).SerializeToString() if rerun else None), False

    async def _ask(self, scope: Scope, *, remember: bool = False) -> User | None:
        token = self._token(scope)
        if not token:
            return None
        if remember and (known := self._memory.get(token)):
            return known
        user: User | None = await self._in_thread(self._who, token)
        if user is not None and remember:
            self._memory.put(token, user)
        return user

    def _token(self, scope: Scope) -> str:
        return HTTPConnection(scope).cookies.get(self._cookie, "")

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(16)
        call = functools.partial(function, *args)
        return await anyio.to_thread.run_sync(call, limiter=self._threads)

    def _touch_later(self, session_key: str) -> None:
        async def touch() -> None:
            try:
                await self._in_thread(self._touch, session_key)
            except StoreUnavailable:
                return  # a long import holds the store; the next action is noted instead

        task = asyncio.create_task(touch())
        self._touching.add(task)
        task.add_done_callback(self._touching.discard)

    def _to_sign_in(self, scope: Scope) -> Response:
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or path.startswith(_NOT_A_PAGE):
            return _plain("Please sign in.", 401)
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = quote(path, safe="/") + (f"?{query}" if query else "")
        tail = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
        response = RedirectResponse(f"{SIGN_IN}{tail}", 303)
        response.headers["cache-control"] = "no-store"
        return response

    def _refused_upload(self, scope: Scope, user: User) -> Response | None:
        found = _UPLOAD.match(scope["path"])
        if found is None:
            return None
        if not seats.taken_by(found[1], user.session_key):
            return _plain("This is not your session.", 403)
        declared = HTTPConnection(scope).headers.get("content-length", "0")
        if not declared.isascii() or not declared.isdigit():
            return _plain("The length makes no sense.", 400)
        if int(declared) > self._upload_bytes:
            return _plain("The file is too large.", 413)
        return None


def _allowed(message: BackMsg) -> bool:
    kind = message.WhichOneof("type")
    if kind != "backend_operation_request":
        return kind in _KINDS
    request = message.backend_operation_request
    asked = {found.name for found, _ in request.ListFields()} - {"request_id", "session_id"}
    return asked <= _OPERATIONS


def _bare(message: BackMsg) -> BackMsg:
    """The same request without widgets and fragments: the page runs, no callback does."""
    bare = BackMsg()
    bare.CopyFrom(message)
    bare.rerun_script.ClearField("widget_states")
    bare.rerun_script.widget_states.SetInParent()
    bare.rerun_script.ClearField("fragment_id")
    return bare


def _plain(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, headers={"cache-control": "no-store"})


def _private(send: Send) -> Send:
    async def passing(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message.get("headers", []) if k != b"cache-control"]
            message["headers"] = [*kept, (b"cache-control", b"private, no-store")]
        await send(message)

    return passing
