"""Collection work (追账): contacts with their result, promise, dispute and next date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from data import audit, last_change, store
from data.writes import permission
from errors import Issue
from models.access import Role, User
from models.enums import IN_WRITING, WITH_PROMISE, CollectionResult, ContactChannel
from models.receivables import CollectionAction, Invoice

COLLECTORS = frozenset(
    {Role.EXECUTIVE, Role.ACCOUNT_MANAGER, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR}
)
"""Who may log a contact; account managers on their own customers only."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One step to collect; money in minor units."""

    customer_id: int
    acted_on: date
    channel: ContactChannel
    result: CollectionResult
    invoice_id: int | None = None
    """The invoice it was about; None is the whole balance."""
    promised_on: date | None = None
    promised_amount: int | None = None
    interrupts_limitation: bool = False
    next_on: date | None = None
    note: str = ""


def log_contact(engine: Engine, actor: User, contact: Contact, *, newest: int | None = None) -> int:
    """Store a contact and return its number.

    The newest contact decides what is promised and what comes next, so somebody who logs
    one without knowing of another would set that aside.

    Args:
        engine: of the store.
        actor: who collects.
        contact: what was done.
        newest: number of the customer's newest contact on the actor's screen, 0 for none;
            None asks for none.

    Raises:
        Conflict: somebody else logged a contact meanwhile; nothing is written.
        NotAllowed: the actor's role does not collect.
        NotFound: the actor may not see the customer, or the invoice is not theirs.
        BadInput: dates, promise or text do not fit; names every fault.
    """
    permission.allow(actor, COLLECTORS)
    with store.writing(engine, facts=True) as session:
        customer = permission.customer(session, actor, contact.customer_id)
        permission.refuse_if(_faults(session, contact))
        if newest is not None:
            last_change.refuse_later(
                session,
                CollectionAction,
                "collection.contact",
                contact.customer_id,
                customer.code,
                newest,
            )
        action = CollectionAction(
            customer_id=contact.customer_id,
            invoice_id=contact.invoice_id,
            acted_on=contact.acted_on,
            channel=contact.channel,
            result=contact.result,
            promised_on=contact.promised_on,
            promised_amount=contact.promised_amount,
            interrupts_limitation=contact.interrupts_limitation,
            next_on=contact.next_on,
            note=contact.note.strip(),
            acted_by=actor.id,
        )
        session.add(action)
        session.flush()
        assert action.id is not None
        audit.record(
            session,
            actor,
            "collection.contact",
            "customer",
            customer.code,
            channel=contact.channel,
            result=contact.result,
            acted_on=contact.acted_on,
            promised_on=contact.promised_on,
            promised_amount=contact.promised_amount,
            interrupts_limitation=contact.interrupts_limitation,
        )
        return action.id


def _faults(session: Session, contact: Contact) -> list[Issue]:
    issues = permission.bad_day(contact.acted_on, "acted_on")
    issues += permission.not_yet(session, contact.acted_on, "acted_on")
    issues += permission.bad_day(contact.next_on, "next_on", earliest=contact.acted_on)
    issues += permission.bad_text(contact.note, "note")
    issues += _promise_faults(contact)
    if contact.interrupts_limitation and contact.channel not in IN_WRITING:
        issues.append(Issue("limitation_needs_writing", column="interrupts_limitation"))
    if contact.invoice_id is not None:
        invoice = session.get(Invoice, contact.invoice_id)
        if invoice is None or invoice.customer_id != contact.customer_id:
            issues.append(Issue("invoice_not_of_customer", column="invoice_id"))
    return issues


def _promise_faults(contact: Contact) -> list[Issue]:
    day, amount = contact.promised_on, contact.promised_amount
    if day is None:
        issues = []
        if contact.result is CollectionResult.PROMISED:
            issues.append(Issue("promise_needs_day", column="promised_on"))
        if amount is not None:
            issues.append(Issue("promise_needs_day", column="promised_amount"))
        return issues
    issues = permission.bad_day(day, "promised_on", earliest=contact.acted_on)
    if contact.result not in WITH_PROMISE:
        issues.append(Issue("promise_needs_result", column="promised_on"))
    if amount is not None and amount <= 0:
        issues.append(Issue("amount_not_positive", column="promised_amount"))
    return issues
