"""The page for everybody: by keyboard, by ear, in the dark, small, large, on paper, without scripts, and strictly."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.http.assets import SMALLEST_COMPRESSED
from tests.support.browser import save_picture, violations
from tests.support.checkout import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]

STATIC = ROOT / "app" / "http" / "static"
IMPORT = re.compile(r'from "\./([\w-]+\.js)"')
MOST_BYTES = 120_000
"""Compressed, of all that the page may load, the list of models included."""

MOST_KEPT_BYTES = 256 * 2**10
"""Of hundreds of draws, each of which makes some hundred elements."""

PHONE = 390
"""Width of one, in pixels."""

STATES = {
    "names": "",
    "language": "#model=persian-girls&seed=a",
    "blend": "#from=blend&blend=icelandic-girls:70,finnish-girls&seed=a",
    "full": "#from=full&language=Greek:girl&seed=a",
    "like": "#from=like&like=Anna,Berta,Carla,Dora&seed=a",
    "empty": "#from=like",
    "problem": "#start=%D0%B6",
    "shortfall": "#start=q&suffix=qqzzq",
}


def settle(page: Page, address: str, state: str = "names") -> None:
    """Open the page in a state, and wait for what is to be seen."""
    page.goto("about:blank")
    page.goto(f"{address}/{STATES[state]}")
    expect(
        page.locator("#names [aria-pressed], #problem:not([hidden]), #shortfall:not([hidden])").first
    ).to_be_visible()
    if state in {"names", "language", "blend", "like"}:
        expect(page.locator("#names .remark").last).not_to_be_empty()


@pytest.mark.parametrize(
    ("page", "states"),
    [
        ({"color_scheme": "light"}, ("language", "full", "like", "empty", "problem")),
        ({"color_scheme": "dark"}, ("blend", "shortfall")),
    ],
    indirect=["page"],
    ids=["light", "dark"],
)
def test_nothing_in_any_state_is_wrong_for_people_who_see_or_hear_otherwise(
    page: Page, address: str, states: tuple[str, ...]
) -> None:
    wrong = {}
    for state in states:
        settle(page, address, state)
        wrong[state] = violations(page)
    settle(page, address)
    page.locator("#names .icon.letters").first.click()
    page.locator("#names .icon.star").first.click()
    page.locator("#names .icon.lock").nth(1).click()
    page.get_by_text("More wishes").click()
    wrong["opened"] = violations(page)
    if "blend" in states:
        save_picture(page, "page-dark")
    page.locator('[data-choose="model"]').click()
    expect(page.locator("#choices li")).not_to_have_count(0)
    wrong["chooser"] = violations(page)

    assert {state: found for state, found in wrong.items() if found} == {}


def test_all_of_it_works_by_keyboard_alone(page: Page, address: str) -> None:
    settle(page, address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the names")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    name = page.locator("#names .name bdi").first.inner_text()
    expect(page.locator("#names .name").first).to_be_focused()
    for label in ("among your stars", "Hold on to", "letter by letter"):
        page.keyboard.press("Tab")
        expect(page.locator("#names > li").first.get_by_role("button", name=label)).to_be_focused()
        page.keyboard.press("Space")
    assert page.locator("#stars bdi").all_inner_texts() == [name]
    expect(page.locator(".steps").first).to_be_visible()
    expect(page.locator("#names > li.kept bdi").first).to_have_text(name)
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    expected = {"start", "suffix", "max_length", "daring", "count", "copy-all", "copy-link", "stars-text"}
    assert expected <= reached
    page.locator('[name="source"]').first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#like")).to_be_visible()


@pytest.mark.parametrize(
    "page",
    [{"viewport": {"width": width, "height": 844}, "device_scale_factor": 2} for width in (320, PHONE, 768, 3840)],
    indirect=True,
    ids=lambda options: str(options["viewport"]["width"]),
)
def test_nothing_is_cut_off_at_any_width(page: Page, address: str) -> None:
    for state in ("blend", "full", "empty"):
        settle(page, address, state)
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], state
    settle(page, address, "names")
    page.locator("#names .icon.letters").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    first = page.locator("#names .name").first.bounding_box()
    assert first is not None
    assert first["y"] < 500, "a name is seen without scrolling"
    if page.evaluate("innerWidth") == PHONE:
        save_picture(page, "page-phone")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_there_are_names_and_a_form_for_others(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#names > li")).to_have_count(12)
    page.get_by_label("Names of").select_option("icelandic-girls")
    page.get_by_label("Beginning").fill("An")
    page.get_by_label("How many").select_option("5")
    page.get_by_role("button", name="Draw again").click()
    expect(page.locator("#names > li")).to_have_count(5)
    names = page.locator("#names .name").all_inner_texts()
    assert all(name.startswith("An") for name in names)
    assert page.get_by_label("Beginning").input_value() == "An"
    assert page.locator("#names").get_attribute("lang") == "is"
    for hidden in ("#copy-all", "[data-choose=model]", ".sources"):
        expect(page.locator(hidden)).to_be_hidden()
    page.get_by_label("Beginning").fill("ж")
    page.get_by_role("button", name="Draw again").click()
    expect(page.get_by_role("alert")).to_contain_text("the letters it knows are")
    save_picture(page, "page-without-scripts")


def test_right_to_left_names_are_shown_right_to_left(page: Page, address: str) -> None:
    settle(page, address, "language")
    assert page.locator("#names").get_attribute("lang") == "fa"
    assert page.locator("#names bdi").first.evaluate("one => getComputedStyle(one).direction") == "rtl"
    page.locator("#names .icon.letters").first.click()
    boxes = [one.bounding_box() for one in page.locator(".steps > li").all()[:2]]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] > boxes[1]["x"], "the first letter stands rightmost"
    save_picture(page, "page-right-to-left")


def test_paper_shows_names_and_nothing_to_press(page: Page, address: str) -> None:
    settle(page, address)
    page.emulate_media(media="print")
    expect(page.locator("#names .name").first).to_be_visible()
    for hidden in (".options", "#tools", ".sources", "#names .actions", "footer"):
        expect(page.locator(hidden).first).to_be_hidden()


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_for_those_who_want_it_still(page: Page, address: str) -> None:
    settle(page, address)
    moving = (
        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration !== '0s').length"
    )
    assert page.evaluate(moving) == 0


def test_the_policy_forbids_inline_scripts_and_styles_and_other_hosts(
    page: Page, address: str, browser_errors: list[str]
) -> None:
    settle(page, address)
    refused = page.evaluate(
        """async () => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
            const script = document.createElement("script");
            try { script.textContent = "window.ran = true" } catch { refused.push("trusted-types") }
            document.body.setAttribute("style", "color: red");
            await fetch("http://127.0.0.1:1/").catch(() => {});
            const image = new Image();
            image.src = "http://127.0.0.1:1/a.png";
            await new Promise((resolve) => setTimeout(resolve, 100));
            return [...refused, String(window.ran)];
        }"""
    )
    browser_errors.clear()  # which tell of just that
    assert {"trusted-types", "style-src-attr", "connect-src", "img-src", "undefined"} <= set(refused)
    assert (
        "script-src 'self';" in httpx.get(address, headers={"Accept": "text/html"}).headers["content-security-policy"]
    )


def test_the_page_weighs_little_and_all_of_it_comes_compressed(page: Page, address: str) -> None:
    settle(page, address)
    page.locator('[data-choose="model"]').click()
    expect(page.locator("#choices li").nth(200)).to_be_attached()
    loaded = page.evaluate(
        """performance.getEntries().filter((one) => "encodedBodySize" in one)
            .map((one) => [new URL(one.name).pathname, one.encodedBodySize, one.decodedBodySize])"""
    )
    sizes = {path: encoded for path, encoded, _ in loaded}
    assert sum(sizes.values()) < MOST_BYTES
    plain = {path: decoded for path, encoded, decoded in loaded if path.startswith("/assets/") and encoded == decoded}
    assert {path for path, size in plain.items() if size >= SMALLEST_COMPRESSED} == set()
    assert {path.rpartition("/")[2] for path in sizes} >= scripts_of("page.js")


def scripts_of(entry: str) -> set[str]:
    """A script and all that it imports."""
    found = [entry]
    for name in found:  # it grows on the way
        found += [one for one in IMPORT.findall((STATIC / name).read_text("utf-8")) if one not in found]
    return set(found)


def test_hundreds_of_draws_leave_nothing_behind(page: Page, address: str) -> None:
    """The browser answers itself: the page is what is tested."""
    settle(page, address)
    page.evaluate(
        """() => {
            let asked = 0;
            window.fetch = async (_, { body }) => {
                const names = Array.from({ length: 12 }, (_, at) => `Name ${asked} ${at}`);
                asked += JSON.parse(body).details ? 0 : 1;
                return Response.json({ names, version: 0, seed: "a", shortfall: null, details: [] });
            };
        }"""
    )
    draw(page, 100)
    expect(page.locator("#names bdi").first).to_have_text("Name 99 0")
    before = kept_in_memory(page)
    draw(page, 300)
    expect(page.locator("#names bdi").first).to_have_text("Name 399 0")
    after = kept_in_memory(page)

    assert after["Nodes"] <= before["Nodes"]
    assert after["JSEventListeners"] <= before["JSEventListeners"]
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + MOST_KEPT_BYTES


def draw(page: Page, times: int) -> None:
    """Press space so many times, each when the names of before are there."""
    page.evaluate(
        """async (times) => {
            for (let at = 0; at < times; at++) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
                await new Promise((resolve) => setTimeout(resolve, 1));
            }
        }""",
        times,
    )


def kept_in_memory(page: Page) -> dict[str, float]:
    """What a page holds once its garbage is collected: nodes, listeners, and bytes of the heap of its scripts."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    return {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}


def test_the_service_being_away_is_told_and_over_when_it_is_back(
    page: Page, address: str, browser_errors: list[str]
) -> None:
    settle(page, address)
    page.route("**/sample", lambda route: route.abort())
    page.keyboard.press(" ")
    expect(page.locator("#problem")).to_contain_text("can’t be reached")
    page.unroute("**/sample")
    page.keyboard.press(" ")
    expect(page.locator("#names > li[data-name]")).to_have_count(12)
    browser_errors[:] = [error for error in browser_errors if "ERR_FAILED" not in error]


def test_files_are_kept_for_ever_under_addresses_that_change_with_them(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        html = client.get("/", headers={"Accept": "text/html"}).text
        start = html.partition('<script defer fetchpriority="low" src="')[2].partition('"')[0]
        lasting = client.get(f"/{start}")
        current = client.get("/assets/start.js")
        again = client.get("/assets/start.js", headers={"If-None-Match": current.headers["etag"]})
    assert "immutable" in lasting.headers["cache-control"]
    assert current.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert lasting.text == current.text == (STATIC / "start.js").read_text("utf-8")
