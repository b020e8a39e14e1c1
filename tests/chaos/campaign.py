"""One fault after the other on one installation, each during a training and followed by a check of everything."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.artifact.model_file import Artifact
from tests.chaos import (
    catalogue_faults,
    clock_faults,
    database_faults,
    migration_faults,
    namespaces,
    network_faults,
    process_faults,
)
from tests.chaos.installation import Fault, Installation, NotHere
from tests.chaos.invariants import check
from tests.support.stores import attempts_at

EVERYWHERE = {
    "processes": process_faults.FAULTS,
    "catalogue": catalogue_faults.FAULTS,
    "migration": migration_faults.FAULTS,
}
PARTS: dict[str, dict[str, dict[str, Fault]]] = {
    "sqlite": EVERYWHERE | {"database": database_faults.ON_SQLITE, "clock": clock_faults.ON_SQLITE},
    "postgresql": EVERYWHERE
    | {
        "database": database_faults.ON_POSTGRESQL,
        "clock": clock_faults.ON_POSTGRESQL,
        "network": network_faults.ON_POSTGRESQL,
    },
    "namespaces": {"network": namespaces.FAULTS},
}
"""The faults of each kind of installation, by the part that they are of."""

SHARE = 0.6
"""Of a training, within which a fault begins."""

Build = Callable[[int], AbstractContextManager[Installation]]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one fault."""

    fault: str
    seconds: float
    detail: str = ""
    failure: str | None = None
    skipped: bool = False


def faults_of(kind: str, parts: Sequence[str]) -> dict[str, Fault]:
    """The faults of some parts, or of all, that a kind of installation can have, by their names."""
    found = PARTS[kind]
    return {name: fault for part in found if part in parts or not parts for name, fault in found[part].items()}


class Campaign:
    """Many faults, in an order that a seed gives, on an installation that is made anew only after a failure.

    Parameters
    ----------
    build : callable
        Makes an installation whose trainings have so many steps.
    steps : int
        Of each training.
    seed : int
        Of the order and of every fault.
    """

    def __init__(self, build: Build, steps: int, seed: int) -> None:
        self._build = build
        self._steps = steps
        self._seed = seed
        self.whole: Artifact | None = None

    def run(self, faults: Mapping[str, Fault], runs: int) -> Iterator[Result]:
        """Do so many faults, each kind about as often as the others."""
        possible = dict(faults)
        order = np.random.default_rng(self._seed)
        waiting: list[str] = []
        numbers = itertools.count()
        done = 0
        while done < runs and possible:
            with self._build(self._steps) as installation, installation.running():
                self.whole = installation.whole
                while done < runs and possible:
                    waiting = [name for name in waiting if name in possible] or list(order.permutation([*possible]))
                    name = waiting.pop()
                    result = self._run_one(installation, name, faults[name], next(numbers))
                    yield result
                    if result.skipped:
                        del possible[name]
                    else:
                        done += 1
                    if result.failure:
                        _keep_logs(installation)
                        break

    def _run_one(self, installation: Installation, name: str, fault: Fault, number: int) -> Result:
        rng = np.random.default_rng([self._seed, number])
        began = time.monotonic()
        try:
            if fault in catalogue_faults.FAULTS.values():
                catalogue_faults.prepare(installation)
            job = installation.submit(installation.order, rng)
            installation.until_running(job, int(rng.uniform(1, SHARE * self._steps)))
            try:
                detail = fault(installation, rng)
            except NotHere as reason:
                installation.until_succeeded(job)
                return Result(name, time.monotonic() - began, str(reason), skipped=True)
            version = installation.until_succeeded(job)
            check(installation, [version])
            attempts = attempts_at(installation.url, job)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was found
            return Result(name, time.monotonic() - began, failure=f"{type(error).__name__}: {error}")
        return Result(name, time.monotonic() - began, f"{detail}; {attempts} attempts".removeprefix("; "))


def _keep_logs(installation: Installation) -> None:
    """Write what the services have logged to where it can be read afterwards."""
    for number, site in enumerate(installation.sites):
        path = Path(tempfile.mkdtemp(prefix="namewright-chaos-log-")) / f"site-{number}.log"
        path.write_text(site.log, "utf-8")
        print(f"    the log of site {number}: {path}", flush=True)
