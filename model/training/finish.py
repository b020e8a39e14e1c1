"""From a training that has ended to a model: what is served, and how good it is.

`finish` does it all for a training whose network and n-gram learned from the training part. `measure` and `assemble`
are its halves, for a network that was measured first and then trained again on all names; `unmeasured` leaves the
figures out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from model import __version__
from model.artifact.card import FORMAT, Architecture, Card, Comparison, CorpusFacts, Memorisation, NgramFacts
from model.artifact.model_file import Artifact
from model.corpus.corpus import Corpus
from model.corpus.patterns import Patterns
from model.corpus.split import Split
from model.corpus.vocabulary import Vocabulary
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor, NgramPredictor, Predictor, ngram_of
from model.generation.sampling import draw
from model.generation.scoring import evaluate, score
from model.generation.served import mixture_of, predictor_of
from model.network.network import Network
from model.network.parameters import FloatArray
from model.ngram.automaton import Automaton
from model.ngram.contexts import MIN_NAMES
from model.training.folds import AnyTraining
from model.training.held_out import Figures
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.pretraining import PretrainingPlan
from model.training.shares import SHARES, log_prior
from model.training.yardstick import tuned

DRAWS = 10_000
EXAMPLES = 20

ORDER = 5
"""Of the n-gram that is served; one of 6 letters knows more whole names by heart than it is better, see decision 21."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What is known of a training that has ended."""

    corpus: Corpus
    split: Split
    vocabulary: Vocabulary
    plan: Hyperparameters | PretrainingPlan
    seed: int
    parent: str = ""  # fingerprint of the start

    @classmethod
    def of(cls, training: AnyTraining) -> Trained:
        """Of a training of one list."""
        return cls(training.corpus, training.split, training.vocabulary, training.plan, training.seed, training.parent)


@dataclass(frozen=True, slots=True)
class Measures:
    """What was found out on held-out names."""

    comparison: Comparison
    memorisation: Memorisation
    weight: float  # the n-gram's share of the mixture; 0 where the network serves alone


def finish(training: AnyTraining) -> Artifact:
    """Make the model of a training: its network, its n-gram, and its card with the figures of held-out names."""
    network, trained = training.result(), Trained.of(training)
    if isinstance(training, Training):
        measures = measure(trained, network)
    else:
        measures = measure_folds(training.figures(), trained, network, training.share)
    return assemble(trained, network, trained.split.train, measures)


def measure(training: Trained, network: Network) -> Measures:
    """Measure a network, an n-gram and their mixture, which learned from the training part alone, on the test part."""
    split = training.split
    served = _model(training, network, split.train)
    alone = NetworkPredictor(served)
    weight = 0.0
    if ngram := ngram_of(served):
        weight = best_weight(alone, ngram, split.validation)
        served = _weighted(served, weight)
    predictor = predictor_of(served)
    nats = evaluate(mixture_of(served), split.test).nats_per_letter
    comparison = Comparison(
        network=evaluate(alone, split.test).nats_per_letter if weight else nats,
        ngram=evaluate(tuned(split, served.vocabulary, served.casing), split.test).nats_per_letter,
        served=nats,
        names=len(split.test),
    )
    return Measures(comparison, memorisation(predictor, split, training.seed), weight)


def measure_folds(figures: Figures, training: Trained, network: Network, weight: float) -> Measures:
    """What the folds found out on held-out names; only memorisation is measured on the network that learned all."""
    model = _weighted(_model(training, network, training.split.train), weight)
    drawn = _raw_draws(predictor_of(model), training.seed)
    return Measures(
        Comparison(figures.network, figures.ngram, figures.served, figures.names),
        Memorisation(len(drawn), _share(drawn, training.split.train), figures.drawn),
        weight,
    )


def assemble(training: Trained, network: Network, names: Sequence[str], measures: Measures) -> Artifact:
    """The model that is served: this network, an n-gram of these names, and a card with these measures."""
    model = unmeasured(training, network, measures.weight, names)
    card = replace(
        model.card,
        nats_per_letter=measures.comparison.served,
        comparison=measures.comparison,
        memorisation=measures.memorisation,
        examples=examples_of(model),
    )
    return replace(model, card=card)


def unmeasured(training: Trained, network: Network, weight: float, names: Sequence[str] | None = None) -> Artifact:
    """The model that is served, its n-gram with this share of it and learned from `names` or the training part.

    Its card has no figures and no examples.
    """
    return _weighted(_model(training, network, training.split.train if names is None else names), weight)


