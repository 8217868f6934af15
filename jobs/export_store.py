"""The whole store as files (全库导出): a CSV of each kind of sheet, to be brought in again.

    DIR/<kind>/<kind>.csv         every row of a kind, as `import-folder DIR` reads it
    DIR/answers/<n>.csv + .toml   answers, a file for each survey, and the map that names it
    DIR/store/users.csv           accounts without passwords, for `user import`
    DIR/store/settings.json       thresholds that differ from the defaults, for `setting load`

Not in it: what a refresh computes (snapshots, alerts and what was decided on them), imports
and audit of the past, passwords and sign-ins.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from data import account_list, policies, store
from data.imports.columns.registry import ORDER, spec_of
from data.imports.parsing.days import written
from data.imports.terms.spec import Field
from data.queries import sheets
from errors import BadInput, Issue
from models.enums import SheetKind
from models.policy import Policy
from words.exports import disarm
from words.formats import MINOR_PER_MAJOR

BESIDE = "store"
"""Folder of what is not brought in as a sheet."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an export."""

    path: Path
    kind: SheetKind
    rows: int
    left_out: int
    """Rows that say the same as a newer one, which an import could not tell from it."""


def run(engine: Engine, folder: Path, *, kinds: Collection[SheetKind] = ()) -> list[Written]:
    """Write the store, or some kinds of it, into an empty folder.

    Args:
        engine: of the store.
        folder: made if it is not there.
        kinds: which sheets; all of them, and accounts and thresholds, if empty.

    Returns:
        The files in the order in which they can be brought in.

    Raises:
        BadInput: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(Issue("folder_not_empty", value=str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    done: list[Written] = []
    names = sheets.surveys(engine)
    with _one_state(engine) as connection:
        for kind in ORDER:
            if kinds and kind not in kinds:
                continue
            sheet = sheets.sheet(kind)
            if spec_of(kind).columns:
                done += _answers(connection, folder / kind.value, sheet, names)
            else:
                done += _file(connection, folder / kind.value / f"{kind.value}.csv", sheet)
    if not kinds:
        _beside(engine, folder / BESIDE)
    return done


@contextmanager
def _one_state(engine: Engine) -> Iterator[sa.Connection]:
    """A connection that sees one state of the store, whatever is written meanwhile."""
    with store.connected(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _file(connection: sa.Connection, path: Path, sheet: sheets.Sheet) -> Iterator[Written]:
    """One file; none where there is nothing to write."""
    rows = sheets.rows(connection, sheet.query)
    first = next(rows, None)
    if first is None:
        return
    path.parent.mkdir(exist_ok=True)
    writers = [_writer(one) for one in sheet.fields]
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([one.aliases[0] for one in sheet.fields])
        for row in _and(first, rows):
            lines.writerow([write(value) for write, value in zip(writers, row, strict=True)])
            count += 1
    older = 0 if sheet.repeated is None else connection.execute(sheet.repeated).scalar_one()
    yield Written(path, sheet.kind, count, int(older))


def _and(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _answers(
    connection: sa.Connection, folder: Path, sheet: sheets.Sheet, names: Sequence[tuple[str, str]]
) -> Iterator[Written]:
    """A file for each survey, with the map that says which survey it is."""
    for place, (code, name) in enumerate(names, start=1):
        path = folder / f"answers-{place}.csv"
        for one in _file(connection, path, sheets.of_survey(sheet, code)):
            said = f"survey = {_quoted(code)}\nsurvey_name = {_quoted(name)}\nnew_survey = true\n"
            text = f'kind = "answers"\n[options]\nshape = "answers"\n{said}'
            text += "".join(map(_as_stored, sheets.turned_items(connection, code)))
            path.with_name(f"{path.name}.toml").write_text(text, "utf-8")
            yield one


def _as_stored(item: Any) -> str:
    """A question whose answers are written as they are stored, more being better."""
    ends = f"minimum = {item.minimum}\nmaximum = {item.maximum}\nstep = {item.step}\n"
    return f"[items.{_quoted(item.code)}]\n{ends}reverse = false\n"


def _quoted(text: str) -> str:
    """Text as TOML writes it; JSON escapes the same way."""
    return json.dumps(text, ensure_ascii=False)


def _beside(engine: Engine, folder: Path) -> None:
    folder.mkdir()
    with store.reading(engine) as session:
        people = account_list.listed(session)
        _version, policy = policies.current(session)
    with (folder / "users.csv").open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(account_list.HEADER)
        lines.writerows([disarm(one[name]) for name in account_list.HEADER] for one in people)
    usual = Policy().as_dict()
    changed = {key: value for key, value in policy.as_dict().items() if value != usual[key]}
    text = json.dumps(changed, ensure_ascii=False, indent=2) + "\n"
    (folder / "settings.json").write_text(text, "utf-8")


def _writer(one: Field) -> Callable[[Any], str]:
    """How the values of a field are written, so that the import reads them as they were."""
    write = _WRITERS.get(one.type, _text)

    def cell(value: Any) -> str:
        return one.nothing if value is None or value == "" else write(value)

    return cell


def _text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, float):
        return _number(value)
    return disarm(str(value))


def _number(value: Any) -> str:
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "date": date.isoformat,
    "instant": written,
    "money": lambda value: f"{Decimal(int(value)) / MINOR_PER_MAJOR:.2f}",
    "number": _number,
    "whole": str,
    "flag": lambda value: "是" if value else "否",
}
