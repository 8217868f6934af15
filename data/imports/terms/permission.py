"""Who may bring in what (导入权限)."""

from __future__ import annotations

from sqlalchemy import Engine

from data import store
from errors import BadInput, Issue, NotAllowed
from models.access import Role, User, scope_of
from models.enums import SheetKind
from models.people import AppUser

_OF_CUSTOMERS = frozenset(
    {
        SheetKind.CUSTOMERS,
        SheetKind.CONTACTS,
        SheetKind.ORDERS,
        SheetKind.STOCK_COUNTS,
        SheetKind.CONTRACTS,
        SheetKind.COMPLAINTS,
        SheetKind.VISITS,
        SheetKind.ANSWERS,
        SheetKind.CREDIT_SURVEYS,
        SheetKind.CARD_CHANGES,
        SheetKind.COLLECTION_ACTIONS,
        SheetKind.KEY_ACCOUNT_DECISIONS,
        SheetKind.LOSS_EVENTS,
    }
)
_OF_SURVEYS = frozenset({SheetKind.SURVEY_ITEMS, SheetKind.WAVES, SheetKind.ANSWERS})
_OF_LEADERS = frozenset({SheetKind.OWNER_CHANGES, SheetKind.SUPERVISION_ITEMS})
"""Whose customer is whose, and who answers for what: administrators alone."""
MAY_IMPORT: dict[Role, frozenset[SheetKind]] = {
    Role.ADMINISTRATOR: frozenset(SheetKind),
    Role.EXECUTIVE: frozenset(),
    Role.ACCOUNT_MANAGER: _OF_CUSTOMERS,
    Role.CREDIT_CONTROLLER: frozenset(SheetKind)
    - _OF_SURVEYS
    - _OF_LEADERS
    - {SheetKind.COMPLAINTS, SheetKind.KEY_ACCOUNT_DECISIONS},
    Role.SERVICE: _OF_SURVEYS | {SheetKind.COMPLAINTS, SheetKind.VISITS, SheetKind.CONTACTS},
}
"""Account managers bring in rows of their own customers; see `matching`."""


def kinds_for(role: Role) -> list[SheetKind]:
    """The kinds a role may bring in, in the order of the list."""
    return [kind for kind in SheetKind if kind in MAY_IMPORT[role]]


def refuse_kind(actor: User | None, kind: SheetKind) -> None:
    """Refuse a kind of sheet the user's role may not bring in.

    Raises:
        BadInput: it may not.
    """
    if actor is not None and kind not in MAY_IMPORT[actor.role]:
        raise BadInput(Issue("kind_not_allowed", value=kind.value))


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
