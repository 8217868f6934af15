"""Other people's files through the wizard, in a real browser (浏览器导入): as the command line."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Engine

from data import store
from settings import ROOT
from tests.browser.conftest import PATIENCE
from tests.conftest import SAMPLES, SHARED
from tests.data.imports.bringing import content, count
from tests.served import Server, seed, serve_copy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("import-server")]

TABLES = ("customer", "product", "sales_order", "order_line")
MAPS = ROOT / "data" / "samples" / "maps"


@pytest.fixture(scope="module")
def before(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with accounts and no sales."""
    path = tmp_path_factory.mktemp("before") / "kehu.db"
    shutil.copy(migrated_file, path)
    engine = store.open_store(f"sqlite:///{path}")
    seed(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def import_server(before: Path, request: pytest.FixtureRequest) -> Server:
    """The store, served."""
    return serve_copy(before, request)


@pytest.fixture
def page(browser: Browser, import_server: Server) -> Iterator[Page]:
    """The import page of the administrator, in English."""
    context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 1400})
    context.set_default_timeout(PATIENCE)
    key = import_server.begin("admin")
    context.add_cookies([{"name": "kehu", "value": key, "url": import_server.url}])
    opened = context.new_page()
    opened.goto(f"{import_server.url}/import")
    yield opened
    context.close()


@pytest.fixture
def by_command(before: Path, tmp_path: Path) -> Engine:
    """A copy of the store for the command line."""
    shutil.copy(before, tmp_path / "kehu.db")
    return store.open_store(f"sqlite:///{tmp_path / 'kehu.db'}")


def command(engine: Engine, path: Path, map_name: str) -> None:
    """Bring the file in by `manage.py import`."""
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "import",
            "orders",
            str(path),
            "--json",
            "--no-refresh",
            "--map",
            str(MAPS / map_name),
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": str(engine.url)},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["summary"]["exit_code"] == 0


def sample(name: str, folder: Path) -> Path:
    """A public file, or the part of it kept here."""
    whole = SHARED / "data" / name
    if whole.exists():
        return whole
    if (SAMPLES / name).exists():
        return SAMPLES / name
    path = folder / name
    with gzip.open(SAMPLES / "superstore_lines.csv.gz") as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


def idle(page: Page) -> None:
    """Wait until the page has been drawn."""
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def choose(page: Page, label: str, option: str, opens: Locator | None = None) -> None:
    """Choose an option of a box of the file's card, which vanishes while the file is read.

    Afterwards the box shows the option; one that holds several opens something instead.
    """
    box = page.locator(".st-key-file").get_by_role("combobox", name=label, exact=True)
    wanted = page.get_by_role("option", name=option, exact=True).first
    for _try in range(30):  # a page drawn anew meanwhile closes the list, or takes the click
        try:
            box.click(timeout=10_000)
            wanted.click(timeout=5_000)
            idle(page)
            if opens is None:
                expect(box).to_have_value(option, timeout=5_000)
            else:
                page.keyboard.press("Escape")  # what lies beside an open list is hidden
                expect(opens).to_be_visible(timeout=5_000)
            return
        except (AssertionError, PlaywrightError):
            page.keyboard.press("Escape")
            idle(page)
    pytest.fail(f"{option} could not be chosen of {label}")


def tick(page: Page, words: str) -> None:
    """Click on words: a tick or a fold."""
    page.get_by_text(words, exact=True).first.click()
    idle(page)


def store_all(page: Page, rows: str) -> None:
    """Check the file and store all of it."""
    page.get_by_role("button", name="Check the file").click()
    button = page.get_by_role("button", name="Import all rows")
    expect(button).to_be_visible()
    expect(page.get_by_text(rows).first).to_be_visible()
    button.click()
    expect(page.get_by_text("See what was stored")).to_be_visible()


def same_sales(page_engine: Engine, command_engine: Engine) -> None:
    """Both ways brought the same customers, products, orders and lines."""
    by_page, by_line = content(page_engine), content(command_engine)
    for table in TABLES:
        assert by_page[table] == by_line[table], table


def test_superstore_and_cdnow(
    page: Page, import_server: Server, by_command: Engine, tmp_path: Path
) -> None:
    superstore = sample("superstore.csv", tmp_path)
    page.locator("input[type=file]").set_input_files(superstore)
    expect(page.get_by_role("button", name="Check the file")).to_be_visible()
    idle(page)
    tick(page, "More columns")
    choose(page, "Customer's industry", "Segment")
    choose(page, "Customer's province", "State")
    choose(page, "Customer's city", "City")
    choose(page, "Product category", "Sub-Category")
    tick(page, "Create customers that are not there")
    tick(page, "Create products that are not there")
    tick(page, "How figures and dates are written")
    tick(page, "Round amounts with more than two decimals")
    store_all(page, "9,994")
    command(by_command, superstore, "superstore.toml")
    same_sales(import_server.engine, by_command)

    cdnow = sample("cdnow_sample.txt", tmp_path)
    tick(page, "Add files")
    page.locator("input[type=file]").set_input_files(cdnow)
    expect(page.get_by_text("no separator was found")).to_be_visible()
    choose(page, "Separator", "Blanks")
    tick(page, "The file has no header; its columns are numbered")
    choose(page, "Kind of sheet", "Orders")
    choose(page, "Customer code", "1")
    choose(page, "Order date *", "3")
    choose(page, "Amount *", "5")
    tick(page, "More columns")
    choose(page, "Quantity", "4")
    tick(page, "Fields the file does not have")
    box = page.get_by_role("textbox", name="Order number")
    choose(page, "Fill these fields for every row", "Order number", opens=box)
    box.fill("CDNOW-{customer_code}-{ordered_on}")
    box.press("Enter")
    idle(page)
    tick(page, "Create customers that are not there")
    store_all(page, "6,919")
    command(by_command, cdnow, "cdnow.toml")
    same_sales(import_server.engine, by_command)
    done = page.get_by_text("The figures of all pages are up to date.")
    expect(done).to_be_visible(timeout=4 * PATIENCE)
    assert count(import_server.engine, "snapshot") > 0
