"""Trigrams of names for the search on PostgreSQL, until revision 0014 kept words instead.

Nothing is made any more: revision 0014 drops the indexes where this one has made them.
"""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave everything as it is."""


def downgrade() -> None:
    """Leave everything as it is."""
