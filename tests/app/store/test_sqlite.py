import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.errors import NotReady, Unavailable
from app.store.sqlite import dbos_engine, sqlite_engine
from app.store.sync_store import Store
from app.store.url import DatabaseUrl
from tests.support.store_jobs import submit


def pragmas(connection: sa.Connection, *names: str) -> list[object]:
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


def made_for_dbos(url: str, **versions: tuple[int, ...]) -> sa.Engine:
    """An engine on an empty file."""
    Path(url.removeprefix("sqlite:///")).touch()
    engine = dbos_engine(DatabaseUrl.parse(url), **versions)
    assert engine is not None
    return engine


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'namewright.db'}"


def test_what_was_said_to_be_written_is_on_the_disk(url: str) -> None:
    with closing(Store(url, wait_seconds=7)) as store:
        store.migrate()
        with store.database.reading() as connection:
            told = pragmas(connection, "journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        assert told == ["wal", 2, 1, 1, 7000]


def test_the_driver_of_postgresql_is_not_imported(url: str) -> None:
    """It takes 6 MB."""
    code = (
        "import sys; from app.store.sync_store import Store; store = Store(sys.argv[1]); store.migrate(); "
        "store.jobs.counts(); sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, url], check=False).returncode == 0


def test_a_file_that_already_is_someone_elses_database_is_shared(tmp_path: Path, url: str) -> None:
    with closing(sqlite3.connect(tmp_path / "namewright.db")) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    with closing(Store(url)) as store:
        store.migrate()
        submit(store)
        with store.database.reading() as reading:
            assert pragmas(reading, "journal_mode") == ["wal"]
            assert reading.exec_driver_sql("SELECT count(*) FROM theirs").scalar() == 0


def test_a_folder_and_file_that_are_made_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "namewright.db"
    with closing(Store(f"sqlite:///{path}")) as store:
        store.migrate()
        submit(store)
        modes = {part.name: part.stat().st_mode & 0o777 for part in (*path.parent.iterdir(), path.parent)}
    assert modes == {"b": 0o700, "namewright.db": 0o600, "namewright.db-wal": 0o600, "namewright.db-shm": 0o600}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("file/namewright.db", "cannot be made"),
        ("folder", "cannot be opened"),
        ("other", "is not an SQLite database"),
        ("/proc/namewright/namewright.db", "cannot be made"),
        ("x" * 300, "cannot be made: file name too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line_without_its_path(
    tmp_path: Path, path: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "other").write_bytes(b"no database " * 1000)
    with closing(Store(f"sqlite:///{tmp_path / path}")) as store, pytest.raises(Unavailable, match=reason) as refused:
        store.migrate()
    assert str(tmp_path) not in refused.value.reason
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nowhere' / 'namewright.db'}"
    with closing(Store(url)) as store, pytest.raises(Unavailable, match="cannot be opened"):
        store.jobs.counts()
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_was_never_made_ready_says_so(tmp_path: Path, url: str) -> None:
    with closing(Store(url)) as store:
        with pytest.raises(Unavailable, match="cannot be opened"):
            store.jobs.counts()
        (tmp_path / "namewright.db").touch()
        with pytest.raises(NotReady, match="lacks a table"):
            store.jobs.counts()


@pytest.mark.parametrize("comes", ["nothing", "an empty file", "a copy"])
def test_a_file_that_is_removed_or_replaced_is_told_until_the_store_is_made_ready_again(
    tmp_path: Path, url: str, comes: str
) -> None:
    path = tmp_path / "namewright.db"
    with closing(Store(url)) as store, closing(Store(url)) as other:
        store.migrate()
        job = submit(store)
        other.migrate()
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
            source.backup(copy)
        for old in tmp_path.glob("namewright.db*"):
            old.unlink()
        if comes == "an empty file":
            path.touch()
        elif comes == "a copy":
            (tmp_path / "copy.db").rename(path)
        for act in (store.jobs.counts, lambda: submit(store), store.workers.alive):
            with pytest.raises(NotReady, match="removed or replaced"):
                act()
        assert path.exists() == (comes != "nothing")
        store.migrate()
        assert (store.jobs.get(job.id) == job) == (comes == "a copy")
        later = submit(store)
        with pytest.raises(NotReady, match="removed or replaced"):
            other.jobs.counts()
        other.migrate()
        assert other.jobs.get(later.id) == later
    with closing(Store(url)) as store:
        assert store.jobs.get(later.id) == later


@pytest.mark.parametrize("kind", ["ours", "DBOS's"])
def test_no_connection_makes_a_file(tmp_path: Path, url: str, kind: str) -> None:
    read = DatabaseUrl.parse(url)
    engine = dbos_engine(read) if kind == "DBOS's" else sqlite_engine(read, 1)
    assert engine is not None
    with pytest.raises(sa.exc.OperationalError, match="unable to open"):
        engine.connect()
    assert list(tmp_path.iterdir()) == []


def test_a_path_may_have_any_letters(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "a %20?b#ü&mode=ro.db"))
    with closing(Store(url.render_as_string())) as store:
        store.migrate()
        submit(store)
    assert [path.name for path in tmp_path.iterdir()] == ["a %20?b#ü&mode=ro.db"]


def test_a_damaged_file_is_told(tmp_path: Path, url: str) -> None:
    with closing(Store(url)) as store:
        store.migrate()
    path = tmp_path / "namewright.db"
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 100_000)
    with closing(Store(url)) as store, pytest.raises(Unavailable, match="damaged"):
        store.jobs.counts()


def test_dbos_gets_an_engine_that_waits_for_writers_and_keeps_its_rules(url: str) -> None:
    engine = made_for_dbos(url)
    with engine.connect() as connection:
        assert pragmas(connection, "busy_timeout", "foreign_keys") == [30_000, 1]
        connection.exec_driver_sql("CREATE TABLE t (at REAL DEFAULT (unixepoch('subsec') * 1000))")
        connection.exec_driver_sql("INSERT INTO t DEFAULT VALUES")
        other = sqlite3.connect(engine.url.database or "", timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    engine.dispose()


def test_dbos_finds_the_time_in_milliseconds(url: str) -> None:
    engine = made_for_dbos(url)
    with engine.connect() as connection:
        now = connection.execute(sa.select(sa.func.unixepoch("subsec"))).scalar_one()
    engine.dispose()
    assert isinstance(now, float)
    assert abs(now - time.time()) < 5


def test_our_function_of_time_knows_what_dbos_asks_for_and_nothing_else(url: str) -> None:
    engine = made_for_dbos(url, subseconds_since=(99,))
    with engine.connect() as connection:
        assert isinstance(connection.execute(sa.select(sa.func.unixepoch("subsec"))).scalar_one(), float)
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.select(sa.func.unixepoch("start of day"))).scalar_one()
    engine.dispose()


def test_on_postgresql_dbos_makes_its_own_engine() -> None:
    assert dbos_engine(DatabaseUrl.parse("postgresql://h/d")) is None
    with closing(Store("postgres://u:p@h/d")) as store:
        assert store.dbos_engine() is None
        assert store.dbos_url() == "postgresql+psycopg://u:p@h/d"
