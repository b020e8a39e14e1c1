"""What README and the pages in docs promise is what the project does."""

import re
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
