"""Taking imports back (撤销导入): the store's content before and after, table by table.

Left out of the comparison are the tables about importing itself (`bringing.ABOUT_IMPORTS`):
a batch that was taken back stays in the history with what it had changed, the audit grows,
a remembered mapping stays, revisions rise. Rows are compared without batch, line, instant
of making, and `version`, which taking back raises on purpose.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data import store
from data.imports.columns.registry import spec_of
from data.imports.columns.templates import template
from data.imports.history import undo
from data.imports.terms.items import Item
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from data.queries.scope import snapshot_dates
from errors import BadInput, NotAllowed, NotFound
from models.access import Role
from models.enums import AlertState, Level, SheetKind
from models.loss import Alert
from tests.data.imports.bringing import (
    TODAY,
    bring,
    bring_text,
    content,
    count,
    managed,
    person,
    rows,
)
from tests.kept import Kept

BASE = {
    "customers": "客户编码,客户名称,省份,信用额度\nK1,甲公司,福建省,1000\nK2,乙公司,江苏省,\n",
    "products": "产品编码,产品名称,单位\nP1,轴承,套\nP2,阀门,台\n",
    "orders": "订单号,行号,客户编码,订单日期,产品编码,数量,金额\nB1,1,K1,2026-01-05,P1,1,100\n",
    "invoices": "发票号,客户编码,开票日期,到期日,金额\nV1,K1,2026-01-06,2026-02-05,100\n"
    "V2,K1,2026-01-06,2026-02-05,500\n",
}
"""What is there before: two customers, two products, an order, two invoices."""
PAID = {
    "receipts": "回款单号,发票号,客户编码,回款日期,金额\nQ1,,K1,2026-02-10,90\n"
    "Q2,V2,K1,2026-02-11,50\n",
    "credit_notes": "贷项编号,客户编码,开具日期,金额\nN2,K1,2026-02-12,20\n",
}
"""And what pays the invoices, where sheets move it."""
QUESTIONNAIRE = "问卷编码,题号,最低分,最高分\nB,B1,1,5\n"
MANAGERS = ("m1", "m2")

PAIRS = {
    "customers": (
        "客户编码,客户名称,省份,所属集团编码,信用额度,联系人,联系人职务\n"
        "K3,丙公司,福建省,K4,500,张伟,经理\nK4,丁集团,福建省,,,,\nK1,甲公司,浙江省,K4,2000,李娜,\n",
        "客户编码,客户名称,省份,所属集团编码,信用额度,联系人,联系人职务\n"
        "K3,丙股份公司,广东省,,700,张伟,总监\nK5,戊公司,福建省,K3,,,\nK2,乙公司,江苏省,K1,,,\n",
    ),
    "contacts": (
        "客户编码,联系人,职务,电话\nK1,张伟,经理,0592-1\nK2,王芳,采购,\n",
        "客户编码,联系人,职务,电话\nK1,张伟,总监,0592-1\nK2,李娜,财务,\n",
    ),
    "products": (
        "产品编码,产品名称,单位\nP3,垫片,个\nP1,深沟球轴承,套\n",
        "产品编码,产品名称,单位\nP3,石墨垫片,个\nP4,螺栓,个\n",
    ),
    "stock_counts": (
        "客户编码,产品编码,盘点日期,数量\nK1,P1,2026-05-01,5\n",
        "客户编码,产品编码,盘点日期,数量\nK1,P1,2026-05-01,7\nK2,P2,2026-05-01,1\n",
    ),
    "orders": (
        "订单号,行号,客户编码,订单日期,产品编码,数量,金额\n"
        "S1,1,K1,2026-05-01,P1,1,100\nS1,2,K1,2026-05-01,P2,2,200\nB1,1,K1,2026-01-07,P1,4,350\n",
        "订单号,行号,客户编码,订单日期,产品编码,数量,金额\n"
        "S1,1,K1,2026-05-02,P1,4,400\nS1,2,K1,2026-05-02,P2,2,200\nS2,1,K2,2026-05-02,P2,1,9\n",
    ),
    "invoices": (
        "发票号,客户编码,开票日期,到期日,金额\nF1,K1,2026-05-01,2026-06-01,100\nV1,K1,2026-01-06,2026-03-05,120\n",
        "发票号,客户编码,开票日期,到期日,金额\nF1,K1,2026-05-01,2026-07-01,150\nF2,K2,2026-05-01,,70\n",
    ),
    "receipts": (
        "回款单号,客户编码,发票号,回款日期,金额,备注\nR1,K1,V1,2026-03-01,60,\nR2,K2,,2026-03-01,40,\n",
        "回款单号,客户编码,发票号,回款日期,金额,备注\nR2,K2,,2026-03-01,40,冲账\nR3,K1,V2,2026-03-02,5,\n",
    ),
    "credit_notes": (
        "红字发票号,客户编码,原发票号,开具日期,金额,原因\nC1,K1,V1,2026-03-01,10,退货\n",
        "红字发票号,客户编码,原发票号,开具日期,金额,原因\nC1,K1,V1,2026-03-01,10,折让\nC2,K1,V2,2026-03-01,10,退货\n",
    ),
    "payment_schedules": (
        "发票号,生效日期,期次,到期日,金额,原因\nV2,2026-03-01,1,2026-04-05,200,展期\n"
        "V2,2026-03-01,2,2026-05-05,300,展期\n",
        "发票号,生效日期,期次,到期日,金额,原因\nV2,2026-03-01,1,2026-04-05,200,分两期\n"
        "V2,2026-03-01,2,2026-05-05,300,分两期\nV1,2026-03-01,1,2026-06-05,100,展期\n",
    ),
    "allocations": (
        "回款单号,贷项编号,发票号,核销日期,金额\nQ1,,V1,2026-02-20,60\nQ1,,V2,2026-02-20,30\n,N2,V2,2026-02-20,20\n",
        "回款单号,贷项编号,发票号,核销日期,金额\nQ1,,V1,2026-03-01,-25\nQ1,,V2,2026-03-01,25\n,N2,V2,2026-03-02,-20\n",
    ),
    "reversals": (
        "退票编号,回款单号,贷项编号,退票日期,金额,类型,原因\nX1,Q2,,2026-03-01,40,退票,空头\n",
        "退票编号,回款单号,贷项编号,退票日期,金额,类型,原因\nX1,Q2,,2026-03-01,40,退票,空头支票\n"
        "X2,Q2,,2026-03-02,10,退款,\nX3,,N2,2026-03-02,20,作废,\n",
    ),
    "write_offs": (
        "核销单号,发票号,核销日期,金额,类型,原因\nW1,V1,2026-03-01,0.5,尾差,抹零\n",
        "核销单号,发票号,核销日期,金额,类型,原因,撤销日期\nW1,V1,2026-03-01,0.5,尾差,抹零,2026-04-01\n"
        "W2,V2,2026-03-01,100,坏账,破产,\n",
    ),
    "contracts": (
        "合同编号,客户编码,合同名称,开始日期,结束日期,合同金额\nH1,K1,年度框架,2026-01-01,2026-12-31,1000\n",
        "合同编号,客户编码,合同名称,开始日期,结束日期,合同金额\nH1,K1,年度框架,2026-01-01,2027-06-30,1500\n"
        "H2,K2,单笔,2026-01-01,2026-12-31,\n",
    ),
    "credit_surveys": (
        "客户编码,调查日期,品质,能力,涉诉\nK1,2026-05-01,80,70,否\n",
        "客户编码,调查日期,品质,能力,涉诉\nK1,2026-05-01,85,70,是\nK2,2026-05-01,60,60,否\n",
    ),
    "complaints": (
        "投诉编号,客户编码,投诉日期,投诉类型,状态\nT1,K1,2026-05-01,质量,\n",
        "投诉编号,客户编码,投诉日期,投诉类型,关闭日期\nT1,K1,2026-05-01,质量,2026-05-09\nT2,K2,2026-05-02,运输,\n",
    ),
    "visits": (
        "客户编码,拜访日期,目的,备注\nK1,2026-05-01,回访,\n",
        "客户编码,拜访日期,目的,备注\nK1,2026-05-01,回访,客户满意\nK2,2026-05-02,回访,\n",
    ),
    "answers": (
        "答卷编号,客户编码,调查日期,满意度,推荐度\nA1,K1,2026-05-01,5,9\nA2,K2,2026-05-02,4,7\n",
        "答卷编号,客户编码,调查日期,满意度,推荐度,省力度\nA1,K1,2026-05-01,3,9,2\nA3,K2,2026-06-20,2,1,7\n",
    ),
    "owner_changes": (
        "客户编码,移交日期,客户经理,移交原因\nK1,2025-05-01,m1,建档\nK1,2026-05-01,m2,调整\n",
        "客户编码,移交日期,客户经理,移交原因\nK1,2026-05-01,m1,更正\nK2,2026-05-02,-,暂无\n",
    ),
    "card_changes": (
        "客户编码,档案变更日期,客户状态,省份,所属集团编码,账期天数\n"
        "K1,2025-05-01,,广东省,,60\nK1,2026-05-01,停用,,K2,\n",
        "客户编码,档案变更日期,客户状态,省份,所属集团编码,账期天数\n"
        "K1,2026-05-01,正常,-,,45\nK2,2026-05-02,,,-,-\n",
    ),
    "credit_grades": (
        "客户编码,评定日期,信用等级,评定方法\nK1,2026-05-01,A,回款率\n",
        "客户编码,评定日期,信用等级,评定方法,评定人\nK1,2026-05-01,B级,,m1\nK2,2026-05-02,C,,\n",
    ),
    "credit_limits": (
        "客户编码,生效日期,信用额度\nK2,2026-05-01,1000\n",
        "客户编码,生效日期,信用额度,测定方法\nK2,2026-05-01,2000,销售额测定法\nK1,2026-05-02,1,\n",
    ),
    "collection_actions": (
        "客户编码,发票号,追账日期,追账方式,追账结果,承诺付款日期,承诺金额\n"
        "K1,V1,2026-05-01,电话,承诺付款,2026-05-09,50\nK1,,2026-05-01,电话,未联系上,,\n",
        "客户编码,发票号,追账日期,追账方式,追账结果,承诺付款日期,中断诉讼时效,备注\n"
        "K1,V1,2026-05-01,电话,承诺付款,2026-05-12,,改期\nK1,,2026-05-01,电话,未联系上,,,占线\n"
        "K2,,2026-05-02,信函,已提醒,,是,\n",
    ),
    "key_account_decisions": (
        "客户编码,认定日期,是否大客户,认定理由\nK1,2026-05-01,是,战略合作\nK2,2026-05-01,取消,到期\n",
        "客户编码,认定日期,是否大客户,认定理由\nK1,2026-05-01,否,更正\nK1,2026-05-02,取消,到期\n",
    ),
    "loss_events": (
        "客户编码,流失日期,流失原因,流失毛利\nK1,2026-05-01,质量不稳定,100\n",
        "客户编码,流失日期,是否挽回,流失原因,竞争对手\nK1,2026-05-01,,,某公司\nK1,2026-06-01,是,,\n",
    ),
    "acquisition_costs": (
        "客户来源,月份,获客费用\n展会,2026-05,1000\n",
        "客户来源,月份,获客费用\n展会,2026-05-01,2000\n网络,2026年6月,5\n",
    ),
    "supervision_items": (
        "客户编码,督办事项,责任人,督办日期,办结期限\nK1,逾期应收,m1,2026-05-01,2026-05-15\n",
        "客户编码,督办事项,责任人,督办日期,办结期限,办结日期,办结依据\n"
        "K1,逾期应收,m1,2026-05-01,2026-05-15,2026-05-10,已回款\n"
        "K1,逾期应收,m2,2026-06-01,2026-06-15,,\n",
    ),
    "survey_items": (
        "问卷编码,问卷名称,题号,题目,题型,权重,最低分,最高分,选项文字\n"
        "S,满意度,Q1,质量,满意度,12,1,5,好=5;差=1\nS,,Q2,推荐,推荐意愿,1,0,10,\n",
        "问卷编码,问卷名称,题号,题目,题型,权重,最低分,最高分,选项文字\n"
        "S,年度满意度,Q1,质量,满意度,10,1,5,\nS,,Q3,总体,总体评价,1,1,5,\n",
    ),
    "waves": (
        "问卷编码,期次编码,开始日期,结束日期,发放数\nB,2026H1,2026-05-01,2026-05-20,100\n",
        "问卷编码,期次编码,期次名称,开始日期,结束日期,发放数,退回数\n"
        "B,2026H1,上半年,2026-05-01,2026-05-25,120,3\nB,2026H2,,2026-11-01,2026-11-20,,\n",
    ),
}
"""Kind → a sheet that adds and changes, and one that changes what the first brought, and adds."""

SHAPES = {
    "a column per question": "答卷编号,客户编码,调查日期,满意度,推荐度\nA1,K1,2026-05-01,5,9\n",
    "a row per answer": "答卷编号,客户编码,调查日期,题号,得分\n"
    "A1,K1,2026-05-01,csat,5\nA1,K1,2026-05-01,nps,9\n",
    "a list of scores": "客户编码,调查日期,得分（1-5分）\nK1,2026-05-01,5\nK2,2026-05-02,4\n",
}


def resting_on(engine: Engine, kind: str, folder: Path) -> None:
    """What the sheets of a kind in `PAIRS` name beside the documents of `BASE`."""
    for login in MANAGERS:
        person(engine, login, Role.ACCOUNT_MANAGER)
    if kind == "waves":
        assert bring(engine, QUESTIONNAIRE, "survey_items", folder=folder).stored


def paying_company(engine: Engine) -> None:
    """What is there before, and what pays its invoices."""
    for kind, text in {**BASE, **PAID}.items():
        assert bring_text(engine, text, kind).stored


@pytest.fixture
def company(engine: Engine, kept: Kept) -> Engine:
    kept(engine, paying_company)
    return engine


def brought(engine: Engine, text: str, kind: str, folder: Path, **more: object) -> int:
    """Import text; the number of its batch."""
    report = bring(engine, text, kind, folder=folder, **more)
    assert report.outcome is Outcome.COMMITTED, report
    assert report.batch_id is not None
    return report.batch_id


def refusal(engine: Engine, batch: int) -> set[str]:
    """Why a batch cannot be taken back; nothing changes, and the preview says the same."""
    before = content(engine)
    foreseen = {issue.reason for issue in undo.preview(engine, batch, None).reasons}
    with pytest.raises(BadInput) as refused:
        undo.undo(engine, batch, None)
    assert content(engine) == before
    said = {issue.reason for issue in refused.value.issues}
    assert foreseen in (said, set())
    return said


def test_every_kind_is_here() -> None:
    assert set(PAIRS) == {kind.value for kind in SheetKind}


@pytest.mark.parametrize("kind", PAIRS)
def test_import_and_undo_leave_the_store_as_it_was(
    company: Engine, tmp_path: Path, kind: str
) -> None:
    """A, B which changes A's rows, B back, A back: every step ends where it began."""
    first, second = PAIRS[kind]
    resting_on(company, kind, tmp_path)
    start = content(company)
    a = brought(company, first, kind, tmp_path)
    with_a = content(company)
    b = brought(company, second, kind, tmp_path)
    assert bring(company, second + "\n", kind, folder=tmp_path).rows_updated == 0
    assert start != with_a != content(company)
    assert rows(company, "import_change", "id", batch_id=b)

    assert refusal(company, a) & {"undo_changed_by", "undo_rests"}
    foreseen = undo.preview(company, b, None)
    taken = undo.undo(company, b, None)
    assert content(company) == with_a
    assert (sum(foreseen.tables.values()), foreseen.restored) == (taken.removed, taken.restored)
    undo.undo(company, a, None)
    assert content(company) == start


