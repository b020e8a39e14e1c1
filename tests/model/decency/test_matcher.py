"""The automaton, against a search by regular expressions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.decency.matcher import CROSSING, REFUSED, Matcher
from model.decency.patterns import Pattern

ALPHABET = "abc"


def reads(letters: str, gap: str = "") -> re.Pattern[str]:
    """A word, each letter of which may be repeated, with `gap` between any two."""
    return re.compile(gap.join(gap.join([letter] * len(list(run))) + f"(?:{gap}{letter})*"
                               for letter, run in itertools.groupby(letters)))  # fmt: skip


def spans(text: str, pattern: Pattern, *, crossing: bool = False) -> set[tuple[int, int]]:
    """Where a word counts in a text."""
    word = reads(pattern.letters, " *" if crossing else "")
    found = set()
    for begin, end in itertools.combinations(range(len(text) + 1), 2):
        begins = not (pattern.begins or crossing) or text[:begin].endswith(" ") or begin == 0
        ends = not pattern.ends or text[end:].startswith(" ") or end == len(text)
        if begins and ends and word.fullmatch(text, begin, end):
            found.add((begin, end))
    return found


def is_decent(text: str, patterns: Sequence[Pattern]) -> bool:
    """The definition: no word that is left out stands outside of every harmless one."""
    harmless = set().union(*(spans(text, one) for one in patterns if one.harmless))
    left_out = [one for one in patterns if not one.harmless]
    found = set().union(*(spans(text, one) for one in left_out))
    for one in left_out:
        if not (one.begins or one.ends) and len(one.letters) in CROSSING:
            found |= spans(text, one, crossing=True)
    return all(any(first <= begin and end <= last for first, last in harmless) for begin, end in found)


words = st.builds(Pattern, st.text(ALPHABET, min_size=1, max_size=5), st.booleans(), st.booleans(), st.just(False))
harmless_words = st.builds(
    Pattern,
    st.text(ALPHABET, min_size=1, max_size=4) | st.from_regex("[abc]{1,2} [abc]{1,2}", fullmatch=True),
    st.booleans(),
    st.booleans(),
    st.just(True),
)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=400)
@given(st.lists(words, max_size=3), st.lists(harmless_words, max_size=2), st.text(f"{ALPHABET}d ", max_size=9))
def test_it_finds_what_a_search_finds(left_out: list[Pattern], harmless: list[Pattern], text: str) -> None:
    matcher = Matcher([*left_out, *harmless])
    assert matcher.accepts(matcher.read(text)) == is_decent(text, [*left_out, *harmless])


@pytest.mark.no_cover
def test_threads_that_read_at_once_find_what_one_finds() -> None:
    patterns = [Pattern("".join(letters), begins=False) for letters in itertools.product("abcde", repeat=4)][::7]
    texts = ["".join(letters) for letters in itertools.product("abcde ", repeat=5)]
    alone, shared = Matcher(patterns), Matcher(patterns)
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda text: shared.accepts(shared.read(text)), sorted(texts * 2))
    assert list(found) == [alone.accepts(alone.read(text)) for text in sorted(texts * 2)]


def test_a_digit_is_read_as_either_letter() -> None:
    matcher = Matcher([Pattern("ali"), Pattern("all")])
    assert not matcher.accepts(matcher.read("a11"))
    assert matcher.accepts(matcher.read("a1"))


def test_a_state_without_a_way_out_is_one() -> None:
    matcher = Matcher([Pattern("ab", begins=False, ends=False)])
    assert matcher.read("cabc") == matcher.read("ab") == REFUSED
