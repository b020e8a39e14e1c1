"""What the store's tests put into it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from app.store.errors import Superseded
from app.store.records import Claim, Job, Order
from app.store.runs import hold
from app.store.sync_store import Store

ELVES = Order(
    model="elves",
    source="names",
    corpus="elves",
    preset="default",
    overrides={"hidden": 32, "learning_rate": 0.01},
    epochs=None,
    minutes=0.5,
    seed=7,
    parent="us@0",
    publish="always",
    public_membership=False,
)
NAMES = json.dumps(["galadriel", "elrond", "tinúviel"]).encode()
REPORT = {"names": 3, "warnings": ["few names: é"]}
HALFWAY: dict[str, Any] = {
    "step": 50,
    "steps": 100,
    "names_per_second": 1234.5,
    "seconds_left": 2.5,
    "history": [(25, 2.5, None), (50, 2.25, 2.375)],
    "drawn": ["Aelin", "Tinwë"],
}


def submit(store: Store, content: bytes | None = NAMES, **more: Any) -> Job:
    """A job in the queue; `more` is of its order."""
    job, made = store.jobs.submit(replace(ELVES, **more), content, REPORT, max_queued=1000)
    assert made
    return job


def begin(store: Store, job: Job, worker: str = "w") -> Claim:
    """Another attempt at a job."""
    claim = store.runs.begin(job.id, worker, max_fruitless=1000)
    assert claim is not None
    return claim


def holds(store: Store, claim: Claim) -> bool:
    """Whether a claim still stands."""
    try:
        with store.database.writing() as connection:
            hold(connection, claim)
    except Superseded:
        return False
    return True


def publish(store: Store, content: bytes = b"weights", *, promote: bool = True, **more: Any) -> int:
    """A version, trained in no time."""
    claim = begin(store, submit(store, **more))
    name = claim.job.order.model
    entry = store.versions.catalogue().models.get(name)
    seen = entry.champion if entry else None
    version = store.versions.publish(
        claim, content, {"name": name}, promote=promote, verdict="it is better", champion_seen=seen
    )
    assert version is not None
    return version
