"""Facts in few words (造数): orders, invoices, money and words for the tests of refresh."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sqlmodel import Session

from models.access import Role
from models.credit import CreditGradeEntry, CreditLimit, CreditSurvey
from models.customers import Customer, KeyAccountOverride
from models.enums import (
    CollectionResult,
    ComplaintScope,
    ContactChannel,
    CreditGrade,
    GradeMethod,
    ItemRole,
)
from models.loss import LossEvent
from models.people import AppUser, OwnerHistory
from models.receivables import (
    Allocation,
    CollectionAction,
    CreditNote,
    Invoice,
    InvoiceSchedule,
    Receipt,
    Reversal,
    WriteOff,
)
from models.sales import Contract, OrderLine, SalesOrder
from models.service import Complaint, Visit
from models.surveys import Answer, Response, Scale, Survey, SurveyItem, Wave


class Ledger:
    """Adds facts to a session and returns their numbers."""

    def __init__(self, session: Session, mark: str = "T") -> None:
        self.session = session
        self._mark = mark
        self._count = 0

    def _add(self, row: object) -> int:
        self.session.add(row)
        self.session.flush()
        number = getattr(row, "id", 0)
        assert number is not None
        return number

    def _code(self) -> str:
        self._count += 1
        return f"{self._mark}{self._count:06d}"

    def manager(self, login: str) -> int:
        return self._add(
            AppUser(login=login, name=login, role=Role.ACCOUNT_MANAGER, password_hash="-")
        )

    def customer(self, since: date | None = date(2020, 1, 1), **more: object) -> int:
        code = self._code()
        return self._add(Customer(code=code, name=f"Customer {code}", since=since, **more))

    def order(self, customer: int, on: date, *lines: tuple[int, int | None]) -> int:
        order = self._add(SalesOrder(code=self._code(), customer_id=customer, ordered_on=on))
        for number, (amount, cost) in enumerate(lines, 1):
            self.session.add(OrderLine(order_id=order, line_no=number, amount=amount, cost=cost))
        return order

    def invoice(self, customer: int, on: date, due: date, amount: int) -> int:
        return self._add(
            Invoice(
                code=self._code(), customer_id=customer, invoiced_on=on, due_on=due, amount=amount
            )
        )

    def receipt(self, customer: int, on: date, amount: int) -> int:
        return self._add(
            Receipt(code=self._code(), customer_id=customer, received_on=on, amount=amount)
        )

    def credit_note(self, customer: int, on: date, amount: int) -> int:
        return self._add(
            CreditNote(code=self._code(), customer_id=customer, issued_on=on, amount=amount)
        )

    def allocate(
        self,
        invoice: int,
        on: date,
        amount: int,
        *,
        receipt: int | None = None,
        note: int | None = None,
    ) -> int:
        return self._add(
            Allocation(
                invoice_id=invoice,
                receipt_id=receipt,
                credit_note_id=note,
                allocated_on=on,
                amount=amount,
            )
        )

    def schedule(self, invoice: int, since: date, *parts: tuple[date, int]) -> int:
        """Due dates and amounts of an invoice from a day on; the number of the last row."""
        return [
            self._add(
                InvoiceSchedule(
                    invoice_id=invoice, since=since, position=position, due_on=due, amount=amount
                )
            )
            for position, (due, amount) in enumerate(parts, 1)
        ][-1]

    def reverse(
        self,
        on: date,
        amount: int,
        *,
        receipt: int | None = None,
        note: int | None = None,
    ) -> int:
        return self._add(
            Reversal(
                code=self._code(),
                receipt_id=receipt,
                credit_note_id=note,
                reversed_on=on,
                amount=amount,
            )
        )

    def write_off(self, invoice: int, on: date, amount: int) -> int:
        return self._add(
            WriteOff(
                code=self._code(), invoice_id=invoice, written_off_on=on, amount=amount, reason="-"
            )
        )

    def end(self, number: int, on: date, *, write_off: bool = False) -> None:
        """An allocation (a write-off) is taken back from a day on."""
        row = self.session.get(WriteOff if write_off else Allocation, number)
        assert row is not None
        row.ended_on = on
        self.session.flush()

    def survey(self, weights: tuple[float, ...], *, nps: bool = False) -> tuple[int, list[int]]:
        """A questionnaire of items from 1 to 5, and one from 0 to 10 if asked; their numbers."""
        five = self._add(Scale(code=self._code(), minimum=1, maximum=5))
        survey = self._add(Survey(code=self._code(), name="Survey"))
        items = [
            self._add(SurveyItem(survey_id=survey, scale_id=five, code=f"q{k}", weight=weight))
            for k, weight in enumerate(weights)
        ]
        if nps:
            ten = self._add(Scale(code=self._code(), minimum=0, maximum=10))
            items.append(
                self._add(SurveyItem(survey_id=survey, scale_id=ten, code="nps", role=ItemRole.NPS))
            )
        return survey, items

    def asked_since(self, item: int, day: date) -> None:
        """A question is taken up in the waves that begin on a day or later."""
        row = self.session.get(SurveyItem, item)
        assert row is not None
        row.since = day
        self.session.flush()

    def wave(self, survey: int, starts: date) -> int:
        return self._add(
            Wave(
                survey_id=survey,
                code=self._code(),
                starts_on=starts,
                ends_on=starts + timedelta(days=30),
            )
        )

    def response(self, wave: int, customer: int | None, on: date, answers: dict[int, float]) -> int:
        number = self._add(
            Response(wave_id=wave, customer_id=customer, respondent=self._code(), answered_on=on)
        )
        for item, value in answers.items():
            self.session.add(Answer(response_id=number, item_id=item, value=value))
        return number

    def complaint(self, customer: int, opened: date, closed: date | None = None) -> int:
        return self._add(
            Complaint(
                code=self._code(),
                customer_id=customer,
                opened_on=opened,
                closed_on=closed,
                scope=ComplaintScope.SERVICE,
            )
        )

    def visit(self, customer: int, on: date, cost: int | None = None) -> int:
        return self._add(Visit(customer_id=customer, visited_on=on, cost=cost))

    def action(self, customer: int, on: date) -> int:
        return self._add(
            CollectionAction(
                customer_id=customer,
                acted_on=on,
                channel=ContactChannel.PHONE,
                result=CollectionResult.REMINDED,
            )
        )

    def contract(self, customer: int, starts: date, ends: date) -> int:
        return self._add(
            Contract(code=self._code(), customer_id=customer, starts_on=starts, ends_on=ends)
        )

    def grade(self, customer: int, since: date, grade: CreditGrade) -> int:
        return self._add(
            CreditGradeEntry(
                customer_id=customer, since=since, grade=grade, method=GradeMethod.JUDGEMENT
            )
        )

    def limit(self, customer: int, since: date, amount: int) -> int:
        return self._add(
            CreditLimit(
                customer_id=customer, since=since, amount=amount, method=GradeMethod.JUDGEMENT
            )
        )

    def credit_survey(self, customer: int, on: date, *, sued: bool) -> int:
        return self._add(CreditSurvey(customer_id=customer, surveyed_on=on, sued=sued))

    def override(self, customer: int, on: date, is_key: bool | None, by: int) -> int:
        return self._add(
            KeyAccountOverride(
                customer_id=customer, is_key=is_key, reason="-", decided_by=by, decided_on=on
            )
        )

    def owned(self, customer: int, since: date, owner: int | None) -> int:
        return self._add(OwnerHistory(customer_id=customer, since=since, owner_id=owner))

    def loss(self, customer: int, on: date, *, won_back: bool = False) -> int:
        return self._add(LossEvent(customer_id=customer, happened_on=on, won_back=won_back))


def at_random(session: Session, seed: int, end: date, customers: int = 25) -> None:
    """A store of everything that occurs, in every order it may occur in, some after `end`."""
    from tests import movements

    rng, book = random.Random(seed), Ledger(session)  # noqa: S311 - test data

    def day(spread: int = 900, after: int = 60) -> date:
        return end - timedelta(days=rng.randint(-after, spread))

    managers = [book.manager(f"m{k}") for k in range(3)]
    survey, items = book.survey((1, 0.5, 2.25, 0), nps=True)
    waves = [book.wave(survey, end - timedelta(days=200 * k - 40)) for k in range(4)]
    book.asked_since(items[1], end - timedelta(days=360))
    people = [
        book.customer(
            since=rng.choice([None, day(), day(2000)]),
            owner_id=rng.choice([None, *managers]),
            annual_category_spend=rng.choice([None, rng.randint(1, 10**9)]),
        )
        for _ in range(customers)
    ]
    for who in people:
        _trade(book, rng, day, who)
        _words(book, rng, day, who, waves, items)
        _decisions(book, rng, day, who, managers)
    for wave in waves:  # nobody signed these
        book.response(wave, None, day(600), {item: float(rng.randint(1, 5)) for item in items})
    made = movements.at_random(rng, day, people, 3 * customers)
    movements.Written(book, made).until(date.max)


def _trade(book, rng, day, who):
    for _ in range(rng.choice([0, 1, 2, 5, 9])):
        lines = [
            (rng.choice([1, 1, 1, -1, 0]) * rng.randint(0, 10**7), rng.choice([None, 5, 9**6]))
            for _ in range(rng.choice([0, 1, 1, 2, 4]))
        ]
        book.order(who, day(), *lines)


def _words(book, rng, day, who, waves, items):
    for wave in rng.sample(waves, rng.randint(0, 3)):
        for _ in range(rng.choice([1, 1, 2])):
            answered = {item: float(rng.randint(1, 5)) for item in items if rng.random() < 0.8}
            book.response(wave, who, day(600), answered)
    for _ in range(rng.choice([0, 0, 1, 3])):
        opened = day()
        book.complaint(who, opened, rng.choice([None, opened + timedelta(days=40)]))
    for _ in range(rng.choice([0, 1, 3])):
        book.visit(who, day(), rng.choice([None, 50_000]))
    if rng.random() < 0.5:
        book.action(who, day())
        starts = day()
        book.contract(who, starts, starts + timedelta(days=365))


def _decisions(book, rng, day, who, managers):
    for since in {day() for _ in range(rng.choice([0, 1, 3]))}:
        book.grade(who, since, rng.choice(list(CreditGrade)))
        book.limit(who, since, rng.randint(0, 10**7))
        book.credit_survey(who, since, sued=rng.random() < 0.4)
        book.owned(who, since, rng.choice(managers))
        book.override(who, since, rng.choice([True, False, None]), managers[0])
        book.loss(who, since, won_back=rng.random() < 0.5)
