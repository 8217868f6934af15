"""Receipts and invoices (回款核销): what may be applied, and oldest due first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.imports.history.undo import undo
from data.imports.terms.report import Outcome
from tests.data.imports.bringing import bring, content, rows

HEAD = "回款单号,发票号,客户编码,回款日期,金额"


def allocations(engine: Engine) -> list[tuple[str, str, date, int]]:
    receipts = dict(rows(engine, "receipt", "id", "code"))
    invoices = dict(rows(engine, "invoice", "id", "code"))
    found = rows(engine, "allocation", "receipt_id", "invoice_id", "allocated_on", "amount")
    return sorted((receipts[r], invoices[i], on, amount) for r, i, on, amount in found)


def test_a_receipt_pays_the_invoice_it_names(company: Engine, files: Path) -> None:
    report = bring(company, f"{HEAD}\nR1,I1,,2026-02-01,400.00\n", folder=files)
    assert report.outcome is Outcome.COMMITTED
    assert allocations(company) == [("R1", "I1", date(2026, 2, 1), 40000)]
    owner = dict(rows(company, "customer", "id", "code"))
    assert [owner[c] for (c,) in rows(company, "receipt", "customer_id")] == ["C1"]


def test_without_an_invoice_it_stays_unallocated(company: Engine, files: Path) -> None:
    bring(company, f"{HEAD}\nR1,,C1,2026-02-01,400.00\n", folder=files)
    assert allocations(company) == []
    assert rows(company, "receipt", "amount") == [(40000,)]


def test_oldest_due_first_when_told(company: Engine, files: Path) -> None:
    before = content(company)
    text = f"{HEAD}\nR1,,C1,2026-01-20,1200.00\nR2,,C1,2026-03-01,900.00\n"
    report = bring(company, text, folder=files, allocate="oldest")
    assert allocations(company) == [
        ("R1", "I1", date(2026, 1, 20), 100000),
        ("R1", "I2", date(2026, 2, 10), 20000),
        ("R2", "I2", date(2026, 3, 1), 30000),
    ]
    assert report.batch_id is not None
    undo(company, report.batch_id, None)
    assert content(company) == before


def test_one_receipt_may_pay_several_invoices(company: Engine, files: Path) -> None:
    text = (
        f"{HEAD},核销金额\nR1,I1,C1,2026-03-20,1500.00,1000.00\n"
        "R1,I2,C1,2026-03-20,1500.00,500.00\n"
    )
    assert bring(company, text, folder=files).outcome is Outcome.COMMITTED
    assert [a[3] for a in allocations(company)] == [100000, 50000]
    assert len(rows(company, "receipt", "id")) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("R1,I1,C1,2026-02-01,1000.01", "more_than_outstanding"),
        ("R1,I1,C2,2026-02-01,5.00", "invoice_of_other_customer"),
        ("R1,I77,C1,2026-02-01,5.00", "unknown_invoice"),
        ("R1,,C1,2026-02-01,0", "amount_zero"),
        ("R1,,,2026-02-01,5.00", "empty"),
    ],
)
def test_what_cannot_be(company: Engine, files: Path, line: str, reason: str) -> None:
    before = content(company)
    report = bring(company, f"{HEAD}\n{line}\n", folder=files)
    assert report.reasons == {reason: 1}
    assert content(company) == before


def test_two_receipts_together_cannot_pay_too_much(company: Engine, files: Path) -> None:
    text = f"{HEAD}\nR1,I1,C1,2026-02-01,600.00\nR2,I1,C1,2026-02-02,600.00\n"
    report = bring(company, text, folder=files)
    assert [(i.row, i.reason) for i in report.issues] == [(3, "more_than_outstanding")]
    assert (report.issues[0].value, report.issues[0].detail["other"]) == ("600.00", "400.00")


def test_more_cannot_be_applied_than_was_received(company: Engine, files: Path) -> None:
    text = (
        f"{HEAD},核销金额\nR1,I1,C1,2026-03-20,900.00,600.00\nR1,I2,C1,2026-03-20,900.00,400.00\n"
    )
    assert bring(company, text, folder=files).reasons == {"more_than_received": 1}


def test_an_invoice_cannot_shrink_below_what_was_paid(company: Engine, files: Path) -> None:
    bring(company, f"{HEAD}\nR1,I1,,2026-02-01,400.00\n", folder=files)
    smaller = "发票号,客户编码,开票日期,金额\nI1,C1,2026-01-10,300.00\n"
    assert bring(company, smaller, folder=files).reasons == {"less_than_paid": 1}
    enough = "发票号,客户编码,开票日期,金额\nI1,C1,2026-01-10,400.00\n"
    assert bring(company, enough, folder=files).rows_updated == 1


@given(st.lists(st.integers(1, 90_000), min_size=1, max_size=8))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_is_lost_in_spreading(
    sqlite_engine: Engine, tmp_path: Path, amounts: list[int]
) -> None:
    """Applied is the smaller of received and owed, and no invoice gets more than its amount."""
    folder = tmp_path / "spread"
    folder.mkdir(exist_ok=True)
    tag = f"T{abs(hash(tuple(amounts)))}"
    bring(sqlite_engine, f"客户编码,客户名称\n{tag},甲\n", folder=folder)
    owed = (
        f"发票号,客户编码,开票日期,金额\n{tag}a,{tag},2026-01-01,1000\n"
        f"{tag}b,{tag},2026-01-02,500\n"
    )
    if not bring(sqlite_engine, owed, folder=folder).stored:
        return  # the same amounts were tried before
    lines = "".join(f"{tag}{n},,{tag},2026-02-01,{a / 100:.2f}\n" for n, a in enumerate(amounts))
    bring(sqlite_engine, f"{HEAD}\n{lines}", folder=folder, allocate="oldest")
    mine = [a for a in allocations(sqlite_engine) if a[0].startswith(tag)]
    assert sum(a[3] for a in mine) == min(sum(amounts), 150_000)
    for code, amount in ((f"{tag}a", 100_000), (f"{tag}b", 50_000)):
        assert sum(a[3] for a in mine if a[1] == code) <= amount
