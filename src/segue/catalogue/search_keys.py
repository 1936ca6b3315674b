"""How a PostgreSQL server is searched: by words in names, through trigrams.

Each table of names has an index of trigrams over its normal form and its name in small letters
(revision 0013). A word is looked for as a pattern in both; what holds all words is ordered by the
formula that SQLite's full-text table goes by, Okapi BM25 with k1 = 1.2 and b = 0.75, a word in the
title worth 8, among the artists 4, in the album 1. Two things are taken more simply than there: a
word counts once in a name, and names are held to have eight words on average.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # kana, Han
)
"""A letter of a script whose words may stand without spaces between them."""

_RAW = "regexp_replace(lower({0}), '[^[:alnum:]]+', ' ', 'g')"
_TITLE = f"(' ' || tracks.title_key || ' | ' || {_RAW.format('tracks.title')} || ' ')"
_ARTIST = f"(' ' || artists.key || ' | ' || {_RAW.format('artists.name')} || ' ')"
_ALBUM = (
    "(' ' || regexp_replace(albums.key, ' [|] [^|]*$', '') || ' | ' ||"
    f" {_RAW.format('albums.title')} || ' ')"
)
"""As revision 0013 indexes them, to the letter; `SEARCHED` is what a test compares."""

SEARCHED: Mapping[str, str] = {"tracks": _TITLE, "artists": _ARTIST, "albums": _ALBUM}

_HOLDS = f"""
    SELECT id, sum(worth) AS worth FROM (
        SELECT tracks.id, 8.0 AS worth FROM tracks
        WHERE {_TITLE} LIKE ANY (CAST(:{{0}} AS text[]))
        UNION ALL
        SELECT DISTINCT track_artists.track_id, 4.0 FROM track_artists
        JOIN artists ON artists.id = track_artists.artist_id
        WHERE {_ARTIST} LIKE ANY (CAST(:{{0}} AS text[]))
        UNION ALL
        SELECT tracks.id, 1.0 FROM tracks JOIN albums ON albums.id = tracks.album_id
        WHERE {_ALBUM} LIKE ANY (CAST(:{{0}} AS text[]))
    ) AS held GROUP BY id
"""  # noqa: S608
_WORDS = "(length({0}) - length(replace({0}, ' ', '')) + 1)"
_LENGTH = " + ".join(
    _WORDS.format(each) for each in ("tracks.title", "tracks.credit", "coalesce(albums.title, '')")
)
_ONE = (
    "greatest(ln((every.n - {0}_n.n + 0.5) / ({0}_n.n + 0.5)), 0.000001)"
    f" * {{0}}.worth * 2.2 / ({{0}}.worth + 1.2 * (0.25 + 0.75 * ({_LENGTH}) / 8.0))"
)
_BEGINS = text(
    "SELECT public_id FROM tracks"
    " WHERE title_key LIKE :start OR artist_key LIKE :start OR lower(credit) LIKE :start"
    " ORDER BY popularity DESC NULLS LAST, public_id LIMIT :limit"
)


def holding(
    connection: Connection, words: Sequence[Sequence[str]], *, last_begins: bool, limit: int
) -> list[TrackId]:
    """Tracks that hold every word, in one of its spellings, the best first.

    Parameters
    ----------
    words
        The spellings of each, in normal form; a spelling may be several words in a row.
    last_begins
        Whether the last word may be the beginning of a longer one.
    limit
        How many at most.
    """
    if not words:
        return []
    names = [f"w{number}" for number in range(len(words))]
    found = [f"{name} AS ({_HOLDS.format(name)})" for name in names]
    counted = [f"{name}_n AS (SELECT count(*) AS n FROM {name})" for name in names]  # noqa: S608
    joined = " ".join(f"JOIN {name} USING (id)" for name in names[1:])
    counts = " ".join(f"CROSS JOIN {name}_n" for name in names)
    # All of it is made here; what somebody typed are parameters.
    query = (
        f"WITH every AS (SELECT count(*) AS n FROM tracks), {', '.join(found + counted)}"  # noqa: S608
        f" SELECT public_id FROM {names[0]} {joined} JOIN tracks USING (id)"
        f" LEFT JOIN albums ON albums.id = tracks.album_id CROSS JOIN every {counts}"
        f" ORDER BY round(CAST({' + '.join(_ONE.format(name) for name in names)} AS numeric), 1)"
        " DESC, popularity DESC NULLS LAST, public_id LIMIT :limit"
    )
    patterns = {
        name: [_pattern(each, whole=not (last_begins and name == names[-1])) for each in spellings]
        for name, spellings in zip(names, words, strict=True)
    }
    rows = connection.execute(text(query), {**patterns, "limit": limit}).scalars()
    return [TrackId(each) for each in rows]


def holding_any(connection: Connection, beginnings: Sequence[str], *, limit: int) -> list[TrackId]:
    """Tracks with a word that begins in one of these ways, the best first."""
    return holding(connection, [beginnings], last_begins=True, limit=limit) if beginnings else []


def beginning(connection: Connection, letters: str, *, limit: int) -> list[TrackId]:
    """The most popular tracks whose title or first artist begins with these letters."""
    given = {"start": f"{_plain(letters)}%", "limit": limit}
    return [TrackId(each) for each in connection.execute(_BEGINS, given).scalars()]


def _pattern(words: str, *, whole: bool) -> str:
    """Words in a row as a pattern; those of scripts without spaces may stand anywhere."""
    plain = _plain(words)
    if UNSPACED.search(words):
        return f"%{plain}%"
    return f"% {plain} %" if whole else f"% {plain}%"


def _plain(words: str) -> str:
    """`words` with nothing in them that a pattern gives a meaning to."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
