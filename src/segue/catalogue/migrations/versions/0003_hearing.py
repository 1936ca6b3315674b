"""Whole files measured, and ledger rows that say how a file was heard.

``recordings`` holds what a file says played from end to end. A ledger row of another way of
hearing (``parameters``) counts as queued; rows from before had one way only, the empty text.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "recordings",
        sa.Column("content_hash", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("duration", sa.Double, nullable=False),
        sa.Column("loudness", sa.Double),
        sa.Column("loudness_range", sa.Double),
        sa.Column("true_peak", sa.Double),
        sa.Column("waveform", sa.LargeBinary, nullable=False),
        sa.Column("waveform_rate", sa.Double, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("warning", sa.Text, nullable=False),
    )
    op.add_column(
        "ledger", sa.Column("parameters", sa.Text, nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_column("ledger", "parameters")
    op.drop_table("recordings")
