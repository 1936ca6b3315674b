"""Accounts that can sign in, the browsers they are signed in with, and keys of programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three tables."""
    op.create_table(
        "accounts",
        sa.Column(
            "listener_id",
            sa.Integer,
            sa.ForeignKey("listeners.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("changed", sa.Double, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column(
            "account_id",
            sa.Integer,
            sa.ForeignKey("accounts.listener_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "listener_id",
            sa.Integer,
            sa.ForeignKey("listeners.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("secret", sa.Text),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("expires", sa.Double),
        sa.Column("used", sa.Double),
    )


def downgrade() -> None:
    """Drop them; whoever had a key or an account needs a new one."""
    for name in ("keys", "sessions", "accounts"):
        op.drop_table(name)
