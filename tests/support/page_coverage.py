"""Which functions of the page's scripts ran in a browser.

    python -m tests.support.page_coverage      # after the tests: the functions that never ran

Each session of tests writes a file into ``build/page-coverage``, and starts with `Coverage` anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, Page

from tests.support.checkout import ROOT

FOLDER = ROOT / "build" / "page-coverage"
SCRIPTS = ROOT / "app" / "http" / "static"


class Coverage:
    """Functions by `module:line name`, and whether each ran."""

    def __init__(self) -> None:
        self.ran: dict[str, bool] = {}

    @contextmanager
    def of(self, page: Page) -> Iterator[None]:
        """Count what runs in a page."""
        session = page.context.new_cdp_session(page)
        session.send("Profiler.enable")
        session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
        yield
        with suppress(Error):  # a test may have closed the page
            for script in session.send("Profiler.takePreciseCoverage")["result"]:
                self._note(script)

    def _note(self, script: dict[str, object]) -> None:
        url, functions = script["url"], script["functions"]
        assert isinstance(url, str)
        assert isinstance(functions, list)
        path = SCRIPTS / url.rpartition("/")[2]
        if "/assets/" not in url or not path.exists():
            return
        text = path.read_text("utf-8")
        for function in functions:
            begin = function["ranges"][0]
            line = text.count("\n", 0, begin["startOffset"]) + 1
            name = f"{path.name}:{line} {function['functionName']}".strip()
            self.ran[name] = self.ran.get(name, False) or begin["count"] > 0

    def save(self) -> None:
        """Write what was seen."""
        if self.ran:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{os.getpid()}.json").write_text(json.dumps(self.ran), "utf-8")


def never_ran() -> tuple[list[str], int]:
    """The functions that ran in no session, and the number of all."""
    ran: dict[str, bool] = {}
    for path in FOLDER.glob("*.json"):
        for name, did in json.loads(path.read_text("utf-8")).items():
            ran[name] = ran.get(name, False) or did
    return sorted(name for name, did in ran.items() if not did), len(ran)


if __name__ == "__main__":
    missing, count = never_ran()
    print(*missing, f"{count - len(missing)} of {count} functions ran", sep="\n")