@pytest.mark.parametrize("kind", PAIRS)
def test_templates_come_in_and_go(company: Engine, tmp_path: Path, kind: str) -> None:
    made = Options(create_customers=True, create_products=True, new_survey=True)
    plan = Plan(kind=kind, options=made)
    example = template(spec_of(kind), chinese=True)
    needs_receipts = ("receipts",) if kind in ("allocations", "reversals") else ()
    for needed in ("customers", "products", "invoices", "survey_items", *needs_receipts):
        if needed == kind:
            continue
        bring(company, template(spec_of(needed), chinese=True), needed, folder=tmp_path)
    person(company, "anna", Role.ACCOUNT_MANAGER)
    managed(company, "anna")
    start = content(company)
    report = bring(company, example, plan=plan, folder=tmp_path)
    assert report.stored, report.issues
    assert report.batch_id
    undo.undo(company, report.batch_id, None)
    assert content(company) == start


@pytest.mark.parametrize("shape", SHAPES)
def test_survey_shapes_leave_nothing(company: Engine, tmp_path: Path, shape: str) -> None:
    """Survey, questions, scales and wave came with the answers, and go with them."""
    start = content(company)
    batch = brought(company, SHAPES[shape], "answers", tmp_path)
    assert count(company, "survey") == 1
    assert undo.preview(company, batch, None).tables["wave"] == 1
    taken = undo.undo(company, batch, None)
    assert taken.kept == 0
    assert content(company) == start


