"""Who may come in: accounts, the browsers they are signed in with, and keys of programs.

No password, cookie or key of the API can be read back from here. App passwords can: players prove
that they know theirs by a digest, which only somebody who knows it too can check.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Table, Text

from segue.catalogue.schema.shape import listener, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("listener_id", ForeignKey("listeners.id", ondelete="CASCADE"), primary_key=True),
    Column("password", Text, nullable=False, comment="scrypt, with its parameters and salt"),
    *(Column(name, Double, nullable=False) for name in ("created", "changed")),
    comment="listeners who can sign in",
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True, comment="sha256 of what the cookie holds"),
    Column(
        "account_id",
        ForeignKey("accounts.listener_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False, index=True),
    comment="browsers that are signed in",
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True, comment="what it is called; opens nothing"),
    listener(),
    *(Column(name, Text, nullable=False) for name in ("label", "kind", "scopes")),
    Column("digest", Text, nullable=False, unique=True, comment="sha256 of the secret"),
    Column("secret", Text, comment="of an app password; null of a key of the API"),
    Column("made", Double, nullable=False),
    *(Column(name, Double) for name in ("expires", "used")),
    comment="what programs come in with",
)
