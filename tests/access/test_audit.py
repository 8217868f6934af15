"""The audit trail (审计日志): chained, atomic with the change, tampering named by row."""

from __future__ import annotations

import threading
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from data import audit, store
from models.access import Role


def fill(engine: Engine, count: int) -> list[int]:
    ids = []
    for number in range(count):
        with store.writing(engine) as session:
            entry = audit.record(
                session,
                None,
                "customer.reassign",
                "customer",
                f"K{number:04d}",
                before=None,
                after="王敏",
                on=date(2026, 11, 22),
                role=Role.SERVICE,
                share=0.1,
                codes=("a", "b"),
            )
            ids.append(entry.id or 0)
    return ids


def chain(engine: Engine, **kwargs: str) -> audit.Chain:
    with store.reading(engine) as session:
        return audit.verify(session, **kwargs)


def tamper(engine: Engine, statement: str, **values: object) -> None:
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text(statement), values)


def test_an_untouched_chain_is_whole(engine: Engine) -> None:
    fill(engine, 5)
    found = chain(engine)
    assert (found.entries, found.broken) == (5, None)
    assert len(found.head) == 64


def test_an_empty_chain_is_whole(engine: Engine) -> None:
    assert chain(engine) == audit.Chain(0, "", None)


def test_an_edited_entry_is_named(engine: Engine) -> None:
    ids = fill(engine, 5)
    tamper(engine, "update audit_entry set actor = 'somebody' where id = :id", id=ids[2])
    assert chain(engine).broken == audit.Break(ids[2], "content")


def test_the_entry_after_a_deleted_one_is_named(engine: Engine) -> None:
    ids = fill(engine, 5)
    tamper(engine, "delete from audit_entry where id = :id", id=ids[2])
    assert chain(engine).broken == audit.Break(ids[3], "link")


def test_an_edited_entry_with_a_new_hash_breaks_the_next_link(engine: Engine) -> None:
    ids = fill(engine, 3)
    with store.writing(engine) as session:
        entry = session.get_one(audit.AuditEntry, ids[1])
        entry.action = "customer.delete"
        entry.hash = audit.digest(entry)
        session.add(entry)
    assert chain(engine).broken == audit.Break(ids[2], "link")


def test_a_cut_tail_shows_against_a_noted_head(engine: Engine) -> None:
    ids = fill(engine, 4)
    head = chain(engine).head
    assert chain(engine, must_hold=head).broken is None
    tamper(engine, "delete from audit_entry where id = :id", id=ids[3])
    assert chain(engine).broken is None
    assert chain(engine, must_hold=head).broken == audit.Break(ids[2], "cut")


def test_a_failed_change_leaves_no_entry(engine: Engine) -> None:
    try:
        with store.writing(engine) as session:
            audit.record(session, None, "customer.edit", "customer", "K1")
            raise KeyError("the change itself fails")
    except KeyError:
        pass
    assert chain(engine).entries == 0


def test_hostile_text_is_stored_and_still_verifies(engine: Engine) -> None:
    with store.writing(engine) as session:
        audit.record(session, None, "x" * 99, "e\0f", "\ud800", note="a\0b\ud801" + "长" * 5000)
    assert chain(engine).broken is None


def test_parallel_writers_make_one_chain(engine: Engine) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            fill(engine, 8)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (chain(engine).entries, chain(engine).broken) == (32, None)


def test_several_entries_in_one_transaction_are_chained(engine: Engine) -> None:
    with store.writing(engine) as session:
        for number in range(3):
            audit.record(session, None, "import.row", "batch", number)
    assert (chain(engine).entries, chain(engine).broken) == (3, None)
    with Session(engine) as session:
        assert [entry.entity_id for entry in audit.latest(session, limit=2)] == ["2", "1"]
