"""Swagger UI in a real browser that has no network: it renders, and Execute draws names."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
MARGIN = 10  # pixels

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert os.environ.get("CI") != "true", "no Chromium in CI"
        pytest.skip("no Chromium here: 'apt-get install chromium' adds it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
    yield page
    page.close()


def test_swagger_ui_draws_names_without_a_network(page: Page, address: str) -> None:
    complaints: list[str] = []
    requested: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
    page.on("request", lambda request: requested.append(request.url))

    page.goto(f"{address}/docs")
    operation = page.locator(".opblock-get", has=page.locator('[data-path="/sample"]'))
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda response: "/sample" in response.url) as drawn:
        operation.get_by_role("button", name="Execute").click()

    names = drawn.value.json()["names"]
    shown = operation.locator(".live-responses-table .highlight-code").first
    shown.wait_for()
    assert drawn.value.status == 200
    assert len(names) == 5
    assert all(f'"{name}"' in shown.inner_text() for name in names)
    assert complaints == []
    assert [url for url in requested if not url.startswith((address, "data:"))] == []

    save_screenshot(page, operation)


def save_screenshot(page: Page, operation: Locator) -> None:
    """Keep what lies between the Execute button and the names."""
    page.evaluate("window.scrollTo(0, 0)")
    top = operation.locator(".execute-wrapper, .btn-group").first.bounding_box()
    frame = operation.bounding_box()
    names = operation.locator(".live-responses-table .highlight-code").first.bounding_box()
    assert top is not None
    assert frame is not None
    assert names is not None
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=SCREENSHOTS / "swagger.png",
        full_page=True,
        clip={
            "x": frame["x"],
            "y": top["y"],
            "width": frame["width"],
            "height": names["y"] + names["height"] + MARGIN - top["y"],
        },
    )
