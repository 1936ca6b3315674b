"""Which files hold the same recording, as their fingerprints say.

A pair of files that match is a row of ``matches``; ``compared`` has a row for every file that was
held against all others. Both go with the recording that they were found from.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _content(name: str) -> sa.Column[str]:
    column = sa.ForeignKey("recordings.content_hash", ondelete="CASCADE")
    return sa.Column(name, sa.Text, column, primary_key=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "compared",
        _content("content_hash"),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("recording", sa.Integer, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "matches",
        _content("first"),
        _content("second"),
        sa.Column("later", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("likeness", sa.Double, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_matches_second", "matches", ["second"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("matches")
    op.drop_table("compared")
