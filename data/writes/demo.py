"""Write the demo company (演示数据写入): only into a store that holds no one else's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import audit, demo_accounts
from errors import AppError, BadInput, Issue
from models.access import Role
from models.customers import Customer
from models.people import AppUser
from models.system import AuditEntry, StoreState
from models.tables import Base

LEAVER = ("m09", "何俊峰")
"""An account manager who left: never able to sign in, still named in what he sold."""
KEPT = frozenset(
    {
        "app_user",
        "user_session",
        "sign_in_attempt",
        "audit_entry",
        "store_state",
        "job_run",
        "setting",
        "setting_version",
        "import_mapping",
    }
)
"""Tables a new demo company leaves alone."""
CHUNK = 20_000


class NotADemo(AppError):
    """The store holds customers that are not the demo's; nothing was written."""


def built(session: Session) -> dict[str, Any] | None:
    """Seed, end and fingerprint of the demo in the store; None where there is none.

    Raises:
        NotADemo: the store holds customers that were not made here.
    """
    state = session.get(StoreState, 1)
    customers = sa.select(sa.func.count(), sa.func.count(col(Customer.batch_id)))
    count, imported = session.execute(customers.select_from(Customer)).one()
    is_demo = state is not None and state.is_demo
    if imported or (count and not is_demo):
        raise NotADemo(
            f"the store holds {count} customers, not all of them the demo's; nothing was written"
        )
    if not count or not is_demo:
        return None
    newest = (
        sa.select(col(AuditEntry.detail))
        .where(col(AuditEntry.action) == "demo.build")
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    )
    return dict(session.execute(newest).scalar_one_or_none() or {})


def accounts(session: Session) -> dict[str, int]:
    """Make the demo accounts where they are missing; login → id, the leaver's among them.

    Raises:
        BadInput: `login_taken`: somebody real has one of these logins.
    """
    ids = demo_accounts.add(session)
    expected = [login for login, _, _ in demo_accounts.DEMO_ACCOUNTS]
    taken = [login for login in expected if login not in ids]
    login, name = LEAVER
    user = session.execute(sa.select(AppUser).where(col(AppUser.login) == login)).scalar()
    if user is None:
        user = AppUser(
            login=login,
            name=name,
            role=Role.ACCOUNT_MANAGER,
            password_hash="!",  # noqa: S106 - no password hashes to this
            active=False,
            is_demo=True,
        )
        session.add(user)
        session.flush()
    if not user.is_demo:
        taken.append(login)
    if taken:
        raise BadInput(*(Issue("login_taken", column="login", value=name) for name in taken))
    return {**ids, login: user.id or 0}


def replace(
    session: Session,
    tables: Mapping[str, list[dict[str, Any]]],
    *,
    company: str,
    detail: Mapping[str, Any],
    progress: Callable[[str, int], None],
) -> None:
    """Empty every table of facts and fill it anew, in the caller's transaction.

    Args:
        session: of a writing transaction; `built` must have allowed it.
        tables: table name → rows, ids given.
        company: name shown as the store's owner.
        detail: seed, end and fingerprint, kept in the audit trail.
        progress: called with the table and the rows written.
    """
    known = [table for table in Base.metadata.sorted_tables if table.name not in KEPT]
    _empty(session, known)
    for table in known:
        rows = tables.get(table.name, [])
        for start in range(0, len(rows), CHUNK):
            session.execute(sa.insert(table), rows[start : start + CHUNK])
        if rows:
            _move_sequence(session, table, rows)
            progress(table.name, len(rows))
    _mark(session, company)
    audit.record(session, None, "demo.build", "store", "", **detail)


def _empty(session: Session, tables: list[sa.Table]) -> None:
    parents = Base.metadata.tables["customer"]
    session.execute(sa.update(parents).values(parent_id=None))
    for table in reversed(tables):
        session.execute(sa.delete(table))


def _move_sequence(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """PostgreSQL must not hand out ids again that we gave ourselves."""
    if session.get_bind().dialect.name != "postgresql" or "id" not in rows[0]:
        return
    newest = max(row["id"] for row in rows)
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    session.execute(sa.select(sa.func.setval(sequence, newest)))


def _mark(session: Session, company: str) -> None:
    state = session.get(StoreState, 1)
    if state is None:
        state = StoreState(id=1)
        session.add(state)
    state.is_demo = True
    state.company = company
    session.flush()
