"""Chromium without a network, pages of it, and what is wrong with a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.support.checkout import ROOT
from tests.support.page_coverage import Coverage

SCREENSHOTS = ROOT / "build" / "screenshots"

CHROMIUM = shutil.which("chromium")
OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--no-sandbox",
)
REFUSED = "Failed to load resource: the server responded with a status of"
"""What the browser itself says of an answer that is an error, which a page cannot help."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module; skipped where there is none, but for CI."""
    if CHROMIUM is None:
        assert os.environ.get("CI") != "true", "no Chromium in CI"
        pytest.skip("no Chromium here: 'apt-get install chromium' adds it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def coverage() -> Iterator[Coverage]:
    """Which functions of the page ran; see `tests.support.page_coverage`."""
    coverage = Coverage()
    yield coverage
    coverage.save()


@pytest.fixture
def page(browser: Browser, coverage: Coverage, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page with storage of its own; a test's parameter for this fixture changes how the browser is."""
    options: dict[str, Any] = {"viewport": {"width": 1100, "height": 900}, "device_scale_factor": 1.5}
    context = browser.new_context(**(options | getattr(request, "param", {})))
    page = context.new_page()
    with coverage.of(page):
        yield page
    context.close()


@pytest.fixture
def browser_errors(page: Page, address: str) -> Iterator[list[str]]:
    """Console messages, exceptions and requests to other hosts; any of them fails the test.

    A test may take away those that it asked for.
    """
    errors: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        errors.append(message.text)

    def note_request(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            errors.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", note_request)
    yield errors
    assert [error for error in errors if not error.startswith(REFUSED)] == []


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong for people who see, hear or move otherwise."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def save_picture(page: Page, name: str) -> Path:
    """A picture of what is seen, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path
