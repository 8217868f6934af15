"""The satisfaction page (满意度页): roles, figures with n, suppression, safe comments, tasks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from components import survey_view
from data import store
from models.access import Role
from models.loss import SupervisionItem
from models.snapshots import SnapshotRun
from models.surveys import Response, Wave
from tests import work_company as company
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, words
from tests.pages.working import LANGUAGE, captions, press, said
from tests.work_company import user_of

SCREEN = "satisfaction"


@pytest.fixture
def ids(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    with over(sqlite_engine, monkeypatch):
        found = kept(sqlite_engine, company.fill)
        with store.writing(sqlite_engine) as session:  # a company of four shows groups of one
            for run in session.exec(select(SnapshotRun)):
                run.policy = run.policy | {"satisfaction.min_n": 1}
        yield found


def opened(ids: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> AppTest:
    return open_page(SCREEN, user_of(ids, role), **query)


def response_of(engine: Engine, customer_id: int, wave: int) -> str:
    with store.reading(engine) as session:
        query = select(Response).where(Response.customer_id == customer_id)
        return str(session.exec(query.where(Response.wave_id == wave)).one().id)


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("satisfaction"))
def test_the_page_opens(ids: dict[str, int], role: Role, language: str) -> None:
    for query in ({}, {"by": "owner"}, {"wave": "1"}):
        at = open_page(SCREEN, user_of(ids, role), language=language, **query)
        assert not at.error
        assert len(at.metric) == 8


@pytest.mark.usefixtures("ids")
def test_strangers_are_refused() -> None:
    at = open_page(SCREEN, None)
    assert at.warning
    assert not at.metric


def test_a_manager_sees_only_own_customers(ids: dict[str, int]) -> None:
    at = opened(ids, Role.ACCOUNT_MANAGER)
    assert "Beech" in words(at)
    for stranger in ("Cedar", "evil.example", "Wang"):
        assert stranger not in words(at)


def test_figures_rest_on_the_answers(ids: dict[str, int]) -> None:
    found = {name.replace("\\", ""): value for name, value in figures(opened(ids)).items()}
    assert found["Customer satisfaction index (CSI)"] == "52.8"  # (100 + 50 + 8⅓) ÷ 3
    assert found["Response rate"] == "50.0%"  # 4 of 10 − 2
    assert found["Net promoter score (NPS)"] == "25"  # 10 9 | 7 | 2
    assert found["Weakest dimension"] == "50"  # product (7 4 1); service is (7 4 3 5)
    assert found["Sales share of those who answered"] == "100.0%"
    assert found["Service quality gap"].startswith("-2")


def test_a_narrowed_page_has_no_response_rate(ids: dict[str, int]) -> None:
    assert figures(opened(ids, tier="top"))["Response rate"] == "—"
    assert figures(opened(ids, Role.ACCOUNT_MANAGER))["Response rate"] == "—"


def test_few_answers_are_not_shown() -> None:
    groups = survey_view.by_group(
        ["top", "top", "small"], [10.0, 30.0, 99.0], least=2, confidence=0.95
    )
    assert [(group.code, group.index, group.n) for group in groups] == [
        ("top", 20.0, 2),
        ("small", None, 1),
    ]
    assert survey_view.group_bars(groups, ["Top", "Small"])[1].value is None


def test_the_lowest_group_may_have_nothing_at_all() -> None:
    """An index of 0 is one."""
    groups = survey_view.by_group(list("aab"), [0.0, 0.0, 75.0], least=1, confidence=0.95)
    assert survey_view.lowest(groups, ["A", "B"]) == (0, "A")
    assert (
        survey_view.lowest(survey_view.by_group(["a"], [0.0], least=2, confidence=0.95), "A")
        is None
    )


@pytest.mark.parametrize(
    ("sent", "words_of_it"),
    [
        (None, "4 answered; how many were asked is not recorded"),
        (5, "4 answered, but 3 were asked as recorded"),
    ],
)
def test_a_response_rate_needs_to_know_who_was_asked(
    ids: dict[str, int], sqlite_engine: Engine, sent: int | None, words_of_it: str
) -> None:
    with store.writing(sqlite_engine) as session:
        for wave in session.exec(select(Wave)):
            wave.sent = sent
    at = opened(ids)
    assert figures(at)["Response rate"] == "—"
    assert words_of_it in words(at)


def test_low_scorers_are_listed_with_escaped_comments(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    at = opened(ids)
    assert list(at.dataframe[0].value["Customer"]) == ["Cedar Works", "Beech Works"]
    at = opened(ids, r=response_of(sqlite_engine, ids["Cedar"], 2))
    assert any("<b>late</b>" in text.value for text in at.text), "as text, not as markup"
    assert not [m for m in at.markdown if "<b>late" in m.value or "![x]" in m.value]


def test_a_low_score_becomes_a_task_with_the_answer(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    number = response_of(sqlite_engine, ids["Cedar"], 2)
    at = open_page(SCREEN, user_of(ids, Role.SERVICE), language=LANGUAGE, r=number)
    press(at, "Hand out as task")
    with store.reading(sqlite_engine) as session:
        item = session.exec(select(SupervisionItem)).one()
    assert (item.topic, item.owner_id, str(item.response_id)) == ("low_score", ids["wang"], number)
    assert "late" in item.title
    assert said("A task on this customer's answers is open already; see the task board.") in (
        captions(at)
    )


def test_importance_falls_back_from_question_to_dimension_to_weight() -> None:
    from data.queries.satisfaction import Item

    def item(number: int, code: str, dimension: str, role: str, weight: float = 1) -> Item:
        return Item(number, code, code, dimension, role, weight, 1, 7, 1)

    asked = (
        item(1, "Q01", "A", "satisfaction"),
        item(2, "Q02", "B", "satisfaction"),
        item(3, "Q03", "C", "satisfaction", 2),
        item(4, "I01", "A", "importance"),
        item(5, "X", "B", "importance"),
    )
    said_so = [*((k, 4.0, 3) for k in (1, 2, 3)), (4, 7.0, 1), (5, 1.0, 1)]
    found = survey_view.results(asked, said_so)
    points, _cuts, quadrants = survey_view.importances(found)
    assert [point.y for point in points] == [100, 0, 100]
    assert set(quadrants) == {"Q01", "Q02", "Q03"}
    assert survey_view.importances(survey_view.results(asked, []))[0] == []
