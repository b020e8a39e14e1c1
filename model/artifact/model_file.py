"""One trained model as one file: weights, a card, and hashes of the names of its list.

The members of the archive (`model.artifact.npz` writes and checks it):

    card             UTF-8 JSON, as bytes; its `format` is the version of this layout
    network.W        and the other arrays of the network's layout, see `model.network.shape`
    first_letters    (v,) frequencies of the first letter, only where the network does not predict it
    hashes           (n,) sorted 64-bit hashes of the list's names: test, validation, training, see `model.corpus.split`

Later layouts add members under prefixes of their own (`network.1.W`, `ngram.counts`) and name them in the card's
`architecture`; a reader refuses a card whose format or architecture it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import npz
from model.artifact.card import Card
from model.corpus.casing import Casing
from model.corpus.spelling import may_stand_in_a_name, tidy
from model.corpus.split import name_hashes
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidWeights
from model.network.network import Network
from model.network.parameters import FloatArray, Parameters
from model.network.shape import Shape

PREFIX = "network."


@dataclass(frozen=True, eq=False)
class Artifact:
    """A trained model, ready to draw from; nothing in it changes."""

    card: Card
    vocabulary: Vocabulary
    casing: Casing
    network: Network
    first_letters: FloatArray | None  # (v,) sums to 1; None where the network predicts the first letter too
    hashes: NDArray[np.uint64]  # (n,) sorted

    def fold(self, name: str) -> str:
        """A name as the network sees it: tidied as the lines of a list are, and in the case that it learned."""
        return self.casing.fold(tidy(name))

    def contains(self, names: Sequence[str]) -> list[bool]:
        """For each name, whether it stands in the list that the model was made from, its held-out parts included."""
        asked = name_hashes(map(self.fold, names))
        before, after = (np.searchsorted(self.hashes, asked, side) for side in ("left", "right"))
        return [bool(found) for found in before < after]


def save(artifact: Artifact, path: Path) -> None:
    """Write the model whole: a reader sees the old file or the new one."""
    npz.write(path, _members(artifact))


def pack(artifact: Artifact) -> bytes:
    """The same in memory."""
    return npz.pack(_members(artifact))


def _members(artifact: Artifact) -> npz.Arrays:
    arrays: dict[str, NDArray[Any]] = {
        "card": np.frombuffer(json.dumps(artifact.card.to_json(), allow_nan=False).encode(), np.uint8)
    }
    arrays |= {PREFIX + name: array for name, array in artifact.network.parameters.arrays().items()}
    if artifact.first_letters is not None:
        arrays["first_letters"] = artifact.first_letters
    return arrays | {"hashes": artifact.hashes}


def load(path: Path) -> Artifact:
    """Read a model.

    Raises
    ------
    InvalidWeights
        The file is absent, cut short, tampered with, oversized, foreign, or its parts do not fit each other.
    """
    return _checked(npz.read(path, InvalidWeights), str(path))


def unpack(content: bytes, source: str) -> Artifact:
    """Read a model that `pack` packed; raises InvalidWeights as `load` does, with the source for the file."""
    return _checked(npz.unpack(content, InvalidWeights, source), source)


def _checked(arrays: npz.Arrays, source: str) -> Artifact:
    try:
        return _assemble(arrays)
    except KeyError as error:
        raise InvalidWeights(f"it has no array {error}, so it is not a model of this project", source) from error
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidWeights(f"its parts do not make a model: {error}", source) from error


def _assemble(arrays: npz.Arrays) -> Artifact:
    """A model from the members of its file; raises KeyError, TypeError or ValueError for what does not fit."""
    card = Card.from_json(json.loads(arrays["card"].tobytes(), parse_constant=_refuse_constant))
    vocabulary, casing = Vocabulary(card.letters), Casing(card.casing, card.case_rules)
    if strange := [
        letter for letter in card.letters if not may_stand_in_a_name(letter) or casing.fold(letter) != letter
    ]:
        raise ValueError(f"{strange[0]!r} is no letter of a list in {casing} case")
    shape = Shape(card.architecture.cell, vocabulary.size, card.architecture.hidden, card.architecture.layers)
    shapes = shape.layout()
    dtype = arrays[PREFIX + next(iter(shapes))].dtype
    flat = np.concatenate([_floats(arrays, PREFIX + name, shape, dtype).ravel() for name, shape in shapes.items()])
    flat.flags.writeable = False
    first_letters = None
    if not card.architecture.first_letter:
        first_letters = _floats(arrays, "first_letters", (vocabulary.size,), np.dtype(np.float64))
        if first_letters.min() < 0 or first_letters[END] or abs(first_letters.sum() - 1) > 1e-6:
            raise ValueError("first_letters are not frequencies")
    hashes = arrays["hashes"]
    if hashes.dtype != np.uint64 or hashes.shape != (card.corpus.names,) or np.any(hashes[1:] < hashes[:-1]):
        raise ValueError("hashes are not sorted 64-bit numbers, one for each name")
    return Artifact(
        card=card,
        vocabulary=vocabulary,
        casing=casing,
        network=Network(shape, Parameters(flat, shapes)),
        first_letters=first_letters,
        hashes=hashes,
    )


def _refuse_constant(constant: str) -> None:
    """Python's parser takes NaN and Infinity, which are no JSON."""
    raise ValueError(f"{constant} is no JSON")


def _floats(arrays: npz.Arrays, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> FloatArray:
    """The array of that name, if it is what the card says."""
    array = arrays[name]
    if dtype.kind != "f" or array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} has type {array.dtype} and shape {array.shape} where {dtype} and {shape} belong")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return array
