"""The tables, under one prefix, beside those of DBOS."""

from __future__ import annotations

import sqlalchemy as sa

PREFIX = "namewright_"
VERSION_TABLE = f"{PREFIX}alembic_version"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

jobs = sa.Table(
    f"{PREFIX}jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),  # in the order of submission, without a tie
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("key", sa.String(64), unique=True),  # SHA-256 of the idempotency key
    sa.Column("fingerprint", sa.Text, nullable=False),  # keyed with the secret of the installation; empty without a key
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("started", sa.Double),
    sa.Column("finished", sa.Double),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("fruitless", sa.Integer, nullable=False),  # attempts since the last checkpoint
    sa.Column("worker", sa.Text),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("steps", sa.Integer),
    sa.Column("names_per_second", sa.Double),
    sa.Column("seconds_left", sa.Double),
    sa.Column("history", sa.Text, nullable=False),
    sa.Column("plan", sa.Text),
    sa.Column("drawn", sa.Text),  # names, while it runs
    sa.Column("error", sa.Text),
    sa.Column("version", sa.Integer),
    sa.Column("promoted", sa.Boolean),
    sa.Column("verdict", sa.Text),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Index(None, "state", "number"),
)

lists = sa.Table(
    f"{PREFIX}lists",
    metadata,
    sa.Column("job_id", sa.String(32), sa.ForeignKey(jobs.c.id), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

checkpoints = sa.Table(
    f"{PREFIX}checkpoints",
    metadata,
    sa.Column("job_id", sa.String(32), sa.ForeignKey(jobs.c.id), primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("written", sa.Double, nullable=False),
)

versions = sa.Table(
    f"{PREFIX}versions",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("job_id", sa.String(32), sa.ForeignKey(jobs.c.id), nullable=False, unique=True),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("card", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("public_membership", sa.Boolean, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

models = sa.Table(
    f"{PREFIX}models",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("latest", sa.Integer, nullable=False),  # the highest number ever given, deleted versions included
    sa.Column("champion", sa.Integer),
    sa.Column("withdrawn", sa.Double),  # when it was taken out of service; null unless it is
)

alias_history = sa.Table(
    f"{PREFIX}alias_history",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("alias", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),  # null: taken out of service
    sa.Column("previous", sa.Integer),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Index(None, "name", "sequence"),
)

catalogue = sa.Table(
    f"{PREFIX}catalogue",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # one row, of id 1
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

installation = sa.Table(
    f"{PREFIX}installation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # one row, of id 1
    sa.Column("secret", sa.LargeBinary, nullable=False),  # keys the fingerprints of jobs
)

workers = sa.Table(
    f"{PREFIX}workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("seen", sa.Double, nullable=False),  # the last heartbeat
)
