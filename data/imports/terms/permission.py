"""Who may bring in what (导入权限)."""

from __future__ import annotations

from sqlalchemy import Engine

from data import store
from data.imports.terms.spec import Spec
from errors import BadInput, Issue, NotAllowed
from models.access import Role, User, scope_of
from models.people import AppUser

LEADERS = frozenset({Role.ADMINISTRATOR})
"""Whose customer is whose, and who answers for what: administrators alone."""
FINANCE = LEADERS | {Role.CREDIT_CONTROLLER}
MANAGERS = LEADERS | {Role.ACCOUNT_MANAGER}
"""Account managers bring in rows of their own customers only; see `matching`."""
SERVICE = LEADERS | {Role.SERVICE}
MANAGERS_AND_FINANCE = MANAGERS | FINANCE
MANAGERS_AND_SERVICE = MANAGERS | SERVICE
EVERYBODY = MANAGERS | FINANCE | SERVICE
"""All who bring anything in: executives only look."""


def refuse_kind(actor: User | None, spec: Spec) -> None:
    """Refuse a kind of sheet the user's role may not bring in.

    Raises:
        BadInput: it may not.
    """
    if actor is not None and actor.role not in spec.roles:
        raise BadInput(Issue("kind_not_allowed", value=spec.kind.value))


def active_user(engine: Engine, user_id: int) -> User:
    """Who asked for an import, as the store knows them now.

    Raises:
        NotAllowed: they may no longer sign in.
    """
    with store.reading(engine) as session:
        found = session.get(AppUser, user_id)
        if found is None or not found.active:
            raise NotAllowed("user_gone")
        return User(
            id=user_id,
            login=found.login,
            name=found.name,
            role=found.role,
            scope=scope_of(found.role, user_id),
            session_key="",
        )
