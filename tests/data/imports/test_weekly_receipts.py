"""The same receipts in one file or week by week (分批导入): nothing is lost, all say the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data.imports.history.undo import undo
from data.imports.terms.report import ImportReport, Outcome
from tests.data.imports.bringing import bring, content, rows

RECEIPTS = "回款单号,客户编码,发票号,回款日期,金额,核销金额,备注"
WEEKS = (
    "R1,C1,I1,2026-02-01,1000,1000,\n",
    "R1,C1,I1,2026-02-09,-300,,退票\n",
    "R2,C1,I1,2026-02-15,300,300,\n",
    "R1,C1,I1,2026-02-20,-300,,退票\nR3,C1,I2,2026-02-20,400,400,\n",
    "R4,C1,I1,2026-03-01,300,300,\n",
)


def done(engine: Engine, text: str, files: Path, **more: object) -> ImportReport:
    report = bring(engine, text, folder=files, **more)
    assert report.outcome is Outcome.COMMITTED, report.issues
    return report


def movements(engine: Engine) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What counts of receipts and reversals, by the codes of what they concern."""
    receipts = dict(rows(engine, "receipt", "id", "code"))
    bills = dict(rows(engine, "invoice", "id", "code"))
    applied = rows(
        engine, "allocation", "receipt_id", "invoice_id", "allocated_on", "ended_on", "amount"
    )
    back = rows(engine, "reversal", "code", "receipt_id", "reversed_on", "amount")
    return (
        sorted((receipts[r], bills[i], on, str(end), amount) for r, i, on, end, amount in applied),
        sorted((code, receipts[r], on, amount) for code, r, on, amount in back),
    )


def test_a_history_in_one_file_is_that_of_its_weeks(company: Engine, files: Path) -> None:
    """An invoice is paid, bounces twice under the receipt's own number, and is paid again."""
    before = content(company)
    batches = [done(company, f"{RECEIPTS}\n{week}", files).batch_id for week in WEEKS]
    weekly = movements(company)
    again = bring(company, f"{RECEIPTS}\n{''.join(reversed(WEEKS))}", folder=files)
    assert again.outcome is Outcome.UNCHANGED
    for batch in reversed(batches):
        undo(company, batch or 0, None)
    assert content(company) == before
    done(company, f"{RECEIPTS}\n{''.join(reversed(WEEKS))}", files)
    assert movements(company) == weekly
    assert weekly[1] == [
        ("R1", "R1", date(2026, 2, 9), 30_000),
        ("R1/2", "R1", date(2026, 2, 20), 30_000),
    ]


def test_what_is_taken_back_late_counts_from_its_own_day(company: Engine, files: Path) -> None:
    """Of 1000 applied 300 bounced in week two; then 200 turn out to be taken back in week one."""
    for week in WEEKS[:2]:
        done(company, f"{RECEIPTS}\n{week}", files)
    before = content(company)
    text = "回款单号,发票号,核销日期,核销金额\nR1,I1,2026-02-05,-200\n"
    batch = done(company, text, files).batch_id
    counting = [one for one in movements(company)[0] if one[2].isoformat() != one[3]]
    assert counting == [
        ("R1", "I1", date(2026, 2, 1), "2026-02-05", 100_000),
        ("R1", "I1", date(2026, 2, 5), "2026-02-09", 80_000),
        ("R1", "I1", date(2026, 2, 9), "None", 50_000),
    ]
    assert bring(company, f"{text}\n", folder=files).outcome is Outcome.UNCHANGED
    undo(company, batch or 0, None)
    assert content(company) == before


def test_more_than_the_invoice_is_refused_beside_a_bounce(company: Engine, files: Path) -> None:
    text = f"{RECEIPTS}\n{WEEKS[0]}{WEEKS[1]}R2,C1,I1,2026-02-15,300.01,300.01,\n"
    assert bring(company, text, folder=files).reasons == {"more_than_outstanding": 1}


def test_a_bounce_that_comes_late_is_of_what_was_there_then(company: Engine, files: Path) -> None:
    done(company, f"{RECEIPTS}\nR1,C1,I1,2026-02-01,500,,\nR2,C1,I1,2026-02-15,500,,\n", files)
    done(company, f"{RECEIPTS}\nT1,C1,I1,2026-02-10,-500,,退票\n", files)
    assert movements(company)[1] == [("T1", "R1", date(2026, 2, 10), 50_000)]


