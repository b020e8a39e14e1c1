from __future__ import annotations

import gc
import math
import weakref
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import Constraints
from model.corpus.casing import Casing
from model.corpus.spelling import is_name
from model.errors import InvalidOption, UnknownLetter, Unsatisfiable
from model.generation.letters import choose
from model.generation.options import MAX_TEMPERATURE, MIN_TEMPERATURE, Options, letter_weights
from model.generation.prefixes import CACHED_OPTIONS, find_prefixes
from model.generation.sampling import draw
from tests.support.frequencies import chi_square, exact
from tests.support.random_models import random_predictor

DRAWS = 20_000


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("first_letter", [True, False], ids=["learned", "counted"])
def test_draws_are_as_frequent_as_the_model_makes_them(first_letter: bool) -> None:
    model = random_predictor("abc", first_letter=first_letter)
    probabilities = exact(model, 6)
    drawn = draw(model, DRAWS, Options(max_length=6, unique=False), rng()).names
    assert chi_square(drawn, probabilities) < 4


@pytest.mark.parametrize("first_letter", [True, False], ids=["learned", "counted"])
def test_lengths_and_a_start_give_the_model_conditioned_on_them(first_letter: bool) -> None:
    model = random_predictor("abc", first_letter=first_letter)
    probabilities = {name: p for name, p in exact(model, 5).items() if name.startswith("ba") and len(name) >= 3}
    drawn = draw(model, DRAWS, Options(start="ba", min_length=3, max_length=5, unique=False), rng()).names
    assert chi_square(drawn, probabilities) < 4


def test_a_start_in_a_list_of_mixed_case_is_each_spelling_as_often_as_the_model_makes_it() -> None:
    model = random_predictor("ABab", casing=Casing.MIXED)
    probabilities = {name: p for name, p in exact(model, 4).items() if name.lower().startswith("ab")}
    drawn = draw(model, DRAWS, Options(start="aB", max_length=4, unique=False), rng()).names
    assert {name[:2] for name in drawn} == {"ab", "aB", "Ab", "AB"}
    assert chi_square(drawn, probabilities) < 4


def test_the_statistic_would_notice_a_wrong_model() -> None:
    drawn = draw(random_predictor("abc", seed=1), DRAWS, Options(max_length=6, unique=False), rng()).names
    assert chi_square(drawn, exact(random_predictor("abc"), 6)) > 20


@pytest.mark.no_cover
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32), truncate=st.booleans(), first_letter=st.booleans())
def test_what_no_list_could_hold_is_never_drawn(seed: int, truncate: bool, first_letter: bool) -> None:
    model = random_predictor(" -'ab\u0301", seed=seed, casing=Casing.TITLE, first_letter=first_letter)
    drawn = draw(model, 50, Options(max_length=8, truncate=truncate), rng(seed))
    assert all(is_name(name) for name in drawn.names)
    assert drawn.names or drawn.shortfall


@pytest.mark.no_cover
def test_a_few_of_many_draws_do_not_prefer_short_names() -> None:
    model = random_predictor("abc")
    few = [draw(model, 2, Options(max_length=6, unique=False), rng(seed)).names for seed in range(4000)]
    assert chi_square([name for names in few for name in names], exact(model, 6)) < 4


@settings(deadline=None, max_examples=60)
@given(
    start=st.sampled_from(["", "a", "B", "ab", "CAB"]),
    lengths=st.tuples(st.integers(1, 9), st.integers(1, 9)).map(sorted),
    count=st.integers(1, 30),
    temperature=st.floats(MIN_TEMPERATURE, MAX_TEMPERATURE),
    top_k=st.none() | st.integers(1, 5),
    top_p=st.none() | st.floats(0.01, 1),
    unique=st.booleans(),
    truncate=st.booleans(),
    first_letter=st.booleans(),
    seed=st.integers(0, 2**53 - 1),
)
def test_every_draw_meets_its_options(
    start: str, lengths: list[int], count: int, temperature: float, top_k: int | None, top_p: float | None,
    unique: bool, truncate: bool, first_letter: bool, seed: int,
) -> None:  # fmt: skip
    shortest, longest = lengths
    if len(start) > longest:
        return
    options = Options(start, shortest, longest, temperature, top_k, top_p, unique, truncate)
    model = random_predictor("abc", first_letter=first_letter, casing=Casing.TITLE)
    drawn = draw(model, count, options, rng(seed))
    assert len(drawn.names) <= count
    assert (drawn.shortfall is None) == (len(drawn.names) == count)
    assert all(shortest <= len(name) <= longest for name in drawn.names)
    assert all(name.lower().startswith(start.lower()) and name == name.capitalize() for name in drawn.names)
    assert not unique or len(set(drawn.names)) == len(drawn.names)
    assert drawn == draw(model, count, options, rng(seed))


