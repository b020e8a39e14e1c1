"""One trained model as one file: weights, a card, and hashes of the names of its list.

The members of the archive (`model.artifact.npz` writes and checks it):

    card             UTF-8 JSON, as bytes; its `format` is the version of this layout
    network.W        and the other arrays of the network's layout, see `model.network.shape`
    first_letters    (v,) frequencies of the first letter, only where the network does not predict it
    hashes           (n,) sorted 64-bit hashes of the list's names: test, validation, training, see `model.corpus.split`
    ngram.counts     and the other arrays of `model.artifact.ngram_members`, only where the card has an n-gram

The network's arrays are float32 or float64, or float16 where half precision was asked for, which is read as float32.
Later layouts add members under prefixes of their own and name them in the card; a reader refuses a card whose format
or architecture it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import network_arrays, ngram_members, npz, strict_json
from model.artifact.card import Card
from model.corpus.casing import Casing
from model.corpus.spelling import may_stand_in_a_name, tidy
from model.corpus.split import name_hashes
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidWeights
from model.network.network import Network
from model.network.parameters import FloatArray
from model.network.shape import Shape
from model.ngram.automaton import Automaton

MAX_BYTES = 64 * 2**20
"""Of a file: as many weights as a network may have, the hashes of a million names and their n-gram."""

MAX_CARD_BYTES = 2**20
"""Of the card alone, a hundred times what most have."""


@dataclass(frozen=True, eq=False)
class Artifact:
    """A trained model, ready to draw from; nothing in it changes."""

    card: Card
    vocabulary: Vocabulary
    casing: Casing
    network: Network
    first_letters: FloatArray | None  # (v,) sums to 1; None where the network predicts the first letter too
    hashes: NDArray[np.uint64]  # (n,) sorted
    ngram: Automaton | None = None  # mixed with the network; None where the network serves alone

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take."""
        parts = [self.network.parameters.flat, self.first_letters, self.hashes, self.ngram]
        return sum(part.nbytes for part in parts if part is not None)

    def fold(self, name: str) -> str:
        """A name as the network sees it: tidied as the lines of a list are, and in the case that it learned."""
        return self.casing.fold(tidy(name))

    def contains(self, names: Sequence[str]) -> list[bool]:
        """For each name, whether it stands in the list that the model was made from, its held-out parts included."""
        asked = name_hashes(map(self.fold, names))
        before, after = (np.searchsorted(self.hashes, asked, side) for side in ("left", "right"))
        return [bool(found) for found in before < after]


def save(artifact: Artifact, path: Path, *, half: bool = False) -> None:
    """Write the model whole: a reader sees the old file or the new one.

    Parameters
    ----------
    half
        Write the network's weights in half precision, which halves the file and rounds them to 11 bits.

    Raises
    ------
    InvalidWeights
        A weight is too large for half precision.
    """
    npz.write(path, _members(artifact, half=half))


def pack(artifact: Artifact) -> bytes:
    """The same in memory, in full precision."""
    return npz.pack(_members(artifact))


def _members(artifact: Artifact, *, half: bool = False) -> npz.Arrays:
    arrays: dict[str, NDArray[Any]] = {
        "card": np.frombuffer(json.dumps(artifact.card.to_json(), allow_nan=False).encode(), np.uint8)
    }
    arrays |= network_arrays.members(artifact.network, half=half)
    if artifact.first_letters is not None:
        arrays["first_letters"] = artifact.first_letters
    if artifact.ngram is not None:
        arrays |= ngram_members.members(artifact.ngram.contexts)
    return arrays | {"hashes": artifact.hashes}


def load(path: Path) -> Artifact:
    """Read a model.

    Raises
    ------
    InvalidWeights
        The file is absent, cut short, tampered with, oversized, foreign, or its parts do not fit each other.
    """
    return _checked(npz.read(path, InvalidWeights, MAX_BYTES), str(path))


def read_card(path: Path) -> Card:
    """Read the card alone, which is quick, whatever else is in the file; raises InvalidWeights as `load` does."""
    card = npz.read_array(path, "card", InvalidWeights, MAX_BYTES, MAX_CARD_BYTES)
    try:
        return _card(card)
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidWeights(f"its parts do not make a model: {error}", str(path)) from error


def unpack(content: bytes, source: str) -> Artifact:
    """Read a model that `pack` packed; raises InvalidWeights as `load` does, with the source for the file."""
    return _checked(npz.unpack(content, InvalidWeights, source, MAX_BYTES), source)


def _checked(arrays: npz.Arrays, source: str) -> Artifact:
    try:
        return _assemble(arrays)
    except KeyError as error:
        raise InvalidWeights(f"it has no array {error}, so it is not a model of this project", source) from error
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidWeights(f"its parts do not make a model: {error}", source) from error


def _assemble(arrays: npz.Arrays) -> Artifact:
    """A model from the members of its file; raises KeyError, TypeError or ValueError for what does not fit."""
    card = _card(arrays["card"])
    vocabulary, casing = Vocabulary(card.letters), Casing(card.casing, card.case_rules)
    if strange := [
        letter for letter in card.letters if not may_stand_in_a_name(letter) or casing.fold(letter) != letter
    ]:
        raise ValueError(f"{strange[0]!r} is no letter of a list in {casing} case")
    kind = card.architecture
    shape = Shape(kind.cell, vocabulary.size, kind.hidden, kind.layers)
    first_letters = None
    if not card.architecture.first_letter:
        first_letters = network_arrays.floats(arrays, "first_letters", (vocabulary.size,), np.dtype(np.float64))
        if first_letters.min() < 0 or first_letters[END] or abs(first_letters.sum() - 1) > 1e-6:
            raise ValueError("first_letters are not frequencies")
    hashes = arrays["hashes"]
    if hashes.dtype != np.uint64 or hashes.shape != (card.corpus.names,) or np.any(hashes[1:] < hashes[:-1]):
        raise ValueError("hashes are not sorted 64-bit numbers, one for each name")
    return Artifact(
        card=card,
        vocabulary=vocabulary,
        casing=casing,
        network=network_arrays.network(arrays, shape),
        first_letters=first_letters,
        hashes=hashes,
        ngram=ngram_members.automaton(arrays, card.ngram.order, vocabulary.size) if card.ngram.order else None,
    )


def _card(array: NDArray[Any]) -> Card:
    return Card.from_json(strict_json.parse(array.tobytes(), MAX_CARD_BYTES))
