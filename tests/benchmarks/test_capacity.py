"""The arithmetic of the page on capacity."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.capacity import Costs, lists, models, prices, requests
from benchmarks.catalogue import CatalogueCost, measure_catalogue

COSTS = Costs(
    requests=10_000,
    whole=100_000,
    streamed=200_000,
    process_mb=128,
    model_mb=1,
    blob_mb=1,
    answer_bytes=500,
    log_bytes=250,
    listed_bytes=700,
    listed_ms=0.02,
    catalogues=(CatalogueCost(60, 0.06, 0.06), CatalogueCost(1000, 2.0, 0.1)),
    polls=5000,
)


def test_cores_are_planned_for_a_part_of_what_they_can_do() -> None:
    _, few, _, many = requests(COSTS)
    assert few[:3] == ("10", "1", "1")
    assert many[:3] == ("100,000", "17", "2")  # 100,000 / (0.6 x 10,000) is 16.7


def test_the_first_poll_of_many_models_grows_with_their_square() -> None:
    *_, most = models(COSTS)
    # 1 ms a model at 60, 2 ms at 1,000: about 1 microsecond more for each model that is there already
    assert most[4] == "about 10,732 s"
    assert most[5] == "about 10 s"


def test_workers_are_counted_by_the_time_of_a_training() -> None:
    _, once, *_, often = lists(COSTS)
    assert once[2] == "1"
    assert often[2] == "628"  # 1,000 / 60 x 22.6 s / 0.6


def test_a_million_names_are_priced_by_their_core_seconds() -> None:
    _, *ways = prices(COSTS)
    assert [way[1] for way in ways] == ["100", "10", "5"]


def test_a_catalogue_is_found_by_its_first_poll_and_a_change_by_the_next(tmp_path: Path) -> None:
    cost = asyncio.run(measure_catalogue(tmp_path, 3))
    assert cost.first_seconds > 0
    assert cost.change_seconds > 0