def test_a_survey_in_use_stays_until_the_last_goes(company: Engine, tmp_path: Path) -> None:
    """What the first import made and the second uses goes with the second."""
    start = content(company)
    head = "答卷编号,客户编码,调查日期,满意度,推荐度\n"
    first = brought(company, f"{head}A1,K1,2026-05-01,5,9\n", "answers", tmp_path)
    second = brought(company, f"{head}A2,K2,2026-05-20,4,\n", "answers", tmp_path)
    taken = undo.undo(company, first, None)
    assert taken.kept == 4, "survey, question, its scale, wave"
    assert rows(company, "survey_item", "code") == [("csat",)]
    assert count(company, "response") == 1
    undo.undo(company, second, None)
    assert content(company) == start


def test_a_widened_wave_is_put_back(company: Engine, tmp_path: Path) -> None:
    head = "答卷编号,客户编码,调查日期,满意度\n"
    brought(company, f"{head}A1,K1,2026-05-10,5\n", "answers", tmp_path)
    span = rows(company, "wave", "starts_on", "ends_on")
    second = brought(company, f"{head}A2,K2,2026-03-01,4\n", "answers", tmp_path)
    assert rows(company, "wave", "starts_on", "ends_on") != span
    undo.undo(company, second, None)
    assert rows(company, "wave", "starts_on", "ends_on") == span


