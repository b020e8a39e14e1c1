"""A blend of models: names put together from the letters of several lists, each as much as its weight says.

Every letter of a name is drawn from one of the lists, its source. The source of the first is chosen by the weights; the
next letter keeps it, or, with the probability `SWITCH`, its source is chosen anew. So each letter comes from each list
with just its weight as probability, however many names the lists have. Which source a letter had is not known
afterwards, so the probability of the next one is the mean of the parts' probabilities, weighted by how probable each
source is after the letters so far: the forward algorithm of a hidden Markov model, or the fixed share of Herbster and
Warmuth (1998, https://doi.org/10.1023/A:1007424614876).

A part that does not know a letter cannot have been its source, but may be that of the next one. It reads the letter
without its accents, or where it does not know that either, as the letter that it held most probable there.

Axes:  n parts   b names in the batch   v vocabulary
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from model.artifact.model_file import Artifact
from model.corpus.normal_form import nfd
from model.corpus.patterns import Patterns
from model.corpus.union import List, union_of_casings, union_of_patterns
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidOption
from model.generation.predictor import Predictor
from model.generation.served import default_top_p, mixture_of
from model.generation.well_formed import WellFormed
from model.network.parameters import FloatArray, IntArray

MIN_PARTS, MAX_PARTS = 2, 5

SWITCH = 1 / 3
"""Probability that a letter's source is chosen anew: some three letters in a row have the same."""


def blend_of(models: Sequence[tuple[str, Artifact, float]], words_left_out: Sequence[str] = ()) -> Predictor[Any]:
    """A blend, ready to draw from.

    Parameters
    ----------
    models
        Name, model and weight of each part; the weights are normalised.
    words_left_out
        As of `model.generation.served.predictor_of`.

    Raises
    ------
    InvalidOption
        There are too few or too many parts, a part is named twice, a weight is not a positive number, two parts have no
        letters in common, or only one of them keeps upper and lower case apart.
    """
    names = [name for name, _, _ in models]
    weights = normalised(names, [weight for _, _, weight in models])
    for (first, one, _), (second, other, _) in combinations(models, 2):
        if not set(filter(str.isalpha, one.vocabulary.letters)).intersection(other.vocabulary.letters):
            raise InvalidOption("blend", f"can't be of {first} and {second}: they have no letters in common")
    artifacts = [artifact for _, artifact, _ in models]
    falling = [artifacts[place] for place in np.argsort(-np.array(weights), kind="stable")]
    casing = union_of_casings([artifact.casing for artifact in falling])
    patterns = union_of_patterns([List(one.vocabulary, one.casing, _patterns(one)) for one in artifacts])
    letters = set().union(*(artifact.vocabulary.letters for artifact in artifacts))
    inner = Blend(list(map(mixture_of, artifacts)), weights, Vocabulary(tuple(sorted(letters))))
    inner.casing = casing
    predictor = WellFormed(inner, patterns)
    languages = dict.fromkeys(artifact.card.description.language for artifact in falling)
    predictor.languages, predictor.words_left_out = tuple(languages), tuple(words_left_out)
    predictor.default_top_p = min(default_top_p(artifact.card.corpus.names) for artifact in artifacts)
    return predictor


def parse_blend(text: str) -> dict[str, float]:
    """Models and their weights from ``icelandic-girls:0.7,irish-girls:0.3``; one without a weight has 1.

    Raises
    ------
    InvalidOption
        It is written otherwise, or as `normalised`.
    """
    items = [item.rpartition(":") if ":" in item else (item, "", "1") for item in map(str.strip, text.split(","))]
    try:
        parts = [(name.strip(), float(weight)) for name, _, weight in items]
    except ValueError:
        parts = []
    if not parts or not all(name for name, _ in parts):
        raise InvalidOption("blend", "should be models with their weights: icelandic-girls:0.7,us-girls:0.3")
    normalised([name for name, _ in parts], [weight for _, weight in parts])
    return dict(parts)


def name_of(names: Sequence[str], weights: Sequence[float]) -> str:
    """What a blend is called: its models, each with its share of the letters, to six digits."""
    return ",".join(f"{name}:{weight:.6g}" for name, weight in zip(names, normalised(names, weights), strict=True))


def normalised(names: Sequence[str], weights: Sequence[float]) -> list[float]:
    """Weights that sum to 1; raises InvalidOption for what is no blend."""
    if not MIN_PARTS <= len(names) <= MAX_PARTS:
        raise InvalidOption("blend", f"should have from {MIN_PARTS} to {MAX_PARTS} models, not {len(names)}")
    if len(set(names)) < len(names):
        raise InvalidOption("blend", "names a model twice; give it the sum of its weights")
    if not all(math.isfinite(weight) and weight > 0 for weight in weights):
        raise InvalidOption("blend", "should have a number above 0 as the weight of each model")
    largest = max(weights)  # so that the sum is finite
    total = math.fsum(weight / largest for weight in weights)
    return [weight / largest / total for weight in weights]


