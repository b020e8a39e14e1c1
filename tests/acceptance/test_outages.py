"""What the service does while its database is away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.outages import train_through_outage, try_submit
from tests.support.postgresql import Cluster
from tests.support.processes import until
from tests.support.trainings import admin, quick, training_service, until_ended

pytestmark = pytest.mark.slow


def test_a_database_that_goes_away_and_comes_back_fails_no_one(make_cluster: Callable[..., Cluster]) -> None:
    cluster = make_cluster(durable=True)
    print(train_through_outage(cluster, cluster.create_database(), seconds=5))


def test_a_service_that_starts_before_its_database_trains_once_it_is_there(
    make_cluster: Callable[..., Cluster],
) -> None:
    cluster = make_cluster()
    url = cluster.create_database()
    cluster.stop()
    with training_service(url) as service, admin(service) as client:
        assert client.get("/sample").status_code == 200
        refused = client.post("/train", json=quick())
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        cluster.start()
        job = until(lambda: try_submit(client), "an accepted training")
        assert until_ended(client, job)["version"] == 1


def test_a_service_that_may_write_nowhere_serves_the_bundled_models(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with training_service(f"sqlite:///{blocked}/namewright.db") as service, admin(service) as client:
        assert client.get("/sample").status_code == 200
        assert client.get("/health/ready").status_code == 200
        refused = client.post("/train", json=quick())
        assert refused.status_code == 503
        assert "database" in refused.json()["detail"]
        assert client.get("/health/ready").json()["training"]["available"] is False
