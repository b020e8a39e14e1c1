"""What is hostile in patterns, regular expressions, syllables, exclusions and lists, as hypothesis draws it."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from model.constraints.constraints import MAX_EXCLUDED
from model.constraints.regular import MAX_TEXT
from tests.support.hostile_patterns import hostile_patterns

LARGEST = "largest"
MODELS = ("us", "korean-boys")
LETTERS: Mapping[str, str] = {
    "us": string.ascii_lowercase,
    "korean-boys": "민서준우지현도윤하은",
    LARGEST: string.ascii_lowercase[:9] + "".join(chr(0x4E00 + number) for number in range(9)),
}
"""Of each model, some that it knows."""

HOSTILE_LETTERS = "a\u0301\u0323\u094d\u200d\u200b\ufdfaİß\u1100\u1161\u11a8\0\ud800\U0001f600 -'.,;\t\"(=+@é"
"""Marks, joiners, ligatures, halves of letters, and what ends a name or a cell."""

REPEATS = ("*", "+", "?", "{0,1000}", "{20}", "{2,30}", "{1,3}", "{9,}", "{64}")
REPEATED = (1, 10, 1_000, 30_000)
LIST_BYTES, BODY_BYTES = 3 * 2**20, 100 * 2**10


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request: what it is of, where it goes, and its body."""

    kind: str
    path: str
    body: Mapping[str, Any]


def expressions(letters: str) -> st.SearchStrategy[str]:
    """Regular expressions in which repetitions are nested and choices overlap."""
    letter = st.sampled_from(letters)
    classes = st.lists(letter, min_size=1, max_size=5).map("".join)
    atom = letter | st.just(".") | classes.map("[{}]".format) | classes.map("[^{}]".format)

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        repeated = st.tuples(inner, st.sampled_from(REPEATS)).map(lambda one: f"({one[0]}){one[1]}")
        several = st.lists(inner, min_size=2, max_size=4)
        return repeated | several.map("".join) | several.map(lambda some: f"({'|'.join(some)})")

    famous = st.sampled_from([one for one in hostile_patterns(300) if len(one) <= MAX_TEXT])
    return st.recursive(atom, larger, max_leaves=25).filter(lambda text: len(text) <= MAX_TEXT) | famous


def constrained(model: str) -> st.SearchStrategy[Hostile]:
    """Requests for names of a model that are to be like many things at once."""
    letters = LETTERS[model]
    piece = st.text(st.sampled_from(letters), min_size=1, max_size=64)
    short = st.text(st.sampled_from(letters), min_size=1, max_size=3)
    syllables = st.tuples(st.integers(0, 34), st.integers(0, 34)).map(lambda two: "{}-{}".format(*sorted(two)))
    asked = st.fixed_dictionaries(
        {"model": st.just(model), "count": st.sampled_from([1000, 1000, 100, 5])},
        optional={
            "max_length": st.sampled_from([64, 64, 20, 3]),
            "temperature": st.sampled_from([1, 0.05, 9, 100]),
            "details": st.booleans(),
            "unique": st.booleans(),
            "seed": st.integers(0, 99).map(str),
            "decent": st.booleans(),
        },
    )
    hostile = st.fixed_dictionaries(
        {},
        optional={
            "regex": expressions(letters),
            "pattern": st.text(st.sampled_from(letters[:4] + "??**"), max_size=64),
            "contains": short | piece,
            "suffix": short | piece,
            "start": short,
            "exclude": st.lists(short, max_size=MAX_EXCLUDED) | st.lists(piece, max_size=MAX_EXCLUDED),
            "syllables": syllables,
            "avoid": st.lists(piece, max_size=50).map(lambda names: names * 200),
            "min_length": st.sampled_from([2, 9, 40, 64]),
            "novel": st.booleans(),
            "novel_distance": st.integers(0, 2),
            "top_k": st.sampled_from([1, 2, 9]),
            "top_p": st.sampled_from([0.01, 0.9, 0.9999]),
            "truncate": st.booleans(),
            "cast": st.booleans(),
        },
    )
    few = st.one_of(
        st.fixed_dictionaries({"regex": expressions(letters)}, optional={"avoid": st.lists(piece, max_size=50)}),
        st.fixed_dictionaries({"exclude": st.lists(short, min_size=9, max_size=MAX_EXCLUDED), "syllables": syllables}),
        hostile,
    )
    return st.tuples(asked, few).map(lambda two: Hostile("names", "/sample", two[0] | two[1]))


def lists(model: str) -> st.SearchStrategy[Hostile]:
    """Lists to train on, to score and to look over, of letters that nobody expects in names."""
    letter = st.sampled_from(HOSTILE_LETTERS + LETTERS[model])
    names = st.lists(st.text(letter, min_size=1, max_size=80), min_size=1, max_size=12)
    many = st.tuples(names, st.sampled_from(REPEATED), st.booleans())
    return st.one_of(
        many.map(lambda one: Hostile("list", "/train", {"model": "elves", "names": _repeated(*one, LIST_BYTES)})),
        many.map(lambda one: Hostile("list", "/report", {"names": _repeated(*one, BODY_BYTES)})),
        many.map(lambda one: Hostile("list", "/score", {"model": model, "names": _repeated(*one, BODY_BYTES)})),
    )


def _repeated(names: Sequence[str], times: int, is_numbered: bool, most_bytes: int) -> list[str]:
    """The same names again and again, each time as they are or otherwise, while they have room."""
    size = sum(map(len, names)) * 6 + len(names) * 12  # as JSON, whose escapes have six bytes
    rounds = min(times, max(1, most_bytes // size))
    return [name + _spelt(again) * is_numbered for again in range(rounds) for name in names]


def _spelt(number: int) -> str:
    """A number in letters."""
    return str(number).translate(str.maketrans(string.digits, "abcdefghij"))


def hostile_requests(models: Sequence[str]) -> st.SearchStrategy[Hostile]:
    """Requests for names of these models, and lists; of the latter one in some five."""
    model = st.sampled_from(models)
    return st.sampled_from(["names"] * 4 + ["list"]).flatmap(
        lambda kind: model.flatmap(lists if kind == "list" else constrained)
    )
