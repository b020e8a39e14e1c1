"""A SQLAlchemy engine for PostgreSQL on which no call waits without bound, for a lock or for a lost server."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from app.store.url import DatabaseUrl

CONNECT_SECONDS = 5
SLACK_SECONDS = 2
"""How much longer than a statement may take its answer is waited for."""

T = TypeVar("T")


class Connection(psycopg.Connection[Any]):
    """A connection that gives up when its server has stopped answering, though the network is up."""

    answer_seconds: float = CONNECT_SECONDS

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for an operation, for a bounded time."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer may still come
                self.close()
            raise


def postgresql_engine(url: DatabaseUrl, wait_seconds: float) -> sa.Engine:
    """An engine that waits so long for a lock or a connection, and twice as long for any statement."""
    statement_seconds = 2 * wait_seconds
    wanted: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "namewright",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": int(statement_seconds * 1000),
        "prepare_threshold": None,  # statements prepared in a session outlive neither a pooler nor a migration
    }
    engine = sa.create_engine(
        url.text,
        pool_size=4,
        max_overflow=8,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={name: value for name, value in wanted.items() if name not in url.options},
    )

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> Connection:
        return Connection.connect(*arguments, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Connection, _: Any) -> None:
        """Set bounds by statements, since poolers refuse them as options of the connection."""
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {int(statement_seconds * 1000)}")
        connection.execute(f"SET lock_timeout = {int(wait_seconds * 1000)}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {int(4 * statement_seconds * 1000)}")
        connection.autocommit = False
        connection.answer_seconds = statement_seconds + SLACK_SECONDS

    return engine
