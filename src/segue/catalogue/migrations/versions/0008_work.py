"""Work that survives its server, and files that listeners brought.

A job says where its result can be seen, how often it was begun, who runs it and which files it
refused. What an older Segue left running has no owner, so it counts as left behind.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add four columns and a table; end what nobody can go on with."""
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("address", sa.Text, nullable=False, server_default=""))
        batch.add_column(
            sa.Column("attempts", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
        )
        batch.add_column(sa.Column("owner", sa.Text, nullable=False, server_default=""))
        batch.add_column(sa.Column("refused", sa.Text, nullable=False, server_default="[]"))
    # Their kinds (analyse, measure, …) are stages of one scan now.
    op.execute(
        "UPDATE jobs SET state = 'cancelled', message = 'ended with an older Segue'"
        " WHERE state = 'running'"
    )
    op.create_table(
        "uploads",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("kept", sa.Text),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        sa.Column("duration", sa.Double),
        sa.Column("loudness", sa.Double),
        sa.Column("loudness_range", sa.Double),
        sa.Column("true_peak", sa.Double),
        sa.Column("waveform", sa.LargeBinary),
        sa.Column("waveform_rate", sa.Double),
        sa.Column("warning", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_uploads_expires", "uploads", ["expires"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("uploads")
    with op.batch_alter_table("jobs") as batch:
        for name in ("refused", "owner", "attempts", "address"):
            batch.drop_column(name)
