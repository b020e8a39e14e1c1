"""Drawing names on the page, in a real browser that has no network."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser import save_picture

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]

EXPECTED = 12
"""Names, where nobody says how many."""


def names_on(page: Page) -> list[str]:
    """The names that are shown."""
    return page.locator("#names .name bdi").all_inner_texts()


def open_page(page: Page, address: str, fragment: str = "") -> list[str]:
    """Open the page, and wait until all is known of its names."""
    page.goto("about:blank")
    page.goto(f"{address}/{fragment}")
    expect(page.locator("#names .remark").last).not_to_be_empty()
    return names_on(page)


def redraw(page: Page, act: str = " ") -> list[str]:
    """Press a key, and wait for other names."""
    earlier = names_on(page)
    page.keyboard.press(act)
    page.wait_for_function(
        "earlier => { const now = [...document.querySelectorAll('#names .name bdi')].map(one => one.textContent);"
        "return now.length && now.join() !== earlier.join() }",
        arg=earlier,
    )
    return names_on(page)


def asked(page: Page) -> dict[str, list[str]]:
    """What the address says."""
    return parse_qs(page.url.partition("#")[2])


def item(page: Page, at: int) -> Locator:
    return page.locator("#names > li").nth(at)


def test_names_are_there_when_the_page_opens_and_space_draws_others(page: Page, address: str) -> None:
    first = open_page(page, address)
    second = redraw(page)

    assert len(set(first)) == len(set(second)) == EXPECTED
    assert set(first) != set(second)


def test_a_link_gives_a_friend_the_same_names(page: Page, address: str) -> None:
    open_page(page, address)
    page.fill("#start", "An")
    page.fill("#suffix", "a")
    page.locator("#daring").fill("1")
    page.locator("#max_length").fill("9")
    expect(page.locator("#names .name bdi").first).to_contain_text("An")
    page.select_option("#count", "5")
    expect(page.locator("#names > li[data-name]")).to_have_count(5)
    page.locator("#start").focus()
    mine = redraw(page, "Enter")

    assert all(name.startswith("An") and name.endswith("a") and len(name) <= 9 for name in mine)
    assert "#" in page.url
    assert "?" not in page.url
    assert open_page(page, address, page.url.removeprefix(f"{address}/")) == mine
    assert page.locator("#start").input_value() == "An"
    assert page.locator('output[for="daring"]').inner_text() == "familiar"


def test_locked_names_stay_and_the_others_are_drawn_again_also_for_a_friend(page: Page, address: str) -> None:
    first = open_page(page, address)
    for at in (1, 4):
        item(page, at).get_by_role("button", name="Hold on to").click()
    second = redraw(page)

    assert [second[1], second[4]] == [first[1], first[4]]
    assert len(set(second)) == EXPECTED
    assert set(second) & set(first) == {first[1], first[4]}
    assert open_page(page, address, page.url.removeprefix(f"{address}/")) == second

    item(page, 1).get_by_role("button", name="Hold on to").click()
    page.locator("h1").click()
    assert redraw(page)[1] != first[1]


def test_nothing_is_drawn_where_every_name_is_locked(page: Page, address: str) -> None:
    open_page(page, address)
    page.select_option("#count", "5")
    expect(page.locator("#names > li[data-name]")).to_have_count(5)
    kept = names_on(page)
    for at in range(5):
        item(page, at).get_by_role("button", name="Hold on to").click()
    page.locator("h1").click()
    page.keyboard.press(" ")
    expect(page.locator("#said")).to_contain_text("Every name is locked")
    assert names_on(page) == kept


def test_names_before_come_back(page: Page, address: str) -> None:
    first = open_page(page, address)
    redraw(page)
    redraw(page)
    page.locator("#back").click()
    page.locator("#back").click()
    expect(page.locator("#names .name bdi").first).to_have_text(first[0])

    assert names_on(page) == first
    assert page.locator("#back").is_disabled()


def test_a_click_copies_a_name_and_a_button_all_of_them(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = open_page(page, address)
    item(page, 3).locator(".name").click()
    expect(page.locator("#said")).to_have_text(f"{first[3]} copied")
    assert page.evaluate("navigator.clipboard.readText()") == first[3]

    page.locator("#copy-all").click()
    expect(page.locator("#said")).to_have_text("12 names copied")
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(first)
    page.locator("#copy-link").click()
    expect(page.locator("#said")).to_contain_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_copying_works_where_the_browser_allows_no_clipboard(page: Page, address: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    first = open_page(page, address)
    page.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString() })")
    item(page, 0).locator(".name").click()
    expect(page.locator("#said")).to_have_text(f"{first[0]} copied")
    assert page.evaluate("window.copied") == first[0]


def test_stars_stay_in_the_browser_and_are_saved_as_text_and_as_a_table(page: Page, address: str) -> None:
    first = open_page(page, address)
    for at in (0, 2, 5):
        item(page, at).get_by_role("button", name="among your stars").click()
    open_page(page, address)
    starred = page.locator("#stars bdi").all_inner_texts()
    assert starred == [first[0], first[2], first[5]]

    saved = {}
    for button in ("#stars-text", "#stars-csv"):
        with page.expect_download() as download:
            page.locator(button).click()
        saved[download.value.suggested_filename] = download.value.path().read_bytes().decode()
    assert saved["names.txt"] == "".join(f"{name}\n" for name in starred)
    assert saved["names.csv"] == "\ufeffname\r\n" + "".join(f'"{name}"\r\n' for name in starred)

    page.get_by_role("button", name=f"Take {first[2]} from your stars").click()
    assert page.locator("#stars bdi").all_inner_texts() == [first[0], first[5]]
    page.locator("#stars-copy").click()
    page.locator("#stars-clear").click()
    expect(page.locator("#starred")).to_be_hidden()


def test_stars_are_shown_in_every_tab(page: Page, address: str) -> None:
    first = open_page(page, address)
    other = page.context.new_page()
    other.goto(address)
    item(page, 0).get_by_role("button", name="among your stars").click()
    expect(other.locator("#stars bdi")).to_have_text(first[0])
    other.locator("#stars-clear").click()

    expect(page.locator("#starred")).to_be_hidden()


def test_a_name_tells_whether_it_exists_and_how_typical_it_is_and_opens_letter_by_letter(
    page: Page, address: str
) -> None:
    first = open_page(page, address, "#seed=letters")
    with httpx.Client(base_url=address, trust_env=False) as client:
        fields = {"seed": "letters", "count": EXPECTED, "max_length": 12, "temperature": 0.8, "top_p": 0.95}
        details = client.post("/sample", json=fields | {"details": True}).json()["details"]
    assert [one["name"] for one in details] == first
    for at, one in enumerate(details):
        remark = item(page, at).locator(".remark").inner_text()
        assert remark.startswith("exists" if one["in_training_list"] else "invented")
        assert remark.endswith(("typical", "unusual"))

    item(page, 0).get_by_role("button", name="letter by letter").click()
    columns = page.locator(".steps > li")
    expect(columns).to_have_count(len(details[0]["letters"]) + 1)
    assert columns.locator(":scope > b").all_inner_texts() == [*first[0], "end"]
    other = details[0]["letters"][1]["others"][0]["letter"]
    assert columns.nth(1).locator(".other b").first.inner_text() == other
    save_picture(page, "page")
    item(page, 0).get_by_role("button", name="letter by letter").click()
    expect(page.locator(".steps")).to_be_hidden()


def test_a_model_is_found_by_language_and_kind_and_shows_names_of_it(page: Page, address: str) -> None:
    open_page(page, address)
    page.get_by_role("button", name="US given names").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#choices li").nth(200)).to_be_attached()
    dialog.get_by_label("Search").fill("icelandic")
    dialog.get_by_label("girls").check()
    expect(dialog.locator("#choices li")).to_have_count(1)
    assert dialog.locator(".examples bdi").count() == 3
    page.keyboard.press("Tab")
    dialog.get_by_label("Search").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Icelandic girls")).to_be_focused()
    expect(page.locator("#names")).to_have_attribute("lang", "is")
    assert asked(page)["model"] == ["icelandic-girls@0"]


def test_a_search_without_a_match_says_what_to_try(page: Page, address: str) -> None:
    open_page(page, address)
    page.get_by_role("button", name="US given names").click()
    page.get_by_label("Search").fill("klingon opera")
    expect(page.locator("#found")).to_contain_text("Try a language")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_two_models_are_blended_by_a_slider(page: Page, address: str) -> None:
    open_page(page, address)
    page.get_by_text("A blend").click()
    expect(page.locator("#names .remark").last).not_to_be_empty()
    page.locator("#share").fill("80")
    page.locator('[data-choose="second"]').click()
    page.get_by_label("Search").fill("polish girls")
    page.locator("#choices button").first.click()
    page.wait_for_url("**polish-girls**")
    assert asked(page)["blend"] == ["icelandic-girls:80,polish-girls"]
    mine = names_on(page)
    assert len(mine) == EXPECTED
    assert open_page(page, address, page.url.removeprefix(f"{address}/")) == mine


def test_full_names_of_a_language_come_with_their_latin_letters(page: Page, address: str) -> None:
    open_page(page, address)
    page.get_by_text("Full names").click()
    page.wait_for_url("**English%3Aany**")
    page.select_option("#language", "Greek")
    expect(page.locator("#names .latin")).to_have_count(EXPECTED)
    assert all(" " in name for name in names_on(page))
    assert page.locator("#names").get_attribute("lang") == "el"
    page.select_option("#language", "Icelandic")
    page.select_option("#gender", "girl")
    expect(page.locator("#names .latin")).to_have_count(0)
    page.wait_for_url("**Icelandic%3Agirl**")
    mine = names_on(page)
    assert all(name.endswith("dóttir") for name in mine)
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("#names > li[data-name]")).to_have_count(EXPECTED)
    assert names_on(page) == mine
    expect(page.locator("#language")).to_have_value("Icelandic")


def test_a_cast_keeps_apart_from_the_names_that_are_locked(page: Page, address: str) -> None:
    open_page(page, address)
    item(page, 0).get_by_role("button", name="Hold on to").click()
    page.get_by_text("More wishes").click()
    with page.expect_request("**/sample") as sent:
        page.get_by_label("a cast").check()
    expect(page.locator("#names > li[data-name]")).to_have_count(EXPECTED)
    body = sent.value.post_data_json or {}
    assert (body["cast"], body["existing"], body["count"]) == (True, names_on(page)[:1], EXPECTED - 1)


def test_wishes_that_no_name_meets_are_told_in_the_words_of_the_form(page: Page, address: str) -> None:
    open_page(page, address)
    page.fill("#start", "q")
    page.fill("#suffix", "qqzzq")
    expect(page.locator("#shortfall")).to_contain_text("“ending”")
    expect(page.locator("#tools")).to_be_hidden()
    page.fill("#start", "ж")
    expect(page.locator("#problem")).to_contain_text("of “beginning”; their letters are: a b c")
    page.fill("#start", "")
    page.fill("#suffix", "")
    expect(page.locator("#names > li[data-name]")).to_have_count(EXPECTED)
    expect(page.locator("#problem")).to_be_hidden()


def test_names_stay_where_no_more_can_be_told_of_them(page: Page, address: str) -> None:
    open_page(page, address)

    def answer(route: Route) -> None:
        if (route.request.post_data_json or {}).get("details"):
            route.fulfill(status=500, json={"title": "The service failed"}, content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/sample", answer)
    with page.expect_response(lambda response: response.status == 500):
        assert len(set(redraw(page))) == EXPECTED
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#names > li[data-name]")).to_have_count(EXPECTED)


def test_a_version_that_is_gone_gives_way_to_the_one_in_service(page: Page, address: str) -> None:
    assert len(open_page(page, address, "#model=us@77&seed=a")) == EXPECTED
    assert asked(page)["model"] == ["us@0"]


def test_a_fragment_that_makes_no_sense_still_opens_the_page(page: Page, address: str) -> None:
    broken = "#from=nowhere&count=x&daring=99&keep=z:a&blend=::&language=:&max_length=-5&seed=%00"
    assert len(open_page(page, address, broken)) == EXPECTED
    assert (asked(page)["daring"], asked(page)["max_length"]) == (["5"], ["3"])
    assert len(open_page(page, address, "#anchor-of-nothing")) == EXPECTED


def test_a_link_pasted_into_the_same_tab_is_followed(page: Page, address: str) -> None:
    open_page(page, address)
    page.evaluate("location.hash = '#count=5&seed=pasted'")
    expect(page.locator("#names > li[data-name]")).to_have_count(5)
    assert asked(page)["seed"] == ["pasted"]
