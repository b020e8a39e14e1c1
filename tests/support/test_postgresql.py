"""The private PostgreSQL does what tests rely on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.support.checkout import ROOT
from tests.support.postgresql import WAIT_SECONDS, Cluster

pytestmark = pytest.mark.slow

INTERRUPTED = """
import time
from tests.support.checkout import ROOT
from tests.support.postgresql import Cluster, server_binaries
cluster = Cluster(server_binaries())
cluster.start()
print(cluster.url(), cluster.folder, flush=True)
time.sleep(600)
"""


def ask(url: str) -> str:
    with psycopg.connect(url, connect_timeout=2) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    return str(row[0])


def test_each_test_has_a_database_of_its_own(postgresql_url: str, cluster: Cluster) -> None:
    other = cluster.create_database()
    assert ask(postgresql_url) != ask(other)
    cluster.drop_database(other)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(other)


def test_it_takes_no_one_without_the_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        ask(f"postgresql://namewright:guess@127.0.0.1:{cluster.port}/postgres")


def test_it_comes_back_on_the_same_port(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster(durable=True)
    url = cluster.create_database()
    cluster.stop("immediate")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        ask(url)
    cluster.start()
    assert ask(url) in url

    cluster.pause()
    with pytest.raises(psycopg.OperationalError, match="timeout"):
        ask(url)
    cluster.resume()
    assert ask(url) in url


def test_it_ends_with_tests_that_are_killed(cluster: Cluster) -> None:
    assert cluster.port  # there are binaries
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        url, folder = tests.stdout.readline().split()
        assert ask(url) == "postgres"
        os.kill(tests.pid, signal.SIGKILL)

    deadline = time.monotonic() + WAIT_SECONDS
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        ask(url)
    assert not Path(folder).exists()
