"""Kill what trains at random and see that nothing is lost: ``make chaos``; ``make test`` has the short of it."""

from __future__ import annotations

import argparse
import itertools
import re
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import numpy as np

from model.artifact.model_file import Artifact
from tests.support.kills import VICTIMS, disturbed, undisturbed
from tests.support.outages import train_through_outage
from tests.support.postgresql import Cluster, server_binaries
from tests.support.processes import started
from tests.support.stores import assert_same_bits, opened, stored
from tests.support.trainings import Job, admin, find_job, lasting, submit, training_service, until_ended, until_running


def main() -> None:
    """Run as often as asked, half of it on each database, and stop PostgreSQL under a training."""
    arguments = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    arguments.add_argument("--runs", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=12, help="how long a training takes")
    arguments.add_argument("--outage", type=float, default=30, help="seconds for which PostgreSQL is away")
    arguments.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = arguments.parse_args()
    print(f"seed {asked.seed}", flush=True)

    binaries = server_binaries()
    assert binaries is not None, "no PostgreSQL server here: 'apt-get install postgresql' adds one"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        cluster = Cluster(binaries)
        stack.callback(cluster.remove)
        cluster.start()
        numbers = itertools.count()
        databases = {"sqlite": lambda: f"sqlite:///{folder}/{next(numbers)}.db", "postgresql": cluster.create_database}
        order = lasting(asked.seconds)
        whole = {kind: undisturbed(new_url(), order) for kind, new_url in databases.items()}
        expected, _ = whole["sqlite"]
        assert_same_bits(whole["postgresql"][0], expected)
        failures = kill_at_random(databases, whole, order, asked.runs, np.random.default_rng(asked.seed))
        assert_same_bits(come_back_from_the_dead(cluster.create_database(), order), expected)
        print("a worker that came back after its job was taken over wrote nothing", flush=True)
        if asked.outage:
            report = train_through_outage(cluster, cluster.create_database(), asked.outage)
            print(f"PostgreSQL away for {asked.outage:.0f} s: {report}", flush=True)
    sys.exit(bool(failures))


def kill_at_random(
    databases: Mapping[str, Callable[[], str]],
    whole: Mapping[str, tuple[Artifact, float]],
    order: Job,
    runs: int,
    rng: np.random.Generator,
) -> list[AssertionError]:
    """Kill one thing after the other on one database after the other; tells each run, and gives back what failed.

    `whole` has, for each kind of database, what a training makes that nobody disturbs, and how long it takes.
    """
    failures: list[AssertionError] = []
    for run, (victim, kind) in zip(range(runs), itertools.cycle(itertools.product(VICTIMS, databases)), strict=False):
        expected_artifact, expected_seconds = whole[kind]
        try:
            outcome = disturbed(databases[kind], order, victim, expected_seconds, rng)
            assert_same_bits(outcome.artifact, expected_artifact)
        except AssertionError as error:
            failures.append(error)
            print(f"{run + 1:3} {kind:10} {victim:10} FAILED: {error}", flush=True)
        else:
            print(f"{run + 1:3} {kind:10} {outcome}; the same bits", flush=True)
    print(f"{runs - len(failures)} of {runs} succeeded", flush=True)
    return failures


def come_back_from_the_dead(url: str, order: Job) -> Artifact:
    """What two workers publish, one of which is stopped in its tracks until the other has done its job."""
    with ExitStack() as stack:
        service = stack.enter_context(training_service(url, worker="none"))
        client = stack.enter_context(admin(service))
        one = stack.enter_context(
            started({"NAMEWRIGHT_DATABASE_URL": url, "NAMEWRIGHT_WORKER_ID": "one"}, "app.worker")
        )
        job = submit(client, order)["id"]
        until_running(client, job)
        one.process.send_signal(signal.SIGSTOP)
        stack.callback(one.process.send_signal, signal.SIGCONT)
        stack.enter_context(started({"NAMEWRIGHT_DATABASE_URL": url, "NAMEWRIGHT_WORKER_ID": "two"}, "app.worker"))
        ended = until_ended(client, job)
        assert ended["state"] == "succeeded", ended
        one.process.send_signal(signal.SIGCONT)
        one.await_line(re.compile("job cancelled or taken over"))
        again = find_job(client, job)
        assert again == ended, again
        with opened(url) as store:
            assert store.versions.catalogue().models["elves"].versions == (1,)
        return stored(url)


if __name__ == "__main__":
    main()
