from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Process, until
from tests.support.trainings import training_service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service with the bundled models, an admin token and a worker."""
    folder: Path = tmp_path_factory.mktemp("data")
    with training_service(f"sqlite:///{folder / 'namewright.db'}") as service, service.client() as client:
        until(lambda: client.get("/health/ready").json()["training"]["available"], "the database")
        yield service
        assert service.process.poll() is None, service.log


@pytest.fixture(scope="session")
def address(service: Process) -> str:
    """The URL of that service."""
    return f"http://127.0.0.1:{service.port}"
