"""All commands and programs on the project's pages, run as they stand there, and what they print."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from playwright.sync_api import Page

from model.artifact import model_file
from model.cli.commands import commands
from tests.support.checkout import ROOT
from tests.support.pages import ADDRESS, ANSWERS, COMMANDS, Block, Reader, block, blocks, languages, pages
from tests.support.processes import Process, started, until
from tests.support.stores import assert_same_bits, stored
from tests.support.trainings import TOKEN, admin, quick, submit, until_ended, until_open

pytestmark = pytest.mark.slow

API, OPERATING, START, RECIPES = (f"docs/{page}.md" for page in ("api", "operating", "start", "recipes"))
CLIENT = "client/README.md"
OPERATED = "tests/acceptance/test_documented_commands.py"

NAME = r"""(?:'[^']+'|"[^"]+")"""
PRINTED = {
    (CLIENT, "from namewright_client import Client"): rf"\('Antsey', .+\)\n\({NAME}(?:, {NAME}){{9}}\)\n",
    (CLIENT, "import asyncio"): rf"\({NAME}(?:, {NAME}){{4}}\)\n\({NAME}(?:, {NAME}){{2}}\)\n",
    (CLIENT, "import os"): rf"(?:\d+%, .+ nats per letter\n)*100%, .+\n.+ nats .+\n\({NAME}(?:, {NAME}){{9}}\)\n",
    (API, "curl http://127.0.0.1:8000/explain"): r'.*"letter":"n".*"hidden":\[\[.*"next":.*"mixture":.*',
    (API, "from namewright_client import Client"): r"(?i)\('[^']+dís'(?:, '[^']+dís'){4}\)\n",
    (RECIPES, "JOB="): r"(?:(?:queued|running), .+\n)+(?:succeeded, 100 %, [\d.]+ nats per letter\n)+(?:\S.*\n){5}",
    (START, ".venv/bin/python -m model corpus"): r"(?s).*12 .*nats_per_letter.*\nthorgrim\t[\d.]+\t[\d.]+\n",
}
"""What commands print that have no answer below them; others print nothing."""

RUN_BY = {
    (CLIENT, "pip install"): "tests/client/test_package.py",
    (API, "import { Namewright }"): OPERATED,
    (API, "const admin"): OPERATED,
    (OPERATING, "NAMEWRIGHT_WORKER_ID"): OPERATED,
    (OPERATING, "curl -X DELETE"): OPERATED,
    (OPERATING, "curl -OJ"): OPERATED,
    (OPERATING, "namewright backup"): OPERATED,
    (OPERATING, "namewright restore"): OPERATED,
    (OPERATING, "namewright upgrade"): OPERATED,
    (OPERATING, "docker compose exec"): "tests/acceptance/test_backup.py",
    (START, "awk"): "tests/acceptance/test_newcomer.py",
    (START, "JOB="): "tests/acceptance/test_newcomer.py",
    (START, "curl -X PUT"): "tests/acceptance/test_newcomer.py",
    (START, "namewright serve"): "tests/acceptance/test_wheel.py",
}
"""Commands that need more around them, and the tests that run them."""

NOT_RUN = {
    ("README.md", "make serve"): "these tests run by make test, and test_fresh_clone.py runs make serve in a clone",
    (START, "docker build"): "needs Docker",
    (START, "docker run"): "needs Docker",
    (START, "export NAMEWRIGHT_ADMIN_TOKEN"): "needs Docker; test_compose.py runs what compose.yaml says",
    (OPERATING, "docker build"): "needs Docker",
    (OPERATING, "docker run"): "needs Docker",
    (OPERATING, "TLS_FOLDER"): "needs Docker; test_proxy.py runs the proxy",
    ("docs/experiments.md", "python -m model pretrain"): "takes hours",
    ("docs/experiments.md", "python -m benchmarks.makemore"): "takes a quarter of an hour, with a list from elsewhere",
    (
        "model/corpus/bundled/README.md",
        "make .venv",
    ): "makes all lists anew; test_bundled_build.py makes them elsewhere",
    ("model/decency/README.md", "git clone"): "needs a network",
    ("weights/README.md", ".venv/bin/python -m benchmarks.contact_sheets"): "draws from all models for minutes",
    ("weights/README.md", ".venv/bin/python -m model train model/corpus/bundled/us.txt"): "takes an hour",
    ("weights/README.md", ".venv/bin/python -m model pretrain"): "takes a quarter of an hour",
    ("weights/README.md", ".venv/bin/python -m model train model/corpus/bundled/irish"): "takes a quarter of an hour",
}
"""Commands that no test can run, and why."""


def is_of(one: Block, page: str, beginning: str) -> bool:
    return one.page == page and one.text.startswith(beginning)


