"""Blends: the share of each list, letters that one lacks, and what is no blend."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.artifact.card import Description
from model.artifact.model_file import Artifact
from model.constraints.constraints import Constraints
from model.corpus.casing import Casing
from model.corpus.vocabulary import END
from model.errors import InvalidOption
from model.generation.blend import SWITCH, blend_of, name_of, normalised, parse_blend
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import score
from model.generation.served import mixture_of
from tests.support.random_models import random_model

NAMES = ("abba", "abca", "cab", "bac", "abc", "ca", "caab", "baac")


def blended(*models: tuple[Artifact, float]) -> Any:
    return blend_of([(f"m{place}", artifact, weight) for place, (artifact, weight) in enumerate(models)])


def probability(artifact: Artifact, name: str) -> float:
    return math.exp(score(mixture_of(artifact), [name])[0].log_probability)


def test_a_names_probability_is_the_sum_over_all_ways_of_choosing_a_source_for_each_letter() -> None:
    one, other = random_model("abc", names=NAMES, mixed=True), random_model("abc", seed=1)
    parts = [mixture_of(one), mixture_of(other)]
    weights = (0.3, 0.7)
    names = ["abca", "b", "ccb"]
    for scored in score(blended((one, 3), (other, 7)), names):
        expected = 0.0
        letters = [list(map(math.exp, score(part, [scored.name])[0].log_probabilities or ())) for part in parts]
        for sources in itertools.product(range(2), repeat=len(scored.name) + 1):
            way = weights[sources[0]] * letters[sources[0]][0]
            for place, (before, now) in enumerate(itertools.pairwise(sources), start=1):
                way *= ((1 - SWITCH) * (before == now) + SWITCH * weights[now]) * letters[now][place]
            expected += way
        assert math.exp(scored.log_probability) == pytest.approx(expected, rel=1e-4)


def test_each_letter_comes_from_each_list_as_often_as_its_weight_says_whatever_the_letters_it_knows() -> None:
    blend = blended((random_model("abc"), 0.2), (random_model("bcdefghij", seed=1, end=1.0), 0.8))
    state = blend._inner.start(1)
    chance = np.ones(1)
    for _ in range(3):
        size = blend.vocabulary.size
        rows = np.arange(len(chance)).repeat(size)
        letters = np.tile(np.arange(size), len(chance))
        odds = np.exp(blend._inner.log_probabilities(state)).T.ravel() * chance[rows]
        state, chance = blend._inner.advance(blend._inner.take(state, rows), letters), odds
        assert chance.sum() == pytest.approx(1, abs=1e-5)
        assert state.sources @ chance == pytest.approx([0.2, 0.8], abs=1e-5)


def test_a_letter_that_a_list_lacks_leaves_it_a_share_of_the_next_one() -> None:
    blend = blended((random_model("ab"), 0.5), (random_model("bc", seed=1), 0.5))
    inner = blend._inner
    state = inner.advance(inner.start(1), np.array(blend.vocabulary.encode("c")))
    assert state.sources[:, 0] == pytest.approx([SWITCH / 2, 1 - SWITCH / 2])
    assert np.exp(inner.log_probabilities(state)[blend.vocabulary.encode("a"), 0]) > 0


def test_a_letter_with_an_accent_is_read_without_it_where_it_is_unknown() -> None:
    plain, accented = random_model("abe"), random_model("abé", seed=1)
    inner = blended((plain, 0.5), (accented, 0.5))._inner
    one, other = (inner.advance(inner.start(1), np.array(inner.vocabulary.encode(letter))).following for letter in "eé")
    assert np.array_equal(one[0], other[0])


def test_an_unknown_letter_is_read_as_the_one_that_was_held_most_probable() -> None:
    one, other = random_model("abc"), random_model("bcz", seed=1)
    inner = blended((one, 0.5), (other, 0.5))._inner
    part = mixture_of(one)
    likeliest = int(part.log_probabilities(part.start(1))[1:, 0].argmax()) + 1
    expected = part.log_probabilities(part.advance(part.start(1), np.array([likeliest])))
    found = inner.advance(inner.start(1), np.array(inner.vocabulary.encode("z"))).following
    assert found[0][[END, *inner.vocabulary.encode("abc")], 0] == pytest.approx(np.exp(expected[:, 0]), rel=1e-5)


def test_draws_are_as_frequent_as_they_are_probable() -> None:
    blend = blended((random_model("ab", end=2.0), 0.6), (random_model("bc", seed=1, end=1.0), 0.4))
    drawn = draw(blend, 40_000, Options(unique=False, decent=False), np.random.default_rng(0)).names
    nothing, *scores = score(blend, ["", "b", "a", "bc", "ab"])
    for scored in scores:
        expected = math.exp(scored.log_probability) / (1 - math.exp(nothing.log_probability))
        deviation = math.sqrt(expected * (1 - expected) / len(drawn))
        assert drawn.count(scored.name) / len(drawn) == pytest.approx(expected, abs=4 * deviation)


def test_constraints_apply_to_blends() -> None:
    blend = blended((random_model("abc"), 0.5), (random_model("bcd", seed=1), 0.5))
    options = Options(start="a", constraints=Constraints(suffix="d", exclude=("cc",)), decent=False)
    names = draw(blend, 20, options, np.random.default_rng(0)).names
    assert len(names) == 20
    assert all(name[0] == "a" and name[-1] == "d" and "cc" not in name for name in names)


def test_the_same_models_and_weights_in_any_unit_draw_the_same_names() -> None:
    one, other = random_model("abc"), random_model("bcd", seed=1)

    def names(*weights: float) -> list[str]:
        blend = blended((one, weights[0]), (other, weights[1]))
        return draw(blend, 20, Options(decent=False), np.random.default_rng(7)).names

    assert names(0.5, 1.5) == names(25, 75)
    assert names(1, 3) != names(3, 1)


def test_names_have_capitals_where_those_of_any_part_have() -> None:
    blend = blended((random_model("abc"), 0.9), (random_model("bcd", casing=Casing.TITLE), 0.1))
    assert all(name.istitle() for name in draw(blend, 20, Options(decent=False), np.random.default_rng(0)).names)


def test_slurs_of_the_language_of_any_part_are_left_out() -> None:
    def part(language: str, letters: str, seed: int) -> Artifact:
        return random_model(letters, seed=seed, description=Description(language=language))

    alike = blended((part("German", "schei", 0), 0.5), (part("German", "sche", 1), 0.5))
    assert alike.languages == ("German",)
    blend = blended((part("German", "fotze", 0), 0.9), (part("Finnish", "vitu", 1), 0.1))
    assert blend.languages == ("German", "Finnish")
    options = Options(start="fotze", max_length=5)
    assert draw(blend, 1, options, np.random.default_rng(0)).names == []
    assert draw(blend, 1, Options(start="vittu", max_length=5), np.random.default_rng(0)).names == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("us", "from 2 to 5"),
        (",".join(f"m{place}" for place in range(6)), "from 2 to 5"),
        ("a:1,a:2", "twice"),
        ("a:0,b:1", "above 0"),
        ("a:-1,b:1", "above 0"),
        ("a:nan,b:1", "above 0"),
        ("a:inf,b:1", "above 0"),
        ("a:x,b:1", "with their weights"),
        (":1,b:1", "with their weights"),
        ("", "with their weights"),
    ],
)
def test_what_is_no_blend_is_refused_with_what_to_send(text: str, reason: str) -> None:
    with pytest.raises(InvalidOption, match=reason):
        parse_blend(text)


def test_a_blend_is_written_as_models_with_weights_and_called_by_shares() -> None:
    assert parse_blend("a:0.7, b@3:0.3") == {"a": 0.7, "b@3": 0.3}
    assert parse_blend("a,b") == {"a": 1, "b": 1}
    assert name_of(["a", "b@3"], [2, 1]) == "a:0.666667,b@3:0.333333"
    assert name_of(["a", "b"], [1e308, 1e308]) == "a:0.5,b:0.5"


def test_models_without_a_letter_in_common_are_refused_by_name() -> None:
    with pytest.raises(InvalidOption, match="m0 and m1: they have no letters in common"):
        blended((random_model("abc-"), 1), (random_model("αβγ-"), 1))


def test_a_model_that_keeps_case_apart_is_not_blended_with_one_that_does_not() -> None:
    with pytest.raises(InvalidOption, match="earlier software"):
        blended((random_model("abcABC", casing=Casing.MIXED), 1), (random_model("abc"), 1))


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["us", "a", "", " b "]) | st.text(max_size=3), st.floats().map(str) | st.text(max_size=3)
    ),
    max_size=6,
).map(lambda parts: ",".join(map(":".join, parts)))


@given(st.text() | PARTS)
def test_any_text_is_a_blend_whose_weights_sum_to_1_or_refused(text: str) -> None:
    try:
        blend = parse_blend(text)
    except InvalidOption:
        return
    shares = normalised(list(blend), list(blend.values()))
    assert math.fsum(shares) == pytest.approx(1)
    assert len(blend) >= 2
    assert all(blend)
