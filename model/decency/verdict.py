"""May this name be shown?  For one name, and as an automaton over the letters of a model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.constraints.acceptor import DEAD, Acceptor
from model.corpus.vocabulary import Vocabulary
from model.decency.folding import letter_skeleton, skeleton
from model.decency.languages import patterns_for
from model.decency.matcher import REFUSED, Matcher
from model.decency.patterns import parse

CACHED = 32


def is_decent(name: str, language: str = "", extra: Sequence[str] = ()) -> bool:
    """Whether a name neither is, nor contains, nor sounds like a slur or an obscenity.

    Parameters
    ----------
    name
        In any case and script.
    language
        Its English name, as cards have it: "German". English words count in every language.
    extra
        Further words, as rules are written: "word", or "*word*" where it counts within others too.

    Raises
    ------
    InvalidOption
        A further word has no letter.
    """
    matcher = _matcher(language, tuple(extra))
    return matcher.accepts(matcher.read(skeleton(name)))


def decent_names(vocabulary: Vocabulary, language: str = "", extra: Sequence[str] = ()) -> Acceptor:
    """The names for which `is_decent` holds, as an automaton over the letters of a vocabulary; kept for the next call.

    Raises
    ------
    InvalidOption
        A further word has no letter.
    TooComplex
        There are too many further words.
    """
    return _compile(vocabulary, language, tuple(extra))


@lru_cache(maxsize=CACHED)
def _matcher(language: str, extra: tuple[str, ...]) -> Matcher:
    return Matcher([*patterns_for(language), *parse(extra)])


@lru_cache(maxsize=CACHED)
def _compile(vocabulary: Vocabulary, language: str, extra: tuple[str, ...]) -> Acceptor:
    matcher = _matcher(language, extra)
    spelled = [letter_skeleton(letter) for letter in vocabulary.letters]
    units = {unit: place for place, unit in enumerate(dict.fromkeys(spelled))}
    long = [unit for unit in units if len(unit) != 1]  # of letters that are none or two in a skeleton
    rows = {REFUSED: [REFUSED] * len(units)}  # by state of the matcher, its states after each unit
    rows[matcher.within] = [matcher.read(unit, matcher.within) for unit in units]
    waiting = [matcher.start, *rows[matcher.within]]
    for state in waiting:
        if state not in rows:
            row = rows[state] = rows[matcher.fallback(state)].copy()
            for unit in (*(units.keys() & matcher.letters_of(state)), *long):
                row[units[unit]] = matcher.read(unit, state)
            waiting += set(row) - rows.keys()
    numbers = np.zeros(max(rows) + 1, np.int32)
    numbers[list(rows)] = np.arange(len(rows))  # REFUSED is the first, and so DEAD
    table = numbers[np.array(list(rows.values()))]  # (s, units)
    accepting = np.array([matcher.accepts(state) for state in rows])
    group = _merge(table, accepting)  # (s,)
    first = np.unique(group, return_index=True)[1]
    columns = [units[unit] for unit in spelled]
    merged = np.hstack([np.full((len(first), 1), DEAD, np.int32), group[table[first]][:, columns]])
    return Acceptor(int(group[numbers[matcher.start]]), merged, accepting[first])


def _merge(table: NDArray[np.int32], accepting: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number the states (s,) anew, one number for those that agree on all that follows (Moore 1956); REFUSED is 0.

    States are told apart by a hash of those that follow: of 64 bits, so none meet by chance, and fifty times as fast as
    comparing them.
    """
    weights = np.random.default_rng(0).integers(1, 2**63, table.shape[1] + 1, np.uint64)
    group: NDArray[np.integer[Any]] = accepting.astype(np.int32)
    groups = 0
    while groups != (groups := int(group.max()) + 1):
        known = group.astype(np.uint64)
        _, group = np.unique(known[table] @ weights[1:] + known * weights[0], return_inverse=True)
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))  # REFUSED is the first state
    numbered: NDArray[np.int32] = order[group].astype(np.int32)
    return numbered
