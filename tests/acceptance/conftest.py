from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import browser, browser_errors, coverage, page
from tests.support.processes import Process, until
from tests.support.trainings import training_service

__all__ = ["browser", "browser_errors", "coverage", "page"]

HERE = Path(__file__).parent
MEASURED = ("test_service.py", "test_an_answer_whose_service_ends_is_no_whole_answer")
"""Where the coverage of what is started is measured: what only a stop under load runs, and one service."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage of processes that run the same lines as others, nor of this one, which asks and waits."""
    for item in items:
        if item.path.is_relative_to(HERE) and not any(name in item.nodeid for name in MEASURED):
            item.add_marker("no_cover")


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
