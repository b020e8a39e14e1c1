"""Backups by the commands of the operator's page, while names are drawn and a model trains; and what comes of them."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from model.artifact.model_file import Artifact
from tests.support.checkout import ROOT
from tests.support.outages import Sampler
from tests.support.pages import block
from tests.support.postgresql import Cluster, server_binaries
from tests.support.stores import assert_same_bits, attempts_at, stored
from tests.support.trainings import (
    admin,
    find_job,
    lasting,
    quick,
    submit,
    training_service,
    until_ended,
    until_open,
    until_running,
)

pytestmark = pytest.mark.slow

IN_COMPOSE = "docker compose exec -T postgres "


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes URLs of empty places, one after the other."""
    if request.param == "sqlite":
        places: Iterator[str] = (f"sqlite:///{tmp_path}/{number}/namewright.db" for number in range(9))
        for number in range(2):
            (tmp_path / str(number)).mkdir()
        return lambda: next(places)
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.create_database


def run(command: str, url: str, folder: Path) -> None:
    """Run a command of the page, which is one of `namewright`, in a folder."""
    _, *arguments = shlex.split(block("docs/operating.md", command))
    words = [sys.executable, "-m", "app.cli"]
    parts = urlsplit(url)
    postgresql = {"PGHOST": parts.hostname, "PGPORT": str(parts.port), "PGPASSWORD": parts.password}
    environment = os.environ | {"NAMEWRIGHT_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    if parts.password:
        environment |= {name: value or "" for name, value in postgresql.items()}
    done = subprocess.run([*words, *arguments], cwd=folder, env=environment, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr


def binaries() -> Path:
    found = server_binaries()
    assert found is not None
    return found


def state(client: httpx.Client) -> dict[str, Any]:
    """What a service has of versions, champions and jobs that have ended."""
    models = {name: client.get(f"/models/{name}").raise_for_status().json() for name in ("elves", "us")}
    jobs = client.get("/train").raise_for_status().json()["jobs"]
    return {"models": models, "jobs": [job for job in jobs if job["finished"]]}


def test_a_backup_of_a_busy_service_makes_another_with_the_same_models_and_jobs(
    new_url: Callable[[], str], tmp_path: Path
) -> None:
    url, elsewhere, file = new_url(), new_url(), tmp_path / "namewright.backup"
    with training_service(url) as service, admin(service) as client:
        for seed in (1, 2):
            assert until_ended(client, submit(client, quick(seed=seed))["id"])["state"] == "succeeded"
        client.put("/models/elves/alias/champion", json={"version": 1}).raise_for_status()
        job = submit(client, lasting(5, "dwarves"))["id"]
        until_running(client, job)
        before = state(client)
        with Sampler(service) as sampler:
            run("namewright backup", url, tmp_path)
        assert (sampler.failures, sampler.answers > 0) == ([], True)
        assert find_job(client, job)["state"] == "running", "the backup was to be made during a training"
        assert until_ended(client, job)["state"] == "succeeded"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    run("namewright restore", elsewhere, tmp_path)
    with training_service(elsewhere) as service, admin(service) as client:
        until_open(client)
        ended = until_ended(client, job)
        assert (ended["state"], ended["version"]) == ("succeeded", 1), ended
        after = state(client)
        after["jobs"] = [one for one in after["jobs"] if one["id"] != job]
        assert after == before
        assert client.get("/sample?model=elves").json()["version"] == 1
    assert attempts_at(elsewhere, job) == 2
    for name, version in (("elves", 1), ("elves", 2), ("dwarves", 1)):
        assert_same_bits(stored(elsewhere, name, version), stored(url, name, version))


def test_the_commands_for_compose_make_the_same_models(cluster: Cluster, tmp_path: Path) -> None:
    """They run in the container of the database, as a user of the same name."""
    url, elsewhere = cluster.create_database(), cluster.create_database()
    with training_service(url) as service, admin(service) as client:
        assert until_ended(client, submit(client, quick())["id"])["state"] == "succeeded"
    made, restored = (url.rpartition("/")[2], elsewhere.rpartition("/")[2])
    commands = block("docs/operating.md", "docker compose exec")
    backup, restore = (line.removeprefix(IN_COMPOSE) for line in commands.splitlines())
    command, _, file = backup.partition(" >")
    with (tmp_path / file).open("wb") as archive:
        in_database(command, url, made, tmp_path, stdout=archive)
    command, _, file = restore.partition(" <")
    with (tmp_path / file).open("rb") as archive:
        in_database(command, elsewhere, restored, tmp_path, stdin=archive)
    expected: Artifact = stored(url)
    assert_same_bits(stored(elsewhere), expected)


def in_database(command: str, url: str, name: str, folder: Path, **files: Any) -> None:
    assert "--dbname=namewright" in command
    words = shlex.split(command.replace("--dbname=namewright", f"--dbname={name}"))
    parts = urlsplit(url)
    environment = os.environ | {"PGHOST": "127.0.0.1", "PGPORT": str(parts.port), "PGPASSWORD": str(parts.password)}
    done = subprocess.run([binaries() / words[0], *words[1:]], cwd=folder, env=environment, **files)
    assert done.returncode == 0
