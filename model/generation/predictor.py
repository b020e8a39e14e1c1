"""Predictors: what sampling, scoring and evaluation ask for the next letter.

A predictor reads names letter by letter, many at a time. A trained network is one, an n-gram another, their mixture a
third; anything else that says how probable each next letter is can take its place.

Axes:  b names in the batch   v vocabulary   h hidden units   l layers
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from model.artifact.model_file import Artifact
from model.cached import cached_property
from model.corpus.casing import Casing
from model.corpus.spelling import is_name, tidy
from model.corpus.vocabulary import END, Vocabulary
from model.generation.beginnings import Beginnings, grow
from model.generation.options import Options, letter_weights, narrow
from model.network.output import log_softmax, softmax_weights
from model.network.parameters import FloatArray, IntArray
from model.network.single import Reader, SingleName
from model.ngram.automaton import Automaton

WEIGHT = 0.2
"""The n-gram's share of a mixture, where it is not chosen on validation names."""

FEW = 4
"""Names that a plain network reads quicker one by one; in a gated one, products for several are worth it."""

State = TypeVar("State")


class Components(NamedTuple):
    """What a network, and the n-gram that is mixed with it, make of the letters so far."""

    hidden: FloatArray  # (b, l, h) what each layer remembers of them
    network: FloatArray  # (v, b) log-probabilities of each letter as the next one, up to a constant for each name
    ngram: FloatArray | None  # (v, b) the same by the n-gram, where there is one


class Predictor(ABC, Generic[State]):
    """How probable each next letter is, given the letters so far.

    Attributes
    ----------
    vocabulary, casing
        The letters, and how the list writes its names.
    fewest_letters
        Names of fewer are not drawn, unless a request has room for fewer only; 0 where any number will do.
    default_top_p
        What `Options.top_p` is where it is not given; 1 draws from all letters.
    languages
        Those of the names, by their English names; empty where they are not known.
    words_left_out
        Words that no name may have, beside those of the language, see `model.decency.patterns`.
    prefix_cache
        Prefixes worked out for recent requests, see `model.generation.prefixes`; they go with the predictor.
    beginnings
        The most probable beginnings of names, see `model.generation.beginnings`; they go with the predictor too.
    few
        So few names are read quicker one by one than together.
    size
        Weights that each letter is multiplied with, of all networks in it.
    low_orders
        Estimated bigrams or trigrams by their order, see `model.generation.low_order`.
    usual_nats : (n,) or None
        What names drawn from it have in nats per letter, see `model.generation.details`; None until it is asked for.
    lock
        Held by the thread that makes one of these two.
    """

    def __init__(self, vocabulary: Vocabulary, casing: Casing) -> None:
        self.vocabulary, self.casing = vocabulary, casing
        self.fewest_letters = 0
        self.default_top_p = 1.0
        self.few = 1
        self.size = 0
        self.languages: tuple[str, ...] = ()
        self.words_left_out: tuple[str, ...] = ()
        self.prefix_cache: OrderedDict[Any, Any] = OrderedDict()
        self.low_orders: dict[int, Any] = {}
        self.usual_nats: FloatArray | None = None
        self.lock = Lock()

    def fold(self, name: str) -> str:
        """A name as the predictor reads it: tidied as the lines of a list are, and in the case that it learned."""
        return self.casing.fold(tidy(name))

    def keep(self, names: list[str], start: str = "") -> list[str]:  # noqa: ARG002 - a part of the interface
        """Those of the drawn, folded names that a list could hold: no hyphen at an end, no two spaces in a row.

        They were asked to begin with `start`, whose letters may stand where no others would.
        """
        return names if self.vocabulary.alphabetic else [name for name in names if is_name(name)]

    @property
    def automaton(self) -> Automaton | None:
        """The n-gram that is part of the predictor, where there is one."""
        return None

    @abstractmethod
    def start(self, rows: int) -> State:
        """The state of `rows` names before their first letter."""

    @abstractmethod
    def advance(self, state: State, letters: IntArray) -> State:
        """The state after each name's next letter (b,)."""

    @abstractmethod
    def take(self, state: State, rows: IntArray) -> State:
        """The state of some of the names, by their indices or a mask; one may be taken several times."""

    @abstractmethod
    def logits(self, state: State) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one, up to a constant for each name."""

    def log_probabilities(self, state: State) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one, nats."""
        return log_softmax(self.logits(state))

    def weights(self, state: State) -> FloatArray:
        """Probabilities (v, b) of each letter as the next one, up to a constant for each name."""
        return softmax_weights(self.logits(state))

    def read(self, state: State, rows: IntArray, letters: IntArray) -> State:
        """The state after a letter of each of some names, by their indices; as `advance` after `take`."""
        return self.advance(self.take(state, rows), letters)

    def reader(self, state: State, row: int) -> Reader:
        """Reads one of the names on, letter by letter."""
        own = self.take(state, np.array([row]))

        def read(letter: int) -> FloatArray:
            nonlocal own
            own = self.advance(own, np.array([letter]))
            return self.weights(own)[:, 0]

        return read

    def components(self, state: State) -> Components | None:  # noqa: ARG002 - a part of the interface
        """What network and n-gram make of a state each; None for what is not one network."""
        return None

    @cached_property
    def apart(self) -> Predictor[State] | None:
        """The same, whose `read` and `weights` give each name the bits that it gets alone; None where there is none."""
        return None

    @abstractmethod
    def concatenate(self, states: Sequence[State]) -> State:
        """The state of several batches of names as one; at most the first of them holds names without a letter."""

    @cached_property
    def beginnings(self) -> Beginnings:
        """The most probable beginnings of names, worked out when first asked for."""
        return grow(self)

    @property
    def nbytes(self) -> int:
        """Memory of what was worked out so far and goes with the predictor; the model itself is not counted."""
        kept = [self.__dict__.get("beginnings"), *list(self.prefix_cache.values()), *list(self.low_orders.values())]
        return sum(one.nbytes for one in kept if one is not None)


