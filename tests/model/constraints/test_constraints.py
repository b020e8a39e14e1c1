from __future__ import annotations

import fnmatch
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import MAX_EXCLUDED, Constraints, compile_constraints
from model.corpus.casing import Casing
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TooComplex, UnknownLetter

LETTERS = Vocabulary(tuple("aby"))
NAMES = ["".join(name) for length in range(1, 6) for name in itertools.product("aby", repeat=length)]

pieces = st.text("aBy", min_size=1, max_size=3)


def accepted(constraints: Constraints) -> list[str]:
    acceptor = compile_constraints(constraints, LETTERS, Casing.TITLE)
    return [name for name in NAMES if acceptor is None or acceptor.accepts(LETTERS.encode(name))]


def syllables_of(name: str) -> int:
    """By another way: each run of vowels is one, and each y within it that an a follows begins another."""
    return sum(1 + len(re.findall("y+a", run[1:])) for run in re.findall("[ay]+", name))


@pytest.mark.no_cover
@settings(deadline=None, max_examples=100)
@given(
    suffix=st.none() | pieces,
    contains=st.none() | pieces,
    pattern=st.none() | st.text("aB?*", min_size=1, max_size=4),
    exclude=st.lists(pieces, max_size=3),
    syllables=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted),
)
def test_names_meet_all_constraints(
    suffix: str | None, contains: str | None, pattern: str | None, exclude: list[str], syllables: list[int] | None
) -> None:
    counts = None if syllables is None else "-".join(map(str, syllables))
    constraints = Constraints(suffix, contains, pattern, None, tuple(exclude), counts)
    assert accepted(constraints) == [
        name
        for name in NAMES
        if name.endswith((suffix or "").lower())
        and (contains or "").lower() in name
        and (pattern is None or fnmatch.fnmatchcase(name, pattern.lower()))
        and not any(text.lower() in name for text in exclude)
        and (syllables is None or syllables[0] <= syllables_of(name) <= syllables[1])
    ]


def test_without_constraints_there_is_no_automaton() -> None:
    assert not Constraints()
    assert compile_constraints(Constraints(), LETTERS, Casing.TITLE) is None
    assert Constraints(exclude=("x",)).asked == ("exclude",)


@pytest.mark.parametrize(
    ("constraints", "option"),
    [
        ({"suffix": ""}, "suffix"),
        ({"contains": "\u200b"}, "contains"),
        ({"pattern": ""}, "pattern"),
        ({"exclude": ("a", "")}, "exclude"),
        ({"exclude": ("a",) * (MAX_EXCLUDED + 1)}, "exclude"),
        ({"suffix": "a" * 65}, "suffix"),
        ({"syllables": "3-2"}, "syllables"),
        ({"syllables": "33"}, "syllables"),
        ({"syllables": "many"}, "syllables"),
        ({"syllables": ""}, "syllables"),
        ({"regex": "("}, "regex"),
    ],
)
def test_what_is_not_well_formed_is_refused_by_its_name(constraints: dict[str, str], option: str) -> None:
    with pytest.raises(InvalidOption) as refusal:
        accepted(Constraints(**constraints))  # type: ignore[arg-type]
    assert refusal.value.option == option


@pytest.mark.parametrize("option", ["suffix", "contains", "pattern", "regex"])
def test_unknown_letters_are_refused_with_the_constraint_that_has_them(option: str) -> None:
    with pytest.raises(UnknownLetter, match=f"never saw 'x', 'ö' of {option}; .*: a b y") as refusal:
        accepted(Constraints(**{option: "axÖ"}))  # type: ignore[arg-type]
    assert (refusal.value.letters, refusal.value.option) == (("x", "ö"), option)


def test_unknown_letters_that_are_excluded_anyway_are_no_matter() -> None:
    assert accepted(Constraints(exclude=("x", "ax"))) == NAMES
    assert accepted(Constraints(exclude=("x", "A"))) == [name for name in NAMES if "a" not in name]


@pytest.mark.parametrize("blank", [" ", "   "])
def test_a_blank_is_the_space_between_words(blank: str) -> None:
    vocabulary = Vocabulary.of(["ab a"])
    for constraints, kept in ((Constraints(contains=blank), {"a b"}), (Constraints(exclude=(blank,)), {"ab"})):
        acceptor = compile_constraints(constraints, vocabulary, Casing.LOWER)
        assert acceptor is not None
        assert {name for name in ("ab", "a b") if acceptor.accepts(vocabulary.encode(name))} == kept


def test_too_complex_a_constraint_is_refused_by_its_name() -> None:
    with pytest.raises(TooComplex) as refusal:
        accepted(Constraints(regex=".*a.{20}", suffix="a"))
    assert refusal.value.options == ("regex",)
    with pytest.raises(TooComplex) as refusal:
        accepted(Constraints(regex=".*a.{8}", pattern="*y?????????"))
    assert refusal.value.options == ("pattern", "regex")


@pytest.mark.parametrize(
    ("constraints", "names", "others"),
    [
        (Constraints(pattern="?म"), ["काम"], ["कम्म", "म"]),
        (Constraints(suffix="म"), ["राम"], ["मा"]),
        (Constraints(contains="रा"), ["कराम"], ["रम"]),
        (Constraints(pattern="*ा"), ["रमा"], ["राम"]),
    ],
)
def test_a_question_mark_is_a_letter_with_its_marks(
    constraints: Constraints, names: list[str], others: list[str]
) -> None:
    vocabulary = Vocabulary.of("राकम्")
    acceptor = compile_constraints(constraints, vocabulary, Casing.LOWER)
    assert acceptor is not None
    assert all(acceptor.accepts(vocabulary.encode(name)) for name in names)
    assert not any(acceptor.accepts(vocabulary.encode(name)) for name in others)


def test_both_cases_are_met_where_a_list_keeps_them() -> None:
    vocabulary = Vocabulary.of("aAbB")
    acceptor = compile_constraints(Constraints(suffix="ba"), vocabulary, Casing.MIXED)
    assert acceptor is not None
    endings = ["".join(name) for name in itertools.product("aAbB", repeat=2)]
    assert {end for end in endings if acceptor.accepts(vocabulary.encode("a" + end))} == {"ba", "bA", "Ba", "BA"}
