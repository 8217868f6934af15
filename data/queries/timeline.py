"""Everything dated that happened with one customer, as one list (客户时间线)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries import movements
from data.queries.frames import framed
from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.base import DAY_ZERO
from models.credit import CreditGradeEntry, CreditLimit
from models.customers import Customer, KeyAccountOverride
from models.loss import Alert, LossEvent, SupervisionItem
from models.people import AppUser, OwnerHistory
from models.receivables import CollectionAction, CreditNote, Invoice, Receipt
from models.sales import Contract, OrderLine, SalesOrder
from models.service import Complaint, Visit
from models.surveys import Response

KINDS = (
    "order",
    "invoice",
    "agreed",
    "receipt",
    "credit_note",
    "bounced",
    "refunded",
    "void",
    "write_off",
    "write_off_ended",
    "collection",
    "visit",
    "survey",
    "complaint",
    "complaint_closed",
    "grade",
    "limit",
    "contract",
    "contract_ended",
    "manager",
    "key",
    "alert",
    "alert_ended",
    "supervision",
    "supervision_closed",
    "loss",
    "won_back",
)
"""What an event can be."""

GROUPS: dict[str, tuple[str, ...]] = {
    "trade": ("order", "contract", "contract_ended"),
    "money": (
        "invoice",
        "agreed",
        "receipt",
        "credit_note",
        "bounced",
        "refunded",
        "void",
        "write_off",
        "write_off_ended",
        "collection",
        "grade",
        "limit",
    ),
    "voice": ("visit", "survey", "complaint", "complaint_closed"),
    "risk": ("alert", "alert_ended", "supervision", "supervision_closed", "loss", "won_back"),
    "people": ("manager", "key"),
}


def timeline(
    session: Session,
    customer_id: int,
    scope: Scope,
    *,
    as_of: date,
    kinds: Sequence[str] = KINDS,
    most: int = 100,
) -> pd.DataFrame:
    """The newest dated events of one customer up to a date, newest first.

    Columns: on, kind (one of `KINDS`), code (of the document, ''), amount (minor units, None),
    detail (a code such as a result, grade or level, ''), words (stored text, ''), who (name of
    the person, None).
    """
    parts = [part for kind, part in (_parts() | _reversed()).items() if kind in kinds]
    if not parts:
        return pd.DataFrame(columns=["on", "kind", "code", "amount", "detail", "words", "who"])
    wanted = []
    for table, on, query in parts:
        has = movements.columns_of(table)
        query = (
            query.select_from(table)
            .join(Customer, col(Customer.id) == has.customer_id)
            .where(has.customer_id == customer_id, on <= as_of)
        )
        newest = visible_to(query, scope).order_by(on.desc(), has.id.desc()).limit(most)
        wanted.append(sa.select(newest.subquery()))
    every = sa.union_all(*wanted).subquery()
    result = sa.select(
        every.c.on,
        every.c.kind,
        every.c.code,
        every.c.amount,
        every.c.detail,
        every.c.words,
        col(AppUser.name).label("who"),
    )
    result = result.outerjoin(AppUser, col(AppUser.id) == every.c.who_id)
    result = result.order_by(every.c.on.desc(), every.c.kind, every.c.code.desc()).limit(most)
    return framed(session, result)


def _parts() -> dict[str, tuple[Any, Any, Rows]]:
    """Kind → table, its day, and what is shown of a row."""
    worth = (
        sa.select(sa.func.sum(OrderLine.amount))
        .where(col(OrderLine.order_id) == col(SalesOrder.id))
        .correlate(SalesOrder)
        .scalar_subquery()
    )
    decided = sa.case(
        (col(KeyAccountOverride.is_key).is_(None), "lifted"),
        (col(KeyAccountOverride.is_key).is_(True), "key"),
        else_="not_key",
    )
    loss = {
        "detail": LossEvent.reason,
        "amount": LossEvent.value,
        "words": LossEvent.note,
        "who_id": LossEvent.recorded_by,
    }
    item = {
        "detail": SupervisionItem.topic,
        "words": SupervisionItem.title,
        "who_id": SupervisionItem.owner_id,
    }
    return {
        "order": _part(
            "order",
            SalesOrder,
            SalesOrder.ordered_on,
            code=SalesOrder.code,
            amount=worth,
            who_id=SalesOrder.sold_by,
        ),
        "invoice": _part(
            "invoice",
            Invoice,
            Invoice.invoiced_on,
            code=Invoice.code,
            amount=Invoice.amount,
        ),
        "receipt": _part(
            "receipt",
            Receipt,
            Receipt.received_on,
            code=Receipt.code,
            amount=Receipt.amount,
            words=Receipt.note,
        ),
        "credit_note": _part(
            "credit_note",
            CreditNote,
            CreditNote.issued_on,
            code=CreditNote.code,
            amount=CreditNote.amount,
            words=CreditNote.reason,
        ),
        "collection": _part(
            "collection",
            CollectionAction,
            CollectionAction.acted_on,
            amount=CollectionAction.promised_amount,
            detail=CollectionAction.result,
            words=CollectionAction.note,
            who_id=CollectionAction.acted_by,
        ),
        "visit": _part(
            "visit",
            Visit,
            Visit.visited_on,
            detail=Visit.channel,
            words=Visit.purpose,
            who_id=Visit.visited_by,
        ),
        "survey": _part("survey", Response, Response.answered_on, words=Response.comment),
        "complaint": _part(
            "complaint",
            Complaint,
            Complaint.opened_on,
            code=Complaint.code,
            detail=Complaint.scope,
            words=Complaint.summary,
        ),
        "complaint_closed": _part(
            "complaint_closed",
            Complaint,
            Complaint.closed_on,
            code=Complaint.code,
            detail=Complaint.scope,
            words=Complaint.remedy,
        ),
        "grade": _part(
            "grade",
            CreditGradeEntry,
            CreditGradeEntry.since,
            detail=CreditGradeEntry.grade,
            words=CreditGradeEntry.reason,
            who_id=CreditGradeEntry.decided_by,
        ),
        "limit": _part(
            "limit",
            CreditLimit,
            CreditLimit.since,
            amount=CreditLimit.amount,
            words=CreditLimit.reason,
            who_id=CreditLimit.decided_by,
        ),
        "contract": _part(
            "contract",
            Contract,
            Contract.starts_on,
            code=Contract.code,
            amount=Contract.amount,
            words=Contract.title,
        ),
        "contract_ended": _part(
            "contract_ended",
            Contract,
            Contract.ends_on,
            code=Contract.code,
            amount=Contract.amount,
            words=Contract.title,
        ),
        "manager": _happened(
            _part(
                "manager",
                OwnerHistory,
                OwnerHistory.since,
                words=OwnerHistory.reason,
                who_id=OwnerHistory.owner_id,
            )
        ),
        "key": _part(
            "key",
            KeyAccountOverride,
            KeyAccountOverride.decided_on,
            detail=decided,
            words=KeyAccountOverride.reason,
            who_id=KeyAccountOverride.decided_by,
        ),
        "alert": _part(
            "alert",
            Alert,
            Alert.raised_on,
            detail=Alert.level,
            amount=Alert.value_at_risk,
        ),
        "alert_ended": _part(
            "alert_ended",
            Alert,
            Alert.ended_on,
            detail=Alert.state,
            words=Alert.note,
            who_id=Alert.decided_by,
        ),
        "supervision": _part("supervision", SupervisionItem, SupervisionItem.opened_on, **item),
        "supervision_closed": _part(
            "supervision_closed",
            SupervisionItem,
            SupervisionItem.closed_on,
            **(item | {"words": SupervisionItem.evidence}),
        ),
        "loss": _where(_part("loss", LossEvent, LossEvent.happened_on, **loss), won_back=False),
        "won_back": _where(
            _part("won_back", LossEvent, LossEvent.happened_on, **loss), won_back=True
        ),
    }


def _reversed() -> dict[str, tuple[Any, Any, Rows]]:
    """What changes what is owed without being a document of its own."""
    back, lost, plan = movements.REVERSED.c, movements.WRITTEN_OFF.c, movements.AGREED.c
    given_up = {
        "code": lost.invoice_code,
        "amount": lost.amount,
        "words": lost.reason,
        "detail": lost.kind,
        "who_id": lost.recorded_by,
    }
    found = {
        kind: _part(
            kind,
            movements.REVERSED,
            back.on,
            code=back.source_code,
            amount=back.amount,
            words=back.reason,
            who_id=back.recorded_by,
        )
        for kind in ("bounced", "refunded", "void")
    }
    return {
        **{kind: (t, on, q.where(back.kind == kind)) for kind, (t, on, q) in found.items()},
        "agreed": _part(
            "agreed",
            movements.AGREED,
            plan.on,
            code=plan.code,
            words=plan.reason,
            who_id=plan.recorded_by,
        ),
        "write_off": _part("write_off", movements.WRITTEN_OFF, lost.on, **given_up),
        "write_off_ended": _part(
            "write_off_ended", movements.WRITTEN_OFF, lost.ended_on, **given_up
        ),
    }


def _part(
    kind: str,
    table: Any,
    on: Any,
    *,
    code: Any = "",
    amount: Any = None,
    detail: Any = "",
    words: Any = "",
    who_id: Any = None,
) -> tuple[Any, Any, Rows]:
    query: Rows = sa.select(
        on.label("on"),
        sa.literal(kind).label("kind"),
        sa.cast(code, sa.String).label("code"),
        sa.cast(amount, sa.BigInteger).label("amount"),
        sa.cast(detail, sa.String).label("detail"),
        sa.cast(words, sa.String).label("words"),
        sa.cast(who_id, sa.Integer).label("who_id"),
    )
    return table, on, query


def _where(part: tuple[Any, Any, Rows], *, won_back: bool) -> tuple[Any, Any, Rows]:
    table, on, query = part
    return table, on, query.where(col(LossEvent.won_back).is_(won_back))


def _happened(part: tuple[Any, Any, Rows]) -> tuple[Any, Any, Rows]:
    """Without what was so from the beginning: it did not happen on a day."""
    table, on, query = part
    return table, on, query.where(on > DAY_ZERO)
