import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store.backup import BackupError, backup, restore
from app.store.sync_store import Store
from app.store.tables import VERSION_TABLE
from app.store.url import DatabaseUrl
from tests.support.store_jobs import begin, submit

SECRET = b"Zuleika Dobson"


@pytest.fixture
def source(database_url: str) -> Iterator[Store]:
    """A store with tables."""
    with closing(Store(database_url)) as store:
        store.migrate()
        yield store


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> DatabaseUrl:
    """An empty place of the same kind."""
    if database_url.startswith("sqlite"):
        return DatabaseUrl.parse(f"sqlite:///{tmp_path / 'a new folder' / 'namewright.db'}")
    url: str = request.getfixturevalue("cluster").create_database()
    return DatabaseUrl.parse(url)


def sqlite_at(path: Path) -> DatabaseUrl:
    return DatabaseUrl.parse(f"sqlite:///{path}")


def test_what_was_backed_up_is_restored_elsewhere(source: Store, elsewhere: DatabaseUrl, tmp_path: Path) -> None:
    waiting, running = submit(source), submit(source)
    begin(source, running)
    file = tmp_path / "backup"
    backup(source.database.url, file)
    expected = [source.jobs.get(job.id) for job in (waiting, running)]
    submit(source)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    restore(file, elsewhere)
    with closing(Store(elsewhere.text)) as restored:
        assert [restored.jobs.get(job.id) for job in (waiting, running)] == expected
        assert restored.jobs.counts()["queued"] == 1
        restored.migrate()
        assert submit(restored).state == "queued"
    with pytest.raises(BackupError, match=r"empty one|move that away"):
        restore(file, elsewhere)


