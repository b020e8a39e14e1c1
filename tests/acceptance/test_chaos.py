"""Some faults of `make chaos` on each database, which no other test has."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import pytest

from tests.chaos.builds import BUILDS
from tests.chaos.campaign import Campaign, faults_of
from tests.support.postgresql import server_binaries

pytestmark = pytest.mark.slow

STEPS = 1000
"""Of a training: some seconds, so that it is not over before what is to happen in the midst of it."""


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("sqlite", ["killed in withdrawal"]),
        ("postgresql", ["answers lost", "killed in publish"]),
    ],
)
def test_nothing_is_lost_whatever_is_killed_or_cut(kind: str, parts: Sequence[str]) -> None:
    if kind == "postgresql" and server_binaries() is None:
        pytest.skip("no PostgreSQL server here: 'apt-get install postgresql' adds one")
    faults = faults_of(kind, [])
    seed = secrets.randbelow(10**6)
    results = list(Campaign(BUILDS[kind], STEPS, seed).run({name: faults[name] for name in parts}, len(parts)))
    assert [(result.fault, result.failure) for result in results if result.failure] == [], f"seed {seed}"
    assert {result.fault for result in results} == {*parts}
