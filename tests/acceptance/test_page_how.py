"""The page on how it works: a name is read letter by letter, and the original recipe learns."""

from __future__ import annotations

import re
import textwrap

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import save_picture, violations
from tests.support.checkout import ROOT
from tests.support.trainings import TOKEN

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]

HTML = (ROOT / "app/http/static/how.html").read_text("utf-8")
QUOTES = re.findall(r'<code data-source="(.+?)">(.+?)</code>', HTML, re.DOTALL)


@pytest.fixture
def how(page: Page, address: str) -> Page:
    page.goto(f"{address}/how")
    expect(page.locator("#odds button").first).to_be_visible()
    return page


def odds(page: Page) -> list[str]:
    """The letters that may follow, the likeliest first."""
    return page.locator("#odds b").all_inner_texts()


def explained(address: str, **fields: object) -> dict[str, dict[str, float | None]]:
    answer = httpx.post(f"{address}/explain", json={"model": "us-seed", **fields}, trust_env=False)
    following: dict[str, dict[str, float | None]] = answer.json()["steps"][-1]["next"]
    return following


def test_it_shows_what_the_service_says_may_follow_and_what_the_network_remembers(how: Page, address: str) -> None:
    said = explained(address, prefix="ann")
    likeliest = sorted(said, key=lambda letter: -(said[letter]["mixture"] or 0))[:12]

    assert odds(how) == [letter or "end" for letter in likeliest]
    expect(how.locator("#states li")).to_have_count(4)  # the start, and three letters
    expect(how.locator("#spelled")).to_have_text("Ann")
    expect(how.locator("#units")).to_contain_text("100 numbers")


def test_a_letter_that_is_typed_or_chosen_is_read(how: Page) -> None:
    how.get_by_label("Letters so far").fill("mar")
    expect(how.locator("#spelled")).to_have_text("Mar")
    how.get_by_role("button", name=re.compile("^i, ")).click()

    expect(how.locator("#spelled")).to_have_text("Mari")
    expect(how.get_by_label("Letters so far")).to_have_value("mari")


def test_dice_add_letters_until_the_name_ends(how: Page) -> None:
    how.get_by_role("button", name="Begin again").click()
    expect(how.locator("#states li")).to_have_count(1)
    for _ in range(60):
        if how.locator("#spelled.ended").count():
            break
        how.get_by_role("button", name="Throw the dice").click()
        expect(how.locator("#throw")).to_contain_text("The dice, a random number")
        how.wait_for_timeout(60)
    else:
        pytest.fail("no name ended")

    assert len(how.locator("#spelled").inner_text()) > 1
    how.get_by_role("button", name="Throw the dice").click()  # begins another
    expect(how.locator("#spelled.ended")).to_have_count(0)


def test_it_plays_by_itself_and_pauses(how: Page) -> None:
    how.get_by_role("button", name="Begin again").click()
    expect(how.locator("#states li")).to_have_count(1)
    how.locator("#play").click()
    expect(how.locator("#states li")).not_to_have_count(1)
    expect(how.locator("#play")).to_have_text(re.compile("Pause|Play"))
    if how.locator("#play").inner_text() == "Pause":
        how.locator("#play").click()
    expect(how.locator("#play")).to_have_text("Play")


def test_another_model_reads_the_same_letters_or_none(how: Page) -> None:
    how.get_by_label("Model").select_option("us")
    expect(how.locator("#units")).to_contain_text("2 layers of")
    expect(how.get_by_label("Letters so far")).to_have_value("ann")
    how.get_by_label("Model").select_option("persian-girls")
    expect(how.get_by_label("Letters so far")).to_have_value("")
    how.get_by_role("button", name="Throw the dice").click()
    drawn = how.locator("#throw .drawn").bounding_box()
    dart = how.locator("#throw .dart").bounding_box()
    assert drawn is not None
    assert dart is not None
    assert drawn["x"] - 2 <= dart["x"] <= drawn["x"] + drawn["width"] + 2, "the dice fall on what is drawn"


