"""Whether what was trained goes into service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.store.records import Order
from app.store.sync_store import Store
from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.errors import InvalidWeights
from model.generation.predictor import NetworkPredictor
from model.generation.scoring import evaluate

BUNDLED = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a version is to be put into service, and against which one that was decided."""

    promote: bool
    reason: str
    champion_seen: int | None


class Judge:
    """Compares a new version with the one in service.

    Parameters
    ----------
    store
        Where trained versions are.
    weights
        The folder of the bundled ones.
    """

    def __init__(self, store: Store, weights: Path) -> None:
        self._store = store
        self._weights = weights

    def verdict(self, order: Order, trained: Artifact, held_out: Sequence[str]) -> Verdict:
        """What the order's `publish` means for this model; `held_out` are names that it was not trained on."""
        entry = self._store.versions.catalogue().models.get(order.model)
        seen = entry.champion if entry else None
        if order.publish != "if_better":
            return Verdict(order.publish == "always", f"publish was {order.publish}", seen)
        try:
            champion = self.load(order.model, seen or BUNDLED)
        except InvalidWeights as error:
            reason = "there was none in service" if seen is None else f"the one in service cannot be used: {error}"
            return Verdict(True, reason, seen)
        named = f"version {seen or BUNDLED}, which is in service,"
        known = set(champion.vocabulary.letters)
        if strange := [letter for letter in trained.vocabulary.letters if letter not in known]:
            return Verdict(True, f"{named} cannot spell {strange[0]!r}", seen)
        new, old = trained.card.nats_per_letter, evaluate(NetworkPredictor(champion), held_out).nats_per_letter
        figures = f"{new:.4f} nats per letter on the test names, against {old:.4f} of version {seen or BUNDLED}"
        return Verdict(new < old, figures, seen)

    def load(self, name: str, version: int) -> Artifact:
        """A version of a model, bundled or trained; raises InvalidWeights if there is none that can be used."""
        if version == BUNDLED:
            return model_file.load(self._weights / f"{name}.npz")
        stored = self._store.versions.load(name, version)
        if stored is None:
            raise InvalidWeights("there is no such version", f"{name}@{version}")
        return model_file.unpack(stored.content, f"{name}@{version}")
