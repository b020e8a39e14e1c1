"""From a training that has ended to a model: its weights, its loss on the test names, and how much it memorised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from model import __version__
from model.artifact.card import FORMAT, Architecture, Card, CorpusFacts, Memorisation
from model.artifact.model_file import Artifact
from model.corpus.patterns import Patterns
from model.corpus.split import Split
from model.corpus.vocabulary import Vocabulary
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor, Predictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.network.parameters import FloatArray
from model.training.loop import Training

DRAWS = 10_000


def finish(training: Training) -> Artifact:
    """Make the model of a training: its weights and its card, with the figures of the test part."""
    corpus, split, plan = training.corpus, training.split, training.plan
    facts = CorpusFacts(
        title=corpus.title,
        sha256=corpus.sha256,
        names=len(corpus.names),
        train=len(split.train),
        validation=len(split.validation),
        test=len(split.test),
    )
    card = Card(
        format=FORMAT,
        namewright=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=facts,
        letters=training.vocabulary.letters,
        casing=str(corpus.casing),
        case_rules=corpus.casing.rules,
        **Patterns.of(corpus.names, corpus.casing)._asdict(),
        preset=plan.preset,
        architecture=Architecture(plan.cell, plan.layers, plan.hidden, plan.first_letter),
        hyperparameters=asdict(plan),
        seed=training.seed,
        nats_per_letter=0.0,
        memorisation=Memorisation(0, 0.0, 0.0),
        parent=training.parent,
    )
    model = Artifact(
        card=card,
        vocabulary=training.vocabulary,
        casing=corpus.casing,
        network=training.result(),
        first_letters=None
        if plan.first_letter
        else first_letters(split.train, training.vocabulary, {name[0] for name in corpus.names}),
        hashes=split.hashes,
    )
    predictor = NetworkPredictor(model)
    nats = evaluate(predictor, split.test).nats_per_letter
    measured = replace(card, nats_per_letter=nats, memorisation=memorisation(predictor, split, training.seed))
    return replace(model, card=measured)


def first_letters(names: Sequence[str], vocabulary: Vocabulary, others: Collection[str] = ()) -> FloatArray:
    """How often names begin with each letter, (v,): counted, with one added for each letter (Laplace's rule).

    Hyphens, spaces and marks never begin a name, so nothing is added for them; nor for a digit or an apostrophe, unless
    it is among `others`, with which names outside `names` begin.
    """
    counts = Counter(name[0] for name in names)
    weights = [0.0] + [counts[letter] + float(letter.isalpha() or letter in others) for letter in vocabulary.letters]
    return np.array(weights) / sum(weights)


def memorisation(predictor: Predictor[Any], split: Split, seed: int) -> Memorisation:
    """Shares of raw draws that stand in the training part, and in the test part scaled up to its size."""
    options = Options(max_length=64, unique=False)
    names = draw(predictor, DRAWS, options, np.random.default_rng(seed)).names
    drawn = [predictor.casing.fold(name) for name in names]
    train, test = set(split.train), set(split.test)
    return Memorisation(
        draws=len(drawn),
        in_training=sum(name in train for name in drawn) / max(len(drawn), 1),
        in_held_out=sum(name in test for name in drawn) / max(len(drawn), 1) * len(train) / len(test),
    )
