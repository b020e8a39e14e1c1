"""No marks of what was given to DBOS or taken over from a worker: DBOS alone owns queueing and recovery."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the marks."""
    op.drop_column("namewright_jobs", "handed_over")
    op.drop_column("namewright_workers", "adopted_by")
    op.drop_column("namewright_workers", "adopted_until")
