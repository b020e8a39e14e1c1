"""Kills lose nothing, each on a new database; `make chaos` has many more, one after the other on the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.artifact.model_file import Artifact
from tests.support.kills import COUNTERS, disturbed, undisturbed
from tests.support.postgresql import Cluster
from tests.support.stores import assert_same_bits
from tests.support.trainings import Job, lasting

pytestmark = pytest.mark.slow

ORDER = lasting(8)  # a checkpoint comes after three seconds, on a faster machine too


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Artifact, float]:
    """The model of a training without a kill, and its duration in seconds."""
    return undisturbed(f"sqlite:///{tmp_path_factory.mktemp('whole')}/namewright.db", ORDER)


@pytest.mark.skipif(not COUNTERS.exists(), reason="this system has no counter of what a process has written")
def test_a_worker_killed_while_it_writes_to_sqlite_loses_nothing(whole: tuple[Artifact, float], tmp_path: Path) -> None:
    urls = (f"sqlite:///{tmp_path}/{number}.db" for number in range(9))
    assert_survives(ORDER, "checkpoint", whole, lambda: next(urls))


def test_a_service_and_a_worker_killed_on_postgresql_lose_nothing(
    whole: tuple[Artifact, float], cluster: Cluster
) -> None:
    assert_survives(ORDER, "both", whole, cluster.create_database)


def assert_survives(order: Job, victim: str, whole: tuple[Artifact, float], new_url: Callable[[], str]) -> None:
    expected, seconds = whole
    outcome = disturbed(new_url, order, victim, seconds, np.random.default_rng())
    print(outcome)
    assert_same_bits(outcome.artifact, expected)
