from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import __version__
from model.artifact.model_file import Artifact
from model.corpus.corpus import Corpus
from model.corpus.split import Split, name_hashes
from model.corpus.vocabulary import Vocabulary
from model.generation.options import Options
from model.generation.predictor import WEIGHT, MixturePredictor, NetworkPredictor, NgramPredictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate, score
from model.generation.served import mixture_of, predictor_of
from model.ngram.automaton import Automaton
from model.training.finish import (
    DRAWS,
    ORDER,
    Trained,
    assemble,
    best_weight,
    examples_of,
    finish,
    first_letters,
    measure,
    memorisation,
)
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.shares import SHARES
from model.training.yardstick import tuned

names = st.lists(st.from_regex(r"[a-e]([a-e'-]{0,4}[a-e])?", fullmatch=True), min_size=1)


@given(names)
def test_first_letters_are_counted_with_one_added_for_each(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    counts = Counter(name[0] for name in names)
    frequencies = first_letters(names, vocabulary)
    assert frequencies.sum() == pytest.approx(1)
    letters = [letter for letter in vocabulary.letters if letter.isalpha()]
    for letter in letters:
        expected = (counts[letter] + 1) / (len(names) + len(letters))
        assert frequencies[vocabulary.encode(letter)[0]] == pytest.approx(expected)


@given(names)
def test_no_name_begins_with_its_end_a_hyphen_or_an_apostrophe(names: list[str]) -> None:
    vocabulary = Vocabulary.of([*names, "a-b'c"])
    frequencies = first_letters(names, vocabulary)
    assert [frequencies[0], *frequencies[vocabulary.encode("-'")]] == [0, 0, 0]


@pytest.mark.parametrize("kind", ["model", "recipe_model"])
def test_the_card_tells_what_was_trained_on_what(
    kind: str, corpus: Corpus, plan: Hyperparameters, recipe: Hyperparameters, request: pytest.FixtureRequest
) -> None:
    card = request.getfixturevalue(kind).card
    split, used = corpus.split(), plan if kind == "model" else recipe
    assert asdict(card.corpus) == {
        "title": "elves",
        "sha256": corpus.sha256,
        "names": len(corpus.names),
        "train": len(split.train),
        "validation": len(split.validation),
        "test": len(split.test),
    }
    assert (card.hyperparameters, card.preset, card.seed) == (asdict(used), used.preset, 1)
    assert (card.letters, card.casing) == (corpus.vocabulary.letters, "title")
    assert card.architecture.hidden == used.hidden
    assert card.namewright == __version__
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(card.created) < timedelta(hours=1)


@pytest.mark.parametrize("kind", ["model", "recipe_model"])
def test_the_figure_is_that_of_the_test_names_ends_included(
    kind: str, corpus: Corpus, request: pytest.FixtureRequest
) -> None:
    model: Artifact = request.getfixturevalue(kind)
    scores = score(predictor_of(model), corpus.split().test)
    letters = sum(len(scored.name) + 1 for scored in scores)
    nats = -math.fsum(scored.log_probability for scored in scores) / letters
    assert model.card.nats_per_letter == pytest.approx(nats, rel=1e-9)
    assert 1 < nats < math.log(27)


def test_memorisation_counts_raw_draws_in_the_training_part(model: Artifact, corpus: Corpus) -> None:
    options = Options(max_length=64, unique=False, decent=False)
    drawn = draw(predictor_of(model), DRAWS, options, np.random.default_rng(1)).names
    told, train = model.card.memorisation, set(corpus.split().train)
    assert told.draws == DRAWS
    assert told.in_training == pytest.approx(sum(name.lower() in train for name in drawn) / DRAWS)


def test_memorisation_expects_as_many_draws_in_a_held_out_list_as_there_would_be(model: Artifact) -> None:
    predictor = mixture_of(model)  # which draws names of two letters too
    names = [f"{first}{second}" for first in "abcdefghijklmnopqrstuvwxyz" for second in "aeiou"]
    told = memorisation(predictor, Split(tuple(names), ("x",), tuple(names)), seed=0)
    assert told.in_training > 0.001
    assert told.in_held_out == pytest.approx(told.in_training, rel=0.5)  # some tens of draws
    scaled = memorisation(predictor, Split((*names, *(name + "qqq" for name in names)), ("x",), tuple(names)), seed=0)
    assert scaled.in_held_out == pytest.approx(2 * told.in_held_out)


def test_memorisation_tells_a_model_that_learned_by_heart(corpus: Corpus, plan: Hyperparameters) -> None:
    few = Corpus.of(corpus.names[:30], "few")
    by_heart = replace(
        plan, hidden=48, steps=400, schedule="constant", dropout=0, recurrent_dropout=0, patience=None, ngram=False
    )
    training = Training(few, by_heart, seed=0)
    for _ in training.run():
        pass
    told = finish(training).card.memorisation
    assert told.in_training > 0.3
    assert told.in_training > 3 * told.in_held_out


def test_memorisation_of_a_model_that_knows_none_of_the_names_is_nought(model: Artifact, corpus: Corpus) -> None:
    split = corpus.split()
    strange = Split(*(tuple(name + "qqq" for name in part) for part in (split.train, split.validation, split.test)))
    told = memorisation(NetworkPredictor(model), strange, seed=0)
    assert told.in_training == 0
    assert told.in_held_out == pytest.approx(0, abs=1e-3)


def test_the_model_holds_the_hashes_of_all_parts_in_the_order_test_validation_training(
    model: Artifact, corpus: Corpus
) -> None:
    split, told = corpus.split(), model.card.corpus
    assert np.all(model.hashes[1:] > model.hashes[:-1])
    test, validation, train = np.split(model.hashes, [told.test, told.test + told.validation])
    assert set(test) == set(name_hashes(split.test))
    assert set(validation) == set(name_hashes(split.validation))
    assert set(train) == set(name_hashes(split.train))


@pytest.mark.parametrize("patience", [2, None])
def test_patience_keeps_the_best_weights_and_without_it_the_last_are_kept(
    corpus: Corpus, plan: Hyperparameters, patience: int | None
) -> None:
    few = Corpus.of(corpus.names[:30], "few")
    training = Training(few, replace(plan, steps=800, schedule="constant", dropout=0.0, patience=patience), seed=0)
    for _ in training.run():
        pass
    assert training.state().best.tobytes() != training.network.parameters.flat.tobytes()
    kept = training.network.parameters.flat if patience is None else training.state().best
    assert finish(training).network.parameters.flat.tobytes() == kept.tobytes()


def test_finishing_twice_makes_the_same_model(corpus: Corpus, plan: Hyperparameters) -> None:
    training = Training(corpus, plan, seed=0)
    for _ in training.run():
        pass
    one, other = finish(training), finish(training)
    assert one.network.parameters.flat.tobytes() == other.network.parameters.flat.tobytes()
    assert replace(one.card, created="") == replace(other.card, created="")


@pytest.mark.parametrize("kind", ["model", "recipe_model"])
def test_network_n_gram_and_what_is_served_stand_side_by_side_on_the_same_test_names(
    kind: str, corpus: Corpus, request: pytest.FixtureRequest
) -> None:
    model: Artifact = request.getfixturevalue(kind)
    split, told = corpus.split(), model.card.comparison
    yardstick = tuned(split, corpus.vocabulary, corpus.casing)
    parts = (NetworkPredictor(model), yardstick, predictor_of(model))
    figures = [evaluate(part, split.test).nats_per_letter for part in parts]
    assert [told.network, told.ngram, told.served] == pytest.approx(figures)
    assert told.names == len(split.test)
    assert told.served == model.card.nats_per_letter
    if kind == "model":
        assert told.served < told.network
    else:
        assert told.served == told.network
        assert model.ngram is None


def test_the_n_gram_that_is_served_learned_from_the_training_part_and_the_card_says_what_it_keeps(
    model: Artifact, corpus: Corpus
) -> None:
    learned = Automaton.learn(corpus.split().train, corpus.vocabulary, ORDER)
    assert model.ngram is not None
    assert model.ngram.probabilities.tobytes() == learned.probabilities.tobytes()
    facts = model.card.ngram
    ngram = NgramPredictor(learned, model.vocabulary, model.casing)
    weight = best_weight(NetworkPredictor(model), ngram, corpus.split().validation)
    assert (facts.order, facts.weight, facts.contexts) == (ORDER, weight, len(learned.probabilities))
    assert "strings of at most 4 letters that at least 2 names share" in facts.keeps


def test_a_model_made_again_from_all_names_keeps_the_figures_of_the_one_that_was_measured(
    corpus: Corpus, plan: Hyperparameters
) -> None:
    training = Training(corpus, plan, seed=0)
    for _ in training.run():
        pass
    trained = Trained.of(training)
    measures = measure(trained, training.result())
    again = assemble(trained, training.network, corpus.names, measures)
    assert again.card.comparison == measures.comparison
    assert again.card.nats_per_letter == measures.comparison.served
    assert again.ngram is not None
    assert (
        again.ngram.probabilities.tobytes()
        == Automaton.learn(corpus.names, again.vocabulary, ORDER).probabilities.tobytes()
    )


def test_the_examples_are_names_drawn_from_what_is_served(model: Artifact) -> None:
    seeds = [model.card.seed, int(model.card.corpus.sha256, 16)]
    drawn = draw(predictor_of(model), 20, Options(), np.random.default_rng(seeds)).names
    assert list(model.card.examples) == drawn
    assert len(set(drawn)) == 20


def test_models_of_other_lists_and_of_other_seeds_have_other_examples(model: Artifact) -> None:
    other = replace(model.card, corpus=replace(model.card.corpus, sha256="0" * 64))
    cards = (model.card, other, replace(model.card, seed=model.card.seed + 1))
    assert len({examples_of(replace(model, card=card)) for card in cards}) == 3


def test_many_names_choose_the_weight_of_the_n_gram_and_a_few_leave_it_near_the_usual_one(
    model: Artifact, corpus: Corpus
) -> None:
    names = corpus.names[:150]
    ngram = NgramPredictor(Automaton.learn(names[:100], corpus.vocabulary), corpus.vocabulary, corpus.casing)
    network = NetworkPredictor(model)

    def loss(weight: float) -> float:
        return evaluate(MixturePredictor(network, ngram, weight), names).nats_per_letter

    assert best_weight(network, ngram, names) == min(SHARES, key=loss) == 0.9  # it knows these names by heart
    assert best_weight(network, ngram, names[:1]) < 0.4
    assert best_weight(network, ngram, ()) == WEIGHT


def test_the_yardstick_is_no_worse_on_validation_than_an_n_gram_of_any_order(corpus: Corpus) -> None:
    split = corpus.split()
    best = evaluate(tuned(split, corpus.vocabulary, corpus.casing), split.validation).nats_per_letter
    for order in range(2, 8):
        for min_names in (1, 2):
            other = Automaton.learn(split.train, corpus.vocabulary, order, min_names)
            predictor = NgramPredictor(other, corpus.vocabulary, corpus.casing)
            assert best <= evaluate(predictor, split.validation).nats_per_letter + 1e-9
