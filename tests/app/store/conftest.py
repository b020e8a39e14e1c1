from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.sync_store import Store
from app.store.tables import catalogue, installation, metadata
from tests.support.postgresql import Cluster
from tests.support.stores import with_tables


@pytest.fixture(scope="session")
def store_on_postgresql(cluster: Cluster) -> Iterator[Store]:
    """One for all tests, since a new database takes longer than most of them."""
    with closing(Store(cluster.create_database())) as store:
        store.migrate()
        yield store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    if request.param == "sqlite":
        with closing(Store(with_tables(f"sqlite:///{tmp_path / 'namewright.db'}"))) as store:
            store.migrate()
            yield store
    else:
        store = request.getfixturevalue("store_on_postgresql")
        with store.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                if table not in (catalogue, installation):
                    connection.execute(sa.delete(table))
            connection.execute(sa.update(catalogue).values(sequence=0))
        yield store
