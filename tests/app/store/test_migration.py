import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from app.store.errors import NotReady, Unavailable
from app.store.migration import OPTIONS, SCRIPTS
from app.store.records import Entry
from app.store.sync_store import Store
from app.store.tables import PREFIX, VERSION_TABLE, jobs, metadata
from tests.support.store_jobs import ELVES, begin, submit

DBOS_TABLES = """
from dbos import DBOS
from app.store.sync_store import Store
import sys
store = Store(sys.argv[1])
DBOS(config={
    "name": "namewright", "system_database_url": store.dbos_url(), "system_database_engine": store.dbos_engine(),
    "application_version": "1", "log_level": "ERROR",
})
DBOS.launch()
DBOS.destroy()
"""


@pytest.fixture
def fresh(database_url: str) -> Iterator[Store]:
    """A store in an empty database."""
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    with closing(Store(database_url)) as store:
        yield store


def tables(store: Store) -> set[str]:
    with store.database.reading() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_the_migrations_make_the_tables_that_the_code_knows_and_leave_those_of_dbos(fresh: Store) -> None:
    subprocess.run([sys.executable, "-c", DBOS_TABLES, fresh.dbos_url()], check=True)
    theirs = tables(fresh)
    fresh.migrate()
    assert tables(fresh) - theirs == {*metadata.tables, VERSION_TABLE}
    assert all(name.startswith(PREFIX) for name in tables(fresh) - theirs)
    with fresh.database.reading() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS | {"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.no_cover
def test_dbos_and_we_keep_house_together_whoever_comes_first(fresh: Store) -> None:
    fresh.migrate()
    job = submit(fresh)
    subprocess.run([sys.executable, "-c", DBOS_TABLES, fresh.dbos_url()], check=True)
    assert fresh.jobs.get(job.id) == job


def test_a_schema_that_is_up_to_date_is_left_as_it_is(fresh: Store) -> None:
    fresh.migrate()
    job = submit(fresh)
    fresh.migrate()
    assert fresh.jobs.get(job.id) == job


def test_a_database_of_the_software_before_keeps_its_jobs_versions_and_workers(fresh: Store) -> None:
    with fresh.database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(SCRIPTS))
        command.upgrade(config, "0001")
        before = sa.MetaData()
        before.reflect(connection)

        def insert(table: str, **values: object) -> None:
            connection.execute(sa.insert(before.tables[f"{PREFIX}{table}"]).values(values))

        order = json.dumps(asdict(ELVES))
        job = {"request": order, "report": "{}", "fingerprint": "", "created": 1.0, "fruitless": 0, "history": "[]"}
        insert("jobs", id=f"{1:032}", number=1, state="succeeded", attempt=1, step=9, revision=4, version=1, **job)
        insert(
            "jobs", id=f"{2:032}", number=2, state="running", attempt=3, handed_over=2, step=5, revision=7,
            plan='{"hidden": 8}', **job,
        )  # fmt: skip
        insert("jobs", id=f"{3:032}", number=3, state="queued", attempt=0, step=0, revision=1, **job)
        key, request = sha256(b"key").hexdigest(), sha256(b"request").hexdigest()
        with_key = job | {"key": key, "fingerprint": request}
        insert("jobs", id=f"{4:032}", number=4, state="failed", attempt=0, step=0, revision=1, **with_key)
        insert("lists", job_id=f"{2:032}", content=b"list")
        insert("checkpoints", job_id=f"{2:032}", step=5, content=b"checkpoint", written=2.0)
        insert(
            "versions", name="elves", version=1, job_id=f"{1:032}", created=1.5, card="{}", sha256="", content=b"w",
            public_membership=False,
        )  # fmt: skip
        insert("models", name="elves", latest=1, champion=1)
        insert("alias_history", sequence=1, name="elves", alias="champion", version=1, at=1.5, cause="job")
        insert("workers", id="local", host="here", seen=3.0, adopted_by="other", adopted_until=4.0)
    fresh.migrate()
    assert fresh.runs.unfinished() == [f"{2:032}", f"{3:032}"]
    running = fresh.jobs.get(f"{2:032}")
    assert running is not None
    assert (running.order, running.attempt, running.step, running.plan) == (ELVES, 3, 5, {"hidden": 8})
    assert fresh.runs.content(running.id) == b"list"
    assert fresh.runs.checkpoint_of(running.id) == b"checkpoint"
    version = fresh.versions.load("elves", 1)
    assert version is not None
    assert version.content == b"w"
    assert fresh.versions.catalogue().models["elves"] == Entry(1, (1,))
    assert [(change.version, change.previous, change.cause) for change in fresh.versions.history("elves")] == [
        (1, None, "job")
    ]
    assert fresh.workers.known() == ["local"]
    assert begin(fresh, running).attempt == 4
    again, made = fresh.jobs.submit(ELVES, b"", {}, max_queued=9, key="key", fingerprint=request)
    assert (again.id, made) == (f"{4:032}", False)
    with fresh.database.reading() as connection:
        kept = connection.execute(sa.select(jobs.c.fingerprint).order_by(jobs.c.number)).scalars().all()
    assert kept[:3] == ["", "", ""]
    assert re.fullmatch("[0-9a-f]{64}", kept[3])
    assert kept[3] != request


def test_several_threads_make_schemas_at_once(tmp_path: Path) -> None:
    """Alembic has globals."""

    def make(number: int) -> int:
        with closing(Store(f"sqlite:///{tmp_path / f'{number % 4}.db'}")) as store:
            store.migrate()
            return store.versions.sequence()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(make, range(8))) == [0] * 8


def test_a_schema_that_is_not_made_is_told(fresh: Store) -> None:
    with pytest.raises(NotReady, match="lacks a table"):
        fresh.jobs.counts()


def test_the_schema_of_a_newer_version_is_neither_used_nor_changed(store: Store) -> None:
    revisions = sa.table(VERSION_TABLE, sa.column("version_num"))

    def stamp(revision: str) -> None:
        with store.database.writing() as connection:
            connection.execute(sa.update(revisions).values(version_num=revision))

    with store.database.reading() as connection:
        ours = connection.execute(sa.select(revisions.c.version_num)).scalar_one()
    stamp("9999")
    try:
        with pytest.raises(Unavailable, match="newer namewright"):
            store.migrate()
    finally:
        stamp(ours)


def test_a_user_who_may_not_make_tables_is_told(postgresql_url: str) -> None:
    with closing(Store(postgresql_url)) as owner:
        with owner.database.writing() as connection:
            connection.exec_driver_sql("DROP ROLE IF EXISTS stranger")
            connection.exec_driver_sql("CREATE ROLE stranger LOGIN PASSWORD 'hush'")
            connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        url = re.sub("//.*@", "//stranger:hush@", postgresql_url)
        with closing(Store(url)) as store, pytest.raises(Unavailable, match="lacks a permission"):
            store.migrate()
        with owner.database.writing() as connection:
            connection.exec_driver_sql("DROP ROLE stranger")
