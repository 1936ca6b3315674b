"""Search as you type: a full-text table beside the tracks, SQLite only.

``rowid`` is ``tracks.id``. Triggers follow changes and deletions. New tracks are added by
`segue.catalogue.saving`, a batch at a time: inside a trigger FTS5 writes out every row by itself,
which is five times slower. PostgreSQL searches the tracks themselves.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROW = "SELECT {0}.id, {0}.title, {0}.credit, (SELECT title FROM albums WHERE id = {0}.album_id)"
_INSERT = "INSERT INTO tracks_fts (rowid, title, artists, album)"
_DELETE = "DELETE FROM tracks_fts WHERE rowid = old.id"

_UP = (
    """CREATE VIRTUAL TABLE tracks_fts USING fts5(
        title, artists, album,
        tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
    )""",
    f"{_INSERT} {_ROW.format('tracks')} FROM tracks",
    f"CREATE TRIGGER tracks_fts_update AFTER UPDATE OF title, credit, album_id ON tracks BEGIN "
    f"{_DELETE}; {_INSERT} {_ROW.format('new')}; END",
    f"CREATE TRIGGER tracks_fts_delete AFTER DELETE ON tracks BEGIN {_DELETE}; END",
)
_DOWN = (
    "DROP TRIGGER tracks_fts_delete",
    "DROP TRIGGER tracks_fts_update",
    "DROP TABLE tracks_fts",
)


def upgrade() -> None:
    """Create the table, fill it from the tracks there are, and keep it in step."""
    _run(_UP)


def downgrade() -> None:
    """Drop the table and its triggers."""
    _run(_DOWN)


def _run(statements: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in statements:
            op.execute(statement)