def _patterns(artifact: Artifact) -> Patterns:
    return Patterns(*(getattr(artifact.card, part) for part in Patterns._fields))


class BlendState(NamedTuple):
    """Where the parts stand in each name."""

    parts: tuple[Any, ...]
    sources: FloatArray  # (n, b) probability of each part as the source of the next letter
    following: FloatArray  # (n, v, b) probabilities of the next letter under each


class Blend(Predictor[BlendState]):
    """Several predictors, each the source of a share of the letters.

    Parameters
    ----------
    parts
        The predictors.
    weights
        The share of each; they sum to 1.
    vocabulary
        All letters of the parts.
    """

    def __init__(self, parts: Sequence[Predictor[Any]], weights: Sequence[float], vocabulary: Vocabulary) -> None:
        super().__init__(vocabulary, parts[int(np.argmax(weights))].casing)
        self._parts = tuple(parts)
        self.size = sum(part.size for part in parts)
        self._weights = np.array(weights, np.float32)[:, None]  # (n, 1)
        self._places = [np.array([END, *vocabulary.encode("".join(part.vocabulary.letters))]) for part in parts]
        self._read_as = [_read_as(part.vocabulary, vocabulary) for part in parts]

    def start(self, rows: int) -> BlendState:
        """All at their start."""
        return self._state([part.start(rows) for part in self._parts], np.repeat(self._weights, rows, axis=1))

    def advance(self, state: BlendState, letters: IntArray) -> BlendState:
        """All read one letter of every name, and each is so probable as its source as it foretold it."""
        rows = np.arange(len(letters))
        sources = state.sources * state.following[:, letters, rows]
        totals = sources.sum(axis=0)
        # A letter that no part could have been the source of, as a start may have, says nothing of the next one's.
        sources = np.where(totals > 0, sources / np.where(totals > 0, totals, 1), self._weights)
        sources += SWITCH * (self._weights - sources)
        after = []
        for part, own, following, places, read_as in zip(
            self._parts, state.parts, state.following, self._places, self._read_as, strict=True
        ):
            read = read_as[letters]
            if (unread := read < 0).any():
                read = np.where(unread, following[places[1:]].argmax(axis=0) + 1, read)
            after.append(part.advance(own, read))
        return self._state(after, sources)

    def take(self, state: BlendState, rows: IntArray) -> BlendState:
        """The state of some of the names."""
        parts = tuple(part.take(own, rows) for part, own in zip(self._parts, state.parts, strict=True))
        return BlendState(parts, state.sources[:, rows], state.following[:, :, rows])

    def concatenate(self, states: Sequence[BlendState]) -> BlendState:
        """Those of all parts."""
        parts, sources, following = zip(*states, strict=True)
        joined = tuple(part.concatenate(own) for part, own in zip(self._parts, zip(*parts, strict=True), strict=True))
        return BlendState(joined, np.concatenate(sources, axis=-1), np.concatenate(following, axis=-1))

    def weights(self, state: BlendState) -> FloatArray:
        """Probabilities (v, b) of each letter as the next one."""
        return np.asarray(np.einsum("nb,nvb->vb", state.sources, state.following))

    def logits(self, state: BlendState) -> FloatArray:
        """Log-probabilities (v, b) of each letter as the next one."""
        with np.errstate(divide="ignore"):  # -inf for what no part begins names with
            return np.asarray(np.log(self.weights(state)))

    def log_probabilities(self, state: BlendState) -> FloatArray:
        """The same."""
        return self.logits(state)

    def _state(self, parts: Sequence[Any], sources: FloatArray) -> BlendState:
        following = np.zeros((len(parts), self.vocabulary.size, sources.shape[1]), np.float32)
        for row, part, own, places in zip(following, self._parts, parts, self._places, strict=True):
            row[places] = np.exp(part.log_probabilities(own))
        return BlendState(tuple(parts), sources, following)


def _read_as(own: Vocabulary, vocabulary: Vocabulary) -> IntArray:
    """For each letter of the vocabulary (v,), the index of the letter of a part's own that it reads; -1 for none."""
    found = [END]
    for letter in vocabulary.letters:
        plain = nfd(letter)[0]
        index = next((own.encode(one)[0] for one in (letter, plain, plain.lower()) if not own.unknown(one)), -1)
        found.append(index)
    return np.array(found)
