from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.support.admin import Office, administering


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> AsyncIterator[Office]:
    """A service whose bounds on trainings are low, for all tests of a file."""
    bounds = {"max_train_names": 400, "max_train_letters": 40, "max_hidden": 128, "max_steps": 2000}
    async with administering(settings, tmp_path_factory.mktemp("jobs"), **bounds) as office:
        yield office


@pytest.fixture
async def fresh(tmp_path: Path, settings: Settings) -> AsyncIterator[Office]:
    """One with no job yet, and room for three."""
    async with administering(settings, tmp_path, max_queue=3) as office:
        yield office
