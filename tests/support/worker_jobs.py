"""Orders as the service accepts them."""

from __future__ import annotations

import json
from typing import Any

from app.store.records import Claim, Job, Order
from app.store.sync_store import Store
from app.worker.trainer import Trainer
from tests.support.trainings import some_names

NAMES = some_names(120)


def order(**more: Any) -> Order:
    """A training of about half a second, of names that come with the order."""
    told: dict[str, Any] = {
        "model": "elves",
        "source": "names",
        "corpus": "elves",
        "preset": "default",
        "overrides": {"hidden": 16, "steps": 100},
        "epochs": None,
        "minutes": None,
        "seed": 3,
        "parent": None,
        "publish": "always",
        "public_membership": False,
    }
    return Order(**told | more)


def submitted(store: Store, ordered: Order, content: bytes | None = None) -> Job:
    """A job in the queue, with `NAMES` where it needs names and is not given other content."""
    if content is None and ordered.source == "names":
        content = json.dumps(NAMES).encode()
    job, _ = store.jobs.submit(ordered, content, {}, max_queued=100)
    return job


def begun(store: Store, trainer: Trainer, ordered: Order, content: bytes | None = None) -> Claim:
    claim = trainer.begin(submitted(store, ordered, content).id)
    assert claim is not None
    return claim


def trained(store: Store, trainer: Trainer, ordered: Order, content: bytes | None = None) -> Job:
    """The job at its end."""
    claim = begun(store, trainer, ordered, content)
    while trainer.advance(claim):
        pass
    return found(store, claim)


def found(store: Store, claim: Claim) -> Job:
    job = store.jobs.get(claim.job.id)
    assert job is not None
    return job
