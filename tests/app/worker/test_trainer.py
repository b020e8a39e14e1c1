from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.store.sync_store import Store
from app.worker.promotion import PromotionPolicy
from app.worker.trainer import MAX_FRUITLESS, Trainer
from model.artifact import styles_file
from model.corpus.corpus import Corpus
from model.training.automatic_start import automatic_start
from model.training.finish import finish
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.plan import resolve_plan
from model.training.styles import styles_of
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.store_jobs import holds
from tests.support.stores import assert_same_bits, stored
from tests.support.tiny import pretrained
from tests.support.worker_jobs import NAMES, begun, found, order, submitted, trained

MakeTrainer = Callable[..., Trainer]


def test_a_job_becomes_a_version_in_service(store: Store, trainer: Trainer, url_with_tables: str) -> None:
    job = trained(store, trainer, order())

    assert (job.state, job.version, job.promoted, job.error) == ("succeeded", 1, True, None)
    assert job.step <= 100 == job.steps
    assert job.history[-1][0] == job.step
    assert job.finished is not None
    assert job.started is not None
    assert store.versions.catalogue().models["elves"].champion == 1
    assert stored(url_with_tables).card.corpus.title == "elves"


@pytest.mark.no_cover
def test_every_step_by_another_worker_gives_the_same_bits_as_one_training(
    store: Store, make_trainer: MakeTrainer, url_with_tables: str
) -> None:
    corpus, short = Corpus.of(NAMES, "elves"), order(overrides={"hidden": 16, "steps": 40})
    plan = resolve_plan("default", len(corpus.split().train), overrides=short.overrides)
    training = Training(corpus, plan, short.seed)
    for _ in training.run():
        pass
    job = submitted(store, short)
    attempts = 0
    going_on = True
    while going_on:
        attempts += 1
        worker = make_trainer(f"worker {attempts}", checkpoint_seconds=0)
        claim = worker.begin(job.id)
        assert claim is not None
        going_on = worker.advance(claim)

    assert attempts > 5
    assert_same_bits(stored(url_with_tables), finish(training))


def test_a_list_in_a_file_and_a_bundled_one_are_read_as_they_came(
    store: Store, trainer: Trainer, url_with_tables: str
) -> None:
    rows = "\n".join(f"{name},7" for name in NAMES).encode()
    trained(store, trainer, order())
    trained(store, trainer, order(source="file"), rows)
    trained(store, trainer, order(source="bundled", corpus="polish-boys", overrides={"hidden": 8, "steps": 2}))

    assert_same_bits(stored(url_with_tables, version=1), stored(url_with_tables, version=2))
    assert stored(url_with_tables, version=3).card.corpus.title == "polish-boys"


def test_a_cancelled_job_is_let_go_of_at_the_next_step(store: Store, hasty: Trainer) -> None:
    claim = begun(store, hasty, order())
    assert hasty.advance(claim)
    store.jobs.cancel(claim.job.id)

    assert not hasty.advance(claim)

    assert not holds(store, claim)
    job = found(store, claim)
    assert (job.state, job.version) == ("cancelled", None)
    assert store.versions.catalogue().models == {}


def test_a_worker_that_comes_back_from_the_dead_writes_nothing(
    store: Store, hasty: Trainer, make_trainer: MakeTrainer
) -> None:
    claim = begun(store, hasty, order())
    assert hasty.advance(claim)
    other = make_trainer("two")
    taken_over = other.begin(claim.job.id)
    assert taken_over is not None
    before = store.runs.checkpoint_of(claim.job.id), found(store, claim)

    assert not hasty.advance(claim)

    assert (store.runs.checkpoint_of(claim.job.id), found(store, claim)) == before
    assert not holds(store, claim)
    assert holds(store, taken_over)


def test_a_version_that_was_taken_over_before_its_publication_is_published_once(
    store: Store, make_trainer: MakeTrainer
) -> None:
    trainer = make_trainer("one", checkpoint_seconds=math.inf)
    claim = begun(store, trainer, order())
    assert trainer.advance(claim)  # to its last checkpoint
    other = make_trainer("two")
    taken_over = other.begin(claim.job.id)
    assert taken_over is not None

    assert not trainer.advance(claim)
    assert store.versions.catalogue().models == {}
    assert not other.advance(taken_over)
    assert store.versions.catalogue().models["elves"].versions == (1,)


