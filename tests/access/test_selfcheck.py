"""The self-check (启动自检): unsafe configurations are named and refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit import config

import settings
from data import demo_accounts, migrate, selfcheck, store
from errors import StoreUnavailable, Unsafe
from models.system import StoreState

SAFE = settings.Settings(
    database_url="sqlite://",
    production=True,
    allowed_hosts=("kehu.example",),
    secure_cookie=True,
    cookie_secret="4f1c7a90b2d8e6354f1c7a90b2d8e635",
    session_hours=10,
    idle_minutes=60,
    upload_mb=120,
    auto_refresh=True,
)


def option(**changes: Any) -> Callable[[str], Any]:
    """The shipped options with some changed, `server__enableCORS=False`."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    return lambda name: changed.get(name, selfcheck.configured(name))


def test_what_we_ship_is_safe(sqlite_engine: Engine) -> None:
    assert selfcheck.check(SAFE, sqlite_engine, selfcheck.configured) == []


def test_the_command_line_reads_what_the_server_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_main_script_path", str(settings.ROOT / "asgi.py"))
    config.get_config_options(force_reparse=True)
    names = [
        *selfcheck._ALWAYS,
        *selfcheck._PRODUCTION,
        *selfcheck._AT_MOST,
        "server.maxUploadSize",
    ]
    assert {name: selfcheck.configured(name) for name in names} == {
        name: config.get_option(name) for name in names
    }
    config.get_config_options(force_reparse=True)


def test_the_environment_overrides_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, raw, value in (
        ("server.enableCORS", "false", False),
        ("server.enableXsrfProtection", "false", False),
        ("client.showErrorDetails", "full", "full"),
        ("server.maxUploadSize", "900", 900),
    ):
        variable = config.get_config_options()[name].env_var
        monkeypatch.setenv(variable, raw)
        assert selfcheck.configured(name) == value


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cookie_secret": ""}, "STREAMLIT_SERVER_COOKIE_SECRET"),
        ({"cookie_secret": "short"}, "STREAMLIT_SERVER_COOKIE_SECRET"),
        ({"cookie_secret": "a" * 40}, "STREAMLIT_SERVER_COOKIE_SECRET"),
        (
            {"cookie_secret": "some_key0123456789abcdef01234567890"},
            "STREAMLIT_SERVER_COOKIE_SECRET",
        ),
        ({"secure_cookie": False}, "KEHU_SECURE_COOKIE"),
        ({"allowed_hosts": ()}, "KEHU_HOSTS"),
        ({"allowed_hosts": ("*",)}, "KEHU_HOSTS"),
        ({"session_hours": 0}, "KEHU_SESSION_HOURS"),
        ({"session_hours": 10_000}, "KEHU_SESSION_HOURS"),
        ({"idle_minutes": 0}, "KEHU_IDLE_MINUTES"),
        ({"upload_mb": 5000}, "KEHU_UPLOAD_MB"),
        ({"upload_mb": 10}, "server.maxUploadSize"),
    ],
)
def test_unsafe_settings_are_refused_in_production(
    sqlite_engine: Engine, change: dict[str, Any], named: str
) -> None:
    findings = selfcheck.check(replace(SAFE, **change), sqlite_engine, selfcheck.configured)
    assert [finding.option for finding in findings] == [named]
    with pytest.raises(Unsafe, match=named):
        selfcheck.refuse(findings)


@pytest.mark.parametrize(
    ("change", "everywhere"),
    [
        ({"server__baseUrlPath": "crm"}, True),
        ({"server__enableStaticServing": True}, True),
        ({"server__enableAgentApi": True}, True),
        ({"server__enableXsrfProtection": False}, True),
        ({"server__enableCORS": False}, True),
        ({"server__trustedUserHeaders": {}}, True),
        ({"server__scriptHealthCheckEnabled": True}, True),
        ({"global__developmentMode": True}, True),
        ({"client__showErrorDetails": "full"}, False),
        ({"runner__postScriptGC": True}, False),
        ({"browser__gatherUsageStats": True}, False),
        ({"server__maxMessageSize": 500}, False),
        ({"server__disconnectedSessionTTL": 3600}, False),
    ],
)
def test_unsafe_options_are_refused(
    sqlite_engine: Engine, change: dict[str, Any], everywhere: bool
) -> None:
    strict = selfcheck.check(SAFE, sqlite_engine, option(**change))
    assert [finding.refuses for finding in strict] == [True]
    easy = selfcheck.check(replace(SAFE, production=False), sqlite_engine, option(**change))
    assert [finding.refuses for finding in easy] == [everywhere]


def test_the_demo_store_is_no_production_store(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as session:
        demo_accounts.add(session)
    (left,) = selfcheck.check(SAFE, sqlite_engine, selfcheck.configured)
    assert (left.option, left.refuses) == ("DATABASE_URL", True)
    with store.writing(sqlite_engine) as session:
        session.get_one(StoreState, 1).is_demo = True
    (demo,) = selfcheck.check(SAFE, sqlite_engine, selfcheck.configured)
    assert demo.refuses
    (easy,) = selfcheck.check(replace(SAFE, production=False), sqlite_engine, selfcheck.configured)
    assert not easy.refuses


def test_a_store_of_another_version_is_noticed(engine: Engine) -> None:
    assert selfcheck.migrated(engine)
    migrate.downgrade(engine, "base")
    assert not selfcheck.migrated(engine)


def test_an_unreachable_store_is_said_to_be_so() -> None:
    gone = store.open_store("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    with pytest.raises(StoreUnavailable) as caught:
        selfcheck.migrated(gone)
    assert "127.0.0.1" not in str(caught.value)
