"""Rows that are no data (非数据行): passed over by name, asked about, and never anybody's data."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from data import store
from data.imports.columns.registry import SPECS
from data.imports.peek import look
from data.imports.sifting import phrases
from data.imports.terms import asking
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from data.imports.terms.request import Request
from models.access import Role
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import TODAY, bring, managed, person, said
from words import i18n

SEVEN = "客户编码,客户名称\n" + "".join(f"C00{n},公司{n}\n" for n in range(1, 8))
ORDERS = "订单号,客户编码,订单日期,产品名称,数量,金额\n"
CUSTOMERS = "客户编码,客户名称,信用额度\n"
LINES = ORDERS + "SO1,C001,2026-08-05,电机,10,1000.00\nSO1,C001,2026-08-05,轴承,5,500.00\n"
Copy = Callable[..., Engine]
_MOMENT = re.compile(r"datetime\.datetime\([^)]*tzinfo[^)]*\)")


@pytest.fixture(scope="module")
def seven(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of seven customers, to copy from."""
    return filled(tmp_path_factory.mktemp("seven"), migrated_file, SEVEN.encode())


@pytest.fixture
def fresh(seven: Path, tmp_path: Path) -> Copy:
    """Stores of one's own."""
    made: list[Engine] = []

    def copy(path: Path = seven) -> Engine:
        mine = tmp_path / f"{len(made)}.db"
        shutil.copy(path, mine)
        made.append(store.open_store(f"sqlite:///{mine}"))
        return made[-1]

    return copy


def filled(folder: Path, empty: Path, *sheets: bytes) -> Path:
    path = folder / "filled.db"
    shutil.copy(empty, path)
    engine = store.open_store(f"sqlite:///{path}")
    files = folder / "files"
    files.mkdir()
    assert all(bring(engine, sheet, folder=files).stored for sheet in sheets)
    person(engine, "anna", Role.ACCOUNT_MANAGER)
    managed(engine, "anna")
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


def passed(report: ImportReport) -> list[tuple[int | None, str]]:
    return sorted((one.row or 0, one.reason) for one in report.passed)


def case(name: str) -> Path:
    return shared_or_sample(f"cases/{name}", f"cases/{name}")


@pytest.mark.parametrize(
    ("name", "kind", "added", "left_out"),
    [
        ("imports/03_customer_total_both_cells.xlsx", "", 2, [(4, "total_row")]),
        ("05-total-row-becomes-a-customer/cust_total.csv", "", 2, [(4, "total_row")]),
        ("imports/05b_customer_repeated_header_no_figures.csv", "", 3, [(5, "header_repeated")]),
        ("imports/x11_total_english.csv", "customers", 1, [(3, "total_row"), (4, "total_row")]),
        ("imports/50_orders_subtotal_per_order.csv", "", 3, [(4, "total_row"), (6, "total_row")]),
        ("imports/64_limesurvey.csv", "", 2, [(3, "unfinished_answer")]),
        (
            "imports/69_qualtrics_known_names.csv",
            "",
            1,
            [(2, "heading_row"), (3, "heading_row"), (5, "test_answer")],
        ),
    ],
)
def test_files_as_programs_write_them(
    fresh: Copy, name: str, kind: str, added: int, left_out: list[tuple[int, str]]
) -> None:
    report = bring(fresh(), case(name), kind)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, added), said(report)
    assert passed(report) == left_out


def test_the_second_header_row_of_surveymonkey(fresh: Copy) -> None:
    plan = Plan(
        kind="answers",
        columns={"customer_code": "Custom Data 1", "answered_on": "End Date"},
        options=Options(day_order="mdy", scale="words5"),
    )
    engine = fresh()
    seen = look(engine, Request(case("imports/67_surveymonkey_two_row.csv"), plan, TODAY))
    assert "Response" in seen.rows[0][1]  # shown as it stands, and not taken for an answer
    assert all("Response" not in one.seen for one in seen.questions)
    report = bring(engine, case("imports/67_surveymonkey_two_row.csv"), plan=plan)
    assert "Response" not in said(report)


WORDS = {
    phrases.Sense.TOTAL: "合计|合 計：|小计（3 条）|本页合计|2026年8月合计|合计：1,500.00元"
    "|Grand Total|sub-total:",
    phrases.Sense.MAYBE_TOTAL: "Total|TOTAL:|平均|累计|Average|Ｔｏｔａｌ|Total (3)",
    phrases.Sense.GROUP_TOTAL: "C001小计|U001 合計|Total for C001|华东区小计",
    phrases.Sense.MAYBE_GROUP_TOTAL: "C001 Total|C001 汇总|Total Station|合计 纸业",
    phrases.Sense.FOOTER: "制表人|審核：李四|打印时间 2026-08-31|第 1 頁／共 2 頁|Page 1 of 3"
    "|Prepared by: A",
    phrases.Sense.REMARK: "备注：本表含税|Note: prices|以下空白|End of report",
}


