"""Any date, as a browser draws it (任意日期): asked for, computed while one waits, chosen.

On the demo company that the other pages are read from: another computed date is no harm.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import sign_in, visit
from tests.served import Server
from words.i18n import translate

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo-server")]


@pytest.fixture
def opened(browser: Browser, demo_server: Server) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    sign_in(context, demo_server, "m01")
    yield page
    context.close()


def test_a_date_is_computed_while_the_reader_waits(opened: Page, demo_server: Server) -> None:
    visit(opened, demo_server, "receivables", "?as_of=2026-05-17")
    named = translate("No figures were computed for {date}.", "zh_Hans", date="2026-05-17")
    expect(opened.get_by_text(named)).to_be_visible()
    expect(opened.get_by_test_id("stMetric")).to_have_count(0)
    opened.get_by_text(translate("Compute this date now", "zh_Hans")).click()
    expect(opened.get_by_test_id("stMetric").first).to_be_visible()
    expect(opened.get_by_text("按需计算，用时")).to_be_visible()
    visit(opened, demo_server, "receivables")
    expect(opened.get_by_text("2026-11-21").first).to_be_visible()
    expect(opened.get_by_text("按需计算，用时")).to_have_count(0)


def test_computed_dates_are_a_click_away(opened: Page, demo_server: Server) -> None:
    visit(opened, demo_server, "pyramid")
    quick = opened.get_by_test_id("stMain").get_by_role("button", name="event_available")
    quick.first.click()
    opened.get_by_text("2026-09-30", exact=True).first.click()
    opened.wait_for_url("**as_of=2026-09-30**")
    expect(opened.get_by_text("数据截至 2026-09-30").first).to_be_visible()
