"""Changes of what is in service.

They lock in one order (the job's row, the model's, the catalogue's), so that no two transactions can wait for each
other; and since the catalogue's row stays locked until a transaction ends, sequence numbers appear in their order.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.store.tables import alias_history, catalogue, models

CHAMPION = "champion"
"""The alias of what is in service."""


class HeldModel(NamedTuple):
    """The row of a model, locked until the transaction ends."""

    latest: int = 0  # the highest number ever given
    champion: int | None = None
    is_withdrawn: bool = False


def make_model(connection: sa.Connection, name: str) -> None:
    """Make the row of a model unless there is one; waits for another transaction that is making it."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(models).values(name=name, latest=0).on_conflict_do_nothing())


def hold_model(connection: sa.Connection, name: str) -> HeldModel:
    """Lock the row of a model, if there is one."""
    row = connection.execute(sa.select(models).where(models.c.name == name).with_for_update()).first()
    return HeldModel(row.latest, row.champion, row.withdrawn is not None) if row else HeldModel()


def next_sequence(connection: sa.Connection) -> int:
    """Count a change of the catalogue; no other is counted before this transaction ends."""
    grown = sa.update(catalogue).values(sequence=catalogue.c.sequence + 1).returning(catalogue.c.sequence)
    return int(connection.execute(grown).scalar_one())


def set_champion(
    connection: sa.Connection,
    sequence: int,
    name: str,
    version: int | None,
    previous: int | None,
    now: float,
    cause: str,
) -> None:
    """Point the alias to a version, or for version 0 to the bundled one; without any, take the model out of service."""
    withdrawn = now if version is None else None
    row = sa.update(models).where(models.c.name == name)
    connection.execute(row.values(champion=version or None, withdrawn=withdrawn))
    connection.execute(
        sa.insert(alias_history).values(
            sequence=sequence, name=name, alias=CHAMPION, version=version, previous=previous, at=now, cause=cause
        )
    )
