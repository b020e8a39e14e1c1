"""The tree of beginnings, and names read on from it, one by one and together."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from model.artifact.model_file import Artifact
from model.corpus.vocabulary import END
from model.generation import beginnings
from model.generation.beginnings import ENDED, NONE, choose, cumulative
from model.generation.blend import blend_of
from model.generation.options import Options
from model.generation.predictor import Predictor, weights_of
from model.generation.sampling import draw
from model.generation.served import predictor_of
from model.network.network import Network
from model.network.parameters import FloatArray
from model.network.shape import Shape
from tests.support.random_models import random_model, random_predictor

NAMES = ("abba", "abca", "cab", "bac", "abc", "ca", "caab", "baac")


def gated(model: Artifact) -> Artifact:
    shape = Shape("gru", model.vocabulary.size, 8, layers=2)
    return replace(model, network=Network.initialise(shape, np.random.default_rng(0), np.float32))


PREDICTORS: dict[str, Callable[[], Predictor[Any]]] = {
    "plain": lambda: random_predictor("abc"),
    "first letters counted": lambda: random_predictor("abc", first_letter=False),
    "extreme logits": lambda: random_predictor("abc", end=-90),
    "gated": lambda: predictor_of(gated(random_model("abc"))),
    "mixed": lambda: predictor_of(random_model("abc", mixed=True, names=NAMES)),
    "clusters": lambda: predictor_of(random_model("abc\u0301", attachments=("a\u0301",))),
    "blend": lambda: blend_of([("one", random_model("abc"), 1), ("other", random_model("abd", seed=1), 2)]),
}


@pytest.fixture(params=PREDICTORS)
def predictor(request: pytest.FixtureRequest) -> Predictor[Any]:
    return PREDICTORS[request.param]()


def paths(predictor: Predictor[Any]) -> dict[int, tuple[int, ...]]:
    """The letters of each beginning."""
    tree = predictor.beginnings
    found: dict[int, tuple[int, ...]] = {0: ()}
    for node, letter in itertools.product(range(len(tree.following)), range(predictor.vocabulary.size)):
        if (after := int(tree.following[node, letter])) >= 0:
            found[after] = (*found[node], letter)
    return found


def state_after(predictor: Predictor[Any], letters: tuple[int, ...]) -> Any:
    state = predictor.start(1)
    for letter in letters:
        state = predictor.advance(state, np.array([letter]))
    return state


def probabilities(weights: FloatArray) -> FloatArray:
    return np.asarray(weights / weights.sum())


def test_behind_each_beginning_stand_the_weights_that_follow_its_letters(predictor: Predictor[Any]) -> None:
    tree, found = predictor.beginnings, paths(predictor)
    assert len(found) == len(tree.following) > 10
    for node, letters in list(found.items())[::7]:
        expected = probabilities(predictor.weights(state_after(predictor, letters))[:, 0])
        assert np.diff(tree.sums(Options())[node, : len(expected)], prepend=0) == pytest.approx(expected, abs=1e-5)
        assert tree.find(np.array(letters, np.int64)) == node


def test_a_name_goes_on_alike_from_the_tree_by_itself_and_among_others(predictor: Predictor[Any]) -> None:
    tree, found = predictor.beginnings, paths(predictor)
    nodes = np.array(list(found)[1:40:3])
    letter = predictor.vocabulary.encode("a")[0]
    together = weights_of(predictor, predictor.read(tree.state, nodes, np.full(len(nodes), letter)), Options())
    for node, weights in zip(nodes.tolist(), together.T, strict=True):
        read = predictor.reader(tree.state, node)
        expected = state_after(predictor, (*found[node], letter))
        assert probabilities(read(letter)) == pytest.approx(probabilities(weights), rel=1e-4, abs=1e-7)
        assert probabilities(weights) == pytest.approx(
            probabilities(predictor.weights(expected)[:, 0]), rel=1e-3, abs=1e-6
        )
        expected = predictor.advance(expected, np.array([letter]))
        assert probabilities(read(letter)) == pytest.approx(
            probabilities(predictor.weights(expected)[:, 0]), rel=1e-3, abs=1e-6
        )


@pytest.mark.parametrize(
    "options",
    [
        Options(max_length=5),
        Options(min_length=3, max_length=5, temperature=0.7, top_k=3),
        Options(max_length=4, truncate=True, top_p=0.9),
        Options(start="ba", max_length=6),
    ],
    ids=["pure", "lengths, temperature and top-k", "truncated, top-p", "start"],
)
@pytest.mark.no_cover
def test_names_drawn_one_by_one_are_as_frequent_as_those_drawn_together(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginnings, "LEAST", 0.05)  # so that most names leave the tree
    model, options = random_predictor("abc", end=0.5), replace(options, unique=False)
    rng = np.random.default_rng(0)
    single = Counter(draw(model, 1, options, rng).names[0] for _ in range(12_000))
    many = Counter(draw(model, 120_000, options, rng).names)
    common = {name: count / 10 for name, count in many.items() if count >= 100}
    statistic = sum((single[name] - count) ** 2 / (1.1 * count) for name, count in common.items())
    assert len(common) > 8
    assert statistic < len(common) + 4 * (2 * len(common)) ** 0.5


def test_a_letter_of_no_probability_is_never_drawn_from_the_tree() -> None:
    sums = cumulative(np.tile(np.array([[0, 1e-8, 0, 1, 0]], np.float32).T, (1, 3)))
    assert sums.shape == (3, 16)
    drawn = choose(sums, np.zeros(200_000, np.int64), np.random.default_rng(0))
    assert set(drawn.tolist()) <= {1, 3}


def test_a_model_that_draws_one_name_over_and_over_has_a_small_tree() -> None:
    model = random_predictor("ab", end=-80)
    model._network.parameters["c"][1] += 80
    tree = model.beginnings
    assert len(tree.following) <= beginnings.MOST_LETTERS + 1
    assert (tree.following[:, END] == ENDED).all()
    assert (tree.following[-1, 1:] == NONE).all()


def test_the_tree_takes_less_the_larger_the_states_are() -> None:
    letters = "abcdefghijklmnop"
    small, large = (predictor_of(random_model(letters, hidden=hidden)).beginnings for hidden in (8, 512))
    assert len(large.following) < len(small.following) / 2
    assert large.state.hidden.nbytes + 3 * large.logits.nbytes < 10e6


def test_threads_draw_from_one_predictor_what_each_would_draw_alone() -> None:
    model = predictor_of(gated(random_model("abcdefgh", end=-1)))
    once = partial(_names_of_seed, model)
    alone = [once(seed) for seed in range(16)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(once, range(16))) == alone


def _names_of_seed(model: Predictor[Any], seed: int) -> list[str]:
    return draw(model, 400, Options(), np.random.default_rng(seed)).names
