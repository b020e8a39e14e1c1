from __future__ import annotations

import itertools
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.acceptor import MAX_STATES, Acceptor
from model.constraints.constraints import Constraints, compile_constraints
from model.corpus.casing import Casing
from model.corpus.clusters import clusters_of, is_mark
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TooComplex, UnknownLetter
from tests.support.hostile_patterns import hostile_patterns

ABC = Vocabulary(("a", "b", "c"))
NAMES = ["".join(name) for length in range(5) for name in itertools.product("abc", repeat=length)]


def compiled(regex: str, vocabulary: Vocabulary = ABC, casing: Casing = Casing.TITLE) -> Acceptor:
    found = compile_constraints(Constraints(regex=regex), vocabulary, casing)
    assert found is not None
    return found


def matches(regex: str, name: str, letters: str = "", casing: Casing = Casing.TITLE) -> bool:
    vocabulary = Vocabulary.of([name, letters])
    return compiled(regex, vocabulary, casing).accepts(vocabulary.encode(name))


atoms = st.sampled_from(["a", "b", "C", ".", "[ab]", "[^a]", "[a-b]", "[^a-b]", "(?:)", "(a|ab)"])
repeats = st.sampled_from(["", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{,3}", "*?", "{2,3}?"])
expressions = st.recursive(
    st.builds("".join, st.lists(st.builds("{}{}".format, atoms, repeats), max_size=4)),
    lambda inner: st.builds("({}){}".format, inner, repeats) | st.builds("{}|{}".format, inner, inner),
    max_leaves=4,
)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=300)
@given(expressions)
def test_a_regular_expression_matches_as_those_of_python_do(regex: str) -> None:
    acceptor = compiled(regex)
    authority = re.compile(regex, re.IGNORECASE)
    assert [name for name in NAMES if acceptor.accepts(ABC.encode(name))] == [*filter(authority.fullmatch, NAMES)]


def test_hostile_expressions_are_prepared_in_bounds_or_refused() -> None:
    vocabulary, refused = Vocabulary(tuple("abcdefghijklmnopqrstuvwxyz")), 0
    for regex in hostile_patterns(150):
        try:
            states = len(compiled(regex, vocabulary).accepting)
        except (TooComplex, InvalidOption):
            refused += 1
        else:
            assert states <= MAX_STATES
    assert 10 < refused < 120


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        (r"(a)\1", "refers back"),
        ("(?=a)b", "looks around"),
        ("(?<!a)b", "looks around"),
        ("(?P<x>a)", r"write \( or \(\?:"),
        (r"\w+", "list the letters"),
        ("a^b", r"leave \^ out"),
        ("a$b", "leave"),
        ("(a", "not closed"),
        ("a)", "never opened"),
        ("[a", "not closed"),
        ("[]", "no letter of the model"),
        ("[x-z]", "no letter of the model"),
        ("[c-a]", "comes after the last"),
        ("a]", "never opened"),
        ("*a", "nothing before it"),
        ("a**", "repeats a repetition"),
        ("a{2}{3}", "repeats a repetition"),
        ("{2}", "nothing before it"),
        ("a}", "without a {"),
        ("a{2", "not closed"),
        ("a{x}", "no number"),
        ("a{}", "no number"),
        ("a{1001}", "no number up to 1000"),
        ("a{3,2}", "the first number is the larger"),
        ("a\\", "ends with a backslash"),
        ("(" * 21 + "a" + ")" * 21, "groups within groups"),
        ("a" * 201, "at most 200 characters"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(regex: str, reason: str) -> None:
    with pytest.raises(InvalidOption, match=reason) as refusal:
        compiled(regex)
    assert refusal.value.option == "regex"


@settings(deadline=None, max_examples=300)
@given(st.text("ab.[]()|*+?{}^$\\-,01:=", max_size=12) | st.text(max_size=8))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        acceptor = compiled(text)
    except (InvalidOption, UnknownLetter, TooComplex):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            authority = re.compile(text, re.IGNORECASE)
        except (re.error, OverflowError):
            return
    short = [name for name in NAMES if len(name) < 4]
    assert [name for name in short if acceptor.accepts(ABC.encode(name))] == [*filter(authority.fullmatch, short)]


def test_letters_that_the_model_never_saw_are_told() -> None:
    with pytest.raises(UnknownLetter, match="'x', 'é' of regex; the letters it knows are: a b c") as refusal:
        compiled("ax(é|b)")
    assert refusal.value.letters == ("x", "é")
    with pytest.raises(UnknownLetter):
        compiled("a[xyz]")
    assert compiled("a[xb]").accepts([1, 2])


def test_repetitions_go_as_far_as_the_longest_name() -> None:
    longest = [1] * LONGEST_NAME_LETTERS
    for regex in (".{0,1000}", "a{64}", "(a?){900}", "a{10,64}"):
        assert compiled(regex).accepts(longest)
    for regex in ("a{65}", "a{1000}", "a{65,}"):
        assert compiled(regex).is_empty
    assert not compiled("a{0,63}").accepts(longest)


@pytest.mark.parametrize(
    ("regex", "name", "is_match"),
    [
        ("..", "कि", False),
        (".", "कि", True),
        ("..", "किम", True),
        (".", "क्ष", True),  # one grapheme of three code points
        ("..", "क्ष", False),
        ("...", "राम्", False),
        ("..", "राम्", True),
        ("[क-ह]+", "राम", True),
        ("[^क]+", "राम", True),
        ("[^र].*", "राम", False),
        ("र.*", "राम", True),
        ("रा.", "राम", True),
        (".*म", "राम", True),
        (".*[ािी]", "रामी", True),
        (".{2}", "เกม", True),  # a Thai vowel is written before its consonant
        (".{3}", "เกม", False),
    ],
)
def test_a_dot_is_a_letter_with_its_marks(regex: str, name: str, is_match: bool) -> None:
    assert matches(regex, name, letters="राकमक्षीि") == is_match


@settings(deadline=None)
@given(st.text("कष्ािेก", min_size=1, max_size=6), st.integers(1, 6))
def test_dots_count_graphemes(name: str, number: int) -> None:
    expected = len(clusters_of(name)) == number and not is_mark(name[0])
    assert matches(f".{{{number}}}", name) == expected


@pytest.mark.parametrize(
    ("regex", "name", "casing", "is_match"),
    [
        ("I.*", "ırmak", Casing("title", ("turkish i",)), True),
        ("İ.*", "ırmak", Casing("title", ("turkish i",)), False),
        ("[A-Zİ].*", "inci", Casing("title", ("turkish i",)), True),
        ("[J-Z].*", "inci", Casing("title", ("turkish i",)), False),
        ("I.*", "inci", Casing.TITLE, True),
        ("A.*", "aNNA", Casing.MIXED, True),
        ("[A-C]NN[a-c]", "AnnA", Casing.MIXED, True),
        (".*Σ", "νικος", Casing.TITLE, True),
        (".*ΟΣ", "νικοσ", Casing("title", ("final sigma",)), True),
        ("O’B.*", "o'brien", Casing.TITLE, True),
        ("Ce\u0301.*", "céline", Casing.TITLE, True),
    ],
)
def test_case_is_ignored_as_the_list_has_it(regex: str, name: str, casing: Casing, is_match: bool) -> None:
    assert matches(regex, name, letters="i", casing=casing) == is_match


def test_a_large_vocabulary_is_read_too() -> None:
    vocabulary = Vocabulary(tuple(map(chr, range(0x4E00, 0x4E00 + 2500))))
    acceptor = compiled("[\u4e00-\u4e0f].?", vocabulary)
    assert np.count_nonzero(acceptor.next[acceptor.start]) == 16
