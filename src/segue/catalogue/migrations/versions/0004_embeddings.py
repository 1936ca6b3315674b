"""Embeddings: vectors of several rows in float16, and which version of a space stands.

Vectors from before are one row of float32 each, as they were. ``standing`` has a row for every
space of an embedder that any track was embedded by.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(
        "vectors",
        sa.Column("numbers", sa.Text, nullable=False, server_default=sa.text("'float32'")),
    )
    op.add_column("vectors", sa.Column("width", sa.Integer))
    op.create_table(
        "standing",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("unproven", sa.Boolean, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Drop them, and the vectors that an earlier Segue would take for float32."""
    op.execute("DELETE FROM vectors WHERE numbers <> 'float32'")
    op.drop_table("standing")
    op.drop_column("vectors", "width")
    op.drop_column("vectors", "numbers")
