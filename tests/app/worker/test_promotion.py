"""What each word of `publish` does with a model that was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.store.records import WITHDRAWN, Entry
from app.store.sync_store import Store
from app.worker.promotion import Decision, PromotionPolicy, has_learned
from app.worker.trainer import Trainer
from model.artifact.card import Comparison, CorpusFacts
from model.artifact.model_file import Artifact, unpack
from model.corpus.casing import Casing
from model.corpus.corpus import Corpus
from model.training.finish import finish
from model.training.loop import Training
from model.training.plan import resolve_plan
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.trainings import some_names
from tests.support.worker_jobs import order, trained

LETTERS = "abcdefghijklmnopqrstuvwxyz"
HELD_OUT = tuple(f"anna{first}{second}" for first in "bcdef" for second in "aeiou")
"""Names that no model here has in its list."""


def decide(
    store: Store, weights: Path, trained: Artifact, held_out: tuple[str, ...] = HELD_OUT, **more: Any
) -> Decision:
    return PromotionPolicy(store, weights).decide(order(**{"model": "us"} | more), trained, held_out)


def guessing(letters: str = LETTERS, **figures: Any) -> Artifact:
    """A model that holds every letter equally probable at every place."""
    model = random_model(letters, **figures)
    model.network.parameters.flat[:] = 0
    return model


def compared(served: float, ngram: float, names: int = 40, preset: str = "default") -> Artifact:
    return random_model(LETTERS, preset=preset, comparison=Comparison(served, ngram, served, names))


@pytest.mark.parametrize(("served", "promote"), [(1.9, True), (2.0, True), (2.1, False)])
def test_unless_worse_keeps_back_what_an_ngram_of_its_names_beats(
    store: Store, weights: Path, served: float, promote: bool
) -> None:
    decision = decide(store, weights, compared(served, 2.0), publish="unless_worse")
    assert decision.promote is promote
    assert f"{served:.4f} nats per letter on 40 test names, against 2.0000 of an n-gram" in decision.reason
    assert ("kept but not put into service" in decision.reason) is not promote
    assert decision.reason.endswith("or with publish always") is not promote


def test_unless_worse_takes_the_original_recipe_and_what_was_not_compared(store: Store, weights: Path) -> None:
    recipe = decide(store, weights, compared(3.0, 2.0, preset="seed"), publish="unless_worse")
    silent = decide(store, weights, compared(0.0, 0.0, names=0), publish="unless_worse")
    assert (recipe.promote, silent.promote) == (True, True)
    assert "the preset seed" in recipe.reason
    assert "no n-gram" in silent.reason


@pytest.mark.parametrize(("word", "promote"), [("always", True), ("never", False)])
def test_always_and_never_look_at_no_figure(store: Store, weights: Path, word: str, promote: bool) -> None:
    decision = decide(store, weights, compared(3.0, 2.0), publish=word)
    assert (decision.promote, decision.reason) == (promote, f"publish was {word}")


def test_if_better_asks_both_models_for_the_same_names(store: Store, weights: Path) -> None:
    """The card's figures, which are of other names, are not looked at."""
    publish(store, "us", guessing(nats_per_letter=0.1))
    learned = Corpus.of(some_names(400), "us")
    model = trained_on(learned)
    names = tuple(learned.split().test) + HELD_OUT
    decision = decide(
        store, weights, replace(model, card=replace(model.card, nats_per_letter=9.0)), names, publish="if_better"
    )
    assert decision.promote
    assert f"on {len(names)} test names that neither learned from" in decision.reason
    publish(store, "us", model)
    assert not decide(store, weights, guessing(nats_per_letter=0.1), names, publish="if_better").promote


def trained_on(corpus: Corpus, **more: Any) -> Artifact:
    plan = resolve_plan("default", len(corpus.split().train), overrides={"hidden": 16, "steps": 150} | more)
    training = Training(corpus, plan, 0)
    for _ in training.run():
        pass
    return finish(training)


def test_a_name_that_one_of_them_learned_is_no_question(store: Store, weights: Path) -> None:
    """A model that has half of the names in its list answers for the other half, and with a few more for none."""
    fair = HELD_OUT[:20]
    names = (*fair, *(f"ben{letter}" for letter in LETTERS))
    listed = random_model(LETTERS, names=names[20:], nats_per_letter=1.0)
    publish(store, "us", listed)
    decision = decide(store, weights, guessing(nats_per_letter=0.5), names, publish="if_better")
    assert "on 20 test names that neither learned from" in decision.reason
    publish(store, "us", random_model(LETTERS, names=names[19:], nats_per_letter=1.0))
    tested = CorpusFacts("us", "0" * 64, 1, 0, 0, 1)
    decision = decide(store, weights, guessing(nats_per_letter=0.5, corpus=tested), names, publish="if_better")
    assert decision.promote
    assert decision.reason == (
        "0.5000 nats per letter, against 1.0000 of version 2, each on its own test names, since only 19 are new to both"
    )
    assert not decide(store, weights, guessing(nats_per_letter=1.5), names, publish="if_better").promote


