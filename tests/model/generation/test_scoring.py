from __future__ import annotations

import itertools
import math

import pytest

from model.corpus.casing import Casing
from model.errors import BadCorpus
from model.generation.predictor import NetworkPredictor, NetworkState
from model.generation.scoring import evaluate, score
from model.network.parameters import IntArray
from tests.support.random_models import random_model, random_predictor


@pytest.mark.parametrize("first_letter", [True, False], ids=["learned", "counted"])
def test_the_probabilities_of_all_names_and_of_all_longer_beginnings_sum_to_one(first_letter: bool) -> None:
    model = random_predictor("abc", first_letter=first_letter)
    total = 0.0
    for length in range(5):
        names = ["".join(word) for word in itertools.product("abc", repeat=length)]
        total += sum(math.exp(scored.log_probability) for scored in score(model, names))
    prefixes = ["".join(word) for word in itertools.product("abc", repeat=5)]
    total += sum(
        math.exp(sum(scored.log_probabilities[:-1])) for scored in score(model, prefixes) if scored.log_probabilities
    )
    assert total == pytest.approx(1, abs=1e-12)


def test_a_name_has_one_log_probability_a_letter_and_one_for_its_end() -> None:
    (scored,) = score(random_predictor("abc"), ["abca"])
    assert scored.log_probabilities is not None
    assert len(scored.log_probabilities) == 5
    assert scored.log_probability == pytest.approx(sum(scored.log_probabilities))
    assert scored.nats_per_letter == pytest.approx(-scored.log_probability / 5)


def test_scores_come_in_the_order_of_the_names_whatever_their_lengths() -> None:
    model = random_predictor("abc")
    names = ["abc", "a", "cab", "bb", "", "a"] * 300  # more than are read at once
    alone = {name: score(model, [name])[0].log_probabilities for name in names}
    for scored in score(model, names):
        assert scored.log_probabilities == pytest.approx(alone[scored.name])


def test_names_of_all_lengths_are_read_together() -> None:
    batches: list[int] = []

    class Counting(NetworkPredictor):
        def advance(self, state: NetworkState, letters: IntArray) -> NetworkState:
            batches.append(len(letters))
            return super().advance(state, letters)

    score(Counting(random_model("abc")), ["a", "bb", "ccc", "xyz"])
    assert batches == [3, 2, 1]


def test_case_is_folded_as_the_list_has_it() -> None:
    title, mixed = random_predictor("abc", casing=Casing.TITLE), random_predictor("abcABC", casing=Casing.MIXED)
    assert score(title, ["ABC"])[0].log_probability == score(title, ["abc"])[0].log_probability
    assert score(mixed, ["ABC"])[0].log_probability != score(mixed, ["abc"])[0].log_probability


def test_a_name_that_the_model_cannot_spell_is_impossible_and_says_why() -> None:
    spelled, unspelled = score(random_predictor("abc"), ["abc", "aéé"])
    assert unspelled.unknown == ("é",)
    assert unspelled.log_probabilities is None
    assert unspelled.log_probability == -math.inf
    assert unspelled.nats_per_letter == math.inf
    assert spelled.unknown == ()


def test_the_empty_name_has_the_probability_of_ending_at_once() -> None:
    (learned,) = score(random_predictor("abc"), [""])
    assert learned.log_probabilities is not None
    assert len(learned.log_probabilities) == 1
    assert -20 < learned.log_probability < 0
    (counted,) = score(random_predictor("abc", first_letter=False), [""])
    assert counted.log_probability == -math.inf


def test_an_evaluation_is_a_mean_over_letters_and_over_names() -> None:
    model = random_predictor("abc")
    scores = [scored.log_probability for scored in score(model, ["abc", "b"])]
    told = evaluate(model, ["abc", "b", "xyz"])
    assert (told.names, told.skipped, told.letters) == (2, 1, 6)
    assert told.nats_per_letter == pytest.approx(-sum(scores) / 6)
    assert told.nats_per_name == pytest.approx(-sum(scores) / 2)


def test_a_list_that_the_model_cannot_spell_is_refused() -> None:
    with pytest.raises(BadCorpus, match="none of the 1 names; it knows a b c"):
        evaluate(random_predictor("abc"), ["xyz"])


def test_a_model_tells_the_names_of_its_list_from_others() -> None:
    model = random_model("abc", casing=Casing.TITLE, names=("abc", "b"))
    assert model.contains(["Abc", "B", "c", "", "ABC"]) == [True, True, False, False, True]
    assert random_model("abc").contains(["a"]) == [False]


def test_names_are_tidied_as_lists_are() -> None:
    model = random_model("abo '-", names=("o'a b",))
    typed, plain = score(NetworkPredictor(model), [" O’a  b", "o'a b"])
    assert typed.log_probabilities == plain.log_probabilities
    assert model.contains(["O’a  b "]) == [True]
