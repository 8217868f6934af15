"""Every column of a fact is filled by a sheet, or is named here with what fills it (填表来源).

A store that is filled from files alone must have no figure that only the demo could show.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data.imports.columns.registry import SPECS
from data.queries import sheets
from models.tables import metadata

OF_EVERY_ROW = {"id", "batch_id", "batch_line", "created_at", "version"}
"""Number, provenance, instant of recording, count of changes: the store's own."""
NO_FACTS = {"import_change"}
OTHERWISE = {
    ("key_account_override", "decided_at"): "the instant of recording",
    ("supervision_item", "alert_id"): "alerts are raised by a refresh and have no number",
    ("supervision_item", "response_id"): "an answer has no number; the page ties it",
    ("allocation", "allocated_on"): "written by the book of movements (`data.movements`)",
    ("allocation", "ended_on"): "a row of the sheet that takes back (类型 撤销)",
    ("allocation", "ended_reason"): "a row of the sheet that takes back (类型 撤销)",
    ("allocation", "recorded_by"): "who applied it on the page",
    ("allocation", "ended_by"): "who took it back on the page",
    ("invoice_schedule", "recorded_by"): "who agreed it on the page",
    ("reversal", "recorded_by"): "who recorded it on the page",
    ("write_off", "recorded_by"): "who recorded it on the page",
}
"""What no field of a sheet says, and why."""


def filled() -> set[tuple[str, str]]:
    """(table, column) of every column that a field of a sheet fills."""
    found = set()
    for spec in SPECS.values():
        said = {field.name for field in spec.fields} | {one.into for one in spec.references}
        said |= {staged for staged, _name in spec.read_from.values()}
        said |= {target.id_into for target in spec.targets}
        for target in spec.targets:
            given = {**target.columns, **target.key}
            found |= {(str(target.table.__tablename__), c) for c, s in given.items() if s in said}
    return found


def facts() -> Iterator[sa.Table]:
    for table in metadata.sorted_tables:
        if "batch_id" in table.c and table.name not in NO_FACTS:
            yield table


@pytest.mark.parametrize("table", facts(), ids=str)
def test_every_column_is_filled_from_files(table: sa.Table) -> None:
    lacking = [
        column.name
        for column in table.c
        if column.name not in OF_EVERY_ROW
        and (table.name, column.name) not in filled() | set(OTHERWISE)
    ]
    assert lacking == []


def test_what_is_named_is_not_filled_meanwhile() -> None:
    """An exception that no longer is one goes."""
    assert filled() & set(OTHERWISE) == set()
    for table, column in OTHERWISE:
        assert column in metadata.tables[table].c


def test_every_table_of_the_demo_has_a_sheet(demo_engine: Engine) -> None:
    with demo_engine.connect() as connection:
        filled_there = {
            table.name
            for table in metadata.sorted_tables
            if "batch_id" in table.c
            and connection.execute(sa.select(sa.exists().select_from(table))).scalar_one()
        }
    assert len(filled_there) > 20
    assert filled_there - NO_FACTS <= set(sheets.told_by())