def test_words_and_names() -> None:
    for sense, cells in WORDS.items():
        for cell in cells.split("|"):
            found = phrases.said(cell)
            assert found is not None, cell
            assert found.sense is sense, cell
            assert phrases.may_say(cell.lower()), cell
    names = "合计纸业|总计科技有限公司|共享单车|审核服务公司|第一页科技|统计局"
    names += "|TotalEnergies|Sumitomo|Page One Ltd"
    assert [cell for cell in names.split("|") if phrases.said(cell)] == []


def test_whoever_is_called_so_stays(fresh: Copy) -> None:
    names = [
        "合计纸业",
        "小计 食品",
        "总计科技有限公司",
        "Total Energies",
        "制表人：三",
        "第一页科技",
    ]
    sheet = CUSTOMERS + "".join(f"D{n},{name},{n}7\n" for n, name in enumerate(names))
    engine = fresh()
    report = bring(engine, sheet, "customers", folder=engine_folder(engine))
    assert (report.rows_added, report.passed) == (6, ()), said(report)
    lines = ORDERS + "SO1,C001,2026-08-05,Total Station,1,900\nSO2,C001,2026-08-05,电机 6,1,900\n"
    report = bring(engine, lines, "orders", folder=engine_folder(engine))
    assert (report.rows_added, report.passed) == (2, ())


def engine_folder(engine: Engine) -> Path:
    folder = Path(str(engine.url.database)).parent / "files"
    folder.mkdir(exist_ok=True)
    return folder


def orders(
    fresh: Copy, text: str, kind: str = "orders", answers: dict[str, str] | None = None, **more: str
) -> ImportReport:
    engine = fresh()
    plan = Plan(kind=kind, answers=answers or {})
    return bring(engine, text, plan=plan, folder=engine_folder(engine), **more)


def test_what_may_be_total_is_asked_once(fresh: Copy) -> None:
    """A customer called Total, beside a code of its own: nobody but a person can tell."""
    sheet = CUSTOMERS + "D1,Total,100\nD2,乙,300\n"
    asked = orders(fresh, sheet, "customers")
    assert [one.key for one in asked.asks] == ["may_be_total:客户名称=Total"]
    assert (asked.outcome, asked.rows_added) == (Outcome.REJECTED, 0)
    assert orders(fresh, sheet, "customers", on_error="reject").rows_added == 1
    assert orders(fresh, sheet, "customers", {asked.asks[0].key: "keep"}).rows_added == 2
    left_out = orders(fresh, sheet, "customers", {asked.asks[0].key: "pass"})
    assert (left_out.rows_added, passed(left_out)) == (1, [(2, "total_row")])


@pytest.mark.parametrize(
    "subtotal",
    [
        "SO1,C001,2026-08-05,,15,1500.00",
        "SO1,C001,2026-08-05,其他,,1500",
        "SO1,C001,2026-08-05,x,15,1500",
    ],
)
def test_a_sum_without_a_word_is_asked(fresh: Copy, subtotal: str) -> None:
    sheet = f"{LINES}{subtotal}\nSO2,C002,2026-08-06,电机,1,100.00\n"
    asked = orders(fresh, sheet)
    assert [(one.row, one.reason) for one in asked.issues] == [(4, "sum_of_above")]
    assert [one.key for one in asked.asks] == ["sum_of_above"]
    assert orders(fresh, sheet, answers={"sum_of_above": "keep"}).rows_added == 4
    left_out = orders(fresh, sheet, answers={"sum_of_above": "pass"})
    assert (left_out.rows_read, left_out.rows_added, left_out.passed_over) == (
        3,
        3,
        {"sum_of_above": 1},
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("orders", f"{LINES}SO2,C001,2026-08-05,钢,3,1500.00\n"),  # another order
        ("orders", f"{LINES}SO1,C001,2026-08-05,退,-15,-1500.00\n"),  # a credit of all of it
        ("orders", f"{LINES}SO1,C001,2026-08-05,钢,1,1500.00\n"),  # one figure agrees, one does not
        ("orders", ORDERS + "SO1,C001,2026-08-05,甲,1,100\nSO1,C001,2026-08-05,甲,1,100\n"),
        ("customers", CUSTOMERS + "D1,甲一,100\nD2,乙二,300\nD3,丙三,400\n"),  # has its number
        (
            "credit_limits",
            "客户编码,生效日期,信用额度\n"
            "C001,2026-01-01,100\nC001,2026-02-01,200\nC001,2026-03-01,300\n"
            "C002,2026-01-01,100\nC002,2026-02-01,200\nC002,2026-03-01,400\n"
            "C003,2026-01-01,100\nC003,2026-02-01,500\nC003,2026-03-01,450\n",
        ),
    ],
)
def test_figures_that_agree_by_chance(fresh: Copy, kind: str, text: str) -> None:
    report = orders(fresh, text, kind)
    assert report.stored, said(report)
    assert not report.passed


