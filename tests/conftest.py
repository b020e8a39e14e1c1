import gc
import shutil
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

import model  # noqa: F401 - before a test loads NumPy, which would take threads that hold each other up
from tests.support.checkout import tracked
from tests.support.postgresql import cluster, database_url, make_cluster, postgresql_url
from tests.support.stores import store_on_postgresql, url_with_tables

__all__ = ["cluster", "database_url", "make_cluster", "postgresql_url", "store_on_postgresql", "url_with_tables"]

SLOWEST = (
    "test_backup", "test_fresh_clone", "test_worker", "test_kills", "test_outages", "test_page_quality", "test_chaos",
    "test_commands", "test_connection", "test_stops", "test_workers", "test_load", "test_browser", "test_page_admin",
    "test_models_withdrawal", "test_erasure", "test_swaps", "test_bundled_build", "test_lanes", "test_train_options",
    "test_page_draw", "test_trainer", "test_namewright", "test_weights", "test_client", "test_checkpoint",
    "test_worker_lifecycle", "test_wheel",
)  # fmt: skip
"""Files that take longest, which begin first, so that no process is left with one at the end; those that wait and those
that compute take turns."""

gc.disable()  # until the tests are collected: thousands of objects that stay, which it would look at again and again

settings.register_profile("no deadline", parent=settings(), deadline=None)  # slow machines are no failure
settings.load_profile("no deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest files first."""
    items.sort(key=lambda item: SLOWEST.index(item.path.stem) if item.path.stem in SLOWEST else len(SLOWEST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage in what a test starts that is marked `no_cover` itself."""
    with pytest.MonkeyPatch.context() as patch:
        if item.get_closest_marker("no_cover"):
            patch.setenv("COVERAGE_PROCESS_CONFIG", "")
        return (yield)


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and leave all modules and tests to themselves."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests use a database and a copy of the tracked models of their own, and start no worker by default.

    One answer has time enough on any machine, unless a test is about that.
    """
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
        patch.setenv("NAMEWRIGHT_MAX_SECONDS", "60")
        patch.setenv("NAMEWRIGHT_MAX_SECONDS_AHEAD", "600")
        yield
