"""Whether a new version goes into service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.store.loading import load_version
from app.store.records import Order
from app.store.sync_store import Store
from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.errors import InvalidWeights
from model.generation.scoring import evaluate
from model.generation.served import predictor_of

BUNDLED = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a version goes into service, why, and what was in service when that was decided."""

    promote: bool
    reason: str
    champion_seen: int | None


class PromotionPolicy:
    """Compares a new version with the one in service.

    Parameters
    ----------
    store
        Holds the trained versions.
    weights
        The folder of the bundled ones.
    """

    def __init__(self, store: Store, weights: Path) -> None:
        self._store = store
        self._weights = weights

    def decide(self, order: Order, trained: Artifact, held_out: Sequence[str]) -> Decision:
        """Apply the order's `publish` to a trained model; `held_out` are names that it was not trained on."""
        entry = self._store.versions.catalogue().models.get(order.model)
        seen = entry.champion if entry else None
        if order.publish != "if_better":
            return Decision(order.publish == "always", f"publish was {order.publish}", seen)
        try:
            champion = self.load(order.model, seen or BUNDLED)
        except InvalidWeights as error:
            reason = "there was none in service" if seen is None else f"the one in service cannot be used: {error}"
            return Decision(True, reason, seen)
        named = f"version {seen or BUNDLED}, which is in service,"
        known = set(champion.vocabulary.letters)
        if unknown := [letter for letter in trained.vocabulary.letters if letter not in known]:
            return Decision(True, f"{named} cannot spell {unknown[0]!r}", seen)
        new, old = trained.card.nats_per_letter, evaluate(predictor_of(champion), held_out).nats_per_letter
        figures = f"{new:.4f} nats per letter on the test names, against {old:.4f} of version {seen or BUNDLED}"
        return Decision(new < old, figures, seen)

    def load(self, name: str, version: int) -> Artifact:
        """A version of a model, bundled or trained; raises InvalidWeights if there is none that can be used."""
        if version == BUNDLED:
            return model_file.load(self._weights / f"{name}.npz")
        stored = load_version(self._store, name, version)
        if stored is None:
            raise InvalidWeights("there is no such version", f"{name}@{version}")
        return stored.artifact
