from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.store.sync_store import Store
from tests.support.stores import empty, with_tables


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    if request.param == "sqlite":
        with closing(Store(with_tables(f"sqlite:///{tmp_path / 'namewright.db'}"))) as store:
            store.migrate()
            yield store
    else:
        store = request.getfixturevalue("store_on_postgresql")
        empty(store)
        yield store
