"""Customers not found (未匹配客户): decided on a page, and what becomes of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from components import frame
from data import store
from data.imports.terms.plan import Options, Plan
from data.imports.terms.report import ImportReport, Outcome
from models.access import Role, User
from models.customers import Customer
from tests.data.imports.bringing import bring, person, rows
from tests.pages.opening import LANGUAGES, over, words
from words import i18n

TAX = "91350100M000100Y43"
HEAD = "订单号,客户编码,税号,客户名称,订单日期,金额\n"
SAID = ("c-001,,", f"Q1,{TAX},某某公司", ",,华南机电", ",,华南机电", "Z9,,新公司", "*粗*,,")


def text(*who: str) -> str:
    lines = [f"X{n},{one},2026-05-01,1\n" for n, one in enumerate(who)]
    return HEAD + "".join(lines)


def form() -> None:
    """Stands for the wizard: the form below a report, and the plan of the next check."""
    import streamlit as st

    from components import frame
    from pages.data import reading_form, unmatched_form

    with frame.screen("imports"):
        st.session_state[f"page.{reading_form.SHOWN}"] = "0123456789"
        report, plan = st.session_state["report"], st.session_state["plan"]
        unmatched_form.draw(report, plan)
        st.session_state["next"] = unmatched_form.plan_of(plan, report)


@pytest.fixture
def company(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with store.writing(sqlite_engine) as session:
        session.add(Customer(code="C1", name="厦门华南机电有限公司", short_name="华南机电"))
        session.add(Customer(code="C2", name="乙公司", tax_no=TAX))
        session.add(Customer(code="C3", name="宁波远航轴承有限公司"))
    with over(sqlite_engine, monkeypatch):
        yield sqlite_engine


def checked(engine: Engine, folder: Path, plan: Plan, who: tuple[str, ...] = SAID) -> ImportReport:
    path = folder / "orders.csv"
    path.write_text(text(*who), "utf-8")
    return bring(engine, path, plan=plan, rehearse=True)


def opened(
    user: User, report: ImportReport, plan: Plan, language: str = "zh_Hans", page: int = 1
) -> AppTest:
    frame.install(lambda: user)
    at = AppTest.from_function(form, default_timeout=60)
    at.session_state["kehu.language"] = language
    at.session_state["report"], at.session_state["plan"] = report, plan
    at.query_params["unmatched"] = str(page)
    return good(at.run())


def good(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].message
    return at


def press(at: AppTest, name: str) -> AppTest:
    return good(next(b for b in at.button if f".{name}." in str(b.key)).click().run())


def box(at: AppTest, said: str) -> object:
    return next(b for b in at.selectbox if f".{said}." in str(b.key))


def choose(at: AppTest, said: str, what: str) -> AppTest:
    return good(box(at, said).set_value(what).run())  # type: ignore[attr-defined]


PLAN = Plan(kind="orders")


def the(at: AppTest) -> Plan:
    found: Plan = at.session_state["next"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_customer_is_listed_with_what_may_be_done(
    company: Engine, tmp_path: Path, language: str
) -> None:
    boss = person(company, "boss", Role.ADMINISTRATOR)
    report = checked(company, tmp_path, PLAN)
    assert report.unmatched_count == 5
    at = opened(boss, report, PLAN, language)
    assert len(at.selectbox) == 5
    assert i18n.translate("Customers not found", language) in words(at)
    assert ("Customers not found" in words(at)) is (language == "en")
    first = box(at, "华南机电")
    assert first.options[0].startswith("C1 厦门华南机电有限公司")  # type: ignore[attr-defined]
    assert r"**\*粗\***" in words(at) or "**\\\\*粗\\\\***" in words(at)
    assert (the(at).customers, the(at).create) == ({}, ())


def test_suggestions_are_taken_and_the_file_then_fits(company: Engine, tmp_path: Path) -> None:
    boss = person(company, "boss", Role.ADMINISTRATOR)
    report = checked(company, tmp_path, PLAN)
    at = press(opened(boss, report, PLAN), "take")
    assert the(at).customers == {"c-001": "C1", "Q1": "C2", "华南机电": "C1"}
    at = choose(at, "Z9", "+")
    at = choose(at, "*粗*", "+")
    assert the(at).create == ("Z9", "*粗*")
    again = checked(company, tmp_path, the(at))
    assert (again.unmatched_count, again.rows_rejected, again.rows_added) == (0, 0, 6)
    # what was decided can be changed afterwards
    at = opened(boss, again, the(at))
    assert box(at, "Q1").value == "=C2"  # type: ignore[attr-defined]
    at = choose(at, "Q1", "")
    assert "Q1" not in the(at).customers


def test_any_customer_may_be_looked_for(company: Engine, tmp_path: Path) -> None:
    boss = person(company, "boss", Role.ADMINISTRATOR)
    at = opened(boss, checked(company, tmp_path, PLAN), PLAN)
    at = choose(at, "Z9", "?")
    good(at.text_input[0].set_value("远航").run())
    found = next(b for b in at.selectbox if str(b.key).endswith(".found"))
    assert found.options == ["C3 宁波远航轴承有限公司"]
    good(found.set_value("=C3").run())
    assert the(at).customers == {"Z9": "C3"}
    assert box(at, "Z9").value == "=C3"  # type: ignore[attr-defined]
    assert not at.text_input


def test_an_account_manager_finds_their_own_customers_only(company: Engine, tmp_path: Path) -> None:
    amy = person(company, "amy", Role.ACCOUNT_MANAGER)
    report = bring(company, text(*SAID), folder=tmp_path, plan=PLAN, rehearse=True, actor=amy)
    at = opened(amy, report, PLAN)
    at = choose(at, "Z9", "?")
    good(at.text_input[0].set_value("公司").run())
    assert not [b for b in at.selectbox if str(b.key).endswith(".found")]
    assert "宁波远航" not in words(at)
    assert "乙公司" not in words(at)


def test_all_can_be_made_new_at_once(company: Engine, tmp_path: Path) -> None:
    boss = person(company, "boss", Role.ADMINISTRATOR)
    many = tuple(f"Q{n},," for n in range(320))
    report = checked(company, tmp_path, PLAN, many)
    at = opened(boss, report, PLAN, page=2)
    assert len(at.selectbox) == 20
    at = press(at, "make")
    assert len(the(at).create) == 320
    assert {b.value for b in at.selectbox} == {"+"}
    again = checked(company, tmp_path, the(at), many)
    assert (again.rows_added, again.unmatched_count) == (320, 0)
    at = press(at, "leave")
    assert the(at).create == ()


def test_names_are_matched_only_when_confirmed(company: Engine, tmp_path: Path) -> None:
    boss = person(company, "boss", Role.ADMINISTRATOR)
    who = (",,乙公司", ",,乙 公司", "C3,,")
    report = checked(company, tmp_path, PLAN, who)
    assert report.reasons == {"name_not_confirmed": 2}
    at = opened(boss, report, PLAN)
    assert "2" in at.checkbox[0].label
    good(at.checkbox[0].check().run())
    assert the(at).options == Options(match_names=True)
    again = checked(company, tmp_path, the(at), who)
    assert (again.outcome, again.rows_added) == (Outcome.CHECKED, 3)
    at = opened(boss, again, the(at))
    good(at.checkbox[0].uncheck().run())
    assert the(at).options == Options()
    assert rows(company, "sales_order", "code") == []


def test_an_executive_sees_none_of_it(company: Engine, tmp_path: Path) -> None:
    report = checked(company, tmp_path, PLAN)
    chief = person(company, "chief", Role.EXECUTIVE)
    frame.install(lambda: chief)
    at = AppTest.from_function(form, default_timeout=60)
    at.session_state["report"], at.session_state["plan"] = report, PLAN
    at.run()
    assert not at.selectbox
    assert "华南" not in words(at)
