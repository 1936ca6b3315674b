"""Callers attach ids of their own to tracks, and send a request twice without asking twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and a table."""
    op.add_column("outside_ids", sa.Column("attached", sa.Double))
    op.create_table(
        "once",
        sa.Column("listener", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("created", sa.Double, nullable=False, index=True),
    )


def downgrade() -> None:
    """Take them away; ids that were attached stay, and look as if they came with a record."""
    op.drop_table("once")
    op.drop_column("outside_ids", "attached")
