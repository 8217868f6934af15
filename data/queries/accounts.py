"""Questions about accounts and sign-ins (账号与登录), for administrators and their owners.

No row scope: accounts are nobody's customers. The pages that ask are an administrator's,
or ask about the signed-in user alone.
"""

from __future__ import annotations

import pandas as pd
from sqlmodel import Session

from data import sessions, throttle
from data.accounts import everyone
from models.access import User

_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def account_rows(session: Session) -> pd.DataFrame:
    """All accounts: login, name, role, active, is_demo, must_change_password, instants."""
    columns = (
        "login",
        "name",
        "role",
        "active",
        "is_demo",
        "must_change_password",
        "last_sign_in_at",
        "created_at",
    )
    rows = everyone(session)
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in columns})


def sign_in_rows(session: Session, user: User) -> pd.DataFrame:
    """The user's live sign-ins: token_hash, where, since, last_seen, until, here."""
    rows = sessions.of_user(session, user.id)
    return pd.DataFrame(
        {
            "token_hash": [row.token_hash for row in rows],
            "where": [browser(row.browser) for row in rows],
            "since": [row.created_at for row in rows],
            "last_seen": [row.last_seen_at for row in rows],
            "until": [row.expires_at for row in rows],
            "here": [row.token_hash == user.session_key for row in rows],
        }
    )


def attempt_rows(session: Session, user: User, limit: int = 20) -> pd.DataFrame:
    """The latest tries to sign in as this user: at, source, succeeded."""
    rows = throttle.recent(session, user.login, limit)
    return pd.DataFrame(
        {
            "at": [sessions.aware(row.at) for row in rows],
            "source": [None if throttle.is_device(row.source) else row.source for row in rows],
            "succeeded": [row.succeeded for row in rows],
        }
    )


def browser(agent: str) -> str:
    """A short name for a User-Agent: `Chrome · Windows`; its beginning where unknown."""
    found = [
        next((name for sign, name in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or agent[:40]
