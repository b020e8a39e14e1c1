"""Files whose checksum fits, which claim what no training makes: in the card, in an array, or by their sizes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import numpy as np

from model.artifact import npz
from model.corpus.casing import Casing
from model.corpus.spelling import may_stand_in_a_name
from model.errors import InvalidWeights
from model.network.parameters import size
from model.network.shape import Shape
from tests.attack.alterations import Alteration

MOST_WRITTEN = 4 * 10**7
"""Weights; a file of more claims them only."""

MARKS = "\u0301\u0323" * 3000
DEEP: list[Any] = json.loads("[" * 400 + "]" * 400)

VALUES: list[Any] = [
    None, True, 0, -1, 1, 2, 65, 255, 2**14, 2**31, 2**63, 10**30, 10**400, 0.5, -0.5, 1e-300, 1e300, float("inf"),
    float("nan"), "", "a", "\ud800", "\udc00a", "\0", "\n", MARKS, "x" * 3000, [], {}, [[]], {"a": {"a": 1}}, DEEP,
    ["a"], ["\ud800"], ["a" * 200], ["a" + MARKS], [""], ["ab", "a"], ["a"] * 20_000, list("abcdefgh"), [1], [None],
]  # fmt: skip
ITEMS = {
    "case_rules": ["upper a", "lower -", "begin Mc|", "title -L", "turkish i", "final sigma", "cherokee", "begin a'|"],
    "attachments": ["a", "e\u0301", "\u0301", "n\u094d", "aa"],
    "shapes": ["^Xx", "-Xx", "", "^" * 60],
    "accents": ["0", "1", "1s", "99s", "s"],
    "initials": ["a", "h", "\u0e40", "n\u094d"],
    "nonfinals": ["a", "n", "o", "e", "l", "t"],
    "examples": ["Anna", "=1+1", "a" * 64],
}


def change_the_card(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """One to three fields of the card, wherever they stand."""
    arrays = npz.unpack(content, InvalidWeights, "the original")
    card = json.loads(arrays["card"].tobytes())
    for _change in range(int(rng.integers(1, 4))):
        parts = [card, *(part for part in card.values() if isinstance(part, dict))]
        part = parts[rng.integers(len(parts))]
        keys = sorted(part) or ["new"]
        name = keys[rng.integers(len(keys))]
        if part is card and rng.integers(2):
            name = list(ITEMS)[rng.integers(len(ITEMS))]
            card[name] = list(rng.choice(ITEMS[name], int(rng.integers(1, 50))))
        else:
            part[name] = VALUES[rng.integers(len(VALUES))]
    return packed(arrays, json.dumps(card).encode())


def write_the_card_otherwise(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """A card that is no JSON, or whose members stand there twice."""
    arrays = npz.unpack(content, InvalidWeights, "the original")
    text = arrays["card"].tobytes()
    place = int(rng.integers(len(text)))
    texts = (
        text[:place],
        text[:place] + rng.bytes(3) + text[place:],
        text[:-1] + b', "letters": ["a"]}',
        b"[" * 100_000,
        b"9" * 5000,
        text.replace(b'"seed": 0', b'"seed": ' + b"1" * 4000),
        text + b" " * 2**21,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        text.decode().encode("utf-16"),
    )
    return packed(arrays, texts[rng.integers(len(texts))])


def change_an_array(content: bytes, _: bytes, rng: np.random.Generator) -> bytes:
    """An array of another type, shape or content."""
    arrays = npz.unpack(content, InvalidWeights, "the original")
    names = [name for name in arrays if name != "card"]
    name = names[rng.integers(len(names))]
    array = arrays[name].copy()
    flat = array.reshape(-1)
    if flat.size and rng.integers(2):
        number = [0, 1, 255, 2**63, np.nan, np.inf, -np.inf, 1e5, -1e5, 1e30, 1e-300][rng.integers(11)]
        with np.errstate(all="ignore"):
            flat[rng.integers(flat.size, size=1 + int(rng.integers(flat.size)))] = np.array(number).astype(array.dtype)
    else:
        array = [
            array[..., :-1] if array.ndim else array,
            array[None],
            array.ravel()[:0],
            array.astype(">f4"),
            array.astype(np.float64),
            array.astype(np.uint8),
            np.asfortranarray(array),
            np.zeros((0, 5), array.dtype),
            np.repeat(array, 3, axis=0) if array.ndim else array,
        ][rng.integers(9)]
    return packed(arrays | {name: array}, arrays["card"].tobytes())


def packed(arrays: npz.Arrays, card: bytes) -> bytes:
    """A file whose checksum fits."""
    others = {name: array for name, array in arrays.items() if name not in ("card", npz.CHECKSUM)}
    return npz.pack({"card": np.frombuffer(card, np.uint8), **others})


def large_claims(rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    """Models in all their parts, some as large as may be and some larger, one after another for ever."""
    sizes = [  # letters, units, layers, cell
        (65_000, 1, 1, "vanilla"),
        (4_096, 1, 1, "vanilla"),
        (4_096, 512, 1, "gru"),
        (4_096, 2_000, 1, "vanilla"),
        (30, 1_900, 1, "gru"),
        (30, 900, 4, "gru"),
        (30, 3_000, 1, "vanilla"),
        (30, 16_384, 1, "vanilla"),
        (500, 512, 4, "gru"),
        (4_097, 8, 1, "gru"),
        (2_000, 1_000, 4, "gru"),
    ]
    for letters, hidden, layers, cell in cycle(sizes):
        yield f"{letters:,} letters, {layers} x {hidden:,} units, {cell}", large(letters, hidden, layers, cell, rng)


def large(letters: int, hidden: int, layers: int, cell: str, rng: np.random.Generator) -> bytes:
    """A model of that many letters and units, whose names are random; where it would be too large, without weights."""
    known = _letters(letters)
    shape = Shape(cell, letters + 1, hidden, layers)
    card = {
        "format": 1,
        "namewright": "0",
        "created": "2000-01-01T00:00:00+00:00",
        "corpus": {"title": "large", "sha256": "0" * 64, "names": 0, "train": 0, "validation": 0, "test": 0},
        "letters": known,
        "casing": "lower",
        "preset": "default",
        "architecture": {"cell": cell, "layers": layers, "hidden": hidden, "first_letter": True},
        "hyperparameters": {},
        "seed": 0,
        "nats_per_letter": 2.0,
        "memorisation": {"draws": 0, "in_training": 0.0, "in_held_out": 0.0},
    }
    arrays: npz.Arrays = {"hashes": np.zeros(0, np.uint64)}
    layout, pattern = shape.layout(), rng.normal(0, 0.05, 10_007).astype(np.float16)
    for name, own in layout.items():
        is_there = size(layout) < MOST_WRITTEN
        arrays[f"network.{name}"] = np.resize(pattern, math.prod(own)).reshape(own) if is_there else pattern[:1]
    return packed(arrays, json.dumps(card).encode())


def _letters(count: int) -> list[str]:
    points = map(chr, range(ord("a"), 0x30000))
    return [one for one in points if one.isalpha() and may_stand_in_a_name(one) and Casing.LOWER.fold(one) == one][
        :count
    ]


CLAIMS: dict[str, Alteration] = {
    claim.__name__.replace("_", " "): claim for claim in (change_the_card, write_the_card_otherwise, change_an_array)
}
