"""The operators' page: health, trainings and models, with the admin's token."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import save_picture, violations
from tests.support.processes import Process
from tests.support.trainings import TOKEN, training_service

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]

NAMES = [
    first + vowel + last
    for first in ("br", "th", "k", "dur", "gim")
    for vowel in "aeo"
    for last in ("lin", "rak", "din")
]
LONG = 120_000
"""Milliseconds in which a short training ends on any machine."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One of its own: models are deleted."""
    with training_service(f"sqlite:///{tmp_path_factory.mktemp('admin')}/namewright.db") as service:
        yield service


@pytest.fixture(scope="module")
def address(service: Process) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture
def admin(page: Page, address: str) -> Page:
    page.goto(f"{address}/admin")
    page.get_by_label("The admin’s token").fill(TOKEN)
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#health .well").first).to_be_visible()
    return page


def upload(admin: Page, folder: Path, model: str) -> None:
    """Have the names learned, and wait for the end of it."""
    path = folder / f"{model}.txt"
    path.write_text("\n".join(random.Random(model).sample(NAMES, 40)), "utf-8")  # noqa: S311 - not a secret
    admin.get_by_text("Train a model on a list").click()
    admin.get_by_label("Publish under the name").fill(model)
    admin.get_by_label(re.compile("^List:")).set_input_files(path)
    admin.get_by_label("Put it into service").select_option("always")
    admin.get_by_role("button", name="Train", exact=True).click()
    expect(admin.locator("#job-state")).to_contain_text("Succeeded", timeout=LONG)
    admin.locator("#job [data-close]").click()


def test_a_wrong_token_opens_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/admin")
    page.get_by_label("The admin’s token").fill("of somebody else, but long")
    page.get_by_role("button", name="Open").click()

    expect(page.locator("#problem")).to_contain_text("not the admin’s token")
    expect(page.locator("#opened")).to_be_hidden()


def test_a_list_is_uploaded_learned_rolled_back_taken_out_and_deleted(admin: Page, tmp_path: Path) -> None:
    upload(admin, tmp_path, "dwarves")
    upload(admin, tmp_path, "dwarves")
    row = admin.locator("#models tr", has_text="dwarves")
    expect(row).to_contain_text("version 2", timeout=LONG)
    row.get_by_role("button", name="Versions of dwarves").click()
    expect(admin.locator("#model-history li")).to_have_count(2)
    save_picture(admin, "admin-model")
    wrong = violations(admin)

    admin.get_by_role("button", name="Put into service").first.click()  # version 1
    expect(admin.locator("#model-versions tr", has_text="Version 1")).to_contain_text("in service")
    admin.get_by_role("button", name="Delete version 2").click()
    expect(admin.get_by_role("button", name="Keep it")).to_be_focused()
    wrong += violations(admin)
    admin.get_by_role("button", name="Delete it").click()
    expect(admin.locator("#model-versions tr", has_text="Version 2")).to_have_count(0)
    admin.get_by_role("button", name="Take it out of service").click()
    admin.get_by_role("button", name="Take it out", exact=True).click()
    expect(row).to_contain_text("taken out")
    admin.get_by_role("button", name="Delete the model").click()
    admin.get_by_role("button", name="Delete it").click()

    expect(row).to_have_count(0)
    assert wrong == []


def test_a_training_is_followed_and_cancelled_after_a_question(admin: Page, address: str) -> None:
    asked = {"model": "cancelled", "corpus": "us", "preset": "best"}
    admin.request.post(f"{address}/train", data=asked, headers={"Authorization": f"Bearer {TOKEN}"})
    row = admin.locator("#jobs tr", has_text="cancelled").first
    row.get_by_role("button", name="Details of the training").click()
    expect(admin.locator("#job-drawn")).to_contain_text("It draws", timeout=LONG)
    admin.keyboard.press("Escape")
    row.get_by_role("button", name="Cancel the training").click()
    admin.get_by_role("button", name="Keep it").click()
    expect(row.locator(".state-running")).to_be_visible()
    row.get_by_role("button", name="Cancel the training").click()
    admin.get_by_role("button", name="Cancel it").click()

    expect(row.locator(".state-cancelled")).to_be_visible()


def test_bundled_models_are_found_and_downloaded(admin: Page) -> None:
    admin.get_by_label("only those with trained versions").uncheck()
    admin.get_by_label("Find a model").fill("icelandic-g")
    expect(admin.locator("#models tr")).to_have_count(1)
    admin.get_by_role("button", name="Versions of icelandic-girls").click()
    expect(admin.get_by_role("button", name="Delete the model")).to_be_hidden()
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Download version 0").click()

    assert download.value.suggested_filename == "icelandic-girls-0.npz"


def test_the_token_is_forgotten_when_it_is_closed(admin: Page) -> None:
    admin.reload()
    expect(admin.locator("#health .well").first).to_be_visible()  # the tab remembers it
    admin.get_by_role("button", name="Close, and forget the token").click()
    admin.reload()

    expect(admin.get_by_label("The admin’s token")).to_be_visible()
    expect(admin.locator("#opened")).to_be_hidden()


@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}],
    indirect=True, ids=["light", "dark and small"],
)  # fmt: skip
def test_nothing_is_wrong_for_people_who_see_or_hear_otherwise(admin: Page) -> None:
    admin.get_by_text("Train a model on a list").click()
    save_picture(admin, f"admin-{admin.viewport_size['width'] if admin.viewport_size else 0}")

    assert violations(admin) == []
    assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_older_trainings_are_shown_when_they_are_wanted(admin: Page, address: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for number in range(21):
        asked = {"model": f"many-{number}", "corpus": "us", "preset": "best"}
        accepted = admin.request.post(f"{address}/train", data=asked, headers=headers)
        admin.request.post(f"{address}/train/{accepted.json()['id']}/cancel", headers=headers)
    admin.reload()
    expect(admin.locator("#jobs tr", has_text="many-20")).to_be_visible()
    expect(admin.locator("#jobs tr")).to_have_count(20)
    admin.locator("#older").click()

    expect(admin.locator("#jobs tr", has_text="many-0")).to_be_visible()
    admin.reload()
    expect(admin.locator("#jobs tr")).to_have_count(20)
