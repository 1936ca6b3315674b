"""What training found out about a space or a lens, one row each.

Vectors that belong to it stand in ``vectors``, as those of any space, without a content hash.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "trained",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("arrays", sa.LargeBinary),
        sa.Column("created", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Drop it, and the vectors that training made."""
    op.execute("DELETE FROM vectors WHERE space IN (SELECT name FROM trained)")
    op.drop_table("trained")
