"""A network of many kinds of names as one file: each of its styles is a model, and short lists start from it.

The members of the archive (`model.artifact.npz` writes and checks it):

    styles           UTF-8 JSON, as bytes: format, architecture, letters, the card of each style by its name, and, in
                     files of today, the names of all lists that the network learned
    network.W        and the other arrays of the network's layout, in half precision, see `model.network.shape`

The first style is `unknown`, and the others are in the order of their cards. A style's n-gram and hashes are not kept:
they are made from its bundled list, whose SHA-256 its card has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import network_arrays, npz, strict_json
from model.artifact.card import Architecture, Card
from model.artifact.model_file import MAX_BYTES, Artifact
from model.corpus.bundled import bundled_path
from model.corpus.casing import Casing
from model.corpus.corpus import hash_of
from model.corpus.split import Split
from model.corpus.vocabulary import END, Vocabulary
from model.errors import BadCorpus, InvalidWeights
from model.network.network import Network
from model.network.shape import CELLS, MAX_LAYERS, MAX_LETTERS, Shape
from model.network.styles import UNKNOWN, fold, with_styles, with_vocabulary
from model.ngram.automaton import Automaton

FORMAT = 2
MEMBER = "styles"
FILE = "styles.npz"
"""Its name in the folder of the bundled models."""

MAX_SIZE = 2**14
MAX_JSON_BYTES = 2**22
"""Twice what three hundred cards take. Python's parser needs many times more memory than that."""


@dataclass(frozen=True, eq=False)
class Styles:
    """A network with styles.

    Attributes
    ----------
    network
        One more style than there are cards: the first is `unknown`.
    vocabulary
        The letters of all lists.
    cards
        Of the styles that are models, by name.
    learned
        The names of all lists that the network learned, whether they are models or not; empty where nobody said.
    """

    network: Network
    vocabulary: Vocabulary
    cards: Mapping[str, Card]
    learned: tuple[str, ...] = ()

    def model(self, name: str) -> Artifact:
        """The model of one style: its network, and its n-gram, learned from the training part of its list.

        Raises
        ------
        InvalidWeights
            There is no such bundled list, or it is not the one that the network learned.
        """
        card = self.cards[name]
        vocabulary, casing, split = self._list(name)
        style = self.network.parameters["z"][1 + list(self.cards).index(name)]
        return Artifact(
            card=card,
            vocabulary=vocabulary,
            casing=casing,
            network=self._restricted(fold(self.network, style), vocabulary),
            first_letters=None,
            hashes=split.hashes,
            ngram=_ngram(card, split, vocabulary),
        )

    def ngram(self, name: str) -> Automaton | None:
        """The n-gram of one style's model alone; raises InvalidWeights as `model` does."""
        vocabulary, _, split = self._list(name)
        return _ngram(self.cards[name], split, vocabulary)

    def unknown(self) -> Network:
        """The network with the style `unknown` alone, over all letters: what a short list starts from."""
        return with_styles(self.network, [UNKNOWN])

    def _list(self, name: str) -> tuple[Vocabulary, Casing, Split]:
        """The letters, the casing and the parts of a style's list; raises InvalidWeights as `model` does."""
        card = self.cards[name]
        casing = Casing(card.casing, card.case_rules)
        try:
            names = _names(bundled_path(name), casing)
            split = Split.of(names, name)
        except (BadCorpus, OSError, ValueError) as error:
            raise InvalidWeights(f"its list cannot be read: {error}", name) from error
        vocabulary = Vocabulary.of(names)
        if (hash_of(names), vocabulary.letters) != (card.corpus.sha256, card.letters):
            raise InvalidWeights(f"the list {name} has changed since it was trained; train it again", name)
        return vocabulary, casing, split

    def _restricted(self, network: Network, vocabulary: Vocabulary) -> Network:
        """The network over these letters alone."""
        places = np.array([END, *self.vocabulary.encode("".join(vocabulary.letters))])
        return with_vocabulary(network, places, np.random.default_rng(0))


def _ngram(card: Card, split: Split, vocabulary: Vocabulary) -> Automaton | None:
    return Automaton.learn(split.train, vocabulary, card.ngram.order) if card.ngram.order else None


