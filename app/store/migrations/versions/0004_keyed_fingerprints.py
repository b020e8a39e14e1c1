"""A secret of the installation, by which the fingerprints of requests are keyed, those that there are included."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SECRET_BYTES = 32


def upgrade() -> None:
    """Make the secret, and key the fingerprints; those of requests without an idempotency key are of no use."""
    secret = secrets.token_bytes(SECRET_BYTES)
    installation = op.create_table(
        "namewright_installation",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_namewright_installation"),
    )
    op.bulk_insert(installation, [{"id": 1, "secret": secret}])
    jobs = sa.table("namewright_jobs", sa.column("id"), sa.column("key"), sa.column("fingerprint"))
    op.execute(sa.update(jobs).where(jobs.c.key.is_(None)).values(fingerprint=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(jobs).where(jobs.c.key.is_not(None))).all():
        keyed = hmac.digest(secret, row.fingerprint.encode(), hashlib.sha256).hex()
        connection.execute(sa.update(jobs).where(jobs.c.id == row.id).values(fingerprint=keyed))
