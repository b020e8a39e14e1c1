import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.checkout import tracked
from tests.support.postgresql import cluster, database_url, make_cluster, postgresql_url

__all__ = ["cluster", "database_url", "make_cluster", "postgresql_url"]

settings.register_profile("no deadline", parent=settings(), deadline=None)  # slow machines are no failure
settings.load_profile("no deadline")


@pytest.fixture(autouse=True, scope="session")
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests use a database and a copy of the tracked models of their own, and start no worker by default."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("data")
        weights = folder / "weights"
        weights.mkdir()
        for path in tracked("weights"):
            shutil.copy(path, weights)
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("NAMEWRIGHT_DATABASE_URL", f"sqlite:///{folder / 'namewright.db'}")
        patch.setenv("NAMEWRIGHT_WEIGHTS", str(weights))
        patch.setenv("NAMEWRIGHT_WORKER", "none")
        yield
