"""Training a job a few seconds at a time, each ending with a checkpoint in the store.

A training is determined by its list, plan and seed, and goes on from a checkpoint bit for bit. So it does not matter
which process trains which part of it, or whether two train the same part.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from threading import Event
from typing import Any, TypeVar

from app.logs import get_logger
from app.store.errors import Outage, Superseded
from app.store.lists import read_list
from app.store.records import RANDOM_WEIGHTS, Claim, Order
from app.store.sync_store import Store
from app.worker.description import described
from app.worker.promotion import PromotionPolicy
from app.worker.retry import retry_while_unavailable
from app.worker.throughput import Throughput
from model.artifact import model_file
from model.corpus.corpus import Corpus
from model.errors import NameModelError
from model.training import checkpoint
from model.training.automatic_start import automatic_start
from model.training.finish import finish
from model.training.folds import AnyTraining, begin
from model.training.hyperparameters import Hyperparameters
from model.training.plan import resolve_plan
from model.training.start import Start

CHECKPOINT_SECONDS = 3.0
"""How long to train between two checkpoints: the most work that a crash loses."""

PROGRESS_SECONDS = 1.0
"""How often progress is written, which also finds out whether the job was cancelled."""

MAX_FRUITLESS = 5
"""Attempts at a job that may end without a checkpoint before it fails: something in it brings the worker down."""

log = get_logger(__name__)

T = TypeVar("T")


class Trainer:
    """Trains jobs, one at a time.

    Parameters
    ----------
    store
        Holds jobs, checkpoints and versions.
    promotion
        Decides what goes into service.
    worker
        The name of this worker.
    stopping
        Set when the process is to end: training then stops early, with a checkpoint.
    checkpoint_seconds, progress_seconds
        Time between two checkpoints, and between two reports of progress.
    """

    def __init__(
        self,
        store: Store,
        promotion: PromotionPolicy,
        worker: str,
        stopping: Event,
        *,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
        progress_seconds: float = PROGRESS_SECONDS,
    ) -> None:
        self._store = store
        self._promotion = promotion
        self._worker = worker
        self._stopping = stopping
        self._checkpoint_seconds = checkpoint_seconds
        self._progress_seconds = progress_seconds
        self._throughput: Throughput | None = None

    def begin(self, job: str) -> Claim | None:
        """Claim a job for a new attempt; None where it has ended."""
        self._throughput = None
        claim = self._retry(lambda: self._store.runs.begin(job, self._worker, MAX_FRUITLESS))
        if claim:
            log.info("training", job=job, model=claim.job.order.model, attempt=claim.attempt)
        return claim

    def advance(self, claim: Claim) -> bool:
        """Train until the next checkpoint, or publish; False when the job has ended or is another worker's."""
        try:
            if self._throughput is None:
                self._throughput = Throughput(self._restore(claim))
            if not self._throughput.training.done:
                self._train(claim, self._throughput)
                return True
            self._publish(claim, self._throughput.training)
        except Superseded:
            log.info("job cancelled or taken over", job=claim.job.id)
        except Outage:
            raise
        except NameModelError as error:
            self._fail(claim, str(error))
        except Exception as error:
            log.exception("training failed", job=claim.job.id)
            self._fail(
                claim, f"the training failed unexpectedly ({type(error).__name__}); the worker's log has the reason"
            )
        self._throughput = None
        return False

    def _restore(self, claim: Claim) -> AnyTraining:
        """The training as its last checkpoint left it, or before its first step."""
        job, order = claim.job, claim.job.order
        content = self._retry(lambda: self._store.runs.content(job.id))
        if content is None and order.source != "bundled":
            raise Superseded  # the list was deleted when the job ended
        corpus = read_list(order.source, order.corpus, content)
        saved = self._retry(lambda: self._store.runs.checkpoint_of(job.id))
        if saved is not None:
            return checkpoint.unpack(saved, corpus, "the checkpoint")
        start = self._start(order, corpus, job.plan)
        return begin(corpus, self._plan(claim, corpus, start), order.seed, start)

    def _start(self, order: Order, corpus: Corpus, plan: dict[str, Any] | None) -> Start | None:
        """What the training starts from; None for random weights.

        Where the order doesn't say, the plan of an earlier attempt does: one without a style is for random weights, as
        every plan was before there was a network of many kinds.
        """
        letters = corpus.vocabulary.letters
        if order.parent is None:
            if plan is not None and not plan.get("style_size"):
                return None
            names, weights = corpus.names, self._promotion.weights
            return automatic_start(weights, order.preset, len(names), names, letters, order.overrides)
        if order.parent == RANDOM_WEIGHTS:
            return None
        name, _, version = order.parent.rpartition("@")
        return Start.of(self._retry(lambda: self._promotion.load(name, int(version)))).adapt(letters)

    def _plan(self, claim: Claim, corpus: Corpus, start: Start | None) -> Hyperparameters:
        """The hyperparameters, chosen by the first attempt: each measurement of a limit in minutes gives another number
        of steps.
        """
        if claim.job.plan is not None:
            return Hyperparameters(**claim.job.plan)
        order = claim.job.order
        plan = resolve_plan(
            order.preset,
            len(corpus.split().train),
            total=len(corpus.names),
            overrides=order.overrides,
            epochs=order.epochs,
            minutes=order.minutes,
            start=start,
            trial=lambda plan: begin(corpus, plan, order.seed, start),
        )
        self._retry(lambda: self._store.runs.plan(claim, asdict(plan)))
        return plan

    def _train(self, claim: Claim, throughput: Throughput) -> None:
        training, runs = throughput.training, self._store.runs
        began = time.monotonic()
        reported = -math.inf
        while not training.done:
            throughput.train()
            now = time.monotonic()
            if now - began > self._checkpoint_seconds or self._stopping.is_set():
                break
            if now - reported > self._progress_seconds:
                reported = now
                self._retry(lambda: runs.progress(claim, **throughput.progress()))
        content = checkpoint.pack(training)
        self._retry(lambda: runs.checkpoint(claim, content, **throughput.progress()))

    def _publish(self, claim: Claim, training: AnyTraining) -> None:
        trained = described(finish(training), claim.job.order)
        content = model_file.pack(trained)
        held_out = training.split.test or training.corpus.names  # with folds, every name was held out once

        def publish() -> int | None:
            decision = self._promotion.decide(claim.job.order, trained, held_out)
            return self._store.versions.publish(
                claim,
                content,
                trained.card.to_json(),
                promote=decision.promote,
                verdict=decision.reason,
                champion_seen=decision.champion_seen,
            )

        while (version := self._retry(publish)) is None:
            log.info("version in service changed; comparing again", job=claim.job.id)
        log.info("trained", job=claim.job.id, model=claim.job.order.model, version=version)

    def _fail(self, claim: Claim, error: str) -> None:
        log.warning("job failed", job=claim.job.id, reason=error)
        with suppress(Superseded):
            self._retry(lambda: self._store.runs.fail(claim, error))

    def _retry(self, work: Callable[[], T]) -> T:
        return retry_while_unavailable(work, self._stopping)
