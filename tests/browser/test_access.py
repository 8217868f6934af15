"""Signing in, staying in and being out, in a real browser (登录与访问)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from components import menu
from data import accounts, demo_accounts
from models.access import Role
from tests.browser.conftest import PATIENCE
from tests.served import HIDDEN, Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("served")]

WATCH = (
    "window.broken = [];"
    "document.addEventListener('securitypolicyviolation',"
    " e => window.broken.push(e.violatedDirective + ' ' + e.blockedURI))"
)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile that speaks English."""
    opened = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def enter(context: BrowserContext, server: Server, login: str, path: str = "/account") -> Page:
    """A page of somebody already signed in."""
    context.add_cookies([{"name": "kehu", "value": server.begin(login), "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}{path}")
    return page


def type_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill(password)
    page.locator("button.go").click()


def test_a_deep_link_survives_signing_in(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/account?as_of=2026-11-21")
    expect(page).to_have_title("Sign in · Kehu")
    type_in(page, "boss", "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("User name")).to_have_value("boss")
    type_in(page, "boss", demo_accounts.DEMO_PASSWORD)
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    assert "/account" in page.url
    assert "as_of=2026-11-21" in page.url


def test_the_sign_in_page_works_without_scripts(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("link", name="繁體").click()
    expect(page.get_by_role("heading", name="登入")).to_be_visible()
    page.get_by_role("button", name="boss").click()
    expect(page).to_have_url(re.compile(r"/$"))
    assert [cookie["name"] for cookie in context.cookies() if cookie["name"] == "kehu"]
    context.close()


@pytest.mark.parametrize("key", list(menu.SCREENS))
def test_a_cold_stranger_sees_only_the_sign_in_page(
    browser: Browser, server: Server, key: str
) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/{menu.SCREENS[key].url_path}?id=K1")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert HIDDEN not in page.content()
    assert all(url.startswith(server.url) for url in asked)
    assert not any("/static/" in url or "_stcore" in url for url in asked)
    context.close()


def test_signing_out_closes_every_tab(context: BrowserContext, server: Server) -> None:
    one = enter(context, server, "credit")
    expect(one.get_by_role("heading", name="My account")).to_be_visible()
    two = context.new_page()
    two.goto(f"{server.url}/account")
    expect(two.get_by_role("heading", name="My account")).to_be_visible()
    one.get_by_role("button", name="Sign out", exact=True).click()
    expect(one).to_have_title("Sign in · Kehu")
    two.get_by_role("button", name="Sign out everywhere").click()
    expect(two.get_by_text("Please sign in to continue.")).to_be_visible()
    expect(two.get_by_label("Current password")).to_have_count(0)
    one.go_back()
    expect(one).to_have_title("Sign in · Kehu")


def test_a_one_time_password_leads_to_the_account_page_from_everywhere(
    context: BrowserContext, server: Server
) -> None:
    password = accounts.create(
        server.engine, None, login="fresh", name="Fresh", role=Role.EXECUTIVE
    )
    page = context.new_page()
    page.goto(f"{server.url}/pyramid")
    type_in(page, "fresh", password)
    expect(page.get_by_text("Your password is a one-time one.")).to_be_visible()
    page.get_by_label("Current password").fill(password)
    page.get_by_label("New password", exact=True).fill("a phrase of my own")
    page.get_by_label("New password again").fill("a phrase of my own")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    expect(page.get_by_text("Your password is a one-time one.")).to_have_count(0)


def test_no_page_of_ours_breaks_the_policy_or_asks_elsewhere(
    context: BrowserContext, server: Server
) -> None:
    context.add_init_script(WATCH)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = enter(context, server, "admin", "/users")
    for key in ("users", "account"):
        page.goto(f"{server.url}/{menu.SCREENS[key].url_path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
        assert page.evaluate("window.broken") == []
    ours = (server.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []


def test_another_managers_customer_is_not_found(context: BrowserContext, server: Server) -> None:
    """The same words for a customer of somebody else and for one that does not exist."""
    page = enter(context, server, "m01", "/customer?id=K1")
    expect(page.get_by_text("Open Ocean").first).to_be_visible()
    seen = []
    for code in ("K2", "NO-SUCH"):
        page.goto(f"{server.url}/customer?id={code}")
        alert = page.get_by_test_id("stAlert").first
        expect(alert).to_be_visible()
        assert HIDDEN not in page.content()
        seen.append(alert.inner_text().replace(code, "?"))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("login", ["m01", "boss", "service", "credit"])
def test_pages_of_administrators_stay_closed(
    context: BrowserContext, server: Server, login: str
) -> None:
    page = enter(context, server, login, "/users?user=m02")
    expect(page.get_by_test_id("stApp")).to_be_visible()
    page.locator("h1").first.wait_for()
    expect(page.get_by_text("Add a user")).to_have_count(0)
    expect(page.get_by_text("User accounts")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_sign_in_page_fits(browser: Browser, server: Server, scheme: str, width: int) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(server.url)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    field = page.get_by_role("textbox").first.bounding_box()
    assert field is not None
    assert field["height"] >= 44
    assert field["width"] >= 300
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")
    context.close()
