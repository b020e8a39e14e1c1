"""A private PostgreSQL for the tests: a cluster in a temporary folder, removed after them."""

from __future__ import annotations

import getpass
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

WAIT_SECONDS = 120
ROLE = "namewright"
STOPS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}

GUARD = 'read _; kill -QUIT "$1"; for _ in $(seq 100); do kill -0 "$1" && sleep 0.1; done; rm -rf "$2"'
"""Ends the server when the tests end, even if they are killed: their end closes the pipe that `read` waits for."""


def server_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine; None if there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("initdb")
    return Path(found).parent if found else None


class Cluster:
    """A PostgreSQL server on this machine, which keeps its port from start to start.

    It runs as an unprivileged user, since it refuses to run as root, and asks for a password. `durable` makes it wait
    for the disk, so that a killed server has everything that it confirmed. Its folder is made in `parent`, and it
    accepts connections from `networks` too.
    """

    def __init__(
        self, binaries: Path, *, durable: bool = False, parent: Path | None = None, networks: Sequence[str] = ()
    ) -> None:
        self._binaries = binaries
        self._user = _unprivileged_user()
        self._password = secrets.token_hex(8)
        self._databases = 0
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="namewright-pg-", dir=parent))
        self._log = self.folder / "log"
        password = self.folder / "password"
        password.write_text(self._password, "ascii")
        shutil.chown(self.folder, self._user)
        shutil.chown(password, self._user)
        self._run(
            "initdb", "--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--username={ROLE}",
            f"--pwfile={password}", f"--pgdata={self.folder / 'data'}",
        )  # fmt: skip
        with (self.folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.writelines(f"host all all {network} scram-sha-256\n" for network in networks)
        self._options = {
            "listen_addresses": "*" if networks else "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "fsync": "on" if durable else "off",
            "max_wal_size": "64MB",  # its folder may be on a small disk
        }

    def url(self, database: str = "postgres") -> str:
        """The URL of a database, as NAMEWRIGHT_DATABASE_URL has it."""
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Create an empty database; its URL."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, and close the connections to it."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)".encode())

    @property
    def is_running(self) -> bool:
        """Whether the server was started and has not ended."""
        return self._server is not None and self._server.poll() is None

    def start(self, **environment: str) -> None:
        """Start the server, with some more variables, and wait until it answers."""
        options = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [self._binaries / "postgres", "-D", self.folder / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which stop the server then
                env=os.environ | environment,
                **self._identity(),
            )
        guarded = ["sh", "-c", GUARD, "sh", str(self._server.pid), str(self.folder)]
        self._guard = subprocess.Popen(
            guarded, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + WAIT_SECONDS
        while (refused := self._refusal()) is not None:
            logged = self._log.read_text("utf-8", "replace")[-2000:]
            assert self._server.poll() is None, f"PostgreSQL ended: {logged}"
            assert time.monotonic() < deadline, f"PostgreSQL does not answer: {refused}; {logged}"
            time.sleep(0.05)

    def stop(self, how: str = "fast") -> None:
        """Stop the server: `fast` closes all connections, `immediate` amounts to a crash."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.kill()
            self._guard.stdin.close()
            self._guard.wait()
        if self._server is not None:
            self._server.send_signal(STOPS[how])
            self._server.wait(WAIT_SECONDS)
        self._guard = self._server = None

    def pause(self) -> None:
        """Make the server hang: it accepts connections and answers nothing."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue a paused server."""
        self._signal_all(signal.SIGCONT)

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _refusal(self) -> str | None:
        """Why the server refuses connections; None if it does not."""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def _signal_all(self, what: signal.Signals) -> None:
        """Signal the server and its child processes, which are in sessions of their own."""
        assert self._server is not None, "the server is not running"
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [(int(pid), int(parent)) for pid, parent in re.findall(r"(\d+)\s+(\d+)", listed)]
        for pid in [self._server.pid, *(pid for pid, parent in pairs if parent == self._server.pid)]:
            with suppress(ProcessLookupError):  # a child that has ended since
                os.kill(pid, what)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs."""
        done = subprocess.run(
            [self._binaries / program, *arguments], capture_output=True, text=True, cwd=self.folder, **self._identity()
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _identity(self) -> dict[str, Any]:
        """The user that the server runs as: our own, unless we are root."""
        if os.geteuid() != 0:
            return {}
        return {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}


def _unprivileged_user() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    """A free port below the range of outgoing connections, which could take it while the server is stopped."""
    for port in random.sample(range(15_000, 32_000), 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("no free port")


@pytest.fixture(scope="session")
def make_cluster() -> Iterator[Callable[..., Cluster]]:
    """Makes running clusters, for tests that stop or kill them; they are removed after the session."""
    binaries = server_binaries()
    if binaries is None:
        assert os.environ.get("CI") != "true", "no PostgreSQL server in CI"
        pytest.skip("no PostgreSQL server here: 'apt-get install postgresql' adds one")
    made: list[Cluster] = []

    def make(*, durable: bool = False) -> Cluster:
        made.append(cluster := Cluster(binaries, durable=durable))
        cluster.start()
        return cluster

    yield make
    for cluster in made:
        cluster.remove()


@pytest.fixture(scope="session")
def cluster(make_cluster: Callable[..., Cluster]) -> Cluster:
    """The server that tests share, each with a database of its own; tests must not stop it."""
    return make_cluster()


@pytest.fixture
def postgresql_url(cluster: Cluster) -> Iterator[str]:
    """An empty database on PostgreSQL."""
    url = cluster.create_database()
    yield url
    cluster.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.no_cover])])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind; what only PostgreSQL runs is measured in `tests/app/store`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'namewright.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url