def test_a_training_that_diverges_fails_with_advice_and_leaves_what_is_in_service(
    store: Store, trainer: Trainer
) -> None:
    huge = random_model("abcdefghijklmnopqrstuvwxyz")
    for name, value in {"U": 0, "b": 0, "W": 1e6}.items():  # hidden units of 0, and gradients that grow at every letter
        huge.network.parameters[name][:] = value
    publish(store, "elves", huge)
    job = trained(store, trainer, order(parent="elves@1", overrides={"steps": 50}))

    assert job.state == "failed"
    assert "lower learning rate" in (job.error or "")
    assert store.versions.catalogue().models["elves"].champion == 1
    assert store.runs.content(job.id) is None
    assert store.runs.checkpoint_of(job.id) is None


def test_a_damaged_checkpoint_fails_the_job_and_says_so(store: Store, trainer: Trainer) -> None:
    claim = begun(store, trainer, order())
    store.runs.checkpoint(
        claim, b"half", step=1, steps=100, names_per_second=None, seconds_left=None, history=(), drawn=()
    )

    assert not trainer.advance(claim)

    job = found(store, claim)
    assert job.state == "failed"
    assert "the checkpoint: it is damaged" in (job.error or "")


def test_what_nobody_foresaw_fails_the_job_and_points_to_the_log(store: Store, trainer: Trainer) -> None:
    claim = begun(store, trainer, order())
    claim = replace(claim, job=replace(claim.job, plan={"colour": 1}))

    assert not trainer.advance(claim)

    job = found(store, claim)
    assert (job.state, job.error) == (
        "failed",
        "the training failed unexpectedly (TypeError); the worker's log has the reason",
    )


def test_a_limit_in_minutes_is_measured_once_and_then_kept(
    store: Store, hasty: Trainer, make_trainer: MakeTrainer
) -> None:
    limited = order(minutes=0.002, overrides={"hidden": 64, "steps": 100_000})
    claim = begun(store, hasty, limited)
    assert hasty.advance(claim)
    steps = found(store, claim).steps
    again = make_trainer("two").begin(claim.job.id)

    assert steps is not None
    assert steps < 100_000
    assert again is not None
    assert again.job.plan is not None
    assert again.job.plan["steps"] == steps


def test_a_job_that_an_earlier_release_planned_begins_from_random_weights_as_it_would_have_there(
    store: Store, make_trainer: MakeTrainer, weights: Path, url_with_tables: str
) -> None:
    """The earlier release chose the plan and ended before the first checkpoint; it knew no network of many kinds."""
    styles_file.save(styles_of(pretrained(), {}), weights / styles_file.FILE)
    corpus, silent = Corpus.of(NAMES, "elves"), order(overrides={})
    assert automatic_start(weights, "default", len(corpus.names), corpus.names, corpus.vocabulary.letters, {})
    later = {"cell", "layers", "between_dropout", "ngram", "style_size", "style_rate", "folds", "epochs"}
    plan = Hyperparameters("default", hidden=16, steps=40, batch=32, optimizer="adam", learning_rate=0.01)
    claim = begun(store, make_trainer("earlier"), silent)
    store.runs.plan(claim, {name: value for name, value in asdict(plan).items() if name not in later})

    trainer = make_trainer("later")
    taken_over = trainer.begin(claim.job.id)
    assert taken_over is not None
    while trainer.advance(taken_over):
        pass

    job = found(store, claim)
    assert (job.state, job.error) == ("succeeded", None)
    training = Training(corpus, plan, silent.seed)
    for _ in training.run():
        pass
    assert_same_bits(stored(url_with_tables), finish(training))


def test_a_training_starts_from_a_bundled_or_a_trained_version(
    store: Store, trainer: Trainer, url_with_tables: str
) -> None:
    from_bundled = trained(store, trainer, order(parent="us@0", overrides={"steps": 50}))
    from_trained = trained(store, trainer, order(parent="elves@1", overrides={"steps": 50}))

    assert (from_bundled.state, from_trained.state) == ("succeeded", "succeeded"), from_trained.error
    first, second = stored(url_with_tables, version=1), stored(url_with_tables, version=2)
    assert first.card.parent != second.card.parent != ""


