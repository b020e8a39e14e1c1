"""Names like somebody's own on the page, and a model kept of them, in a real browser that has no network."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from app.schemas.like import ELVES
from tests.support.browser import violations
from tests.support.processes import WAIT_SECONDS
from tests.support.trainings import TOKEN, some_names

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]

MINE = ELVES[:12]
REPORTS = [
    ("Anna", "1 name. Give at least 3"),
    ("name\nAnna\nBerta\nCarl", "3 names. More of them"),
    ("Anna, Berta, Carl, anna", "“Anna” stands there more than once, and counts once"),
    ("Anna\nBerta\n12\nC3PO\nx@y.org\n---\nCarl", "“12”, “C3PO”, “x@y.org” and 1 more are no names"),
    ("Anna;f;1\nBerta;f;2\nCarl;m;3", "3 names"),
    ('["Anna", "Berta", "Carl"]', "3 names"),
    ("[Anna\nBerta\nCarl", "3 names"),
    ("Anna\nBerta\nИван", "“Иван” is not all in Latin letters, as most names are, and left out"),
    ("Anna\nBerta\nCarlа", "2 names. Give at least 3; twenty are better. “Carlа” is not"),
    ("\n".join(some_names(205)), "205 names. 200 from all over the list"),
]
"""Lists, and what is said of each."""


@pytest.fixture
def listed(page: Page, address: str) -> Page:
    """The page where names are pasted."""
    page.goto(address)
    page.get_by_text("Like yours").click()
    expect(page.locator("#shortfall")).to_contain_text("at least three names")
    return page


def paste(page: Page, text: str) -> list[str]:
    """Paste a list; the names that appear."""
    page.fill("#like", text)
    expect(page.locator("#names .remark").last).not_to_be_empty(timeout=WAIT_SECONDS * 1000)
    return page.locator("#names .name bdi").all_inner_texts()


def test_names_like_those_that_are_pasted_appear_at_once_and_a_link_shows_them(listed: Page) -> None:
    names = paste(listed, "\n".join(MINE))
    assert len(names) == 12
    assert not set(names) & set(MINE)
    link = listed.url
    listed.goto("about:blank")
    listed.goto(link)
    expect(listed.locator("#names > li[data-name]")).to_have_count(12)
    assert listed.locator("#names .name bdi").all_inner_texts() == names
    assert listed.locator("#like").input_value().split("\n") == MINE


def test_a_list_is_looked_over_as_it_is_typed(listed: Page) -> None:
    for text, said in REPORTS:
        listed.fill("#like", text)
        expect(listed.locator("#like-report")).to_contain_text(said)


def test_what_a_training_would_make_of_a_list_is_told_with_the_names(listed: Page) -> None:
    names = [name for name in some_names(100) if not set("qxzw") & set(name.lower())]
    listed.fill("#like", "\n".join([*names, "zWIQx", "O+Hara"]))
    report = listed.locator("#like-report")
    expect(report).to_contain_text(f"{len(names) + 2} names.")
    expect(report).to_contain_text("Left out is “O+Hara”: a symbol that is not part of names.")
    expect(report).to_contain_text("Look at “zWIQx”: Upper and lower case unlike the rest of the list")
    listed.fill("#like", "\n".join([*names, "Zwiqx"]))
    expect(report).to_contain_text("In a single name only: q, w, x, z. Names drawn will hardly have them.")
    listed.fill("#like", "\n".join(names))
    expect(report).to_have_text(f"{len(names)} names.")


def test_what_is_chosen_before_the_scripts_are_there_holds(page: Page, address: str) -> None:
    waiting: list[Route] = []
    page.route("**/page.js", lambda route: waiting.append(route))
    page.goto(address)
    page.get_by_text("Like yours").click()
    page.fill("#start", "M")
    expect(page.locator("#names > li")).to_have_count(12)
    waiting[0].continue_()
    expect(page.locator("#like")).to_be_visible()
    expect(page.locator("#shortfall")).to_contain_text("at least three names")
    page.get_by_text("A language").click()
    expect(page.locator("#names bdi").first).to_have_text(re.compile("^M"))
    page.wait_for_url("**start=M**")


def test_what_the_service_refuses_is_told_in_a_sentence(listed: Page) -> None:
    listed.fill("#like", "Anna\nBerta\nRose + Mary")
    expect(listed.locator("#problem")).to_contain_text("Your names:")
    assert violations(listed) == []


def test_a_file_is_chosen_or_dropped(listed: Page, tmp_path: Path) -> None:
    file = tmp_path / "elves.csv"
    file.write_text("name,count\n" + "".join(f"{name},1\n" for name in MINE), "utf-8")
    listed.locator("#file").set_input_files(file)
    expect(listed.locator("#like-report")).to_contain_text("12 names")
    listed.fill("#like", "")
    listed.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["Anna\\nBerta\\nCarla\\nDora"], "names.txt"));
            const drop = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
            for (const type of ["dragover", "drop"]) document.querySelector("#like").dispatchEvent(drop(type));
        }"""
    )
    expect(listed.locator("#like-report")).to_contain_text("4 names")


