"""Changes of trained versions, and of which of them is in service."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app.store.aliases import hold_model, make_model, next_sequence, set_champion
from app.store.catalogue import CatalogueReader, is_version, possible
from app.store.errors import NoSuchVersion, TrainingUnfinished, VersionInService
from app.store.records import Claim
from app.store.rows import plain, storable, to_json
from app.store.runs import KEPT_FOR_A_JOB, end, hold, unfinished_of
from app.store.tables import models, versions


class Versions(CatalogueReader):
    """Every trained model."""

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
        if not possible(name, version):
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
        if not version or not possible(name, version):
            raise NoSuchVersion(name, version)
        with self._database.writing(erases=(versions,)) as connection:
            model = hold_model(connection, name)
            if not _exists(connection, name, version):
                raise NoSuchVersion(name, version)
            if model.champion == version:
                raise VersionInService(name, version)
            connection.execute(sa.delete(versions).where(*is_version(name, version)))
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

    def _set_champion(self, connection: sa.Connection, name: str, version: int | None, previous: int | None) -> None:
        """Do as the admin says."""
        now = self._database.clock(connection)
        set_champion(connection, next_sequence(connection), name, version, previous, now, "admin")


def _numbers(connection: sa.Connection, name: str) -> tuple[int, ...]:
    """The versions of a name, ascending."""
    wanted = sa.select(versions.c.version).where(versions.c.name == name).order_by(versions.c.version)
    return tuple(connection.execute(wanted).scalars())


def _exists(connection: sa.Connection, name: str, version: int) -> bool:
    return connection.execute(sa.select(versions.c.version).where(*is_version(name, version))).first() is not None
