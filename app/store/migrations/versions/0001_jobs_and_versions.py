"""Jobs, their lists and checkpoints; versions, which of them is in service and was; workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "namewright_jobs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("finished", sa.Double),
        sa.Column("handed_over", sa.Integer),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fruitless", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer),
        sa.Column("names_per_second", sa.Double),
        sa.Column("seconds_left", sa.Double),
        sa.Column("history", sa.Text, nullable=False),
        sa.Column("plan", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("version", sa.Integer),
        sa.Column("promoted", sa.Boolean),
        sa.Column("verdict", sa.Text),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_namewright_jobs"),
        sa.UniqueConstraint("number", name="uq_namewright_jobs_number"),
        sa.UniqueConstraint("key", name="uq_namewright_jobs_key"),
    )
    op.create_index("ix_namewright_jobs_state_number", "namewright_jobs", ["state", "number"])
    op.create_table(
        "namewright_lists",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_namewright_lists"),
        sa.ForeignKeyConstraint(["job_id"], ["namewright_jobs.id"], name="fk_namewright_lists_job_id"),
    )
    op.create_table(
        "namewright_checkpoints",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("written", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_namewright_checkpoints"),
        sa.ForeignKeyConstraint(["job_id"], ["namewright_jobs.id"], name="fk_namewright_checkpoints_job_id"),
    )
    op.create_table(
        "namewright_versions",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("public_membership", sa.Boolean, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_namewright_versions"),
        sa.UniqueConstraint("job_id", name="uq_namewright_versions_job_id"),
        sa.ForeignKeyConstraint(["job_id"], ["namewright_jobs.id"], name="fk_namewright_versions_job_id"),
    )
    op.create_table(
        "namewright_models",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("champion", sa.Integer),
        sa.PrimaryKeyConstraint("name", name="pk_namewright_models"),
    )
    op.create_table(
        "namewright_alias_history",
        sa.Column("sequence", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("previous", sa.Integer),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_namewright_alias_history"),
    )
    op.create_index("ix_namewright_alias_history_name_sequence", "namewright_alias_history", ["name", "sequence"])
    catalogue = op.create_table(
        "namewright_catalogue",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_namewright_catalogue"),
    )
    op.bulk_insert(catalogue, [{"id": 1, "sequence": 0}])
    op.create_table(
        "namewright_workers",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("seen", sa.Double, nullable=False),
        sa.Column("adopted_by", sa.Text),
        sa.Column("adopted_until", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_namewright_workers"),
    )
