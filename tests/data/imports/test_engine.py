"""Imports from file to store (导入引擎): all or nothing, again, changed, by whom; both stores."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from data import audit, policies, store
from data.imports.history.undo import undo
from data.imports.storing import rejects
from data.imports.terms.items import Item
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from errors import BadInput, NotFound
from models.access import Role
from models.customers import Customer
from models.system import AuditEntry, StoreState
from tests.data.imports.bringing import TODAY, bring, content, count, person, rows, said

ORDERS = """订单号,行号,客户编码,订单日期,数量,金额,成本
S1,1,C1,2026-03-01,2,100.00,60.00
S1,2,C1,2026-03-01,1,50.00,
S2,1,C2,2026-03-02,3,75.50,70.00
"""


def test_orders_come_with_their_lines(company: Engine, files: Path) -> None:
    report = bring(company, ORDERS, folder=files)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, 3)
    assert rows(company, "sales_order", "code", "ordered_on") == [
        ("S1", date(2026, 3, 1)),
        ("S2", date(2026, 3, 2)),
    ]
    assert rows(company, "order_line", "line_no", "amount", "cost") == [
        (1, 10000, 6000),
        (2, 5000, None),
        (1, 7550, 7000),
    ]
    assert {row[0] for row in rows(company, "order_line", "batch_line")} == {2, 3, 4}


def test_stop_stores_nothing_and_names_every_fault(company: Engine, files: Path) -> None:
    before = content(company)
    bad = ORDERS + "S3,1,C9,2026-02-30,x,1.234,5\nS4,1,C1,2026-03-04,1,9.00,5\n"
    report = bring(company, bad, folder=files)
    assert report.outcome is Outcome.REJECTED
    assert content(company) == before
    assert sorted((i.row, i.reason) for i in report.issues) == [
        (5, "no_such_day"),
        (5, "number_unreadable"),
        (5, "too_many_decimals"),
        (5, "unknown_customer"),
    ]
    assert (report.rows_added, report.rows_rejected) == (0, 1)


def test_reject_stores_the_good_rows_and_keeps_documents_whole(
    company: Engine, files: Path
) -> None:
    kept = files / "kept"
    bad = ORDERS + "S2,2,C2,2026-03-02,1,abc,5\nS5,1,C9,2026-03-04,1,9.00,5\n"
    report = bring(company, bad, folder=files, on_error="reject", rejects=kept)
    assert report.outcome is Outcome.PARTLY
    assert [code for (code,) in rows(company, "sales_order", "code")] == ["S1"]
    assert report.reasons == {"not_an_amount": 1, "unknown_customer": 1, "sibling_rejected": 1}
    header, refused = rejects.read(kept)
    assert header[0] == "订单号"
    assert [one.line for one in refused] == [4, 5, 6]
    text = rejects.as_csv(kept, "行", "原因", lambda issue: issue.reason).decode("utf-8-sig")
    assert "abc,5,5,金额: not_an_amount" in text
    fixed = text.replace("abc", "7.00").replace("C9", "C3")
    again = bring(company, fixed, folder=files)
    assert (again.outcome, again.rows_added) == (Outcome.COMMITTED, 3), said(again)


def test_a_rehearsal_leaves_no_trace(company: Engine, files: Path) -> None:
    before = content(company), count(company, "import_batch"), count(company, "audit_entry")
    report = bring(company, ORDERS, folder=files, rehearse=True)
    assert (report.outcome, report.rows_added, report.batch_id) == (Outcome.CHECKED, 3, None)
    assert before == (
        content(company),
        count(company, "import_batch"),
        count(company, "audit_entry"),
    )


def test_the_same_file_and_the_same_rows(company: Engine, files: Path) -> None:
    first = bring(company, ORDERS, folder=files)
    assert bring(company, ORDERS, folder=files).outcome is Outcome.ALREADY
    same = bring(company, ORDERS.replace("\n", "\r\n"), folder=files)
    assert (same.outcome, same.rows_same) == (Outcome.UNCHANGED, 3)
    assert count(company, "import_batch") == 3
    assert first.batch_id == 3


def test_changed_rows_are_audited_updates_and_can_be_taken_back(
    company: Engine, files: Path
) -> None:
    bring(company, ORDERS, folder=files)
    before = content(company)
    changed = ORDERS.replace("50.00,", "55.00,20.00").replace("2026-03-02,3", "2026-03-05,4")
    report = bring(company, changed, folder=files)
    assert (report.rows_added, report.rows_updated, report.rows_same) == (0, 2, 1)
    assert (2, 5500, 2000) in rows(company, "order_line", "line_no", "amount", "cost")
    assert rows(company, "sales_order", "ordered_on", code="S2") == [(date(2026, 3, 5),)]
    assert report.batch_id is not None
    taken = undo(company, report.batch_id, None)
    assert (taken.removed, taken.restored) == (0, 3)
    assert content(company) == before
    with pytest.raises(BadInput):
        undo(company, report.batch_id, None)


def test_an_empty_cell_erases_nothing(company: Engine, files: Path) -> None:
    bring(company, "客户编码,客户名称,城市\nC1,厦门华南机电有限公司,厦门\n", folder=files)
    report = bring(company, "客户编码,客户名称,城市\nC1,厦门华南机电有限公司,\n", folder=files)
    assert report.outcome is Outcome.UNCHANGED
    assert rows(company, "customer", "city", code="C1") == [("厦门",)]


def test_some_columns_may_not_change(company: Engine, files: Path) -> None:
    report = bring(
        company, "发票号,客户编码,开票日期,金额\nI1,C2,2026-01-10,1000.00\n", folder=files
    )
    assert report.outcome is Outcome.REJECTED
    assert [(i.reason, i.column) for i in report.issues] == [("may_not_change", "客户编码")]


def test_undo_takes_everything_back_unless_something_rests_on_it(
    company: Engine, files: Path
) -> None:
    before = content(company)
    orders = bring(company, ORDERS, folder=files)
    invoice = bring(
        company, "发票号,客户编码,开票日期,金额,订单号\nI9,C1,2026-03-02,10.00,S1\n", folder=files
    )
    assert orders.batch_id is not None
    assert invoice.batch_id is not None
    with pytest.raises(BadInput) as refused:
        undo(company, orders.batch_id, None)
    assert refused.value.issues[0].reason == "undo_rests"
    undo(company, invoice.batch_id, None)
    undo(company, orders.batch_id, None)
    assert content(company) == before
    assert bring(company, ORDERS, folder=files).outcome is Outcome.COMMITTED


def test_undo_does_not_overwrite_later_changes(company: Engine, files: Path) -> None:
    orders = bring(company, ORDERS, folder=files)
    later = bring(company, ORDERS.replace("75.50", "80.00"), folder=files)
    assert orders.batch_id is not None
    with pytest.raises(BadInput) as refused:
        undo(company, orders.batch_id, None)
    assert refused.value.issues[0].reason == "undo_changed_by"
    assert dict(refused.value.issues[0].detail)["other"] == later.batch_id


def test_managers_take_back_only_their_own(company: Engine, files: Path) -> None:
    report = bring(company, ORDERS, folder=files)
    assert report.batch_id is not None
    with pytest.raises(NotFound):
        undo(company, report.batch_id, person(company, "amy", Role.ACCOUNT_MANAGER))


def test_invoices_without_a_due_date_take_the_customers_term(company: Engine) -> None:
    assert rows(company, "invoice", "due_on", "due_assumed", code="I3") == [
        (date(2026, 3, 16), True)
    ]
    assert rows(company, "invoice", "due_assumed", code="I1") == [(False,)]


def test_an_unknown_term_stays_unknown_and_the_companys_default_counts(
    company: Engine, files: Path
) -> None:
    sheet = "客户编码,客户名称,账期天数\nC8,无锡安达物流有限公司,\nC9,苏州明远科技有限公司,0\n"
    assert bring(company, sheet, folder=files).stored
    assert rows(company, "customer", "terms_days", code="C8") == [(None,)]
    assert rows(company, "customer", "terms_days", code="C9") == [(0,)]
    bills = (
        "发票号,客户编码,开票日期,到期日,金额\n"
        "N1,C8,2026-02-01,,10.00\nN2,C9,2026-02-01,,10.00\nN3,C8,2026-02-01,2026-02-05,10.00\n"
    )
    assert bring(company, bills, folder=files).stored
    asked = ("code", "due_on", "due_assumed", "due_default")
    assert [row for row in rows(company, "invoice", *asked) if row[0] in ("N1", "N2", "N3")] == [
        ("N1", date(2026, 3, 3), True, True),  # 30 days
        ("N2", date(2026, 2, 1), True, False),
        ("N3", date(2026, 2, 5), False, False),
    ]
    with store.writing(company) as session:
        policies.change(session, None, {"terms.default_days": 45}, "框架合同")
    assert bring(company, bills.replace("N", "M"), folder=files).stored
    assert rows(company, "invoice", "due_on", code="M1") == [(date(2026, 3, 18),)]


def test_a_due_date_that_is_there_stays_until_another_is_stated(
    company: Engine, files: Path
) -> None:
    def due(code: str) -> list[tuple[object, ...]]:
        return rows(company, "invoice", "due_on", "due_assumed", "due_default", code=code)

    head = "发票号,客户编码,开票日期,到期日,金额\n"
    with store.writing(company) as session:
        session.execute(sa.update(Customer).values(terms_days=None))
    again = bring(
        company, f"{head}I1,C1,2026-01-10,,1000.00\nI3,C2,2026-01-15,,800.00\n", folder=files
    )
    assert (again.outcome, again.rows_same) == (Outcome.UNCHANGED, 2)
    assert due("I1") == [(date(2026, 2, 9), False, False)]
    assert due("I3") == [(date(2026, 3, 16), True, False)], "60 days, as the terms then were"
    bring(company, f"{head}I3,C2,2026-01-20,,800.00\n", folder=files)
    assert due("I3") == [(date(2026, 2, 19), True, True)], "another date: 30 days, the default"
    bring(company, f"{head}I3,C2,2026-01-20,2026-04-01,800.00\n", folder=files)
    assert due("I3") == [(date(2026, 4, 1), False, False)]
    late = bring(company, f"{head}I1,C1,2026-02-10,,1000.00\n", folder=files)
    assert [issue.reason for issue in late.issues] == ["due_before_invoice"]


def test_a_file_read_another_way_is_another_import(company: Engine, files: Path) -> None:
    text = "发票号,客户编码,开票日期,金额,备用金额\nJ1,C1,2026-03-10,5.00,7.00\n"
    first = bring(company, text, folder=files)
    assert first.outcome is Outcome.COMMITTED
    named = Plan(kind="invoices", columns={"amount": "金额"})
    assert bring(company, text, plan=named, folder=files).outcome is Outcome.ALREADY
    other = Plan(kind="invoices", columns={"amount": "备用金额"})
    assert bring(company, text, plan=other, folder=files).outcome is Outcome.COMMITTED
    assert rows(company, "invoice", "amount", code="J1") == [(700,)]
    again = bring(company, text, plan=other, folder=files, create_customers=True)
    assert again.outcome is Outcome.ALREADY


def test_the_same_answers_in_another_survey_or_wave_are_new(company: Engine, files: Path) -> None:
    text = "客户编码,调查日期,总体满意度\nC1,2026-03-01,5\nC2,2026-03-02,4\n"
    other = {"survey": "service", "wave": "W2", "new_survey": True}
    for more in ({}, {"wave": "W2"}, other):
        assert bring(company, text, "answers", folder=files, **more).rows_added == 2
        assert bring(company, text, "answers", folder=files, **more).outcome is Outcome.ALREADY
    assert count(company, "response") == 6


def test_a_batch_of_an_earlier_version_is_still_recognised(company: Engine, files: Path) -> None:
    bring(company, ORDERS, folder=files)
    with company.begin() as connection:
        connection.execute(sa.text("update import_batch set meaning = ''"))
    assert bring(company, ORDERS, folder=files).outcome is Outcome.ALREADY


def test_customers_match_by_tax_number_never_by_name(company: Engine, files: Path) -> None:
    by_tax = bring(
        company, "订单号,税号,订单日期,金额\nT1,91350100M000100Y43,2026-03-01,5\n", folder=files
    )
    assert by_tax.outcome is Outcome.COMMITTED
    by_name = bring(
        company,
        "订单号,客户编码,客户名称,订单日期,金额\nT2,X,厦门华南机电有限公司,2026-03-01,5\n",
        folder=files,
    )
    assert by_name.reasons == {"unknown_customer": 1}
    twice = bring(
        company, "客户编码,客户名称,税号\nC7,另一家公司,91350100M000100Y43\n", folder=files
    )
    assert twice.reasons == {"tax_number_taken": 1}


def test_case_is_forgiven_when_it_is_certain(company: Engine, files: Path) -> None:
    report = bring(company, "订单号,客户编码,订单日期,金额\nT1, c1 ,2026-03-01,5\n", folder=files)
    assert report.outcome is Outcome.COMMITTED
    assert report.noted["code_case"] == 1
    assert bring(company, "客户编码,客户名称\nc1,甲\n", folder=files).reasons == {
        "code_differs_in_case": 1
    }


def test_groups_may_come_in_the_same_file(company: Engine, files: Path) -> None:
    text = "客户编码,客户名称,所属集团编码\nG2,子公司,G1\nG1,集团,\n"
    assert bring(company, text, folder=files).outcome is Outcome.COMMITTED
    ids = dict(rows(company, "customer", "code", "id"))
    assert rows(company, "customer", "parent_id", code="G2") == [(ids["G1"],)]
    loop = "客户编码,客户名称,所属集团编码\nG1,集团,G2\n"
    assert bring(company, loop, folder=files).reasons == {"group_loop": 1}


def test_a_new_limit_holds_from_today(company: Engine, files: Path) -> None:
    head = "客户编码,客户名称,信用额度\nC1,厦门华南机电有限公司,"
    assert bring(company, head + "100000\n", folder=files).rows_updated == 1
    assert bring(company, head + "100000.00\n", folder=files).outcome is Outcome.UNCHANGED
    report = bring(company, head + "12万\n", folder=files)
    assert rows(company, "credit_limit", "since", "amount") == [(TODAY, 12_000_000)]
    assert report.batch_id is not None
    undo(company, report.batch_id, None)
    assert rows(company, "credit_limit", "amount") == [(10_000_000,)]


def test_account_managers_bring_in_their_own_customers_only(company: Engine, files: Path) -> None:
    amy = person(company, "amy", Role.ACCOUNT_MANAGER)
    report = bring(company, ORDERS, folder=files, actor=amy)
    assert report.reasons == {"not_your_customer": 3}
    own = bring(company, "客户编码,客户名称\nN1,新客户\n", folder=files, actor=amy)
    assert own.outcome is Outcome.COMMITTED
    assert rows(company, "customer", "owner_id", code="N1") == [(amy.id,)]
    ok = bring(
        company, "订单号,客户编码,订单日期,金额\nT1,N1,2026-03-01,5\n", folder=files, actor=amy
    )
    assert ok.outcome is Outcome.COMMITTED
    money = bring(
        company, "回款单号,发票号,回款日期,金额\nR1,I1,2026-03-01,5\n", folder=files, actor=amy
    )
    assert money.reasons == {"kind_not_allowed": 1}


def test_caches_and_refresh_hear_of_it(company: Engine, files: Path) -> None:
    def state() -> tuple[int, int]:
        with Session(company) as session:
            row = session.exec(sa.select(StoreState.revision, StoreState.facts_revision)).one()
            return row[0], row[1]

    first = state()
    bring(company, ORDERS, folder=files)
    second = state()
    assert second[0] > first[0]
    assert second[1] > first[1]
    bring(company, ORDERS + "S9,1,C9,2026-03-01,1,1,1\n", folder=files)
    assert state() == second


def test_audit_tells_of_commit_and_refusal(company: Engine, files: Path) -> None:
    bring(company, ORDERS, folder=files)
    bring(company, "什么,都不是\n1,2\n", folder=files)
    with Session(company) as session:
        actions = session.exec(sa.select(AuditEntry.action).order_by(AuditEntry.id)).scalars()
        assert list(actions)[-2:] == ["import.commit", "import.refuse"]
        assert audit.verify(session).broken is None


def test_answers_in_three_shapes(company: Engine, files: Path) -> None:
    wide = "答卷编号,客户编码,调查日期,满意度,推荐度\nA1,C1,2026-03-01,5,9\nA2,C2,2026-03-02,,\n"
    assert bring(company, wide, folder=files).rows_added == 2
    assert count(company, "answer") == 2
    assert count(company, "response") == 2
    tall = "客户编码,受访人,调查日期,题号,得分\nC3,李,2026-03-03,csat,4\nC3,李,2026-03-03,nps,0\n"
    assert bring(company, tall, folder=files).rows_added == 2
    plain = Plan(
        kind="answers",
        constants={"answered_on": "2026-08-01"},
        options=Options(wave="2026秋", minimum=0, maximum=100, survey="电话回访", new_survey=True),
    )
    assert bring(company, "客户编码,得分\nC1,88\nC2,90\n", plan=plain, folder=files).rows_added == 2
    assert rows(company, "wave", "code") == [("2026H1",), ("2026秋",)]
    assert sorted(v for (v,) in rows(company, "answer", "value")) == [0, 4, 5, 9, 88, 90]


def test_questions_of_a_plan_and_their_scale(company: Engine, files: Path) -> None:
    plan = Plan(
        kind="answers",
        items=(Item("q1", column="交货", minimum=1, maximum=7, dimension="reliability"),),
    )
    text = "客户编码,调查日期,交货\nC1,2026-03-01,7\nC2,2026-03-01,8\n"
    report = bring(company, text, plan=plan, folder=files, on_error="reject")
    assert report.reasons == {"score_out_of_scale": 1}
    assert rows(company, "scale", "minimum", "maximum") == [(1, 7)]
    found = bring(company, "客户编码,调查日期,q1\nC3,2026-03-02,6\n", folder=files)
    assert found.outcome is Outcome.COMMITTED, "the store knows the question now"


def test_reports_survive_json(company: Engine, files: Path) -> None:
    report = bring(company, ORDERS + "S9,1,C9,x,1,1,1\n", folder=files)
    back = ImportReport.from_dict(json.loads(json.dumps(report.as_dict())))
    assert back == report


def test_rows_of_lists_are_capped_and_all_counted(company: Engine, files: Path) -> None:
    lines = "".join(f"X{n},C9,2026-03-01,1\n" for n in range(3000))
    report = bring(company, "订单号,客户编码,订单日期,金额\n" + lines, folder=files)
    assert len(report.issues) == 1000
    assert report.reasons == {"unknown_customer": 3000}
    assert report.rows_rejected == 3000


def test_two_connections_bring_in_the_same_rows(company: Engine, files: Path) -> None:
    """In another order, at the same time: the rows are there once and nobody fails."""
    import threading

    head, *lines = ORDERS.splitlines()
    texts = ["\n".join([head, *order]) + "\n" for order in (lines, lines[::-1])]
    reports: list[ImportReport] = []
    threads = [
        threading.Thread(
            target=lambda path=path: reports.append(bring(company, path))  # type: ignore[misc]
        )
        for path in (files / "a.csv", files / "b.csv")
    ]
    for text, name in zip(texts, ("a.csv", "b.csv"), strict=True):
        (files / name).write_text(text, "utf-8")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.rows_added for report in reports) == [0, 3]
    assert count(company, "order_line") == 3


def test_the_lock_is_told_and_nothing_written(sqlite_engine: Engine, files: Path) -> None:
    from errors import StoreUnavailable

    bring(sqlite_engine, "客户编码,客户名称\nC1,甲\n", folder=files)
    impatient = store.open_store(str(sqlite_engine.url))
    sa.event.listen(
        impatient, "connect", lambda raw, _record: raw.execute("pragma busy_timeout=50")
    )
    before = content(sqlite_engine)
    with store.writing(sqlite_engine), pytest.raises(StoreUnavailable):
        bring(impatient, "客户编码,客户名称\nC2,乙\n", folder=files)
    assert content(sqlite_engine) == before
