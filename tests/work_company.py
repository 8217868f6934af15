"""A company with work to do (催收与预警小公司): a ledger that adds up, alerts, one survey.

Four customers: Ash and Beech of `li`, Cedar of `wang`, Date of nobody. Snapshots are made
here from the dated facts by the plainest arithmetic, so that queries can be checked by hand.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from data import store
from models.access import Role, User, scope_of
from models.customers import Customer
from models.enums import ItemRole
from models.loss import LossEvent
from models.people import AppUser
from models.policy import Policy
from models.receivables import Allocation, CreditNote, Invoice, Receipt
from models.snapshots import (
    Snapshot,
    SnapshotInvoice,
    SnapshotResponse,
    SnapshotRun,
    SnapshotTotal,
    SnapshotWave,
)
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave

OCTOBER, TODAY = date(2026, 10, 31), date(2026, 11, 21)
DATES = (OCTOBER, TODAY)
EDGES = Policy().ageing_edges
LOGINS = {
    Role.EXECUTIVE: "boss",
    Role.ACCOUNT_MANAGER: "li",
    Role.CREDIT_CONTROLLER: "credit",
    Role.SERVICE: "service",
    Role.ADMINISTRATOR: "admin",
}
PLACES = {"Ash": "li", "Beech": "li", "Cedar": "wang", "Date": None}
TIERS = {"Ash": "top", "Beech": "big", "Cedar": "medium", "Date": "small"}
GRADES = {"Ash": "A", "Beech": "C", "Cedar": "D", "Date": None}
LIMITS = {"Ash": 1_000_000, "Beech": 100_000, "Cedar": None, "Date": 500_000}
SCORES = {
    "Ash": (72.0, "red"),
    "Beech": (40.0, "amber"),
    "Cedar": (65.0, "red"),
    "Date": (5.0, "green"),
}
EARLIER_SCORES = {**SCORES, "Beech": (10.0, "green")}
AT_RISK = {"Ash": 600_000, "Beech": 250_000, "Cedar": 300_000, "Date": 0}
INVOICES = (  # customer, code, invoiced, due, amount
    ("Ash", "A1", date(2026, 7, 1), date(2026, 8, 1), 500_000),
    ("Ash", "A2", date(2026, 11, 1), date(2026, 12, 1), 300_000),
    ("Beech", "B1", date(2026, 9, 20), date(2026, 10, 20), 200_000),
    ("Cedar", "C1", date(2025, 5, 1), date(2025, 6, 1), 400_000),
    ("Cedar", "C2", date(2026, 8, 1), date(2026, 9, 30), 100_000),
    ("Date", "D1", date(2026, 10, 1), date(2026, 11, 1), 50_000),
)
RECEIPTS = (  # customer, code, on, amount, invoice, allocated
    ("Ash", "R1", date(2026, 9, 1), 200_000, "A1", 200_000),
    ("Beech", "R2", date(2026, 11, 15), 60_000, "B1", 40_000),
    ("Date", "R3", date(2026, 11, 10), 50_000, "D1", 50_000),
)
CREDIT_NOTES = (("Cedar", "N1", date(2026, 11, 2), 30_000),)


def fill(engine: Engine) -> dict[str, int]:
    """Build the company; returns ids of users by login and of customers by name."""
    with store.writing(engine, facts=True) as session:
        ids = _people(session)
        _ledger(session, ids)
        _survey(session, ids)
        for day in DATES:
            _snapshots(session, ids, day)
    return ids


def user_of(ids: dict[str, int], role: Role, login: str | None = None) -> User:
    """A signed-in user of the company."""
    login = login or LOGINS[role]
    return User(ids[login], login, login.title(), role, scope_of(role, ids[login]), f"key-{login}")


def open_on(day: date) -> dict[str, int]:
    """What is left of each invoice on a day, those with nothing left out."""
    left = {code: amount for _, code, on, _, amount in INVOICES if on <= day}
    for _, _, on, _, code, allocated in RECEIPTS:
        if on <= day:
            left[code] -= allocated
    return {code: amount for code, amount in left.items() if amount}


def unallocated_on(day: date) -> dict[str, int]:
    """Receipts and credits per customer that met no invoice."""
    found = dict.fromkeys(PLACES, 0)
    for name, _, on, amount, _, allocated in RECEIPTS:
        found[name] += (amount - allocated) * (on <= day)
    for name, _, on, amount in CREDIT_NOTES:
        found[name] += amount * (on <= day)
    return found


def bucket(days: int) -> int:
    """0 not due, then by inclusive upper limits."""
    return next((k for k, edge in enumerate((0, *EDGES)) if days <= edge), len(EDGES) + 1)


def _people(session: Session) -> dict[str, int]:
    users = [
        AppUser(login=login, name=login.title(), role=role, password_hash="x")
        for role, login in [*LOGINS.items(), (Role.ACCOUNT_MANAGER, "wang")]
    ]
    session.add_all(users)
    session.flush()
    ids = {user.login: user.id or 0 for user in users}
    customers = [
        Customer(
            code=f"K-{name}",
            name=f"{name} Works",
            province="Hubei",
            owner_id=ids[owner] if owner else None,
        )
        for name, owner in PLACES.items()
    ]
    session.add_all(customers)
    session.flush()
    return ids | dict(zip(PLACES, (c.id or 0 for c in customers), strict=True))


def _ledger(session: Session, ids: dict[str, int]) -> None:
    bills = {
        code: Invoice(code=code, customer_id=ids[name], invoiced_on=on, due_on=due, amount=amount)
        for name, code, on, due, amount in INVOICES
    }
    session.add_all(bills.values())
    session.flush()
    for name, code, on, amount, bill, allocated in RECEIPTS:
        receipt = Receipt(code=code, customer_id=ids[name], received_on=on, amount=amount)
        session.add(receipt)
        session.flush()
        session.add(
            Allocation(
                receipt_id=receipt.id,
                invoice_id=bills[bill].id or 0,
                allocated_on=on,
                amount=allocated,
            )
        )
    for name, code, on, amount in CREDIT_NOTES:
        session.add(CreditNote(code=code, customer_id=ids[name], issued_on=on, amount=amount))
    session.add(LossEvent(customer_id=ids["Date"], happened_on=date(2025, 1, 1), value=1))
    session.add(LossEvent(customer_id=ids["Date"], happened_on=date(2025, 9, 1), won_back=True))


def _survey(session: Session, ids: dict[str, int]) -> None:
    """Two waves; two seven-level questions (weights 3 and 1), NPS, importance and P and E."""
    scales = [Scale(code="seven", minimum=1, maximum=7), Scale(code="ten", minimum=0, maximum=10)]
    survey = Survey(code="S", name="Survey")
    session.add_all([*scales, survey])
    session.flush()
    seven, ten = (scale.id or 0 for scale in scales)
    kinds = (
        ("Q01", "Product", ItemRole.SATISFACTION, seven, 3.0),
        ("Q02", "Service", ItemRole.SATISFACTION, seven, 1.0),
        ("NPS", "Recommend", ItemRole.NPS, ten, 1.0),
        ("I01", "Product", ItemRole.IMPORTANCE, seven, 1.0),
        ("I02", "Service", ItemRole.IMPORTANCE, seven, 1.0),
        ("E01", "reliability", ItemRole.EXPECTATION, seven, 1.0),
        ("P01", "reliability", ItemRole.PERCEPTION, seven, 1.0),
    )
    items = {
        code: SurveyItem(
            survey_id=survey.id or 0,
            scale_id=scale,
            code=code,
            wording=f"W {code}",
            dimension=dimension,
            role=role,
            weight=weight,
            position=place,
        )
        for place, (code, dimension, role, scale, weight) in enumerate(kinds)
    }
    session.add_all(items.values())
    waves = [
        Wave(
            survey_id=survey.id or 0,
            code="w1",
            name="First",
            starts_on=date(2026, 3, 1),
            ends_on=date(2026, 3, 20),
            sent=12,
            undeliverable=2,
        ),
        Wave(
            survey_id=survey.id or 0,
            code="w2",
            name="Second",
            starts_on=date(2026, 9, 1),
            ends_on=date(2026, 9, 20),
            sent=10,
            undeliverable=2,
        ),
    ]
    session.add_all(waves)
    session.flush()
    given: dict[str, dict[str, float]] = {
        "Ash": {"Q01": 7, "Q02": 7, "NPS": 10, "I01": 7, "I02": 3, "E01": 7, "P01": 6},
        "Beech": {"Q01": 4, "Q02": 4, "NPS": 7, "I01": 6, "I02": 4, "E01": 7, "P01": 5},
        "Cedar": {"Q01": 1, "Q02": 3, "NPS": 2, "I01": 7, "I02": 2, "E01": 6, "P01": 3},
        "Date": {"Q02": 5, "NPS": 9},  # too little of the weight to count
    }
    for place, wave in enumerate(waves):
        for name, answers in given.items():
            response = Response(
                wave_id=wave.id or 0,
                customer_id=ids[name],
                respondent="p",
                answered_on=wave.starts_on,
                comment="<b>late</b> ![x](http://evil.example/x.png)" if name == "Cedar" else "",
            )
            session.add(response)
            session.flush()
            session.add_all(
                Answer(
                    response_id=response.id or 0,
                    item_id=items[code].id or 0,
                    value=max(value - (1 - place), 1) if code != "NPS" else value,
                )
                for code, value in answers.items()
            )
    session.flush()


def reasons(name: str) -> list[dict[str, Any]]:
    """Why a customer scores as it does."""
    if SCORES[name][1] == "green":
        return []
    return [
        {
            "code": "own_rhythm",
            "value": 3.1,
            "threshold": 2.0,
            "points": 30,
            "days": 96.0,
            "usual": 31.0,
            "borrowed": 0,
        },
        {"code": "complaints_open", "value": 2.0, "threshold": 1.0, "points": 10},
    ]


def _snapshots(session: Session, ids: dict[str, int], day: date) -> None:
    run = SnapshotRun(as_of=day, facts_revision=1, engine="test", customers=len(PLACES))
    run.policy = Policy().as_dict()
    session.add(run)
    session.flush()
    left, loose = open_on(day), unallocated_on(day)
    bills = {bill.code: bill for bill in session.exec(select(Invoice))}
    scores = SCORES if day == TODAY else EARLIER_SCORES
    for name, owner in PLACES.items():
        buckets, oldest = [0] * 8, None
        for code, amount in left.items():
            bill = bills[code]
            if bill.customer_id != ids[name]:
                continue
            late, age = (day - bill.due_on).days, (day - bill.invoiced_on).days
            buckets[bucket(late)] += amount
            oldest = max(oldest or 0, late) if late > 0 else oldest
            session.add(
                SnapshotInvoice(
                    as_of=day,
                    invoice_id=bill.id or 0,
                    customer_id=ids[name],
                    outstanding=amount,
                    due_on=bill.due_on,
                    amount=bill.amount,
                    overdue_days=late,
                    invoice_age=age,
                    bucket=bucket(late),
                )
            )
        outstanding, limit = sum(buckets), LIMITS[name]
        score, level = scores[name]
        sums = {
            "sales": 1_000_000 * (4 - list(PLACES).index(name)),
            "margin": 200_000,
            "outstanding": outstanding,
            "overdue": sum(buckets[1:]),
            "unallocated": loose[name],
            "due_amount": 700_000,
            "due_received": 350_000,
            "invoiced": 800_000,
            "value_at_risk": AT_RISK[name] if level in {"red", "amber"} else 0,
            **{f"b{k}": amount for k, amount in enumerate(buckets)},
        }
        session.add(
            Snapshot(
                as_of=day,
                customer_id=ids[name],
                tier=TIERS[name],
                grade=GRADES[name],
                abc="A",
                orders=3,
                oldest_days=oldest,
                credit_limit=limit,
                score=score,
                level=level,
                reasons=reasons(name),
                last_receipt=date(2026, 9, 1),
                owner_id=ids[owner] if owner else 0,
                province="Hubei",
                **sums,
            )
        )
        session.add(
            SnapshotTotal(
                as_of=day,
                owner_id=ids[owner] if owner else 0,
                tier=TIERS[name],
                abc="A",
                grade=GRADES[name] or "",
                level=level,
                is_key=False,
                customers=1,
                active=1,
                overdue_customers=int(sums["overdue"] > 0),
                margin_sales=sums["sales"],
                over_limit=int(limit is not None and outstanding - loose[name] > limit),
                **sums,
            )
        )
    _wave_counts(session, ids, day)


def _wave_counts(session: Session, ids: dict[str, int], day: date) -> None:
    found: dict[tuple[Any, ...], int] = {}
    names = {ids[name]: name for name in PLACES}
    weights = {
        item.id: item.weight
        for item in session.exec(select(SurveyItem))
        if item.role is ItemRole.SATISFACTION
    }
    for response in session.exec(select(Response)):
        name = names[response.customer_id]
        owner = PLACES[name]
        given = list(session.exec(select(Answer).where(Answer.response_id == response.id)))
        parts = [(weights[a.item_id], a.value) for a in given if a.item_id in weights]
        weight = sum(w for w, _ in parts)
        index = sum(w * (value - 1) / 6 for w, value in parts) / weight * 100
        session.add(
            SnapshotResponse(
                as_of=day,
                wave_id=response.wave_id,
                response_id=response.id or 0,
                customer_id=response.customer_id or 0,
                index=index if weight >= 0.6 * sum(weights.values()) else None,
            )
        )
        for answer in given:
            cell = (
                response.wave_id,
                answer.item_id,
                ids[owner] if owner else 0,
                TIERS[name],
                answer.value,
            )
            found[cell] = found.get(cell, 0) + 1
    for (wave, item, owner_id, tier, value), number in found.items():
        session.add(
            SnapshotWave(
                as_of=day,
                wave_id=wave,
                item_id=item,
                owner_id=owner_id,
                tier=tier,
                value=value,
                count=number,
            )
        )
