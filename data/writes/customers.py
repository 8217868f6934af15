"""Changes to a customer's card (客户资料维护): a note, and that somebody has verified it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col

from data import audit, last_change, store
from data.writes import permission
from errors import Conflict
from models.access import Role, User
from models.customers import Customer

KEEPERS = frozenset({Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR, Role.CREDIT_CONTROLLER})
"""May keep cards; account managers those of their own customers only."""
NOTE_LENGTH = 1000


def keep(
    engine: Engine, actor: User, customer_id: int, version: int, *, note: str, verified_on: date
) -> None:
    """Store the note, and the day the card was held against the facts.

    Args:
        engine: of the store.
        actor: who keeps the card.
        customer_id: whose card.
        version: of the card the user looked at.
        note: the whole note from now on.
        verified_on: the day it was verified.

    Raises:
        NotAllowed: the role may not keep cards.
        NotFound: the actor may not see the customer.
        Conflict: somebody else changed the card meanwhile; nothing is written.
        BadInput: the note is too long, or the day lies ahead.
    """
    permission.allow(actor, KEEPERS)
    issues = permission.bad_text(note, "note", longest=NOTE_LENGTH)
    issues += permission.bad_day(verified_on, "verified_on")
    with store.writing(engine) as session:
        permission.refuse_if(issues + permission.not_yet(session, verified_on, "verified_on"))
        customer = permission.customer(session, actor, customer_id)
        code, before = customer.code, customer.verified_on
        done: Any = session.execute(
            sa.update(Customer)
            .where(col(Customer.id) == customer_id, col(Customer.version) == version)
            .values(note=note.strip(), verified_on=verified_on, version=version + 1)
        )
        if done.rowcount != 1:
            changed = last_change.of(
                session,
                last_change.entries("customer", code, "customer.keep"),
                last_change.imports(Customer, customer_id),
            )
            raise Conflict("customer", customer_id, version, changed=changed)
        audit.record(
            session,
            actor,
            "customer.keep",
            "customer",
            code,
            verified_before=before,
            verified_on=verified_on,
            note_length=len(note.strip()),
        )
