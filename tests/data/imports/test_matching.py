"""Whom rows mean (客户匹配): code, tax number, confirmed name, choice, new; never a mix-up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data import store
from data.imports.columns.registry import SPECS
from data.imports.history.undo import undo
from data.imports.matching.names import plain_name
from data.imports.matching.suggesting import plain_code
from data.imports.peek import remembered_plan
from data.imports.terms.plan import Options, Plan, from_toml
from data.imports.terms.report import ImportReport, Outcome
from errors import BadInput
from models.access import Role
from models.customers import Customer
from models.enums import SheetKind
from models.tables import metadata
from tests.data.imports.bringing import bring, content, count, person, rows
from words import i18n

TAX_1, TAX_2, TAX_3 = "91350100M000100Y43", "91110000100001342C", "91310000MA1FL0XX3J"
HEAD = "发票号,客户编码,税号,客户名称,开票日期,金额\n"


def invoices(*who: str) -> str:
    """One invoice for each `code,tax number,name`."""
    lines = [f"X{n},{one},2026-05-01,10.00\n" for n, one in enumerate(who, start=1)]
    return HEAD + "".join(lines)


def plan(kind: str = "invoices", **said: object) -> Plan:
    options = Options(**{k: said.pop(k) for k in list(said) if k in Options.__slots__})  # type: ignore[arg-type]
    return Plan(kind=kind, options=options, **said)  # type: ignore[arg-type]


def whose(engine: Engine, table: str = "invoice") -> dict[str, str]:
    """Document → code of its customer, of those brought in by a test."""
    codes = dict(rows(engine, "customer", "id", "code"))
    found = rows(engine, table, "code", "customer_id")
    return {code: codes[customer] for code, customer in found if code.startswith("X")}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("C9,,", "unknown_customer"),
        (f",{TAX_2},", "unknown_customer"),
        (",,无此公司", "unknown_customer"),
        (",,厦门华南机电有限公司", "name_not_confirmed"),
        # a code nobody has does not fall through to the tax number or the name
        (f"C9,{TAX_1},", "unknown_customer"),
        ("C9,,厦门华南机电有限公司", "unknown_customer"),
        # two statements that contradict each other
        (f"C2,{TAX_1},", "tax_number_of_other"),
        # the same name, but known to be somebody else
        (f",{TAX_2},厦门华南机电有限公司", "unknown_customer"),
        (",,", "empty"),
    ],
)
def test_what_is_not_certain_is_refused(
    company: Engine, files: Path, said: str, reason: str
) -> None:
    before = content(company)
    report = bring(company, invoices(said), plan=plan(), folder=files)
    assert report.reasons == {reason: 1}
    assert content(company) == before


def test_codes_go_before_tax_numbers_before_names(company: Engine, files: Path) -> None:
    text = invoices("C1,,", f",{TAX_1},", ",,江苏中润贸易有限公司", f"C1,{TAX_1},别的名称", "c3,,")
    report = bring(company, text, plan=plan(match_names=True), folder=files)
    assert report.outcome is Outcome.COMMITTED
    assert whose(company) == {"X1": "C1", "X2": "C1", "X3": "C2", "X4": "C1", "X5": "C3"}
    assert report.noted == {"matched_by_name": 1, "name_differs": 1, "code_case": 1}


@pytest.mark.parametrize(
    "written",
    ["厦门华南机电有限公司", " 厦门 华南机电有限公司", "厦门华南机电有限公司\u3000"],
)
def test_names_match_whatever_their_width_and_spaces(
    company: Engine, files: Path, written: str
) -> None:
    report = bring(company, invoices(f",,{written}"), plan=plan(match_names=True), folder=files)
    assert whose(company) == {"X1": "C1"}, report.issues


def test_brackets_case_and_width_do_not_tell_companies_apart() -> None:
    same = ["ABC（厦门）公司", "abc(厦门)公司", "ＡＢＣ【厦门】 公司", "ABC (厦门)公司"]
    assert len(set(map(plain_name, same))) == 1
    assert plain_name("甲公司") != plain_name("甲分公司")
    assert plain_code("ｃ-0007") == plain_code("C7") != plain_code("C70")


def test_two_customers_of_one_name_are_never_mixed_up(company: Engine, files: Path) -> None:
    twins = "客户编码,客户名称,客户简称\nD1,兴盛商行,\nD2,其他商行,兴盛商行\n"
    assert bring(company, twins, folder=files).stored
    report = bring(company, invoices(",,兴盛商行"), plan=plan(match_names=True), folder=files)
    assert report.reasons == {"name_ambiguous": 1}
    assert {s.code for s in report.unmatched[0].suggestions} == {"D1", "D2"}
    chosen = plan(match_names=True, customers={"兴盛商行": "D2"})
    again = bring(company, invoices(",,兴盛商行"), plan=chosen, folder=files)
    assert (again.outcome, whose(company)) == (Outcome.COMMITTED, {"X1": "D2"})
    assert [(one.said, one.became, one.new) for one in again.settled] == [("兴盛商行", "D2", False)]


def test_a_tax_number_of_two_customers_decides_nothing(company: Engine, files: Path) -> None:
    with store.writing(company) as session:
        session.add(Customer(code="B1", name="分公司", tax_no=TAX_1))
    report = bring(company, invoices(f",{TAX_1},"), plan=plan(), folder=files)
    assert report.reasons == {"tax_number_ambiguous": 1}
    # with the code it is certain: both have this number
    assert bring(company, invoices(f"B1,{TAX_1},"), plan=plan(), folder=files).stored
    assert whose(company) == {"X1": "B1"}


def test_another_tax_number_on_the_card_is_noted(company: Engine, files: Path) -> None:
    report = bring(company, invoices(f"C1,{TAX_2},"), plan=plan(), folder=files)
    assert (report.outcome, report.noted) == (Outcome.COMMITTED, {"tax_number_differs": 1})


def test_a_choice_of_a_customer_who_is_not_there_is_refused(company: Engine, files: Path) -> None:
    chosen = plan(customers={"Z": "C404"})
    report = bring(company, invoices("Z,,"), plan=chosen, folder=files)
    assert report.reasons == {"chosen_customer_unknown": 1}
    assert report.unmatched[0].said == "Z"


def test_a_choice_never_overrides_a_code_that_is_there(company: Engine, files: Path) -> None:
    chosen = plan(customers={"C1": "C2", "甲": "C3"})
    assert bring(company, invoices("C1,,甲"), plan=chosen, folder=files).stored
    assert whose(company) == {"X1": "C1"}


def test_unmatched_are_listed_with_rows_and_suggestions(company: Engine, files: Path) -> None:
    text = invoices(
        "c-001,,",
        "C-001,,",
        f"Q1,{TAX_1},",
        "华南机电,,",
        ",,江苏中润贸易有限公司",
        "Q1,,第二个名称",
    )
    before = content(company)
    report = bring(company, text, plan=plan(), folder=files, rehearse=True)
    assert content(company) == before
    assert report.unmatched_count == 5
    first = report.unmatched[0]
    assert (first.said, first.rows, first.line, first.tax_no) == ("Q1", 2, 4, TAX_1)
    why = {one.said: [(s.code, s.why) for s in one.suggestions] for one in report.unmatched}
    assert why == {
        "Q1": [("C1", "same_tax_number")],
        "c-001": [("C1", "similar_code")],
        "C-001": [("C1", "similar_code")],
        "华南机电": [("C1", "name_contained")],
        "江苏中润贸易有限公司": [("C2", "same_name")],
    }
    assert ImportReport.from_dict(json.loads(json.dumps(report.as_dict()))) == report


def test_many_unmatched_are_listed_in_part_and_all_counted(company: Engine, files: Path) -> None:
    text = invoices(*(f"Q{n % 700},," for n in range(1000)))
    report = bring(company, text, plan=plan(), folder=files, rehearse=True)
    assert (len(report.unmatched), report.unmatched_count) == (500, 700)
    assert [one.rows for one in report.unmatched] == [2] * 300 + [1] * 200


# new customers -----------------------------------------------------------------------------

NAMING = {
    SheetKind.ORDERS: ("sales_order", "订单号,订单日期,金额", "X{n},2026-05-0{n},10"),
    SheetKind.INVOICES: ("invoice", "发票号,开票日期,金额", "X{n},2026-05-0{n},10"),
    SheetKind.RECEIPTS: ("receipt", "回款单号,回款日期,金额", "X{n},2026-05-0{n},10"),
    SheetKind.CREDIT_NOTES: ("credit_note", "红字发票号,红票日期,金额", "X{n},2026-05-0{n},10"),
    SheetKind.CONTRACTS: (
        "contract",
        "合同编号,开始日期,结束日期",
        "X{n},2026-05-0{n},2027-01-01",
    ),
    SheetKind.COMPLAINTS: ("complaint", "投诉编号,投诉日期,投诉类型", "X{n},2026-05-0{n},质量"),
    SheetKind.CREDIT_SURVEYS: ("credit_survey", "信用调查日期,品质,能力", "2026-05-0{n},80,70"),
    SheetKind.VISITS: ("visit", "拜访日期,拜访方式,拜访目的", "2026-05-0{n},电话,回访"),
    SheetKind.CONTACTS: ("contact", "联系人,电话,职务", "张{n},1380013800{n},经理"),
    SheetKind.STOCK_COUNTS: ("stock_count", "产品编码,盘点日期,库存数量", "P1,2026-05-0{n},5"),
    SheetKind.OWNER_CHANGES: ("owner_history", "移交日期,客户经理", "2026-05-0{n},anna"),
    SheetKind.CARD_CHANGES: ("card_history", "档案变更日期,省份", "2026-05-0{n},福建省"),
    SheetKind.CREDIT_GRADES: ("credit_grade", "评定日期,信用等级", "2026-05-0{n},A"),
    SheetKind.CREDIT_LIMITS: ("credit_limit", "生效日期,信用额度", "2026-05-0{n},10"),
    SheetKind.COLLECTION_ACTIONS: (
        "collection_action",
        "追账日期,追账方式,追账结果",
        "2026-05-0{n},电话,已提醒",
    ),
    SheetKind.KEY_ACCOUNT_DECISIONS: (
        "key_account_override",
        "认定日期,是否大客户,认定理由",
        "2026-05-0{n},是,规模",
    ),
    SheetKind.LOSS_EVENTS: ("loss_event", "流失日期,流失原因", "2026-05-0{n},原因不明"),
    SheetKind.SUPERVISION_ITEMS: (
        "supervision_item",
        "督办事项,责任人,督办日期,办结期限,办结日期,办结依据",
        "投诉,anna,2026-05-0{n},2026-06-01,2026-05-20,已办",
    ),
    SheetKind.ANSWERS: ("response", "答卷编号,调查日期,满意度", "X{n},2026-05-0{n},5"),
}
"""Every kind that names customers: its table, and a row but for the customer."""


def test_every_kind_that_names_customers_is_tested() -> None:
    naming = {kind for kind, spec in SPECS.items() if any(r.name_field for r in spec.references)}
    assert naming == set(NAMING)
    by_documents = {
        SheetKind.PAYMENT_SCHEDULES,
        SheetKind.ALLOCATIONS,
        SheetKind.REVERSALS,
        SheetKind.WRITE_OFFS,
    }
    of_nobody = {SheetKind.ACQUISITION_COSTS, SheetKind.SURVEY_ITEMS, SheetKind.WAVES}
    assert set(SheetKind) - naming == {
        SheetKind.CUSTOMERS,
        SheetKind.PRODUCTS,
        *by_documents,
        *of_nobody,
    }


@pytest.mark.parametrize("kind", NAMING)
def test_every_kind_matches_makes_and_is_taken_back(
    sqlite_engine: Engine, files: Path, kind: SheetKind
) -> None:
    engine = sqlite_engine
    assert bring(engine, "客户编码,客户名称,税号\nC1,甲公司," + TAX_1 + "\n", folder=files).stored
    assert bring(engine, "产品编码,产品名称\nP1,泵\n", folder=files).stored
    person(engine, "anna", Role.ACCOUNT_MANAGER)
    table, head, row = NAMING[kind]
    people = ["C1,,", f",{TAX_1},", ",,甲公司", "Z9,,新甲公司", f",{TAX_2},新乙公司", ",,新丙公司"]
    lines = [f"{who},{row.format(n=n)}\n" for n, who in enumerate(people, start=1)]
    text = f"客户编码,税号,客户名称,{head}\n" + "".join(lines)
    before = content(engine)
    report = bring(engine, text, plan=plan(kind.value), folder=files)
    assert report.reasons == {"unknown_customer": 3, "name_not_confirmed": 1}
    made = plan(kind.value, match_names=True, create=("Z9", TAX_2, "新丙公司"))
    report = bring(engine, text, plan=made, folder=files)
    assert report.outcome is Outcome.COMMITTED, report.issues
    codes = dict(rows(engine, "customer", "id", "code"))
    found = [codes[who] for (who,) in rows(engine, table, "customer_id")]
    if kind in (SheetKind.OWNER_CHANGES, SheetKind.CARD_CHANGES):
        found.remove("C1")  # what the card said before its first change is written down, too
    assert sorted(found) == sorted(["C1", "C1", "C1", "Z9", "N0001", "N0002"])
    assert rows(engine, "customer", "code", "name", "tax_no", "batch_line")[1:] == [
        ("Z9", "新甲公司", None, 5),
        ("N0001", "新乙公司", TAX_2, 6),
        ("N0002", "新丙公司", None, 7),
    ]
    assert {one.became for one in report.settled} == {"Z9", "N0001", "N0002"}
    assert report.batch_id is not None
    undo(engine, report.batch_id, None)
    after = content(engine)
    kept = {"survey", "survey_item", "scale", "wave"}  # what answers were asked, not what was said
    assert {t: r for t, r in after.items() if t not in kept} == {
        t: r for t, r in before.items() if t not in kept
    }


def test_create_all_makes_no_second_customer_of_a_name(company: Engine, files: Path) -> None:
    text = invoices(",,厦门华南机电有限公司", ",,新公司", ",,新 公司", "Z9,,新公司", "z9,,")
    report = bring(company, text, plan=plan(create_customers=True), folder=files, on_error="reject")
    assert report.reasons == {"name_not_confirmed": 3, "code_differs_in_case": 1}
    assert whose(company) == {"X4": "Z9"}
    assert count(company, "customer") == 4
    # two spellings are one new customer
    text = invoices(",,大海公司", ",,大海 公司")
    assert bring(company, text, plan=plan(create_customers=True), folder=files).stored
    assert rows(company, "customer", "code", name="大海公司") == [("N0001",)]
    assert set(whose(company).values()) == {"Z9", "N0001"}


def test_numbers_of_new_customers_go_on_from_the_highest(company: Engine, files: Path) -> None:
    assert bring(company, "客户编码,客户名称\nN0041,甲\nN7,乙\nNX,丙\n", folder=files).stored
    text = invoices(",,天公司", ",,地公司", "N0055,,人公司")
    assert bring(company, text, plan=plan(create_customers=True), folder=files).stored
    assert whose(company) == {"X1": "N0056", "X2": "N0057", "X3": "N0055"}


def test_a_new_customer_gets_no_tax_number_that_is_taken(company: Engine, files: Path) -> None:
    text = invoices(f"Z1,{TAX_1},甲", f"Z2,{TAX_2},乙", f"Z3,{TAX_2},丙", f",{TAX_3},")
    report = bring(company, text, plan=plan(create_customers=True), folder=files, on_error="reject")
    assert report.reasons == {"tax_number_taken": 2, "new_customer_without_name": 1}
    assert whose(company) == {"X2": "Z2"}


def test_customers_of_refused_rows_are_not_made(company: Engine, files: Path) -> None:
    text = HEAD + "X1,Z1,,甲,2026-05-01,10\nX2,Z2,,乙,2026-05-01,abc\nX3,Z1,,甲,2026-05-40,1\n"
    report = bring(company, text, plan=plan(create_customers=True), folder=files, on_error="reject")
    assert report.outcome is Outcome.PARTLY
    assert [row for row in rows(company, "customer", "code", "batch_line") if row[0][0] == "Z"] == [
        ("Z1", 2)
    ]
    one_by_one = plan(create=("Z5", "Z6"))
    text = HEAD + "X5,Z5,,甲,2026-05-01,10\nX6,Z6,,乙,2026-05-01,abc\n"
    report = bring(company, text, plan=one_by_one, folder=files, on_error="reject")
    assert [one.said for one in report.settled] == ["Z5"]


def test_a_receipt_is_of_its_invoices_customer_whoever_paid(company: Engine, files: Path) -> None:
    text = "回款单号,付款单位,发票号,回款日期,金额\nX1,某某代付公司,I1,2026-05-01,10\n"
    report = bring(company, text, folder=files)
    assert (report.outcome, whose(company, "receipt")) == (Outcome.COMMITTED, {"X1": "C1"})
    lone = "回款单号,付款单位,发票号,回款日期,金额\nX2,某某代付公司,,2026-05-01,10\n"
    assert bring(company, lone, folder=files).reasons == {"unknown_customer": 1}


# what is remembered ------------------------------------------------------------------------


def test_maps_say_whom_and_are_checked(company: Engine, files: Path) -> None:
    path = files / "map.toml"
    path.write_text('kind = "invoices"\ncreate = ["Z9"]\n[customers]\n"华南" = "C1"\n', "utf-8")
    said = from_toml(path)
    assert (said.customers, said.create) == ({"华南": "C1"}, ("Z9",))
    assert Plan.from_dict(json.loads(json.dumps(said.as_dict()))) == said
    assert bring(company, invoices("华南,,", "Z9,,"), plan=said, folder=files).stored
    assert whose(company) == {"X1": "C1", "X2": "Z9"}
    for wrong in ("create = 3", "create = [3]", "customers = 3", "[customers]\nx = 3"):
        path.write_text(wrong, "utf-8")
        with pytest.raises(BadInput) as refused:
            from_toml(path)
        assert refused.value.issues[0].reason == "map_wrong_type"


def test_choices_are_remembered_but_consent_is_not(company: Engine, files: Path) -> None:
    said = plan(
        columns={"customer_name": "客户名称"},
        match_names=True,
        customers={"华南": "C1"},
        create=("新公司",),
    )
    text = invoices("华南,,", ",,新公司", ",,江苏中润贸易有限公司")
    assert bring(company, text, plan=said, folder=files).stored
    header = tuple(HEAD.strip().split(","))
    kept = remembered_plan(company, header, "invoices", None)
    assert kept is not None
    assert kept.customers == {"华南": "C1", "新公司": "N0001"}
    assert (kept.create, kept.options.match_names) == ((), False)
    more = text.replace("X", "XX").replace(",,江苏中润贸易有限公司", "C2,,")
    assert bring(company, more, plan=kept, folder=files).stored
    assert count(company, "customer") == 4
    amy = person(company, "amy", Role.ACCOUNT_MANAGER)
    boss = person(company, "boss", Role.ADMINISTRATOR)
    hidden = remembered_plan(company, header, "invoices", amy)
    assert hidden is not None
    assert hidden.customers == {}
    shown = remembered_plan(company, header, "invoices", boss)
    assert shown is not None
    assert shown.customers == kept.customers


# scope -------------------------------------------------------------------------------------


def test_an_account_manager_hears_nothing_of_others_customers(company: Engine, files: Path) -> None:
    amy = person(company, "amy", Role.ACCOUNT_MANAGER)
    with store.writing(company) as session:
        session.add(Customer(code="A1", name="阿美的客户", owner_id=amy.id))
    head = "订单号,客户编码,税号,客户名称,订单日期,金额\n"
    people = [
        "C1,,",
        "c1,,",
        "C404,,",
        f",{TAX_1},",
        f",{TAX_2},",
        ",,厦门华南机电有限公司",
        ",,无此公司",
        "华南机电,,",
        "a1,,",
        f"A1,{TAX_1},",
    ]
    text = head + "".join(f"X{n},{who},2026-05-01,1\n" for n, who in enumerate(people))
    said = plan("orders", match_names=True, customers={"C404": "C2", "华南机电": "A1"})
    report = bring(company, text, plan=said, folder=files, actor=amy, on_error="reject")
    assert report.outcome is Outcome.PARTLY
    assert whose(company, "sales_order") == {"X7": "A1", "X8": "A1", "X9": "A1"}
    assert report.reasons == {"not_your_customer": 6, "chosen_customer_unknown": 1}
    told = json.dumps(report.as_dict(), ensure_ascii=False)
    # nothing but what the file itself says
    for secret in ("江苏中润贸易有限公司", "宁波远航轴承有限公司", '"C3"'):
        assert secret not in told
    assert all(one.suggestions == () for one in report.unmatched)
    alike = {one.said: one.reason for one in report.unmatched}
    assert alike["C1"] == alike["c1"] == alike[TAX_1] == alike[TAX_2]


def test_what_an_account_manager_makes_is_theirs(company: Engine, files: Path) -> None:
    amy = person(company, "amy", Role.ACCOUNT_MANAGER)
    head = "订单号,客户编码,税号,客户名称,订单日期,金额\n"
    people = ["Z1,,甲", ",,乙", "C1,,丙", "c2,,丁", f"Z3,{TAX_1},戊", ",,厦门华南机电有限公司"]
    text = head + "".join(f"X{n},{who},2026-05-01,1\n" for n, who in enumerate(people))
    said = plan("orders", create_customers=True)
    report = bring(company, text, plan=said, folder=files, actor=amy, on_error="reject")
    assert report.reasons == {"customer_code_taken": 2, "tax_number_taken": 1}
    assert whose(company, "sales_order") == {"X0": "Z1", "X1": "N0001", "X5": "N0002"}
    owners = dict(rows(company, "customer", "code", "owner_id"))
    assert {code for code, owner in owners.items() if owner == amy.id} == {"Z1", "N0001", "N0002"}


# never a mix-up ----------------------------------------------------------------------------

CODES = st.sampled_from(["", "C1", "c1", "C2", "C02", "C3", "D1", "甲公司"])
TAXES = st.sampled_from(["", TAX_1, TAX_2, TAX_3])
NAMES = st.sampled_from(["", "甲公司", "甲 公司", "乙公司", "乙（厦门）公司", "乙(厦门)公司", "丙"])
CARDS = st.lists(
    st.tuples(
        st.sampled_from(["C1", "C2", "C02", "c2", "C3"]),
        TAXES,
        NAMES.filter(bool),
        NAMES,
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda card: card[0],
)
SAID = st.lists(st.tuples(CODES, TAXES, NAMES), min_size=1, max_size=6)
CHOSEN = st.dictionaries(
    st.sampled_from(["D1", "甲公司", TAX_2, "C1", "丙"]),
    st.sampled_from(["C1", "C2", "C9"]),
    max_size=2,
)
MADE = st.lists(st.sampled_from(["D1", "甲公司", "丙", TAX_3]), max_size=2, unique=True)


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cards=CARDS,
    said=SAID,
    chosen=CHOSEN,
    made=MADE,
    names=st.booleans(),
    all_new=st.booleans(),
    scoped=st.booleans(),
)
def test_no_row_lands_at_a_customer_it_does_not_name(
    request: pytest.FixtureRequest,
    files: Path,
    database: str,
    cards: list[tuple[str, str, str, str, bool]],
    said: list[tuple[str, str, str]],
    chosen: dict[str, str],
    made: list[str],
    names: bool,
    all_new: bool,
    scoped: bool,
) -> None:
    engine: Engine = request.getfixturevalue(f"{database}_engine")
    _empty(engine)
    amy = person(engine, "amy", Role.ACCOUNT_MANAGER)
    with store.writing(engine) as session:
        for code, tax, name, short, hers in cards:
            owner = amy.id if hers else None
            session.add(
                Customer(code=code, name=name, short_name=short, tax_no=tax or None, owner_id=owner)
            )
    there = {card[0]: card for card in cards if card[4] or not scoped}
    head = "订单号,客户编码,税号,客户名称,订单日期,金额\n"
    lines = [f"X{n},{','.join(one)},2026-05-01,1\n" for n, one in enumerate(said)]
    report = bring(
        engine,
        head + "".join(lines),
        folder=files,
        on_error="reject",
        actor=amy if scoped else None,
        plan=plan(
            "orders",
            match_names=names,
            create_customers=all_new,
            customers=chosen,
            create=tuple(made),
        ),
    )
    landed = whose(engine, "sales_order")
    assert len(landed) == report.rows_added
    fresh = {code for (code,) in rows(engine, "customer", "code")} - {card[0] for card in cards}
    for number, (code, tax, name) in enumerate(said):
        at = landed.get(f"X{number}")
        if at is None:
            continue
        if at in fresh:
            assert code in ("", at)
            # or another row of the file made the customer who has this tax number
            by_tax = (
                not code and tax and dict(rows(engine, "customer", "code", "tax_no"))[at] == tax
            )
            assert all_new or names or (code or tax or name) in made or by_tax
            continue
        assert at in there, "another's customer"
        card = there[at]
        told = {plain_name(card[2]), plain_name(card[3])}
        if code in there or (code and code.upper() == at.upper()):
            assert at.upper() == code.upper()
            assert at == code or code not in there
        elif chosen.get(code or tax or name) == at:
            pass
        elif code:
            raise AssertionError("an unknown code fell through")
        elif tax and card[1] == tax:
            assert [c[1] for c in there.values()].count(tax) == 1
        else:
            assert names
            assert plain_name(name) in told
            alike = [c for c in there.values() if plain_name(name) in map(plain_name, c[2:4])]
            assert len([c for c in alike if not tax or c[1] in ("", tax)]) == 1
            assert not (tax and card[1] and card[1] != tax)
    others = {card[0] for card in cards} - set(there)
    suggested = {s.code for one in report.unmatched for s in one.suggestions}
    assert not suggested & others


def _empty(engine: Engine) -> None:
    with store.writing(engine) as session:
        for table in reversed(metadata.sorted_tables):
            if table.name != "store_state":
                session.execute(sa.delete(table))


def test_words_for_every_reason() -> None:
    reasons = [
        "name_not_confirmed",
        "name_ambiguous",
        "tax_number_ambiguous",
        "name_differs",
        "tax_number_of_other",
        "tax_number_differs",
        "chosen_customer_unknown",
        "customer_code_taken",
        "new_customer_without_name",
        "customer_chosen",
        "matched_by_name",
        "customer_new",
    ]
    for lang in ("zh_Hans", "zh_Hant", "en"):
        assert i18n.missing(lang, [f"reason.{one}" for one in reasons]) == []
