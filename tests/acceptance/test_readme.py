"""What README and the pages in docs promise is what the project does."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from platformdirs import user_data_path

from app.jobs.order import HYPERPARAMETERS
from app.schemas.train import TrainFields
from app.settings import Address, Settings
from tests.support.checkout import ROOT, tracked
from tests.support.processes import until

DATA = user_data_path("namewright")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(path for path in tracked("docs") if path.suffix == ".md")]


def answered(page: Path) -> list[tuple[str, str, str]]:
    """The requests by curl on a page that have their answer below them: command, format, answer."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"```sh\n(curl [^`]+?)```\s+```(json|csv|text)\n(.+?)```", text, re.DOTALL)


def ask(command: str, address: str) -> str:
    """The answer to a request, as curl would send it."""
    words = shlex.split(command.replace("\\\n", ""))
    (url,) = (word for word in words if word.startswith("http://127.0.0.1:8000/"))
    headers = [words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H"]
    body = next((words[place + 1] for place, word in enumerate(words) if word == "-d"), None)
    known = {"curl", "-s", "-d", "-H", url, body, *(": ".join(header) for header in headers)}
    assert set(words) <= known, command
    sent = httpx.request(
        "GET" if body is None else "POST",
        url.replace("http://127.0.0.1:8000", address),
        headers=dict(headers),
        content=body,
        trust_env=False,
        timeout=60,
    )
    return sent.text.replace("\r\n", "\n")


def test_the_settings_table_is_the_settings() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if re.match(r"\| `[A-Z_]+` \|", line)]

    assert table == [*rows(Settings), *rows(Address)]


def test_the_table_of_a_training_has_its_fields() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if re.match(r"\| `[a-z_]+` \|", line)]

    assert table == [*training_rows()]


def training_rows() -> Iterator[str]:
    for name, field in TrainFields.model_fields.items():
        default = "as the preset says" if name in HYPERPARAMETERS else shown(field.default)
        if name != "model":
            yield f"| `{field.alias or name}` | {default} | {field.description} |"


def rows(settings: type[Settings | Address]) -> Iterator[str]:
    prefix = settings.prefix
    for name, field in settings.model_fields.items():
        yield f"| `{(prefix + name).upper()}` | {shown(field.default)} | {field.description} |"


def shown(default: object) -> str:
    """A default as it is in the table: paths are relative to the checkout or described."""
    if isinstance(default, Path):
        return f"`{default.relative_to(ROOT)}/`"
    if default == f"sqlite:///{DATA / 'namewright.db'}":
        return "`namewright.db` in the user's folder for data"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return "none" if default in ((), "", None) else f"`{default}`"


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if answered(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_request_gets_the_answer_that_stands_below_it(page: Path, address: str) -> None:
    for command, form, answer_in_page in answered(page):
        answer = ask(command, address)
        if form != "json":
            assert answer == answer_in_page, command
        elif '"like"' in command:  # what is learned differs in its last bits between kinds of processors
            assert json.loads(answer).keys() == json.loads(answer_in_page).keys(), command
        else:
            assert json.loads(answer) == json.loads(answer_in_page), command


def printed_below() -> list[tuple[str, str]]:
    """The commands on all pages that have below them what they print."""
    pages = (page.read_text(encoding="utf-8") for page in PAGES)
    return [
        example
        for page in pages
        for example in re.findall(r"```console\n\$ \.venv/bin/python (-m model .+?)\n(.*?)```", page, re.DOTALL)
    ]


@pytest.mark.parametrize(("command", "printed"), printed_below(), ids=[command for command, _ in printed_below()])
def test_every_command_prints_what_stands_below_it(command: str, printed: str) -> None:
    run = subprocess.run([sys.executable, *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout == printed


def test_every_make_command_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) | {".venv"}
    named = {name for page in PAGES for name in re.findall(r"\bmake (\.?[a-z-]+)`", page.read_text(encoding="utf-8"))}

    assert named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if ":" not in link and not (page.parent / link).exists()] == []


@pytest.mark.slow
def test_the_metrics_table_is_the_metrics(address: str) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))

    def exposed() -> set[str]:
        metrics = httpx.get(f"{address}/metrics", trust_env=False).text
        return {name for name, _ in re.findall(r"^# TYPE (namewright_\w+) (\w+)$", metrics, re.MULTILINE)}

    until(lambda: "namewright_jobs" in exposed(), "the first poll of the database")
    assert documented == exposed()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bNAMEWRIGHT_([A-Z_]+)\b", page.read_text(encoding="utf-8")))

    assert named <= {name.upper() for name in Settings.model_fields}