def weights_of(predictor: Predictor[State], state: State, options: Options) -> FloatArray:
    """What to draw the next letter by (v, b): its weights, after temperature, top-k and top-p."""
    if options.temperature != 1:
        return letter_weights(predictor.logits(state), options)
    return narrow(predictor.weights(state), options)


class NetworkState(NamedTuple):
    """Where a network stands in each name."""

    hidden: FloatArray  # (b, h)
    begun: bool  # whether anything has been read, the start symbol included


class NetworkPredictor(Predictor[NetworkState]):
    """A trained network.

    It predicts the first letter from a start symbol, or where it was not taught to, by the letter's frequency.
    """

    def __init__(self, artifact: Artifact) -> None:
        super().__init__(artifact.vocabulary, artifact.casing)
        self._network = artifact.network
        self.few = FEW if SingleName.suits(artifact.network) else 1
        self.size = artifact.network.parameters.flat.size
        self._log_first: FloatArray | None = None  # (v,)
        if artifact.first_letters is not None:
            with np.errstate(divide="ignore"):  # -inf for what no name begins with
                self._log_first = np.log(artifact.first_letters)

    def start(self, rows: int) -> NetworkState:
        """Read the start symbol, if the network was taught to begin with it."""
        hidden = self._network.start(1)
        if self._log_first is None:
            hidden = self._network.step(np.array([END]), hidden)
        return NetworkState(np.repeat(hidden, rows, axis=0), begun=self._log_first is None)

    def advance(self, state: NetworkState, letters: IntArray) -> NetworkState:
        """Read one letter of every name."""
        if state.begun:
            return NetworkState(self._network.step(letters, state.hidden), begun=True)
        return NetworkState(self._after_first[letters], begun=True)

    def take(self, state: NetworkState, rows: IntArray) -> NetworkState:
        """The state of some of the names."""
        return NetworkState(state.hidden[rows], state.begun)

    def read(self, state: NetworkState, rows: IntArray, letters: IntArray) -> NetworkState:
        """Take and advance in blocks; a state before the first letter is read as any other."""
        return NetworkState(self._network.read(letters, state.hidden, rows), begun=True)

    def reader(self, state: NetworkState, row: int) -> Reader:
        """Reads one of the names on; a plain network in a quicker way."""
        return super().reader(state, row) if self._single is None else self._single.reader(state.hidden[row])

    @property
    def nbytes(self) -> int:
        """Of what any predictor keeps, and of the ways to read single names and first letters."""
        kept = (self.__dict__.get("_single"), self.__dict__.get("_after_first"))
        found: int = super().nbytes + sum(one.nbytes for one in kept if one is not None)
        return found

    @cached_property
    def apart(self) -> NetworkPredictor | None:
        """The same with another network; None where single names are read in a quicker way."""
        if self._single is not None:
            return None
        twin = copy(self)
        twin._network = replace(self._network, is_apart=True)  # noqa: SLF001 - its own
        return twin

    @cached_property
    def _single(self) -> SingleName | None:
        return SingleName(self._network) if SingleName.suits(self._network) else None

    def concatenate(self, states: Sequence[NetworkState]) -> NetworkState:
        """Their states one below the other."""
        return NetworkState(np.concatenate([state.hidden for state in states]), begun=True)

    def logits(self, state: NetworkState) -> FloatArray:
        """Scores (v, b) of each letter as the next one."""
        if state.begun or self._log_first is None:
            return self._network.logits(state.hidden)
        return np.repeat(self._log_first[:, None], len(state.hidden), axis=1)

    def components(self, state: NetworkState) -> Components:
        """The state layer by layer, and the scores."""
        shape = self._network.shape
        return Components(state.hidden.reshape(-1, shape.layers, shape.hidden), self.logits(state), None)

    def log_probabilities(self, state: NetworkState) -> FloatArray:
        """Log-probabilities (v, b), nats; the first letters' frequencies need no softmax."""
        return super().log_probabilities(state) if state.begun else self.logits(state)

    @cached_property
    def _after_first(self) -> FloatArray:
        """The state (v, h) after each letter as the first of a name."""
        letters = np.arange(self.vocabulary.size)
        return self._network.step(letters, self._network.start(len(letters)))


