"""Swagger UI in a real browser that has no network: it renders, Execute draws names, and an admin trains there."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response

from tests.support.browser import SCREENSHOTS
from tests.support.processes import until
from tests.support.trainings import TOKEN, some_names

pytestmark = pytest.mark.slow

MARGIN = 10  # pixels


def operation_of(page: Page, method: str, path: str) -> Locator:
    """An operation of Swagger UI, opened and with its form enabled."""
    operation = page.locator(f".opblock-{method}", has=page.locator(f'[data-path="{path}"]'))
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    return operation


def execute(page: Page, operation: Locator) -> Response:
    """Press Execute; the answer, once it is shown."""
    with page.expect_response(lambda response: response.request.resource_type == "fetch") as answered:
        operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table").wait_for()
    return answered.value


def authorize(page: Page) -> None:
    """Enter the admin token."""
    page.locator(".auth-wrapper .authorize").first.click()
    dialog = page.locator(".dialog-ux")
    dialog.locator("input").fill(TOKEN)
    dialog.locator("button.authorize").click()
    dialog.get_by_role("button", name="Close").first.click()


def until_succeeded(page: Page, operation: Locator, job: str) -> dict[str, Any]:
    """Press Execute on a job until it has succeeded."""
    operation.locator('tr[data-param-name="id"] input').fill(job)

    def succeeded() -> dict[str, Any] | None:
        found: dict[str, Any] = execute(page, operation).json()
        return found if found["state"] == "succeeded" else None

    return until(succeeded, "the end of the training", pause=0.5)


@pytest.mark.usefixtures("browser_errors")
def test_swagger_ui_draws_names_without_a_network(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    operation = operation_of(page, "get", "/sample")
    drawn = execute(page, operation)

    names = drawn.json()["names"]
    shown = operation.locator(".live-responses-table .highlight-code").first
    shown.wait_for()
    assert drawn.status == 200
    assert len(names) == 5
    assert all(f'"{name}"' in shown.inner_text() for name in names)

    save_screenshot(page, operation)


@pytest.mark.usefixtures("browser_errors")
def test_an_admin_trains_the_example_in_swagger_ui_and_draws_from_it(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    authorize(page)

    accepted = execute(page, operation_of(page, "post", "/train"))
    assert accepted.status == 202, accepted.text()
    job = accepted.json()["id"]
    ended = until_succeeded(page, operation_of(page, "get", "/train/{id}"), job)

    picture = operation_of(page, "get", "/train/{id}/loss.png")
    picture.locator('tr[data-param-name="id"] input').fill(job)
    assert execute(page, picture).headers["content-type"] == "image/png"
    shown = picture.locator(".live-responses-table img")
    shown.wait_for()
    page.wait_for_function("image => image.complete && image.naturalWidth > 300", arg=shown.element_handle())

    sample = operation_of(page, "get", "/sample")
    sample.locator('tr[data-param-name="model"] input').fill(ended["model"])
    drawn = execute(page, sample).json()
    assert (drawn["model"], drawn["version"]) == (ended["model"], ended["version"])

    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    picture.screenshot(path=SCREENSHOTS / "loss.png")


@pytest.mark.usefixtures("browser_errors")
def test_an_admin_uploads_a_file_in_swagger_ui(page: Page, address: str, tmp_path: Path) -> None:
    file = tmp_path / "dwarves.csv"
    file.write_text("name,count\n" + "".join(f"{name},{len(name)}\n" for name in some_names(120)), "utf-8")
    page.goto(f"{address}/docs")
    authorize(page)
    upload = operation_of(page, "post", "/train/upload")
    upload.locator('input[type="file"]').set_input_files(file)
    upload.locator('tr[data-property-name="model"] input[type="text"]').fill("dwarves")
    accepted = execute(page, upload)
    assert accepted.status == 202, accepted.text()
    assert accepted.json()["report"]["names"] == 120
    assert until_succeeded(page, operation_of(page, "get", "/train/{id}"), accepted.json()["id"])["version"] == 1
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    upload.screenshot(path=SCREENSHOTS / "upload.png")


def test_without_the_token_swagger_ui_shows_the_refusal(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    refused = execute(page, operation_of(page, "get", "/train"))
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")


def save_screenshot(page: Page, operation: Locator) -> None:
    """Save a picture of what lies between the Execute button and the names."""
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