def examples_of(model: Artifact) -> tuple[str, ...]:
    """Names drawn with the seed of the training and the hash of the list, so that no two lists' draws go alike."""
    rng = np.random.default_rng([model.card.seed, int(model.card.corpus.sha256, 16)])
    return tuple(draw(predictor_of(model), EXAMPLES, Options(), rng).names)


def best_weight(network: NetworkPredictor, ngram: NgramPredictor, names: Sequence[str]) -> float:
    """The n-gram's share of the mixture that is likeliest, see `model.training.shares`."""
    one, other = (_letter_probabilities(predictor, names) for predictor in (network, ngram))
    likelihoods = [float(np.log((1 - share) * one + share * other).sum()) for share in SHARES]
    return SHARES[int(np.argmax(likelihoods + log_prior(np.array(SHARES))))]


def first_letters(names: Sequence[str], vocabulary: Vocabulary, others: Collection[str] = ()) -> FloatArray:
    """How often names begin with each letter, (v,): counted, with one added for each letter (Laplace's rule).

    Hyphens, spaces and marks never begin a name, so nothing is added for them; nor for a digit or an apostrophe, unless
    it is among `others`, with which names outside `names` begin.
    """
    counts = Counter(name[0] for name in names)
    weights = [0.0] + [counts[letter] + float(letter.isalpha() or letter in others) for letter in vocabulary.letters]
    return np.array(weights) / sum(weights)


def memorisation(predictor: Predictor[Any], split: Split, seed: int) -> Memorisation:
    """Shares of raw draws that stand in the training part, and in the test part scaled up to its size.

    The first is counted. So few draws stand in the test part that their number would be chance: the second is the
    share that is expected, the probability of the test names together.
    """
    drawn = _raw_draws(predictor, seed)
    expected = math.fsum(math.exp(scored.log_probability) for scored in score(predictor, split.test))
    return Memorisation(
        draws=len(drawn),
        in_training=_share(drawn, split.train),
        in_held_out=expected * len(split.train) / len(split.test),
    )


def _raw_draws(predictor: Predictor[Any], seed: int) -> list[str]:
    """Names as they are drawn, folded."""
    options = Options(max_length=64, top_p=1, unique=False, decent=False)
    names = draw(predictor, DRAWS, options, np.random.default_rng(seed)).names
    return [predictor.casing.fold(name) for name in names]


def _share(drawn: Sequence[str], names: Sequence[str]) -> float:
    """The share of the draws that stand among names."""
    known = set(names)
    return sum(name in known for name in drawn) / max(len(drawn), 1)


def _letter_probabilities(predictor: Predictor[Any], names: Sequence[str]) -> FloatArray:
    """Of every letter and end of the names, in a row."""
    logarithms = [value for scored in score(predictor, names) for value in scored.log_probabilities or ()]
    probabilities: FloatArray = np.exp(np.array(logarithms))
    return probabilities


def network_alone(training: Trained, network: Network) -> Artifact:
    """A model without measures and without an n-gram."""
    return _model(training, network, training.split.train, with_ngram=False)


def _model(training: Trained, network: Network, names: Sequence[str], *, with_ngram: bool = True) -> Artifact:
    """A model without measures; its n-gram, where it has one, learned from these names."""
    corpus, split, plan = training.corpus, training.split, training.plan
    card = Card(
        format=FORMAT,
        namewright=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=CorpusFacts(
            title=corpus.title,
            sha256=corpus.sha256,
            names=len(corpus.names),
            train=len(split.train),
            validation=len(split.validation),
            test=len(split.test),
        ),
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
    with_ngram = with_ngram and plan.first_letter and plan.ngram
    return Artifact(
        card=card,
        vocabulary=training.vocabulary,
        casing=corpus.casing,
        network=network,
        first_letters=None
        if plan.first_letter
        else first_letters(names, training.vocabulary, {name[0] for name in corpus.names}),
        hashes=split.hashes,
        ngram=Automaton.learn(names, training.vocabulary, ORDER) if with_ngram else None,
    )


def _weighted(model: Artifact, weight: float) -> Artifact:
    """The model with this share of its n-gram in the mixture, which its card tells."""
    if model.ngram is None:
        return model
    keeps = (
        f"how often each letter follows strings of at most {ORDER - 1} letters that at least {MIN_NAMES} names share, "
        "the start of a name counted as a letter: a short name that begins like others can be read from it"
    )
    facts = NgramFacts(order=ORDER, weight=weight, contexts=len(model.ngram.probabilities), keeps=keeps)
    return replace(model, card=replace(model.card, ngram=facts))
