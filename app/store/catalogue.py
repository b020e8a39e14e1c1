"""The catalogue as it is read: versions, what is in service, and what was."""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from app.store.aliases import CHAMPION
from app.store.database import Database
from app.store.records import Catalogue, Change, Entry, Version
from app.store.rows import LARGEST_VERSION, storable, utc
from app.store.tables import alias_history, catalogue, models, versions


class CatalogueReader:
    """Reads the catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sequence(self) -> int:
        """A number that grows with every change of the catalogue."""
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(catalogue.c.sequence)).scalar_one())

    def catalogue(self) -> Catalogue:
        """Every version, what is in service and what was taken out of it."""
        with self._database.reading() as connection:
            sequence = connection.execute(sa.select(catalogue.c.sequence)).scalar_one()
            rows = connection.execute(
                sa.select(models.c.name, models.c.champion, models.c.withdrawn, versions.c.version)
                .join(versions, versions.c.name == models.c.name, isouter=True)
                .where(versions.c.version.is_not(None) | models.c.withdrawn.is_not(None))
                .order_by(models.c.name, versions.c.version)
            ).all()
        found: dict[str, Entry] = {}
        for name, group in groupby(rows, key=lambda row: str(row.name)):
            ours = list(group)
            numbers = tuple(row.version for row in ours if row.version is not None)
            found[name] = Entry(ours[0].champion, numbers, ours[0].withdrawn is not None)
        return Catalogue(sequence, MappingProxyType(found))

    def load(self, name: str, version: int) -> Version | None:
        """One version with its content, if there is one."""
        if not possible(name, version):
            return None
        with self._database.reading() as connection:
            row = connection.execute(sa.select(versions).where(*is_version(name, version))).first()
        if row is None:
            return None
        content = row.content if isinstance(row.content, bytes) else b""  # SQLite keeps anything in any column
        return Version(name, version, row.sha256, content, row.public_membership)

    def history(self, name: str) -> list[Change]:
        """What was in service and when, the newest first."""
        if not storable(name):
            return []
        wanted = sa.select(alias_history).where(alias_history.c.name == name, alias_history.c.alias == CHAMPION)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(alias_history.c.sequence.desc())).all()
        return [change for row in rows if (change := _change_of(row))]


def _change_of(row: Any) -> Change | None:
    """A change; None where the row holds what none has, which concerns no other."""
    try:
        return Change(row.sequence, row.version, row.previous, utc(row.at), row.cause)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def possible(name: str, version: int) -> bool:
    """Whether a version may be kept at all."""
    return storable(name) and 0 <= version <= LARGEST_VERSION


def is_version(name: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions that one row meets at most."""
    return versions.c.name == name, versions.c.version == version
