"""Trained versions in a store, for tests that publish without a worker."""

from __future__ import annotations

from app.store.records import Order
from app.store.sync_store import Store
from model.artifact.model_file import Artifact, pack


def order(model: str, *, public: bool = False) -> Order:
    return Order(
        model=model,
        source="names",
        corpus=model,
        preset="default",
        overrides={},
        epochs=None,
        minutes=None,
        seed=0,
        parent=None,
        publish="always",
        public_membership=public,
    )


def publish(
    store: Store, model: str, artifact: Artifact, *, promote: bool = True, public: bool = False, content: bytes = b""
) -> int:
    """The number of a new version; `content` instead of the artifact's own makes a damaged one."""
    job, _ = store.jobs.submit(order(model, public=public), b"[]", {}, max_queued=1000)
    claim = store.runs.begin(job.id, "worker", 3)
    assert claim is not None
    entry = store.versions.catalogue().models.get(model)
    version = store.versions.publish(
        claim,
        content or pack(artifact),
        artifact.card.to_json(),
        promote=promote,
        verdict="",
        champion_seen=entry.champion if entry else None,
    )
    assert version is not None
    return version
