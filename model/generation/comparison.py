"""Which bundled models a name sounds like: those under which it is most probable.

Nearly all are styles of one network, so that network reads a name under all styles at once, each with the letters of
its own list; the n-grams of those under which the name is most probable then join in. A model with a network of its own
scores the name by itself, and so does one whose list says which letters go with which marks. Models that can't spell
the name are left out. Nats are per letter, the end among them, so models with any number of letters can be compared.

Axes:  b models   t letters along a name, the end among them   n letters of the batch   v vocabulary
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from model.artifact.bundled_models import BundledModel, styles_of
from model.artifact.styles_file import Styles
from model.corpus.casing import Casing
from model.corpus.spelling import tidy
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidWeights
from model.generation.predictor import Predictor
from model.generation.scoring import score
from model.generation.served import predictor_of
from model.network.batch import Batch
from model.network.parameters import FloatArray
from model.network.styles import log_probabilities
from model.ngram.automaton import Automaton

MAX_COMPARED = 20
"""Names of one request: each takes some 30 ms."""

BEST = 5
"""Models that are named."""

SHORTLIST = 16
"""Styles whose n-gram joins in. Of held-out names the best of 16 is the best of all in 98 % of cases."""

MAX_NGRAMS, MAX_PREDICTORS = 128, 16
"""Kept for the next request, of some 0.2 and 1 MB each."""

Value = TypeVar("Value")


class Likeness(NamedTuple):
    """How probable a name is under one model."""

    model: str
    nats_per_letter: float


class Comparison:
    """The bundled models of a folder; what is needed of them is loaded when names may be from them. Not thread-safe.

    Parameters
    ----------
    models
        The models; those that are damaged are left out once they turn out to be.
    folder
        Where the network is whose styles most of them are.
    """

    def __init__(self, models: Mapping[str, BundledModel], folder: Path) -> None:
        self._casings = {name: Casing(one.card.casing, one.card.case_rules) for name, one in models.items()}
        self._alphabets = {name: frozenset(one.card.letters) for name, one in models.items()}
        try:
            styles = styles_of(folder)
        except InvalidWeights:
            styles = None
        cards = {} if styles is None else styles.cards
        styled = [name for name, one in models.items() if cards.get(name) == one.card and not one.card.attachments]
        self._styled = None if styles is None else _Styled(styles, styled)
        self._others = _Kept[Predictor[Any]](lambda name: predictor_of(models[name].load()), MAX_PREDICTORS)
        self._names_of_others = sorted(models.keys() - set(styled))

    def compare(self, names: Sequence[str]) -> list[list[Likeness]]:
        """For each name the models under which it is most probable, best first; none, where none can spell it."""
        folded = [self._folded(name) for name in names]
        found = [self._styled.best(each) if self._styled else [] for each in folded]
        for model in self._names_of_others:
            places = [place for place, each in enumerate(folded) if model in each]
            predictor = self._others[model] if places else None
            if predictor is not None:
                for place, scored in zip(places, score(predictor, [names[place] for place in places]), strict=True):
                    found[place].append(Likeness(model, scored.nats_per_letter))
        return [sorted(likely, key=lambda one: (one.nats_per_letter, one.model))[:BEST] for likely in found]

    def _folded(self, name: str) -> dict[str, str]:
        """The name as each model reads it that can spell it."""
        tidied = tidy(name)
        as_read = {casing: casing.fold(tidied) for casing in set(self._casings.values())}
        each = {model: as_read[casing] for model, casing in self._casings.items()}
        return {model: text for model, text in each.items() if text and self._alphabets[model].issuperset(text)}


class _Styled:
    """The models that are styles of one network."""

    def __init__(self, styles: Styles, models: Sequence[str]) -> None:
        self._styles, self._cards = styles, styles.cards
        self._ngrams = _Kept(styles.ngram, MAX_NGRAMS)
        order = list(styles.cards)
        self._style = {name: 1 + order.index(name) for name in models}
        self._letters = np.zeros((len(order) + 1, styles.vocabulary.size), bool)  # of each style
        self._letters[:, END] = True
        for name, style in self._style.items():
            self._letters[style, styles.vocabulary.encode("".join(self._cards[name].letters))] = True

    def best(self, folded: Mapping[str, str]) -> list[Likeness]:
        """The models under which a name is most probable by the network alone, with what each makes of it in all."""
        models = sorted(folded.keys() & self._style.keys(), key=lambda model: (-len(folded[model]), model))
        if not models:
            return []
        letters = self._read([folded[model] for model in models], models)
        lengths = np.array([len(folded[model]) + 1 for model in models])
        order = np.argsort(-letters.sum(axis=0) / lengths, kind="stable")[:SHORTLIST]
        return [
            Likeness(model, nats)
            for model, row in ((models[place], letters[: lengths[place], place]) for place in order)
            if (nats := self._mixed(model, folded[model], row)) is not None
        ]

    def _read(self, names: Sequence[str], models: Sequence[str]) -> FloatArray:
        """Log-probabilities (t, b) of a name's letters under each model's style; the longest spelling comes first."""
        vocabulary = self._styles.vocabulary
        styles = np.array([self._style[model] for model in models])
        known = np.flatnonzero(self._letters[styles].any(axis=0))
        encoded = np.full((len(names[0]) + 2, len(names)), END)
        for text in set(names):
            same = [place for place, name in enumerate(names) if name == text]
            encoded[1 : len(text) + 1, same] = np.array(vocabulary.encode(text))[:, None]
        lengths = np.array([len(name) + 1 for name in names])
        going = np.arange(len(names[0]) + 1)[:, None] < lengths  # (t, b)
        alphabets = np.where(self._letters[styles][:, known], 0, -np.inf).astype(np.float32)
        counts = going.sum(axis=1).tolist()
        batch = Batch(encoded[:-1][going], encoded[1:][going], counts, styles, letters=known)
        found = np.zeros(going.shape)
        found[going] = log_probabilities(self._styles.network, batch, alphabets)
        return found

    def _mixed(self, model: str, name: str, network: FloatArray) -> float | None:
        """Nats per letter of the network (t,) with the n-gram; None where the list of the model can't be read."""
        card = self._cards[model]
        if not card.ngram.order:
            return float(-network.mean())
        ngram: Automaton | None = self._ngrams[model]
        if ngram is None:
            return None
        state, own = ngram.start, []
        for letter in [*Vocabulary(card.letters).encode(name), END]:
            own.append(ngram.probabilities[state, letter])
            state = ngram.following[ngram.rows[state], letter]
        weight = card.ngram.weight
        return float(-np.log((1 - weight) * np.exp(network) + weight * np.array(own)).mean())


class _Kept(Generic[Value]):
    """Some of what was loaded, by name, the last used; None for what is damaged."""

    def __init__(self, load: Callable[[str], Value | None], most: int) -> None:
        self._load, self._most = load, most
        self._values: OrderedDict[str, Value | None] = OrderedDict()

    def __getitem__(self, name: str) -> Value | None:
        if name not in self._values:
            try:
                self._values[name] = self._load(name)
            except InvalidWeights:
                self._values[name] = None
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        self._values.move_to_end(name)
        return self._values[name]
