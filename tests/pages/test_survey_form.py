"""Survey sheets in the wizard (答卷导入页面): questions seen, corrected, confirmed, stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data.imports.columns import templates
from jobs.bringing import tasks
from models.access import Role
from models.enums import SheetKind
from pages.data.survey_choice import NEW
from tests.data.imports.bringing import bring, rows
from tests.pages.opening import LANGUAGES, open_page, over, words
from tests.pages.test_imports import click, held, settle, somebody, uploaded

pytestmark = pytest.mark.usefixtures("warm_imports")

SHEET = (
    "序号,自定义ID,提交答卷时间,所用时间,来自IP,1、总体满意度,2、交货及时,3、价格合理\n"
    "1,K001,2026/3/5 14:33:45,60秒,1.2.3.4,满意,4,很好\n"
    "2,K002,2026/3/6 09:00:00,60秒,1.2.3.4,非常满意,5,一般\n"
)


@pytest.fixture
def company(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Engine]:
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")
    assert bring(sqlite_engine, "客户编码,客户名称\nK001,甲\nK002,乙\n", folder=tmp_path).stored
    with over(sqlite_engine, monkeypatch):
        yield sqlite_engine


def box(at: AppTest, kind: str, name: str) -> Any:
    """The widget of this name in the survey form."""
    return next(w for w in getattr(at, kind) if (w.key or "").startswith(f"imports.{name}."))


def scales(engine: Engine) -> dict[str, tuple[float, float]]:
    ends = {row[0]: row[1:] for row in rows(engine, "scale", "id", "minimum", "maximum")}
    return {code: ends[scale] for code, scale in rows(engine, "survey_item", "code", "scale_id")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_to_be_confirmed_are_taken_as_shown(company: Engine, language: str) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("答卷.csv", SHEET), language=language)
    waiting = {"en": "To be confirmed", "zh_Hans": "待确认", "zh_Hant": "待確認"}
    assert waiting[language] in words(at)
    click(at, "imports.take_all")
    assert waiting[language] not in words(at)
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert scales(company) == {"csat": (1, 5), "Q2": (1, 5), "Q3": (1, 5)}


def test_scale_role_and_dimension_can_be_corrected(company: Engine) -> None:
    at = uploaded(somebody(company, Role.SERVICE), ("答卷.csv", SHEET))
    box(at, "multiselect", "chosen").set_value(["2、交货及时"]).run()
    box(at, "selectbox", "item_scale").set_value("1-7").run()
    box(at, "selectbox", "role").set_value("importance").run()
    box(at, "selectbox", "dimension").set_value("reliability").run()
    click(at, "imports.apply")
    box(at, "multiselect", "chosen").set_value(["3、价格合理"]).run()
    click(at, "imports.skip")
    (item, *_rest) = [i for i in held(at)["答卷.csv"].plan.items if i.code == "Q2"]
    assert (item.scale, item.role, item.dimension) == ("1-7", "importance", "reliability")
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert scales(company)["Q2"] == (1, 7)
    assert "Q3" not in scales(company)


def test_a_wave_is_named_with_its_days(company: Engine) -> None:
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("答卷.csv", SHEET))
    box(at, "text_input", "wave").set_value("2026春").run()
    box(at, "text_input", "wave_name").set_value("春季调查").run()
    click(at, "imports.take_all")
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert rows(company, "wave", "code", "name") == [("2026春", "春季调查")]


def test_survey_and_wave_are_chosen_or_said_to_be_new(company: Engine, tmp_path: Path) -> None:
    first = "客户编码,调查日期,满意度\nK001,2026-01-05,4\n"
    assert bring(company, first, "answers", survey="A", wave="W1", folder=tmp_path).stored
    text = "客户编码,调查日期,满意度\nK001,2026-03-01,5\n"
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("答卷.csv", text))
    survey = box(at, "selectbox", "survey_of")
    assert (survey.options, survey.value) == (["A", "新问卷…"], None)
    survey.set_value("A").run()
    settle(at)
    wave = box(at, "selectbox", "wave_of")
    assert wave.options == ["按每份答卷所在半年", "W1", "新期次…"]
    wave.set_value("W1").run()
    box(at, "selectbox", "survey_of").set_value(NEW).run()
    settle(at)
    box(at, "text_input", "survey").set_value("B").run()
    settle(at)
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert [code for (code,) in rows(company, "survey", "code")] == ["A", "B"]


def test_another_shape_is_looked_at_anew(company: Engine) -> None:
    text = (
        "客户编码,调查日期,得分（1-5分）,1、总体满意度\nK001,2026-03-01,5,4\nK002,2026-03-01,4,4\n"
    )
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("得分.csv", text))
    shape = box(at, "selectbox", "shape")
    assert shape.value == "responses"
    shape.set_value("scores").run()
    settle(at)
    assert held(at)["得分.csv"].peek.shape == "scores"
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert sorted(v for (v,) in rows(company, "answer", "value")) == [4, 5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_are_offered_by_shape_and_scale(company: Engine, language: str) -> None:
    at = open_page("imports", somebody(company, Role.ADMINISTRATOR), language=language)
    keys = [w.key or "" for w in at.get("download_button")]
    for kind in SheetKind:
        assert sum(f"template.{kind}." in key for key in keys) == 2
    box(at, "selectbox", "template.shape").set_value(templates.SERVQUAL).run()
    assert any("answers.servqual.1-7.xlsx" in (w.key or "") for w in at.get("download_button"))
