"""Who may write what (写入权限): checked inside every write, whatever the page showed."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import calendar, last_change
from data.queries.scope import visible_to
from errors import BadInput, Changed, Conflict, Issue, NotAllowed, NotFound
from models.access import Role, User, scope_of
from models.base import DAY_ZERO
from models.customers import Customer
from models.enums import AlertState
from models.loss import Alert, SupervisionItem
from models.people import AppUser

LAST_DAY = date(2099, 12, 31)


def allow(actor: User, roles: frozenset[Role]) -> None:
    """Go on only if the actor's role is one of `roles`.

    Raises:
        NotAllowed: it is not.
    """
    if actor.role not in roles:
        raise NotAllowed(actor.role.value)


def customer(session: Session, actor: User, customer_id: int) -> Customer:
    """The customer, if the actor may see it.

    Raises:
        NotFound: there is none, or it belongs to somebody else: the two look alike.
    """
    query = sa.select(Customer).where(col(Customer.id) == customer_id)
    found: Customer | None = session.execute(visible_to(query, actor.scope)).scalar_one_or_none()
    if found is None:
        raise NotFound("customer", customer_id)
    return found


def assignee(session: Session, user_id: int, owner_id: int | None, *, column: str) -> AppUser:
    """An active user who can see a customer of `owner_id`, to be given work on it.

    Raises:
        BadInput: there is no such user, or they could not see the customer.
    """
    user = session.get(AppUser, user_id)
    if user is None or not user.active:
        raise BadInput(Issue("assignee_unknown", column=column))
    scope = scope_of(user.role, user_id)
    if scope.owner_id is not None and scope.owner_id != owner_id:
        raise BadInput(Issue("assignee_cannot_see", column=column, value=user.name))
    return user


def change(
    session: Session,
    table: type[Alert] | type[SupervisionItem],
    row_id: int,
    version: int,
    **values: Any,
) -> None:
    """Update one row only if it still is the `version` the user looked at.

    Raises:
        Conflict: somebody else changed it meanwhile.
    """
    done = session.execute(
        sa.update(table)
        .where(col(table.id) == row_id, col(table.version) == version)
        .values(version=version + 1, **values)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        told = of_alert if table is Alert else of_item
        raise Conflict(table.__tablename__, row_id, version, changed=told(session, row_id))


def of_item(session: Session, item_id: int) -> Changed | None:
    """Who changed a supervision item last."""
    return last_change.of(
        session,
        last_change.entries("supervision_item", item_id, "supervision."),
        last_change.imports(SupervisionItem, item_id),
    )


def of_alert(session: Session, alert_id: int) -> Changed | None:
    """Who decided on an alert last; a refresh where it opened or ended the alert since."""
    query = (
        sa.select(Alert, col(Customer.code))
        .join(Customer, col(Customer.id) == col(Alert.customer_id))
        .where(col(Alert.id) == alert_id)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    alert, code = row
    by_people = {AlertState.SAVED, AlertState.LOST}
    if alert.ended_on is None:
        by_people |= {AlertState.CONFIRMED, AlertState.DISMISSED, AlertState.SNOOZED}
    if alert.state not in by_people:
        return Changed(last_change.REFRESH)
    return last_change.of(session, last_change.entries("customer", code, "alert."))


def bad_day(day: date | None, column: str, *, earliest: date = DAY_ZERO) -> list[Issue]:
    """What is wrong with a day somebody plans or reports; nothing when left out."""
    if day is None or max(earliest, DAY_ZERO) <= day <= LAST_DAY:
        return []
    return [Issue("day_out_of_range", column=column, value=day.isoformat())]


def not_yet(session: Session, day: date, column: str) -> list[Issue]:
    """A fault where a reported day lies ahead of today in the store's time zone."""
    if day <= calendar.today(session):
        return []
    return [Issue("day_in_future", column=column, value=day.isoformat())]


def bad_text(words: str, column: str, *, longest: int = 400, needed: bool = False) -> list[Issue]:
    """What is wrong with a text: missing where it is needed, or too long for the store."""
    if needed and not words.strip():
        return [Issue("text_needed", column=column)]
    if len(words.strip()) > longest:
        return [Issue("text_too_long", column=column, detail={"longest": longest})]
    return []


def refuse_if(issues: list[Issue]) -> None:
    """Refuse the input with every fault at once.

    Raises:
        BadInput: there is at least one.
    """
    if issues:
        raise BadInput(*issues)
