"""Processes that are killed, stopped for a while, or hang."""

from __future__ import annotations

import signal
import time

import numpy as np

from tests.chaos.installation import Fault, Installation
from tests.chaos.sites import Site, pause_all, resume_all, send
from tests.support.processes import is_alive, until

BUSY_SHARE = 0.7
HANG_SECONDS = 120
"""Longest until a supervisor has killed a worker that hangs."""


def kill_worker(installation: Installation, _: np.random.Generator) -> str:
    """SIGKILL; its service starts another."""
    workers = installation.busy_site().workers
    for worker in workers:
        send(worker, signal.SIGKILL)
    return f"{len(workers)} killed"


def kill_service(installation: Installation, rng: np.random.Generator) -> str:
    """SIGKILL; its worker ends, another may begin at the other site."""
    site = _site(installation, rng)
    site.kill()
    site.start()
    return f"site {site.name}"


def kill_both(installation: Installation, rng: np.random.Generator) -> str:
    """SIGKILL of a service and its worker."""
    site = _site(installation, rng)
    site.kill_all()
    site.start()
    return f"site {site.name}"


def kill_everything(installation: Installation, _: np.random.Generator) -> str:
    """SIGKILL of all services, all workers, and a crash of the database server."""
    for site in installation.sites:
        site.kill_all()
    if installation.cluster:
        installation.cluster.stop("immediate")
        installation.cluster.start()
    for site in installation.sites:
        site.start()
    return "both sites"


def stop_service(installation: Installation, rng: np.random.Generator) -> str:
    """SIGTERM, and a new start."""
    site = _site(installation, rng)
    site.stop()
    site.start()
    return f"site {site.name}"


def pause_worker(installation: Installation, rng: np.random.Generator) -> str:
    """SIGSTOP and, before anybody minds, SIGCONT."""
    return _pause(installation.busy_site().workers, rng.uniform(1, 12))


def pause_service(installation: Installation, rng: np.random.Generator) -> str:
    """The same of a service; its worker goes on."""
    return _pause([_site(installation, rng).process.process.pid], rng.uniform(1, 12))


def pause_site(installation: Installation, rng: np.random.Generator) -> str:
    """The same of a service and its worker, as a machine that sleeps, for longer than others wait for it."""
    site = _site(installation, rng)
    return _pause([site.process.process.pid, *site.workers], rng.uniform(5, 40))


def hang_worker(installation: Installation, _: np.random.Generator) -> str:
    """SIGSTOP for good: its supervisor has to find out."""
    worker = until(lambda: installation.busy_site().workers, "a worker")[0]
    pause_all([worker])
    began = time.monotonic()
    until(lambda: not is_alive(worker), "the end of a worker that hangs", seconds=HANG_SECONDS)
    return f"killed after {time.monotonic() - began:.0f} s"


def _pause(processes: list[int], seconds: float) -> str:
    pause_all(processes)
    try:
        time.sleep(seconds)
    finally:
        resume_all(processes)
    return f"{seconds:.0f} s"


def _site(installation: Installation, rng: np.random.Generator) -> Site:
    """The site that trains, or any."""
    if rng.random() < BUSY_SHARE:
        return installation.busy_site()
    return installation.sites[rng.integers(len(installation.sites))]


FAULTS: dict[str, Fault] = {
    "worker killed": kill_worker,
    "service killed": kill_service,
    "both killed": kill_both,
    "everything killed": kill_everything,
    "service stopped": stop_service,
    "worker paused": pause_worker,
    "service paused": pause_service,
    "site paused": pause_site,
    "worker hangs": hang_worker,
}
