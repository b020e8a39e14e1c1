from __future__ import annotations

import numpy as np
import pytest

from benchmarks.literal_recipe import LiteralRecipe
from model.corpus.vocabulary import END, Vocabulary
from model.network.network import Network
from model.network.shape import Shape
from model.training.seed_step import SeedStep

NAMES = ("mary", "anna", "emma", "elizabeth", "minnie", "margaret", "ida", "alice", "bo", "x")
ETA = 0.0005


def test_two_hundred_steps_agree_with_the_literal_transcription() -> None:
    vocabulary = Vocabulary.of(NAMES)
    ours = Network.initialise(Shape("vanilla", vocabulary.size, 100), np.random.default_rng(0), np.float64).parameters
    literal = LiteralRecipe.of(ours.arrays(), ETA)
    start = ours.flat.copy()
    step = SeedStep(ours)
    for index in np.random.default_rng(1).integers(len(NAMES), size=200):
        letters = np.array(vocabulary.encode(NAMES[index]))
        follow = np.append(letters[1:], END)
        assert step(letters, follow, ETA) == pytest.approx(literal.step(letters.tolist(), follow.tolist()), abs=1e-10)
    assert np.abs(ours.flat - start).max() > 1e-3
    for name, weights in ours.arrays().items():
        np.testing.assert_allclose(weights.T, getattr(literal, name), rtol=0, atol=1e-10)


def test_logits_beyond_the_range_of_exp_lose_nothing() -> None:
    plain = Network.initialise(Shape("vanilla", 5, 8), np.random.default_rng(0), np.float64).parameters
    shifted = plain.copy()
    shifted["c"][:] += 1e4
    letters, follow = np.array([1, 2, 3]), np.array([2, 3, END])
    expected = SeedStep(plain)(letters, follow, ETA)
    assert SeedStep(shifted)(letters, follow, ETA) == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(shifted["W"], plain["W"], atol=1e-12)