class NgramPredictor(Predictor[IntArray]):
    """An n-gram; its state is that of the automaton for each name (b,)."""

    def __init__(self, automaton: Automaton, vocabulary: Vocabulary, casing: Casing) -> None:
        super().__init__(vocabulary, casing)
        self._automaton = automaton

    @property
    def automaton(self) -> Automaton:
        """The n-gram."""
        return self._automaton

    def start(self, rows: int) -> IntArray:
        """The state after the start symbol."""
        return np.full(rows, self._automaton.start, np.int32)

    def advance(self, state: IntArray, letters: IntArray) -> IntArray:
        """Look the next state up."""
        return self._automaton.advance(state, letters)

    def take(self, state: IntArray, rows: IntArray) -> IntArray:
        """The state of some of the names."""
        return state[rows]

    def reader(self, state: IntArray, row: int) -> Reader:
        """Looks one of the names up, letter by letter."""
        automaton, own = self._automaton, state[row]

        def read(letter: int) -> FloatArray:
            nonlocal own
            own = automaton.following[automaton.rows[own], letter]
            weights: FloatArray = automaton.probabilities[own]
            return weights

        return read

    @property
    def apart(self) -> Predictor[IntArray]:
        """Itself: names are looked up, each for itself."""
        return self

    def concatenate(self, states: Sequence[IntArray]) -> IntArray:
        """All of them in a row."""
        return np.concatenate(states)

    def probabilities(self, state: IntArray) -> FloatArray:
        """Probabilities (v, b) of each letter as the next one."""
        return self._automaton.probabilities.take(state, axis=0).T

    def logits(self, state: IntArray) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one."""
        return np.log(self.probabilities(state))

    def weights(self, state: IntArray) -> FloatArray:
        """The probabilities."""
        return self.probabilities(state)

    def log_probabilities(self, state: IntArray) -> FloatArray:
        """The same."""
        return self.logits(state)


class MixtureState(NamedTuple):
    """Where the two stand in each name."""

    network: NetworkState
    ngram: IntArray  # (b,)


class MixturePredictor(Predictor[MixtureState]):
    """A network and an n-gram: each letter is as probable as the weighted mean of both makes it.

    ``p = (1 - weight) softmax(network) + weight ngram``. The two err on different letters (Mikolov et al. 2010,
    https://www.isca-archive.org/interspeech_2010/mikolov10_interspeech.html): the mixture is better than either.

    Parameters
    ----------
    weight
        The n-gram's share, above 0 and below 1.
    """

    def __init__(self, network: NetworkPredictor, ngram: NgramPredictor, weight: float = WEIGHT) -> None:
        super().__init__(network.vocabulary, network.casing)
        self._network, self._ngram, self._weight = network, ngram, weight
        self.few, self.size = network.few, network.size

    @property
    def automaton(self) -> Automaton:
        """That of the n-gram."""
        return self._ngram.automaton

    @property
    def nbytes(self) -> int:
        """Of the network's too."""
        return super().nbytes + self._network.nbytes

    def start(self, rows: int) -> MixtureState:
        """Both at their start."""
        return MixtureState(self._network.start(rows), self._ngram.start(rows))

    def advance(self, state: MixtureState, letters: IntArray) -> MixtureState:
        """Both read one letter of every name."""
        return MixtureState(self._network.advance(state.network, letters), self._ngram.advance(state.ngram, letters))

    def take(self, state: MixtureState, rows: IntArray) -> MixtureState:
        """The state of some of the names."""
        return MixtureState(self._network.take(state.network, rows), self._ngram.take(state.ngram, rows))

    def read(self, state: MixtureState, rows: IntArray, letters: IntArray) -> MixtureState:
        """Both read one letter of some of the names."""
        network, ngram = self._network.read(state.network, rows, letters), self._ngram.read(state.ngram, rows, letters)
        return MixtureState(network, ngram)

    def reader(self, state: MixtureState, row: int) -> Reader:
        """Reads one of the names on with both."""
        network, ngram = self._network.reader(state.network, row), self._ngram.reader(state.ngram, row)
        share = 1 / self._weight - 1

        def read(letter: int) -> FloatArray:
            mixed = network(letter)
            mixed *= share / mixed.sum()
            mixed += ngram(letter)
            return mixed

        return read

    @cached_property
    def apart(self) -> Predictor[MixtureState] | None:
        """The same of the network's."""
        network = self._network.apart
        if network is None:
            return None
        twin = copy(self)
        twin._network = network  # noqa: SLF001 - its own
        return twin

    def concatenate(self, states: Sequence[MixtureState]) -> MixtureState:
        """Those of both."""
        networks, ngrams = zip(*states, strict=True)
        return MixtureState(self._network.concatenate(networks), self._ngram.concatenate(ngrams))

    def weights(self, state: MixtureState) -> FloatArray:
        """Probabilities (v, b) of each letter as the next one, divided by the weight."""
        mixed = self._network.weights(state.network)
        mixed *= (1 / self._weight - 1) / mixed.sum(axis=0)
        mixed += self._ngram.probabilities(state.ngram)
        return mixed

    def components(self, state: MixtureState) -> Components:
        """Those of the network, and the n-gram."""
        return self._network.components(state.network)._replace(ngram=self._ngram.logits(state.ngram))

    def logits(self, state: MixtureState) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one, less the logarithm of the weight."""
        mixed = self.weights(state)
        return np.log(mixed, out=mixed)

    def log_probabilities(self, state: MixtureState) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one, nats."""
        return self.logits(state) + math.log(self._weight)


def ngram_of(artifact: Artifact) -> NgramPredictor | None:
    """The n-gram of a model alone, where it has one."""
    if artifact.ngram is None:
        return None
    return NgramPredictor(artifact.ngram, artifact.vocabulary, artifact.casing)
