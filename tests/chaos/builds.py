"""Installations on each kind of database."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chaos.installation import Installation, order
from tests.chaos.namespaces import in_namespaces
from tests.chaos.sites import Site
from tests.support.postgresql import Cluster, server_binaries
from tests.support.tcp_proxy import TcpProxy

DISK_MEGABYTES = {"sqlite": 64, "postgresql": 320}
"""Size of the disk that is filled, where one can be mounted."""

POSTGRESQL_SITES = ("one", "two")
SQLITE_SITES = ("", "")
"""Of one name, of which one at a time has the worker."""


@contextmanager
def on_sqlite(steps: int) -> Iterator[Installation]:
    """Two services on one file, which share one worker."""
    with small_disk("sqlite") as folder:
        url = f"sqlite:///{folder}/namewright.db"
        numbers = itertools.count()
        yield Installation(
            kind="sqlite",
            url=url,
            files=folder,
            sites=[Site(name, url) for name in SQLITE_SITES],
            order=order(steps),
            new_database=lambda: f"sqlite:///{folder}/another-{next(numbers)}.db",
        )


@contextmanager
def on_postgresql(steps: int) -> Iterator[Installation]:
    """Two services with a worker each, and a link each to the server."""
    binaries = server_binaries()
    assert binaries is not None, "no PostgreSQL server here: 'apt-get install postgresql' adds one"
    with small_disk("postgresql") as folder, ExitStack() as stack:
        cluster = Cluster(binaries, durable=True, parent=folder)
        stack.callback(cluster.remove)
        cluster.start()
        links = [stack.enter_context(TcpProxy(cluster.port)) for _ in POSTGRESQL_SITES]
        url = cluster.create_database()
        yield Installation(
            kind="postgresql",
            url=url,
            files=cluster.folder / "data",
            sites=[
                Site(name, url.replace(f":{cluster.port}/", f":{link.port}/"))
                for name, link in zip(POSTGRESQL_SITES, links, strict=True)
            ],
            order=order(steps),
            links=links,
            cluster=cluster,
            new_database=cluster.create_database,
        )


BUILDS = {"sqlite": on_sqlite, "postgresql": on_postgresql, "namespaces": in_namespaces}
"""By what is said on the command line."""


@contextmanager
def small_disk(kind: str) -> Iterator[Path]:
    """A folder on a small file system of its own where one can be mounted, else on the one that there is."""
    with tempfile.TemporaryDirectory(prefix="namewright-chaos-") as name:
        folder = Path(name)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES[kind]}m", "namewright-chaos", name]
        is_mounted = os.geteuid() == 0 and not subprocess.run(mount, capture_output=True).returncode
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            if is_mounted:
                subprocess.run(["umount", "-l", name], check=True)
