import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from app.store.migration import SCRIPTS
from app.store.sync_store import Store
from model import __version__
from tests.support.checkout import ROOT


def namewright(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process."""
    environment = os.environ | {f"NAMEWRIGHT_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words], env=environment, cwd=ROOT, capture_output=True, text=True
    )


def test_without_a_command_it_lists_them_and_each_explains_itself() -> None:
    listed = namewright()
    assert listed.returncode == 0
    commands = re.findall(r"^    (\w+) +[A-Z]", listed.stdout, re.MULTILINE)
    assert {"serve", "worker", "train", "sample", "score", "backup", "restore", "upgrade"} <= set(commands)
    for name in commands:
        helped = namewright(name, "--help")
        assert helped.returncode == 0, helped.stderr
        assert re.search(rf"usage: namewright {name}\b", helped.stdout, re.IGNORECASE), helped.stdout


def test_it_tells_its_version() -> None:
    assert namewright("--version").stdout == f"namewright {__version__}\n"


def test_it_samples_as_the_command_line_of_the_model_does() -> None:
    options = ["sample", "us", "--count", "3", "--seed", "a"]
    expected = subprocess.run([sys.executable, "-m", "model", *options], cwd=ROOT, capture_output=True, text=True)
    assert namewright(*options).stdout == expected.stdout != ""


@pytest.mark.parametrize("words", [["nonsense"], ["backup"], ["restore", "a", "b"], ["sample", "--nonsense"]])
def test_what_it_does_not_understand_ends_with_status_2(words: list[str]) -> None:
    assert namewright(*words).returncode == 2


def test_backup_and_restore_say_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    absent = namewright("backup", str(tmp_path / "backup"), database_url=f"sqlite:///{tmp_path}/absent.db")
    assert (absent.returncode, absent.stderr.count("\n")) == (2, 1)
    assert absent.stderr.startswith("error: there is no database ")
    (tmp_path / "names.txt").write_text("anna\n")
    other = namewright("restore", str(tmp_path / "names.txt"), database_url=f"sqlite:///{tmp_path}/absent.db")
    assert (other.returncode, other.stderr.count("\n")) == (2, 1)
    assert "is no backup" in other.stderr
    assert not (tmp_path / "absent.db").exists()


def test_upgrade_brings_the_database_of_older_software_and_the_tables_of_dbos_up_to_date(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    store = Store(database_url)
    with store.database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(SCRIPTS))
        command.upgrade(config, "0001")
    done = namewright("upgrade", database_url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"the database is up to date, at revision \d{4}\n", done.stdout)
    schema = "" if store.database.is_sqlite else "dbos."
    with store.database.reading() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {schema}workflow_status").scalar() == 0  # noqa: S608
        assert connection.exec_driver_sql("SELECT count(*) FROM namewright_jobs").scalar() == 0
    store.close()
    assert namewright("upgrade", database_url=database_url).stdout == done.stdout


def test_upgrade_of_a_database_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = namewright("upgrade", database_url=f"sqlite:///{tmp_path}/file/namewright.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the database file cannot be made")
