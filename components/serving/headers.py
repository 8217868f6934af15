"""Headers every answer carries (安全响应头): what browsers may load, frame, guess and tell."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from typing import Any

_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{scripts}; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "  # a stored ![](http://…) calls nobody
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)


def content_policy(scripts: Iterable[str] = ()) -> str:
    """The Content-Security-Policy; of inline scripts exactly `scripts` may run, by hash."""
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    return _POLICY.format(scripts="".join(f" 'sha256-{known}'" for known in hashes))


_HEADERS = {
    "content-security-policy": content_policy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
_HSTS = "max-age=31536000; includeSubDomains"

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class SecurityHeaders:
    """ASGI middleware; headers an answer sets itself stay as they are.

    Args:
        app: what stands behind.
        secure: the site is served over https; browsers are told to insist on it.
    """

    def __init__(self, app: Any, *, secure: bool) -> None:
        self._app = app
        headers = {**_HEADERS, **({"strict-transport-security": _HSTS} if secure else {})}
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Pass on, adding headers to the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def passing(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_already = {name.lower() for name, _ in message.get("headers", [])}
                missing = [pair for pair in self._headers if pair[0] not in set_already]
                kept = [
                    (name, value)
                    for name, value in message.get("headers", [])
                    if name.lower() != b"access-control-allow-origin"
                ]
                message["headers"] = [*kept, *missing]
            await send(message)

        await self._app(scope, receive, passing)
