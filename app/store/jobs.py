"""Jobs as the API sees them: submitted, read and cancelled."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app.logs import get_logger
from app.store.database import Database
from app.store.errors import KeyReused, QueueFull, TrainingUnfinished, UnreadableJob
from app.store.records import ENDED, STATES, Job, Order, State
from app.store.rows import JOB_ID, job_of, order_to_json, to_json
from app.store.runs import KEPT_FOR_A_JOB, end, unfinished_of
from app.store.tables import installation, jobs, lists

SUBMITTING = 0x6E616D65_6A6F6273
"""What one submission at a time holds on PostgreSQL: the letters `namejobs`."""

log = get_logger(__name__)

BRIEF = [column for column in jobs.c if column.name not in ("history", "plan", "drawn")]


class Jobs:
    """Every job that was ever accepted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(
        self,
        order: Order,
        content: bytes | None,
        report: dict[str, Any],
        *,
        max_queued: int,
        key: str | None = None,
        fingerprint: str = "",
    ) -> tuple[Job, bool]:
        """Put a job into the queue, with its list.

        Parameters
        ----------
        order : Order
            What to train.
        content : bytes, optional
            The list, as `order.source` says.
        report : dict
            What was found in the list, for the answers.
        max_queued : int
            Most jobs that may wait.
        key : str, optional
            Idempotency key: with the same one and the same `fingerprint`, the job that there is comes back.
        fingerprint : str
            Of the whole request, by which a repetition differs from another request. What is kept of it is keyed: by
            itself, it confirms no guess of a list.

        Returns
        -------
        job, made : Job, bool
            The job, and whether it is new.

        Raises
        ------
        KeyReused
            The key came with another fingerprint before.
        QueueFull
            As many jobs wait as may.
        """
        digest = None if key is None else _digest(key)
        with self._database.writing() as connection:
            if not self._database.is_sqlite:  # where a writer is not alone
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SUBMITTING})")
            fingerprint = "" if digest is None else _keyed(connection, fingerprint)
            if digest is not None and (known := _repeated(connection, digest, fingerprint)):
                return known, False
            queued = sa.select(sa.func.count()).where(jobs.c.state == "queued").scalar_subquery()
            latest = sa.select(sa.func.max(jobs.c.number)).scalar_subquery()
            waiting, number = connection.execute(sa.select(queued, sa.func.coalesce(latest, 0))).one()
            if waiting >= max_queued:
                raise QueueFull(max_queued)
            made: dict[str, Any] = dict.fromkeys(jobs.c.keys()) | {
                "id": secrets.token_hex(16),
                "number": number + 1,
                "request": order_to_json(order),
                "report": to_json(report),
                "key": digest,
                "fingerprint": fingerprint,
                "state": "queued",
                "created": self._database.clock(connection),
                "attempt": 0,
                "fruitless": 0,
                "step": 0,
                "history": "[]",
                "revision": 1,
            }
            connection.execute(sa.insert(jobs).values(made))
            if content is not None:
                connection.execute(sa.insert(lists).values(job_id=made["id"], content=content))
            return job_of(made), True

    def repeated(self, key: str, fingerprint: str) -> Job | None:
        """The job that the same request queued with this idempotency key, if there is one.

        Raises
        ------
        KeyReused
            The key came with another fingerprint before.
        """
        with self._database.reading() as connection:
            return _repeated(connection, _digest(key), _keyed(connection, fingerprint))

    def get(self, id: str) -> Job | None:  # noqa: A002
        """One job, if there is one of that id."""
        if not JOB_ID.fullmatch(id):
            return None
        with self._database.reading() as connection:
            row = _first(connection, sa.select(jobs).where(jobs.c.id == id))
        return job_of(row) if row else None

    def list(self, *, state: State | None, limit: int, before: str | None = None) -> list[Job]:
        """Jobs without their history, the newest first, from the one that came before the job `before`.

        Those that cannot be read are left out, and logged. Pages stay as they are while jobs arrive. Before a job that
        there is not, there are none.
        """
        wanted = sa.select(*BRIEF).order_by(jobs.c.number.desc())
        if state is not None:
            wanted = wanted.where(jobs.c.state == state)
        if before is not None:
            if not JOB_ID.fullmatch(before):
                return []
            wanted = wanted.where(jobs.c.number < sa.select(jobs.c.number).where(jobs.c.id == before).scalar_subquery())
        found: list[Job] = []
        with self._database.reading() as connection:
            while missing := limit - len(found):
                rows = connection.execute(wanted.limit(missing)).mappings().all()
                found += _readable(rows)
                if len(rows) < missing:
                    break
                wanted = wanted.where(jobs.c.number < rows[-1]["number"])
        return found

    def counts(self) -> dict[State, int]:
        """How many jobs are in each state."""
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(jobs.c.state, sa.func.count().label("number")).group_by(jobs.c.state)
            ).all()
        return dict.fromkeys(STATES, 0) | {row.state: row.number for row in found}

    def check_ended(self, model: str) -> None:
        """Raise TrainingUnfinished where a training that is to publish under this name waits or runs."""
        with self._database.reading() as connection:
            if unfinished := unfinished_of(connection, model):
                raise TrainingUnfinished(model, unfinished)

    def unfinished(self) -> dict[str, State]:
        """The models of which a training waits or runs; `running` where one of several does."""
        with self._database.reading() as connection:
            wanted = sa.select(jobs.c.request, jobs.c.state).where(jobs.c.state.in_(("queued", "running")))
            found = connection.execute(wanted.order_by(jobs.c.state)).all()  # those that run come last
        return {json.loads(row.request)["model"]: row.state for row in found}

    def cancel(self, id: str) -> Job | None:  # noqa: A002
        """End a job that waits or runs; one that has ended stays as it is.

        A worker that trains it finds its claim superseded.
        """
        if not JOB_ID.fullmatch(id):
            return None
        with self._database.writing(erases=KEPT_FOR_A_JOB) as connection:
            row = _first(connection, sa.select(jobs).where(jobs.c.id == id).with_for_update())
            if row is None:
                return None
            if row["state"] not in ENDED:
                end(connection, id, self._database.clock(connection), state="cancelled")
                row = _first(connection, sa.select(jobs).where(jobs.c.id == id))
        return job_of(row) if row else None


def _readable(rows: Iterable[Mapping[Any, Any]]) -> Iterator[Job]:
    for row in rows:
        try:
            yield job_of(row)
        except UnreadableJob as error:
            log.error("job left out", job=error.job_id, reason=error.reason)  # noqa: TRY400 - one line


def _keyed(connection: sa.Connection, fingerprint: str) -> str:
    """A fingerprint as it is kept (HMAC, RFC 2104)."""
    secret: bytes = connection.execute(sa.select(installation.c.secret)).scalar_one()
    return hmac.digest(secret, fingerprint.encode(), sha256).hex()


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _repeated(connection: sa.Connection, digest: str, keyed: str) -> Job | None:
    row = _first(connection, sa.select(jobs).where(jobs.c.key == digest))
    if row and row["fingerprint"] != keyed:
        raise KeyReused
    return job_of(row) if row else None


def _first(connection: sa.Connection, wanted: sa.Select[Any]) -> Mapping[Any, Any] | None:
    return connection.execute(wanted).mappings().first()