def test_questions_of_a_plan_go_too(company: Engine, tmp_path: Path) -> None:
    plan = Plan(
        kind="answers",
        items=(Item("q1", column="Q1", minimum=1, maximum=3, words={"好": 3.0}),),
    )
    start = content(company)
    text = "答卷编号,客户编码,调查日期,Q1\nA1,K1,2026-05-10,好\n"
    report = bring(company, text, plan=plan, folder=tmp_path)
    assert report.batch_id, report
    undo.undo(company, report.batch_id, None)
    assert content(company) == start


def test_customers_made_with_orders_go(company: Engine, tmp_path: Path) -> None:
    start = content(company)
    text = "订单号,客户编码,订单日期,产品编码,金额\nS9,N1,2026-05-01,X1,10\n"
    batch = brought(company, text, "orders", tmp_path, create_customers=True, create_products=True)
    assert count(company, "customer") == 3
    undo.undo(company, batch, None)
    assert content(company) == start


def test_oldest_first_allocations_go(company: Engine, tmp_path: Path) -> None:
    start = content(company)
    text = "回款单号,客户编码,回款日期,金额\nR1,K1,2026-03-01,60\n"
    batch = brought(company, text, "receipts", tmp_path, allocate="oldest")
    assert count(company, "allocation") == 2, "one was there before"
    undo.undo(company, batch, None)
    assert content(company) == start


