"""Search as you type on PostgreSQL: the words of a track's names, kept beside them and indexed.

``tracks.searched`` holds the words of title (A), artists (B) and album (C) with their places, and
once more, behind a ``^``, the first of the title and of the artists. ``tracks.searched_words`` says
how many there are, for the formula of the ranking. A trigger fills both whenever a track comes or
its names change. What a word is says one function on the server, which reads names and what is
typed alike: runs of letters and digits in small letters, without accents; SQLite's full-text table
(revision 0002) means the same by it.
"""

from __future__ import annotations

import logging

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_log = logging.getLogger("segue.catalogue")

_CONTROL = "".join(rf"\x{code:02x}" for code in (*range(1, 32), 127))
_FUNCTIONS = (
    # Most names are plain letters; the accents of others are taken off, but й is no и.
    r"""CREATE FUNCTION segue_words(names text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(
        CASE WHEN octet_length(names) = char_length(names) THEN
            translate(lower(names), E'{low} !"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 65))
        ELSE regexp_replace(lower(normalize(regexp_replace(
            normalize(lower(names), NFD), '(?<![\u0400-\u04ff])[\u0300-\u036f]+', '', 'g'
        ), NFC)), '[^[:alnum:]]+', ' ', 'g') END, ' '), '') $$""".replace("{low}", _CONTROL),
    # No word is longer and none stands further behind than a tsvector has room for.
    """CREATE FUNCTION segue_placed(words text[], label text, after integer, first boolean)
    RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        CASE WHEN first THEN
            '''^' || left(words[1], 200) || ''':' || after + 1 || label || ' ' ELSE '' END
        || string_agg('''' || left(word, 200) || ''':' || after + least(place, 4000) || label, ' '),
        '')
    FROM unnest(words) WITH ORDINALITY AS each (word, place) $$""",
    """CREATE FUNCTION segue_searched(title text, credit text, album text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (segue_placed(segue_words(title), 'A', 0, true) || ' '
        || segue_placed(segue_words(credit), 'B', 5000, true) || ' '
        || segue_placed(segue_words(coalesce(album, '')), 'C', 10000, false))::tsvector $$""",
    """CREATE FUNCTION segue_searched_words(title text, credit text, album text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT cardinality(segue_words(title)) + cardinality(segue_words(credit))
        + cardinality(segue_words(coalesce(album, ''))) $$""",
    """CREATE FUNCTION segue_album(number integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT title FROM albums WHERE id = number $$""",
    # Words in a row; the last one may be the beginning of a longer one.
    """CREATE FUNCTION segue_phrase(typed text, begins boolean, first boolean) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(
        '''' || CASE WHEN first AND place = 1 THEN '^' ELSE '' END || left(word, 200) || ''''
        || CASE WHEN begins AND place = cardinality(words) THEN ':*' ELSE '' END, ' <-> '
    ), '')::tsquery
    FROM (SELECT segue_words(typed) AS words) AS read,
        unnest(words) WITH ORDINALITY AS each (word, place) $$""",
    """CREATE FUNCTION segue_make_searched() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE album text := segue_album(new.album_id);
    BEGIN
        new.searched := segue_searched(new.title, new.credit, album);
        new.searched_words := segue_searched_words(new.title, new.credit, album);
        RETURN new;
    END $$""",
)
_NAMES = "title, credit, segue_album(album_id)"
_UP = (
    *(f"DROP INDEX IF EXISTS ix_{table}_searched" for table in ("tracks", "artists", "albums")),
    *_FUNCTIONS,
    "ALTER TABLE tracks ADD COLUMN searched tsvector, ADD COLUMN searched_words integer",
    # Writes the table and its indexes once; an UPDATE would add every row to each again.
    "ALTER TABLE tracks"
    f" ALTER COLUMN searched TYPE tsvector USING segue_searched({_NAMES}),"
    f" ALTER COLUMN searched_words TYPE integer USING segue_searched_words({_NAMES})",
    "CREATE TRIGGER tracks_searched BEFORE INSERT OR UPDATE OF title, credit, album_id ON tracks"
    " FOR EACH ROW EXECUTE FUNCTION segue_make_searched()",
    # Without a list of what came last, which every search would read through.
    "CREATE INDEX ix_tracks_words ON tracks USING gin (searched) WITH (fastupdate = off)",
    "ANALYZE tracks",
)
_DOWN = (
    "DROP TRIGGER tracks_searched ON tracks",
    "ALTER TABLE tracks DROP COLUMN searched, DROP COLUMN searched_words",
    "DROP FUNCTION segue_make_searched, segue_phrase, segue_album, segue_searched_words,"
    " segue_searched, segue_placed, segue_words",
)


def upgrade() -> None:
    """Keep the words of the tracks there are, and of those that come."""
    _run(_UP)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    # As a server reads letters by the database's lc_ctype.
    if not connection.exec_driver_sql(
        "SELECT segue_words('\u00d8') = ARRAY['\u00f8']"
    ).scalar_one():
        _log.warning(
            "this database knows no letters but a to z (its lc_ctype is C or POSIX): search finds"
            " other words nowhere. Make one with: createdb --encoding UTF8 --lc-ctype en_US.UTF-8"
            " --template template0 NAME, and move the catalogue there: segue move --to URL"
        )


def downgrade() -> None:
    """Drop the columns and what fills them; searches of revision 0013 read every track."""
    _run(_DOWN)


def _run(statements: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        for statement in statements:
            # A sign of percent is the driver's own.
            connection.exec_driver_sql(statement.replace("%", "%%"))
