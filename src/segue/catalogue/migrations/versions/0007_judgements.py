"""Blind comparisons of two lenses: what was asked, and what was answered.

Tracks stand by their public ids, and stay there when a track is deleted: what a listener said of
two lenses is as true as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "judgements",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("lens_a", sa.Text, nullable=False),
        sa.Column("lens_b", sa.Text, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("track_a", sa.Text, nullable=False),
        sa.Column("track_b", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("asked", sa.Double, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("at", sa.Double),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("judgements")
