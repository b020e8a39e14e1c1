from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.vocabulary import END, Vocabulary
from model.ngram.automaton import Automaton
from model.ngram.contexts import USUAL_COUNTS, USUAL_DISCOUNT, select
from model.ngram.counting import count_strings
from tests.support.bundled_lists import read_bundled

LETTERS = "abçд"
START = "^"

lists = st.lists(st.text(LETTERS, min_size=1, max_size=7), min_size=1, max_size=25)


def kneser_ney(names: Sequence[str], letters: str, order: int, min_names: int) -> Callable[[str, str], float]:
    """Interpolated modified Kneser-Ney as Chen and Goodman (1999) write it down, string by string.

    ``$`` is the end of a name. Returns p(letter | all the letters before it), the start symbol among these.
    """
    raw: Counter[str] = Counter()
    before: defaultdict[str, set[str]] = defaultdict(set)  # string -> letters that stand before it somewhere
    bearers: defaultdict[str, set[int]] = defaultdict(set)
    for number, name in enumerate(names):
        text = f"{START}{name}$"
        for begin, end in itertools.combinations(range(len(text) + 1), 2):
            raw[text[begin:end]] += 1
            bearers[text[begin:end]].add(number)
            if begin:
                before[text[begin:end]].add(text[begin - 1])

    def counted(string: str) -> int:
        full = len(string) == order or string.startswith(START)
        return raw[string] if full else len(before[string])

    discounts = []
    for length in range(order):
        n = Counter(counted(string) for string in raw if len(string) == length + 1 and string != START)
        y = n[1] / (n[1] + 2 * n[2]) if n[1] else 0.0
        estimates = []
        for k in (1, 2, 3):
            own = k - (k + 1) * y * n[k + 1] / n[k] if n[k] else None
            usual = USUAL_DISCOUNT * k**0.5
            total = n[k] * own if own is not None else -(k + 1) * y * n[k + 1]
            estimates.append(min(max((total + USUAL_COUNTS * usual) / (n[k] + USUAL_COUNTS), 0.05), k - 0.05))
        discounts.append(estimates)

    def probability(context: str, letter: str) -> float:
        if len(context) > 1 and len(bearers[context]) < min_names:
            return probability(context[1:], letter)
        counts = {a: counted(context + a) for a in f"{letters}$" if raw[context + a]}
        if not counts:
            return probability(context[1:], letter) if context else 1 / (len(letters) + 1)
        taken = {a: discounts[len(context)][min(c, 3) - 1] for a, c in counts.items()}
        lower = probability(context[1:], letter) if context else 1 / (len(letters) + 1)
        kept = counts[letter] - taken[letter] if letter in counts else 0.0
        return (kept + sum(taken.values()) * lower) / sum(counts.values())

    return lambda read, letter: probability(f"{START}{read}"[-(order - 1) :], letter)


def states(automaton: Automaton, letters: Sequence[int]) -> list[int]:
    """The states along one name, the first included."""
    path = [automaton.start]
    for letter in letters:
        path.append(int(automaton.advance(np.array([path[-1]]), np.array([letter]))[0]))
    return path


@given(names=lists, order=st.integers(2, 6), min_names=st.integers(1, 3), asked=st.text(LETTERS, max_size=9))
def test_every_probability_is_that_of_the_papers_equations(
    names: list[str], order: int, min_names: int, asked: str
) -> None:
    vocabulary = Vocabulary(tuple(sorted(LETTERS)))
    automaton = Automaton.learn(names, vocabulary, order, min_names)
    literal = kneser_ney(names, LETTERS, order, min_names)
    for known in [asked, *names[:3]]:
        path = states(automaton, vocabulary.encode(known))
        for read, state in enumerate(path):
            expected = [literal(known[:read], letter) for letter in ("$", *vocabulary.letters)]
            assert automaton.probabilities[state] == pytest.approx(expected, rel=1e-5)


@given(names=lists, order=st.integers(2, 6), min_names=st.integers(1, 3))
def test_rows_sum_to_one_and_nothing_is_impossible(names: list[str], order: int, min_names: int) -> None:
    automaton = Automaton.learn(names, Vocabulary(tuple(sorted(LETTERS))), order, min_names)
    assert automaton.probabilities.sum(axis=1) == pytest.approx(np.ones(len(automaton.probabilities)), abs=1e-6)
    assert automaton.probabilities.min() > 0
    assert automaton.rows.shape == (len(automaton.probabilities),)
    assert set(automaton.rows) == set(range(len(automaton.following)))
    assert 0 <= automaton.following.min() <= automaton.following.max() < len(automaton.probabilities)
    assert set(automaton.following[:, END]) == {automaton.start}