# what keeps a batch -------------------------------------------------------------------------


def test_what_was_paid_keeps_its_invoice(company: Engine, tmp_path: Path) -> None:
    invoices, receipts = PAIRS["invoices"][0], "回款单号,客户编码,发票号,回款日期,金额\n"
    batch = brought(company, invoices, "invoices", tmp_path)
    paid = brought(company, f"{receipts}R1,K1,F1,2026-06-01,50\n", "receipts", tmp_path)
    assert refusal(company, batch) == {"undo_rests"}
    undo.undo(company, paid, None)
    undo.undo(company, batch, None)


def test_an_invoice_does_not_fall_below_what_was_paid(company: Engine, tmp_path: Path) -> None:
    """Raised from 100 to 120 and paid in full: putting 100 back would overpay it."""
    batch = brought(company, PAIRS["invoices"][0], "invoices", tmp_path)
    text = "回款单号,客户编码,发票号,回款日期,金额\nR1,K1,V1,2026-06-01,120\n"
    brought(company, text, "receipts", tmp_path)
    assert refusal(company, batch) == {"undo_rests"}


def test_a_row_somebody_edited_is_kept(company: Engine, tmp_path: Path) -> None:
    batch = brought(company, PAIRS["customers"][0], "customers", tmp_path)
    edit(company, "customer", "K3", note="edited", version=2)
    assert refusal(company, batch) == {"undo_edited"}


