"""How far playlists of a service elsewhere have been fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "crawls",
        sa.Column("asked", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("begun", sa.Double, nullable=False),
        sa.Column("finished", sa.Double),
    )
    op.create_table(
        "crawled",
        sa.Column(
            "asked", sa.Text, sa.ForeignKey("crawls.asked", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_crawled_state", "crawled", ["asked", "state", "number"])


def downgrade() -> None:
    """Drop them; a crawl begins anew, the playlists stay."""
    op.drop_table("crawled")
    op.drop_table("crawls")
