"""Start-up self-check (启动自检): a server that would be unsafe does not start.

In production every finding that weakens a promise refuses; on a developer's machine most
only warn. What would open the gate itself refuses everywhere.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data import demo_accounts, migrate, signin, store
from errors import StoreUnavailable, Unsafe
from settings import ROOT, Settings

Option = Callable[[str], Any]

SHORTEST_KEY = 32
_DEFAULT_KEYS = ("some_key", "secret", "changeme", "change-me", "default", "example")

_ALWAYS: dict[str, object] = {
    "server.baseUrlPath": "",
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.scriptHealthCheckEnabled": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.trustedUserHeaders": {"x-kehu-sign-in": "sign_in"},
    "global.developmentMode": False,
}
"""The gate counts on these."""

_PRODUCTION: dict[str, object] = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.disableDataExport": True,
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "runner.fastReruns": True,
    "server.fileWatcherType": "none",
    "server.enableWebsocketCompression": False,
    "browser.gatherUsageStats": False,
}
_AT_MOST = {"server.maxMessageSize": 50, "server.disconnectedSessionTTL": 60}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; `refuses` keeps the server from starting."""

    option: str
    words: str
    refuses: bool


def check(settings: Settings, engine: Engine, option: Option) -> list[Finding]:
    """Everything that is wrong with the configuration; an empty list is a clean bill.

    Args:
        settings: of the process.
        engine: of the migrated store.
        option: gives Streamlit's option in force by its dotted name.
    """
    return [*_options(settings, option), *_knobs(settings), *_store(settings, engine)]


def refuse(findings: Sequence[Finding]) -> None:
    """Stop here if any finding refuses.

    Raises:
        Unsafe: names every refusing finding.
    """
    refusing = [f"{found.option}: {found.words}" for found in findings if found.refuses]
    if refusing:
        raise Unsafe("; ".join(refusing))


def migrated(engine: Engine) -> bool:
    """Whether the store has exactly the shape this program needs.

    Raises:
        StoreUnavailable: it cannot be asked.
    """
    try:
        return migrate.current(engine) == _newest()
    except DBAPIError as error:
        raise StoreUnavailable("unreachable") from error


def configured(name: str) -> Any:
    """A Streamlit option as the environment or `.streamlit/config.toml` sets it.

    For the command line, which does not load Streamlit; unset options are None.
    """
    section, _, key = name.partition(".")
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in key).upper()
    raw = os.environ.get(f"STREAMLIT_{section.upper()}_{words.replace('_C_O_R_S', '_CORS')}")
    if raw is not None:
        return {"true": True, "false": False}.get(raw.lower(), int(raw) if raw.isdigit() else raw)
    file = ROOT / ".streamlit" / "config.toml"
    found = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    return found.get(section, {}).get(key, _UNSET.get(name))


_UNSET: dict[str, object] = {
    "server.baseUrlPath": "",
    "server.enableAgentApi": False,
    "server.scriptHealthCheckEnabled": False,
    "global.developmentMode": False,
}
"""What Streamlit does where nothing is said, for the options we leave unsaid."""


@cache
def _newest() -> str | None:
    return migrate.newest()


def _options(settings: Settings, option: Option) -> Iterator[Finding]:
    for name, wanted in _ALWAYS.items():
        if _differs(option(name), wanted):
            yield Finding(name, f"must be {wanted!r}, is {option(name)!r}", True)
    for name, wanted in _PRODUCTION.items():
        if _differs(option(name), wanted):
            words = f"should be {wanted!r}, is {option(name)!r}"
            yield Finding(name, words, settings.production)
    for name, most in {**_AT_MOST, "server.maxUploadSize": settings.upload_mb}.items():
        value = option(name)
        if not isinstance(value, int | float) or value > most:
            yield Finding(name, f"should be at most {most}, is {value!r}", settings.production)


def _differs(value: object, wanted: object) -> bool:
    return value != wanted and not (wanted == "" and value is None)


def _knobs(settings: Settings) -> Iterator[Finding]:
    strict = settings.production
    key = settings.cookie_secret
    if strict or key:
        weak = len(key.encode()) < SHORTEST_KEY or len(set(key)) < 8
        if weak or key.lower().startswith(_DEFAULT_KEYS):
            words = f"needs {SHORTEST_KEY} random bytes: python -c 'import secrets; "
            words += "print(secrets.token_hex(32))'"
            yield Finding("STREAMLIT_SERVER_COOKIE_SECRET", words, strict)
    if strict and not settings.secure_cookie:
        yield Finding("KEHU_SECURE_COOKIE", "must be on in production", True)
    if strict and (not settings.allowed_hosts or "*" in settings.allowed_hosts):
        yield Finding("KEHU_HOSTS", "must name the hosts this server answers to", True)
    if not 1 <= settings.session_hours <= 24 * 7:
        yield Finding("KEHU_SESSION_HOURS", "must be 1 to 168", True)
    if not 5 <= settings.idle_minutes <= 24 * 60:
        yield Finding("KEHU_IDLE_MINUTES", "must be 5 to 1440", True)
    if not 1 <= settings.upload_mb <= 200:
        yield Finding("KEHU_UPLOAD_MB", "must be 1 to 200", True)


def _store(settings: Settings, engine: Engine) -> Iterator[Finding]:
    with store.reading(engine) as session:
        demo = signin.in_demo(session)
        accounts = demo_accounts.present(session)
    if demo:
        words = "holds the demo company, whose passwords are public"
        yield Finding("DATABASE_URL", words, settings.production)
    elif accounts:
        yield Finding("DATABASE_URL", "still holds active demo accounts", settings.production)