def test_where_orders_end_with_their_sum_one_line_may_be_followed_by_it_too(fresh: Copy) -> None:
    """A document of one row and its sum says the same twice: no order of twice the amount."""
    head = "订单号,客户编码,订单日期,产品编码,数量,金额\n"
    long = "".join(f"SO1,C001,2026-08-05,{p},{n},{n}\n" for p, n in (("a", 1), ("b", 2), ("", 3)))
    short = "SO2,C002,2026-08-06,a,7,7\nSO2,C002,2026-08-06,,7,7\n"
    asked = orders(fresh, head + long + short)
    assert [one.row for one in asked.issues if one.reason == "sum_of_above"] == [4, 6]
    # two equal lines of an order are nothing strange where no order ends with its sum
    plain = "SO1,C001,2026-08-05,a,1,1\nSO1,C001,2026-08-05,b,2,2\nSO1,C001,2026-08-05,c,7,7\n"
    report = orders(fresh, head + plain + short)
    assert "sum_of_above" not in {one.reason for one in report.issues}


@pytest.mark.parametrize(
    "heading",
    [
        "收款单号,客户编码,收款日期,收款金额",
        "订单号,客户编码,收货日期,订单日期",
        "Order Number,Customer Code,,Amount",
    ],
)
def test_another_table_below_is_asked_about(fresh: Copy, heading: str) -> None:
    sheet = (
        "订单号,客户编码,订单日期,金额\nSO1,C001,2026-08-05,100\n\n"
        f"{heading}\nR1,C001,2026-08-09,90\n合计,,,90\n"
    )
    asked = orders(fresh, sheet)
    assert asked.rows_added == 0
    assert [(one.row, one.reason) for one in asked.issues] == [
        (n, "another_table") for n in (4, 5, 6)
    ]
    assert not asked.unmatched
    left_out = orders(fresh, sheet, answers={"another_table": "pass"})
    assert (left_out.rows_read, left_out.rows_added) == (1, 1)
    assert passed(left_out) == [(n, "another_table") for n in (4, 5, 6)]


def test_sums_of_customers_and_of_the_whole_file(fresh: Copy) -> None:
    """Where most customers' rows end with their sum, it is a habit; ALL is no customer."""
    head = "客户编码,产品编码,盘点日期,数量\n"
    each = "".join(
        f"C00{n},P{place},2026-08-01,{value}\n"
        for n in (1, 2)
        for place, value in enumerate((n, n + 1, 2 * n + 1))
    )
    asked = orders(fresh, head + each, "stock_counts")
    assert [one.row for one in asked.issues if one.reason == "sum_of_above"] == [4, 7]
    whole = orders(fresh, CUSTOMERS + "D1,甲一,100\nD2,乙二,300\nALL,所有,400\n", "customers")
    assert [(one.row, one.value) for one in whole.issues] == [(4, "400.00")]


def test_footers_pages_and_headers_in_the_middle(fresh: Copy) -> None:
    page = "本页合计,,,,15,1500\n制表人：张三,审核：李四\n第 1 页\n\n销售明细表（续）,,,,,\n"
    again = "订单号,客户编码,订单日期,产品名称,数量,金额（元）\nSO2,C002,2026-08-06,电机,1,100\n"
    end = "累计,,,,16,1600\n打印日期：2026-08-31\n备注：本表含税,不含运费\n"
    report = orders(fresh, LINES + page + again + end)
    assert report.rows_added == 3, said(report)
    assert Counter(report.passed_over) == {
        "total_row": 2,
        "footer_row": 4,
        "title_row": 1,
        "header_repeated": 1,
    }


@pytest.mark.parametrize(
    ("under", "reasons"),
    [
        (["必填,必填,选填,选填"], ["heading_row"]),
        (["FNumber,FName,FCreditLimit,FNote", "（文本）,文本,数字,文本"], ["heading_row"] * 2),
        (["customer_code,name,credit_limit,note"], ["heading_row"]),
        ([",,元,"], ["unit_row"]),
    ],
)
def test_rows_under_the_header(fresh: Copy, under: list[str], reasons: list[str]) -> None:
    lines = ["客户编码,客户名称,信用额度,备注", *under, "D1,甲一,100,"]
    report = orders(fresh, "\n".join(lines) + "\n", "customers")
    assert report.rows_added == 1, said(report)
    assert [reason for _row, reason in passed(report)] == reasons