def _names(path: Path, casing: Casing) -> tuple[str, ...]:
    """The names of a bundled list, whose casing is known: as `Corpus.read` has them, in a twentieth of the time."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return tuple(sorted({casing.fold(row.partition(",")[0]) for row in rows if row and not row.startswith("#")}))


def save(styles: Styles, path: Path) -> None:
    """Write the file whole, in half precision."""
    shape = styles.network.shape
    facts = {
        "format": FORMAT,
        "cell": shape.cell,
        "hidden": shape.hidden,
        "layers": shape.layers,
        "style_size": shape.style_size,
        "letters": styles.vocabulary.letters,
        "cards": {name: card.to_json() for name, card in styles.cards.items()},
    }
    if styles.learned:
        facts["learned"] = styles.learned
    content = np.frombuffer(json.dumps(facts, allow_nan=False).encode(), np.uint8)
    npz.write(path, {MEMBER: content} | network_arrays.members(styles.network, half=True))


def load(path: Path, *, with_cards: bool = True) -> Styles:
    """Read what `save` wrote; without the cards of its models, where only the network is wanted, in half the time.

    Raises
    ------
    InvalidWeights
        The file is absent, cut short, tampered with, foreign, or its parts do not fit each other.
    """
    arrays = npz.read(path, InvalidWeights, MAX_BYTES)
    with _refusing(path):
        facts = _facts(arrays[MEMBER])
        vocabulary, cards = Vocabulary(tuple(facts["letters"])), _cards(facts) if with_cards else {}
        sizes = [facts[name] for name in ("hidden", "layers", "style_size")]
        if facts["cell"] not in CELLS or not all(type(size) is int and 0 < size <= MAX_SIZE for size in sizes):
            raise ValueError("its architecture is out of range")
        hidden, layers, style_size = sizes
        if not 0 < len(vocabulary.letters) <= MAX_LETTERS:
            raise ValueError(f"it claims {len(vocabulary.letters):,} letters; from 1 to {MAX_LETTERS:,} are read")
        if layers > MAX_LAYERS:
            raise ValueError(f"it has more than {MAX_LAYERS} layers")
        shape = Shape(facts["cell"], vocabulary.size, hidden, layers, len(facts["cards"]) + 1, style_size)
        for name, card in cards.items():
            if card.architecture != Architecture(shape.cell, layers, hidden, first_letter=True):
                raise ValueError(f"the style {name} has another architecture than the network")
            if vocabulary.unknown("".join(card.letters)):
                raise ValueError(f"the style {name} has letters that the network lacks")
        return Styles(network_arrays.network(arrays, shape), vocabulary, cards, _learned(facts))


def holds_styles(path: Path) -> bool:
    """Whether a file says that it is a network of many kinds; raises InvalidWeights where it cannot be read at all."""
    return MEMBER in npz.read(path, InvalidWeights, MAX_BYTES)


def read_cards(path: Path) -> dict[str, Card]:
    """Read the cards alone, which is quick, whatever else is in the file; raises InvalidWeights as `load` does."""
    array = npz.read_array(path, MEMBER, InvalidWeights, MAX_BYTES, MAX_JSON_BYTES)
    with _refusing(path):
        return _cards(_facts(array))


def _facts(array: NDArray[np.uint8]) -> dict[str, Any]:
    facts: dict[str, Any] = strict_json.parse(array.tobytes(), MAX_JSON_BYTES)
    if facts["format"] != FORMAT:
        raise ValueError(f"its format is {facts['format']!r:.20}, and this one reads {FORMAT}")
    return facts


def _cards(facts: dict[str, Any]) -> dict[str, Card]:
    return {name: Card.from_json(card) for name, card in facts["cards"].items()}


def _learned(facts: dict[str, Any]) -> tuple[str, ...]:
    learned = facts.get("learned", [])
    if not isinstance(learned, list) or not all(isinstance(name, str) for name in learned):
        raise ValueError("the lists that it learned should be given by their names")
    return tuple(learned)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Raise InvalidWeights, with the reason, for what does not fit."""
    try:
        yield
    except KeyError as error:
        raise InvalidWeights(f"it has no {error}, so it is not a network of many kinds", str(path)) from error
    except (TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise InvalidWeights(f"its parts do not make a network of many kinds: {error}", str(path)) from error
