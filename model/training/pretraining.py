"""Pretraining: one network that learns many kinds of names at once, each kind a style.

The network of `model.network.styles` reads names of all lists, a bounded number of each an epoch so that long lists
don't drown short ones. The style of a name is its list's; for a share of the names it is a style of its own, `unknown`,
from which a list of another kind can start. What may follow in a name is limited to the letters of its list, as it is
wherever the network is used later.

Axes:  b names in the batch   v vocabulary   d numbers of a style
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.corpus.corpus import Corpus
from model.corpus.vocabulary import END, Vocabulary
from model.errors import TrainingDiverged
from model.network.backpropagation import Backpropagation
from model.network.batch import Batch
from model.network.dropout import DropoutMasks, DropoutRates
from model.network.network import Network
from model.network.optimizers import Adam, clip, cosine, decay
from model.network.parameters import IntArray
from model.network.shape import Shape
from model.network.styles import UNKNOWN, fold, with_vocabulary
from model.training.batches import Shuffled, by_length


@dataclass(frozen=True, slots=True)
class PretrainingPlan:
    """Hyperparameters of a pretraining."""

    cell: str = "gru"
    hidden: int = 256
    layers: int = 1
    style_size: int = 64  # d
    epochs: int = 20
    batch: int = 256  # names a step
    names_per_list: int = 2000  # most names of one list in an epoch
    learning_rate: float = 3e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.0
    style_decay: float = 1e-4  # L2 on the style vectors
    style_noise: float = 0.1  # standard deviation of what is added to the style vectors at each step
    unknown: float = 0.15  # share of names whose style is `unknown`
    clip: float = 1.0
    dropout: float = 0.1
    recurrent_dropout: float = 0.1
    between_dropout: float = 0.0

    preset: ClassVar[str] = "styles"
    first_letter: ClassVar[bool] = True
    ngram: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Epoch:
    """How far a pretraining is."""

    epoch: int  # epochs done
    loss: float  # on the names of this epoch, with dropout, nats per letter
    validation: float | None  # on the validation names of all lists with their styles, mean of the lists


class Pretraining:
    """Many lists, one network.

    Parameters
    ----------
    lists
        By the names of their styles; only the training part of each is learned from.
    plan
        The hyperparameters.
    seed
        Of the generator that all randomness comes from.
    """

    def __init__(self, lists: Mapping[str, Corpus], plan: PretrainingPlan, seed: int) -> None:
        self.lists, self.plan, self.seed = dict(lists), plan, seed
        self._rng = np.random.default_rng(seed)
        self.vocabulary = Vocabulary.of(letter for corpus in lists.values() for letter in corpus.vocabulary.letters)
        shape = Shape(plan.cell, self.vocabulary.size, plan.hidden, plan.layers, len(lists) + 1, plan.style_size)
        self.network = Network.initialise(shape, self._rng)
        names = [corpus.split().train for corpus in lists.values()]
        self._names = Shuffled([name for part in names for name in part], self.vocabulary, True, plan.batch)
        self._lists = np.repeat(np.arange(len(names)), [len(part) for part in names])  # of each name
        self._alphabets = np.full((len(names), self.vocabulary.size), -np.inf, np.float32)
        for row, corpus in zip(self._alphabets, lists.values(), strict=True):
            row[_places(corpus.vocabulary, self.vocabulary)] = 0
        scripts = [_script(corpus) for corpus in lists.values()]
        kinds, self._scripts = np.unique(scripts, return_inverse=True)  # of each list
        used = np.isfinite(self._alphabets)
        self._letters = [np.flatnonzero(used[self._scripts == kind].any(axis=0)) for kind in range(len(kinds))]

    def run(self, validate_every: int = 4) -> Iterator[Epoch]:
        """Train, with a pause after every epoch.

        Raises
        ------
        TrainingDiverged
            The loss is no longer a finite number.
        """
        plan, parameters = self.plan, self.network.parameters
        backpropagate = Backpropagation(self.network, self._alphabets)
        adam = Adam(parameters.flat.size, parameters.flat.dtype)
        steps = plan.epochs * len(self._choose())
        for epoch in range(1, plan.epochs + 1):
            nats, letters = 0.0, 0
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # the loss is checked
                for rows in self._choose():
                    batch = self._batch(rows)
                    rate = plan.learning_rate * cosine(adam.steps, steps, plan.warmup)
                    nats += self._learn(batch, backpropagate, adam, rate)
                    letters += len(batch.targets)
            if not math.isfinite(nats):
                raise TrainingDiverged(adam.steps)
            validate = epoch % validate_every == 0 or epoch == plan.epochs
            yield Epoch(epoch, nats / letters, self._validate() if validate else None)

    def _learn(self, batch: Batch, backpropagate: Backpropagation, adam: Adam, rate: float) -> float:
        """Take a step, from styles that are blurred a little; return the loss summed over the letters, nats."""
        plan, rng, parameters, gradient = self.plan, self._rng, self.network.parameters, backpropagate.gradient
        rates = DropoutRates(plan.recurrent_dropout, plan.between_dropout, plan.dropout)
        masks = DropoutMasks.draw(batch.counts[0], self.network.shape, rates, rng, parameters.flat.dtype)
        noise = plan.style_noise * rng.standard_normal(parameters["z"].shape, np.float32)
        parameters["z"][:] += noise
        loss = backpropagate(batch, 1 / len(batch.targets), masks)
        parameters["z"][:] -= noise
        gradient["z"][:] += plan.style_decay * parameters["z"]
        clip(gradient.flat, plan.clip)
        decay(parameters, rate * plan.weight_decay)
        adam.step(parameters.flat, gradient.flat, rate)
        return loss

    def style(self, name: str) -> tuple[Network, Vocabulary]:
        """The ordinary network of one list's style, over the letters of the list."""
        vocabulary = self.lists[name].vocabulary
        network = fold(self.network, self.network.parameters["z"][list(self.lists).index(name) + 1])
        return with_vocabulary(network, _places(vocabulary, self.vocabulary), self._rng), vocabulary

    def _choose(self) -> list[IntArray]:
        """The batches of an epoch, in random order: all names of a short list, some of a long one.

        A batch holds names of one script, so that it needs no more of the output layer than the letters of that.
        """
        order = self._rng.permutation(len(self._lists))
        by_list = order[np.argsort(self._lists[order], kind="stable")]
        counts = np.bincount(self._lists)
        place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)  # of each name in its list
        chosen = self._rng.permutation(by_list[place < self.plan.names_per_list])
        batches = []
        for script in range(len(self._letters)):
            rows = chosen[self._scripts[self._lists[chosen]] == script]
            batches += [rows[start : start + self.plan.batch] for start in range(0, len(rows), self.plan.batch)]
        return [batches[place] for place in self._rng.permutation(len(batches))]

    def _batch(self, rows: IntArray) -> Batch:
        """These names with their styles, some of them unknown."""
        lists = self._lists[self._names.in_order(rows)]
        unknown = self._rng.random(len(rows)) < self.plan.unknown
        return self._names.pack(rows)._replace(
            styles=np.where(unknown, UNKNOWN, lists + 1), lists=lists, letters=self._letters[self._scripts[lists[0]]]
        )

    def _validate(self) -> float:
        """Mean of the lists' losses on their validation names, nats per letter."""
        losses = []
        for name, corpus in self.lists.items():
            network, vocabulary = self.style(name)
            groups = by_length(corpus.split().validation, vocabulary, True)
            nats = -sum(float(network.log_probabilities(*group).sum(dtype=np.float64)) for group in groups)
            losses.append(nats / sum(group.targets.size for group in groups))
        return sum(losses) / len(losses)


def _script(corpus: Corpus) -> str:
    """The script of a list's first letter: the first word of its name in Unicode."""
    letter = next((letter for name in corpus.names for letter in name if letter.isalpha()), "a")
    return unicodedata.name(letter, "").split(" ")[0]


def _places(letters: Vocabulary, vocabulary: Vocabulary) -> IntArray:
    """The index of each letter of one vocabulary in another that has all of them, END first."""
    return np.array([END, *vocabulary.encode("".join(letters.letters))])
