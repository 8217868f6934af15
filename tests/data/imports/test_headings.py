"""What a header says about its values (表头口径): read, said in the report, or asked about."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from data.imports import peek
from data.imports.columns.registry import SPECS
from data.imports.columns.templates import template
from data.imports.headings import reading
from data.imports.headings.shown import shown
from data.imports.history import batches
from data.imports.terms.asking import QUESTIONS
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from data.imports.terms.request import Request
from data.imports.terms.spec import Field
from errors import BadInput
from models.enums import SheetKind
from tests.data.imports.bringing import TODAY, bring, rows, said
from words import i18n

CASES = Path(__file__).parents[2] / "samples" / "cases" / "imports"
CUSTOMERS = "客户编码,客户名称\nC001,华南机电\nC002,中润贸易\n"
HEAD = "发票号,客户编码,开票日期,"
ROW = "\nF1,C001,2026-08-05,"


@pytest.fixture
def store(sqlite_engine: Engine, files: Path) -> Engine:
    assert bring(sqlite_engine, CUSTOMERS, folder=files).stored
    return sqlite_engine


def invoice(engine: Engine, files: Path, file: str, **answers: str) -> ImportReport:
    plan = Plan("invoices", answers=answers)
    return bring(engine, file, folder=files, plan=plan)


def amounts(engine: Engine) -> list[int]:
    return [amount for (amount,) in rows(engine, "invoice", "amount")]


@pytest.mark.parametrize(
    ("title", "name", "under", "factor"),
    [
        *(
            ("", name, "", factor)
            for name, factor in [
                ("金额(万元)", 10_000),
                ("金额（千元）", 1000),
                ("金額（萬元）", 10_000),
                ("金额/万元", 10_000),
                ("金额万元", 10_000),
                ("金额_千元", 1000),
                ("金额【百万元】", 10**6),
                ("金额〔亿元〕", 10**8),
                ("Amount (k CNY)", 1000),
                ("amount in thousands", 1000),
                ("Amount (RMB'000)", 1000),
                ("AMOUNT CNY mn", 10**6),
                ("金额（人民币万元，含税）", 10_000),
                ("金额(元)", 1),
                ("金额（必填）", 1),
                ("含税金额", 1),
                ("本币金额", 1),
                ("价税合计", 1),
                ("金额(Amount)", 1),
            ]
        ),
        ("单位：万元", "金额", "", 10_000),
        ("清单（千元）", "金额", "", 1000),
        ("in CNY thousands", "amount", "", 1000),
        ("單位：人民幣千元", "金額", "", 1000),
        ("编制单位：万通公司", "金额", "", 1),
        ("单位：千里马公司", "金额", "", 1),
        ("单位：万元", "金额(元)", "", 1),
        ("", "金额", "万元", 10_000),
        ("", "金额", "(千元)", 1000),
    ],
)
def test_a_unit_counts_wherever_it_stands(
    store: Engine, files: Path, title: str, name: str, under: str, factor: int
) -> None:
    file = f"{title},,,\n" * bool(title) + f'{HEAD}"{name}"' + f"\n,,,{under}" * bool(under)
    report = invoice(store, files, f"{file}{ROW}12.5\n")
    assert report.outcome is Outcome.COMMITTED, said(report)
    assert amounts(store) == [1250 * factor]
    assert [one.detail["times"] for one in report.readings] == [f"{factor:,}"] * (factor > 1)
    assert report.passed_over == ({"unit_row": 1} if under else {})


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("金额（美元）", "currency_other:金额（美元）"),
        ("USD amount", "currency_other:USD amount"),
        ("原币金额", "currency_other:原币金额"),
        ("金额(k$)", "currency_other:金额(k$)"),
        ("不含税金额", "net_amount:不含税金额"),
        ("净额", "net_amount:净额"),
        ("Untaxed Amount", "net_amount:Untaxed Amount"),
        ("金额（暂估）", "header_unknown:金额（暂估）"),
        ("金额(元/千件)", "header_unknown:金额(元/千件)"),
        ("金额,税额", "tax_beside:金额"),
        ("金额,价税合计", "two_columns:金额 / 价税合计"),
        ("含税金额,不含税金额", None),
        ("金额(元),金额(万元)", "two_columns:金额(元) / 金额(万元)"),
        ("金额,日期", None),
    ],
)
def test_what_must_be_decided_is_asked(
    store: Engine, files: Path, header: str, key: str | None
) -> None:
    report = invoice(store, files, f"{HEAD}{header}{ROW}12.5,2026-08-06\n")
    assert report.outcome is Outcome.REFUSED
    assert len(report.asks) == 1
    assert report.asks[0].key == (key or report.asks[0].key)
    assert report.asks[0].answers
    assert amounts(store) == []


@pytest.mark.parametrize(
    ("header", "row", "answers", "amount"),
    [
        ("金额,税额,价税合计", "100,13,113", {"two_columns": "价税合计"}, 11300),
        ("金额,税额,价税合计", "100,13,113", {"two_columns": "金额", "tax_beside": "add"}, 11300),
        ("金额(万元),税额(元)", "1,1300.01", {"tax_beside": "add"}, 1130001),
        ("不含税金额", "100", {"net_amount": "take"}, 10000),
        ("金额(USD),汇率", "100.01,7.1234", {"currency_other": "rate"}, 71241),
        ("金额(暂估)", "5", {"header_unknown": "take"}, 500),
    ],
)
def test_an_answer_settles_it(
    store: Engine, files: Path, header: str, row: str, answers: dict[str, str], amount: int
) -> None:
    report = invoice(store, files, f"{HEAD}{header}{ROW}{row}\n", **answers)
    assert (report.outcome, amounts(store)) == (Outcome.COMMITTED, [amount]), said(report)


def test_a_map_says_the_unit_whatever_the_file_says(store: Engine, files: Path) -> None:
    plan = Plan("invoices", units={"amount": "k"})
    assert bring(store, f"{HEAD}金额(USD)\n,,,万元{ROW}12.5\n", folder=files, plan=plan).stored
    assert amounts(store) == [1250_000]
    with pytest.raises(BadInput, match="map_unknown"):
        Plan.from_dict({"units": {"amount": "parsec"}})


def test_a_cell_with_a_unit_of_its_own_is_not_multiplied_twice(store: Engine, files: Path) -> None:
    file = f"{HEAD}金额(万元){ROW}12.5万\nF2,C001,2026-08-05,12.5元\nF3,C001,2026-08-05,3亿\n"
    report = bring(store, file, "invoices", folder=files, on_error="reject")
    assert (report.reasons, amounts(store)) == ({"unit_twice": 2}, [12500000])


@pytest.mark.parametrize("kind", SheetKind)
def test_what_brackets_say_is_never_dropped(store: Engine, files: Path, kind: SheetKind) -> None:
    """Every column of every kind: `（旧）` is asked about, and required columns cannot be left."""
    spec = SPECS[kind]
    text = template(spec, chinese=False).decode("utf-8-sig")
    head = text.partition("\r\n")[0].split(",")
    for one in spec.fields:
        if one.name not in ("score", "item_code") and one.aliases[0] in head:
            marked = [f"{name} (旧)" if name == one.aliases[0] else name for name in head]
            report = bring(
                store, text.replace(",".join(head), ",".join(marked)), kind.value, folder=files
            )
            keys = [ask.key for ask in report.asks]
            assert keys == [f"header_unknown:{one.aliases[0]} (旧)"], (one.name, said(report))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (kind, field)
        for kind, spec in SPECS.items()
        for field in spec.fields
        if field.type == "money"
    ],
    ids=lambda one: one if isinstance(one, str) else getattr(one, "name", ""),
)
def test_every_field_of_money_is_read_in_its_unit(
    store: Engine, files: Path, kind: SheetKind, field: Field
) -> None:
    spec = SPECS[kind]
    text = template(spec, chinese=False).decode("utf-8-sig")
    head = text.partition("\r\n")[0]
    name = field.aliases[0]
    marked = ",".join(f"{name} (万元)" if one == name else one for one in head.split(","))
    path = files / "money.csv"
    path.write_text(text.replace(head, marked), "utf-8")
    seen = peek.look(store, Request(path, Plan(kind.value), TODAY))
    assert [(one.field, one.detail["times"]) for one in seen.readings] == [(field.name, "10,000")]
    assert peek.Peek.from_dict(seen.as_dict()) == seen


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("customer_code,name,电话,手机", "customers"),
        ("编码,客户编码,客户代码,name", "customers"),
        ("答卷编号,客户编码,调查日期,nps,推荐度", "answers"),
    ],
)
def test_two_columns_ask_in_every_kind(store: Engine, files: Path, header: str, kind: str) -> None:
    row = ",".join(["2026-08-05" if "日期" in one else "8" for one in header.split(",")])
    report = bring(store, f"{header}\n{row}\n", kind, folder=files)
    assert "two_columns" in [ask.reason for ask in report.asks], said(report)


@pytest.mark.parametrize(
    "header",
    ["客户编码,客户,客户名称", "客户编码,客户名称,省份,区域", "客户编码,客户名称,备注,说明"],
)
def test_harmless_neighbours_do_not_ask(store: Engine, files: Path, header: str) -> None:
    row = ",".join(["X9", *["甲"] * header.count(",")])
    assert bring(store, f"{header}\n{row}\n", "customers", folder=files).stored


def test_the_invoices_of_the_cases(store: Engine, files: Path) -> None:
    report = bring(store, CASES / "23_invoices_wan_header.xlsx", "invoices")
    assert amounts(store) == [12500000, 3000000]
    assert ImportReport.from_dict(report.as_dict()) == report
    with Session(store) as session:
        assert batches.readings(session, report.batch_id or 0) == list(report.readings)
    paper = CASES / "28_tax_bureau_paper_number.xlsx"
    report = bring(store, paper, "invoices")
    assert report.stored, "the tax office's list is a known file: what is owed is 价税合计"
    assert 1130000 in amounts(store)
    text = "发票号码,客户编码,开票日期,金额,价税合计\nP1,C001,2026-08-05,10000,11300\n"
    report = bring(store, text, "invoices", folder=files)
    assert [ask.answers for ask in report.asks] == [("金额", "价税合计")]
    plan = Plan("invoices", answers={report.asks[0].key: "价税合计"})
    assert bring(store, text, plan=plan, folder=files).stored
    assert amounts(store).count(1130000) == 2


@pytest.mark.parametrize(
    ("header", "number_format", "held", "amount"),
    [
        ("金额", "#,##0.00,", 12500, None),
        ("金额", '0.00"万"', 12.5, None),
        ("金额(千元)", "#,##0.00,", 12500, 12500),
        ("金额(万元)", '0.00"万"', 12.5, 125000),
        ("金额(万元)", '0!.0000"万"', 125000, 125000),
        ("金额", '0.0,"k"', 12500, 12500),
        ("金额", '"¥"#,##0.00;[Red]-0', 12.5, 12.5),
        ("金额", "0.00", 12.5, 12.5),
    ],
)
def test_formats_that_show_other_figures_ask(
    store: Engine, files: Path, header: str, number_format: str, held: Any, amount: float | None
) -> None:
    book = openpyxl.Workbook()
    book.active.append([*HEAD.rstrip(",").split(","), header])
    book.active.append(["F1", "C001", "2026-08-05", held])
    book.active["D2"].number_format = number_format
    made = io.BytesIO()
    book.save(made)
    report = bring(store, made.getvalue(), "invoices", folder=files)
    assert amounts(store) == ([] if amount is None else [round(amount * 100)]), said(report)
    assert [ask.reason for ask in report.asks] == ["shown_scaled"] * (amount is None)


def test_formats_and_pieces_are_read_as_words() -> None:
    assert (shown("0.0%").percent, shown("0.0,,").scale) == (True, 10**6)
    assert reading.read(("%",), "number").factor * 100 == 1
    assert reading.read(("DD/MM/YYYY",), "date").day_order == "dmy"
    assert reading.read(("月",), "whole").unknown == ("月",)
    assert not reading.are_units(["F1", "万元"])


@pytest.mark.parametrize("lang", ["zh_Hans", "en"])
def test_every_question_and_answer_has_words(lang: str) -> None:
    wanted = [f"reason.{code}" for code in QUESTIONS]
    wanted += [f"answer.{code}.{one}" for code, q in QUESTIONS.items() for one in q.answers]
    codes = ("times", "plus", "rate", "own", "net", "shown", "day_order")
    assert i18n.missing(lang, [*wanted, *(f"reason.read_{code}" for code in codes)]) == []
