"""Decisions on key accounts (大客户人工认定): a person overrides the score, with a reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from data import audit, last_change, store
from data.writes import permission
from models.access import Role, User
from models.customers import KeyAccountOverride

DECIDERS = frozenset({Role.EXECUTIVE, Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR})
"""May decide; account managers on their own customers only."""
REASON_LENGTH = 400


def override(
    engine: Engine,
    actor: User,
    customer_id: int,
    *,
    is_key: bool | None,
    reason: str,
    on: date,
    newest: int | None = None,
) -> int:
    """Decide that a customer is a key account, is none, or (None) that the score decides again.

    The decision is a dated fact: figures follow it from the next refresh on.

    Args:
        engine: of the store.
        actor: who decides.
        customer_id: about whom.
        is_key: the decision.
        reason: why.
        on: the day of the decision.
        newest: number of the newest decision on the actor's screen, 0 for none; None asks
            for none.

    Returns:
        The number of the decision.

    Raises:
        NotAllowed: the role may not decide.
        NotFound: the actor may not see the customer.
        Conflict: somebody else decided about the customer meanwhile; nothing is written.
        BadInput: there is no reason, it is too long, or the day lies ahead.
    """
    permission.allow(actor, DECIDERS)
    issues = permission.bad_text(reason, "reason", longest=REASON_LENGTH, needed=True)
    issues += permission.bad_day(on, "decided_on")
    with store.writing(engine, facts=True) as session:
        permission.refuse_if(issues + permission.not_yet(session, on, "decided_on"))
        customer = permission.customer(session, actor, customer_id)
        if newest is not None:
            last_change.refuse_later(
                session,
                KeyAccountOverride,
                "key_account.override",
                customer_id,
                customer.code,
                newest,
            )
        decision = KeyAccountOverride(
            customer_id=customer_id,
            is_key=is_key,
            reason=reason.strip(),
            decided_by=actor.id,
            decided_on=on,
        )
        session.add(decision)
        session.flush()
        audit.record(
            session,
            actor,
            "key_account.override",
            "customer",
            customer.code,
            is_key=is_key,
            reason=reason.strip(),
            on=on,
        )
        return int(decision.id or 0)
