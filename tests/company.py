"""A company small enough to work out by hand (小公司): twelve customers, four computed dates."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from data import store
from models.access import Role, User, scope_of
from models.credit import CreditGradeEntry, CreditLimit, CreditSurvey
from models.customers import Contact, Customer, KeyAccountOverride
from models.enums import (
    CollectionResult,
    ComplaintScope,
    ContactChannel,
    CreditGrade,
    GradeMethod,
    ItemRole,
    Level,
)
from models.loss import Alert, LossEvent, SupervisionItem
from models.people import AppUser, OwnerHistory
from models.policy import Policy
from models.receivables import Allocation, CollectionAction, CreditNote, Invoice, Receipt
from models.sales import Contract, OrderLine, Product, SalesOrder
from models.service import Complaint, Visit
from models.snapshots import (
    Snapshot,
    SnapshotInvoice,
    SnapshotResponse,
    SnapshotRun,
    SnapshotTotal,
)
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave

YEAR_AGO, SEPTEMBER, OCTOBER, TODAY = (
    date(2025, 10, 31),
    date(2026, 9, 30),
    date(2026, 10, 31),
    date(2026, 11, 21),
)
DATES = (YEAR_AGO, SEPTEMBER, OCTOBER, TODAY)
SIZE = 12
NAMES = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elder",
    "Fir",
    "Ginkgo",
    "Hazel",
    "Ivy",
    "Juniper",
    "Katsura",
    "Larch",
)
TIERS = ("top", "big", "big", "medium", "medium", "medium", *("small",) * 4, "inactive", "inactive")
LEVELS = ("green", "red", "amber", *("green",) * 5, "red", "amber", "unknown", "green")
CONTACTS: dict[int, date | None] = {4: None}
LOGINS = {
    Role.EXECUTIVE: "boss",
    Role.ACCOUNT_MANAGER: "li",
    Role.CREDIT_CONTROLLER: "credit",
    Role.SERVICE: "service",
    Role.ADMINISTRATOR: "admin",
}


def person(user_id: int, role: Role, name: str = "Tester") -> User:
    """A signed-in user of the company."""
    return User(user_id, LOGINS[role], name, role, scope_of(role, user_id), f"key-{user_id}")


def fill(engine: Engine) -> dict[str, int]:
    """Build the company; returns ids of users by login (`li` owns even places, `wang` odd)."""
    with store.writing(engine, facts=True) as session:
        users = _users(session)
        ids = _customers(session, users)
        for day in DATES:
            _snapshots(session, day, ids, users)
        _facts(session, ids, users)
    return users


def user_of(users: dict[str, int], role: Role) -> User:
    """The company's user of a role; the account manager is `li`."""
    return person(users[LOGINS[role]], role)


def sales_of(place: int, day: date) -> int:
    """Net sales of the customer in this place, minor units: 12 000 yuan at the top, less below."""
    if TIERS[place] == "inactive":
        return 0
    grown = 100 if day == TODAY else 90 if day == OCTOBER else 80
    return (SIZE - place) * 1_000 * grown


