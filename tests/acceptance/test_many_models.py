"""A service with sixty models, of which it loads those that requests ask for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from model.artifact.model_file import save
from tests.support.processes import Process, started
from tests.support.random_models import random_model
from tests.support.services import LETTERS

pytestmark = pytest.mark.slow

NAMES = [f"style-{number:02}" for number in range(60)]
MEGABYTES = 4
"""Bound on the memory of loaded models: room for some five of them."""


def write_model(folder: Path, name: str, seed: int) -> None:
    save(random_model(LETTERS, hidden=256, seed=seed, end=1.0), folder / f"{name}.npz")


def resident_bytes(server: Process) -> int:
    """Memory of the process."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def metric(client: httpx.Client, name: str) -> float:
    """The sum of a metric over its labels."""
    text = client.get("/metrics").text
    return sum(float(value) for value in re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE))


def after_start(server: Process) -> int:
    with server.client() as client:
        assert client.get("/sample").json()["model"] == "us"
    return resident_bytes(server)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("weights")
    write_model(folder, "us", 0)
    write_model(folder, NAMES[0], 1)
    for name in NAMES[1:]:
        shutil.copy(folder / f"{NAMES[0]}.npz", folder / f"{name}.npz")
    return str(folder)


@pytest.fixture(scope="module")
def server(weights: str) -> Iterator[Process]:
    settings = {"NAMEWRIGHT_WEIGHTS": weights, "NAMEWRIGHT_MAX_CACHED_MEGABYTES": str(MEGABYTES)}
    with started(settings) as server:
        yield server


def test_models_that_nobody_asks_for_take_next_to_no_memory(server: Process, tmp_path: Path) -> None:
    write_model(tmp_path, "us", 0)
    with started({"NAMEWRIGHT_WEIGHTS": str(tmp_path)}) as alone:
        assert after_start(server) <= 1.1 * after_start(alone)


def test_each_model_answers_and_those_in_memory_fit_into_their_bound(server: Process) -> None:
    with server.client() as client:
        assert len(client.get("/models").json()["models"]) == 61
        assert metric(client, "namewright_version_loads_total") == 0
        for name in NAMES:
            answer = client.get(f"/sample?model={name}&seed=7").json()
            assert (answer["model"], len(answer["names"])) == (name, 5)
            assert metric(client, "namewright_version_cache_bytes") <= MEGABYTES * 2**20
        assert metric(client, "namewright_version_loads_total") == 60
        assert metric(client, "namewright_version_evictions_total") > 50
        again = client.get(f"/sample?model={NAMES[0]}&seed=7").json()
        assert again == client.get(f"/sample?model={NAMES[0]}@0&seed=7").json()
        assert metric(client, "namewright_version_loads_total") == 61
