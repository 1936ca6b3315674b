"""Search as you type on PostgreSQL: trigrams of names, so that no search reads every track.

They need the extension ``pg_trgm``, which comes with PostgreSQL and may be made by whoever owns the
database. Where it is not there or may not be made, searches find the same and take longer. SQLite
has its full-text table since revision 0002.
"""

from __future__ import annotations

import logging

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

logger = logging.getLogger("segue.catalogue")

_RAW = "regexp_replace(lower({0}), '[^[:alnum:]]+', ' ', 'g')"
_NAMES = {
    "tracks": f"' ' || title_key || ' | ' || {_RAW.format('title')} || ' '",
    "artists": f"' ' || key || ' | ' || {_RAW.format('name')} || ' '",
    "albums": (
        f"' ' || regexp_replace(key, ' [|] [^|]*$', '') || ' | ' || {_RAW.format('title')} || ' '"
    ),
}


def upgrade() -> None:
    """Index what `segue.catalogue.search_keys` looks into."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError as error:
        logger.warning(
            "search reads every track: the extension pg_trgm cannot be made here (%s);"
            " docs/operations.md says how to add it later",
            str(error.orig).splitlines()[0],
        )
        return
    for table, names in _NAMES.items():
        op.execute(
            f"CREATE INDEX ix_{table}_searched ON {table} USING gin (({names}) gin_trgm_ops)"
        )


def downgrade() -> None:
    """Drop the indexes; the extension may be somebody else's."""
    if op.get_bind().dialect.name != "sqlite":
        for table in _NAMES:
            op.execute(f"DROP INDEX IF EXISTS ix_{table}_searched")
