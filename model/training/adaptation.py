"""Adaptation: a model of a few names within seconds, from the network of many kinds.

All weights are trained, as for a short list, but without held-out names: learning rate, number of epochs and the
n-gram's share follow from the number of names, their lengths and how many different letters they have. The seed is made
from the names. So the same names make the same model, and nothing of it depends on the clock.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from model.artifact import styles_file
from model.artifact.model_file import Artifact
from model.corpus.corpus import Corpus
from model.corpus.examples import check_examples
from model.corpus.split import Split
from model.training.finish import Trained, unmeasured
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.start import Start


class Pace(NamedTuple):
    """How names are read; `docs/experiments.md` has what others are worth."""

    batch: int  # names a step
    learning_rate: float
    epochs: int  # passes over the names, where the work allows


FEW, MANY = Pace(16, 1e-3, 28), Pace(16, 3e-3, 10)

MOST_FEW = 64
"""Names up to which the pace is that of `FEW`; of more, so many epochs take too long."""

MOST_READ = 26_000
"""Letters and ends that are read in all epochs, of an alphabet of few letters: some 1.2 seconds of a core."""

LETTERS_PER_STEP = 2
"""What a batch's step from one letter to the next costs beside its letters: a long name among short ones is dear."""

ALPHABET = 400
"""So many different letters double what a letter costs: each has a row of its own in what is read and foretold."""

SHARE = 0.15
"""The n-gram's share of what is drawn from."""


def start_of(folder: Path) -> Start:
    """The network of many kinds in a folder of bundled models; raises InvalidWeights where there is none."""
    return Start.of_styles(styles_file.load(folder / styles_file.FILE, with_cards=False))


def adapt(corpus: Corpus, start: Start) -> Artifact:
    """The model of a few names, the same whenever it is made.

    Parameters
    ----------
    corpus
        The names, see `model.corpus.examples`.
    start
        A network with styles, of any letters.

    Returns
    -------
    Artifact
        Network, n-gram and patterns; its card has no figures and no examples.

    Raises
    ------
    InvalidOption
        The names are not fit to be examples.
    """
    check_examples(corpus)
    adapted = start.adapt(corpus.vocabulary.letters)
    training = Training(corpus, plan_of(corpus, adapted), seed_of(corpus), adapted, Split(corpus.names, (), ()))
    for _ in training.run():
        pass
    return unmeasured(Trained.of(training), training.result(), SHARE)


def plan_of(corpus: Corpus, start: Start) -> Hyperparameters:
    """The hyperparameters for so many names and letters."""
    names, lengths = len(corpus.names), [len(name) + 1 for name in corpus.names]
    pace = FEW if names <= MOST_FEW else MANY
    batches = math.ceil(names / pace.batch)
    letter = 1 + len(corpus.vocabulary.letters) / ALPHABET
    read = letter * (sum(lengths) + LETTERS_PER_STEP * batches * max(lengths))  # in an epoch
    epochs = max(1, min(pace.epochs, int(MOST_READ / read)))
    steps = epochs * batches
    return Hyperparameters(
        preset="like",
        steps=steps,
        batch=pace.batch,
        optimizer="adam",
        learning_rate=pace.learning_rate,
        warmup=min(10, steps // 10),
        clip=1.0,
        dropout=0.5,
        recurrent_dropout=0.5,
        style_rate=30.0,
        point_every=batches,
        report_every=batches,
        **start.architecture({}),
    )


def seed_of(corpus: Corpus) -> int:
    """A seed made from the names."""
    return int(corpus.sha256[:13], 16)  # 52 bits