def test_a_parent_that_was_deleted_meanwhile_fails_the_job(store: Store, trainer: Trainer) -> None:
    job = trained(store, trainer, order(parent="elves@4"))
    assert (job.state, job.error) == ("failed", "elves@4: there is no such version")


def test_a_job_that_brings_its_worker_down_again_and_again_fails(store: Store, trainer: Trainer) -> None:
    job = submitted(store, order())
    claims = [trainer.begin(job.id) for _ in range(MAX_FRUITLESS + 1)]

    assert claims[-2] is not None
    assert claims[-1] is None
    ended = store.jobs.get(job.id)
    assert ended is not None
    assert ended.state == "failed"
    assert "fewer hidden units" in (ended.error or "")


def test_attempts_that_reach_a_checkpoint_are_not_counted_against_a_job(store: Store, hasty: Trainer) -> None:
    job = submitted(store, order())
    for _ in range(MAX_FRUITLESS + 1):
        claim = hasty.begin(job.id)
        assert claim is not None
        assert hasty.advance(claim)


def test_progress_tells_the_speed_and_the_time_left(store: Store, hasty: Trainer) -> None:
    claim = begun(store, hasty, order())
    hasty.advance(claim)
    hasty.advance(claim)
    job = found(store, claim)

    assert 0 < job.step < 100
    assert job.names_per_second is not None
    assert job.names_per_second > 0
    assert job.seconds_left is not None
    assert job.seconds_left > 0


def test_progress_has_names_that_the_network_draws_until_the_job_ends(store: Store, hasty: Trainer) -> None:
    claim = begun(store, hasty, order())
    hasty.advance(claim)
    early = found(store, claim).drawn
    while hasty.advance(claim):
        pass

    assert early
    assert not {name.casefold() for name in early} & {name.casefold() for name in NAMES}
    assert found(store, claim).drawn == ()


@pytest.mark.parametrize("ordered", ["if_better", "never"])
def test_a_version_that_does_not_go_into_service_is_kept(store: Store, trainer: Trainer, ordered: str) -> None:
    worse = {"hidden": 1, "steps": 1, "learning_rate": 1e-9}
    trained(store, trainer, order())
    job = trained(store, trainer, order(publish=ordered, overrides=worse))

    assert (job.state, job.version, job.promoted) == ("succeeded", 2, False)
    entry = store.versions.catalogue().models["elves"]
    assert (entry.champion, entry.versions) == (1, (1, 2))


def test_what_came_into_service_meanwhile_is_compared_with_too(store: Store, weights: Path) -> None:
    """A rival is published between the verdict and the publication, which then has to be decided anew."""

    class Rival(PromotionPolicy):
        rivals = 0

        def decide(self, *args: Any) -> Any:
            decision = super().decide(*args)
            if not self.rivals:
                self.rivals += 1
                publish(store, "elves", random_model("abc"))
            return decision

    trainer = Trainer(store, Rival(store, weights), "one", Event())
    job = trained(store, trainer, order(publish="if_better"))

    assert job.version == 2
    assert (job.verdict or "").startswith("version 1, which is in service, can spell only")
    assert job.promoted is False


def test_what_is_said_of_the_names_stands_in_the_card(store: Store, trainer: Trainer, url_with_tables: str) -> None:
    trained(store, trainer, order(language="Sindarin", kind="invented", overrides={"hidden": 8, "steps": 2}))
    trained(store, trainer, order(overrides={"hidden": 8, "steps": 2}))
    said, silent = (stored(url_with_tables, version=version).card.description for version in (1, 2))
    assert (said.language, said.kind) == ("Sindarin", "invented")
    assert (silent.language, silent.kind) == ("", "")


def test_a_training_from_random_weights_has_no_parent(store: Store, trainer: Trainer, url_with_tables: str) -> None:
    job = trained(store, trainer, order(parent="none", overrides={"hidden": 8, "steps": 2}))
    assert job.state == "succeeded", job.error
    assert stored(url_with_tables).card.parent == ""


def test_json_names_that_hold_commas_are_one_name_each(store: Store, trainer: Trainer, url_with_tables: str) -> None:
    trained(store, trainer, order(overrides={"hidden": 8, "steps": 2}), json.dumps([*NAMES, "Zzy, Zzy"]).encode())
    assert "z" in stored(url_with_tables).vocabulary.letters
