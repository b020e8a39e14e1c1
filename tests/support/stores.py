"""What tests of processes read in the store behind their backs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.store.sync_store import Store
from model.artifact import model_file
from model.artifact.card import Description
from model.artifact.model_file import Artifact


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a training stood when the kill came."""

    step: int  # as far as the store knew
    checkpoint: int  # step of the last checkpoint in the store; 0 where there was none


class TooLate(Exception):
    """The training was as good as over."""


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store on a database that a service has made."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def landed(url: str, job: str) -> Landing:
    """Where a training stands, by the store; raises TooLate when its last checkpoint is written."""
    with opened(url) as store:
        found = store.jobs.get(job)
        with store.database.reading() as connection:
            wanted = sa.text("SELECT step FROM namewright_checkpoints WHERE job_id = :job")
            step = connection.execute(wanted, {"job": job}).scalar() or 0
    assert found is not None
    if found.state != "running" or step == found.steps:
        raise TooLate
    return Landing(found.step, step)


def attempts_at(url: str, job: str) -> int:
    """How often a job was begun."""
    with opened(url) as store:
        found = store.jobs.get(job)
    assert found is not None
    return found.attempt


def stored(url: str, name: str = "elves", version: int = 1) -> Artifact:
    """A model as the store has it."""
    with opened(url) as store:
        found = store.versions.load(name, version)
    assert found is not None
    return model_file.unpack(found.content, f"{name}@{version}")


def assert_same_bits(one: Artifact, other: Artifact) -> None:
    """Two models are the same, but for when they were made, what is said of their names, and to whom."""
    assert one.network.parameters.flat.tobytes() == other.network.parameters.flat.tobytes()
    assert one.hashes.tobytes() == other.hashes.tobytes()
    assert (one.first_letters is None) == (other.first_letters is None)
    if one.first_letters is not None and other.first_letters is not None:
        assert one.first_letters.tobytes() == other.first_letters.tobytes()
    unsaid: dict[str, Any] = {"created": "", "description": Description(), "public_membership": True}
    assert replace(one.card, **unsaid) == replace(other.card, **unsaid)
