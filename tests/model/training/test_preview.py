"""What a network draws while it learns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.corpus.corpus import Corpus
from model.training.folds import AnyTraining, begin
from model.training.hyperparameters import Hyperparameters
from model.training.preview import FEWEST_CUT, MAX_LETTERS, Preview

NAMES = [a + b + c for a in ("ma", "an", "li", "jo") for b in ("ri", "na", "se", "l") for c in ("a", "", "ne", "o")]
CORPUS = Corpus.of(NAMES, "made")
PLAN = Hyperparameters(
    preset="test", hidden=16, steps=400, batch=8, optimizer="adam", learning_rate=0.01, point_every=10, report_every=20,
)  # fmt: skip
PLANS = {
    "network and n-gram": PLAN,
    "recipe": replace(PLAN, batch=1, optimizer="sgd", first_letter=False, ngram=False),
    "folds": replace(PLAN, folds=3, epochs=40, steps=40 * 3 * 6 + 40 * 8),
}


def begun(plan: Hyperparameters) -> AnyTraining:
    return begin(CORPUS, plan, 7)


@pytest.mark.no_cover
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_training_ends_with_the_same_bits_whatever_is_drawn(plan: Hyperparameters) -> None:
    watched, other = begun(plan), begun(plan)
    preview = Preview(watched)
    for _ in watched.run():
        preview.draw(3)
    for _ in other.run():
        pass

    assert watched.result().parameters.flat.tobytes() == other.result().parameters.flat.tobytes()


def test_a_step_of_a_training_always_draws_the_same_names() -> None:
    first, again = begun(PLAN), begun(PLAN)
    for training in (first, again):
        next(training.run())

    assert Preview(first).draw(5) == Preview(again).draw(5)


def test_no_name_of_the_list_is_among_them_and_none_is_long() -> None:
    training = begun(PLAN)
    preview = Preview(training)
    drawn = [name for _ in training.run() for name in preview.draw(20)]

    assert drawn
    assert max(map(len, drawn)) <= MAX_LETTERS
    assert not {name.casefold() for name in drawn} & set(NAMES)


def test_no_beginning_of_a_long_name_of_the_list_is_among_them() -> None:
    """Such as two long words: of these the network learns the beginnings by heart."""
    words = ("maximiliana", "wolfgangina", "quetzalcoatlina"), ("featherstonehaugh", "schlegelstein", "xiuhtecuhtlian")
    corpus = Corpus.of([f"{given} {surname}" for given in words[0] for surname in words[1]], "long")
    training = begin(corpus, replace(PLAN, hidden=64, steps=300), 7)
    preview = Preview(training)
    drawn = [name.casefold() for _ in training.run() for name in preview.draw(20)]

    assert max(map(len, drawn)) == MAX_LETTERS
    assert [
        name for name in drawn if len(name) >= FEWEST_CUT and any(one.startswith(name) for one in corpus.names)
    ] == []
