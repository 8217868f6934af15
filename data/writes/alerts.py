"""Loss alerts at work (流失预警处理): confirm, dismiss, snooze, saved, lost, won back.

One live alert per customer. A customer whose snapshot is red or amber may have no stored
alert yet; the first decision makes one. An ended alert is never changed again: with it the
record of a lost customer is frozen as it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from data import audit, store
from data.queries.alerts import alarmed_since
from data.queries.losses import lost_since
from data.queries.scope import regular
from data.writes import permission, supervision
from errors import AppError, BadInput, Conflict, Issue
from models.access import Role, User
from models.base import now
from models.customers import Customer
from models.enums import AlertState, Level, LossReason
from models.loss import Alert, LossEvent
from models.snapshots import Snapshot

DECIDERS = frozenset({Role.EXECUTIVE, Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR})
"""Who may decide on an alert; account managers on their own customers only."""

_LEVELS = frozenset(Level)
_RAISED = (Level.RED.value, Level.AMBER.value)

LONGEST_DISMISSAL, LONGEST_SNOOZE = 90, 366
"""Days after which a rest ends at the latest: it always comes back. A refresh opens a
dismissed alert again after the same ninety days (`data.snapshot_alerts.REST`)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The alert the user looked at when deciding."""

    customer_id: int
    version: int
    """0 where no alert was stored yet."""
    on: date
    """The day of the decision."""


def confirm(engine: Engine, actor: User, seen: Seen, *, note: str = "") -> None:
    """Say that the alert is right and is being worked on.

    Raises:
        NotAllowed, NotFound: role or customer.
        Conflict: somebody else decided meanwhile, or the alert has ended.
        BadInput: there is nothing to confirm, or the note is too long.
    """
    issues = permission.bad_text(note, "note")
    _decide(engine, actor, seen, AlertState.CONFIRMED, note, issues, until=None)


def dismiss(engine: Engine, actor: User, seen: Seen, *, reason: str, until: date) -> None:
    """Say that the alert is wrong, and why; after `until` it is open again.

    Raises:
        NotAllowed, NotFound, Conflict: as `confirm`.
        BadInput: no reason, or the day is not ahead, or too far.
    """
    issues = permission.bad_text(reason, "reason", needed=True)
    issues += _rest_faults(seen.on, until, LONGEST_DISMISSAL)
    _decide(engine, actor, seen, AlertState.DISMISSED, reason, issues, until=until)


def snooze(engine: Engine, actor: User, seen: Seen, *, until: date, note: str = "") -> None:
    """Put the alert aside until a day.

    Raises:
        NotAllowed, NotFound, Conflict, BadInput: as `dismiss`.
    """
    issues = permission.bad_text(note, "note")
    issues += _rest_faults(seen.on, until, LONGEST_SNOOZE)
    _decide(engine, actor, seen, AlertState.SNOOZED, note, issues, until=until)


def saved(engine: Engine, actor: User, seen: Seen, *, note: str) -> None:
    """End the alert: the customer stays (挽回). `note` says what was done.

    The open supervision item of the alert is closed with it.

    Raises:
        NotAllowed, NotFound, Conflict: as `confirm`.
        BadInput: no note.
    """
    permission.allow(actor, DECIDERS)
    with store.writing(engine) as session:
        customer = permission.customer(session, actor, seen.customer_id)
        permission.refuse_if(permission.bad_text(note, "note", needed=True))
        alert = _live(session, actor, customer, seen)
        _end(session, actor, alert, AlertState.SAVED, note, seen.on)
        _record(session, actor, customer, AlertState.SAVED, note=note.strip())


def lost(
    engine: Engine,
    actor: User,
    seen: Seen,
    *,
    reason: LossReason,
    happened_on: date,
    competitor: str = "",
    note: str = "",
) -> None:
    """Record that the customer is lost, and why; ends its alert and freezes the record.

    Raises:
        NotAllowed, NotFound, Conflict: as `confirm`.
        BadInput: the customer is lost already, or day or text do not fit.
    """
    permission.allow(actor, DECIDERS)
    with store.writing(engine, facts=True) as session:
        customer = permission.customer(session, actor, seen.customer_id)
        issues = permission.bad_day(happened_on, "happened_on")
        issues += permission.not_yet(session, happened_on, "happened_on")
        issues += permission.bad_text(note, "note")
        issues += permission.bad_text(competitor, "competitor", longest=80)
        if lost_since(session, seen.customer_id) is not None:
            issues.append(Issue("customer_already_lost", column="customer"))
        permission.refuse_if(issues)
        snapshot = _snapshot(session, seen.customer_id)
        event = LossEvent(
            customer_id=seen.customer_id,
            happened_on=happened_on,
            reason=reason,
            value=snapshot.margin if snapshot else None,
            competitor=competitor.strip(),
            note=note.strip(),
            recorded_by=actor.id,
        )
        _add_event(session, event)
        alert = _live_or_none(session, seen)
        if alert is not None:
            _end(session, actor, alert, AlertState.LOST, note or reason.value, seen.on)
        _record(
            session,
            actor,
            customer,
            AlertState.LOST,
            reason=reason,
            happened_on=happened_on,
            value=event.value,
        )


def won_back(engine: Engine, actor: User, customer_id: int, *, on: date, note: str) -> None:
    """Record that a lost customer buys again (拉回).

    Raises:
        NotAllowed, NotFound: role or customer.
        BadInput: the customer is not lost, or there is no note, or the day does not fit.
    """
    permission.allow(actor, DECIDERS)
    with store.writing(engine, facts=True) as session:
        customer = permission.customer(session, actor, customer_id)
        issues = permission.bad_day(on, "happened_on") + permission.not_yet(
            session, on, "happened_on"
        )
        issues += permission.bad_text(note, "note", needed=True)
        last = lost_since(session, customer_id)
        if last is None:
            issues.append(Issue("customer_not_lost", column="customer"))
        elif on <= last:
            issues.append(Issue("day_out_of_range", column="happened_on", value=on.isoformat()))
        permission.refuse_if(issues)
        _add_event(
            session,
            LossEvent(
                customer_id=customer_id,
                happened_on=on,
                won_back=True,
                note=note.strip(),
                recorded_by=actor.id,
            ),
        )
        audit.record(session, actor, "customer.won_back", "customer", customer.code, on=on)


def _decide(
    engine: Engine,
    actor: User,
    seen: Seen,
    state: AlertState,
    note: str,
    issues: list[Issue],
    *,
    until: date | None,
) -> None:
    permission.allow(actor, DECIDERS)
    with store.writing(engine) as session:
        customer = permission.customer(session, actor, seen.customer_id)
        permission.refuse_if(issues)
        alert = _live(session, actor, customer, seen)
        permission.change(
            session,
            Alert,
            alert.id or 0,
            alert.version,
            state=state,
            note=note.strip(),
            snoozed_until=until,
            decided_by=actor.id,
            decided_at=now(),
        )
        _record(session, actor, customer, state, note=note.strip(), until=until)


def _end(
    session: Session, actor: User, alert: Alert, state: AlertState, note: str, on: date
) -> None:
    """Close alert and supervision, keeping the figures as they stand now."""
    frozen: dict[str, Any] = {}
    snapshot = _snapshot(session, alert.customer_id)
    if snapshot is not None and snapshot.score is not None and snapshot.level in _LEVELS:
        frozen = {
            "score": snapshot.score,
            "level": Level(snapshot.level),
            "value_at_risk": snapshot.value_at_risk,
            "reasons": snapshot.reasons or [],
        }
    permission.change(
        session,
        Alert,
        alert.id or 0,
        alert.version,
        state=state,
        note=note.strip(),
        snoozed_until=None,
        ended_on=max(on, alert.raised_on),
        decided_by=actor.id,
        decided_at=now(),
        **frozen,
    )
    item = supervision.live_item(session, alert.customer_id, "loss_alert")
    if item is not None:
        supervision.close_item(
            session, actor, item, item.version, evidence=note, on=max(on, item.opened_on)
        )


def _live(session: Session, actor: User, customer: Customer, seen: Seen) -> Alert:
    """The live alert as it was seen; made from the snapshot where none was stored yet."""
    alert = _live_or_none(session, seen)
    if alert is not None:
        return alert
    snapshot = _snapshot(session, seen.customer_id)
    if snapshot is None or snapshot.score is None or snapshot.level not in _RAISED:
        raise BadInput(Issue("no_alert", column="customer"))
    if lost_since(session, seen.customer_id) is not None:
        raise BadInput(Issue("customer_already_lost", column="customer"))
    since = alarmed_since(session, [seen.customer_id], actor.scope, as_of=snapshot.as_of)
    alert = Alert(
        customer_id=seen.customer_id,
        raised_on=since.get(seen.customer_id, snapshot.as_of),
        level=Level(snapshot.level),
        score=snapshot.score,
        value_at_risk=snapshot.value_at_risk,
        reasons=snapshot.reasons or [],
    )
    session.add(alert)
    _flush(session, Conflict("alert", customer.code))
    return alert


def _live_or_none(session: Session, seen: Seen) -> Alert | None:
    alert = session.execute(
        sa.select(Alert).where(
            col(Alert.customer_id) == seen.customer_id, col(Alert.ended_on).is_(None)
        )
    ).scalar_one_or_none()
    if (alert.version if alert else 0) != seen.version:
        newest = session.execute(
            sa.select(sa.func.max(col(Alert.id))).where(col(Alert.customer_id) == seen.customer_id)
        ).scalar_one_or_none()
        changed = permission.of_alert(session, newest) if newest is not None else None
        raise Conflict("alert", seen.customer_id, seen.version, changed=changed)
    return alert


def _snapshot(session: Session, customer_id: int) -> Snapshot | None:
    return session.execute(
        sa.select(Snapshot)
        .where(col(Snapshot.customer_id) == customer_id, regular(Snapshot.as_of))
        .order_by(col(Snapshot.as_of).desc())
        .limit(1)
    ).scalar_one_or_none()


def _add_event(session: Session, event: LossEvent) -> None:
    """One event per customer and day; a second one is refused in words."""
    session.add(event)
    _flush(session, BadInput(Issue("loss_event_that_day", column="happened_on")))


def _flush(session: Session, otherwise: AppError) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise otherwise from error


def _rest_faults(on: date, until: date, most: int) -> list[Issue]:
    if on < until <= on + timedelta(days=most):
        return []
    detail = {"most": most}
    return [Issue("rest_out_of_range", column="until", value=until.isoformat(), detail=detail)]


def _record(
    session: Session, actor: User, customer: Customer, state: AlertState, **detail: Any
) -> None:
    audit.record(session, actor, f"alert.{state.value}", "customer", customer.code, **detail)
