from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.store.url import DatabaseUrl
from app.worker.lock import holds, lock_path, take


def path_of(url: str, worker: str) -> Path:
    return lock_path(DatabaseUrl.parse(url), worker)


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"
    held = take(path)
    assert held is not None
    assert take(path) is None
    os.close(held)
    again = take(path)
    assert again is not None
    os.close(again)


def test_a_child_that_inherits_a_lock_holds_it_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = take(path)
    assert held is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held])
    os.close(held)
    assert take(path) is None

    child.kill()
    child.communicate()

    again = take(path)
    assert again is not None
    os.close(again)


def test_a_child_that_is_not_given_a_lock_does_not_hold_it(tmp_path: Path) -> None:
    held = take(tmp_path / "lock")
    assert held is not None
    command = [sys.executable, "-c", "print('up', flush=True); input()"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"  # by now it has let go of what it is not to have
    os.close(held)
    again = take(tmp_path / "lock")
    child.kill()
    child.communicate()
    assert again is not None
    os.close(again)


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="lock"):
        take(tmp_path / "lock")
    assert not (tmp_path / "elsewhere").exists()


def test_a_lock_whose_file_was_removed_is_not_held_any_more(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = take(path)
    assert held is not None
    assert holds(held, path)
    path.unlink()
    assert not holds(held, path)
    other = take(path)
    assert other is not None
    assert not holds(held, path)
    assert holds(other, path)
    os.close(held)
    os.close(other)


def test_a_lock_is_beside_the_file_of_sqlite_and_each_worker_has_its_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/names.db"
    paths = {path_of(url, "one"), path_of(url, "two"), path_of(url.replace("names", "other"), "one")}
    assert {path.parent for path in paths} == {tmp_path}
    assert len(paths) == 3


def test_every_spelling_of_an_sqlite_file_has_one_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "names.db").touch()
    (tmp_path / "link.db").symlink_to("names.db")
    monkeypatch.chdir(tmp_path)
    spelt = [
        f"sqlite:///{tmp_path}/names.db",
        f"sqlite+pysqlite:///{tmp_path}/names.db?timeout=20",
        "sqlite:///link.db",
    ]
    assert len({path_of(url, "one") for url in spelt}) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("postgres://me:secret@host/names", "postgresql+psycopg://you@HOST:5432/names?sslmode=require", True),
        ("postgresql://me@host/names", "postgresql://me@host/others", False),
        ("postgresql://me@host/names", "postgresql://me@host:5433/names", False),
        ("postgresql:///names?host=/run/a", "postgresql:///names?host=/run/b", False),
    ],
)
def test_the_lock_of_a_postgresql_database_is_told_by_where_it_is(one: str, other: str, same: bool) -> None:
    assert (path_of(one, "worker") == path_of(other, "worker")) is same


def test_a_lock_for_postgresql_tells_nothing_of_the_database() -> None:
    path = path_of("postgresql://me:secret@host/names", "one")
    assert not {"secret", "host", "names"} & set(path.name.replace("-", ".").split("."))
