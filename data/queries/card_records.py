"""Records on a customer's card (往来记录): invoices, receipts, credit, answers, complaints."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries import movements
from data.queries.frames import framed
from data.queries.scope import Rows, visible_to
from data.queries.surveys import leading
from models.access import Scope
from models.credit import CreditGradeEntry, CreditLimit, CreditSurvey
from models.customers import Customer
from models.people import AppUser
from models.receivables import Allocation, CreditNote, Invoice, Receipt
from models.sales import Contract
from models.service import Complaint
from models.snapshots import SnapshotInvoice, SnapshotResponse
from models.surveys import Answer, Response, Survey, Wave

MOST = 500
"""Rows any list of one customer holds at most, newest first."""


def open_invoices(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """Invoices of one customer with something left as of a date, oldest due first.

    A row for each open instalment. Columns: invoice_id, code ("INV01 · 2/3" for an instalment),
    invoiced_on, due_on (in force), due_assumed, due_default, put_off, amount, outstanding,
    overdue_days (0 or less is not due), bucket.
    """
    query: Rows = (
        sa.select(
            col(SnapshotInvoice.invoice_id),
            movements.label().label("code"),
            col(Invoice.invoiced_on),
            col(SnapshotInvoice.due_on),
            movements.assumed().label("due_assumed"),
            col(Invoice.due_default),
            movements.put_off().label("put_off"),
            col(SnapshotInvoice.amount),
            col(SnapshotInvoice.outstanding),
            col(SnapshotInvoice.overdue_days),
            col(SnapshotInvoice.bucket),
        )
        .join(SnapshotInvoice, col(SnapshotInvoice.invoice_id) == col(Invoice.id))
        .join(Customer, col(Customer.id) == col(SnapshotInvoice.customer_id))
        .where(
            col(SnapshotInvoice.customer_id) == customer_id,
            col(SnapshotInvoice.as_of) == as_of,
        )
        .order_by(col(SnapshotInvoice.due_on), col(Invoice.code), col(SnapshotInvoice.position))
        .limit(MOST)
    )
    return framed(session, visible_to(query, scope))


def receipts(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """Receipts and credit notes of one customer up to a date, newest first.

    Columns: on, code, kind (receipt or credit_note), amount, reversed (returned, paid back or
    cancelled by that date), allocated (as it stands on the date), free (the rest), invoices
    (how many it is applied to), note.
    """
    parts = [
        _money_in(Receipt, Receipt.received_on, Allocation.receipt_id, Receipt.note, "receipt"),
        _money_in(
            CreditNote,
            CreditNote.issued_on,
            Allocation.credit_note_id,
            CreditNote.reason,
            "credit_note",
        ),
    ]
    queries = [part(customer_id, scope, as_of) for part in parts]
    both = sa.union_all(*queries).subquery()
    query = sa.select(both).order_by(both.c.on.desc(), both.c.code.desc()).limit(MOST)
    frame = framed(session, query)
    for name in ("allocated", "reversed"):
        frame[name] = pd.Series([int(value or 0) for value in frame[name]], dtype=object)
    free = frame["amount"] - frame["reversed"] - frame["allocated"]
    frame["free"] = pd.Series(free, dtype=object)
    return frame


def _money_in(table: Any, on: Any, link: Any, note: Any, kind: str) -> Any:
    def part(customer_id: int, scope: Scope, as_of: date) -> Rows:
        there = sa.select(
            link.label("source_id"), col(Allocation.invoice_id), col(Allocation.amount)
        ).join(Invoice, col(Invoice.id) == col(Allocation.invoice_id))
        applied = there.where(movements.applies(as_of)).subquery()
        query: Rows = (
            sa.select(
                on.label("on"),
                table.code.label("code"),
                sa.literal(kind).label("kind"),
                table.amount.label("amount"),
                movements.reversed_of(table, as_of).label("reversed"),
                sa.func.sum(applied.c.amount).label("allocated"),
                sa.func.count(applied.c.invoice_id.distinct()).label("invoices"),
                note.label("note"),
            )
            .select_from(table)
            .join(Customer, col(Customer.id) == table.customer_id)
            .outerjoin(applied, applied.c.source_id == table.id)
            .where(table.customer_id == customer_id, on <= as_of)
            .group_by(table.id, on, table.code, table.amount, note)
        )
        return visible_to(query, scope)

    return part


def credit_history(
    session: Session, customer_id: int, scope: Scope, *, as_of: date
) -> pd.DataFrame:
    """Grades and limits of one customer up to a date, newest first.

    Columns: since, kind (grade or limit), grade, amount, method, reason, decided_by (name).
    """
    grades: Rows = sa.select(
        col(CreditGradeEntry.since).label("since"),
        sa.literal("grade").label("kind"),
        sa.cast(col(CreditGradeEntry.grade), sa.String).label("grade"),
        sa.cast(sa.null(), sa.BigInteger).label("amount"),
        sa.cast(col(CreditGradeEntry.method), sa.String).label("method"),
        col(CreditGradeEntry.reason).label("reason"),
        col(AppUser.name).label("decided_by"),
    )
    limits: Rows = sa.select(
        col(CreditLimit.since).label("since"),
        sa.literal("limit").label("kind"),
        sa.cast(sa.null(), sa.String).label("grade"),
        sa.cast(col(CreditLimit.amount), sa.BigInteger).label("amount"),
        sa.cast(col(CreditLimit.method), sa.String).label("method"),
        col(CreditLimit.reason).label("reason"),
        col(AppUser.name).label("decided_by"),
    )
    queries = [
        visible_to(
            query.select_from(table)
            .join(Customer, col(Customer.id) == col(table.customer_id))
            .outerjoin(AppUser, col(AppUser.id) == col(table.decided_by))
            .where(col(table.customer_id) == customer_id, col(table.since) <= as_of),
            scope,
        )
        for query, table in ((grades, CreditGradeEntry), (limits, CreditLimit))
    ]
    both = sa.union_all(*queries).subquery()
    query = sa.select(both).order_by(both.c.since.desc(), both.c.kind).limit(MOST)
    return framed(session, query)


def credit_surveys(
    session: Session, customer_id: int, scope: Scope, *, as_of: date
) -> tuple[dict[str, Any], ...]:
    """The credit surveys of one customer up to a date, newest first: their columns by name."""
    query: Rows = (
        sa.select(CreditSurvey)
        .join(Customer, col(Customer.id) == col(CreditSurvey.customer_id))
        .where(col(CreditSurvey.customer_id) == customer_id, col(CreditSurvey.surveyed_on) <= as_of)
        .order_by(col(CreditSurvey.surveyed_on).desc())
        .limit(MOST)
    )
    found = session.execute(visible_to(query, scope)).scalars()
    return tuple(survey.model_dump(exclude={"batch_id", "batch_line"}) for survey in found)


def surveys(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """Answered questionnaires of one customer up to a date, newest first.

    Columns: answered_on, survey, survey_id, wave, wave_id, respondent, index (0–100 as refresh
    stored it for the date, None where the survey has none or too little was answered), items
    (answered), nps (answer to the question that speaks for recommendation in the wave, 0–10,
    see `leading`; None where it gave none), comment.
    """
    query: Rows = (
        sa.select(
            col(Response.answered_on),
            col(Survey.name).label("survey"),
            col(Wave.survey_id),
            col(Response.wave_id),
            sa.func.coalesce(sa.func.nullif(col(Wave.name), ""), col(Wave.code)).label("wave"),
            col(Response.respondent),
            col(SnapshotResponse.index),
            sa.func.count(col(Answer.item_id)).label("items"),
            col(Response.id),
            col(Response.comment),
        )
        .join(Customer, col(Customer.id) == col(Response.customer_id))
        .join(Wave, col(Wave.id) == col(Response.wave_id))
        .join(Survey, col(Survey.id) == col(Wave.survey_id))
        .outerjoin(
            SnapshotResponse,
            sa.and_(
                col(SnapshotResponse.as_of) == as_of,
                col(SnapshotResponse.wave_id) == col(Response.wave_id),
                col(SnapshotResponse.response_id) == col(Response.id),
            ),
        )
        .outerjoin(Answer, col(Answer.response_id) == col(Response.id))
        .where(col(Response.customer_id) == customer_id, col(Response.answered_on) <= as_of)
        .group_by(
            col(Response.id),
            col(Response.answered_on),
            col(Survey.name),
            col(Wave.name),
            col(Wave.survey_id),
            col(Response.wave_id),
            col(Wave.code),
            col(Response.respondent),
            col(SnapshotResponse.index),
            col(Response.comment),
        )
        .order_by(col(Response.answered_on).desc(), col(Response.id).desc())
        .limit(MOST)
    )
    frame = framed(session, visible_to(query, scope))
    frame.insert(list(frame.columns).index("comment"), "nps", _recommending(session, frame, as_of))
    return frame.drop(columns="id")


def _recommending(session: Session, answered: pd.DataFrame, as_of: date) -> pd.Series:
    """What each response answers to the question that speaks for recommendation in its wave."""
    led = leading(session, as_of=as_of, wave_ids=tuple(answered["wave_id"].unique().tolist()))
    asked = [led.get(int(wave), {}).get("nps", 0) for wave in answered["wave_id"]]
    query = sa.select(col(Answer.response_id), col(Answer.item_id), col(Answer.value)).where(
        col(Answer.response_id).in_(answered["id"].tolist()), col(Answer.item_id).in_(set(asked))
    )
    given = {(response, item): value for response, item, value in session.execute(query)}
    found = [given.get(pair) for pair in zip(answered["id"], asked, strict=True)]
    return pd.Series(found, index=answered.index, dtype=object)


def complaints(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """Complaints of one customer opened up to a date, newest first.

    Columns: code, opened_on, closed_on (None if after the date), days (open so long, or
    until closed), scope, state, department, summary, cause, remedy, score_after.
    """
    query: Rows = (
        sa.select(
            col(Complaint.code),
            col(Complaint.opened_on),
            col(Complaint.closed_on),
            col(Complaint.scope),
            col(Complaint.state),
            col(Complaint.department),
            col(Complaint.summary),
            col(Complaint.cause),
            col(Complaint.remedy),
            col(Complaint.score_after),
        )
        .join(Customer, col(Customer.id) == col(Complaint.customer_id))
        .where(col(Complaint.customer_id) == customer_id, col(Complaint.opened_on) <= as_of)
        .order_by(col(Complaint.opened_on).desc(), col(Complaint.code))
        .limit(MOST)
    )
    frame = framed(session, visible_to(query, scope))
    closed = [day if day and day <= as_of else None for day in frame["closed_on"]]
    frame["closed_on"] = pd.Series(closed, dtype=object)
    opened = frame["opened_on"]
    days = [((c or as_of) - o).days for o, c in zip(opened, closed, strict=True)]
    frame["days"] = pd.Series(days, dtype=object)
    return frame


def contracts(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """Contracts of one customer begun by a date, the last to end first.

    Columns: code, title, starts_on, ends_on, days_left (negative: ended), amount, signer.
    """
    query: Rows = (
        sa.select(
            col(Contract.code),
            col(Contract.title),
            col(Contract.starts_on),
            col(Contract.ends_on),
            col(Contract.amount),
            col(Contract.signer),
        )
        .join(Customer, col(Customer.id) == col(Contract.customer_id))
        .where(col(Contract.customer_id) == customer_id, col(Contract.starts_on) <= as_of)
        .order_by(col(Contract.ends_on).desc(), col(Contract.code))
        .limit(MOST)
    )
    frame = framed(session, visible_to(query, scope))
    left = [(day - as_of).days for day in frame["ends_on"]]
    frame["days_left"] = pd.Series(left, dtype=object)
    return frame
