"""Our cookies (Cookie): names and flags, the same wherever one is set or read.

Over https their names begin with `__Host-`: a browser then takes them from this very host
only, over https only, so no sister site can plant one.
"""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

import settings

Kind = Literal["session", "device", "csrf", "language"]

_NAMES: dict[Kind, str] = {
    "session": "kehu",
    "device": "kehu-device",
    "csrf": "kehu-csrf",
    "language": "kehu-language",
}


def name(kind: Kind) -> str:
    """The cookie's name under the settings in force."""
    return f"__Host-{_NAMES[kind]}" if settings.get().secure_cookie else _NAMES[kind]


def give(response: Response, kind: Kind, value: str, seconds: int | None = None) -> None:
    """Set a cookie no script can read and no other site's form can send.

    Args:
        response: to set it on.
        kind: which.
        value: its content.
        seconds: its life; None ends with the browser.
    """
    response.set_cookie(
        name(kind),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.get().secure_cookie,
    )


def take(response: Response, kind: Kind) -> None:
    """Remove a cookie."""
    response.delete_cookie(
        name(kind), path="/", httponly=True, samesite="lax", secure=settings.get().secure_cookie
    )
