"""Two sites in network namespaces of their own, whose interfaces go down: real packets are lost.

All of it runs in a namespace that is apart from the machine's own network, see `inside`. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx
import numpy as np

from tests.chaos.database_faults import draws
from tests.chaos.installation import Fault, Installation, order
from tests.chaos.sites import Site
from tests.support.postgresql import Cluster, server_binaries
from tests.support.processes import until

SITES = ("one", "two")
NETWORK = "10.77.0.0/16"
PROBE = "ip link set lo up && ip link add probe0 type veth peer name probe1"
HERE = Path("/proc/self/ns/net")
WAYS = (["unshare", "--net"], ["unshare", "--user", "--map-current-user", "--keep-caps", "--net"])
"""How root comes into a network namespace, and how everybody else does."""

CLONE_NEWNET = 0x40000000  # from linux/sched.h


def inside() -> list[str] | None:
    """What runs a command in a network namespace of its own; None where this machine allows none."""
    for way in WAYS:
        try:
            if not subprocess.run([*way, "sh", "-c", PROBE], capture_output=True).returncode:
                return way
        except FileNotFoundError:
            return None
    return None


@contextmanager
def in_namespaces(steps: int) -> Iterator[Installation]:
    """Two services with a worker each on one PostgreSQL, all three in networks of their own."""
    binaries = server_binaries()
    assert binaries is not None, "no PostgreSQL server here: 'apt-get install postgresql' adds one"
    _ip("link", "set", "lo", "up")
    with ExitStack() as stack:
        cluster = Cluster(binaries, durable=True, networks=[NETWORK])
        stack.callback(cluster.remove)
        cluster.start()
        url = cluster.create_database()
        sites, interfaces = [], []
        for number, name in enumerate(SITES, 1):
            holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
            stack.callback(holder.kill)
            there = Path(f"/proc/{holder.pid}/ns/net")
            until(lambda: there.readlink() != HERE.readlink(), "a namespace")  # noqa: B023
            enter = ["nsenter", f"--net={there}"]
            interface = f"chaos{number}"
            _ip("link", "add", interface, "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid))
            _ip("address", "add", f"10.77.{number}.1/24", "dev", interface)
            _ip("link", "set", interface, "up")
            _ip("link", "set", "lo", "up", prefix=enter)
            _ip("address", "add", f"10.77.{number}.2/24", "dev", "eth0", prefix=enter)
            _ip("link", "set", "eth0", "up", prefix=enter)
            own_url = url.replace("127.0.0.1", f"10.77.{number}.1")
            sites.append(Site(name, own_url, prefix=enter, new_transport=partial(_Transport, there)))
            interfaces.append(interface)
        yield Installation(
            kind="postgresql",
            url=url,
            files=cluster.folder / "data",
            sites=sites,
            order=order(steps),
            interfaces=interfaces,
            cluster=cluster,
            new_database=cluster.create_database,
        )


def go_down(installation: Installation, rng: np.random.Generator) -> str:
    """No packet passes."""
    return _down(installation, rng, rng.uniform(1, 15))


def go_down_for_long(installation: Installation, rng: np.random.Generator) -> str:
    """The same, for so long that the worker there counts as lost."""
    return _down(installation, rng, rng.uniform(35, 50))


def lose_packets(installation: Installation, rng: np.random.Generator) -> str:
    """What is on its way is lost now and then, and sent again."""
    interfaces, times = _some(installation, rng), int(rng.integers(20, 60))
    with draws(installation):
        for _ in range(times):
            for interface in interfaces:
                _ip("link", "set", interface, "down")
            time.sleep(rng.uniform(0, 0.2))
            for interface in interfaces:
                _ip("link", "set", interface, "up")
            time.sleep(rng.uniform(0, 0.3))
    return f"{len(interfaces)} interfaces, {times} times"


def _down(installation: Installation, rng: np.random.Generator, seconds: float) -> str:
    interfaces = _some(installation, rng)
    with draws(installation):
        for interface in interfaces:
            _ip("link", "set", interface, "down")
        time.sleep(seconds)
        for interface in interfaces:
            _ip("link", "set", interface, "up")
    return f"{len(interfaces)} interfaces, {seconds:.0f} s"


def _some(installation: Installation, rng: np.random.Generator) -> list[str]:
    """One interface, or all of them."""
    found = installation.interfaces
    return [found[place] for place in rng.permutation(len(found))[: int(rng.integers(1, len(found) + 1))]]


FAULTS: dict[str, Fault] = {
    "interface down": go_down,
    "interface down for long": go_down_for_long,
    "packets dropped": lose_packets,
}


class _Transport(httpx.HTTPTransport):
    """Connects from within a network namespace, which each thread is in by itself."""

    def __init__(self, namespace: Path) -> None:
        super().__init__(trust_env=False)
        self._there, self._here = (os.open(path, os.O_RDONLY) for path in (namespace, HERE))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        _enter(self._there)
        try:
            return super().handle_request(request)
        finally:
            _enter(self._here)

    def close(self) -> None:
        super().close()
        for each in (self._there, self._here):
            os.close(each)


def _enter(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*words: str, prefix: list[str] | None = None) -> None:
    subprocess.run([*(prefix or []), "ip", *words], check=True)
