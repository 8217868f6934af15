"""Survey answers (答卷导入): three shapes, every scale, the exports of survey tools, and gaps."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine

from analytics.servqual import servqual
from components import survey_view
from data import store
from data.imports.columns import templates
from data.imports.history import undo
from data.imports.kinds.answers import submitted
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.peek import Peek, look
from data.imports.surveys import guessing
from data.imports.surveys.answer_rows import Answers
from data.imports.surveys.questions import read_all
from data.imports.surveys.settling import with_scale
from data.imports.terms import scales
from data.imports.terms.plan import Item, Options, Plan, from_toml
from data.imports.terms.report import Outcome
from data.imports.terms.request import Request
from data.imports.terms.scales import SCALES
from data.queries import satisfaction
from errors import BadInput
from models.enums import SheetKind
from tests.data.imports.bringing import TODAY, bring, count, rows, said

HEAD = "答卷编号,客户编码,调查日期"


def stored(engine: Engine) -> list[tuple[str, str, float]]:
    """(customer, question, score) of every answer."""
    customers = dict(rows(engine, "customer", "id", "code"))
    of = dict(rows(engine, "response", "id", "customer_id"))
    items = dict(rows(engine, "survey_item", "id", "code"))
    answers = rows(engine, "answer", "response_id", "item_id", "value")
    return sorted((customers.get(of[r], ""), items[i], value) for r, i, value in answers)


def asked(engine: Engine) -> dict[str, tuple[float, float, str, str, float]]:
    """Question → ends of its scale, role, dimension, weight."""
    ends = {row[0]: row[1:] for row in rows(engine, "scale", "id", "minimum", "maximum")}
    found = rows(engine, "survey_item", "code", "scale_id", "role", "dimension", "weight")
    return {
        code: (*ends[scale], role.value, dimension, weight)
        for code, scale, role, dimension, weight in found
    }


def peek_at(engine: Engine, path: Path, plan: Plan | None = None) -> Peek:
    seen = look(engine, Request(path, plan or Plan(), TODAY))
    again = Peek.from_dict(json.loads(json.dumps(seen.as_dict())))
    assert again.questions == seen.questions
    return seen


def confirmed(seen: Peek, plan: Plan | None = None) -> Plan:
    """The plan of somebody who takes every question as it is shown."""
    plan = plan or Plan()
    items = tuple(one.item for one in seen.questions)
    return Plan(kind="answers", items=items, options=plan.options, points=plan.points)


# a questionnaire that grows ---------------------------------------------------------------

OLD = f"{HEAD},Q1（1-5分）\nA1,C1,2025-11-03,5\n"
NEW = f"{HEAD},Q1（1-5分）,Q2（1-5分）\nB1,C1,2026-05-04,5,4\n"
SINCE = {"Q1": date(2025, 11, 3), "Q2": date(2026, 5, 4)}


def since(engine: Engine) -> dict[str, date | None]:
    return {code.split("（")[0]: day for code, day in rows(engine, "survey_item", "code", "since")}


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_a_question_is_asked_since_the_first_wave_that_answers_it(
    company: Engine, files: Path, order: tuple[str, str]
) -> None:
    for text in order:
        assert bring(company, text, "answers", folder=files, survey="S").stored
    assert since(company) == SINCE
    earlier = f"{HEAD},Q1（1-5分）,Q2（1-5分）\nA2,C2,2025-11-05,5,4\n"
    done = bring(company, earlier, "answers", folder=files, survey="S")
    assert since(company) == SINCE | {"Q2": date(2025, 11, 3)}, "its wave asks it, too"
    assert done.batch_id is not None
    undo.undo(company, done.batch_id, None)
    assert since(company) == SINCE
    widened = f"{HEAD},Q1（1-5分）\nB2,C2,2026-05-02,5\n"
    assert bring(company, widened, "answers", folder=files, survey="S").stored
    assert since(company) == SINCE | {"Q2": date(2026, 5, 2)}, "its wave begins earlier"
    moved = "问卷编码,期次编码,开始日期,结束日期\nS,2026H1,2026-04-20,2026-05-20\n"
    assert bring(company, moved, "waves", folder=files).stored
    assert since(company)["Q2"] == date(2026, 4, 20)


def test_a_sheet_of_questions_says_since_when(company: Engine, files: Path) -> None:
    head = "问卷编码,题号,最低分,最高分,启用日期\n"
    declared = f"{head}S,Q1,1,5,\nS,Q2,1,5,2026-05-04\n"
    assert bring(company, declared, "survey_items", folder=files).stored
    assert since(company) == {"Q1": None, "Q2": date(2026, 5, 4)}
    assert bring(company, OLD, "answers", folder=files, survey="S").stored
    joins = f"{head}S,Q3,1,5,\nS,Q4,1,5,2025-01-01\n"
    assert bring(company, joins, "survey_items", folder=files).stored
    assert since(company)["Q3"] == TODAY, "the wave that was answered never asked it"
    assert since(company)["Q4"] == date(2025, 1, 1), "it did, and nobody answered"
    late = bring(company, f"{head}S,Q1,1,5,2026-01-01\n", "survey_items", folder=files)
    assert (late.stored, set(late.reasons)) == (False, {"asked_before"})


# shapes ----------------------------------------------------------------------------------


def test_three_shapes_of_the_same_answers_are_the_same(company: Engine, files: Path) -> None:
    wide = f"{HEAD},总体满意度\nA1,C1,2026-03-01,5\nA2,C2,2026-03-02,4\n"
    tall = f"{HEAD},题号,得分\nA1,C1,2026-03-01,csat,5\nA2,C2,2026-03-02,csat,4\n"
    scores = f"{HEAD},满意度得分\nA1,C1,2026-03-01,5\nA2,C2,2026-03-02,4\n"
    assert bring(company, wide, folder=files).rows_added == 2
    first = (stored(company), asked(company), rows(company, "wave", "code"))
    for text in (tall, scores):
        report = bring(company, text, folder=files)
        assert (report.rows_same, report.rows_rejected) == (2, 0), said(report)
        assert (stored(company), asked(company), rows(company, "wave", "code")) == first
    assert first[0] == [("C1", "csat", 5), ("C2", "csat", 4)]


@pytest.mark.parametrize(
    ("header", "shape"),
    [
        ("序号,客户编码,提交答卷时间,1、总体满意度,总分", "responses"),
        ("客户编码,调查日期,题号,得分", "answers"),
        ("客户编码,调查日期,得分", "scores"),
    ],
)
def test_the_shape_is_recognised_and_can_be_corrected(
    company: Engine, files: Path, header: str, shape: str
) -> None:
    path = files / "shape.csv"
    path.write_text(f"{header}\n{','.join('1' for _ in header.split(','))}\n", "utf-8")
    assert peek_at(company, path).shape == shape
    other = Plan(kind="answers", options=Options(shape="scores"))
    assert peek_at(company, path, other).shape == "scores"


def test_a_list_without_dates_is_of_its_wave(company: Engine, files: Path) -> None:
    plan = Plan(
        kind="answers",
        options=Options(
            wave="2026夏",
            wave_name="夏季回访",
            wave_starts="2026-06-01",
            wave_ends="2026-06-30",
            scale="0-100",
        ),
    )
    report = bring(company, "客户编码,得分\nC1,88\nC2,0\n", plan=plan, folder=files)
    assert report.rows_added == 2, said(report)
    spans = rows(company, "wave", "code", "name", "starts_on", "ends_on")
    assert [(c, n, str(a), str(b)) for c, n, a, b in spans] == [
        ("2026夏", "夏季回访", "2026-06-01", "2026-06-30")
    ]
    assert stored(company) == [("C1", "csat", 88), ("C2", "csat", 0)]


# scales ----------------------------------------------------------------------------------

FIVE = "非常满意 满意 一般 不满意 非常不满意"
WORDED = [
    ("words5", FIVE, "5 4 3 2 1"),
    ("words5", "很滿意 較滿意 普通 不太滿意 很不滿意", "5 4 3 2 1"),
    ("words5", "非常同意 同意 不确定 不同意 非常不同意", "5 4 3 2 1"),
    ("words5", "Very_satisfied Satisfied Neutral Dissatisfied Very_dissatisfied", "5 4 3 2 1"),
    ("words5", "Strongly_agree Agree Undecided Disagree Strongly_disagree", "5 4 3 2 1"),
    ("words5plain", "满意 较满意 一般 不太满意 不满意", "5 4 3 2 1"),
    ("words5uneven", "非常满意 比较满意 一般 不太满意 不满意", "5 4 3 2 1"),
    ("words7", "很满意 满意 较满意 一般 不太满意 不满意 很不满意", "7 6 5 4 3 2 1"),
    ("words7", "非常同意 同意 有点同意 中立 有点不同意 不同意 非常不同意", "7 6 5 4 3 2 1"),
    ("1-5", "5（非常满意） 4（满意） 3（一般） 2（不满意） 1（非常不满意）", "5 4 3 2 1"),
    ("1-5", "5分 4分 3分 2分 1分", "5 4 3 2 1"),
    ("1-5", "5-非常满意 4-满意 3-一般 2-不满意 1-非常不满意", "5 4 3 2 1"),
    ("1-7", "7 6 1", "7 6 1"),
    ("0-10", "0 9 10", "0 9 10"),
    ("0-10", "0分 9分 10分", "0 9 10"),
    ("0-100", "0 87 100", "0 87 100"),
    ("1-5/0.1", "4.6 1 3.3", "4.6 1 3.3"),
]


@pytest.mark.parametrize(("scale", "words", "scores"), WORDED)
def test_every_scale(
    sqlite_engine: Engine, files: Path, scale: str, words: str, scores: str
) -> None:
    answers = [word.replace("_", " ") for word in words.split()]
    customers = "".join(f"C{n},客户{n}\n" for n in range(len(answers)))
    assert bring(sqlite_engine, "客户编码,客户名称\n" + customers, folder=files).stored
    lines = "".join(f"C{n},2026-03-01,{word}\n" for n, word in enumerate(answers))
    units = all(word.endswith("分") for word in answers)
    plan = Plan(
        kind="answers",
        items=(
            Plan.from_dict(
                {"items": [{"code": "Q1", "column": "交货", "scale": scale, "units": units}]}
            ).items
        ),
    )
    report = bring(sqlite_engine, "客户编码,调查日期,交货\n" + lines, plan=plan, folder=files)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, len(answers)), said(report)
    wanted = [(f"C{n}", "Q1", float(score)) for n, score in enumerate(scores.split())]
    assert stored(sqlite_engine) == wanted
    least, most = SCALES[scale].minimum, SCALES[scale].maximum
    assert asked(sqlite_engine)["Q1"][:2] == (least, most)


@pytest.mark.parametrize(("scale", "words", "_scores"), WORDED[:9])
def test_words_tell_their_scale(scale: str, words: str, _scores: str) -> None:
    guess = guessing.recognise([word.replace("_", " ") for word in words.split()])
    assert guess is not None
    assert guess.scale == scale
    assert guess.sure is (scale in ("words5", "words7"))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (["非常满意", "满意", "较满意", "一般"], "scale_mixed"),
        (["满意", "一般", "不满意"], "scale_unclear"),
        (["非常满意", "同意"], "scale_mixed"),
    ],
)
def test_words_that_fit_no_five_levels_are_refused_by_name(
    company: Engine, files: Path, answers: list[str], reason: str
) -> None:
    assert bring(company, f"{HEAD},满意度\nR0,C1,2026-01-01,5\n", folder=files).stored
    lines = "".join(f"A{n},C1,2026-03-01,{word}\n" for n, word in enumerate(answers))
    report = bring(company, f"{HEAD},满意度\n{lines}", folder=files)
    assert report.outcome is Outcome.REFUSED
    assert (report.issues[0].reason, report.issues[0].column) == (reason, "满意度")
    assert answers[0] in (report.issues[0].value or "")
    assert count(company, "answer") == 1


def test_a_word_of_another_scale_further_down_is_refused_with_its_line(
    company: Engine, files: Path
) -> None:
    many = "".join(f"A{n},C1,2026-03-01,{'非常满意' if n % 2 else '满意'}\n" for n in range(1200))
    text = f"{HEAD},满意度\n{many}B1,C2,2026-03-01,较满意\nB2,C2,2026-03-02,棒\n"
    report = bring(company, text, folder=files, on_error="reject")
    assert report.reasons == {"scale_mixed": 1, "not_a_score": 1}
    assert [(i.row, i.column, i.value) for i in report.issues] == [
        (1202, "满意度", "较满意"),
        (1203, "满意度", "棒"),
    ]
    assert {value for _c, _i, value in stored(company)} == {4.0, 5.0}


def test_a_figure_against_its_word_is_refused(company: Engine, files: Path) -> None:
    text = f"{HEAD},满意度\nA1,C1,2026-03-01,5（非常满意）\nA2,C2,2026-03-01,1（非常满意）\n"
    report = bring(company, text, folder=files, on_error="reject")
    assert report.reasons == {"figure_against_word": 1}
    assert stored(company) == [("C1", "csat", 5)]


def test_a_question_whose_scale_is_not_certain_is_left_out_and_named(
    company: Engine, files: Path
) -> None:
    text = f"{HEAD},满意度,1、交货\nA1,C1,2026-03-01,5,4\n"
    report = bring(company, text, folder=files)
    assert report.noted == {"question_left_out": 1}
    assert [note.column for note in report.notes] == ["1、交货"]
    assert report.ignored == ("1、交货",)
    stated = f"{HEAD},满意度,1、交货（1-7分）\nA1,C1,2026-03-01,5,4\n"
    assert bring(company, stated, folder=files).stored
    assert asked(company)["Q1"][:2] == (1, 7)


def test_another_questionnaire_with_the_same_numbers_is_refused(
    company: Engine, files: Path
) -> None:
    first = f"{HEAD},1、交货及时（1-5分）\nA1,C1,2026-03-01,5\n"
    second = f"{HEAD},1、价格合理（1-5分）\nB1,C1,2026-03-01,5\n"
    assert bring(company, first, folder=files).stored
    report = bring(company, second, folder=files)
    assert [issue.reason for issue in report.issues] == ["item_is_another"]
    made = bring(company, second, "answers", folder=files, survey="price")
    assert made.stored
    assert [(one.reason, one.value) for one in made.made] == [
        ("survey_made", "price"),
        ("wave_made", "2026H1"),
    ]


# survey tools ----------------------------------------------------------------------------

WJX = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、贵公司的客户编码,2、您的总体满意度,"
    "3、服务评价—交货及时,3、服务评价—包装完好,4、您有多大可能推荐我们？,5、您的意见和建议,"
    "6、其他建议,总分,自定义ID\n"
    "1,2026/3/5 14:33:45,123秒,微信,,1.2.3.4(福建-厦门),,非常满意,满意,一般,9,很好,(空),21,C1\n"
    "2,2026/3/6 9:01:02,80秒,链接,,1.2.3.5(上海),,满意,不满意,非常不满意,-3,(跳过),多沟通,7,C2\n"
    "3,2026/8/6 9:01:02,80秒,链接,,1.2.3.5(上海),,一般,非常满意,(跳过),0,交期慢,再快些,7,C2\n"
)


def as_workbook(text: str) -> bytes:
    book = Workbook()
    for number, line in enumerate(text.splitlines()):
        cells = line.split(",")
        book.active.append(
            [int(c) if number and c.lstrip("-").isdigit() else c or None for c in cells]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("written", ["utf-8-sig", "gb18030", "xlsx"])
def test_an_export_of_wjx(company: Engine, files: Path, written: str) -> None:
    file = as_workbook(WJX) if written == "xlsx" else WJX.encode(written)
    plan = Plan(
        kind="answers",
        items=Plan.from_dict(
            {
                "items": [
                    {
                        "code": "csat",
                        "column": "2、您的总体满意度",
                        "scale": "words5",
                        "role": "overall",
                    },
                    {"code": "Q3_1", "column": "3、服务评价—交货及时", "scale": "words5"},
                    {"code": "Q3_2", "column": "3、服务评价—包装完好", "scale": "words5"},
                ]
            }
        ).items,
    )
    report = bring(company, file, plan=plan, folder=files)
    assert (report.rows_added, report.rows_rejected) == (3, 0), said(report)
    assert stored(company) == sorted(
        [
            ("C1", "csat", 5),
            ("C1", "Q3_1", 4),
            ("C1", "Q3_2", 3),
            ("C1", "nps", 9),
            ("C2", "csat", 4),
            ("C2", "Q3_1", 2),
            ("C2", "Q3_2", 1),
            ("C2", "csat", 3),
            ("C2", "Q3_1", 5),
            ("C2", "nps", 0),
        ]
    )
    assert asked(company)["nps"][:3] == (0, 10, "nps")
    assert asked(company)["csat"][:3] == (1, 5, "overall")
    kept = rows(company, "response", "respondent", "comment")
    assert kept == [
        ("1 @ 2026-03-05 14:33:45", "您的意见和建议: 很好"),
        ("2 @ 2026-03-06 09:01:02", "其他建议: 多沟通"),
        ("3 @ 2026-08-06 09:01:02", "您的意见和建议: 交期慢 | 其他建议: 再快些"),
    ]
    assert rows(company, "wave", "code") == [("2026H1",), ("2026H2",)]
    assert "来自IP" in report.ignored
    assert "总分" in report.ignored


def test_running_numbers_of_two_questionnaires_do_not_collide(company: Engine, files: Path) -> None:
    text = "序号,客户编码,提交答卷时间,满意度\n1,C1,{},{}\n"
    first, second = text.format("2026/3/5 14:33:45", 5), text.format("2026/4/9 08:00:00", 2)
    assert bring(company, first, folder=files).rows_added == 1
    assert bring(company, second, folder=files).rows_added == 1
    assert stored(company) == [("C1", "csat", 2), ("C1", "csat", 5)]
    more = first + "2,C2,2026/5/5 10:00:00,3\n"
    report = bring(company, more, folder=files)
    assert (report.rows_added, report.rows_same) == (1, 1), "a cumulative export again"


LIME_CODES = (
    "id,submitdate,lastpage,startlanguage,seed,token,customer_code,Q1[SQ001],Q1[SQ002],Q2,"
    "G01Q09,interviewtime,groupTime12\n"
    "7,2026-03-05 14:33:45,3,en,812345,x,C1,5,4,9,all well,123.45,12.1\n"
    "8,2026-03-06 10:00:00,3,en,812346,y,C2,1,,0,,99.1,9.3\n"
)


def test_an_export_of_limesurvey_by_code(company: Engine, files: Path) -> None:
    path = files / "lime.csv"
    path.write_text(LIME_CODES, "utf-8-sig")
    seen = peek_at(company, path, Plan(kind="answers"))
    unclear = {one.item.code: one.item.scale for one in seen.questions if not one.sure}
    assert unclear == {"Q1_SQ001": "1-5", "Q1_SQ002": "1-5", "Q2": "0-10"}
    report = bring(company, path, plan=confirmed(seen))
    assert report.rows_added == 2, said(report)
    assert stored(company) == sorted(
        [
            ("C1", "Q1_SQ001", 5),
            ("C1", "Q1_SQ002", 4),
            ("C1", "Q2", 9),
            ("C2", "Q1_SQ001", 1),
            ("C2", "Q2", 0),
        ]
    )


def test_an_export_of_a_spreadsheet_form(company: Engine, files: Path) -> None:
    text = (
        "Timestamp,Customer code,How satisfied are you? [Delivery],"
        "How satisfied are you? [Packing],How likely are you to recommend us?,Comments\n"
        "2026/03/05 2:33:45 下午 GMT+8,C1,Very satisfied,Satisfied,10,fine\n"
        "2026/03/05 11:59:59 PM GMT+8,C2,Very dissatisfied,Dissatisfied,0,\n"
    )
    (files / "form.csv").write_text(text, "utf-8")
    seen = peek_at(company, files / "form.csv")
    report = bring(company, files / "form.csv", plan=confirmed(seen))
    assert report.rows_added == 2, said(report)
    values = [value for _c, _i, value in stored(company)]
    assert sorted(values) == [0, 1, 2, 4, 5, 10]
    assert {str(day) for (day,) in rows(company, "response", "answered_on")} == {"2026-03-05"}
    assert {a[3] for a in asked(company).values()} == {"How satisfied are you?", ""}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/3/5 14:33:45", "2026-03-05"),
        ("2026/03/05 2:33:45 下午 GMT+8", "2026-03-05"),
        ("2026/03/05 12:10:00 AM GMT+8", "2026-03-05"),
        ("2026-03-05T23:30:00Z", "2026-03-06"),
        ("2026-03-05", "2026-03-05"),
    ],
)
def test_moments_of_forms(text: str, day: str) -> None:
    assert str(submitted(text, Manner(TODAY))) == day


@pytest.mark.parametrize("text", ["2026/13/05 2:33:45 下午", "2026/03/05 14:33:99", "昨天 10:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(Unreadable):
        submitted(text, Manner(TODAY))


# pairs -----------------------------------------------------------------------------------

PAIRS = {
    "chinese": "可靠性1-期望 可靠性1-感知 保证性1-期望 保证性1-感知 可靠性2-期望 可靠性2-感知",
    "english": "Reliability_1_(expectation) Reliability_1_(perception) Assurance_expectation "
    "Assurance_perception Reliability_2_(expectation) Reliability_2_(perception)",
    "letters": "E1 P1 E2 P2 E3 P3",
    "codes": "Q1_E Q1_P Q2_E Q2_P Q3_E Q3_P",
    "words": "交货期望值 交货实际感受 包装期望值 包装实际感受 价格期望值 价格实际感受",
}


@pytest.mark.parametrize("style", PAIRS)
def test_pairs_are_recognised(style: str) -> None:
    names = [
        name.replace("_(", " (").replace("_", " ") if style == "english" else name
        for name in PAIRS[style].split()
    ]
    found = read_all(names, set())
    assert [one.role for one in found] == ["expectation", "perception"] * 3
    assert len({one.code for one in found}) == 6
    if style in ("chinese", "english"):
        wanted = ["reliability"] * 2 + ["assurance"] * 2 + ["reliability"] * 2
        assert [one.dimension for one in found] == wanted
    importance = read_all(["交货重要度", "交货满意度"], set())
    assert [one.role for one in importance] == ["importance", "satisfaction"]


def results(engine: Engine) -> survey_view.Results:
    """The answers of the only survey, as the satisfaction page is given them."""
    with store.reading(engine) as session:
        ((survey,),) = session.execute(sa.text("SELECT id FROM survey")).all()
        counted = session.execute(
            sa.text("SELECT item_id, value, count(*) FROM answer GROUP BY item_id, value")
        ).all()
        items = satisfaction.items(session, survey)
        return survey_view.results(items, [(i, v, n) for i, v, n in counted])


GAPS = {"有形性": -65, "可靠性": -110, "响应性": -83, "保证性": -70, "移情性": -101}
"""Case SERV-01 in hundredths: a hundred respondents expect 7."""
SHARES = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 16}


def perceived(gap: int, number: int) -> int:
    """Perception of the respondent, so that a hundred of them make the gap."""
    whole, more = divmod(-gap, 100)
    return 7 - whole - (number < more)


def servqual_sheet(points: str = "") -> str:
    pairs = ",".join(f"{name}1-期望（1-7分）,{name}1-感知（1-7分）" for name in GAPS)
    weights = "".join(f",{name}-权重" for name in GAPS) if points else ""
    lines = [
        f"R{n:03},C{n % 3 + 1},2026-03-01,"
        + ",".join(f"7,{perceived(gap, n)}" for gap in GAPS.values())
        + points
        for n in range(100)
    ]
    return f"{HEAD},{pairs}{weights}\n" + "\n".join(lines) + "\n"


def test_pairs_end_as_the_gaps_of_the_textbook(company: Engine, files: Path) -> None:
    report = bring(company, servqual_sheet(), folder=files)
    assert (report.rows_added, report.noted) == (100, {}), said(report)
    found = results(company)
    names, expected, got = survey_view.gap_rings(found)
    by_hand = dict(
        zip(
            ("tangibles", "reliability", "responsiveness", "assurance", "empathy"),
            (-0.65, -1.10, -0.83, -0.70, -1.01),
            strict=True,
        )
    )
    gaps = {n: p - e for n, p, e in zip(names, got, expected, strict=True)}
    assert gaps == pytest.approx(by_hand)
    assert survey_view.gap(found) == pytest.approx(-0.858)
    e = np.full((100, 5), 7.0)
    p = np.array([[perceived(gap, n) for gap in GAPS.values()] for n in range(100)])
    direct = servqual(e, p, [20] * 5, items=(1,) * 5)
    assert survey_view.gap(found) == pytest.approx(direct.unweighted)


def test_points_of_the_plan_weigh_the_gap(company: Engine, files: Path) -> None:
    plan = Plan.from_dict({"kind": "answers", "points": SHARES})
    assert bring(company, servqual_sheet(), plan=plan, folder=files).stored
    by_hand = sum(
        share * gap / 100 / 100 for share, gap in zip(SHARES.values(), GAPS.values(), strict=True)
    )
    assert survey_view.gap(results(company)) == pytest.approx(by_hand)
    with pytest.raises(BadInput) as refused:
        Plan.from_dict({"points": {"reliability": 60, "empathy": 30}})
    assert refused.value.issues[0].reason == "points_not_100"


def test_points_of_respondents_weigh_the_gap_and_make_100(company: Engine, files: Path) -> None:
    given_points = "," + ",".join(map(str, SHARES.values()))
    assert bring(company, servqual_sheet(given_points), folder=files).stored
    weights = asked(company)
    assert [a[2] for code, a in weights.items() if "权重" in code] == ["importance"] * 5
    by_hand = sum(
        share * gap / 100 / 100 for share, gap in zip(SHARES.values(), GAPS.values(), strict=True)
    )
    assert survey_view.gap(results(company)) == pytest.approx(by_hand)
    report = bring(company, servqual_sheet(",11,32,22,19,17"), folder=files)
    assert report.reasons == {"points_not_100": 100}


# never guessed ---------------------------------------------------------------------------

WRITTEN = st.sampled_from(
    [
        *FIVE.split(),
        "较满意",
        "不太满意",
        "同意",
        "Very satisfied",
        "5分",
        "5（非常满意）",
        "3-一般",
        "１",
        "1_0",
        "0x1",
        "TRUE",
        "九",
        "-3",
        "(跳过)",
        "N/A",
        "",
        " 4 ",
        "4.0",
        "4.5",
        "11",
        "1e1",
    ]
)
ANY = st.one_of(WRITTEN, st.integers(-3, 120).map(str), st.text(max_size=6))


@given(st.sampled_from(sorted(SCALES)), st.lists(ANY, max_size=12), st.booleans())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_an_answer_is_on_its_scale_and_what_the_cell_says(
    name: str, cells: list[str], units: bool
) -> None:
    scale = SCALES[name]
    item = with_scale(Item("q", units=units), name)
    reader = Answers(item, Manner(TODAY), from_wjx=False)
    for cell in cells:
        try:
            value = reader.read(cell)
        except Unreadable:
            continue
        if value is None:
            assert not cell.strip() or scales.read(cell) is None
            continue
        assert scale.minimum <= value <= scale.maximum
        assert abs(value / scale.step - round(value / scale.step)) < 1e-9
        seen = scales.read(cell)
        assert seen is not None
        if seen.figure is not None:
            assert value == seen.figure
        else:
            assert seen.grade is not None
            assert value == scale.by_grade[seen.grade[1]]


# templates -------------------------------------------------------------------------------


def every_template() -> Iterator[object]:
    for chinese in (True, False):
        for one in templates.all_of(SheetKind.ANSWERS, chinese=chinese):
            language = "zh" if chinese else "en"
            yield pytest.param(one, id=f"{language}-{one.shape}-{one.scale}-{one.format}")


@pytest.mark.parametrize("one", every_template())
def test_every_template_imports_as_it_stands(
    sqlite_engine: Engine, files: Path, one: templates.Template
) -> None:
    names = "客户编码,客户名称\nC0001,甲\nC0002,乙\n"
    assert bring(sqlite_engine, names, folder=files).stored
    report = bring(sqlite_engine, one.make(), folder=files)
    assert (report.kind, report.outcome) == ("answers", Outcome.COMMITTED), said(report)
    assert (report.rows_added, report.ignored, report.noted) == (2, (), {})
    ends = (SCALES[one.scale].minimum, SCALES[one.scale].maximum)
    assert ends in {found[:2] for found in asked(sqlite_engine).values()}


@pytest.mark.parametrize("kind", [k for k in SheetKind if k is not SheetKind.ANSWERS])
def test_other_kinds_have_a_csv_and_a_workbook(kind: SheetKind) -> None:
    made = {one.format: one.make() for one in templates.all_of(kind, chinese=True)}
    assert made["csv"].startswith(b"\xef\xbb\xbf")
    assert made["xlsx"].startswith(b"PK")


# maps ------------------------------------------------------------------------------------


def test_a_map_names_scales_and_roles(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        'kind = "answers"\n[items.q1]\ncolumn = "交货"\nscale = "words7"\nrole = "overall"\n',
        "utf-8",
    )
    plan = from_toml(path)
    assert (plan.items[0].minimum, plan.items[0].maximum, plan.items[0].role) == (1, 7, "overall")
    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan


@pytest.mark.parametrize(
    ("said_", "reason"),
    [
        ({"items": [{"code": "q", "scale": "words9"}]}, "map_unknown"),
        ({"items": [{"code": "q", "role": "boss"}]}, "map_unknown"),
        ({"items": [{"code": "q", "scale": "1-7", "maximum": 5}]}, "map_wrong_type"),
        ({"options": {"shape": "round"}}, "map_unknown"),
        ({"options": {"wave_starts": "soon"}}, "date_unreadable"),
        ({"options": {"wave_starts": "2026-02-01", "wave_ends": "2026-01-01"}}, "wave_ends_early"),
        ({"points": {"empathy": "much"}}, "map_wrong_type"),
    ],
)
def test_a_mistake_about_a_survey_is_named(said_: dict[str, object], reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        Plan.from_dict(said_)
    assert refused.value.issues[0].reason == reason


def test_a_form_may_ask_who_answers(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Exports of 问卷星 head every column with the question's number, the company's too."""
    customers = "客户编码,客户名称\nC1,厦门华南机电有限公司\nC2,江苏中润贸易有限公司\n"
    bring(sqlite_engine, customers, "customers", folder=tmp_path)
    said_levels = ("非常满意", "满意", "一般", "不满意", "非常不满意")
    lines = ["序号,提交答卷时间,来自IP,1、贵公司名称,2、您的姓名,3、您对我们的总体满意度"]
    lines += [
        f"{n},2026/11/{n} 14:01:05,10.0.0.{n}(福建-厦门),江苏中润贸易有限公司,王{n},{level}"
        for n, level in enumerate(said_levels, 1)
    ]
    path = tmp_path / "form.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    report = bring(sqlite_engine, path, match_names=True)
    assert report.outcome is Outcome.COMMITTED, report.issues
    assert (report.kind, report.rows_added) == ("answers", 5)
    assert rows(sqlite_engine, "response", "customer_id") == [(2,)] * 5
    assert [value for (value,) in rows(sqlite_engine, "answer", "value")] == [5, 4, 3, 2, 1]
