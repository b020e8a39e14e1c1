"""Two sites on one database, the trainings that they have accepted, and what they have promised of their models."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import numpy as np

from app.store.records import Entry
from model.artifact.model_file import Artifact
from tests.chaos.sites import Site
from tests.support.postgresql import Cluster
from tests.support.processes import until
from tests.support.stores import opened, stored
from tests.support.tcp_proxy import TcpProxy
from tests.support.trainings import ENDED, Job, some_names

CANARY = "Zyxwvquthrin"
"""A name that is in every list and nowhere else, by which a list is found in the files of a database."""

TRAINED = "elves"
"""The model that is trained while something goes wrong."""

TRAINING_SECONDS = 420
"""Longest that an accepted training is waited for, with all that may hold it up."""

STEPS_PER_SECOND = 400
"""Of `order`, about, on an idle machine."""

Known: TypeAlias = list[Entry | None]
"""States that a model may be in."""


def order(steps: int, model: str = TRAINED) -> Job:
    """A small training, the same each time: so is what comes of it."""
    return {
        "model": model,
        "names": [*some_names(150), CANARY],
        "hidden": 64,
        "batch": 16,
        "steps": steps,
        "learning_rate": 0.0005,
        "seed": 1,
        "publish": "always",
    }


@dataclass(kw_only=True)
class Installation:
    """What runs, and what is known of it.

    Attributes
    ----------
    kind : str
        "sqlite" or "postgresql".
    url : str
        Of the database, by a way that no fault is on.
    files : Path
        The folder in which the database keeps its tables.
    sites : list of Site
        The services with their workers.
    links : list of TcpProxy
        The way of each site to its database server, where a proxy is on it.
    interfaces : list of str
        The network interfaces that lead to the sites, where each has a network of its own.
    cluster : Cluster, optional
        The database server.
    order : Job
        What is trained while something goes wrong.
    new_database : callable
        Makes an empty database of the same kind; its URL.
    accepted : set of str
        The jobs that were accepted.
    known : dict of str to Known
        By model, the states that it may be in: one, unless an answer was lost.
    whole : Artifact, optional
        What the order makes where nothing goes wrong.
    """

    kind: str
    url: str
    files: Path
    sites: list[Site]
    order: Job
    new_database: Callable[[], str]
    links: Sequence[TcpProxy] = ()
    interfaces: Sequence[str] = ()
    cluster: Cluster | None = None
    accepted: set[str] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)
    whole: Artifact | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start both sites, see what the order makes, and stop them in the end."""
        try:
            for site in self.sites:
                site.start()
            for site in self.sites:
                site.until_ready()
            self.until_succeeded(self.submit(self.order))
            self.whole = stored(self.url, TRAINED)
            yield
        finally:
            for site in self.sites:
                site.end()

    def submit(self, wanted: Job, rng: np.random.Generator | None = None) -> str:
        """Have a training accepted by either site, and ask again where no answer comes: the same one is meant."""
        key = {"Idempotency-Key": secrets.token_hex(8)}
        sites = self.sites if rng is None else [self.sites[place] for place in rng.permutation(len(self.sites))]

        def accepted() -> str | None:
            for site in sites:
                answer = try_request(site, "POST", "/train", json=wanted, headers=key)
                if answer is not None and answer.status_code != 503:
                    assert answer.status_code in {200, 202}, answer.text
                    return str(answer.json()["id"])
            return None

        job = until(accepted, "an accepted training")
        self.accepted.add(job)
        return job

    def until_running(self, job: str, step: int = 1) -> None:
        """Wait until a training has made its first steps, by the store."""
        with opened(self.url) as store:

            def running() -> bool:
                found = store.jobs.get(job)
                assert found is not None, f"job {job} is lost"
                assert found.state not in {"failed", "cancelled"}, found
                return found.step >= step

            until(running, f"step {step} of job {job}", seconds=TRAINING_SECONDS)

    def until_succeeded(self, job: str) -> int:
        """Wait for a training; the version that it made."""
        with opened(self.url) as store:

            def ended() -> Any:
                found = store.jobs.get(job)
                assert found is not None, f"job {job} is lost"
                return found if found.state in ENDED else None

            found = until(ended, f"the end of job {job}", seconds=TRAINING_SECONDS, pause=0.1)
        assert found.state == "succeeded", found
        model, version = found.order.model, found.version
        entries = self.known.get(model, [None])
        self.known[model] = [_with_version(entry, version, promoted=bool(found.promoted)) for entry in entries]
        return int(version)

    def busy_site(self) -> Site:
        """The site whose worker trains, by the name of the worker or by having one at all."""
        with opened(self.url) as store:
            unfinished = [store.jobs.get(job) for job in store.runs.unfinished()]
        names = [job.worker for job in unfinished if job is not None and job.worker]
        named = [site for site in self.sites if site.name in names]
        return (named or [site for site in self.sites if site.workers] or self.sites)[0]


class NotHere(Exception):
    """This machine cannot be harmed in this way; says why."""


Fault: TypeAlias = Callable[[Installation, np.random.Generator], str]
"""Does its harm while an installation trains, and undoes it where that does not happen by itself; says what it did."""


def try_request(site: Site, method: str, path: str, **options: Any) -> httpx.Response | None:
    """An answer; None where the connection breaks, or there is none to be had."""
    try:
        return site.client.request(method, path, **options)
    except (httpx.HTTPError, AssertionError):  # a service that has ended has no port
        return None


def _with_version(entry: Entry | None, version: int, *, promoted: bool) -> Entry:
    if entry is None:
        return Entry(version if promoted else None, (version,), is_withdrawn=False)
    return Entry(version if promoted else entry.champion, (*entry.versions, version), is_withdrawn=entry.is_withdrawn)
