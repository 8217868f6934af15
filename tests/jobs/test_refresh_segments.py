"""RFM segments in the store (客群): new and promising customers are found among a company's own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session, select

from data import store
from data.imports import engine as imports
from data.imports.terms.plan import Plan
from data.imports.terms.request import Request
from jobs import refresh
from models.access import Role
from models.people import AppUser
from models.snapshots import Snapshot
from tests.conftest import shared_or_sample

CASE = "cases/21-rfm-new-customers"
TODAY = date(2026, 11, 30)


def test_customers_of_one_late_small_order_are_new_or_promising(sqlite_engine: Engine) -> None:
    folder = shared_or_sample(CASE, CASE)
    with store.writing(sqlite_engine) as session:
        session.add(AppUser(login="m1", name="m1", role=Role.ACCOUNT_MANAGER, password_hash="!"))
    for name in ("g_cust.csv", "g_ord.csv"):
        report = imports.run(sqlite_engine, Request(folder / name, Plan(), TODAY))
        assert report.stored, report.issues
    refresh.run(sqlite_engine, TODAY)
    with Session(sqlite_engine) as session:
        rows = session.exec(
            select(Snapshot.rfm_r, Snapshot.rfm_f, Snapshot.rfm_m, Snapshot.segment)
        ).all()
    new = [segment for r, f, m, segment in rows if r in (4, 5) and (f, m) == (1, 1)]
    assert new == ["new_customers"] * 8
    assert {segment for r, f, m, segment in rows if (r, f, m) == (3, 1, 1)} <= {"promising"}
