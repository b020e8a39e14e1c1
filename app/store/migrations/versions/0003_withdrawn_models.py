"""Models may be taken out of service, and the history of the alias says so by a version that is null."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark, and let a change of the alias lead to no version."""
    op.add_column("namewright_models", sa.Column("withdrawn", sa.Double))
    with op.batch_alter_table("namewright_alias_history") as table:  # SQLite can only make the table again
        table.alter_column("version", existing_type=sa.Integer, nullable=True)
