"""Stores filled once (填好的库): what many tests begin with is brought in once and copied.

A SQLite store is a file. A PostgreSQL database is made, from its template, when it is first
connected to, so that a test whose store was filled before makes one database and no more.
"""

from __future__ import annotations

import copy
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from data import store

EMPTY = "kehu_template"
"""The migrated, empty database."""
Given = TypeVar("Given")


class Database:
    """A PostgreSQL database that is there from the first connection on."""

    def __init__(self, admin: Engine, name: str, template: str = EMPTY) -> None:
        self.admin, self.name, self.template, self.made = admin, name, template, False
        self._making = threading.Lock()

    def say(self, *statements: str) -> None:
        """Have the server do something about databases."""
        with self.admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def make(self, *_about: object) -> None:
        with self._making:  # two threads may connect at once; the second waits until it is there
            if not self.made:
                self.say(f"create database {self.name} template {self.template} strategy file_copy")
                self.made = True

    def drop(self) -> None:
        self.made = False
        self.say(f"drop database if exists {self.name} with (force)")


class Kept:
    """Makes an empty store one that was filled in some way; called with (engine, fill)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._databases: dict[str | None, Database] = {}
        self._given: dict[tuple[str, str], Any] = {}

    def watch(self, engine: Engine, database: Database) -> None:
        """The database comes with the first connection of this engine."""
        self._databases[engine.url.database] = database
        event.listen(engine, "do_connect", database.make)

    def __call__(self, engine: Engine, fill: Callable[[Engine], Given]) -> Given:
        """Fill the store, or copy one that was; what `fill` gave, each time anew.

        Args:
            engine: of an empty store.
            fill: a function of a module, which does the same every time.
        """
        assert "<locals>" not in fill.__qualname__
        name = f"{fill.__module__}.{fill.__qualname__}".replace(".", "_")
        key = (engine.dialect.name, name)
        if key not in self._given:
            given = fill(engine)
            engine.dispose()
            self._keep(engine, name)
            self._given[key] = given
        else:
            engine.dispose()
            self._put(engine, name)
        return copy.deepcopy(self._given[key])

    def _keep(self, engine: Engine, name: str) -> None:
        if store.is_sqlite(engine):
            shutil.copy(store.sqlite_path(engine), self._folder / f"{name}.db")
            return
        database = self._databases[engine.url.database]
        Database(database.admin, f"kept_{name}", database.name).make()

    def _put(self, engine: Engine, name: str) -> None:
        if store.is_sqlite(engine):
            shutil.copy(self._folder / f"{name}.db", store.sqlite_path(engine))
            return
        database = self._databases[engine.url.database]
        if database.made:
            database.drop()
        database.template = f"kept_{name}"