def test_a_backup_replaces_no_file_and_leaves_none_behind_when_it_fails(source: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_bytes(b"precious")
    with pytest.raises(BackupError, match="is there already; give the backup another name"):
        backup(source.database.url, file)
    assert file.read_bytes() == b"precious"
    with pytest.raises(BackupError, match="No such file"):
        backup(source.database.url, tmp_path / "nowhere" / "backup")


def test_only_a_database_of_namewright_is_backed_up(database_url: str, tmp_path: Path) -> None:
    url = DatabaseUrl.parse(database_url)
    with pytest.raises(BackupError, match=r"there is no database .*namewright.db|no tables of namewright"):
        backup(url, tmp_path / "backup")
    if url.is_sqlite:
        assert not Path(url.name).exists()
        with closing(sqlite3.connect(url.name)) as connection:
            connection.execute("CREATE TABLE theirs (id)")
        with pytest.raises(BackupError, match="no tables of namewright"):
            backup(url, tmp_path / "backup")
    assert not [path for path in tmp_path.iterdir() if "backup" in path.name]


def test_the_backup_of_a_file_has_nothing_of_what_was_deleted(tmp_path: Path) -> None:
    url = sqlite_at(tmp_path / "namewright.db")
    with closing(Store(url.text)) as store:
        store.migrate()
        with closing(sqlite3.connect(url.name)) as connection:
            connection.execute("PRAGMA secure_delete=OFF")
            connection.execute("CREATE TABLE theirs (text)")
            connection.execute("INSERT INTO theirs VALUES (?)", [SECRET.decode()])
            connection.commit()
            connection.execute("DELETE FROM theirs")
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert SECRET in Path(url.name).read_bytes()
        backup(url, tmp_path / "backup")
    assert SECRET not in (tmp_path / "backup").read_bytes()


def test_a_transaction_that_writes_meanwhile_is_neither_held_up_nor_half_in_the_backup(tmp_path: Path) -> None:
    url = sqlite_at(tmp_path / "namewright.db")
    with closing(Store(url.text)) as store:
        store.migrate()
        with store.database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE theirs (id)")
            backup(url, tmp_path / "backup")
    restored = sqlite_at(tmp_path / "restored.db")
    restore(tmp_path / "backup", restored)
    with closing(sqlite3.connect(restored.name)) as found:
        assert found.execute("SELECT count(*) FROM sqlite_master WHERE name = 'theirs'").fetchone() == (0,)


@pytest.mark.parametrize("harm", ["half of it", "a page in the middle", "another revision", "another file", "nothing"])
def test_what_is_no_whole_backup_is_restored_in_no_part(harm: str, tmp_path: Path) -> None:
    url, file = sqlite_at(tmp_path / "namewright.db"), tmp_path / "backup"
    with closing(Store(url.text)) as store:
        store.migrate()
        backup(url, file)
    content = file.read_bytes()
    if harm == "another revision":
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608
            connection.commit()
    elif harm != "nothing":
        changed = {"half of it": content[: len(content) // 2], "another file": b"anna\nben\n"}
        file.write_bytes(changed.get(harm, content[:8192] + b"\xff" * 4096 + content[12288:]))
    restored = sqlite_at(tmp_path / "folder" / "restored.db")
    if harm == "nothing":
        restore(file, restored)
        assert stat.S_IMODE(Path(restored.name).stat().st_mode) == 0o600
        return
    with pytest.raises(BackupError, match=r"malformed|damaged|newer namewright|no backup"):
        restore(file, restored)
    assert list((tmp_path / "folder").glob("*")) == []


def test_a_backup_goes_into_a_database_of_its_own_kind(postgresql_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with closing(Store(f"sqlite:///{tmp_path / 'namewright.db'}")) as store:
        store.migrate()
        backup(store.database.url, file)
    with pytest.raises(BackupError, match="of an SQLite database"):
        restore(file, DatabaseUrl.parse(postgresql_url))
    with pytest.raises(BackupError, match="No such file"):
        restore(tmp_path / "absent", DatabaseUrl.parse(postgresql_url))


def test_a_damaged_archive_leaves_the_database_empty(postgresql_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with closing(Store(postgresql_url)) as store:
        store.migrate()
        submit(store)
        backup(store.database.url, file)
        file.write_bytes(file.read_bytes()[:-400])
        target = DatabaseUrl.parse(postgresql_url)
        with pytest.raises(BackupError, match="has tables of namewright already"):
            restore(file, target)
        with store.database.writing() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        with pytest.raises(BackupError, match="pg_restore failed"):
            restore(file, target)
        with store.database.reading() as connection:
            assert sa.inspect(connection).get_table_names() == []


def test_where_the_programs_of_postgresql_are_absent_or_fail_the_error_is_without_the_password(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = DatabaseUrl.parse(postgresql_url).password
    assert password
    with closing(Store(postgresql_url)) as store:
        store.migrate()
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BackupError, match="there is no pg_dump here; it comes with") as absent:
            backup(store.database.url, tmp_path / "backup")
        (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "$@" >&2\nexit 1\n')
        (tmp_path / "pg_dump").chmod(0o755)
        with pytest.raises(BackupError, match=r"pg_dump failed: .*--dbname") as failed:
            backup(store.database.url, tmp_path / "backup")
    assert password not in str(absent.value) + str(failed.value)
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of a backup."""
    folder = tmp_path_factory.mktemp("whole")
    with closing(Store(f"sqlite:///{folder / 'namewright.db'}")) as store:
        store.migrate()
        submit(store)
        backup(store.database.url, folder / "backup")
    return (folder / "backup").read_bytes()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**14), piece=st.binary(min_size=1, max_size=100), is_inserted=st.booleans())
def test_a_backup_with_other_bytes_anywhere_is_restored_whole_or_refused(
    whole: bytes, tmp_path: Path, place: int, piece: bytes, is_inserted: bool
) -> None:
    file, target = tmp_path / "backup", tmp_path / "restored.db"
    file.write_bytes(whole[:place] + piece + whole[place + len(piece) * (not is_inserted) :])
    target.unlink(missing_ok=True)
    try:
        restore(file, sqlite_at(target))
    except BackupError:
        assert not target.exists()
        return
    with closing(sqlite3.connect(target)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
