"""The settings page: who may see and change thresholds, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

import settings
from components import frame, thresholds
from data import policies, store
from models import policy
from models.access import EVERYBODY, Role, User
from models.bounds import Real, Share, Whole
from models.people import AppUser
from models.system import Setting, SettingVersion
from tests.pages.opening import by_whom_in_what

PAGE = Path(__file__).resolve().parents[2] / "pages" / "admin" / "settings.py"
ADMIN = "admin"


@pytest.fixture
def at_demo(demo_copy: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demo company as the store the pages read."""
    monkeypatch.setenv("DATABASE_URL", str(demo_copy.url))
    settings.get.cache_clear()
    yield demo_copy
    frame.install(None)
    settings.get.cache_clear()


def open_page(engine: Engine, role: Role, language: str = "en") -> AppTest:
    """The page as a demo user of this role sees it."""
    with Session(engine) as session:
        row = session.exec(select(AppUser).where(AppUser.role == role)).first()
        assert row is not None
        assert row.id is not None
        user = User(row.id, row.login, row.name, role, EVERYBODY, row.login, language)
    frame.install(lambda: user)
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    return page.run()


def words_of(page: AppTest) -> str:
    parts = [
        *page.title,
        *page.subheader,
        *page.caption,
        *page.markdown,
        *page.warning,
        *page.info,
        *page.success,
        *page.error,
    ]
    return "\n".join(str(part.value) for part in parts)


def input_of(page: AppTest, kind: str, key: str) -> object:
    return next(one for one in page.get(kind) if str(one.key).startswith(f"settings.{key}."))


def send(page: AppTest, note: str) -> AppTest:
    input_of(page, "text_input", "note").set_value(note)
    button = next(b for b in page.button if "FormSubmitter" in str(b.key))
    return button.click().run()


def current(engine: Engine) -> tuple[int, policy.Policy]:
    with store.reading(engine) as session:
        return policies.current(session)


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("settings"))
def test_those_who_may_see_it_see_every_threshold(
    at_demo: Engine, role: Role, language: str
) -> None:
    page = open_page(at_demo, role, language)
    assert not page.exception
    inputs = len(page.number_input) + len(page.text_input) + len(page.selectbox)
    if role is Role.ADMINISTRATOR:
        assert inputs == len(thresholds.RULES) + 1  # and the note
        rows = 0
    else:
        assert inputs == 0
        rows = sum(len(table.value) for table in page.dataframe) - 1  # one version
        assert rows == len(thresholds.RULES)
    expected = {"en": "Loss alerts", "zh_Hans": "流失预警", "zh_Hant": "流失預警"}[language]
    assert expected in words_of(page)


@pytest.mark.parametrize("role", [Role.ACCOUNT_MANAGER, Role.SERVICE])
def test_others_are_turned_away(at_demo: Engine, role: Role) -> None:
    page = open_page(at_demo, role)
    assert not page.exception
    assert not page.number_input
    assert not page.dataframe
    assert "Your role may not open this page" in words_of(page)


@pytest.mark.usefixtures("at_demo")
def test_a_stranger_sees_nothing() -> None:
    frame.install(lambda: None)
    page = AppTest.from_file(str(PAGE), default_timeout=30).run()
    assert not page.number_input
    assert not page.dataframe


