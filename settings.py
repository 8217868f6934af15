"""Every knob of the process (运行配置), typed, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What the surroundings decide. Business thresholds live in the store, not here."""

    database_url: str
    """SQLAlchemy address of the store; `sqlite:///…` or `postgresql+psycopg://…`."""
    production: bool
    """True refuses demo accounts, default keys and an insecure cookie at start."""
    allowed_hosts: tuple[str, ...]
    """Host names the server answers to; empty means any (development only)."""
    secure_cookie: bool
    """Send the session cookie over https only."""
    cookie_secret: str
    """Streamlit's own cookie key, ≥ 32 characters in production."""
    session_hours: int
    """Absolute life of a sign-in, hours."""
    idle_minutes: int
    """A sign-in unused for this long ends, minutes."""
    upload_mb: int
    """Largest file accepted, MiB."""
    auto_refresh: bool
    """Compute the figures anew by itself whenever an import was stored or taken back."""


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {
        "1",
        "true",
        "yes",
        "on",
    }


def _url(raw: str) -> str:
    """Accept the plain `postgresql://` people have and name our driver in it."""
    for prefix in ("postgres://", "postgresql://"):
        if raw.startswith(prefix):
            return "postgresql+psycopg://" + raw[len(prefix) :]
    return raw


@cache
def get() -> Settings:
    """The settings of this process, read from the environment the first time."""
    production = _flag("KEHU_PRODUCTION")
    return Settings(
        database_url=_url(
            os.environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'kehu.db'}"
        ),
        production=production,
        allowed_hosts=tuple(
            host.strip() for host in os.environ.get("KEHU_HOSTS", "").split(",") if host.strip()
        ),
        secure_cookie=_flag("KEHU_SECURE_COOKIE", default=production),
        cookie_secret=os.environ.get("STREAMLIT_SERVER_COOKIE_SECRET", ""),
        session_hours=int(os.environ.get("KEHU_SESSION_HOURS", "10")),
        idle_minutes=int(os.environ.get("KEHU_IDLE_MINUTES", "60")),
        upload_mb=int(os.environ.get("KEHU_UPLOAD_MB", "120")),
        auto_refresh=_flag("KEHU_AUTO_REFRESH", default=True),
    )