def test_a_short_list_that_was_learned_whole_is_compared_by_what_its_folds_held_out(
    store: Store, weights: Path
) -> None:
    publish(store, "us", guessing(nats_per_letter=1.0))
    model = guessing(names=HELD_OUT, nats_per_letter=0.5)
    decision = decide(store, weights, model, publish="if_better")
    assert decision.promote
    assert decision.reason == (
        "0.5000 nats per letter, against 1.0000 of version 1, each on the names that its own training held out, "
        "since the new one learned all of its list in the end"
    )
    assert not decide(
        store, weights, replace(model, card=replace(model.card, nats_per_letter=1.5)), publish="if_better"
    ).promote


def test_the_test_names_of_a_list_were_not_learned_and_the_others_were() -> None:
    corpus = Corpus.of(some_names(300), "us")
    split = corpus.split()
    model = trained_on(corpus, steps=1)
    assert not any(has_learned(model, split.test))
    assert all(has_learned(model, split.train + split.validation))
    assert all(has_learned(model, [corpus.casing.restore_case(name) for name in split.train]))
    assert not any(has_learned(model, ["Qqqqq"]))


@pytest.mark.parametrize("better", [False, True])
def test_a_new_letter_alone_publishes_nothing(store: Store, weights: Path, better: bool) -> None:
    """One held-out name in 26 has a letter that the version in service lacks; the other 25 decide."""
    good = trained_on(Corpus.of([*some_names(400), "Zoë"] if better else some_names(400), "us"))
    new, old = (good, guessing()) if better else (guessing(LETTERS + "ë"), good)
    publish(store, "us", old)
    decision = decide(store, weights, new, (*HELD_OUT, "zoë"), publish="if_better")
    assert decision.promote is better
    assert "on 25 test names" in decision.reason


def test_where_most_names_cannot_be_spelled_nothing_is_published_and_it_is_told(store: Store, weights: Path) -> None:
    publish(store, "us", random_model("abdn"))
    decision = decide(store, weights, random_model(LETTERS, nats_per_letter=0.1), publish="if_better")
    assert not decision.promote
    assert decision.reason.startswith("version 1, which is in service, can spell only 2 of the 25 test names, too few")


def test_if_better_publishes_where_nothing_is_in_service_or_it_is_damaged(store: Store, weights: Path) -> None:
    model = random_model(LETTERS, nats_per_letter=100.0)
    decision = decide(store, weights, model, model="elves", publish="if_better")
    assert (decision.promote, decision.reason) == (True, "there was none in service")
    publish(store, "us", random_model("abc"), content=b"half")
    decision = decide(store, weights, model, publish="if_better")
    assert decision.promote
    assert decision.reason.startswith("the one in service cannot be used: us@1: it is damaged")


@pytest.mark.parametrize("publish_as", ["unless_worse", "if_better", "always"])
def test_nothing_is_published_of_a_model_that_is_out_of_service(store: Store, weights: Path, publish_as: str) -> None:
    publish(store, "elves", random_model("abc"))
    store.versions.withdraw("elves", is_bundled=False)
    decision = decide(store, weights, compared(1.0, 2.0), model="elves", publish=publish_as)
    assert (decision.promote, decision.reason) == (False, WITHDRAWN)
    store.versions.promote("elves", 1)
    assert decide(store, weights, compared(1.0, 2.0), model="elves", publish="always").promote


def test_a_training_of_a_model_that_is_out_of_service_ends_well_and_leaves_it_so(
    store: Store, trainer: Trainer
) -> None:
    trained(store, trainer, order())
    store.versions.withdraw("elves", is_bundled=False)
    job = trained(store, trainer, order(publish="always"))
    assert (job.state, job.version, job.promoted, job.verdict) == ("succeeded", 2, False, WITHDRAWN)
    assert store.versions.catalogue().models["elves"] == Entry(None, (1, 2), is_withdrawn=True)
    version = store.versions.load("elves", 2)
    assert version is not None
    assert not unpack(version.content, "elves@2").card.public_membership


def test_a_version_that_learned_case_letter_by_letter_is_asked_in_case(store: Store, weights: Path) -> None:
    mixed = random_model(LETTERS.upper() + LETTERS, casing=Casing.MIXED)
    publish(store, "us", mixed)
    decision = decide(store, weights, random_model(LETTERS, casing=Casing.TITLE), publish="if_better")
    assert "on 25 test names" in decision.reason


def test_a_training_that_is_worse_than_its_ngram_ends_well_and_stays_out_of_service(
    store: Store, trainer: Trainer
) -> None:
    trained(store, trainer, order())
    worse = {"hidden": 1, "steps": 1, "learning_rate": 1e-9, "ngram": False}
    job = trained(store, trainer, order(publish="unless_worse", overrides=worse))
    entry = store.versions.catalogue().models["elves"]
    assert (job.state, job.version, job.promoted, entry) == ("succeeded", 2, False, Entry(1, (1, 2)))
    assert "kept but not put into service" in (job.verdict or "")
