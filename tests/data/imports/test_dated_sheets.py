"""Sheets of dated entries and of work (按日生效的表): their own rules, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.columns.registry import MAY_IMPORT
from data.imports.parsing.days import moment, month
from data.imports.parsing.manner import Manner, Unreadable
from data.imports.terms.report import ImportReport, Outcome
from models.access import Role
from models.base import DAY_ZERO
from models.enums import SheetKind
from tests.data.imports.bringing import TODAY, bring, managed, person, rows

HOW = Manner(TODAY)


@pytest.fixture
def people(company: Engine) -> Engine:
    """The small company with two account managers; the first holds everybody."""
    for login in ("m1", "m2"):
        person(company, login, Role.ACCOUNT_MANAGER)
    managed(company, "m1")
    return company


def refused(report: ImportReport) -> set[str]:
    assert report.outcome is Outcome.REJECTED, report
    return set(report.reasons)


def manager(engine: Engine, code: str) -> str | None:
    logins = dict(rows(engine, "app_user", "id", "login"))
    ((found,),) = rows(engine, "customer", "owner_id", code=code)
    return logins.get(found)


# account managers ---------------------------------------------------------------------------

OWNERS = "客户编码,移交日期,客户经理\n"


def test_the_card_names_the_manager_of_the_newest_entry(people: Engine, files: Path) -> None:
    text = f"{OWNERS}C1,2025-01-01,m1\nC1,2026-05-01,m2\nC1,2026-12-31,m1\n"
    assert bring(people, text, "owner_changes", folder=files).rows_added == 3
    assert manager(people, "C1") == "m2", "the last entry lies ahead"
    older = bring(people, f"{OWNERS}C1,2024-01-01,m1\n", "owner_changes", folder=files)
    assert (older.rows_added, manager(people, "C1")) == (1, "m2")
    bring(people, f"{OWNERS}C1,2026-06-01,-\n", "owner_changes", folder=files)
    assert manager(people, "C1") is None
    assert manager(people, "C2") == "m1", "nobody else's card is touched"


def test_an_unknown_manager_is_refused_and_none_is_emptied(people: Engine, files: Path) -> None:
    report = bring(people, f"{OWNERS}C1,2026-05-01,wer\n", "owner_changes", folder=files)
    assert refused(report) == {"user_missing"}
    bring(people, f"{OWNERS}C1,2026-05-01,m2\n", "owner_changes", folder=files)
    report = bring(people, f"{OWNERS}C1,2026-05-01,无\n", "owner_changes", folder=files)
    assert refused(report) == {"may_not_change"}
    assert refused(bring(people, f"{OWNERS}C1,2026-05-02,\n", "owner_changes", folder=files)) == {
        "empty"
    }


# cards --------------------------------------------------------------------------------------

CARDS = "客户编码,档案变更日期,客户状态,省份,行业,所属集团编码,账期天数\n"
STATE = ("since", "status", "province", "industry", "parent_id", "terms_days")


def test_an_entry_is_filled_up_from_the_one_before(people: Engine, files: Path) -> None:
    text = (
        f"{CARDS}C1,2026-03-01,停用,,,,\nC1,2025-01-01,,福建省,机械,C2,45\n"
        "C1,2026-06-01,正常,-,,-,\n"
    )
    assert bring(people, text, "card_changes", folder=files).rows_added == 3
    ((group,),) = rows(people, "customer", "id", code="C2")
    told = sorted(
        (row[0], str(row[1].value), *row[2:]) for row in rows(people, "card_history", *STATE)
    )
    assert told == [
        (DAY_ZERO, "active", "", "", None, 30),
        (date(2025, 1, 1), "active", "福建省", "机械", group, 45),
        (date(2026, 3, 1), "closed", "福建省", "机械", group, 45),
        (date(2026, 6, 1), "active", "", "机械", None, 45),
    ]
    card = rows(people, "customer", *STATE[1:], code="C1")
    assert [(str(row[0].value), *row[1:]) for row in card] == [("active", "", "机械", None, 45)]


def test_a_group_cannot_come_to_stand_above_itself(people: Engine, files: Path) -> None:
    assert bring(people, f"{CARDS}C1,2026-03-01,,,,C2,\n", "card_changes", folder=files).stored
    report = bring(people, f"{CARDS}C2,2026-03-01,,,,C1,\n", "card_changes", folder=files)
    assert (report.outcome, [issue.reason for issue in report.issues]) == (
        Outcome.REFUSED,
        ["group_loop"],
    )
    report = bring(people, f"{CARDS}C3,2026-03-01,,,,C3,\n", "card_changes", folder=files)
    assert refused(report) == {"group_loop"}
    report = bring(people, f"{CARDS}C1,2026-03-01,,,,-,\n", "card_changes", folder=files)
    assert refused(report) == {"may_not_change"}


def test_a_row_that_changes_nothing_is_no_change(people: Engine, files: Path) -> None:
    report = bring(people, f"{CARDS}C1,2026-03-01,,,,,\n", "card_changes", folder=files)
    assert refused(report) == {"empty"}


# collecting, deciding, supervising ----------------------------------------------------------

STEPS = "客户编码,发票号,追账日期,追账方式,追账结果,承诺付款日期,承诺金额,中断诉讼时效\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C1,I1,2026-05-01,电话,承诺付款,,,", "promise_needs_day"),
        ("C1,I1,2026-05-01,电话,已提醒,,100,", "promise_needs_day"),
        ("C1,I1,2026-05-01,电话,承诺付款,2026-04-30,,", "promise_before_action"),
        ("C1,I1,2026-05-01,电话,已提醒,2026-05-30,,", "promise_needs_result"),
        ("C1,I1,2026-05-01,电话,已提醒,,,是", "limitation_needs_writing"),
        ("C1,I3,2026-05-01,电话,已提醒,,,", "invoice_of_other_customer"),
        ("C1,I9,2026-05-01,电话,已提醒,,,", "unknown_invoice"),
    ],
)
def test_a_step_keeps_the_rules_of_the_form(
    people: Engine, files: Path, row: str, reason: str
) -> None:
    report = bring(people, f"{STEPS}{row}\n", "collection_actions", folder=files)
    assert refused(report) == {reason}


def test_a_step_without_an_invoice_is_found_again(people: Engine, files: Path) -> None:
    text = f"{STEPS}C1,,2026-05-01,信函,已提醒,,,是\nC1,I1,2026-05-01,信函,已提醒,,,是\n"
    assert bring(people, text, "collection_actions", folder=files).rows_added == 2
    again = bring(people, text + "\n", "collection_actions", folder=files)
    assert (again.rows_same, again.rows_added) == (2, 0)


MATTERS = "客户编码,督办事项,责任人,督办日期,办结期限,状态,办结日期,办结依据\n"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("C1,投诉,,2026-05-01,2026-06-01,,2026-05-09,", "closed_without_evidence"),
        ("C1,投诉,,2026-05-01,2026-06-01,已办结,,", "closed_without_day"),
        ("C1,投诉,,2026-05-01,2026-06-01,进行中,2026-05-09,好", "closed_is_open"),
        ("C1,投诉,,2026-05-01,2026-06-01,,2026-04-09,好", "closed_before_opened"),
        ("C1,投诉,,2026-05-01,2026-04-01,,,", "due_before_opened"),
        ("C1,投诉,wer,2026-05-01,2026-06-01,,,", "user_missing"),
        (
            "C1,投诉,,2026-05-01,2026-06-01,,,\nC1,投诉,,2026-05-02,2026-06-01,,,",
            "supervision_already_open",
        ),
    ],
)
def test_matters_are_whole(people: Engine, files: Path, lines: str, reason: str) -> None:
    report = bring(people, f"{MATTERS}{lines}\n", "supervision_items", folder=files)
    assert refused(report) == {reason}


def test_one_live_matter_of_a_customer_and_topic(people: Engine, files: Path) -> None:
    first = f"{MATTERS}C1,投诉,,2026-05-01,2026-06-01,,,\n"
    assert bring(people, first, "supervision_items", folder=files).stored
    second = f"{MATTERS}C1,投诉,m2,2026-05-05,2026-06-01,,,\n"
    report = bring(people, second, "supervision_items", folder=files)
    assert refused(report) == {"supervision_already_open"}
    closing = f"{second}C1,投诉,,2026-05-01,2026-06-01,,2026-05-04,已处理\n"
    assert bring(people, closing, "supervision_items", folder=files).stored
    reopening = f"{MATTERS}C1,投诉,,2026-05-01,2026-06-01,进行中,,\n"
    report = bring(people, reopening, "supervision_items", folder=files)
    assert refused(report) == {"may_not_change"}


def test_a_matter_of_nobodys_customer_needs_a_name(company: Engine, files: Path) -> None:
    text = f"{MATTERS}C1,投诉,,2026-05-01,2026-06-01,,,\n"
    report = bring(company, text, "supervision_items", folder=files)
    assert refused(report) == {"customer_has_no_manager"}


# surveys ------------------------------------------------------------------------------------

QUESTIONS = "问卷编码,题号,题目,权重,量表,最低分,最高分,选项文字\n"


def test_questions_with_their_scales_take_answers(people: Engine, files: Path) -> None:
    text = (
        f"{QUESTIONS}S,Q1,质量,12,,1,7,很好=7;很差=1\nS,Q2,推荐,1,nps,0,10,\n"
        "S,Q3,价格,8,,1,7,很好=7; 很差=1\n"
    )
    assert bring(people, text, "survey_items", folder=files).rows_added == 3
    assert sorted(rows(people, "scale", "code", "minimum", "maximum", "words")) == [
        ("1-7 #2", 1, 7, {"很好": 7, "很差": 1}),
        ("nps", 0, 10, {}),
    ]
    answers = "客户编码,调查日期,Q1,Q2\nC1,2026-05-01,很好,9\n"
    report = bring(people, answers, "answers", folder=files, survey="S")
    assert report.stored, report.issues
    assert rows(people, "answer", "value") == [(7,), (9,)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("S,Q9,,1,,,,", "scale_without_ends"),
        ("S,Q9,,1,,7,1,", "scale_without_ends"),
        ("S,Q9,,1,nps,1,10,", "scale_differs"),
        ("S,Q1,,1,,1,5,", "scale_differs"),
        ("S,Q9,,1,,1,5,好:5", "scale_words_unreadable"),
        ("S,Q9,,-1,,1,5,", "number_out_of_range"),
    ],
)
def test_a_scale_is_clear_and_stays(people: Engine, files: Path, row: str, reason: str) -> None:
    text = f"{QUESTIONS}S,Q1,质量,12,,1,7,\nS,Q2,推荐,1,nps,0,10,\n"
    assert bring(people, text, "survey_items", folder=files).stored
    assert refused(bring(people, f"{QUESTIONS}{row}\n", "survey_items", folder=files)) == {reason}


def test_a_wave_belongs_to_a_survey(people: Engine, files: Path) -> None:
    text = "问卷编码,期次编码,开始日期,结束日期\nS,2026H1,2026-05-01,2026-05-20\n"
    assert refused(bring(people, text, "waves", folder=files)) == {"unknown_survey"}


# cells and people ---------------------------------------------------------------------------


def test_a_stated_due_date_is_no_longer_assumed(company: Engine, files: Path) -> None:
    assert rows(company, "invoice", "due_assumed", code="I3") == [(True,)]
    text = "发票号,客户编码,开票日期,到期日,金额\nI3,C2,2026-01-15,2026-03-16,800.00\n"
    assert bring(company, text, folder=files).rows_same == 1, "our own list, brought back"
    text = "发票号,客户编码,开票日期,到期日,金额\nI3,C2,2026-01-15,2026-04-01,800.00\n"
    assert bring(company, text, folder=files).rows_updated == 1
    assert rows(company, "invoice", "due_on", "due_assumed", code="I3") == [
        (date(2026, 4, 1), False)
    ]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026-03-05 14:20", datetime(2026, 3, 5, 6, 20, tzinfo=UTC)),
        ("2026/3/5 9:05:07", datetime(2026, 3, 5, 1, 5, 7, tzinfo=UTC)),
        ("2026-03-05T14:20:00.5Z", datetime(2026, 3, 5, 14, 20, 0, 500_000, tzinfo=UTC)),
        ("2026-03-05 23:30+00:00", datetime(2026, 3, 5, 23, 30, tzinfo=UTC)),
        ("-", None),
    ],
)
def test_moments(said: str, read: datetime | None) -> None:
    assert moment(said, HOW) == read


@pytest.mark.parametrize("said", ["2026-03-05", "14:20", "2026-03-05 25:00", "昨天"])
def test_what_is_no_moment_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        moment(said, HOW)


@pytest.mark.parametrize(
    "said", ["2026-03", "2026/3", "202603", "2026年3月", "2026-03-15", "46082"]
)
def test_months(said: str) -> None:
    assert month(said, HOW) == date(2026, 3, 1)


@pytest.mark.parametrize("said", ["2026-13", "03-2026", "1989-12", "Mar 2026"])
def test_what_is_no_month_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        month(said, HOW)


def test_who_may_say_whose_customer_is_whose() -> None:
    for kind in (SheetKind.OWNER_CHANGES, SheetKind.SUPERVISION_ITEMS):
        assert [role for role in Role if kind in MAY_IMPORT[role]] == [Role.ADMINISTRATOR]
    assert SheetKind.CREDIT_GRADES not in MAY_IMPORT[Role.ACCOUNT_MANAGER]
    assert SheetKind.SURVEY_ITEMS in MAY_IMPORT[Role.SERVICE]
