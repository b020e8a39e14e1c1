from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from model.artifact.card import NgramFacts
from model.corpus.casing import Casing
from model.corpus.vocabulary import Vocabulary
from model.generation.options import Options
from model.generation.predictor import MixturePredictor, NetworkPredictor, NgramPredictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate, score
from model.generation.served import predictor_of
from model.ngram.automaton import Automaton
from tests.support.bundled_lists import read_bundled
from tests.support.random_models import random_model

NAMES = ("abba", "abca", "cab", "bac", "abc", "ca", "caab", "baac")
VOCABULARY = Vocabulary(("a", "b", "c"))


def ngram_predictor() -> NgramPredictor:
    return NgramPredictor(Automaton.learn(NAMES, VOCABULARY, 4), VOCABULARY, Casing.LOWER)


def test_an_n_gram_scores_names_as_its_automaton_reads_them() -> None:
    automaton = Automaton.learn(NAMES, VOCABULARY, 4)
    for scored in score(ngram_predictor(), ["", "abca", "ccc", "abcabc"]):
        state, expected = np.array([automaton.start]), []
        for letter in [*VOCABULARY.encode(scored.name), 0]:
            expected.append(math.log(automaton.probabilities[state[0], letter]))
            state = automaton.advance(state, np.array([letter]))
        assert scored.log_probabilities == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("first_letter", [True, False], ids=["learned", "counted"])
@pytest.mark.parametrize("weight", [0.05, 0.2, 0.5])
def test_a_mixture_makes_each_letter_as_probable_as_the_weighted_mean(weight: float, first_letter: bool) -> None:
    network, ngram = NetworkPredictor(random_model("abc", first_letter=first_letter)), ngram_predictor()
    names = ["abca", "b", "ccc", "abcabc"]
    parts = zip(score(network, names), score(ngram, names), strict=True)
    for mixed, (one, other) in zip(score(MixturePredictor(network, ngram, weight), names), parts, strict=True):
        assert mixed.log_probabilities and one.log_probabilities and other.log_probabilities  # noqa: PT018
        expected = [
            math.log((1 - weight) * math.exp(first) + weight * math.exp(second))
            for first, second in zip(one.log_probabilities, other.log_probabilities, strict=True)
        ]
        assert mixed.log_probabilities == pytest.approx(expected, rel=1e-5)


def test_the_probabilities_of_a_mixture_sum_to_one_after_every_beginning() -> None:
    mixture = MixturePredictor(NetworkPredictor(random_model("abc")), ngram_predictor(), 0.3)
    for beginning in itertools.product(range(1, 4), repeat=3):
        state = mixture.start(2)
        for letter in beginning:
            state = mixture.advance(state, np.array([letter, 1]))
            assert np.exp(mixture.log_probabilities(state)).sum(axis=0) == pytest.approx([1, 1], abs=1e-6)


def test_draws_from_a_mixture_are_as_frequent_as_they_are_probable() -> None:
    mixture = MixturePredictor(NetworkPredictor(random_model("abc", end=2.0)), ngram_predictor(), 0.3)
    options = Options(unique=False, max_length=12, temperature=0.9, top_k=3)
    drawn = draw(mixture, 40_000, options, np.random.default_rng(0)).names
    state = mixture.start(1)
    weights = np.exp(mixture.log_probabilities(state)[:, 0] / 0.9)
    weights[np.argmin(weights)] = 0  # top_k
    weights[0] = 0  # no name is empty
    for letter, weight in zip("abc", (weights / weights.sum())[1:], strict=True):
        begun = sum(name.startswith(letter) for name in drawn) / len(drawn)
        # a draw that runs over 12 letters is dropped, which bends this a little
        assert begun == pytest.approx(weight, abs=0.02)


def test_what_is_served_is_the_mixture_where_a_model_has_an_n_gram() -> None:
    model = random_model("abc")
    automaton = Automaton.learn(NAMES, VOCABULARY, 4)
    both = replace(model, ngram=automaton, card=replace(model.card, ngram=NgramFacts(4, 0.4, 9, "")))
    expected = MixturePredictor(NetworkPredictor(model), ngram_predictor(), 0.4)
    assert score(predictor_of(both), ["abca"]) == score(expected, ["abca"])
    assert score(predictor_of(model), ["abca"]) == score(NetworkPredictor(model), ["abca"])


@pytest.mark.no_cover
def test_an_n_gram_learned_from_the_names_predicts_others_of_the_list() -> None:
    us = read_bundled("us")
    split = us.split()
    few, many = (
        evaluate(NgramPredictor(Automaton.learn(names, us.vocabulary), us.vocabulary, us.casing), split.test)
        for names in (split.train[::100], split.train)
    )
    assert 1.9 < many.nats_per_letter < 2.0 < few.nats_per_letter < math.log(27)
