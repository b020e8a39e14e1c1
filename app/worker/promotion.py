"""Whether a new version goes into service.

`unless_worse` compares what would be served with an n-gram learned from the same names: both figures are in the card.
`if_better` compares it with the version in service, on the held-out names of the new one that both models can spell. A
name is a fair question only where neither model learned from it; with too few such names, as always where a short list
was learned whole in the end, the held-out figures of the two cards decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.store.loading import load_version
from app.store.records import WITHDRAWN, Order
from app.store.sync_store import Store
from model.artifact.bundled_models import load_bundled
from model.artifact.card import Card
from model.artifact.model_file import Artifact
from model.corpus.split import name_hashes
from model.errors import InvalidWeights
from model.generation.scoring import evaluate
from model.generation.served import mixture_of

BUNDLED = 0

MIN_FAIR_NAMES = 20
"""Fewer names than this are no measure: the cards' figures are taken."""

MIN_SPELLED_SHARE = 0.5
"""Share of the held-out names that both models must be able to spell to be compared."""

EXEMPT_PRESET = "seed"
"""Its versions need not be as good as an n-gram: the original recipe, to the letter, is not."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a version goes into service, why, and what was in service when that was decided."""

    promote: bool
    reason: str
    champion_seen: int | None


class PromotionPolicy:
    """Compares a new version with its n-gram, or with the version in service.

    Parameters
    ----------
    store
        Holds the trained versions.
    weights
        The folder of the bundled ones.
    """

    def __init__(self, store: Store, weights: Path) -> None:
        self._store = store
        self.weights = weights

    def decide(self, order: Order, trained: Artifact, held_out: Sequence[str]) -> Decision:
        """Apply the order's `publish` to a trained model; `held_out` are its test names, folded."""
        entry = self._store.versions.catalogue().models.get(order.model)
        seen = entry.champion if entry else None
        if entry and entry.is_withdrawn:
            return Decision(False, WITHDRAWN, seen)
        if order.publish == "unless_worse":
            return Decision(*compare_with_ngram(trained.card), seen)
        if order.publish != "if_better":
            return Decision(order.publish == "always", f"publish was {order.publish}", seen)
        try:
            champion = self.load(order.model, seen or BUNDLED)
        except InvalidWeights as error:
            reason = "there was none in service" if seen is None else f"the one in service cannot be used: {error}"
            return Decision(True, reason, seen)
        names = [trained.casing.restore_case(name) for name in held_out]
        return Decision(*compare_with_champion(trained, champion, names, f"version {seen or BUNDLED}"), seen)

    def load(self, name: str, version: int) -> Artifact:
        """A version of a model, bundled or trained; raises InvalidWeights if there is none that can be used."""
        if version == BUNDLED:
            return load_bundled(self.weights, name)
        stored = load_version(self._store, name, version)
        if stored is None:
            raise InvalidWeights("there is no such version", f"{name}@{version}")
        return stored


def compare_with_ngram(card: Card) -> tuple[bool, str]:
    """Whether what would be served is no worse than an n-gram of the same names, and the figures."""
    figures = card.comparison
    if card.preset == EXEMPT_PRESET:
        return True, f"publish was unless_worse, which takes every version of the preset {card.preset}"
    if not figures.names:
        return True, "publish was unless_worse, and there was no n-gram to compare with"
    compared = (
        f"{figures.served:.4f} nats per letter on {figures.names} test names, against {figures.ngram:.4f} of an n-gram"
    )
    if figures.served <= figures.ngram:
        return True, compared
    advice = "train longer, on more names, or with publish always"
    return False, f"{compared}: it is worse, so it is kept but not put into service; {advice}"


def compare_with_champion(
    trained: Artifact, champion: Artifact, names: Sequence[str], version: str
) -> tuple[bool, str]:
    """Whether a new model is better than the one in service, and the figures; `names` are held out of the new one."""
    spelled = [name for name in names if _spells(champion, name) and _spells(trained, name)]
    if len(spelled) < MIN_SPELLED_SHARE * len(names):
        return False, (
            f"{version}, which is in service, can spell only {len(spelled)} of the {len(names)} test names, too few to "
            "compare; train with publish always to replace it"
        )
    learned = zip(has_learned(trained, spelled), has_learned(champion, spelled), strict=True)
    fair = [name for name, by_one_of_them in zip(spelled, learned, strict=True) if not any(by_one_of_them)]
    if len(fair) >= MIN_FAIR_NAMES:
        new, old = (evaluate(mixture_of(model), fair).nats_per_letter for model in (trained, champion))
        measured = f"on {len(fair)} test names that neither learned from"
    else:
        new, old = trained.card.nats_per_letter, champion.card.nats_per_letter
        if trained.card.corpus.test:
            measured = f"each on its own test names, since only {len(fair)} are new to both"
        else:  # a short list
            measured = (
                "each on the names that its own training held out, since the new one learned all of its list in the end"
            )
    return new < old, f"{new:.4f} nats per letter, against {old:.4f} of {version}, {measured}"


def has_learned(model: Artifact, names: Sequence[str]) -> list[bool]:
    """For each name, whether a model learned from it: it stands in its list, and not among the test names.

    The hashes of the test names come first, see `model.corpus.split`.
    """
    learned = model.hashes[model.card.corpus.test :]
    found: list[bool] = np.isin(name_hashes(map(model.fold, names)), learned).tolist()
    return found


def _spells(model: Artifact, name: str) -> bool:
    return not model.vocabulary.unknown(model.fold(name))
