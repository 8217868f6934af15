"""A Chromium and the served store for browser tests (浏览器测试)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.served import Server, serve_copy, server  # noqa: F401  (a fixture)

PATIENCE = 240_000
"""Milliseconds until a page is given up: a busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""No sandbox for root in containers; no calls home."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's, else Playwright's own, else skip (fail in CI)."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as player:
        try:
            opened = player.chromium.launch(executable_path=found, args=QUIET)
        except Error as error:
            reason = f"no Chromium to test with: {str(error).splitlines()[0]}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_server(demo_file: Path, request: pytest.FixtureRequest) -> Server:
    """The demo company, served: to read from, and to compute dates in."""
    return serve_copy(demo_file, request)