def test_truncated_names_are_cut_where_others_would_go_on() -> None:
    model = random_predictor("abc", end=-2)
    cut = draw(model, 2000, Options(max_length=3, truncate=True, unique=False), rng()).names
    whole = draw(model, 2000, Options(max_length=3, unique=False), rng()).names
    assert Counter(map(len, cut))[3] > 1.2 * Counter(map(len, whole))[3]


def test_a_start_as_long_as_the_greatest_length_is_the_name() -> None:
    model = random_predictor("abc")
    for truncate in (False, True):
        options = Options(start="abc", max_length=3, truncate=truncate)
        assert draw(model, 1, options, rng()).names == ["abc"]


def test_fewer_names_than_asked_for_come_with_the_reason() -> None:
    drawn = draw(random_predictor("abc"), 10, Options(max_length=1), rng())
    assert sorted(drawn.names) == ["a", "b", "c"]
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith("only 3 distinct names of 1 letter came up in 4,192 draws; ask for fewer")


def test_names_that_never_end_give_a_shortfall_and_no_endless_loop() -> None:
    drawn = draw(random_predictor("abc", end=-80), 3, Options(unique=False, max_length=16), rng())
    assert drawn.names == []
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith("no name of 1 to 16 letters came up in 4,096 draws; ask for fewer or widen")


def test_long_names_are_given_up_by_their_letters_but_a_thousand_of_the_longest_are_drawn() -> None:
    model = random_predictor("abc", end=-80)
    drawn = draw(model, 1000, Options(unique=False, max_length=64), rng())
    assert drawn.names == []
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith(f"no name of 1 to 64 letters came up in {65_536 // 64:,} draws")
    cut = draw(model, 1000, Options(unique=False, max_length=64, truncate=True), rng())
    assert [len(name) for name in cut.names] == [64] * 1000


def test_a_low_temperature_and_one_letter_kept_draw_the_most_probable_path() -> None:
    model = random_predictor("abc")
    greedy = draw(model, 1, Options(top_k=1, truncate=True, max_length=8), rng(1))
    cold = draw(model, 1, Options(temperature=MIN_TEMPERATURE, truncate=True, max_length=8), rng(2))
    assert greedy == cold


def test_a_start_that_the_model_cannot_spell_tells_its_letters() -> None:
    with pytest.raises(UnknownLetter) as refusal:
        draw(random_predictor("abc"), 1, Options(start="aéz"), rng())
    assert refusal.value.letters == ("é", "z")
    assert refusal.value.known == ("a", "b", "c")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"min_length": 0}, InvalidOption),
        ({"min_length": 5, "max_length": 4}, Unsatisfiable),
        ({"temperature": 0}, InvalidOption),
        ({"temperature": math.nan}, InvalidOption),
        ({"temperature": math.inf}, InvalidOption),
        ({"top_k": 0}, InvalidOption),
        ({"top_p": 0}, InvalidOption),
        ({"top_p": 1.5}, InvalidOption),
    ],
)
def test_options_out_of_range_are_refused(change: dict[str, float], error: type[Exception]) -> None:
    with pytest.raises(error):
        Options(**change)  # type: ignore[arg-type]


def test_a_start_is_tidied_as_lists_are() -> None:
    model = random_predictor("abo '-", casing=Casing.TITLE)
    for start, shown in (("O’", "O'"), (" a", "A"), ("a  b", "A B"), ("b\u2011", "B-")):
        drawn = draw(model, 3, Options(start=start, max_length=9), rng())
        assert drawn.names
        assert all(name.startswith(shown) for name in drawn.names)
    assert all(name.startswith("a") for name in draw(random_predictor("abc"), 3, Options(start="A "), rng()).names)


@pytest.mark.parametrize("start", ["-", "''a", "a--", "a-''", "\u0301a"])
def test_a_start_that_no_name_has_is_refused(start: str) -> None:
    with pytest.raises(Unsatisfiable, match="no name begins with"):
        draw(random_predictor("a'-\u0301"), 1, Options(start=start), rng())


