"""Two people at one row, in two browsers on one server (两人同改): nothing of the first is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from models.tables import metadata
from tests.served import Server, serve_copy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo-server")]
MINE = "Nothing of yours was saved; look again."


@pytest.fixture(scope="module")
def server(demo_file: Path, request: pytest.FixtureRequest) -> Server:
    """A served demo company of this file alone: rows are written in it, and nothing computed."""
    return serve_copy(demo_file, request, KEHU_AUTO_REFRESH="0")


@pytest.fixture(scope="module")
def two(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """The administrator and the credit controller, each in a browser profile of their own."""
    opened = []
    for login in ("admin", "credit"):
        context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 1200})
        context.set_default_timeout(60_000)
        key = server.begin(login)
        context.add_cookies([{"name": "kehu", "value": key, "url": server.url}])
        opened.append(context)
    yield opened[0].new_page(), opened[1].new_page()
    for context in opened:
        context.close()


def value(server: Server, table: str, column: str, **where: object) -> object:
    """One value of the store."""
    source = metadata.tables[table]
    query = sa.select(source.c[column]).where(*(source.c[k] == v for k, v in where.items()))
    with server.engine.connect() as connection:
        return connection.execute(query.order_by(source.c.id.desc()).limit(1)).scalar_one()


def told(page: Page, what: str) -> None:
    """The page says that nothing was saved, by whom, when and what was done."""
    alert = page.get_by_test_id("stAlert").filter(has_text=MINE)
    expect(alert).to_be_visible()
    expect(alert).to_contain_text(re.compile(rf"\S+ changed this on \d{{4}}-.*: {what}"))


def test_the_note_of_a_card(two: tuple[Page, Page], server: Server) -> None:
    code = value(server, "customer", "code", id=1)
    for page, words in zip(two, ("pays by cheque", "moves in May"), strict=True):
        page.goto(f"{server.url}/customer?id={code}&tab=file")
        page.locator("textarea").first.fill(words)
    save = "Save, and mark as verified today"
    first, second = two
    first.get_by_role("button", name=save).click()
    expect(first.get_by_text("Saved.")).to_be_visible()
    second.get_by_role("button", name=save).click()
    told(second, "note and verification")
    expect(second.locator("textarea").first).to_have_value("moves in May")
    expect(second.get_by_text("pays by cheque")).to_be_visible()
    assert value(server, "customer", "note", id=1) == "pays by cheque"
    second.reload()
    expect(second.locator("textarea").first).to_have_value("pays by cheque")
    second.locator("textarea").first.fill("pays by cheque; moves in May")
    second.get_by_role("button", name=save).click()
    expect(second.get_by_text("Saved.")).to_be_visible()
    assert value(server, "customer", "note", id=1) == "pays by cheque; moves in May"


def test_a_contact_with_a_promise(two: tuple[Page, Page], server: Server) -> None:
    """The newest contact says what is promised: one logged unseen would set it aside."""
    row = value(server, "receipt", "customer_id")
    for page, words in zip(two, ("will pay on Friday", "no answer"), strict=True):
        page.goto(f"{server.url}/receivables?c={row}")
        page.get_by_label("Note").last.fill(words)
        page.get_by_label("Note").last.press("Tab")
    first, second = two
    first.get_by_role("button", name="Log contact").click()
    expect(first.get_by_text("Contact logged.", exact=True)).to_be_visible()
    second.get_by_role("button", name="Log contact").click()
    told(second, "contact logged")
    expect(second.get_by_label("Note").last).to_have_value("no answer")
    assert value(server, "collection_action", "note", customer_id=row) == "will pay on Friday"
    second.get_by_role("button", name="Log contact").click()
    expect(second.get_by_text("Contact logged.", exact=True)).to_be_visible()
    assert value(server, "collection_action", "note", customer_id=row) == "no answer"


def test_two_imports_of_one_customer(two: tuple[Page, Page], server: Server) -> None:
    code, name = (value(server, "customer", column, id=2) for column in ("code", "name"))
    for page, town in zip(two, ("Amoy", "Canton"), strict=True):
        page.goto(f"{server.url}/import")
        text = f"客户编码,客户名称,城市\n{code},{name},{town}\n"
        page.locator("input[type=file]").set_input_files(
            {"name": f"{town}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("button", name="Import all rows")).to_be_visible()
    first, second = two
    first.get_by_role("button", name="Import all rows").click()
    expect(first.get_by_text("See what was stored")).to_be_visible()
    second.get_by_role("button", name="Import all rows").click()
    expect(second.get_by_text("1 value was changed by somebody else")).to_be_visible()
    assert value(server, "customer", "city", id=2) == "Amoy"
    second.get_by_role("button", name="Check again").click()
    expect(second.get_by_text("1 value would change")).to_be_visible()
    second.get_by_role("button", name="Import all rows").click()
    expect(second.get_by_text("See what was stored")).to_be_visible()
    assert value(server, "customer", "city", id=2) == "Canton"