def test_an_administrator_changes_values_with_a_reason(at_demo: Engine) -> None:
    before = current(at_demo)[0]
    page = open_page(at_demo, Role.ADMINISTRATOR)
    input_of(page, "number_input", "loss.drop").set_value(40.0)
    input_of(page, "number_input", "satisfaction.low").set_value(62.5)
    input_of(page, "text_input", "provision.rates").set_value("0.5，3、6, 12%, 30, 50, 100")
    input_of(page, "selectbox", "pyramid.basis").set_value("margin")
    page = send(page, "年度评审")
    assert not page.exception
    version, held = current(at_demo)
    assert version == before + 1
    assert (held.loss_drop, held.satisfaction_low, held.pyramid_basis) == (0.4, 62.5, "margin")
    assert held.provision_rates == (0.005, 0.03, 0.06, 0.12, 0.3, 0.5, 1.0)
    assert f"Saved as version {version}." in words_of(page)
    assert f"still rest on version {before}" in words_of(page)
    assert any("Refresh the figures" in str(b.label) for b in page.button)
    with store.reading(at_demo) as session:
        newest = policies.history(session)[0]
    assert (newest.changed_by, newest.note, len(newest.changes)) == ("郑伟", "年度评审", 4)
    assert input_of(page, "number_input", "loss.drop").value == 40.0


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("ageing.edges", "60, 30", "not allowed; allowed: 1–6"),
        ("abc.cuts", "eighty", "cannot be read"),
        ("pyramid.cuts", "1, 5", "not allowed; allowed: 3"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    at_demo: Engine, key: str, typed: str, said: str
) -> None:
    before = current(at_demo)
    page = open_page(at_demo, Role.ADMINISTRATOR)
    input_of(page, "text_input", key).set_value(typed)
    page = send(page, "try")
    assert not page.exception
    assert current(at_demo) == before
    table = page.dataframe[0].value
    assert said in table.to_string()
    assert thresholds.RULES[key].name in table.to_string()


@pytest.mark.parametrize(("note", "said"), [("", "say why"), ("reason", "nothing was changed")])
def test_a_save_needs_a_change_and_its_reason(at_demo: Engine, note: str, said: str) -> None:
    before = current(at_demo)
    page = open_page(at_demo, Role.ADMINISTRATOR)
    if not note:
        input_of(page, "number_input", "loss.amber").set_value(20.0)
    page = send(page, note)
    assert said in words_of(page)
    assert current(at_demo) == before


def test_a_change_made_meanwhile_is_not_overwritten(at_demo: Engine) -> None:
    page = open_page(at_demo, Role.ADMINISTRATOR)
    with store.writing(at_demo) as session:
        policies.change(session, None, {"loss.amber": 25}, "quicker")
    input_of(page, "number_input", "loss.amber").set_value(35.0)
    send(page, "slower")
    assert current(at_demo)[1].loss_amber == 25


@pytest.mark.parametrize("one", thresholds.RULES.values(), ids=lambda one: one.key)
def test_the_bounds_shown_are_the_bounds_that_hold(one: policy.Rule) -> None:
    """What is shown as the range is read back as the ends of the range."""
    if isinstance(one.kind, Whole | Real):
        ends = [float(end) for end in thresholds.bounds(one).split(" – ")]
        scale = 100 if isinstance(one.kind, Share) else 1
        assert ends == [pytest.approx(one.kind.low * scale), pytest.approx(one.kind.high * scale)]
    assert thresholds.bounds(one)


def test_a_value_that_is_no_longer_allowed_is_named_and_can_be_mended(at_demo: Engine) -> None:
    with store.writing(at_demo) as session:
        version = policies.current(session)[0] + 1
        session.add(SettingVersion(version=version, note="earlier bounds"))
        session.flush()
        session.add(Setting(version=version, key="satisfaction.confidence", value=0.99995))
        session.add(Setting(version=version, key="rfm.bins", value=5))
    page = open_page(at_demo, Role.ADMINISTRATOR)
    assert not page.exception
    assert "the defaults hold: Confidence level" in words_of(page)
    assert input_of(page, "number_input", "satisfaction.confidence").value == 95.0
    with store.writing(at_demo) as session:
        policies.change(session, None, {"satisfaction.confidence": 0.95}, "back to the default")
    page = open_page(at_demo, Role.ADMINISTRATOR)
    assert "the defaults hold" not in words_of(page)


@pytest.mark.parametrize("one", thresholds.RULES.values(), ids=lambda one: one.key)
def test_what_is_shown_is_read_back_as_it_was(one: policy.Rule) -> None:
    default = policy.Policy().as_dict()[one.key]
    if thresholds.is_list(one):
        assert thresholds.stored(one, thresholds.plain(one, default)) == default
    elif isinstance(one.kind, Share):
        assert thresholds.stored(one, round(default * 100, 6)) == default
    else:
        assert thresholds.stored(one, default) == default
