"""Several lists as one: the casing, and the patterns of names that one or another of them has.

A name that is put together from two lists is well formed if what each of its parts shows stands in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import NamedTuple

from model.corpus.accents import allowed_accents
from model.corpus.case_learning import LOWER, MIXED, TITLE
from model.corpus.case_rules import CHEROKEE, FINAL_SIGMA
from model.corpus.casing import Casing
from model.corpus.clusters import fits, is_mark, links
from model.corpus.patterns import Patterns
from model.corpus.places import Places
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption

PLAIN_SHAPE = "^Xx"
"""That of the words of a list which has no other and says nothing of shapes."""


class List(NamedTuple):
    """What is known of one list."""

    vocabulary: Vocabulary
    casing: Casing
    patterns: Patterns


def union_of_casings(casings: Sequence[Casing]) -> Casing:
    """The casing of several lists, the one that counts most first.

    Names begin with capitals where those of any list do, after all rules of the first such list, and the rules of the
    others that are about a word or a beginning by itself: ``de`` in lower case, ``Mc`` with a capital after it.

    Raises
    ------
    InvalidOption
        Some keep upper and lower case as letters of their own, and others don't.
    """
    kinds = {casing.value for casing in casings}
    if MIXED in kinds and len(kinds) > 1:
        raise InvalidOption(
            "blend",
            "has a model of earlier software, which keeps upper and lower case apart; train that one again to blend it",
        )
    value = TITLE if TITLE in kinds else next(iter(casings)).value
    alike = [casing for casing in casings if casing.value in (value, LOWER)]
    first = next(casing for casing in alike if casing.value == value)
    rules = chain(first.rules, (rule for casing in alike for rule in casing.rules if _is_of_words(rule)))
    return Casing(value, tuple(dict.fromkeys(rules)))


def _is_of_words(rule: str) -> bool:
    kind, _, text = rule.partition(" ")
    return rule in (FINAL_SIGMA, CHEROKEE) or kind in ("begin", "upper") or (kind == "lower" and len(text) > 1)


def union_of_patterns(lists: Sequence[List]) -> Patterns:
    """What a name of one list or another may have; a part is empty where one of them allows everything in it."""
    return Patterns(
        attachments=_attachments(lists),
        accents=_accents(lists),
        shapes=_shapes(lists),
        initials=_in_each_that_knows(lists, lambda places: places.initials),
        noninitials=_in_each_that_knows(lists, lambda places: places.noninitials),
        finals=_in_each_that_knows(lists, lambda places: places.finals),
        nonfinals=_in_each_that_knows(lists, lambda places: places.nonfinals),
        fewest_letters=min(one.patterns.fewest_letters for one in lists),
    )


def _attachments(lists: Sequence[List]) -> tuple[str, ...]:
    """Clusters of any list, with the single letters that are parts of clusters in others only."""
    found = set(chain.from_iterable(one.patterns.attachments for one in lists))
    parts = set("".join(found))
    for vocabulary, _, patterns in lists:
        own = set("".join(patterns.attachments))
        if not own and any(is_mark(letter) or links(letter) for letter in vocabulary.letters):
            return ()  # it has marks, and too many clusters to keep
        found.update(letter for letter in parts.intersection(vocabulary.letters) - own if not is_mark(letter))
    letters = set().union(*(one.vocabulary.letters for one in lists))
    return tuple(sorted(found)) if fits(tuple(found), len(letters)) else ()


def _accents(lists: Sequence[List]) -> tuple[str, ...]:
    if not any(one.patterns.accents for one in lists):
        return ()
    return tuple(sorted(set().union(*(allowed_accents(one.patterns.accents or ("0",)) for one in lists))))


def _shapes(lists: Sequence[List]) -> tuple[str, ...]:
    """Shapes are of names as they are written, so lists that are written otherwise say nothing of each other's."""
    if len({one.casing.value for one in lists}) > 1 or not any(one.patterns.shapes for one in lists):
        return ()
    if any(not one.patterns.shapes and one.casing.value != TITLE for one in lists):
        return ()
    return tuple(sorted(set().union(*(one.patterns.shapes or (PLAIN_SHAPE,) for one in lists))))


def _in_each_that_knows(lists: Sequence[List], parts_of: Callable[[Places], Collection[str]]) -> tuple[str, ...]:
    """Letters and marks that are bound to a place in each list that has them."""
    bound = [set(parts_of(one.patterns.places)) for one in lists]
    return tuple(
        sorted(
            part
            for part in set().union(*bound)
            if all(part in own or one.vocabulary.unknown(part) for own, one in zip(bound, lists, strict=True))
        )
    )