def to_run(page: Path) -> list[Block]:
    """The commands of a page that need a service and a shell only."""
    return [one for one in blocks(page) if not any(is_of(one, *key) for key in RUN_BY | NOT_RUN)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of one for the readers of all pages, who train models of the same names as other tests."""
    return f"sqlite:///{tmp_path_factory.mktemp('data') / 'namewright.db'}"


@pytest.fixture(scope="module")
def service(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service with the worker of the operator's page."""
    reader = Reader(tmp_path_factory.mktemp("worker"), NAMEWRIGHT_DATABASE_URL=database)
    command = ["env", f"--chdir={reader.folder}", "bash", "-c", block(OPERATING, "NAMEWRIGHT_WORKER_ID")]
    with started({"NAMEWRIGHT_ADMIN_TOKEN": TOKEN, "NAMEWRIGHT_DATABASE_URL": database}) as service:
        with service.client() as client:
            until_open(client)
        worker = Process(command, reader.environment)
        try:
            assert "two" in worker.await_line(re.compile(r"worker ready.*"))[0]
            yield service
        finally:
            worker.stop()
    assert "worker stopped" in worker.log
    assert worker.process.returncode == 0


@pytest.fixture
def address(service: Process) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.mark.parametrize(
    "path", [path for path in pages() if to_run(path)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_command_prints_what_its_page_says(path: Path, address: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path, address)
    for one in to_run(path):
        printed = reader.run(one.text, one.language).replace("\r\n", "\n")
        if one.answer is None:
            (expected,) = [pattern for key, pattern in PRINTED.items() if is_of(one, *key)] or [""]
            assert re.fullmatch(expected, printed), f"{one.text}\n{printed}"
        elif one.form != "json":
            assert printed == one.answer, one.text
        elif '"like"' in one.text:  # what is learned differs in its last bits between kinds of processors
            assert json.loads(printed).keys() == json.loads(one.answer).keys(), one.text
        else:
            assert json.loads(printed) == json.loads(one.answer), one.text


def test_what_is_said_of_commands_is_said_of_one_each() -> None:
    all_blocks = [one for page in pages() for one in blocks(page)]
    for key in [*PRINTED, *RUN_BY, *NOT_RUN]:
        found = [one for one in all_blocks if is_of(one, *key)]
        assert len(found) == 1, (key, found)
        assert key not in PRINTED or found[0].answer is None, key
    assert not RUN_BY.keys() & NOT_RUN.keys()


@pytest.mark.parametrize(("page", "beginning"), RUN_BY)
def test_commands_that_another_test_runs_are_read_by_it(page: str, beginning: str) -> None:
    source = (ROOT / RUN_BY[page, beginning]).read_text("utf-8")
    assert re.search(rf'block\((?:"{page}"|API|OPERATING), "{re.escape(beginning)}"\)', source)


def test_every_block_is_of_a_language_that_is_run_or_is_an_answer() -> None:
    assert set[str]().union(*map(languages, pages())) <= COMMANDS | ANSWERS


def test_trainings_that_take_too_long_have_the_options_that_there_are() -> None:
    """They are read by the command line, and not begun."""
    known: dict[str, Any] = typer.main.get_command(commands).commands  # type: ignore[attr-defined]
    lines = [
        line for page in pages() for one in blocks(page) if one not in to_run(page) for line in one.text.splitlines()
    ]
    trainings = [found[1] for line in lines if (found := re.search(r"\bpython -m model ((?:pre)?train .*)", line))]
    assert len(trainings) > 10
    for training in trainings:
        name, *words = shlex.split(training)
        given = known[name].make_context(name, words).params
        assert name == "pretrain" or (ROOT / given["names"]).exists(), training


def test_an_operator_copies_backs_up_takes_out_deletes_and_restores(
    service: Process, address: str, database: str, tmp_path: Path
) -> None:
    elsewhere = f"sqlite:///{tmp_path}/restored.db"
    reader = Reader(tmp_path, address, NAMEWRIGHT_DATABASE_URL=database)
    with admin(service) as client:
        job = until_ended(client, submit(client, quick())["id"])
        assert job["state"] == "succeeded", job
        trained = stored(database)

        assert reader.run(block(OPERATING, "curl -OJ")) == ""
        assert_same_bits(model_file.load(tmp_path / "elves.npz"), trained)
        reader.run(block(OPERATING, "namewright backup"))

        take_out, delete = block(OPERATING, "curl -X DELETE").splitlines()
        versions = [*range(1, job["version"] + 1)]
        assert reader.run(take_out) == ""
        assert client.get("/models").json()["withdrawn"] == {"elves": versions}
        assert json.loads(reader.run(delete)) == {"deleted": versions, "version": None}
        assert client.get("/models/elves").status_code == 404

    reader.run(block(OPERATING, "namewright restore"), NAMEWRIGHT_DATABASE_URL=elsewhere)
    reader.run(block(OPERATING, "namewright upgrade"), NAMEWRIGHT_DATABASE_URL=elsewhere)
    assert_same_bits(stored(elsewhere), trained)


def test_the_programs_for_a_browser_run_in_one(page: Page, address: str) -> None:
    """One after the other in one module, with the `token` of the one who writes it."""
    programs = [block(API, "import { Namewright }"), block(API, "const admin")]
    module = "\n".join([f"const token = {json.dumps(TOKEN)};", *programs, 'document.title = "done";']).replace(
        ADDRESS, address
    )
    body = f'<!doctype html><link rel="icon" href="data:,"><script type="module">{module}</script>'
    page.route(f"{address}/program", lambda route: route.fulfill(body=body, content_type="text/html"))
    logged, errors = list[str](), list[str]()
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/program")
    until(lambda: errors or page.title() == "done", "the end of the programs")
    assert errors == []
    followed = [line for line in logged if re.fullmatch(r"(?:state|progress) [\d.]+", line)]
    assert followed[-1] == "state 1"
    assert len(logged) - len(followed) == 250 + 2000