def row_of(place: int, day: date, number: int) -> dict[str, Any]:
    """The snapshot row of the customer in this place."""
    sales = sales_of(place, day)
    tier = TIERS[place]
    if day != TODAY and place == 3:
        tier = "small"  # moved up since
    if day != TODAY and place == 6:
        tier = "medium"  # moved down since
    if day != TODAY and place == 9:
        tier, sales = "inactive", 0  # new since
    overdue = 20_000 * place if place % 3 == 1 else 0
    red = LEVELS[place] == "red"
    return {
        "as_of": day,
        "customer_id": number,
        "sales": sales,
        "sales_before": None if place == 9 else sales * 8 // 10 + 50_000 * (place == 10),
        "margin": None if place == 5 else sales // 5 - (sales // 2 if place == 8 else 0),
        "sales_total": sales * 3,
        "sales_recent": sales // 4,
        "orders": (place + 1) * 2 if sales else 0,
        "orders_total": 30,
        "first_order": date(2026, 3, 1) if place == 9 else date(2023, 5, 1),
        "last_order": date(2025, 6, 1) if not sales else date(2026, 11, 1),
        "usual_gap": 30.0 + place,
        "rank": place + 1 if sales else None,
        "cum_share": (place + 1) / SIZE if sales else None,
        "tier": tier,
        "profit_tier": "lead" if place == 8 else "platinum" if place < 2 else "iron",
        "abc": "A" if place < 4 else "B" if place < 7 else "C",
        "outstanding": 100_000 + overdue,
        "unallocated": 5_000 if place == 2 else 0,
        "overdue": overdue,
        "b0": 100_000,
        "b1": overdue // 2,
        "b2": overdue - overdue // 2,
        "oldest_days": 45 if overdue else None,
        "due_amount": 200_000,
        "due_received": 200_000 - 10_000 * (place % 3),
        "invoiced": 300_000,
        "last_receipt": date(2026, 10, 20),
        "credit_limit": 150_000 if place < 6 else None,
        "grade": "ABCD"[place % 4] if place != 11 else None,
        "advised_grade": "B",
        "csi": 70.0 + place if place % 2 == 0 else None,
        "csi_n": 2 if place % 2 == 0 else 0,
        "headline_sum": 2 * (70.0 + place) if place % 2 == 0 else 0.0,
        "headline_n": 2 if place % 2 == 0 else 0,
        "csi_before": 75.0 if place % 2 == 0 else None,
        "csi_on": date(2026, 6, 15) if place % 2 == 0 else None,
        "complaints_open": int(place == 1),
        "last_contact": CONTACTS.get(place, date(2026, 11, 10) if place % 2 else date(2026, 8, 1)),
        "contract_ends": date(2026, 12, 31) if place == 0 else None,
        "is_key": place < 4,
        "key_score": 90.0 - 3 * place,
        "key_reason": "score" if place < 4 else None,
        "attractiveness": 8.0 - place * 0.5,
        "relationship": 3.0 + place * 0.5,
        "quality": 100 - 30 * (place % 3),
        "flags": {1: 1 | 8, 8: 2}.get(place, 0),
        "score": None if LEVELS[place] == "unknown" else 72.0 if red else 10.0 + place,
        "level": LEVELS[place],
        "value_at_risk": (SIZE - place) * 10_000 if LEVELS[place] in {"red", "amber"} else 0,
        "reasons": [
            {
                "code": "own_rhythm",
                "value": 3.2,
                "threshold": 2.0,
                "points": 32,
                "days": 96.0,
                "usual": 30.0,
                "borrowed": 0,
            },
            {
                "code": "sales_drop",
                "value": 0.42,
                "threshold": 0.3,
                "points": 20,
                "now": 58,
                "before": 100,
                "versus": "year_ago",
            },
            {"code": "complaints_open", "value": 1.0, "threshold": 1.0, "points": 20},
        ]
        if red
        else None,
    }


def owner_of(place: int, users: dict[str, int]) -> int | None:
    """Who looks after the customer in this place; nobody after the last."""
    if place == SIZE - 1:
        return None
    return users["wang"] if place % 2 else users["li"]


def card_of(place: int, users: dict[str, int]) -> dict[str, Any]:
    """What the card of the customer in this place says."""
    return {
        "owner_id": owner_of(place, users) or 0,
        "province": "Shaanxi" if place < 8 else "Hubei",
        "industry": "Pumps" if place % 3 else "Valves",
    }


def _users(session: Session) -> dict[str, int]:
    people = [
        AppUser(login=login, name=login.title(), role=role, password_hash="x")
        for role, login in [*LOGINS.items(), (Role.ACCOUNT_MANAGER, "wang")]
    ]
    session.add_all(people)
    session.flush()
    return {user.login: user.id or 0 for user in people}


def _customers(session: Session, users: dict[str, int]) -> list[int]:
    rows = [
        Customer(
            code=f"K{place:03}",
            name=f"{NAMES[place]} Works",
            province="Shaanxi" if place < 8 else "Hubei",
            industry="Pumps" if place % 3 else "Valves",
            owner_id=owner_of(place, users),
            since=date(2023, 4, 1),
            annual_category_spend=4_000_000 if place < 4 else None,
            note="<script>alert(1)</script> ![x](http://evil.example/x.png)" if place == 0 else "",
            verified_on=date(2026, 5, 1) if place % 2 else None,
        )
        for place in range(SIZE)
    ]
    session.add_all(rows)
    session.flush()
    rows[1].parent_id = rows[0].id
    rows[2].parent_id = rows[0].id
    session.flush()
    return [row.id or 0 for row in rows]