def test_a_receipt_of_somebody_else_is_not_taken_back(company: Engine, files: Path) -> None:
    done(company, f"{RECEIPTS}\nR1,C1,,2026-02-01,500,,\n", files)
    report = bring(company, f"{RECEIPTS}\nR1,C2,,2026-02-10,-100,,退款\n", folder=files)
    assert report.reasons == {"may_not_change": 1}


def test_what_is_left_of_a_receipt_may_go_to_the_invoice_it_names(
    company: Engine, files: Path
) -> None:
    text = f"{RECEIPTS}\nR1,C1,I1,2026-02-20,900,300,\nR1,C1,,2026-02-20,900,,\n"
    done(company, text, files, allocate="oldest")
    assert rows(company, "allocation", "amount", ended_on=None) == [(90_000,)]
    assert bring(company, f"{text}\n", folder=files).outcome is Outcome.UNCHANGED


def test_the_oldest_due_is_an_instalment(company: Engine, files: Path) -> None:
    """Of I1 half is due late: what is left goes to I2, due in March."""
    plan = "发票号,生效日期,期次,到期日,金额\nI1,2026-01-10,1,2026-12-31,500\nI1,2026-01-10,2,2026-02-09,500\n"  # noqa: E501
    done(company, plan, files)
    done(company, f"{RECEIPTS}\nR1,C1,,2026-03-20,800,,\n", files, allocate="oldest")
    bills = dict(rows(company, "invoice", "id", "code"))
    found = rows(company, "allocation", "invoice_id", "amount", ended_on=None)
    assert sorted((bills[i], amount) for i, amount in found) == [("I1", 50_000), ("I2", 30_000)]


@pytest.mark.parametrize(
    ("first", "then", "since"),
    [
        (
            f"{RECEIPTS}\nR1,C1,,2026-02-20,900,,\n",
            f"{RECEIPTS}\nR1,C1,,2026-01-20,900,,\n",
            "2026-01-20",
        ),
        (
            "贷项编号,客户编码,开具日期,金额\nCN1,C1,2026-02-05,10\n",
            "贷项编号,客户编码,开具日期,金额\nCN1,C1,2026-02-15,10\n",
            "2026-02-05",
        ),
        ("", "发票号,期次,到期日,金额\nI1,1,2026-05-31,400\nI1,2,2026-06-30,600\n", "2026-02-09"),
    ],
)
def test_what_changes_the_past_says_from_when_on(
    company: Engine, files: Path, first: str, then: str, since: str
) -> None:
    if first:
        assert not done(company, first, files).past
    report = done(company, then, files)
    assert "corrects_past" in report.noted
    assert report.past["since"] == since


def test_a_later_line_says_what_the_first_does_not(company: Engine, files: Path) -> None:
    head = "核销单号,发票号,核销日期,核销金额,原因,撤销日期"
    line = "W1,I1,2026-02-01,5,尾差,"
    report = done(company, f"{head}\n{line}\n{line}2026-03-01\n", files)
    assert report.noted["repeated_row"] == 1
    assert rows(company, "write_off", "ended_on") == [(date(2026, 3, 1),)]
    twice = f"{head}\nW2{line[2:]}\nW2{line[2:]}2026-03-01\nW2{line[2:]}2026-03-02\n"
    assert bring(company, twice, folder=files).reasons == {"duplicate_key": 2}


def test_lines_of_one_customer_lose_no_limit_and_no_contact(company: Engine, files: Path) -> None:
    head = "客户编码,客户名称,信用额度,联系人,联系电话"
    done(company, f"{head}\nN1,新客户,,,\nN1,新客户,5000,张三,13800000001\n", files)
    assert rows(company, "credit_limit", "amount") == [(500_000,)]
    assert rows(company, "contact", "name") == [("张三",)]
    two = f"{head}\nN2,又一客户,,张三,1\nN2,又一客户,,李四,2\n"
    assert bring(company, two, folder=files).reasons == {"duplicate_key": 2}


def test_a_word_of_a_list_is_no_text_that_was_cleaned(company: Engine, files: Path) -> None:
    done(company, f"{RECEIPTS}\nR1,C1,,2026-02-01,500,,\n", files)
    text = "冲销单号,回款单号,冲销日期,金额,类型\nX1,R1,2026-02-10,100,退票\n"
    assert not done(company, text, files).noted