def test_starred_names_are_what_others_should_be_like(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#like-starred")).to_be_disabled()
    for at in range(3):
        page.locator("#names > li").nth(at).get_by_role("button", name="among your stars").click()
    starred = page.locator("#stars bdi").all_inner_texts()
    page.get_by_text("Like yours").click()
    page.locator("#like-starred").click()
    expect(page.locator("#like-report")).to_contain_text("3 names")
    assert page.locator("#like").input_value().split("\n") == starred
    page.locator("#like-example").click()
    expect(page.locator("#like-report")).to_contain_text("10 names")


def test_a_model_is_kept_with_the_admins_token_and_followed_while_it_learns(listed: Page, address: str) -> None:
    paste(listed, "\n".join(MINE))
    listed.get_by_role("button", name="Keep this model").click()
    dialog = listed.get_by_role("dialog")
    dialog.get_by_label("Call it").fill("US")
    dialog.get_by_label("token").fill(TOKEN)
    dialog.get_by_role("button", name="Learn them").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is “US” already")
    dialog.get_by_label("Call it").fill("Page Elves")
    dialog.get_by_label("token").fill("not the token")
    dialog.get_by_role("button", name="Learn them").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not the admin’s token")
    assert violations(listed) == []

    dialog.get_by_label("token").fill(TOKEN)
    dialog.get_by_role("button", name="Learn them").click()
    expect(dialog.get_by_role("heading", name="Page elves, from your names")).to_be_visible()
    listed.reload()  # and the training is followed again
    expect(listed.locator("#names > li[data-name]")).to_have_count(12)
    listed.get_by_role("button", name="Keep this model").click()
    expect(dialog.locator("polyline.train")).to_be_attached(timeout=WAIT_SECONDS * 1000)
    dialog.get_by_text("The figures").click()
    assert dialog.get_by_role("columnheader").all_inner_texts() == ["steps", "names it learns", "names held out"]
    use = dialog.get_by_role("button", name="Draw from it")
    expect(use).to_be_focused(timeout=WAIT_SECONDS * 1000)
    assert violations(listed) == []
    points = listed.locator("polyline.train").get_attribute("points") or ""
    assert len(points.split()) > 20
    use.click()
    listed.wait_for_url("**model=page-elves%401**")
    expect(listed.get_by_role("button", name="Page elves")).to_be_visible()
    expect(listed.locator("#names > li[data-name]")).to_have_count(12)

    assert listed.evaluate("localStorage.getItem('namewright-token')") is None
    assert listed.evaluate("sessionStorage.getItem('namewright-token')") == TOKEN
    listed.get_by_role("button", name="Page elves").click()
    listed.get_by_label("Search").fill("page elves")
    expect(listed.locator("#choices li")).to_have_count(1)
    with httpx.Client(base_url=address, trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        client.delete("/models/page-elves").raise_for_status()


def test_a_training_is_stopped(listed: Page) -> None:
    paste(listed, "\n".join(some_names(40)))
    listed.get_by_role("button", name="Keep this model").click()
    dialog = listed.get_by_role("dialog")
    dialog.get_by_label("Call it").fill("stopped")
    dialog.get_by_label("token").fill(TOKEN)
    dialog.get_by_role("button", name="Learn them").click()
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_text("Stopped.")).to_be_visible(timeout=WAIT_SECONDS * 1000)
    dialog.get_by_role("button", name="Close").click()
    listed.get_by_role("button", name="Keep this model").click()
    expect(dialog.get_by_label("Call it")).to_be_visible()
