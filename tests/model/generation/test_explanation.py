"""What a model remembers and expects, against the equations written out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.artifact.model_file import Artifact
from model.corpus.casing import Casing
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidOption, UnknownLetter, Unsatisfiable
from model.generation.blend import blend_of
from model.generation.explanation import explain
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor
from model.generation.prefixes import find_prefixes
from model.generation.scoring import score
from model.generation.served import predictor_of
from model.generation.well_formed import LEAST_LOG_PROBABILITY
from model.network.network import Network
from model.network.parameters import FloatArray
from model.network.shape import Shape
from model.training.adaptation import adapt
from tests.support.random_models import random_model
from tests.support.tiny import some, styled_start

NAMES = ("abba", "abca", "cab", "bac", "abc", "ca")
NAME = "abcab"


def with_network(cell: str, layers: int) -> Artifact:
    """A model whose network starts with a symbol, in double precision."""
    network = Network.initialise(Shape(cell, 4, 6, layers), np.random.default_rng(3), np.float64)
    network.parameters.flat[:] *= 2
    return replace(random_model("abc"), network=network)


def literal_states(artifact: Artifact, letters: list[int]) -> FloatArray:
    """States (t, l, h) after each letter, one unit after the other as the equations have it."""
    shape, weights = artifact.network.shape, artifact.network.parameters
    hidden, states = np.zeros((shape.layers, shape.hidden)), []
    for letter in letters:
        below = np.eye(shape.vocabulary)[letter]
        for layer in range(shape.layers):
            prefix = f"{layer}." if layer else ""
            U, W, b = (weights[prefix + name] for name in "UWb")
            if shape.cell == "vanilla":
                below = np.tanh(below @ U + b + hidden[layer] @ W)
            else:
                (xz, xr, xm), (hz, hr, hm) = np.split(below @ U + b, 3), np.split(hidden[layer] @ W, 3)
                z, r = 1 / (1 + np.exp(-xz - hz)), 1 / (1 + np.exp(-xr - hr))
                below = z * hidden[layer] + (1 - z) * np.tanh(xm + r * hm)
            hidden[layer] = below
        states.append(hidden.copy())
    return np.array(states)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["vanilla", "gru"])
def test_hidden_states_and_the_networks_probabilities_are_those_of_the_equations(cell: str, layers: int) -> None:
    artifact = with_network(cell, layers)
    states = literal_states(artifact, [END, *artifact.vocabulary.encode(NAME)])
    steps = explain(predictor_of(artifact), NAME)
    assert [step.letter for step in steps] == [None, *NAME]
    weights = artifact.network.parameters
    for step, hidden in zip(steps, states, strict=True):
        assert step.hidden == pytest.approx(hidden, abs=1e-12)
        odds = np.exp(hidden.ravel() @ weights["V"] + weights["c"])
        assert step.network == pytest.approx(odds / odds.sum(), abs=1e-12)
        assert step.ngram is None


def test_a_network_without_a_start_symbol_remembers_nothing_at_first_and_expects_what_its_list_begins_with() -> None:
    artifact = random_model("abc", first_letter=False)
    first, *steps = explain(predictor_of(artifact), NAME)
    assert not first.hidden.any()
    assert artifact.first_letters is not None
    assert first.network == pytest.approx(artifact.first_letters)
    literal = literal_states(artifact, artifact.vocabulary.encode(NAME))
    assert np.array([step.hidden for step in steps]) == pytest.approx(literal, abs=1e-12)


def test_a_network_with_a_folded_style_is_read_as_the_plain_one_that_it_is() -> None:
    corpus = some(40)
    artifact = adapt(corpus, styled_start(corpus))
    assert artifact.network.shape.styles == 0
    letters = [END, *artifact.vocabulary.encode("mari")]
    steps = explain(predictor_of(artifact), "mari")
    assert np.array([step.hidden for step in steps]) == pytest.approx(literal_states(artifact, letters), abs=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 0.3, 5.0])
@pytest.mark.parametrize("options", [{}, {"first_letter": False}, {"mixed": True, "names": NAMES}], ids=str)
def test_probabilities_are_those_that_letters_are_drawn_by(options: dict[str, Any], temperature: float) -> None:
    predictor = predictor_of(random_model("abc", **options))
    for length, step in enumerate(explain(predictor, NAME, temperature)):
        asked = Options(start=NAME[:length], temperature=temperature, top_p=1.0)
        following = find_prefixes(predictor, asked).following[:, 0]
        assert step.mixture == pytest.approx(following / following.sum(), rel=1e-6)
        for probabilities in (step.network, step.ngram, step.mixture):
            assert probabilities is None or probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_at_temperature_1_they_are_those_of_scores_and_the_mixture_is_the_weighted_mean() -> None:
    artifact = random_model("abc", mixed=True, names=NAMES)
    predictor = predictor_of(artifact)
    steps = explain(predictor, NAME)
    (scored,) = score(predictor, [NAME])
    following = [*predictor.vocabulary.encode(NAME), END]
    mixture = [step.mixture[letter] for step, letter in zip(steps, following, strict=True)]
    assert np.log(mixture) == pytest.approx(scored.log_probabilities)
    (scored,) = score(NetworkPredictor(artifact), [NAME])
    network = [step.network[letter] for step, letter in zip(steps, following, strict=True)]
    assert np.log(network) == pytest.approx(scored.log_probabilities)
    weight = artifact.card.ngram.weight
    for step in steps:
        assert step.ngram is not None
        assert step.mixture == pytest.approx((1 - weight) * step.network + weight * step.ngram, rel=1e-5)


def test_what_the_patterns_of_the_list_rule_out_is_never_expected_by_the_mixture() -> None:
    artifact = random_model("राम\u094dक", names=("राम", "क\u094dराम"), attachments=("क\u094dरा", "रा", "म"))
    predictor = predictor_of(artifact)
    steps = explain(predictor, "राम")
    ruled_out = [(step.mixture == 0).sum() for step in steps]
    assert sum(ruled_out) > 0
    for step in steps:
        assert (step.network > 0).all()
        assert step.mixture.sum() == pytest.approx(1, abs=1e-9)
    (scored,) = score(predictor, ["\u094dराम"])
    assert scored.log_probabilities is not None
    assert scored.log_probabilities[0] == pytest.approx(LEAST_LOG_PROBABILITY)
    assert steps[0].mixture[predictor.vocabulary.encode("\u094d")[0]] == 0


def test_case_is_ignored_and_what_has_several_spellings_is_read_as_the_most_probable_one() -> None:
    title = predictor_of(random_model("abc", casing=Casing.TITLE))
    assert [step.letter for step in explain(title, "ABca")] == [None, *"abca"]
    mixed = predictor_of(random_model("aAbBc", casing=Casing.MIXED))
    steps = explain(mixed, "ABC")
    letters = Vocabulary(tuple("ABabc"))
    for before, step in itertools.pairwise(steps):
        assert step.letter is not None
        cases = [case for case in (step.letter.lower(), step.letter.upper()) if case in letters.letters]
        probable = [before.mixture[letters.encode(case)[0]] for case in cases]
        assert step.letter == cases[int(np.argmax(probable))]


@pytest.mark.parametrize(
    ("prefix", "temperature", "error"),
    [("abx", 1.0, UnknownLetter), ("-", 1.0, Unsatisfiable), ("a", 0.0, InvalidOption)],
)
def test_what_cannot_be_read_is_refused_with_the_option_that_is_wrong(
    prefix: str, temperature: float, error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        explain(predictor_of(random_model("ab-")), prefix, temperature)
    if isinstance(refused.value, UnknownLetter):
        assert refused.value.option == "prefix"
    if isinstance(refused.value, Unsatisfiable):
        assert refused.value.options == ("prefix",)


def test_a_blend_is_no_single_network_to_explain() -> None:
    blend = blend_of([("one", random_model("abc"), 1.0), ("other", random_model("bcd"), 1.0)])
    with pytest.raises(ValueError, match="only a network"):
        explain(blend, "a")
