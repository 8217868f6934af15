"""The demo company's accounts (演示账号): public on purpose, alive only in a demo store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from data import passwords
from data.accounts import Account, everyone
from data.signin import in_demo
from models.access import Role
from models.people import AppUser

DEMO_PASSWORD: Final = "kehu-demo-2026"  # noqa: S105  (printed on the sign-in page)

_MANAGERS = ("王敏", "李强", "张静", "刘洋", "陈晨", "杨帆", "赵磊", "黄婷")

DEMO_ACCOUNTS: Final[tuple[tuple[str, str, Role], ...]] = (
    ("boss", "周建国", Role.EXECUTIVE),
    *((f"m{i:02d}", name, Role.ACCOUNT_MANAGER) for i, name in enumerate(_MANAGERS, start=1)),
    ("credit", "孙丽", Role.CREDIT_CONTROLLER),
    ("service", "吴芳", Role.SERVICE),
    ("admin", "郑伟", Role.ADMINISTRATOR),
)
"""Login, name, role."""


def add(session: Session, names: Mapping[str, str] | None = None) -> dict[str, int]:
    """Put the demo accounts into the store, all with `DEMO_PASSWORD`; existing ones stay.

    Args:
        session: of the writing transaction that makes the demo company.
        names: other names for some logins.

    Returns:
        Login → user id of every demo account.
    """
    there = {user.login: user for user in session.execute(sa.select(AppUser)).scalars()}
    secret = passwords.hashed(DEMO_PASSWORD)
    for login, name, role in DEMO_ACCOUNTS:
        if login not in there:
            user = AppUser(
                login=login,
                name=(names or {}).get(login, name),
                role=role,
                password_hash=secret,
                is_demo=True,
            )
            session.add(user)
            there[login] = user
    session.flush()
    ours = {login for login, _, _ in DEMO_ACCOUNTS}
    return {login: user.id or 0 for login, user in there.items() if login in ours and user.is_demo}


def shown(session: Session) -> list[Account]:
    """Demo accounts to offer on the sign-in page; none unless the store is a demo."""
    if not in_demo(session):
        return []
    order = {login: place for place, (login, _, _) in enumerate(DEMO_ACCOUNTS)}
    found = [account for account in everyone(session) if account.is_demo and account.active]
    return sorted(found, key=lambda account: order.get(account.login, len(order)))


def present(session: Session) -> bool:
    """Whether any demo account is there and active."""
    query = sa.select(col(AppUser.id)).where(
        col(AppUser.is_demo).is_(True), col(AppUser.active).is_(True)
    )
    return session.execute(query.limit(1)).first() is not None
