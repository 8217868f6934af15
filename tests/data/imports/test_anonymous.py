"""Answers nobody signed (匿名答卷): stored, counted once, of the company and of nobody else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col, select

from data import store
from data.imports.history import batch_rows, batches
from data.imports.history.undo import undo
from data.imports.terms.plan import Plan
from data.imports.terms.request import REJECT
from data.queries import overview, satisfaction
from jobs import refresh
from models.access import EVERYBODY, Role, Scope
from models.customers import Customer
from models.filters import Filters, Page
from models.snapshots import Snapshot, SnapshotRun
from tests.data.imports.bringing import bring, content, count, person, rows, said

HEAD = "答卷编号,客户编码,答卷日期,整体满意度（1-5分）"
CASE_23 = f"{HEAD}\n1,C1,2026-09-10,5\n2,,2026-09-10,1\n3,匿名,2026-09-10,2\n"
DAY = date(2026, 9, 30)


def respondents(engine: Engine) -> list[tuple[str, int | None]]:
    return sorted(rows(engine, "response", "respondent", "customer_id"))


def test_case_23_is_stored_and_said(company: Engine, files: Path) -> None:
    report = bring(company, CASE_23, folder=files, on_error=REJECT)
    assert (report.rows_added, report.rows_rejected) == (3, 0), said(report)
    assert dict(report.noted) == {"anonymous_answer": 2}
    assert respondents(company) == [("1", 1), ("2", None), ("3", None)]
    assert sorted(v for (v,) in rows(company, "answer", "value")) == [1, 2, 5]


def test_a_second_import_knows_them_again(company: Engine, files: Path) -> None:
    bring(company, CASE_23, folder=files)
    before = content(company)
    again = bring(company, CASE_23 + "\n", folder=files)
    assert (again.rows_same, again.rows_added) == (3, 0), said(again)
    assert content(company) == before
    changed = (
        CASE_23.replace("3,匿名,2026-09-10,2", "3,匿名,2026-09-10,4") + "4,无记名,2026-09-11,3\n"
    )
    more = bring(company, changed, folder=files)
    assert (more.rows_same, more.rows_updated, more.rows_added) == (2, 1, 1), said(more)
    assert sorted(v for (v,) in rows(company, "answer", "value")) == [1, 3, 4, 5]
    assert count(company, "response") == 4


def test_taking_it_back_leaves_nothing(company: Engine, files: Path) -> None:
    before = content(company)
    first = bring(company, CASE_23, folder=files)
    middle = content(company)
    changed = bring(company, CASE_23.replace(",2\n", ",3\n"), folder=files)
    assert (changed.rows_updated, first.batch_id is not None) == (1, True)
    undo(company, changed.batch_id or 0, None)
    assert content(company) == middle
    undo(company, first.batch_id or 0, None)
    assert content(company) == before


def test_a_batch_shows_them_to_those_who_see_everybody(company: Engine, files: Path) -> None:
    report = bring(company, CASE_23, folder=files)
    with store.reading(company) as session:
        batch = batches.one(session, None, report.batch_id or 0)
        for scope, seen in ((EVERYBODY, 3), (Scope(owner_id=99), 0)):
            found = batch_rows.rows(session, batch, "response", scope, Page())
            assert len(found.rows) == seen
            assert batch_rows.parts(session, batch, scope).get("answer", 0) == seen


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("1,C1,2026-09-10,5\n2,,2026-09-10,1\n", "empty"),
        ("1,匿名,2026-09-10,5\n2,C77,2026-09-10,1\n", "unknown_customer"),
        ("1,匿名,2026-09-10,5\n,匿名,2026-09-10,1\n", "anonymous_without_number"),
        ("1,匿名,2026-09-10,5\n1,C1,2026-09-10,5\n", "response_twice"),
    ],
)
def test_what_is_no_anonymous_answer_is_refused(
    company: Engine, files: Path, lines: str, reason: str
) -> None:
    report = bring(company, f"{HEAD}\n{lines}", folder=files, on_error=REJECT)
    assert reason in report.reasons, said(report)
    assert count(company, "response") == report.rows_added < 2


def test_a_number_stays_with_whom_it_was_given(company: Engine, files: Path) -> None:
    bring(company, CASE_23, folder=files)
    for line in ("2,C2,2026-09-10,1", "1,匿名,2026-09-10,5"):
        report = bring(company, f"{HEAD}\n{line}\n", folder=files)
        assert set(report.reasons) == {"response_twice"}, said(report)
    assert len(respondents(company)) == 3


def test_a_sheet_without_customers_is_anonymous_where_the_mapping_says_so(
    company: Engine, files: Path
) -> None:
    sheet = "答卷编号,答卷日期,整体满意度（1-5分）\n1,2026-09-10,5\n2,2026-09-11,4\n"
    assert "column_missing" in bring(company, sheet, "answers", folder=files).reasons
    plan = Plan(kind="answers", constants={"customer_code": "匿名"})
    report = bring(company, sheet, plan=plan, folder=files)
    assert (report.rows_added, dict(report.noted)) == (2, {"anonymous_answer": 2}), said(report)


def test_an_account_manager_cannot_answer_for_the_company(company: Engine, files: Path) -> None:
    li = person(company, "li", Role.ACCOUNT_MANAGER)
    with store.writing(company) as session:
        session.execute(sa.update(Customer).values(owner_id=li.id))
    report = bring(company, CASE_23, folder=files, on_error=REJECT, actor=li)
    assert dict(report.reasons) == {"anonymous_not_yours": 2}
    assert respondents(company) == [("1", 1)]


def test_they_count_in_the_company_and_in_nobody(company: Engine, files: Path) -> None:
    li = person(company, "li", Role.ACCOUNT_MANAGER)
    with store.writing(company) as session:
        session.execute(sa.update(Customer).values(owner_id=li.id))
    bring(
        company,
        "答卷编号,客户编码,答卷日期,Q1（1-5分）,推荐度\n1,C1,2026-09-10,5,10\n"
        "2,匿名,2026-09-10,1,2\n3,匿名,2026-09-10,2,9\n",
        folder=files,
    )
    refresh.run(company, DAY)
    everybody, own = (Filters(), EVERYBODY), (Filters(), Scope(owner_id=li.id))
    with store.reading(company) as session:
        run = session.exec(select(SnapshotRun)).one()
        csi, nps = run.totals["csi"], run.totals["nps"]
        assert (csi["n"], csi["customers"], csi["anonymous"]) == (3, 1, 2)
        assert csi["index"] == pytest.approx((100 + 0 + 25) / 3)
        assert (nps["n"], nps["customers"], nps["nps"]) == (3, 1, pytest.approx(100 / 3))
        (whole,) = overview.totals(session, *everybody, [DAY])
        assert (whole.csi, whole.headline_n, whole.unsigned) == (pytest.approx(csi["index"]), 3, 2)
        assert whole.headline_customers == 1
        (mine,) = overview.totals(session, *own, [DAY])
        assert (mine.csi, mine.headline_n, mine.unsigned) == (100, 1, 0)
        tiers = overview.totals_by(session, *everybody, DAY, "tier")
        assert sum(part.headline_n for part in tiers) == 1
        sums = select(sa.func.sum(col(Snapshot.headline_n)), sa.func.sum(col(Snapshot.csi_n)))
        assert tuple(session.exec(sums).one()) == (1, 1)
        wave = csi["wave_id"]
        asked = {"as_of": DAY, "wave_id": wave}
        for who, n in ((everybody, 3), (own, 1)):
            frame = satisfaction.response_indices(session, *who, as_of=DAY, wave_ids=(wave,))
            assert len(frame) == n
            taken = satisfaction.takings(session, *who, as_of=DAY, wave_ids=(wave,))[wave]
            assert (taken.responses, taken.customers, taken.anonymous) == (n, 1, n - 1)
            counted = satisfaction.answer_counts(session, *who, **asked)
            assert sum(number for _, _, number in counted) == 2 * n
        low = satisfaction.low_scores(session, *everybody[:1], Page(), EVERYBODY, **asked, below=60)
        assert len(low) == 0, "nobody can be called about an unsigned answer"
