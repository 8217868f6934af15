"""Writes of daily work (追账、预警、督办写入): roles, scope, versions, one live item, audit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from data import audit, store
from data.writes import alerts, collections, key_accounts, supervision
from data.writes.alerts import Seen
from data.writes.collections import Contact
from data.writes.supervision import Task
from errors import AppError, BadInput, Conflict, NotAllowed, NotFound
from models.access import Role, User
from models.enums import (
    AlertState,
    CollectionResult,
    ContactChannel,
    Level,
    LossReason,
    SupervisionState,
)
from models.loss import Alert, LossEvent, SupervisionItem
from models.receivables import CollectionAction, Invoice
from models.snapshots import Snapshot
from models.system import AuditEntry, StoreState
from tests import work_company as company
from tests.kept import Kept
from tests.work_company import TODAY, user_of


@pytest.fixture
def ids(engine: Engine, kept: Kept) -> dict[str, int]:
    return kept(engine, company.fill)


def every(engine: Engine, table: Any) -> list[Any]:
    with store.reading(engine) as session:
        return list(session.exec(select(table)))


def reasons_of(error: pytest.ExceptionInfo[BadInput]) -> set[str]:
    return {issue.reason for issue in error.value.issues}


def call(ids: dict[str, int], name: str = "Ash", **more: Any) -> Contact:
    return Contact(
        **{
            "customer_id": ids[name],
            "acted_on": TODAY,
            "channel": ContactChannel.PHONE,
            "result": CollectionResult.REMINDED,
        }
        | more
    )


def seen(ids: dict[str, int], name: str = "Ash", version: int = 0) -> Seen:
    return Seen(ids[name], version, TODAY)


def task(ids: dict[str, int], name: str = "Ash", **more: Any) -> Task:
    return Task(
        **{
            "customer_id": ids[name],
            "topic": "overdue",
            "title": "Collect",
            "due_on": TODAY + timedelta(days=7),
            "owner_id": ids["boss"],
        }
        | more
    )


# who comes second where rows are only added


def test_the_newest_decides_so_nobody_adds_one_unseen(engine: Engine, ids: dict[str, int]) -> None:
    """A second contact sets a promise aside, a second decision the first, for that customer."""
    boss, admin = user_of(ids, Role.EXECUTIVE), user_of(ids, Role.ADMINISTRATOR)

    def contact(actor: User, name: str, newest: int) -> int:
        return collections.log_contact(engine, actor, call(ids, name), newest=newest)

    def decision(actor: User, name: str, newest: int) -> int:
        return key_accounts.override(
            engine, actor, ids[name], is_key=True, reason="x", on=TODAY, newest=newest
        )

    for write, code in (
        (contact, "collection.contact"),
        (decision, "key_account.override"),
    ):
        number = write(boss, "Ash", 0)
        with pytest.raises(Conflict) as error:
            write(admin, "Ash", 0)
        assert error.value.changed is not None
        assert (error.value.changed.who, error.value.changed.what) == (boss.name, code)
        assert error.value.changed.at is not None
        write(admin, "Ash", number)
        write(admin, "Beech", number)


# collecting


def test_a_contact_is_stored_whole_and_audited(engine: Engine, ids: dict[str, int]) -> None:
    actor = user_of(ids, Role.CREDIT_CONTROLLER)
    number = collections.log_contact(
        engine,
        actor,
        call(
            ids,
            result=CollectionResult.PROMISED,
            promised_on=TODAY,
            promised_amount=100,
            next_on=TODAY + timedelta(days=2),
            note=" will pay ",
        ),
    )
    (action,) = every(engine, CollectionAction)
    assert (action.id, action.promised_amount, action.note) == (number, 100, "will pay")
    assert action.acted_by == ids["credit"]
    (entry,) = every(engine, AuditEntry)
    assert (entry.action, entry.entity_id, entry.actor) == ("collection.contact", "K-Ash", "credit")
    with store.reading(engine) as session:
        assert audit.verify(session).broken is None


def test_writing_raises_the_revisions(engine: Engine, ids: dict[str, int]) -> None:
    (before,) = every(engine, StoreState)
    collections.log_contact(engine, user_of(ids, Role.EXECUTIVE), call(ids))
    supervision.open_item(engine, user_of(ids, Role.EXECUTIVE), task(ids), on=TODAY)
    (after,) = every(engine, StoreState)
    assert after.revision == before.revision + 2
    assert after.facts_revision == before.facts_revision + 1, "a task is no fact of a refresh"


def test_service_does_not_collect(engine: Engine, ids: dict[str, int]) -> None:
    with pytest.raises(NotAllowed):
        collections.log_contact(engine, user_of(ids, Role.SERVICE), call(ids))
    assert every(engine, CollectionAction) == []


def test_a_manager_writes_only_on_own_customers(engine: Engine, ids: dict[str, int]) -> None:
    li = user_of(ids, Role.ACCOUNT_MANAGER)
    later = TODAY + timedelta(days=9)
    refused = (
        lambda: collections.log_contact(engine, li, call(ids, "Cedar")),
        lambda: supervision.open_item(engine, li, task(ids, "Cedar"), on=TODAY),
        lambda: supervision.open_items(engine, li, [task(ids), task(ids, "Cedar")], on=TODAY),
        lambda: alerts.confirm(engine, li, seen(ids, "Cedar")),
        lambda: alerts.dismiss(engine, li, seen(ids, "Cedar"), reason="no", until=later),
        lambda: alerts.snooze(engine, li, seen(ids, "Cedar"), until=later),
        lambda: alerts.saved(engine, li, seen(ids, "Cedar"), note="kept"),
        lambda: alerts.lost(
            engine, li, seen(ids, "Cedar"), reason=LossReason.UNKNOWN, happened_on=TODAY
        ),
        lambda: alerts.won_back(engine, li, ids["Cedar"], on=TODAY, note="back"),
    )
    for write in refused:
        with pytest.raises(NotFound):
            write()
    for table in (CollectionAction, SupervisionItem, Alert, AuditEntry):
        assert every(engine, table) == []
    collections.log_contact(engine, li, call(ids, "Beech"))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"acted_on": date(2200, 1, 1)}, "day_in_future"),
        ({"result": CollectionResult.PROMISED}, "promise_needs_day"),
        ({"promised_on": TODAY}, "promise_needs_result"),
        ({"promised_amount": 5}, "promise_needs_day"),
        (
            {"result": CollectionResult.PROMISED, "promised_on": date(2020, 1, 1)},
            "day_out_of_range",
        ),
        (
            {"result": CollectionResult.PAYING, "promised_on": TODAY, "promised_amount": 0},
            "amount_not_positive",
        ),
        ({"interrupts_limitation": True}, "limitation_needs_writing"),
        ({"next_on": date(2020, 1, 1)}, "day_out_of_range"),
        ({"note": "x" * 401}, "text_too_long"),
    ],
)
def test_a_contact_that_does_not_fit_is_refused(
    engine: Engine, ids: dict[str, int], more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadInput) as error:
        collections.log_contact(engine, user_of(ids, Role.EXECUTIVE), call(ids, **more))
    assert reason in reasons_of(error)
    assert every(engine, CollectionAction) == []


def test_an_invoice_must_be_the_customers(engine: Engine, ids: dict[str, int]) -> None:
    bills = {bill.code: bill.id for bill in every(engine, Invoice)}
    boss = user_of(ids, Role.EXECUTIVE)
    with pytest.raises(BadInput) as error:
        collections.log_contact(engine, boss, call(ids, invoice_id=bills["C1"]))
    assert reasons_of(error) == {"invoice_not_of_customer"}
    collections.log_contact(engine, boss, call(ids, invoice_id=bills["A1"]))


# supervision


def test_two_live_items_on_one_matter_are_refused(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    number = supervision.open_item(engine, boss, task(ids), on=TODAY)
    with pytest.raises(BadInput) as error:
        supervision.open_item(engine, boss, task(ids), on=TODAY)
    assert reasons_of(error) == {"supervision_already_open"}
    supervision.open_item(engine, boss, task(ids, topic="low_score"), on=TODAY)
    supervision.close(engine, boss, number, 1, evidence="paid", on=TODAY)
    supervision.open_item(engine, boss, task(ids), on=TODAY)
    assert len(every(engine, SupervisionItem)) == 3


def test_the_store_itself_refuses_a_second_live_item(engine: Engine, ids: dict[str, int]) -> None:
    item = {
        "customer_id": ids["Ash"],
        "topic": "overdue",
        "title": "t",
        "owner_id": ids["boss"],
        "opened_on": TODAY,
        "due_on": TODAY,
    }
    with pytest.raises(IntegrityError), store.writing(engine) as session:
        session.add_all([SupervisionItem(**item), SupervisionItem(**item)])


def test_bulk_work_passes_over_what_is_open_or_unowned(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    supervision.open_item(engine, boss, task(ids, "Beech"), on=TODAY)
    tasks = [task(ids, name, owner_id=None) for name in company.PLACES]
    done = supervision.open_items(engine, boss, tasks, on=TODAY)
    assert (done.opened, done.already_open, done.without_owner) == (2, 1, 1)
    owners = {item.customer_id: item.owner_id for item in every(engine, SupervisionItem)}
    assert owners[ids["Cedar"]] == ids["wang"]
    with pytest.raises(BadInput) as error:
        supervision.open_items(engine, boss, tasks * 200, on=TODAY)
    assert reasons_of(error) == {"too_many"}


def test_work_goes_only_to_those_who_see_the_customer(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    for owner, reason in ((ids["wang"], "assignee_cannot_see"), (9999, "assignee_unknown")):
        with pytest.raises(BadInput) as error:
            supervision.open_item(engine, boss, task(ids, owner_id=owner), on=TODAY)
        assert reasons_of(error) == {reason}
    with pytest.raises(BadInput) as error:
        supervision.open_item(engine, boss, task(ids, "Date", owner_id=None), on=TODAY)
    assert reasons_of(error) == {"customer_has_no_manager"}


def test_an_item_moves_through_its_life(engine: Engine, ids: dict[str, int]) -> None:
    boss, li = user_of(ids, Role.EXECUTIVE), user_of(ids, Role.ACCOUNT_MANAGER)
    number = supervision.open_item(engine, boss, task(ids, owner_id=ids["li"]), on=TODAY)
    later = TODAY + timedelta(days=20)
    supervision.reschedule(engine, li, number, 1, due_on=later, owner_id=ids["credit"])
    with pytest.raises(NotAllowed):
        supervision.close(engine, li, number, 2, evidence="x", on=TODAY)
    supervision.escalate(engine, boss, number, 2, to_id=ids["boss"], on=TODAY)
    (item,) = every(engine, SupervisionItem)
    assert (item.state, item.escalated_to, item.due_on) == (
        SupervisionState.ESCALATED,
        ids["boss"],
        later,
    )
    with pytest.raises(BadInput):
        supervision.close(engine, boss, number, 3, evidence="  ", on=TODAY)
    supervision.close(engine, boss, number, 3, evidence="receipt 7", on=TODAY)
    with pytest.raises(Conflict):
        supervision.close(engine, boss, number, 4, evidence="again", on=TODAY)
    actions = [entry.action for entry in every(engine, AuditEntry)]
    assert actions == [f"supervision.{a}" for a in ("open", "reschedule", "escalate", "close")]


def test_an_old_version_of_an_item_is_refused(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    number = supervision.open_item(engine, boss, task(ids), on=TODAY)
    supervision.escalate(engine, boss, number, 1, to_id=ids["boss"], on=TODAY)
    for write in (
        lambda: supervision.close(engine, boss, number, 1, evidence="x", on=TODAY),
        lambda: supervision.escalate(engine, boss, number, 1, to_id=ids["admin"], on=TODAY),
        lambda: supervision.reschedule(engine, boss, number, 1, due_on=TODAY, owner_id=ids["boss"]),
    ):
        with pytest.raises(Conflict):
            write()
    assert every(engine, SupervisionItem)[0].version == 2


# alerts


def test_the_first_decision_makes_the_alert(engine: Engine, ids: dict[str, int]) -> None:
    alerts.confirm(engine, user_of(ids, Role.ACCOUNT_MANAGER), seen(ids), note="true")
    (alert,) = every(engine, Alert)
    assert (alert.state, alert.level, alert.score) == (AlertState.CONFIRMED, Level.RED, 72)
    assert alert.raised_on == company.OCTOBER, "since when it has been at risk"
    assert alert.reasons[0]["code"] == "own_rhythm"
    with pytest.raises(BadInput) as error:
        alerts.confirm(engine, user_of(ids, Role.EXECUTIVE), seen(ids, "Date"))
    assert reasons_of(error) == {"no_alert"}


@pytest.mark.parametrize("role", [Role.SERVICE, Role.CREDIT_CONTROLLER])
def test_some_roles_do_not_decide(engine: Engine, ids: dict[str, int], role: Role) -> None:
    actor = user_of(ids, role)
    for write in (
        lambda: alerts.confirm(engine, actor, seen(ids)),
        lambda: alerts.saved(engine, actor, seen(ids), note="x"),
        lambda: alerts.lost(engine, actor, seen(ids), reason=LossReason.UNKNOWN, happened_on=TODAY),
        lambda: alerts.won_back(engine, actor, ids["Date"], on=TODAY, note="x"),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_two_who_decide_at_once_do_not_overwrite(engine: Engine, ids: dict[str, int]) -> None:
    boss, li = user_of(ids, Role.EXECUTIVE), user_of(ids, Role.ACCOUNT_MANAGER)
    alerts.confirm(engine, boss, seen(ids))
    (alert,) = every(engine, Alert)
    for version in (0, alert.version - 1, alert.version + 1):
        with pytest.raises(Conflict):
            alerts.snooze(engine, li, seen(ids, version=version), until=TODAY + timedelta(days=5))
    alerts.snooze(engine, li, seen(ids, version=alert.version), until=TODAY + timedelta(days=5))
    (alert,) = every(engine, Alert)
    assert (alert.state, alert.snoozed_until) == (AlertState.SNOOZED, TODAY + timedelta(days=5))


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_rest_always_ends(engine: Engine, ids: dict[str, int], days: int) -> None:
    until = TODAY + timedelta(days=days)
    with pytest.raises(BadInput) as error:
        alerts.dismiss(engine, user_of(ids, Role.EXECUTIVE), seen(ids), reason="r", until=until)
    assert reasons_of(error) == {"rest_out_of_range"}
    with pytest.raises(BadInput) as error:
        alerts.dismiss(
            engine,
            user_of(ids, Role.EXECUTIVE),
            seen(ids),
            reason="",
            until=TODAY + timedelta(days=3),
        )
    assert reasons_of(error) == {"text_needed"}


def test_a_loss_ends_alert_and_task_and_freezes_the_record(
    engine: Engine, ids: dict[str, int]
) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    alerts.confirm(engine, boss, seen(ids))
    supervision.open_item(engine, boss, task(ids, topic="loss_alert"), on=TODAY)
    (alert,) = every(engine, Alert)
    alerts.lost(
        engine,
        boss,
        seen(ids, version=alert.version),
        reason=LossReason.WEAK_SERVICE,
        happened_on=TODAY,
        competitor="Rival",
        note="left",
    )
    (alert,) = every(engine, Alert)
    assert (alert.state, alert.ended_on, alert.value_at_risk) == (AlertState.LOST, TODAY, 600_000)
    event = next(e for e in every(engine, LossEvent) if e.customer_id == ids["Ash"])
    assert (event.reason, event.value, event.competitor) == (
        LossReason.WEAK_SERVICE,
        200_000,
        "Rival",
    )
    (item,) = every(engine, SupervisionItem)
    assert (item.state, item.evidence) == (SupervisionState.CLOSED, "left")
    frozen = (alert.score, alert.reasons)

    with store.writing(engine) as session:  # a later refresh thinks otherwise
        for row in session.exec(select(Snapshot).where(Snapshot.customer_id == ids["Ash"])):
            row.score, row.reasons = 99.0, []
    refused: tuple[tuple[Any, type[AppError]], ...] = (
        (lambda: alerts.confirm(engine, boss, seen(ids)), BadInput),
        (lambda: alerts.confirm(engine, boss, seen(ids, version=alert.version)), Conflict),
        (lambda: alerts.saved(engine, boss, seen(ids), note="kept"), BadInput),
        (
            lambda: alerts.lost(
                engine, boss, seen(ids), reason=LossReason.UNKNOWN, happened_on=TODAY
            ),
            BadInput,
        ),
    )
    for write, error in refused:
        with pytest.raises(error):
            write()
    (alert,) = every(engine, Alert)
    assert (alert.score, alert.reasons) == frozen


def test_a_customer_without_alert_can_be_lost_and_won_back(
    engine: Engine, ids: dict[str, int]
) -> None:
    boss = user_of(ids, Role.ADMINISTRATOR)
    lost_on = TODAY - timedelta(days=5)
    alerts.lost(engine, boss, seen(ids, "Date"), reason=LossReason.STAFF_LEFT, happened_on=lost_on)
    assert every(engine, Alert) == []
    with pytest.raises(BadInput) as error:
        alerts.won_back(engine, boss, ids["Date"], on=lost_on, note="n")
    assert reasons_of(error) == {"day_out_of_range"}
    alerts.won_back(engine, boss, ids["Date"], on=TODAY, note="ordered again")
    with pytest.raises(BadInput) as error:
        alerts.won_back(engine, boss, ids["Date"], on=TODAY, note="n")
    assert "customer_not_lost" in reasons_of(error)
    assert sorted(e.won_back for e in every(engine, LossEvent)) == [False, False, True, True]


def test_two_events_on_one_day_are_refused_in_words(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    with store.writing(engine) as session:
        session.add(LossEvent(customer_id=ids["Ash"], happened_on=TODAY, won_back=True))
    with pytest.raises(BadInput) as error:
        alerts.lost(engine, boss, seen(ids), reason=LossReason.UNKNOWN, happened_on=TODAY)
    assert reasons_of(error) == {"loss_event_that_day"}
    assert every(engine, Alert) == [], "nothing of it was stored"


def test_saving_ends_the_alert_and_a_new_one_may_come(engine: Engine, ids: dict[str, int]) -> None:
    boss = user_of(ids, Role.EXECUTIVE)
    with pytest.raises(BadInput):
        alerts.saved(engine, boss, seen(ids), note=" ")
    alerts.saved(engine, boss, seen(ids), note="new contract")
    alerts.confirm(engine, boss, seen(ids))
    states = [alert.state for alert in every(engine, Alert)]
    assert states == [AlertState.SAVED, AlertState.CONFIRMED]


def test_the_store_itself_holds_one_live_alert(engine: Engine, ids: dict[str, int]) -> None:
    fields = {"customer_id": ids["Ash"], "raised_on": TODAY, "level": Level.RED, "score": 70}
    with pytest.raises(IntegrityError), store.writing(engine) as session:
        session.add_all([Alert(**fields), Alert(**fields)])


def test_a_refused_write_leaves_no_trace(engine: Engine, ids: dict[str, int]) -> None:
    (before,) = every(engine, StoreState)
    with pytest.raises(BadInput):
        alerts.lost(
            engine,
            user_of(ids, Role.EXECUTIVE),
            seen(ids),
            reason=LossReason.UNKNOWN,
            happened_on=date(2200, 1, 1),
        )
    (after,) = every(engine, StoreState)
    assert (after.revision, after.facts_revision) == (before.revision, before.facts_revision)
    assert every(engine, AuditEntry) == []
