"""The loss alerts page (流失预警页): roles, figures, reasons, decisions, tasks, lost customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from data import store
from data.writes import alerts as writes
from data.writes import supervision as tasks
from data.writes.alerts import Seen
from data.writes.supervision import Task
from models.access import Role
from models.enums import AlertState, LossReason, SupervisionState
from models.loss import Alert, LossEvent, SupervisionItem
from tests import work_company as company
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, words
from tests.pages.working import LANGUAGE, captions, key, press, said
from tests.work_company import TODAY, user_of
from words import formats, i18n

SCREEN = "loss_alerts"


@pytest.fixture
def ids(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    with over(sqlite_engine, monkeypatch):
        yield kept(sqlite_engine, company.fill)


def opened(ids: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> AppTest:
    return open_page(SCREEN, user_of(ids, role), **query)


def at_work(ids: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> AppTest:
    return open_page(SCREEN, user_of(ids, role), language=LANGUAGE, **query)


def told(at: AppTest, who: str, deed: str) -> bool:
    """Whether the page says, and says nothing else, that somebody else was quicker."""
    (error,) = [one.value for one in at.error]
    what = i18n.in_context("deed", deed, LANGUAGE)
    return error.startswith(who) and f"{what}。" in error


def alert(engine: Engine) -> Alert:
    with store.reading(engine) as session:
        return session.exec(select(Alert)).one()


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("loss_alerts"))
def test_the_page_opens(ids: dict[str, int], role: Role, language: str) -> None:
    for query in ({"c": str(ids["Ash"])}, {"view": "board"}, {"view": "losses", "span": "36"}):
        at = open_page(SCREEN, user_of(ids, role), language=language, **query)
        assert not at.error
        assert len(at.metric) == 8


@pytest.mark.usefixtures("ids")
def test_strangers_are_refused() -> None:
    at = open_page(SCREEN, None)
    assert at.warning
    assert not at.metric


def test_a_manager_sees_only_own_customers(ids: dict[str, int], sqlite_engine: Engine) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    writes.lost(
        sqlite_engine,
        boss,
        Seen(ids["Cedar"], 0, TODAY),
        reason=LossReason.UNKNOWN,
        happened_on=date(2026, 11, 20),
    )
    for query in (
        {"level": "red"},
        {"view": "losses"},
        {"view": "board"},
        {"c": str(ids["Cedar"])},
    ):
        seen = words(opened(ids, Role.ACCOUNT_MANAGER, **query))
        for stranger in ("Cedar", "Date Works", "Wang"):
            assert stranger not in seen
    assert "Ash" in words(opened(ids, Role.ACCOUNT_MANAGER))


def test_figures_are_the_stores_sums(ids: dict[str, int]) -> None:
    found = figures(opened(ids))
    assert found["Customers at high risk of loss"] == "2"
    assert found["Customers at some risk of loss"] == "1"
    assert found["Customers without risk signs"] == "1"
    assert found["Margin at risk"] == formats.money(1_150_000, compact=True, lang="en")
    assert found["New at risk this month"] == "1"


def test_reasons_stand_in_words(ids: dict[str, int]) -> None:
    at = opened(ids)
    assert list(at.dataframe[0].value["Customer"]) == ["Ash Works", "Cedar Works", "Beech Works"]
    assert "96 days" in at.dataframe[0].value["Reasons"][0]
    assert list(opened(ids, new="1").dataframe[0].value["Customer"]) == ["Beech Works"]
    assert list(opened(ids, level="red").dataframe[0].value["Customer"]) == [
        "Ash Works",
        "Cedar Works",
    ]


def test_an_earlier_date_is_for_reading_only(ids: dict[str, int]) -> None:
    at = opened(ids, as_of="2026-10-31", c=str(ids["Ash"]))
    assert "newest figures" in captions(at)
    assert not [button for button in at.button if button.label == "Dismiss"]


def test_service_hands_out_tasks_but_does_not_decide(ids: dict[str, int]) -> None:
    at = opened(ids, Role.SERVICE, c=str(ids["Ash"]))
    labels = {button.label for button in at.button}
    assert "Assign" in labels
    assert not labels & {"Dismiss", "Confirm the alert", "Customer lost"}


def test_an_alert_is_confirmed_and_dismissed(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = press(at_work(ids, Role.ACCOUNT_MANAGER, c=str(ids["Ash"])), "Confirm the alert")
    assert alert(sqlite_engine).state is AlertState.CONFIRMED
    who = ids["Ash"]
    press(at, "Dismiss")
    assert at.error, "a dismissal needs a reason"
    at.text_input(key=key(f"dismiss.{who}.text")).input("they moved house")
    press(at, "Dismiss")
    found = alert(sqlite_engine)
    assert (found.state, found.note) == (AlertState.DISMISSED, "they moved house")
    assert found.snoozed_until is not None
    assert "Ash Works" not in at.dataframe[0].value.to_csv(), "put aside"


def test_somebody_elses_decision_is_not_overwritten(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    at = at_work(ids, c=str(ids["Ash"]))
    seen = Seen(ids["Ash"], 0, TODAY)
    writes.snooze(
        sqlite_engine, user_of(ids, Role.ADMINISTRATOR), seen, until=TODAY + timedelta(days=300)
    )
    name = key(f"saved.{ids['Ash']}.text")
    at.text_input(key=name).input("mine")
    press(at, "Customer saved")
    assert told(at, "Admin", "alert put aside")
    assert alert(sqlite_engine).state is AlertState.SNOOZED
    at.text_input(key=name).input("seen, and still")
    press(at, "Customer saved")
    assert alert(sqlite_engine).state is AlertState.SAVED


def test_a_task_changed_meanwhile_is_not_overwritten(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    task = Task(ids["Ash"], "overdue", "Collect", TODAY + timedelta(days=300), ids["boss"])
    number = tasks.open_item(sqlite_engine, boss, task, on=TODAY)
    at = at_work(ids, view="board", t=str(number))
    tasks.escalate(sqlite_engine, boss, number, 1, to_id=ids["admin"], on=TODAY)
    at.text_input(key=key(f"close.{number}.text")).input("done")
    press(at, "Close the task")
    assert told(at, "Boss", "task escalated")
    with store.reading(sqlite_engine) as session:
        assert session.exec(select(SupervisionItem)).one().state is SupervisionState.ESCALATED


def test_a_task_is_given_escalated_and_closed(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = press(at_work(ids, c=str(ids["Ash"])), "Assign")
    with store.reading(sqlite_engine) as session:
        number = session.exec(select(SupervisionItem)).one().id
    assert not [b for b in at.button if b.label == said("Assign")], "one live task per matter"
    at = at_work(ids, view="board", t=str(number))
    press(at, "Escalate")
    press(at, "Close the task")
    assert at.error, "closing needs evidence"
    at.text_input(key=key(f"close.{number}.text")).input("new contract signed")
    press(at, "Close the task")
    with store.reading(sqlite_engine) as session:
        item = session.exec(select(SupervisionItem)).one()
    assert (item.state, item.evidence) == (SupervisionState.CLOSED, "new contract signed")
    assert item.escalated_to in {ids["boss"], ids["admin"]}


def test_a_lost_customer_leaves_the_list_and_keeps_its_record(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    who = ids["Ash"]
    at = at_work(ids, c=str(who))
    at.selectbox(key=key(f"lost.{who}.reason")).select_index(2)
    at.text_input(key=key(f"lost.{who}.rival")).input("Rival Ltd")
    press(at, "Customer lost")
    with store.reading(sqlite_engine) as session:
        event = session.exec(select(LossEvent).where(LossEvent.customer_id == who)).one()
    assert (event.reason, event.competitor) == (LossReason.WEAK_SERVICE, "Rival Ltd")
    assert "Ash Works" not in at.dataframe[0].value.to_csv()
    lost = opened(ids, view="losses")
    table = lost.dataframe[0].value
    assert list(table["Customer"]) == ["Ash Works"]
    assert figures(lost)["Customers at high risk of loss"] == "1"

    back = at_work(ids, view="losses", lost=str(who))
    assert not back.exception


def test_saving_needs_words_and_ends_the_alert(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = at_work(ids, c=str(ids["Beech"]))
    press(at, "Customer saved")
    assert at.error
    at.text_input(key=key(f"saved.{ids['Beech']}.text")).input("price agreed")
    press(at, "Customer saved")
    found = alert(sqlite_engine)
    assert (found.state, found.note) == (AlertState.SAVED, "price agreed")
    assert found.ended_on is not None
