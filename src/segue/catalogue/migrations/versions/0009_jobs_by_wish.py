"""Jobs are found by what they ask for.

A file that was brought looks for its job each time its page is shown.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_jobs_payload", "jobs", ["payload"], postgresql_using="hash")


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_jobs_payload", "jobs")
