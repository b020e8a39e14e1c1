"""The store, put together."""

from __future__ import annotations

import sqlalchemy as sa

from app.store.database import Database
from app.store.jobs import Jobs
from app.store.runs import Runs
from app.store.sqlite import dbos_engine
from app.store.versions import Versions
from app.store.workers import Workers


class Store:
    """Jobs (`jobs` for the API, `runs` for workers), versions and workers of one database.

    Parameters
    ----------
    url : str
        `sqlite:///path` or `postgresql://user:password@host/name`; ValueError for anything else. Nothing is connected
        to yet.
    wait_seconds : float
        How long to wait for another writer before the database counts as unavailable.
    """

    def __init__(self, url: str, wait_seconds: float = 5) -> None:
        self.database = Database(url, wait_seconds)
        self.jobs = Jobs(self.database)
        self.runs = Runs(self.database)
        self.versions = Versions(self.database)
        self.workers = Workers(self.database)

    def migrate(self) -> None:
        """Bring the database up to date, once more where another has replaced it. Safe to run concurrently."""
        from app.store.migration import migrate

        migrate(self.database)

    def dbos_url(self) -> str:
        """The URL of the same database for DBOS, its password in it."""
        return self.database.url.text

    def dbos_engine(self) -> sa.Engine | None:
        """The engine that DBOS is to use; None where its own will do."""
        return dbos_engine(self.database.url)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