def _snapshots(session: Session, day: date, ids: list[int], users: dict[str, int]) -> None:
    run = SnapshotRun(as_of=day, facts_revision=1, engine="test", customers=SIZE)
    run.policy = Policy().as_dict()
    session.add(run)
    session.flush()
    rows = [
        {**row_of(place, day, number), **card_of(place, users)} for place, number in enumerate(ids)
    ]
    session.add_all([Snapshot(**row) for row in rows])
    session.add_all(cube(rows, [owner_of(place, users) for place in range(SIZE)]))


def cube(rows: list[dict[str, Any]], owners: list[int | None]) -> list[SnapshotTotal]:
    """The sums of the rows, by the definitions of `SnapshotTotal`."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for row, owner in zip(rows, owners, strict=True):
        key = (
            row["as_of"],
            owner or 0,
            row["tier"],
            row["abc"] or "",
            row["grade"] or "",
            row["level"],
            row["is_key"],
        )
        cell = sums[key]
        for name in (
            "sales",
            "sales_before",
            "margin",
            "sales_recent",
            "outstanding",
            "unallocated",
            "overdue",
            "b0",
            "b1",
            "b2",
            "due_amount",
            "due_received",
            "invoiced",
            "value_at_risk",
            "headline_n",
            "headline_sum",
            "complaints_open",
        ):
            cell[name] += row[name] or 0
        net = row["outstanding"] - row["unallocated"]
        cell["customers"] += 1
        cell["active"] += row["orders"] > 0
        cell["margin_sales"] += row["sales"] if row["margin"] is not None else 0
        cell["overdue_customers"] += row["overdue"] > 0
        cell["over_limit"] += row["credit_limit"] is not None and net > row["credit_limit"]
        cell["headline_customers"] += row["headline_n"] > 0
        cell["flagged"] += row["flags"] > 0
    names = ("as_of", "owner_id", "tier", "abc", "grade", "level", "is_key")
    return [
        SnapshotTotal(**dict(zip(names, key, strict=True)), **cell) for key, cell in sums.items()
    ]


def _facts(session: Session, ids: list[int], users: dict[str, int]) -> None:
    """Dated facts of the first two customers, a few of them after the last date."""
    pump = Product(code="P1", name="Pump", category="Pumps", unit_cost=600)
    session.add(pump)
    session.flush()
    for place, number in enumerate(ids[:2]):
        for month in (1, 4, 7, 10, 11):
            order = SalesOrder(
                code=f"O{place}-{month}", customer_id=number, ordered_on=date(2026, month, 5)
            )
            session.add(order)
            session.flush()
            session.add(
                OrderLine(
                    order_id=order.id,
                    line_no=1,
                    product_id=pump.id,
                    quantity=2,
                    amount=1_000 * month,
                    cost=600 * month,
                )
            )
            session.add(OrderLine(order_id=order.id, line_no=2, amount=500))
    first = ids[0]
    late = SalesOrder(code="O-late", customer_id=first, ordered_on=date(2026, 11, 25))
    session.add(late)
    session.flush()
    session.add(OrderLine(order_id=late.id, line_no=1, amount=99_999))
    _money(session, first, users)
    _voice(session, first, users)
    _judgement(session, ids, users)


def _money(session: Session, first: int, users: dict[str, int]) -> None:
    invoice = Invoice(
        code="I1",
        customer_id=first,
        invoiced_on=date(2026, 8, 1),
        due_on=date(2026, 9, 1),
        amount=80_000,
    )
    receipt = Receipt(code="R1", customer_id=first, received_on=date(2026, 10, 5), amount=40_000)
    credit = CreditNote(code="N1", customer_id=first, issued_on=date(2026, 10, 6), amount=1_000)
    session.add_all([invoice, receipt, credit])
    session.flush()
    session.add_all(
        [
            Allocation(
                receipt_id=receipt.id,
                invoice_id=invoice.id or 0,
                amount=30_000,
                allocated_on=date(2026, 10, 5),
            ),
            SnapshotInvoice(
                as_of=TODAY,
                invoice_id=invoice.id or 0,
                customer_id=first,
                due_on=date(2026, 9, 1),
                amount=80_000,
                outstanding=50_000,
                overdue_days=81,
                invoice_age=112,
                bucket=3,
            ),
            CollectionAction(
                customer_id=first,
                acted_on=date(2026, 10, 1),
                channel=ContactChannel.PHONE,
                result=CollectionResult.PROMISED,
                promised_on=date(2026, 10, 5),
                promised_amount=40_000,
                acted_by=users["li"],
            ),
            CreditGradeEntry(
                customer_id=first,
                since=date(2026, 1, 1),
                grade=CreditGrade.A,
                method=GradeMethod.COLLECTION_RATE,
                reason="paid in full",
            ),
            CreditLimit(
                customer_id=first,
                since=date(2026, 1, 2),
                amount=150_000,
                method=GradeMethod.SALES,
                reason="by sales",
                decided_by=users["credit"],
            ),
            CreditSurvey(
                customer_id=first, surveyed_on=date(2026, 2, 1), c_character=80, c_capacity=70
            ),
            Contract(
                code="T1",
                customer_id=first,
                title="Frame contract",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 12, 31),
                amount=1_000_000,
            ),
        ]
    )


def _voice(session: Session, first: int, users: dict[str, int]) -> None:
    survey, scale = Survey(code="S", name="Satisfaction"), Scale(code="5", minimum=1, maximum=5)
    session.add_all([survey, scale])
    session.flush()
    items = [
        SurveyItem(survey_id=survey.id, scale_id=scale.id, code=f"q{k}", weight=k, wording="?")
        for k in (1, 3)
    ]
    nps = SurveyItem(survey_id=survey.id, scale_id=scale.id, code="nps", role=ItemRole.NPS)
    wave = Wave(
        survey_id=survey.id, code="2026H1", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 30)
    )
    session.add_all([*items, nps, wave])
    session.flush()
    response = Response(
        wave_id=wave.id,
        customer_id=first,
        respondent="Buyer",
        answered_on=date(2026, 6, 15),
        comment="Slow delivery",
    )
    session.add(response)
    session.flush()
    answers = zip([*items, nps], (5.0, 3.0, 4.0), strict=True)
    session.add_all([Answer(response_id=response.id, item_id=i.id, value=v) for i, v in answers])
    session.add(
        SnapshotResponse(
            as_of=TODAY,
            wave_id=wave.id or 0,
            response_id=response.id or 0,
            customer_id=first,
            index=62.5,
        )
    )
    session.add_all(
        [
            Complaint(
                code="B1",
                customer_id=first,
                opened_on=date(2026, 7, 1),
                closed_on=date(2026, 12, 1),
                scope=ComplaintScope.QUALITY,
                summary="Leaks",
            ),
            Visit(
                customer_id=first,
                visited_on=date(2026, 8, 1),
                purpose="Review",
                visited_by=users["li"],
            ),
            Contact(customer_id=first, name="Mr Buyer", title="Head of buying", decides=True),
        ]
    )


def _judgement(session: Session, ids: list[int], users: dict[str, int]) -> None:
    alert = Alert(
        customer_id=ids[1],
        raised_on=date(2026, 11, 1),
        level=Level.RED,
        score=72,
        value_at_risk=110_000,
    )
    session.add(alert)
    session.flush()
    session.add_all(
        [
            SupervisionItem(
                customer_id=ids[1],
                alert_id=alert.id,
                topic="loss_alert",
                title="Call them",
                owner_id=users["wang"],
                opened_on=date(2026, 11, 2),
                due_on=date(2026, 11, 30),
            ),
            OwnerHistory(customer_id=ids[0], owner_id=users["li"], since=date(2023, 4, 1)),
            LossEvent(customer_id=ids[10], happened_on=date(2026, 2, 1), value=30_000),
            KeyAccountOverride(
                customer_id=ids[5],
                is_key=True,
                reason="Strategic partner",
                decided_by=users["boss"],
                decided_on=date(2026, 11, 20),
            ),
        ]
    )
