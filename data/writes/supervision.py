"""Supervision (督办): matters with an owner and a day, escalation, closing with evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from data import audit, store
from data.queries.scope import visible_to
from data.writes import permission
from errors import BadInput, Conflict, Issue, NotAllowed, NotFound
from models.access import Role, User
from models.customers import Customer
from models.enums import SupervisionState, Topic
from models.loss import SupervisionItem

TOPICS = tuple(topic.value for topic in Topic)
BULK = 500
"""Most customers one bulk assignment may touch."""

LEADERS = frozenset({Role.EXECUTIVE, Role.ADMINISTRATOR})
"""May change every item; others those they own or opened."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done about one customer."""

    customer_id: int
    topic: str
    title: str
    due_on: date
    owner_id: int | None = None
    """Who answers for it; None is the customer's account manager."""
    alert_id: int | None = None
    complaint_id: int | None = None
    response_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a bulk assignment did."""

    opened: int
    already_open: int
    """Customers left alone because the same matter is open."""
    without_owner: int
    """Customers left alone because they have no account manager."""


def open_item(engine: Engine, actor: User, task: Task, *, on: date) -> int:
    """Open one matter and return its number.

    Raises:
        NotFound: the actor may not see the customer.
        BadInput: the matter is already open, the assignee cannot do it, or the day is past.
    """
    with store.writing(engine) as session:
        return add_item(session, actor, task, on=on)


def add_item(session: Session, actor: User, task: Task, *, on: date) -> int:
    """`open_item` within a transaction that is already going on."""
    customer = permission.customer(session, actor, task.customer_id)
    issues = permission.bad_day(task.due_on, "due_on", earliest=on)
    issues += permission.bad_text(task.title, "title", longest=200, needed=True)
    if task.topic not in TOPICS:
        issues.append(Issue("topic_unknown", column="topic", value=task.topic))
    if live_item(session, task.customer_id, task.topic) is not None:
        issues.append(Issue("supervision_already_open", column="topic"))
    permission.refuse_if(issues)
    owner_id = task.owner_id if task.owner_id is not None else customer.owner_id
    if owner_id is None:
        raise BadInput(Issue("customer_has_no_manager", column="owner_id"))
    permission.assignee(session, owner_id, customer.owner_id, column="owner_id")
    item = SupervisionItem(
        customer_id=task.customer_id,
        alert_id=task.alert_id,
        complaint_id=task.complaint_id,
        response_id=task.response_id,
        topic=task.topic,
        title=task.title.strip(),
        owner_id=owner_id,
        opened_on=on,
        due_on=task.due_on,
        opened_by=actor.id,
    )
    session.add(item)
    _flush_live(session)
    assert item.id is not None
    audit.record(
        session,
        actor,
        "supervision.open",
        "supervision_item",
        item.id,
        customer=customer.code,
        topic=task.topic,
        owner_id=owner_id,
        due_on=task.due_on,
    )
    return item.id


def open_items(engine: Engine, actor: User, tasks: Iterable[Task], *, on: date) -> Opened:
    """Open the matter for many customers at once, all or nothing but for those passed over.

    Raises:
        NotFound: the actor may not see one of the customers.
        BadInput: too many, or an assignee or day does not fit.
    """
    wanted = list(tasks)
    if len(wanted) > BULK:
        raise BadInput(Issue("too_many", detail={"most": BULK}))
    opened = already = without = 0
    with store.writing(engine) as session:
        for task in wanted:
            customer = permission.customer(session, actor, task.customer_id)
            if live_item(session, task.customer_id, task.topic) is not None:
                already += 1
            elif task.owner_id is None and customer.owner_id is None:
                without += 1
            else:
                add_item(session, actor, task, on=on)
                opened += 1
    return Opened(opened, already, without)


def escalate(
    engine: Engine, actor: User, item_id: int, version: int, *, to_id: int, on: date
) -> None:
    """Hand an item up to somebody else's attention; it stays with its owner.

    Raises:
        NotFound, NotAllowed: the item is not the actor's to change.
        Conflict: somebody changed it meanwhile, or it is closed.
        BadInput: the person cannot see the customer.
    """
    with store.writing(engine) as session:
        item = _mine(session, actor, item_id)
        customer = permission.customer(session, actor, item.customer_id)
        permission.assignee(session, to_id, customer.owner_id, column="escalated_to")
        permission.change(
            session,
            SupervisionItem,
            item_id,
            version,
            state=SupervisionState.ESCALATED,
            escalated_to=to_id,
            escalated_on=on,
        )
        audit.record(
            session, actor, "supervision.escalate", "supervision_item", item_id, to=to_id, on=on
        )


def reschedule(
    engine: Engine, actor: User, item_id: int, version: int, *, due_on: date, owner_id: int
) -> None:
    """Give an item another day or another owner.

    Raises:
        NotFound, NotAllowed, Conflict, BadInput: as `escalate`.
    """
    with store.writing(engine) as session:
        item = _mine(session, actor, item_id)
        customer = permission.customer(session, actor, item.customer_id)
        permission.refuse_if(permission.bad_day(due_on, "due_on", earliest=item.opened_on))
        permission.assignee(session, owner_id, customer.owner_id, column="owner_id")
        before = {"due_on": item.due_on, "owner_id": item.owner_id}
        permission.change(
            session, SupervisionItem, item_id, version, due_on=due_on, owner_id=owner_id
        )
        audit.record(
            session,
            actor,
            "supervision.reschedule",
            "supervision_item",
            item_id,
            before=before,
            due_on=due_on,
            owner_id=owner_id,
        )


def close(
    engine: Engine, actor: User, item_id: int, version: int, *, evidence: str, on: date
) -> None:
    """Close an item; what shows that it is settled is kept with it.

    Raises:
        NotFound, NotAllowed, Conflict: as `escalate`.
        BadInput: there is no evidence, or the day is before it was opened.
    """
    with store.writing(engine) as session:
        item = _mine(session, actor, item_id)
        close_item(session, actor, item, version, evidence=evidence, on=on)


def close_item(
    session: Session, actor: User, item: SupervisionItem, version: int, *, evidence: str, on: date
) -> None:
    """`close` within a transaction that is already going on."""
    issues = permission.bad_text(evidence, "evidence", needed=True)
    issues += permission.bad_day(on, "closed_on", earliest=item.opened_on)
    permission.refuse_if(issues)
    item_id = item.id or 0
    permission.change(
        session,
        SupervisionItem,
        item_id,
        version,
        state=SupervisionState.CLOSED,
        closed_on=on,
        evidence=evidence.strip(),
    )
    audit.record(
        session,
        actor,
        "supervision.close",
        "supervision_item",
        item_id,
        on=on,
        evidence=evidence.strip(),
    )


def live_item(session: Session, customer_id: int, topic: str) -> SupervisionItem | None:
    """The item of this customer and topic that is not closed, if any."""
    return session.execute(
        sa.select(SupervisionItem).where(
            col(SupervisionItem.customer_id) == customer_id,
            col(SupervisionItem.topic) == topic,
            col(SupervisionItem.closed_on).is_(None),
        )
    ).scalar_one_or_none()


def may_change(actor: User, owner_id: int, opened_by: int | None, escalated_to: int | None) -> bool:
    """Whether the actor may change an item: leaders all, others their own."""
    return actor.role in LEADERS or actor.id in {owner_id, opened_by, escalated_to}


def _mine(session: Session, actor: User, item_id: int) -> SupervisionItem:
    query = (
        sa.select(SupervisionItem)
        .join(Customer, col(Customer.id) == col(SupervisionItem.customer_id))
        .where(col(SupervisionItem.id) == item_id)
    )
    item: SupervisionItem | None = session.execute(
        visible_to(query, actor.scope)
    ).scalar_one_or_none()
    if item is None:
        raise NotFound("supervision_item", item_id)
    if not may_change(actor, item.owner_id, item.opened_by, item.escalated_to):
        raise NotAllowed("supervision_item")
    if item.closed_on is not None:
        raise Conflict("supervision_item", item_id, changed=permission.of_item(session, item_id))
    return item


def _flush_live(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # on PostgreSQL two may open the same matter at once
        raise BadInput(Issue("supervision_already_open", column="topic")) from error
