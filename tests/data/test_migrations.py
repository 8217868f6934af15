"""Migrations on a filled store of the version before: every row is kept, nothing dangles."""

from __future__ import annotations

import gzip
import json
from datetime import UTC
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import migrate
from tests.conftest import SAMPLES

FIRST = json.loads(gzip.decompress((SAMPLES / "store_0001.json.gz").read_bytes()))
"""A store as the first version wrote it: table → columns and rows."""
GONE = {"snapshot_total": {"csi_sum", "csi_customers", "csi_n"}}
"""Columns no later version has."""
RAISED = {"store_state": {"revision", "facts_revision"}}


def _columns(engine: Engine, table: str) -> dict[str, Any]:
    return {each["name"]: each["type"] for each in sa.inspect(engine).get_columns(table)}


def _fill(engine: Engine) -> None:
    """Write the rows as they were, parents first; a reference may point forward."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = on")
        for table, held in FIRST.items():
            kinds = _columns(engine, table)
            names = held["columns"]
            flags = [isinstance(kinds[name], sa.Boolean) for name in names]
            rows = [
                tuple(
                    bool(value) if flag and value is not None else value
                    for value, flag in zip(row, flags, strict=True)
                )
                for row in held["rows"]
            ]
            mark = "%s" if engine.dialect.name == "postgresql" else "?"
            listed = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join([mark] * len(names))
            connection.exec_driver_sql(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', rows)
            if engine.dialect.name == "postgresql" and "id" in names and table != "store_state":
                newest = max(row[names.index("id")] for row in rows)
                sequence = sa.func.pg_get_serial_sequence(table, "id")
                connection.execute(sa.select(sa.func.setval(sequence, newest)))


def _kept(engine: Engine, table: str, columns: list[str]) -> list[tuple[str, ...]]:
    listed = ", ".join(f'"{name}"' for name in columns)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}"').all()
    return sorted(tuple(map(_plain, row)) for row in found)


def _plain(value: Any) -> str:
    """A value as text, alike in both databases and in the sample."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if hasattr(value, "astimezone"):
        return value.astimezone(UTC).strftime("%F %T")
    text = str(value)
    if text[:1] in ("[", "{"):
        return json.dumps(json.loads(text), sort_keys=True)
    return text.split(".")[0] if text[:2] == "20" and ":" in text else text


@pytest.fixture
def first_store(engine: Engine) -> Engine:
    """A filled store of the first version."""
    migrate.downgrade(engine, "base")
    migrate.upgrade(engine, "0001")
    _fill(engine)
    return engine


def test_every_row_of_the_first_version_is_kept(first_store: Engine) -> None:
    migrate.upgrade(first_store)
    for table, held in FIRST.items():
        left_out = GONE.get(table, set()) | RAISED.get(table, set())
        columns = [name for name in held["columns"] if name not in left_out]
        places = [held["columns"].index(name) for name in columns]
        before = sorted(tuple(_plain(row[place]) for place in places) for row in held["rows"])
        assert _kept(first_store, table, columns) == before, table


def test_what_is_new_is_filled_from_what_was_known(first_store: Engine) -> None:
    migrate.upgrade(first_store)
    with first_store.connect() as connection:

        def ask(question: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(question)]

        days = ask("SELECT count(*) FROM customer WHERE created_on < '2026-11-30'")
        assert days == [(0,)], "the day a card was made is that of its instant in China"
        wrong = ask(
            "SELECT count(*) FROM snapshot s JOIN customer c ON c.id = s.customer_id "
            "WHERE s.owner_id <> coalesce(c.owner_id, 0)"
        )
        assert wrong == [(0,)]
        wrong = ask(
            "SELECT count(*) FROM snapshot_invoice s JOIN invoice i ON i.id = s.invoice_id "
            "WHERE s.due_on <> i.due_on OR s.amount <> i.amount OR s.position <> 0"
        )
        assert wrong == [(0,)]
        held = FIRST["store_state"]
        before = dict(zip(held["columns"], held["rows"][0], strict=True))
        assert ask("SELECT facts_revision FROM store_state") == [(before["facts_revision"] + 1,)]


def test_a_question_taken_up_later_is_asked_since_then(first_store: Engine) -> None:
    """The first question of the sample, had nobody answered it in the two earliest waves."""
    with first_store.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM answer WHERE item_id = 1 AND response_id IN "
            "(SELECT id FROM response WHERE wave_id IN (3, 4))"
        )
        (before,) = connection.exec_driver_sql("SELECT facts_revision FROM store_state").one()
    migrate.upgrade(first_store)
    assert _kept(first_store, "survey_item", ["id", "since"]) == [
        ("1", "2026-01-21"),
        ("2", "None"),
        ("3", "None"),
        ("4", "None"),
        ("5", "None"),
    ]
    raised = [(str(before + 2),)]
    assert _kept(first_store, "store_state", ["facts_revision"]) == raised, "figures follow"


def test_a_filled_store_goes_down_and_up_again(first_store: Engine) -> None:
    migrate.upgrade(first_store)
    migrate.downgrade(first_store, "0001")
    migrate.upgrade(first_store)
    assert len(_kept(first_store, "answer", ["response_id"])) == len(FIRST["answer"]["rows"])


def test_a_refresh_runs_on_the_migrated_store(first_store: Engine) -> None:
    from jobs import refresh

    migrate.upgrade(first_store)
    done = refresh.run(first_store, dates=[refresh.default_date(first_store)])
    assert done[0].customers
