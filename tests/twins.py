"""Tests that run on both databases (孪生测试), and which of them PostgreSQL sees in the suite.

A test with the fixture `engine` runs on SQLite and on PostgreSQL. What its twin on
PostgreSQL adds is what it makes the server do: statements, answered with rows, without
rows or with an error of the server's own. The suite keeps as many twins as do all of that
at least once; `tests/twins_of_the_drill.txt` names the others, which the drill runs.
A test that is not named there runs: a new one is left out by nobody but who looks.

The list is made anew by having every twin tell what it does, and choosing::

    python -m pytest -m postgres --tell-statements told.jsonl
    python -m tests.twins told.jsonl
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event

LIST = Path(__file__).with_name("twins_of_the_drill.txt")
_BLANKED = (
    (re.compile(r"'[^']*'"), "''"),
    (re.compile(r"%\(\w+\)s(::\w+(\[\])?)?"), "?"),
    (re.compile(r"\b\d+\b"), "0"),
    (re.compile(r"\?(, \?)+"), "?"),
    (re.compile(r"\(\?\)(, \(\?\))+"), "(?)"),
)
Done = frozenset[str]
"""What a test had the server do: statements with how they were answered."""


def left_to_the_drill() -> frozenset[str]:
    """Names of the twins that the suite does not run."""
    lines = LIST.read_text("utf-8").splitlines() if LIST.exists() else []
    return frozenset(line for line in lines if line and not line.startswith("#"))


def shape(statement: str) -> str:
    """A statement without its values, and without how many there are."""
    for found, instead in _BLANKED:
        statement = found.sub(instead, statement)
    return statement


class Telling:
    """Writes of every test on PostgreSQL what it had the server do, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("a", encoding="utf-8", buffering=1)
        self._done: set[str] = set()
        event.listen(Engine, "after_cursor_execute", self._answered)
        event.listen(Engine, "handle_error", self._refused)

    def _answered(
        self, connection: sa.Connection, cursor: Any, statement: str, *_about: object
    ) -> None:
        of_a_test = not statement.startswith(("create database", "drop database"))
        if connection.dialect.name == "postgresql" and of_a_test:
            self._done.add(f"{'some' if cursor.rowcount else 'none'} {shape(statement)}")

    def _refused(self, context: sa.ExceptionContext) -> None:
        said = getattr(context.original_exception, "diag", None)
        if said is not None:
            self._done.add(
                f"{said.sqlstate} {said.constraint_name} {shape(context.statement or '')}"
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Told when the test is over, with what its fixtures did."""
        self._done.clear()
        try:
            return (yield)
        finally:
            if self._done:
                line = {"test": item.nodeid, "done": sorted(self._done)}
                self._out.write(json.dumps(line, ensure_ascii=False) + "\n")


def enough(told: dict[str, Done], always: Iterable[str]) -> set[str]:
    """As few tests as do all that is done by any; `always` are among them."""
    chosen = set(always)
    left = frozenset().union(*told.values()).difference(*(told[one] for one in chosen))
    while left:
        best = max(sorted(told), key=lambda one: len(told[one] & left))
        chosen.add(best)
        left -= told[best]
    return chosen


def main(path: Path) -> None:
    """Choose, from what was told, and write the list."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    told = {line["test"]: frozenset(line["done"]) for line in lines}
    alone = [one for one in told if "postgres" not in one.split("[", 1)[-1]]
    left = sorted(told.keys() - enough(told, alone))
    head = "# Twins on PostgreSQL that the suite leaves to the drill; see tests/twins.py."
    LIST.write_text("\n".join([head, *left]) + "\n", "utf-8")
    print(f"{len(left)} of {len(told)} tests on PostgreSQL are left to the drill")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
