"""Small models with random weights, for tests to which their quality does not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from model.artifact.card import FORMAT, Architecture, Card, CorpusFacts, Memorisation, NgramFacts
from model.artifact.model_file import Artifact
from model.corpus.casing import Casing
from model.corpus.split import name_hashes
from model.corpus.vocabulary import END, Vocabulary
from model.generation.predictor import NetworkPredictor
from model.network.network import Network
from model.network.shape import Shape
from model.ngram.automaton import Automaton


def random_model(
    letters: str,
    *,
    first_letter: bool = True,
    casing: Casing = Casing.LOWER,
    seed: int = 0,
    end: float = 0.0,
    names: tuple[str, ...] = (),
    mixed: bool = False,
    hidden: int = 8,
    **card_fields: Any,
) -> Artifact:
    """A float64 network, its probabilities spread wide; `end` makes names shorter.

    With `mixed` it is mixed with an n-gram of the names.
    """
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(tuple(sorted(letters)))
    network = Network.initialise(Shape("vanilla", vocabulary.size, hidden), rng, np.float64)
    network.parameters.flat[:] *= 1.5
    network.parameters["c"][END] += end
    frequencies = np.append(0, rng.dirichlet(np.ones(len(letters))))
    card = Card(
        format=FORMAT,
        namewright="0",
        created="2000-01-01T00:00:00+00:00",
        corpus=CorpusFacts("random", "0" * 64, len(names), len(names), 0, 0),
        letters=vocabulary.letters,
        casing=str(casing),
        case_rules=casing.rules,
        preset="random",
        architecture=Architecture("vanilla", 1, hidden, first_letter),
        hyperparameters={},
        seed=seed,
        nats_per_letter=0.0,
        memorisation=Memorisation(0, 0.0, 0.0),
        ngram=NgramFacts(3, 0.2, 0, "") if mixed else NgramFacts(),
    )
    return Artifact(
        card=replace(card, **card_fields),
        vocabulary=vocabulary,
        casing=casing,
        network=network,
        first_letters=None if first_letter else frequencies,
        hashes=np.sort(name_hashes(names)),
        ngram=Automaton.learn(names, vocabulary, 3) if mixed else None,
    )


def random_predictor(letters: str, **options: Any) -> NetworkPredictor:
    """The same, ready to draw and score."""
    return NetworkPredictor(random_model(letters, **options))
