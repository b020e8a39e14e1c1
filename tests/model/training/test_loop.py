from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TrainingDiverged, UnknownLetter
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.start import Start

NAMES = [
    a + b + c for a in ("ma", "an", "li", "jo", "re") for b in ("ri", "na", "se", "l") for c in ("a", "", "ne", "o")
]
CORPUS = Corpus.of(NAMES, "made")
MODERN = Hyperparameters(
    preset="test", hidden=16, steps=60, batch=8, optimizer="adam", learning_rate=0.01, schedule="cosine", warmup=5,
    weight_decay=0.01, clip=1.0, dropout=0.2, recurrent_dropout=0.1, point_every=10, report_every=20, patience=10,
)  # fmt: skip
RECIPE = Hyperparameters(
    preset="test", hidden=16, steps=600, batch=1, optimizer="sgd", learning_rate=0.01, first_letter=False,
    point_every=100, report_every=200,
)  # fmt: skip
PLAIN = replace(MODERN, optimizer="sgd", learning_rate=0.5)


@pytest.mark.parametrize("plan", [MODERN, RECIPE, PLAIN], ids=["modern", "recipe", "plain"])
def test_the_loss_falls_on_names_learned_and_names_unseen(plan: Hyperparameters) -> None:
    progress = list(Training(CORPUS, plan, 0).run())
    validation = [point.validation for point in progress if point.validation is not None]
    assert progress[-1].loss < progress[0].loss - 0.2
    assert validation[-1] < validation[0]


def test_there_is_a_point_every_so_often_and_a_report_at_the_end() -> None:
    plan = replace(MODERN, steps=45)
    progress = list(Training(CORPUS, plan, 0).run())
    assert [point.step for point in progress] == [10, 20, 30, 40, 45]
    assert [point.validation is not None for point in progress] == [False, True, False, True, True]
    assert all(point.steps == 45 for point in progress)


@pytest.mark.parametrize("plan", [MODERN, RECIPE, replace(MODERN, precision="float64")])
def test_a_seed_decides_every_bit(plan: Hyperparameters) -> None:
    first, again, other = (Training(CORPUS, plan, seed) for seed in (3, 3, 4))
    for training in (first, again, other):
        assert len(list(training.run())) > 1
    assert first.result().parameters.flat.tobytes() == again.result().parameters.flat.tobytes()
    assert first.result().parameters.flat.tobytes() != other.result().parameters.flat.tobytes()


def test_only_the_training_part_is_learned_from() -> None:
    split = CORPUS.split()
    seen: set[str] = set()
    training = Training(CORPUS, replace(RECIPE, first_letter=True), 0)
    for batch in training.batches.epoch(np.random.default_rng(0)):
        seen.add(training.vocabulary.decode(batch.inputs.tolist()))
    assert seen <= set(split.train)
    assert not seen & (set(split.validation) | set(split.test))


def test_with_patience_the_best_weights_on_validation_are_kept() -> None:
    plan = replace(
        MODERN, learning_rate=0.08, schedule="constant", dropout=0.0, recurrent_dropout=0.0, steps=4000, patience=4
    )
    training = Training(CORPUS, plan, 0)
    losses = [point.validation for point in training.run() if point.validation is not None]
    assert training.step < plan.steps
    assert len(losses) == losses.index(min(losses)) + 1 + 4
    assert training.state().best_loss == min(losses)
    best, last = training.state().best.tobytes(), training.state().weights.tobytes()
    assert training.result().parameters.flat.tobytes() == best != last


def test_without_patience_the_last_weights_are_kept() -> None:
    training = Training(CORPUS, RECIPE, 0)
    assert len(list(training.run())) == 6
    assert training.result().parameters.flat.tobytes() == training.network.parameters.flat.tobytes()


def test_a_loss_that_is_no_number_stops_the_training_with_advice() -> None:
    training = Training(CORPUS, RECIPE, 0)
    training.network.parameters["V"][:] = 3e38
    with pytest.raises(TrainingDiverged, match="lower learning rate"):
        list(training.run())


def test_it_can_start_from_other_weights_that_spell_the_list() -> None:
    first = Training(CORPUS, MODERN, 0)
    assert list(first.run())
    more = Training(CORPUS, MODERN, 1, Start.from_network(first.result(), first.vocabulary))
    fresh = Training(CORPUS, MODERN, 1)
    assert next(more.run()).loss < next(fresh.run()).loss - 0.2


def test_a_start_that_lacks_letters_is_refused() -> None:
    first = Training(CORPUS, MODERN, 0)
    with pytest.raises(UnknownLetter) as refusal:
        Training(Corpus.of([*NAMES, "zoé"], "more"), MODERN, 0, Start.from_network(first.network, first.vocabulary))
    assert refusal.value.letters == ("z", "é")


def test_a_start_may_know_more_letters_than_the_list_has() -> None:
    first = Training(Corpus.of([*NAMES, "zoé"], "more"), MODERN, 0)
    training = Training(CORPUS, MODERN, 0, Start.from_network(first.network, first.vocabulary))
    assert training.vocabulary == first.vocabulary != Vocabulary.of(NAMES)


def test_a_start_of_another_size_is_refused() -> None:
    first = Training(CORPUS, MODERN, 0)
    with pytest.raises(InvalidOption, match="hidden must be 16"):
        Training(CORPUS, replace(MODERN, hidden=17), 0, Start.from_network(first.network, first.vocabulary))