def test_rows_that_may_belong_to_the_header(fresh: Copy) -> None:
    """Codes of fields nobody knows, and running numbers where they may be values."""
    for under in ("custNo,custName,creditAmt", "1,2,3", "A,B,C"):
        sheet = f"客户编码,客户名称,信用额度\n{under}\nD1,甲一,100\n"
        asked = orders(fresh, sheet, "customers")
        assert [one.key for one in asked.asks] == ["may_be_heading"], under
        left_out = orders(fresh, sheet, "customers", {"may_be_heading": "pass"})
        assert passed(left_out) == [(2, "may_be_heading")]
    days = "发票号,客户编码,开票日期,金额\n1,2,3,4\nI1,C001,2026-08-05,12.5\n"
    assert passed(orders(fresh, days, "invoices")) == [(2, "heading_row")]


def test_amounts_in_another_unit_count_in_it(fresh: Copy) -> None:
    sheet = "发票号,客户编码,开票日期,金额\n,,,万元\nI1,C001,2026-08-05,12.5\n"
    report = orders(fresh, sheet, "invoices")
    assert report.outcome is Outcome.COMMITTED
    assert [(one.column, one.row) for one in report.passed] != []
    assert [one.column for one in report.readings] == ["金额"]


def test_previews_tests_and_unfinished_answers(fresh: Copy) -> None:
    wjx = (
        "序号,提交答卷时间,所用时间,来源,来自IP,自定义字段,1、总体满意度（1-5分）\n"
        "1,2026/10/12 9:30:11,128秒,链接,,C001,4\n2,2026/10/12 9:40:11,9秒,测试,,C002,5\n"
        "3,2026/10/12 9:41:11,9秒,链接,,测试,5\n平均分,,,,,,4.5\n"
    )
    report = orders(fresh, wjx, "answers")
    assert (report.rows_added, passed(report)) == (
        1,
        [(3, "test_answer"), (4, "test_answer"), (5, "total_row")],
    ), said(report)
    qualtrics = (
        "Status,Progress,Finished,date,ResponseId,customer_code,csat\n"
        "0,100,1,2026-10-12,R_1,C001,5\n1,100,1,2026-10-12,R_2,C001,1\n"
        "0,60,0,2026-10-12,R_3,C001,1\n0,99,1,2026-10-12,R_4,C001,1\n"
    )
    report = orders(fresh, qualtrics, "answers")
    assert (report.rows_added, passed(report)) == (
        1,
        [(3, "test_answer"), (4, "unfinished_answer"), (5, "unfinished_answer")],
    ), said(report)


def test_hidden_rows_are_asked_hidden_columns_told(fresh: Copy, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    each = "SO1 C001 2026-08-05 100|SO2 C001 2026-08-05 250|SO3 C001 2026-08-05 301|合计   651"
    for cells in ("订单号 客户编码 订单日期 金额", *each.split("|")):
        sheet.append(cells.split(" "))
    sheet.auto_filter.ref = sheet.dimensions
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["D"].hidden = True
    path = tmp_path / "filtered.xlsx"
    book.save(path)
    found = {}
    for answer in ("", "pass", "keep"):
        plan = Plan(kind="orders", answers={"hidden_row": answer} if answer else {})
        found[answer] = bring(fresh(), path, plan=plan)
    assert [(one.row, one.reason) for one in found[""].issues] == [(3, "hidden_row")]
    assert [one.column for one in found[""].notes] == ["金额"]
    assert (found["pass"].rows_added, passed(found["pass"])) == (
        2,
        [(3, "hidden_row"), (5, "total_row")],
    )
    assert (found["keep"].rows_added, passed(found["keep"])) == (3, [(5, "total_row")])


def test_every_question_and_reason_has_words() -> None:
    reasons = [*asking.QUESTIONS, "total_row", "header_repeated", "heading_row", "unit_row"]
    reasons += ["title_row", "footer_row", "hidden_column"]
    reasons += [mark.reason for spec in SPECS.values() for mark in spec.marks]
    answers = [f"answer.{k}.{a}" for k, one in asking.QUESTIONS.items() for a in one.answers]
    for lang in ("zh_Hans", "en"):
        assert i18n.missing(lang, [*(f"reason.{code}" for code in reasons), *answers]) == []
