"""What may be believed about a request (请求校验): where it comes from, where it leads."""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from components.serving import cookies

LARGEST_FORM = 8192
LONGEST_PATH = 2000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")


class FormTooLarge(Exception):
    """More was posted than a sign-in needs."""


def from_ourselves(request: Request) -> bool:
    """Whether a form was sent by one of our own pages, as far as the browser tells.

    Browsers say so in Sec-Fetch-Site; older ones name the page's origin. A client that says
    neither is no browser, so nobody's cookies are being borrowed.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def csrf_token(request: Request) -> str:
    """The token of this browser, kept so that several tabs can be open, or a new one."""
    token = request.cookies.get(cookies.name("csrf"), "")
    return token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)


def csrf_holds(request: Request, posted: str) -> bool:
    """Whether the form carries the token of its browser's cookie."""
    token = request.cookies.get(cookies.name("csrf"), "")
    return bool(_TOKEN.fullmatch(token)) and hmac.compare_digest(token.encode(), posted.encode())


def local_path(wanted: str) -> str:
    """`wanted` if it leads to a page of ours, else the first page."""
    odd = re.search(r"[\x00-\x20\x7f\\]", wanted) or len(wanted) > LONGEST_PATH
    if odd or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    closed = ("/auth/", "/_stcore/", "/media/", "/static/", "/component/", "/healthz")
    if parts.scheme or parts.netloc or parts.path.startswith(closed):
        return "/"
    return wanted


async def form(request: Request) -> dict[str, str]:
    """The fields of a small urlencoded form; the first of each name counts.

    Raises:
        FormTooLarge: it is longer than `LARGEST_FORM`.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise FormTooLarge
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="surrogatepass"
        )
    except ValueError:
        return {}
    return dict(reversed(pairs))