def test_a_start_beyond_the_greatest_length_is_refused() -> None:
    with pytest.raises(Unsatisfiable, match="longer than max_length 2"):
        draw(random_predictor("abc"), 1, Options(start="abc", max_length=2), rng())


def test_no_names_asked_for_is_refused() -> None:
    with pytest.raises(InvalidOption, match="count"):
        draw(random_predictor("abc"), 0, Options(), rng())


def test_temperature_divides_the_logits() -> None:
    scores = np.log(np.array([[0.5, 0.3, 0.2]])).T
    weights = letter_weights(scores, Options(temperature=0.5))
    np.testing.assert_allclose(weights / weights.sum(), np.array([[0.25, 0.09, 0.04]]).T / 0.38)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (Options(top_k=2), [0, 3]),
        (Options(top_k=9), [0, 1, 2, 3]),
        (Options(top_p=5e-324), [3]),
        (Options(top_p=0.39), [3]),
        (Options(top_p=0.41), [0, 3]),
        (Options(top_p=0.71), [0, 2, 3]),
        (Options(top_p=1.0), [0, 1, 2, 3]),
        (Options(top_k=3, top_p=0.77), [0, 3]),
    ],
)
def test_the_least_probable_letters_are_left_out(options: Options, kept: list[int]) -> None:
    weights = letter_weights(np.log(np.array([[0.3, 0.1, 0.2, 0.4]])).T, options)
    assert np.flatnonzero(weights).tolist() == kept


def test_a_letter_of_no_weight_is_never_chosen() -> None:
    weights = np.tile(np.array([[0, 1e-8, 0, 1, 0]], np.float32).T, (1, 200_000))
    assert set(choose(weights, rng()).tolist()) <= {1, 3}


def test_the_prefixes_of_recent_options_are_kept_and_no_more() -> None:
    model = random_predictor("abc")
    first = find_prefixes(model, Options(start="a", max_length=1))
    assert find_prefixes(model, Options(start="a", max_length=1)) is first
    for length in range(2, CACHED_OPTIONS + 2):
        find_prefixes(model, Options(start="a", max_length=length))
    assert len(model.prefix_cache) == CACHED_OPTIONS
    assert find_prefixes(model, Options(start="a", max_length=1)) is not first


def test_requests_that_differ_in_other_things_have_their_prefixes_in_common() -> None:
    model = random_predictor("abc")
    first = find_prefixes(model, Options(start="a"))
    others = Options(start="a", min_length=2, unique=False, decent=False, constraints=Constraints(suffix="b"))
    assert find_prefixes(model, others) is first
    assert find_prefixes(model, Options(start="a", temperature=2)) is not first


def test_a_model_that_is_retired_is_freed_with_its_prefixes() -> None:
    model = random_predictor("abc")
    draw(model, 1, Options(), rng())
    retired = weakref.ref(model)
    del model
    gc.collect()
    assert retired() is None


def test_a_start_follows_the_letters_i_of_a_turkish_list() -> None:
    casing = Casing.of(["Işık", "İpek", "Ali"])
    model = random_predictor("aıilpkş", casing=casing)
    assert {name[0] for name in draw(model, 20, Options(start="I"), rng()).names} == {"I"}
    assert {name[0] for name in draw(model, 20, Options(start="i"), rng()).names} == {"İ"}
    assert {name[0] for name in draw(model, 20, Options(start="ı"), rng()).names} == {"I"}


def test_a_sigma_is_final_where_the_name_ends_however_the_start_has_it() -> None:
    model = random_predictor("ασ", casing=Casing.of(["Σάσας", "Νίκος"]))
    drawn = draw(model, 50, Options(start="ας"), rng()).names
    assert all(name.startswith(("Ασ", "Ας")) for name in drawn)
    assert all((name[-1] == "ς") == name.endswith(("σ", "ς")) and "ς" not in name[:-1] for name in drawn)


@pytest.mark.parametrize(("count", "at_once"), [(1, 1), (500, 500), (500, 499), (500, 7), (37, 12), (36, 12)])
def test_names_come_in_batches_that_grow_to_the_most_and_no_name_is_missing(count: int, at_once: int) -> None:
    options = Options(max_length=6, constraints=Constraints(contains="a"))
    drawn = draw(random_predictor("abcdefghij", end=-1), count, options, np.random.default_rng(0), at_once=at_once)
    assert (len(set(drawn.names)), drawn.shortfall) == (count, None)