@pytest.mark.no_cover
def test_a_batch_of_names_is_read_as_each_name_alone() -> None:
    us = read_bundled("us")
    names = [name for name in us.names[::50] if len(name) == 7][:64]
    automaton = Automaton.learn(us.names[::7], us.vocabulary)
    letters = np.array([us.vocabulary.encode(name) for name in names])
    state = np.full(len(names), automaton.start)
    together = [state]
    for column in letters.T:
        state = automaton.advance(state, column)
        together.append(state)
    assert np.array(together).T.tolist() == [states(automaton, row) for row in letters.tolist()]


def test_a_context_that_stands_in_one_name_only_is_left_out_whatever_its_count_there() -> None:
    vocabulary = Vocabulary(tuple("abcd"))
    path = states(Automaton.learn(["cdcdcd", "ab", "ab"], vocabulary), vocabulary.encode("cd"))
    alone = states(Automaton.learn(["cdcdcd", "ab", "ab"], vocabulary), vocabulary.encode("d"))
    assert path[-1] == alone[-1]  # of "cd" only the "d" is known
    twice = Automaton.learn(["cdcdcd", "ab", "acd"], vocabulary)
    assert states(twice, vocabulary.encode("bcd"))[-1] != states(twice, vocabulary.encode("bd"))[-1]


def test_a_context_that_begins_no_longer_one_goes_on_as_the_context_without_its_first_letter() -> None:
    vocabulary = Vocabulary(tuple("abcd"))
    automaton = Automaton.learn(["abc", "abd", "bcd", "bca"], vocabulary, 3)
    pair, single = (states(automaton, vocabulary.encode(read))[-1] for read in ("ab", "b"))
    assert pair != single
    assert automaton.rows[pair] == automaton.rows[single]
    assert len(automaton.following) < len(automaton.rows)


@pytest.mark.no_cover
def test_the_states_are_the_same_however_many_are_worked_out_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = read_bundled("us")
    whole = Automaton.learn(corpus.names[::50], corpus.vocabulary)
    monkeypatch.setattr("model.ngram.automaton.BLOCK", 7)
    pieces = Automaton.learn(corpus.names[::50], corpus.vocabulary)
    for array in ("probabilities", "rows", "following"):
        assert getattr(pieces, array).tobytes() == getattr(whole, array).tobytes()


@pytest.mark.no_cover
def test_the_rarest_contexts_give_way_where_the_table_would_grow_too_large() -> None:
    us = read_bundled("us")
    names, vocabulary = us.names[::9], us.vocabulary
    strings = count_strings(names, vocabulary, 6)
    sizes = {}
    for cells in (10**9, 60_000, 20_000, 600, 1):
        contexts = select(strings, vocabulary.size, 6, max_cells=cells)
        automaton = Automaton.of(contexts, vocabulary.size)
        assert automaton.probabilities.sum(axis=1) == pytest.approx(np.ones(len(contexts.sizes)), abs=1e-6)
        sizes[cells] = automaton.probabilities.size
    assert sizes[10**9] > 60_000
    assert all(sizes[cells] <= cells for cells in (60_000, 20_000, 600))
    assert sizes[60_000] > 30_000  # and no more of them than needed
    assert sizes[1] == 2 * vocabulary.size  # the empty context and the start symbol are always there


def test_a_vocabulary_of_tens_of_thousands_of_letters_is_read_too() -> None:
    vocabulary = Vocabulary(tuple(map(chr, range(0x4E00, 0x4E00 + 33_000))))
    names = ["一丁", "丁一", "一一丁", vocabulary.letters[-1]]
    automaton = Automaton.learn(names, vocabulary, 3)
    assert automaton.probabilities.sum(axis=1) == pytest.approx(np.ones(len(automaton.probabilities)), abs=1e-4)
    last = vocabulary.encode(vocabulary.letters[-1])
    assert automaton.probabilities[automaton.start, last[0]] > automaton.probabilities[automaton.start, 5]


@pytest.mark.parametrize(("names", "order"), [(["ab"], 1), (["ab"], 9), ([], 6)])
def test_what_no_n_gram_can_be_learned_from_is_refused(names: list[str], order: int) -> None:
    with pytest.raises(ValueError, match="order"):
        Automaton.learn(names, Vocabulary(("a", "b")), order)
