import io
import json
import logging
import sys
from collections.abc import Callable

import pytest

from app import logs


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], list[str]]:
    def written(form: str, level: str) -> list[str]:
        stderr = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stderr)
        logs.configure(level, form)
        server, ours = logging.getLogger("uvicorn.error"), logs.get_logger("app.tests")
        server.info("Application startup failed. Exiting.")
        server.info("listening on %s", "here")
        ours.info("request", path="/é")
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            ours.exception("failure")
            server.exception("broken")
        return stderr.getvalue().splitlines()

    return written


def test_every_line_is_json_whoever_wrote_it(lines: Callable[[str, str], list[str]]) -> None:
    listening, request, failure, broken = map(json.loads, lines("auto", "info"))
    assert (listening["event"], listening["level"]) == ("listening on here", "info")
    assert (request["event"], request["path"]) == ("request", "/é")
    assert failure["exception"].splitlines()[-1] == broken["exception"].splitlines()[-1] == "ZeroDivisionError"
    assert all("time" in line for line in (listening, request, failure, broken))


def test_a_level_leaves_out_what_is_below_it(lines: Callable[[str, str], list[str]]) -> None:
    assert [json.loads(line)["event"] for line in lines("json", "error")] == ["failure", "broken"]


def test_the_console_gets_lines_for_people(lines: Callable[[str, str], list[str]]) -> None:
    written = lines("console", "info")
    assert "listening on here" in written[0]
    assert "path=/é" in written[1]
    assert any("ZeroDivisionError" in line for line in written)


def test_what_fails_in_dbos_is_told_like_everything_else_and_its_greetings_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.configure("info", "json")
    logging.getLogger("dbos").info("DBOS launched!")
    logging.getLogger("dbos").error("a workflow was not recovered")
    assert [json.loads(line)["event"] for line in stderr.getvalue().splitlines()] == ["a workflow was not recovered"]