def test_temperature_bends_the_odds(how: Page, address: str) -> None:
    def first() -> str:
        return how.locator("#odds small").first.inner_text()

    before = first()
    how.get_by_label("Temperature").fill("-0.6")
    expect(how.locator("#temperature-shown")).to_have_text("0.25")
    expect(how.locator("#odds small").first).not_to_have_text(before)

    most = max(one["mixture"] or 0 for one in explained(address, prefix="ann", temperature=0.25).values())
    assert first() == f"{round(100 * most)} %"


def test_where_network_and_ngram_disagree_is_told(how: Page) -> None:
    how.get_by_label("Model").select_option("us")
    expect(how.locator("#disagreement")).to_contain_text("gram")
    expect(how.locator("#odds .ngram").first).to_be_attached()


def test_a_letter_that_the_model_does_not_know_is_a_sentence(how: Page) -> None:
    how.get_by_label("Letters so far").fill("ж")
    expect(how.get_by_role("button", name="Throw the dice")).to_be_disabled()
    expect(how.locator("#reading .problem")).to_contain_text("does not know these letters")


def test_the_recording_goes_from_noise_to_names(how: Page) -> None:
    names = how.locator("#moment-names li")
    expect(names).to_have_count(6)
    noise = names.all_inner_texts()
    how.locator("#replay").click()
    expect(how.locator("#loss svg")).to_be_visible()
    how.locator("#replay").click()
    how.locator("#moment").focus()
    how.keyboard.press("End")

    expect(how.locator("#moment-label")).to_have_text("After 100,000 names")
    assert names.all_inner_texts() != noise
    expect(how.locator("#loss svg")).to_have_attribute("aria-label", re.compile("after 100,000 steps"))


def test_the_admin_has_it_learn_live_and_stops_it(how: Page) -> None:
    how.get_by_text("Let this service learn it now").click()
    how.get_by_label("The admin’s token").fill("of somebody else, but long")
    how.get_by_role("button", name="Learn", exact=True).click()
    expect(how.locator("#learning .problem")).to_contain_text("not the admin’s token")
    how.get_by_label("The admin’s token").fill(TOKEN)
    how.get_by_role("button", name="Learn", exact=True).click()
    expect(how.locator("#live-state")).to_contain_text("It learns: step", timeout=60_000)
    expect(how.locator("#moment-label")).to_contain_text("After", timeout=60_000)
    expect(how.get_by_role("button", name="Learn", exact=True)).to_be_disabled()
    how.reload()  # it is followed on
    expect(how.locator("#live-state")).to_contain_text("It learns: step", timeout=60_000)
    how.get_by_role("button", name="Stop").click()

    expect(how.locator("#live-state")).to_have_text("Stopped.", timeout=60_000)
    expect(how.get_by_role("button", name="Learn", exact=True)).to_be_enabled()


@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}],
    indirect=True, ids=["light", "dark and small"],
)  # fmt: skip
def test_nothing_is_wrong_for_people_who_see_or_hear_otherwise(how: Page) -> None:
    how.get_by_label("Model").select_option("us")
    expect(how.locator("#disagreement")).to_contain_text("gram")
    how.get_by_role("button", name="Throw the dice").click()
    expect(how.locator("#throw")).to_contain_text("The dice, a random number")
    save_picture(how, f"how-{how.viewport_size['width'] if how.viewport_size else 0}")

    assert violations(how) == []
    assert how.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("source", "lines"), QUOTES)
def test_the_lines_beside_the_equations_are_those_of_the_code(source: str, lines: str) -> None:
    code = (ROOT / source).read_text("utf-8")
    assert any(textwrap.indent(lines, " " * depth) in code for depth in (4, 8))


def test_the_equations_can_be_read_without_scripts(address: str) -> None:
    page = httpx.get(f"{address}/how", trust_env=False).text

    assert page.count('class="equation"') == len(QUOTES) == 6
    assert "needs JavaScript" in page
