"""Survey scales (量表认定): said, known or asked; turned where less is better; no answer lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.surveys import scale_words
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan, from_toml
from data.imports.terms.report import ImportReport, Outcome
from jobs import export_store
from models.enums import SheetKind
from models.surveys import Response
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, count, rows, said
from tests.data.imports.test_surveys import asked, stored

CASES = shared_or_sample("cases", "cases")
HEAD = "客户编码,调查日期,"
FIVE = "非常满意 满意 一般 不满意 非常不满意".split()  # noqa: SIM905


@pytest.fixture
def people(sqlite_engine: Engine, files: Path) -> Engine:
    """A store with the customers of the cases."""
    codes = "B01 B02 C001 C002 C003 C1 C2 C3".split()  # noqa: SIM905
    lines = "".join(f"{code},{code}有限公司\n" for code in codes)
    assert bring(sqlite_engine, f"客户编码,客户名称\n{lines}", folder=files).stored
    return sqlite_engine


def answers(engine: Engine, text: str | Path, files: Path, **more: Any) -> ImportReport:
    """Bring answers in; `answers` are those to what was asked."""
    given = more.pop("answers", {})
    items = more.pop("items", ())
    plan = Plan(kind="answers", answers=given, options=Options(**more))
    if items:
        plan = Plan.from_dict({"kind": "answers", "items": items})
    return bring(engine, text, plan=plan, folder=files)


def scores(engine: Engine) -> list[float]:
    return [value for _customer, _item, value in stored(engine)]


# headings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "ends", "direction"),
    [
        ("服务态度（1-5分，1分最满意）", (1, 5), "down"),
        ("响应速度（1=非常满意，5=非常不满意）", (1, 5), "down"),
        ("服务态度（1分非常满意-5分非常不满意）", (1, 5), "down"),
        ("服务（非常满意=1，非常不满意=5）", (1, 5), "down"),
        ("服务态度(1最好)", None, "down"),
        ("满意度（1-5，从好到差）", (1, 5), "down"),
        ("满意度（5-1，从好到差）", (1, 5), "up"),
        ("服务（1-5 非常满意-非常不满意）", (1, 5), "down"),
        ("數字越小越滿意（1～7分）", (1, 7), "down"),
        ("您觉得费力吗（1=很容易，5=很难）", (1, 5), "down"),
        ("Delivery (1 = best, 6 = worst)", (1, 6), "down"),
        ("Delivery (lower is better)", None, "down"),
        ("Effort (1 = very low effort, 7 = very high effort)", (1, 7), "down"),
        ("How likely? (0 = not at all likely, 10 = extremely likely)", (0, 10), "up"),
        ("3、总体满意度（1–5分）", (1, 5), ""),
        ("推荐意愿 0-10", (0, 10), ""),
        ("满意度（10分制）", (0, 10), ""),
        ("On a scale of 1 to 10, how satisfied are you?", (1, 10), ""),
        ("1:满意度", None, ""),
        ("1-3月满意度", None, ""),
        ("满意度（1=A，5=E）", None, "unclear"),
        ("Schulnote (1 sehr gut - 6 ungenügend)", None, "unclear"),
        ("交货经常延误（1=非常不同意，5=非常同意）", (1, 5), "unclear"),
    ],
)
def test_a_heading_says_its_ends_and_its_direction(
    heading: str, ends: tuple[float, float] | None, direction: str
) -> None:
    found = scale_words.read(heading)
    assert (found.ends, found.direction) == (ends, direction)


@pytest.mark.parametrize(
    ("heading", "negative"),
    [
        ("您对交货不满意的程度", True),
        ("How dissatisfied are you?", True),
        ("费力度", True),
        ("您更换供应商的可能性", True),
        ("您对交货满意还是不满意", False),
        ("省力度", False),
        ("您对投诉处理的满意度", False),
        ("服务（1分最不满意，5分最满意）", False),
    ],
)
def test_a_heading_may_ask_for_something_bad(heading: str, negative: bool) -> None:
    assert scale_words.read(heading).negative is negative


# cases -------------------------------------------------------------------------------------


def test_case_13_one_is_the_best(people: Engine, files: Path) -> None:
    report = answers(people, CASES / "13-reversed-scale" / "g_rev.csv", files, survey="反向")
    assert report.outcome is Outcome.COMMITTED, said(report)
    of = {(customer, item[:2]): value for customer, item, value in stored(people)}
    assert of == {("B01", "服务"): 5, ("B02", "服务"): 5, ("B01", "响应"): 5, ("B02", "响应"): 4}
    assert ("survey_made", "反向") in [(one.reason, one.value) for one in report.made]
    second = CASES / "13-reversed-scale" / "g_rev2.csv"
    assert answers(people, second, files, survey="S", new_survey=True).stored
    assert scores(people).count(5) == 5


def test_another_survey_lends_its_direction_only_with_its_words(
    people: Engine, files: Path
) -> None:
    turned = "客户编码,答卷日期,产品质量（1分最满意，5分最不满意）\nB01,2026-09-10,1\n"
    assert answers(people, turned, files, survey="R").stored
    plain = "客户编码,答卷日期,产品质量（1-5分）\nB02,2026-09-10,5\n"
    assert answers(people, plain, files, survey="M", new_survey=True).stored
    assert scores(people) == [5, 5]
    silent = "客户编码,答卷日期,产品质量\nB02,2026-09-10,5\n"
    report = answers(people, silent, files, survey="N", new_survey=True)
    assert {ask.reason for ask in report.asks} == {"scale_of_figures"}
    same = turned.replace("B01", "B02")
    assert answers(people, same, files, survey="O", new_survey=True).stored
    assert scores(people) == [5, 5, 5]


def test_option_numbers_are_asked_about_and_texts_are_taken(people: Engine, files: Path) -> None:
    path = CASES / "imports" / "62_wjx_option_numbers.csv"
    report = answers(people, path, files)
    assert report.outcome is Outcome.REFUSED
    assert {ask.reason for ask in report.asks} == {"scale_of_figures"}
    assert [set(ask.answers) >= {"1-5", "5-1", "leave"} for ask in report.asks] == [True, True]
    first, second = (ask.key for ask in report.asks)
    assert answers(people, path, files, answers={first: "5-1", second: "leave"}).stored
    assert scores(people) == [5, 1]
    head = "序号,提交答卷时间,所用时间,来自IP,自定义字段,1、价格(选项序号),1、价格(选项文本)\n"
    lines = [f"{n},2026/10/1{n} 10:00:00,9秒,1.1.1.1,C1,{n},{w}\n" for n, w in enumerate(FIVE, 1)]
    report = answers(people, head + "".join(lines), files, survey="P", new_survey=True)
    assert report.stored, said(report)
    assert sorted(v for c, _i, v in stored(people) if c == "C1") == [1, 2, 3, 4, 5]
    assert "1、价格(选项序号)" in report.ignored


def test_answers_at_two_moments_are_two_answers(people: Engine, files: Path) -> None:
    path = CASES / "imports" / "x2_forms_two_people_same_answers.csv"
    assert answers(people, path, files).rows_added == 3
    assert [c for c, item, _v in stored(people) if item == "csat"] == ["C001", "C001", "C002"]
    again = answers(people, path.read_text("utf-8-sig") + "\n", files)
    assert (again.outcome, again.rows_same) == (Outcome.UNCHANGED, 3)


def test_an_address_or_a_day_tells_answers_apart(people: Engine, files: Path) -> None:
    head = "时间戳记,电子邮件地址,客户编码,总体满意度\n"
    twice = "2026/10/05 14:33,{},C1,5\n"
    assert answers(people, head + twice.format("a@x.cn") + twice.format("b@x.cn"), files).stored
    unsigned = "时间戳记,客户编码,总体满意度\n2026/10/05 14:33:01,匿名,4\n2026/10/05 14:33:02,,4\n"
    assert answers(people, unsigned, files).rows_added == 2
    days = HEAD + "总体满意度\nC2,2026-10-05,3\nC2,2026-10-06,3\n"
    assert answers(people, days, files).rows_added == 2
    assert scores(people) == [4, 4, 5, 5, 3, 3]
    kept = [name for (name,) in rows(people, "response", "respondent")]
    assert len(set(kept)) == len(kept)


def test_an_answer_stored_without_a_name_is_known_again(company: Engine, files: Path) -> None:
    text = HEAD + "总体满意度\nC2,2026-10-05,3\n"
    assert answers(company, text, files).stored
    with store.writing(company) as session:
        session.execute(sa.update(Response).values(respondent=""))
    again = answers(company, text + "\n", files)
    assert (again.rows_same, again.rows_added) == (1, 0)


# asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "line", "reason", "answer", "score"),
    [
        ("推荐意愿", "4", "scale_of_figures", "0-10", 4),
        ("满意度", "8", "scale_of_figures", "1-10", 8),
        ("您对服务总体满意吗？", "4", "scale_of_figures", "1-5", 4),
        ("1、交货", "1", "scale_of_figures", "5-1", 5),
        ("服务态度（1分最满意）", "2", "scale_of_figures", "7-1", 6),
        ("费力度", "7", "scale_direction", "less_is_better", 1),
        ("您对交货不满意的程度（1-5分）", "1", "scale_direction", "less_is_better", 5),
        ("满意度（1=A，5=E，1-5分）", "2", "scale_direction", "more_is_better", 2),
        ("交货经常延误", "非常同意", "scale_unclear", "words5", None),
    ],
)
def test_what_fits_two_scales_is_asked(
    people: Engine,
    files: Path,
    columns: str,
    line: str,
    reason: str,
    answer: str,
    score: float | None,
) -> None:
    text = f"{HEAD}{columns}\nC1,2026-03-01,{line}\n"
    report = answers(people, text, files)
    assert (report.outcome, [ask.reason for ask in report.asks]) == (Outcome.REFUSED, [reason])
    assert answer in report.asks[0].answers
    assert count(people, "answer") == 0
    done = answers(people, text, files, answers={report.asks[0].key: answer})
    if score is None:
        assert [ask.reason for ask in done.asks] == ["scale_direction"]
    else:
        assert done.stored, said(done)
        assert scores(people) == [score]


def test_a_column_beside_clear_ones_is_left_out_and_asked_about(
    people: Engine, files: Path
) -> None:
    text = HEAD + "满意度,1、交货\nC1,2026-03-01,5,2\n"
    report = answers(people, text, files)
    assert (report.outcome, scores(people)) == (Outcome.COMMITTED, [5])
    assert ([ask.column for ask in report.asks], report.noted) == (
        ["1、交货"],
        {"question_left_out": 1},
    )
    again = answers(people, text, files, answers={report.asks[0].key: "5-1"})
    assert (again.rows_added, scores(people)) == (1, [4, 5])


# known -------------------------------------------------------------------------------------


def test_the_store_knows_scale_and_direction_of_a_wording(people: Engine, files: Path) -> None:
    first = HEAD + "1、服务态度（1-5分，1分最好）,满意度（0-10分）\nC1,2026-03-01,1,9\n"
    later = HEAD + "备注,满意度,7、服务态度\nC1,2026-04-01,x,4,1\n"
    assert answers(people, first, files).stored
    assert answers(people, later, files).stored
    assert answers(people, later, files, survey="other", new_survey=True).stored
    ends = {(item[:1], value) for _c, item, value in stored(people)}
    assert ends == {("Q", 5), ("c", 9), ("c", 4)}
    assert {found[:2] for found in asked(people).values()} == {(1, 5), (0, 10)}
    stated = HEAD + "满意度（1-5分）\nC1,2026-05-01,4\n"
    report = answers(people, stated, files)
    assert [issue.reason for issue in report.issues] == ["item_scale_differs"]


def test_words_beside_figures_say_the_direction(people: Engine, files: Path) -> None:
    cells = ["1（非常满意）", "2（满意）", "5-非常不满意"]
    lines = "".join(f"C{n},2026-03-01,{cell}\n" for n, cell in enumerate(cells, 1))
    assert answers(people, f"{HEAD}1、交货\n{lines}", files).stored
    assert scores(people) == [5, 4, 1]


def test_a_map_can_say_that_less_is_better(people: Engine, files: Path) -> None:
    item = {"code": "Q1", "column": "交货", "scale": "1-5", "reverse": True}
    text = HEAD + "交货\nC1,2026-03-01,1\nC2,2026-03-01,2\n"
    assert answers(people, text, files, items=[item]).stored
    assert scores(people) == [5, 4]
    lists = "客户编码,调查日期,得分\nC3,2026-03-01,1\n"
    assert answers(people, lists, files, scale="1-5", reverse=True).stored
    assert ("C3", "csat", 5) in stored(people)


def test_a_turned_question_goes_out_and_comes_in_as_it_is(
    people: Engine, files: Path, tmp_path: Path
) -> None:
    text = HEAD + "1、服务（1-5分，1分最好）\nC1,2026-03-01,1\nC2,2026-03-01,4\n"
    assert answers(people, text, files).stored
    export_store.run(people, tmp_path / "out", kinds=(SheetKind.ANSWERS, SheetKind.SURVEY_ITEMS))
    folder = tmp_path / "out" / "answers"
    plan = from_toml(folder / "answers-1.csv.toml")
    report = bring(people, folder / "answers-1.csv", plan=plan)
    assert (report.outcome, report.rows_same) == (Outcome.UNCHANGED, 2), said(report)
    assert scores(people) == [5, 2]


def test_a_survey_that_is_not_there_is_a_decision(people: Engine, files: Path) -> None:
    text = HEAD + "满意度\nC1,2026-03-01,4\n"
    assert answers(people, text, files, survey="A").stored
    for name in ("a", "satisfaction"):
        report = answers(people, text, files, survey=name)
        assert [issue.reason for issue in report.issues] == ["survey_not_there"]
        assert report.issues[0].detail["known"] == "A"
    assert [code for (code,) in rows(people, "survey", "code")] == ["A"]