def test_an_edit_after_an_undone_import_is_still_seen(company: Engine, tmp_path: Path) -> None:
    """Versions raised by an import and its undo explain themselves; one more does not."""
    a = brought(company, PAIRS["customers"][0], "customers", tmp_path)
    b = brought(company, PAIRS["customers"][1], "customers", tmp_path)
    undo.undo(company, b, None)
    ((version,),) = rows(company, "customer", "version", code="K3")
    edit(company, "customer", "K3", note="edited", version=version + 1)
    assert refusal(company, a) == {"undo_edited"}


def test_a_changed_value_edited_since_is_not_overwritten(company: Engine, tmp_path: Path) -> None:
    batch = brought(company, PAIRS["products"][0], "products", tmp_path)
    edit(company, "product", "P1", name="改过的名称")
    assert refusal(company, batch) == {"undo_edited"}


def edit(engine: Engine, table: str, code: str, **values: object) -> None:
    with store.writing(engine) as session:
        session.execute(
            sa.text(
                f"update {table} set {', '.join(f'{name} = :{name}' for name in values)} "
                "where code = :code"
            ),
            {"code": code, **values},
        )


@pytest.mark.parametrize("taken_up", [False, True])
def test_alerts_of_new_customers(company: Engine, tmp_path: Path, taken_up: bool) -> None:
    """An alert a refresh raised goes with its customer; one in work keeps it."""
    start = content(company)
    batch = brought(company, PAIRS["customers"][0], "customers", tmp_path)
    ((customer,),) = rows(company, "customer", "id", code="K3")
    user = person(company, "anna", Role.ADMINISTRATOR)
    start["app_user"] = content(company)["app_user"]
    with store.writing(company) as session:
        assert snapshot_dates(session) == []
        session.add(
            Alert(
                customer_id=customer,
                raised_on=TODAY,
                level=Level.RED,
                score=80.0,
                state=AlertState.CONFIRMED if taken_up else AlertState.OPEN,
                decided_by=user.id if taken_up else None,
            )
        )
    if taken_up:
        assert refusal(company, batch) == {"undo_rests"}
    else:
        undo.undo(company, batch, None)
        assert content(company) == start


def test_only_once(company: Engine, tmp_path: Path) -> None:
    batch = brought(company, PAIRS["products"][0], "products", tmp_path)
    undo.undo(company, batch, None)
    assert refusal(company, batch) == {"undo_not_standing"}
    again = brought(company, PAIRS["products"][0], "products", tmp_path)
    assert again != batch, "what was taken back can come in again"


def test_who_may_take_back(company: Engine, tmp_path: Path) -> None:
    batch = brought(company, PAIRS["invoices"][0], "invoices", tmp_path)
    for role in (Role.ACCOUNT_MANAGER, Role.SERVICE):
        with pytest.raises(NotFound):
            undo.undo(company, batch, person(company, role.value, role))
    with pytest.raises(NotAllowed):
        undo.preview(company, batch, person(company, "boss", Role.EXECUTIVE))
    undo.undo(company, batch, person(company, "clerk", Role.CREDIT_CONTROLLER))


# sequences ----------------------------------------------------------------------------------

SHEET = st.dictionaries(
    st.sampled_from(["X1", "X2", "X3", "K1"]),
    st.tuples(st.sampled_from(["福建省", "江苏省", "广东省"]), st.integers(1, 3)),
    min_size=1,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sheets=st.lists(SHEET, min_size=1, max_size=3), data=st.data())
def test_any_order_of_undoing_ends_where_it_began(
    sqlite_engine: Engine, tmp_path: Path, sheets: list[dict], data: st.DataObject
) -> None:
    """Whatever is allowed to go goes whole, whatever is refused changes nothing."""
    start = content(sqlite_engine)
    standing = []
    for sheet in sheets:
        lines = [f"{code},公司{code},{place},{limit}000" for code, (place, limit) in sheet.items()]
        text = "客户编码,客户名称,省份,信用额度\n" + "\n".join(lines) + "\n"
        report = bring(sqlite_engine, text, "customers", folder=tmp_path)
        if report.stored:
            standing.append(report.batch_id)
    while standing:
        batch = data.draw(st.sampled_from(standing))
        before = content(sqlite_engine)
        try:
            undo.undo(sqlite_engine, batch, None)
            standing.remove(batch)
        except BadInput:
            assert batch != max(standing), "the newest never rests under anything"
            assert content(sqlite_engine) == before
    assert content(sqlite_engine) == start
