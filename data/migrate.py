"""Bring the store to the newest shape (迁移), with Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from settings import ROOT


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every missing migration in one transaction on `engine`."""
    config = _config()
    with _reshaping(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base" empties the store)."""
    config = _config()
    with _reshaping(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@contextmanager
def _reshaping(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be built anew (`data.reshape`).

    SQLite deletes what refers to a table when it is dropped, unless foreign keys are off,
    and turns them off between transactions only. All references are held against the rows
    before anything is stored.
    """
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        assert driver is not None
        if sqlite:
            driver.execute("pragma foreign_keys=off")
        try:
            writer = connection.execution_options(write=True)
            with writer.begin():
                yield writer
                if sqlite:
                    _hold_references(writer)
        finally:
            if sqlite:
                driver.execute("pragma foreign_keys=on")


def _hold_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("pragma foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        message = f"{len(broken)} rows refer to rows that are not there: {tables}"
        raise RuntimeError(message)


def current(engine: Engine) -> str | None:
    """The store's revision, None where nothing was ever migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()
