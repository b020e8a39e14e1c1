from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.postgresql import cluster, database_url, make_cluster, postgresql_url

__all__ = ["cluster", "database_url", "make_cluster", "postgresql_url"]

# Machines differ in speed, and a slow one is no failure.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _nothing_of_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test may touch the data of whoever runs it, nor train beside itself unless it says so."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("data")
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("NAMEWRIGHT_DATABASE_URL", f"sqlite:///{folder / 'namewright.db'}")
        patch.setenv("NAMEWRIGHT_WORKER", "none")
        yield
