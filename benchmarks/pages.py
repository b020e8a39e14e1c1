"""How soon Chromium paints the pages, and names on them: ``python -m benchmarks.pages``, with the development tools.

Each time is from the beginning of the navigation. A visit is of a window that has been open for a moment, to a server
that has answered before: the first with nothing kept, the next with what the browser kept of it. Beside them is a page
of one paragraph, without a server: what the browser itself takes.
"""

from __future__ import annotations

import shutil
import sys
import time
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.server import serve
from benchmarks.timing import CORES

VISITS = 11
PARAGRAPH = "data:text/html,<p>Anna</p>"
PATHS = {
    "/": "/",
    "a link to names": "/#model=icelandic-girls&seed=a",
    "a link to names like four": "/#from=like&like=Anna,Berta,Carla,Dora&seed=a",
    "/how": "/how",
    "/admin": "/admin",
}
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",
)
OPENED_SECONDS = 1.5
"""After which a new window is done with itself."""

WATCH = """
const watch = () => {
  if (document.querySelector("#names [aria-pressed]")) window.usable = performance.now();
  else requestAnimationFrame(watch);
};
addEventListener("DOMContentLoaded", watch);
"""
TIMES = """() => [
  performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, window.usable ?? NaN,
]"""


def main() -> None:
    """Print a table."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("there is no Chromium here: 'apt-get install chromium' adds it")
    with sync_playwright() as playwright, serve("app", cores=CORES, load_cores=CORES) as server:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        visit(browser, server.url)
        times = {"one paragraph": visits(browser, PARAGRAPH)}
        times |= {name: visits(browser, server.url + path) for name, path in PATHS.items()}
        browser.close()
    print(f"{'milliseconds, medians of ' + str(VISITS):32}{'paint':>8}{'again':>8}{'names':>8}{'again':>8}")
    for name, figures in times.items():
        print(f"{name:32}" + "".join(f"{figure:8.0f}" for figure in figures))


def visits(browser: Browser, address: str) -> list[float]:
    """Medians: the first paint of a first visit and of the next; names with their buttons, likewise."""
    both = [visit(browser, address) for _ in range(VISITS)]
    return [median(one[turn][what] for one in both) for what in range(2) for turn in range(2)]


def visit(browser: Browser, address: str) -> tuple[list[float], list[float]]:
    """What a browser that knows nothing takes, and then takes again."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    time.sleep(OPENED_SECONDS)
    times = load(page, address), load(page, address)
    context.close()
    return times


def load(page: Page, address: str) -> list[float]:
    """Paint and names of one navigation."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_timeout(500)
    paint, usable = page.evaluate(TIMES)
    return [paint or float("nan"), usable or float("nan")]


if __name__ == "__main__":
    main()
