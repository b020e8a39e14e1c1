"""What is so after every fault, whatever went wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from itertools import groupby, pairwise
from pathlib import Path

import httpx
import psycopg
import sqlalchemy as sa

from app.store.records import Entry
from app.store.sync_store import Store
from app.store.tables import alias_history, checkpoints, jobs, lists, models, versions
from tests.chaos.installation import CANARY, TRAINED, Installation, Known
from tests.chaos.sites import Site
from tests.support.processes import until
from tests.support.stores import assert_same_bits, opened, stored

ERASED_SECONDS = 90
"""How long a list may stay in the files of a database after its job: a reader may hold the erasure up."""

SERVED_SECONDS = 60
"""How long a service may serve what was in service before."""


def check(installation: Installation, trained: Sequence[int]) -> None:
    """Check everything: `trained` are the versions of the usual training that were made since the last time.

    Raises
    ------
    AssertionError
        Something was lost, made twice, or is not what was promised.
    """
    for site in installation.sites:
        site.until_ready()
    with opened(installation.url) as store:
        check_jobs(store, installation.accepted)
        check_histories(store)
        installation.known = check_promises(store, installation.known)
    if installation.kind == "sqlite":
        _file_is_sound(installation.url)
    assert installation.whole is not None
    for version in trained:
        assert_same_bits(stored(installation.url, TRAINED, version), installation.whole)
    for site in installation.sites:
        for model, (entry, *_) in installation.known.items():
            _serves(site, model, entry)
    until(lambda: not traces(installation), "the erasure of every list", ERASED_SECONDS, pause=0.5)


def check_jobs(store: Store, accepted: set[str]) -> None:
    """Every job that was accepted has ended once, with one version, and nothing of it is left over."""
    with store.database.reading() as connection:
        ended = connection.execute(sa.select(jobs.c.id, jobs.c.state, jobs.c.version)).all()
        made = connection.execute(sa.select(versions.c.job_id, versions.c.name, versions.c.version)).all()
        highest = {row.name: row.latest for row in connection.execute(sa.select(models))}
        assert not connection.execute(sa.select(lists.c.job_id)).all(), "a list outlived its job"
        assert not connection.execute(sa.select(checkpoints.c.job_id)).all(), "a checkpoint outlived its job"
    states = {row.id: row.state for row in ended}
    assert states.keys() == accepted, f"lost: {accepted - states.keys()}; made twice: {states.keys() - accepted}"
    assert set(states.values()) <= {"succeeded"}, states
    by_job = {row.id: row.version for row in ended}
    assert all(by_job[row.job_id] == row.version for row in made), "a version is not the one of its job"
    published: dict[str, list[int]] = {}
    for id in by_job:  # noqa: A001
        found = store.jobs.get(id)
        assert found is not None
        published.setdefault(found.order.model, []).append(by_job[id])
    for model, numbers in published.items():
        assert sorted(numbers) == list(range(1, highest[model] + 1)), f"{model}: {sorted(numbers)}, {highest[model]}"


def check_histories(store: Store) -> None:
    """Each change of what is in service begins where the one before it ended, and the last one is in force."""
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(alias_history).order_by(alias_history.c.name, alias_history.c.sequence))
        changes = {name: list(group) for name, group in groupby(rows.all(), key=lambda row: row.name)}
        champions = {row.name: row.champion for row in connection.execute(sa.select(models))}
    assert store.versions.sequence() >= max((row.sequence for group in changes.values() for row in group), default=0)
    for name, group in changes.items():
        assert group[0].previous is None, f"{name}: a change is missing before {group[0]}"
        for one, other in pairwise(group):
            assert (one.version or None) == other.previous, f"{name}: a change is missing before {other}"
        assert (group[-1].version or None) == champions[name], f"{name}: {champions[name]} is no last change"


def check_promises(store: Store, known: Mapping[str, Known]) -> dict[str, Known]:
    """Every model is in a state that it may be in, and there is no other; which state that is."""
    found = store.versions.catalogue().models
    for model, entries in known.items():
        assert found.get(model) in entries, f"{model} is {found.get(model)}, and not one of {entries}"
    assert found.keys() <= known.keys(), found
    return {model: [found.get(model)] for model in known}


def _file_is_sound(url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def _serves(site: Site, model: str, entry: Entry | None) -> None:
    """Wait until a site serves what is in service, and nothing of what is not."""
    expected = None if entry is None or entry.is_withdrawn else entry.champion

    def served() -> bool:
        with suppress(httpx.HTTPError):
            answer = site.client.get("/sample", params={"model": model, "seed": 1})
            return (answer.json().get("version") if answer.status_code == 200 else None) == expected
        return False

    until(served, f"version {expected} of {model} on site {site.name}", SERVED_SECONDS)


def traces(installation: Installation) -> list[Path]:
    """The files of the database in which a list still is."""
    if installation.kind == "postgresql":
        with psycopg.connect(installation.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            name = connection.execute("SELECT pg_relation_filepath('namewright_lists')").fetchone()
            assert name is not None
            files = [installation.files / str(name[0])]
    else:
        files = [path for path in installation.files.iterdir() if path.name.startswith("namewright.db")]
    return [path for path in files if CANARY.encode() in path.read_bytes()]
