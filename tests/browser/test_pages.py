"""The pages as a browser draws them (页面): charts, clicks, languages, phone, no calls home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from components import menu
from tests.browser.conftest import PATIENCE
from tests.served import Server
from words.i18n import translate

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo-server")]

DRAWN = {"overview": 3, "pyramid": 2, "key_accounts": 1, "receivables": 2, "satisfaction": 3}
"""Charts a screen shows at least."""
WATCH = (
    "window.broken = [];"
    "document.addEventListener('securitypolicyviolation',"
    " e => window.broken.push(e.violatedDirective + ' ' + e.blockedURI))"
)
DESKTOP = {"width": 1440, "height": 900}
SCREENS = [key for key in menu.SCREENS if key != "customer"]


@pytest.fixture(scope="module")
def tab(browser: Browser, demo_server: Server) -> Iterator[Page]:
    """A tab of the administrator: what draws the pages is fetched and compiled once."""
    context = new_profile(browser)
    sign_in(context, demo_server, "admin")
    yield context.new_page()
    context.close()


def new_profile(browser: Browser) -> BrowserContext:
    """A browser profile of its own, in Chinese, at desktop width."""
    context = browser.new_context(
        locale="zh-CN",
        viewport=DESKTOP,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    return context


@pytest.fixture
def opened(tab: Page) -> Page:
    """The tab at desktop width."""
    tab.set_viewport_size(DESKTOP)
    return tab


def sign_in(context: BrowserContext, server: Server, login: str) -> None:
    """From here on the browser is that user's."""
    context.add_cookies([{"name": "kehu", "value": server.begin(login), "url": server.url}])


def visit(page: Page, server: Server, key: str, query: str = "") -> None:
    """Open a screen and wait until nothing runs."""
    screen = menu.SCREENS[key]
    page.goto(f"{server.url}/{screen.url_path}{query}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


@pytest.mark.parametrize("key", SCREENS)
def test_every_screen_is_drawn_from_here_alone(opened: Page, demo_server: Server, key: str) -> None:
    asked: list[str] = []

    def watch(request: Request) -> None:
        asked.append(request.url)

    opened.on("request", watch)
    visit(opened, demo_server, key)
    charts = opened.locator(".js-plotly-plot .main-svg")
    if key in DRAWN:
        expect(charts.nth(DRAWN[key] - 1)).to_be_visible()
    text = opened.locator("[data-testid=stMain]").inner_text()
    for sign in ("Traceback", "nan", "None", "reason."):
        assert sign not in text, (key, sign)
    expect(opened.get_by_test_id("stException")).to_have_count(0)
    opened.remove_listener("request", watch)
    outside = [url for url in asked if not url.startswith((demo_server.url, "data:", "blob:"))]
    assert asked
    assert outside == []
    assert opened.evaluate("() => window.broken") == []


@pytest.mark.parametrize("key", ["overview", "pyramid", "receivables", "loss_alerts", "import"])
def test_nothing_is_wider_than_a_phone(opened: Page, demo_server: Server, key: str) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    visit(opened, demo_server, {"import": "imports"}.get(key, key))
    width = opened.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390


def test_the_language_changes_in_place(browser: Browser, demo_server: Server) -> None:
    context = new_profile(browser)
    sign_in(context, demo_server, "credit")  # the choice is kept: nobody else's tests may see it
    page = context.new_page()
    visit(page, demo_server, "receivables", "?tier=big")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        translate("Overdue receivables", "zh_Hans")
    )
    page.get_by_text("EN", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overdue receivables")
    assert "tier=big" in page.url
    context.close()


def test_filters_go_along_to_the_next_page(opened: Page, demo_server: Server) -> None:
    visit(opened, demo_server, "pyramid", "?as_of=2026-09-30")
    opened.get_by_test_id("stSidebar").get_by_text(
        translate("Key accounts", "zh_Hans"), exact=True
    ).click()
    opened.wait_for_url("**/key-accounts**")
    assert "as_of=2026-09-30" in opened.url
    expect(opened.get_by_text("2026-09-30").first).to_be_visible()


def test_a_click_on_a_band_lists_its_customers(opened: Page, demo_server: Server) -> None:
    visit(opened, demo_server, "pyramid")
    plot = opened.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    expect(plot.locator(".main-svg").first).to_be_visible()
    markers = plot.locator(".scatterlayer .trace .points path")
    expect(markers.first).to_be_attached()
    box = markers.first.bounding_box()
    assert box is not None
    opened.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.wait_for_url("**tier=top**")
