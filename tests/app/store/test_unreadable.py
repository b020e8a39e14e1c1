import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.store.errors import UnreadableJob
from app.store.loading import load_version
from app.store.sync_store import Store
from app.store.tables import alias_history, jobs, versions
from model.errors import InvalidWeights
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.store_jobs import begin, submit

DEEP = "[" * 400 + "]" * 400
WRONG = [
    ("request", "{"),
    ("request", "[]"),
    ("request", '{"model": "elves"}'),
    ("request", '{"model": "elves", "colour": "red"}'),
    ("report", "null"),
    ("report", '{"a": "\\ud800"}'),
    ("report", '{"a": 1e999}'),
    ("report", '{"a": NaN}'),
    ("report", '{"a": 1, "a": 2}'),
    ("report", "[" * 100_000),
    ("report", '{"a": ' + DEEP + "}"),
    ("history", "[[1, 2]]"),
    ("history", '[["a", "b", "c"]]'),
    ("history", "7"),
    ("plan", "[1]"),
    ("state", "lost"),
    ("created", 1e30),
]


def spoil(store: Store, job: str, column: str, value: Any) -> None:
    """Write what the service never writes."""
    with store.database.writing() as connection:
        connection.execute(sa.update(jobs).where(jobs.c.id == job).values({column: value}))


@pytest.mark.parametrize(("column", "value"), WRONG, ids=[f"{column} {str(value)[:30]}" for column, value in WRONG])
def test_a_row_that_cannot_be_read_concerns_no_other_job(store: Store, column: str, value: Any) -> None:
    before, spoilt, after = (submit(store).id for _ in range(3))
    spoil(store, spoilt, column, value)
    with pytest.raises(UnreadableJob, match=f"the row of job {spoilt} .* cannot be read"):
        store.jobs.get(spoilt)
    listed = [job.id for job in store.jobs.list(state=None, limit=2)]
    if column in ("history", "plan"):  # which lists do without
        assert listed == [after, spoilt]
    else:
        assert listed == [after, before]
        assert [job.id for job in store.jobs.list(state=None, limit=2, before=spoilt)] == [before]


def test_pages_go_on_past_rows_that_cannot_be_read(store: Store) -> None:
    ids = [submit(store).id for _ in range(9)]
    for job in ids[1:8]:
        spoil(store, job, "report", "{")
    assert [job.id for job in store.jobs.list(state=None, limit=2)] == [ids[8], ids[0]]
    assert store.jobs.list(state=None, limit=2, before=ids[0]) == []


def test_a_job_that_cannot_be_read_fails_when_its_turn_comes_and_the_next_is_trained(store: Store) -> None:
    spoilt, next_one = (submit(store).id for _ in range(2))
    request = "{"
    spoil(store, spoilt, "request", request)
    assert store.runs.begin(spoilt, "w", 5) is None
    assert store.runs.unfinished() == [next_one]
    assert begin(store, store.jobs.list(state="queued", limit=1)[0]).job.id == next_one
    with store.database.reading() as connection:
        row = connection.execute(sa.select(jobs.c.state, jobs.c.error).where(jobs.c.id == spoilt)).one()
    assert row.state == "failed"
    assert "cannot be read" in row.error


def test_a_job_that_cannot_be_read_can_be_cancelled(store: Store) -> None:
    spoilt = submit(store).id
    spoil(store, spoilt, "report", "{")
    with pytest.raises(UnreadableJob):
        store.jobs.cancel(spoilt)
    assert store.runs.unfinished() == []
    assert store.runs.content(spoilt) is None


def test_a_report_of_many_letters_is_read(store: Store) -> None:
    job = submit(store).id
    spoil(store, job, "report", json.dumps({"letters": [["ä😀", 1]] * 10_000}))
    found = store.jobs.get(job)
    assert found is not None
    assert len(found.report["letters"]) == 10_000


def test_a_version_of_another_type_does_not_load_and_a_change_that_is_none_is_left_out(store: Store) -> None:
    for name in ("elves", "dwarves"):
        publish(store, name, random_model("abc"), promote=True)
    if not store.database.is_sqlite:
        return  # whose columns have types
    with store.database.writing() as connection:
        text = sa.text(f"UPDATE {versions.name} SET content = 'text' WHERE name = 'elves'")  # noqa: S608
        connection.execute(text)
        connection.execute(sa.update(alias_history).where(alias_history.c.name == "elves").values(at=1e30))
    with pytest.raises(InvalidWeights):
        load_version(store, "elves", 1)
    assert load_version(store, "dwarves", 1) is not None
    assert store.versions.history("elves") == []
    assert len(store.versions.history("dwarves")) == 1
