"""A job in steps of a few seconds, each of which ends with a checkpoint in the store.

Where the steps begin and end changes nothing: a training is decided by its list, plan and seed, and goes on from a
checkpoint bit for bit. So it does not matter which process takes which step, or takes one twice.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict
from threading import Event

from app.logs import get_logger
from app.store.errors import Superseded
from app.store.records import Claim, Order
from app.store.sync_store import Store
from app.worker.promotion import Judge
from app.worker.retry import retry_while_unavailable
from app.worker.throughput import Throughput
from model.artifact import model_file
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.errors import NameModelError
from model.training import checkpoint
from model.training.finish import finish
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.plan import resolve_plan
from model.training.start import Start

STEP_SECONDS = 3.0
"""How long a step trains: the most work that a crash loses."""

TELL_SECONDS = 1.0
"""How often progress is told, and with it found out whether the job was cancelled."""

MAX_FRUITLESS = 5
"""Attempts at a job that may end without a checkpoint before it fails: something in it brings the worker down."""

log = get_logger(__name__)


class Trainer:
    """Does jobs, one at a time.

    Parameters
    ----------
    store
        Where jobs, checkpoints and versions are.
    judge
        Decides what goes into service.
    worker
        The name that its claims bear.
    stopping
        Set when the process is asked to end: a step then ends early, with its checkpoint.
    """

    def __init__(self, store: Store, judge: Judge, worker: str, stopping: Event) -> None:
        self._store = store
        self._judge = judge
        self._worker = worker
        self._stopping = stopping
        self._training: Training | None = None

    def begin(self, job: str) -> Claim | None:
        """Claim a job for a new attempt; None where it has ended."""
        self._training = None
        claim = retry_while_unavailable(lambda: self._store.jobs.begin(job, self._worker, MAX_FRUITLESS))
        if claim:
            log.info("training", job=job, model=claim.job.order.model, attempt=claim.attempt)
        return claim

    def holds(self, claim: Claim) -> bool:
        """Whether a claim still stands: the job has not ended and is not another's."""
        return retry_while_unavailable(lambda: self._store.jobs.holds(claim))

    def advance(self, claim: Claim) -> bool:
        """Take one step; False when nothing is left to do: the job has ended, or is another's by now."""
        try:
            if self._training is None:
                self._training = self._take_up(claim)
                self._pace = Throughput(self._training)
            if not self._training.done:
                self._train(claim, self._training, self._pace)
                return True
            self._publish(claim, self._training)
        except Superseded:
            log.info("let go of a job that was cancelled or taken over", job=claim.job.id)
        except NameModelError as error:
            self._fail(claim, str(error))
        except Exception as error:
            log.exception("training failed", job=claim.job.id)
            self._fail(
                claim, f"the training failed unexpectedly ({type(error).__name__}); the worker's log has the reason"
            )
        self._training = None
        return False

    def _take_up(self, claim: Claim) -> Training:
        """The training as its last checkpoint left it, or before its first step."""
        order = claim.job.order
        corpus = read_list(order, retry_while_unavailable(lambda: self._store.jobs.content(claim.job.id)))
        saved = retry_while_unavailable(lambda: self._store.jobs.checkpoint_of(claim.job.id))
        if saved is not None:
            return checkpoint.unpack(saved, corpus, "the checkpoint")
        start = None
        if order.parent is not None:
            name, _, version = order.parent.rpartition("@")
            parent = retry_while_unavailable(lambda: self._judge.load(name, int(version)))
            start = Start.of(parent)
        return Training(corpus, self._plan(claim, corpus, start), order.seed, start)

    def _plan(self, claim: Claim, corpus: Corpus, start: Start | None) -> Hyperparameters:
        """The hyperparameters: chosen once, and then kept, since a limit in minutes is worth another number of steps
        each time it is measured.
        """
        if claim.plan is not None:
            return Hyperparameters(**claim.plan)
        order = claim.job.order
        plan = resolve_plan(
            order.preset,
            len(corpus.split().train),
            overrides=order.overrides,
            epochs=order.epochs,
            minutes=order.minutes,
            start=start,
            letters=corpus.vocabulary.letters,
            trial=lambda plan: Training(corpus, plan, order.seed, start),
        )
        retry_while_unavailable(lambda: self._store.jobs.plan(claim, asdict(plan)))
        return plan

    def _train(self, claim: Claim, training: Training, pace: Throughput) -> None:
        began = time.monotonic()
        told = -math.inf
        while not training.done:
            pace.go_on()
            now = time.monotonic()
            if now - began > STEP_SECONDS or self._stopping.is_set():
                break
            if now - told > TELL_SECONDS:
                told = now
                retry_while_unavailable(lambda: self._store.jobs.progress(claim, **pace.progress()))
        content = checkpoint.pack(training)
        retry_while_unavailable(lambda: self._store.jobs.checkpoint(claim, content, **pace.progress()))

    def _publish(self, claim: Claim, training: Training) -> None:
        trained = finish(training)
        content = model_file.pack(trained)

        def publish() -> int | None:
            verdict = self._judge.verdict(claim.job.order, trained, training.split.test)
            return self._store.versions.publish(
                claim,
                content,
                trained.card.to_json(),
                promote=verdict.promote,
                verdict=verdict.reason,
                champion_seen=verdict.champion_seen,
            )

        while (version := retry_while_unavailable(publish)) is None:
            log.info("what is in service has changed; comparing again", job=claim.job.id)
        log.info("trained", job=claim.job.id, model=claim.job.order.model, version=version)

    def _fail(self, claim: Claim, error: str) -> None:
        log.warning("training failed", job=claim.job.id, reason=error)
        try:
            retry_while_unavailable(lambda: self._store.jobs.fail(claim, error))
        except Superseded:
            log.info("the job was another's by then", job=claim.job.id)


def read_list(order: Order, content: bytes | None) -> Corpus:
    """The list of an order."""
    if order.source == "bundled":
        return Corpus.read(bundled_path(order.corpus))
    if content is None:
        raise Superseded  # it went when the job ended
    if order.source == "names":
        return Corpus.of(json.loads(content), order.corpus)
    return Corpus.parse(content, order.corpus)
