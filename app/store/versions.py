"""Trained versions, and which of them is in service."""

from __future__ import annotations

from hashlib import sha256
from itertools import groupby
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from app.store.aliases import CHAMPION, hold_model, make_model, next_sequence, set_champion
from app.store.database import Database
from app.store.errors import NoSuchVersion, TrainingUnfinished, VersionInService
from app.store.records import Catalogue, Change, Claim, Entry, Version
from app.store.rows import LARGEST_VERSION, plain, storable, to_json, utc
from app.store.runs import KEPT_FOR_A_JOB, end, hold, unfinished_of
from app.store.tables import alias_history, catalogue, models, versions


class Versions:
    """Every trained model."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(
        self,
        claim: Claim,
        content: bytes,
        card: dict[str, Any],
        *,
        promote: bool,
        verdict: str,
        champion_seen: int | None,
    ) -> int | None:
        """Keep a trained model as the next version of its name, and end its job, all or nothing.

        Parameters
        ----------
        claim : Claim
            On the job that trained it.
        content : bytes
            The artifact.
        card : dict
            Where it comes from.
        promote : bool
            Whether it comes into service.
        verdict : str
            Why it does or does not.
        champion_seen : int, optional
            The champion when that was decided.

        Returns
        -------
        version : int, optional
            Its number; nothing when it was to come into service and the champion is another by now, or the model was
            taken out of service, in which case nothing is written.

        Raises
        ------
        Superseded
            The claim is void.
        """
        name = claim.job.order.model
        with self._database.writing(erases=KEPT_FOR_A_JOB) as connection:
            hold(connection, claim)
            make_model(connection, name)
            model = hold_model(connection, name)
            if promote and (model.champion != champion_seen or model.is_withdrawn):
                return None
            now = self._database.clock(connection)
            version = model.latest + 1
            connection.execute(
                sa.insert(versions).values(
                    name=name,
                    version=version,
                    job_id=claim.job.id,
                    created=now,
                    card=to_json(card),
                    sha256=sha256(content).hexdigest(),
                    public_membership=claim.job.order.public_membership,
                    content=content,
                )
            )
            connection.execute(sa.update(models).where(models.c.name == name).values(latest=version))
            sequence = next_sequence(connection)
            if promote:
                set_champion(connection, sequence, name, version, model.champion, now, f"job {claim.job.id}")
            ended: dict[str, Any] = {"version": version, "promoted": promote, "verdict": plain(verdict)}
            end(connection, claim.job.id, now, state="succeeded", **ended)
            return version

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
        if not _possible(name, version):
            return None
        with self._database.reading() as connection:
            row = connection.execute(sa.select(versions).where(*_is(name, version))).first()
        if row is None:
            return None
        content = row.content if isinstance(row.content, bytes) else b""  # SQLite keeps anything in any column
        return Version(name, version, row.sha256, content, row.public_membership)

    def promote(self, name: str, version: int) -> bool:
        """Put a version into service, or the bundled one: version 0, which the caller must know to be there.

        Returns
        -------
        changed : bool
            False when it was in service already.

        Raises
        ------
        NoSuchVersion
            The name has no such version.
        """
        if not _possible(name, version):
            raise NoSuchVersion(name, version)
        with self._database.writing() as connection:
            model = hold_model(connection, name)
            if version and not _exists(connection, name, version):
                raise NoSuchVersion(name, version)
            if (model.champion or 0) == version and not model.is_withdrawn:
                return False
            self._set_champion(connection, name, version, model.champion)
            return True

    def withdraw(self, name: str, *, is_bundled: bool) -> bool:
        """Take a model out of service: no version of it serves until one is promoted, not even one trained meanwhile.

        Parameters
        ----------
        name : str
            Of the model.
        is_bundled : bool
            Whether there is a bundled version, which the store does not know.

        Returns
        -------
        changed : bool
            False when it was out of service already.

        Raises
        ------
        NoSuchVersion
            The name has no version.
        """
        if not storable(name):
            raise NoSuchVersion(name, 0)
        with self._database.writing() as connection:
            make_model(connection, name)
            model = hold_model(connection, name)
            if not is_bundled and not _numbers(connection, name):
                raise NoSuchVersion(name, 0)
            if model.is_withdrawn:
                return False
            self._set_champion(connection, name, None, model.champion)
            return True

    def delete(self, name: str, version: int) -> None:
        """Delete a version for good; its number is not given again.

        Raises
        ------
        NoSuchVersion
            The name has no such version.
        VersionInService
            It is the champion.
        """
        if not version or not _possible(name, version):
            raise NoSuchVersion(name, version)
        with self._database.writing(erases=(versions,)) as connection:
            model = hold_model(connection, name)
            if not _exists(connection, name, version):
                raise NoSuchVersion(name, version)
            if model.champion == version:
                raise VersionInService(name, version)
            connection.execute(sa.delete(versions).where(*_is(name, version)))
            next_sequence(connection)

    def delete_model(self, name: str) -> tuple[int, ...]:
        """Delete every version of a model for good, all or none; their numbers are not given again.

        What serves from then on is the bundled version, where there is one, even if the model was out of service.

        Returns
        -------
        deleted : tuple of int
            Ascending; empty where the name had no trained version.

        Raises
        ------
        TrainingUnfinished
            A training of the model waits or runs.
        """
        if not storable(name):
            return ()
        with self._database.writing(erases=(versions,)) as connection:
            make_model(connection, name)  # or a first version could be published meanwhile
            model = hold_model(connection, name)
            if unfinished := unfinished_of(connection, name):
                raise TrainingUnfinished(name, unfinished)
            deleted = _numbers(connection, name)
            connection.execute(sa.delete(versions).where(versions.c.name == name))
            if model.champion is not None or model.is_withdrawn:
                self._set_champion(connection, name, 0, model.champion)
            elif deleted:
                next_sequence(connection)
            return deleted

    def history(self, name: str) -> list[Change]:
        """What was in service and when, the newest first."""
        if not storable(name):
            return []
        wanted = sa.select(alias_history).where(alias_history.c.name == name, alias_history.c.alias == CHAMPION)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(alias_history.c.sequence.desc())).all()
        return [change for row in rows if (change := _change_of(row))]

    def _set_champion(self, connection: sa.Connection, name: str, version: int | None, previous: int | None) -> None:
        """Do as the admin says."""
        now = self._database.clock(connection)
        set_champion(connection, next_sequence(connection), name, version, previous, now, "admin")


def _change_of(row: Any) -> Change | None:
    """A change; None where the row holds what none has, which concerns no other."""
    try:
        return Change(row.sequence, row.version, row.previous, utc(row.at), row.cause)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _possible(name: str, version: int) -> bool:
    return storable(name) and 0 <= version <= LARGEST_VERSION


def _is(name: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    return versions.c.name == name, versions.c.version == version


def _numbers(connection: sa.Connection, name: str) -> tuple[int, ...]:
    """The versions of a name, ascending."""
    wanted = sa.select(versions.c.version).where(versions.c.name == name).order_by(versions.c.version)
    return tuple(connection.execute(wanted).scalars())


def _exists(connection: sa.Connection, name: str, version: int) -> bool:
    return connection.execute(sa.select(versions.c.version).where(*_is(name, version))).first() is not None
