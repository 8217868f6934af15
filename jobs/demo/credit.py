"""Credit surveys, grades and limits of the demo (信用调查、等级、额度)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.samples import words
from jobs.demo.invoices import Bill
from jobs.demo.profiles import Payer, Profile
from jobs.demo.world import Row, Rows, World, day, even, fen, instant, pick
from models.enums import CreditGrade, GradeMethod

SIX_C = {Payer.PROMPT: 82, Payer.ORDINARY: 73, Payer.SLOW: 61, Payer.BAD: 47}
SHORTFALLS = (0.0, 0.05, 0.10)
"""Shortfall of the collection rate allowed for A, B and C, as in the defaults."""
FACTOR = {CreditGrade.A: 2.1, CreditGrade.B: 1.7, CreditGrade.C: 1.3, CreditGrade.D: 0.5}
"""Limit as a multiple of the sales of one term and a month."""
GRACE = 14
LIMIT_METHODS = (
    GradeMethod.SALES,
    GradeMethod.JUDGEMENT,
    GradeMethod.NET_ASSETS,
    GradeMethod.WORKING_CAPITAL,
)


@dataclass(eq=False)
class Credit:
    """Rows of the three tables."""

    surveys: Rows
    grades: Rows
    limits: Rows


def build(world: World, profiles: list[Profile], bills: dict[int, list[Bill]]) -> Credit:
    """Survey about half of the customers, grade those with a record, set limits by grade."""
    credit = Credit([], [], [])
    for profile in sorted(profiles, key=lambda p: p.id):
        if not profile.orders or not bills[profile.id]:
            continue
        rng = world.rng("credit", profile.id)
        surveyed = rng.random() < np.interp(profile.yearly, [5e4, 5e5, 4e6], [0.2, 0.6, 1.0])
        sued = surveyed and rng.random() < (0.25 if profile.payer is Payer.BAD else 0.012)
        if surveyed:
            credit.surveys += _surveys(world, rng, profile, bool(sued))
        if surveyed or rng.random() < 0.65:
            _grade(world, rng, profile, bills[profile.id], bool(sued), credit)
    for rows in (credit.surveys, credit.grades, credit.limits):
        for number, row in enumerate(rows, start=1):
            row["id"] = number
    return credit


def _surveys(world: World, rng: np.random.Generator, profile: Profile, sued: bool) -> Rows:
    first = max(profile.opens + 20, world.first + int(rng.integers(0, 300)))
    each = 365 if profile.yearly > 2e6 else 900
    days = range(world.workday(first), world.last + 1, each)
    turnover = profile.yearly * float(rng.uniform(8, 60))
    return [_survey(rng, profile, on, turnover, sued) for on in days]


def _survey(
    rng: np.random.Generator,
    profile: Profile,
    on: int,
    turnover: float,
    sued: bool,
) -> Row:
    notes = words.read("notes")["grade"]
    base = SIX_C[profile.payer] - (12 if sued else 0) - 8 * profile.warning(on)
    scores = np.clip(rng.normal(base, 7, 6), 15, 98).round()
    names = ("character", "capacity", "capital", "collateral", "conditions", "continuity")
    assets = turnover * float(rng.uniform(0.5, 1.2))
    debt = assets * float(np.clip(rng.normal(0.66 - base / 400, 0.12), 0.15, 1.15))
    current = assets * float(rng.uniform(0.4, 0.7))
    owed = min(debt * 0.95, current * float(np.clip(rng.normal(0.68, 0.2), 0.25, 1.4)))
    return {
        "id": 0,
        "customer_id": profile.id,
        "surveyed_on": day(on),
        "source": pick(rng, notes["survey_sources"]),
        **{f"c_{name}": float(score) for name, score in zip(names, scores, strict=True)},
        "current_assets": even(fen(current), 1_000_000),
        "current_liabilities": even(fen(owed), 1_000_000),
        "total_assets": even(fen(assets), 1_000_000),
        "total_liabilities": even(fen(debt), 1_000_000),
        "annual_sales": even(fen(turnover), 1_000_000),
        "supplier_count": int(rng.integers(3, 14)),
        "sued": sued,
        "competitor_share": round(float(rng.beta(2, 3)), 2),
        "note": notes["sued"] if sued else "",
    }


def _grade(
    world: World,
    rng: np.random.Generator,
    profile: Profile,
    bills: list[Bill],
    sued: bool,
    credit: Credit,
) -> None:
    """Grade every January and July from what was due in the year before; keep changes."""
    last: CreditGrade | None = None
    granted = 0
    for on in _reviews(world, profile):
        rate = collection_rate(bills, on)
        found = _decide(rate, sued)
        if found is None:
            continue
        if found is not last:
            credit.grades.append(_grade_row(world, profile, on, found, rate, sued))
        amount = _limit(rng, bills, profile, on, found)
        moved = abs(amount - granted) > max(granted, 1) * 0.2
        if found is not last or moved:
            if amount != granted or last is None:
                credit.limits.append(_limit_row(world, rng, profile, bills, on, amount, granted))
            granted = amount
        last = found


def _reviews(world: World, profile: Profile) -> list[int]:
    years = range(world.start.year, world.end.year + 1)
    days = [date(y, m, d).toordinal() for y in years for m, d in ((1, 15), (7, 15))]
    gone = profile.stops if profile.stops is not None and profile.returns is None else None
    until = min(world.last, gone + 120) if gone is not None else world.last
    days = [world.workday(on) for on in days]
    return [on for on in days if max(world.first, profile.opens) + 100 < on <= until]


def collection_rate(bills: list[Bill], on: int) -> float | None:
    """Received by a day of what fell due within a year; None below three invoices.

    The credit controller leaves out what fell due in the last weeks before the review.
    """
    due = [bill for bill in bills if on - 365 < bill.due + GRACE <= on]
    if len(due) < 3:
        return None
    amount = sum(bill.amount for bill in due)
    return 1 - sum(max(0, bill.open_on(on)) for bill in due) / amount


def _decide(rate: float | None, sued: bool) -> CreditGrade | None:
    if rate is None:
        return None
    shortfall = round(1 - rate, 4)
    grade = next(
        (g for g, most in zip(CreditGrade, SHORTFALLS, strict=False) if shortfall <= most),
        CreditGrade.D,
    )
    return CreditGrade.C if sued and grade in (CreditGrade.A, CreditGrade.B) else grade


def _grade_row(
    world: World, profile: Profile, on: int, grade: CreditGrade, rate: float | None, sued: bool
) -> Row:
    notes = words.read("notes")["grade"]
    reason = notes[grade.value].format(rate=f"{rate or 0:.1%}")
    return {
        "id": 0,
        "customer_id": profile.id,
        "since": day(on),
        "grade": grade,
        "method": GradeMethod.COLLECTION_RATE,
        "reason": notes["sued"] + reason if sued else reason,
        "decided_by": world.users["credit"],
        "created_at": instant(on),
    }


def _limit(
    rng: np.random.Generator,
    bills: list[Bill],
    profile: Profile,
    on: int,
    grade: CreditGrade,
) -> int:
    monthly = _monthly(bills, on)
    months = (profile.terms + 30) / 30
    tight = 0.55 if rng.random() < 0.03 else 1.0
    return even(monthly * months * FACTOR[grade] * tight, 1_000_000)


def _monthly(bills: list[Bill], on: int) -> float:
    """Invoiced a month over the year before, fen."""
    return sum(b.amount for b in bills if on - 365 < b.on <= on) / 12


def _limit_row(
    world: World,
    rng: np.random.Generator,
    profile: Profile,
    bills: list[Bill],
    on: int,
    amount: int,
    granted: int,
) -> Row:
    notes = words.read("notes")["grade"]
    reason = pick(rng, notes["limit"]).format(
        monthly=round(_monthly(bills, on) / 1_000_000, 1), terms=profile.terms
    )
    return {
        "id": 0,
        "customer_id": profile.id,
        "since": day(on),
        "amount": amount,
        "method": pick(rng, LIMIT_METHODS, (70, 20, 5, 5)),
        "reason": notes["lowered"] if amount < granted else reason,
        "decided_by": world.users["credit"],
        "created_at": instant(on, 3),
    }
