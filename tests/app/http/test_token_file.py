import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.http.token_file import read_or_make, token_path
from app.settings import Settings
from tests.support.checkout import ROOT


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command with a database in a folder."""
    environment = {"NAMEWRIGHT_DATABASE_URL": f"sqlite:///{folder}/namewright.db"}
    command = [sys.executable, "-m", "app.http.token_file"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_token_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first, second = run(tmp_path / "data"), run(tmp_path / "data")
    path = tmp_path / "data/admin-token"
    assert first.stdout == second.stdout == path.read_text("utf-8")
    assert len(first.stdout.strip()) >= 32
    assert str(path) in first.stderr
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_with_postgresql_it_is_in_the_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = token_path(Settings(database_url="postgresql://user:password@host/name"))
    assert path == tmp_path / "namewright/admin-token"


def test_all_that_make_it_at_the_same_time_have_the_same_token(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len({one.stdout for one in pool.map(run, [tmp_path] * 4)}) == 1


def test_one_of_the_owner_s_own_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "admin-token"
    path.write_text("my own token, a long one\n", "utf-8")
    assert read_or_make(path) == "my own token, a long one"


@pytest.mark.parametrize("content", ["", " \n"])
def test_a_file_without_a_token_stops_the_start_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "admin-token").write_text(content, "utf-8")
    ended = run(tmp_path)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "remove it" in ended.stderr


def test_a_folder_that_cannot_be_made_stops_the_start_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = run(tmp_path / "file")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "set NAMEWRIGHT_ADMIN_TOKEN" in ended.stderr


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00", "geheim\xe9".encode("latin-1")])
def test_a_file_without_a_token_is_one_line_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "admin-token").write_bytes(content)
    ended = run(tmp_path)
    assert ended.returncode == 3
    assert ended.stdout == ""
    assert ended.stderr.strip().endswith("write one into it, or remove it, and a new one is made")
    assert len(ended.stderr.splitlines()) == 1
