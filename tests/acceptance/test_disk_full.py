"""A disk that fills up during a training harms neither the database nor the answers."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.outages import Sampler
from tests.support.processes import until
from tests.support.trainings import (
    admin,
    find_job,
    lasting,
    quick,
    submit,
    training_service,
    until_ended,
    until_running,
)

pytestmark = pytest.mark.slow

MEGABYTES = 24
FULL = "the disk of the database is full"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system, unmounted after the test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "namewright-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a file system takes root, and a container that allows it")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_holds_up_a_training_and_nothing_else(small_disk: Path) -> None:
    with (
        training_service(f"sqlite:///{small_disk}/namewright.db") as service,
        admin(service) as client,
        Sampler(service) as sampler,
    ):
        job = submit(client, lasting(6))["id"]
        until_running(client, job)
        filling = small_disk / "filling"
        fill(filling)
        service.await_line(re.compile(f"waiting for the database.*{FULL}"))
        assert find_job(client, job)["state"] == "running"
        refused = client.post("/train", json=quick())
        assert (refused.status_code, FULL in refused.json()["detail"]) == (503, True), refused.text
        ready = until(lambda: _without_room(client), "the readiness of a full disk")
        assert FULL in ready["reason"]
        with closing(sqlite3.connect(small_disk / "namewright.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

        filling.unlink()
        until(lambda: client.get("/health/ready").json()["training"]["available"], "room on the disk")
        ended = until_ended(client, job)
        assert (ended["state"], ended["version"]) == ("succeeded", 1), ended
    assert sampler.failures == []


def _without_room(client: httpx.Client) -> dict[str, Any] | None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200  # names are drawn all the same
    training: dict[str, Any] = answer.json()["training"]
    return None if training["available"] else training


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
