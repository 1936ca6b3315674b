"""The index of words: which tracks hold some in their names, the best first, in either database.

A **word** is a run of letters and digits of a track's title, of its artists as they are credited,
or of its album's title; case and accents do not count. SQLite has them in a full-text table (FTS5,
revision 0002), PostgreSQL in a ``tsvector`` beside each track (revision 0014). A phrase is words in
a row within one name.

Both order by Okapi BM25 [1]_ with k1 = 1.2 and b = 0.75. A sought word that *n* of *N* tracks hold
adds to a track

    ln((N - n + 1/2) / (n + 1/2)) · f · (k1 + 1) / (f + k1 · (1 - b + b · length / mean))

where *f* is 8 for each time it stands in the title, 4 among the artists and 1 in the album. What
would take PostgreSQL longer than to search is taken more simply there: a phrase counts once in a
name and a word's second time less, *N* is the number that was given to the newest track, and the
mean is nine words.

.. [1] S. E. Robertson et al., "Okapi at TREC-3", 1994.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from segue.catalogue.schema import tracks as table
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, TextClause

_FOUND = (
    "SELECT public_id FROM tracks_fts JOIN tracks ON tracks.id = tracks_fts.rowid"
    " WHERE tracks_fts MATCH :words ORDER BY "
)
_BY_WORTH = text(
    f"{_FOUND} round(bm25(tracks_fts, 8.0, 4.0, 1.0), 1), popularity DESC, public_id LIMIT :limit"
)
_BY_POPULARITY = text(f"{_FOUND} popularity DESC, public_id LIMIT :limit")

_BEGINNING = text(
    "SELECT public_id FROM tracks WHERE searched @@ segue_phrase(:word, true, true)"
    " ORDER BY popularity DESC NULLS LAST, public_id LIMIT :limit"
)
_WORTH = (
    # One word, which may stand there several times; the rank of one is its weight / (π² / 6).
    "CASE WHEN numnode({0}.said) = 1"
    " THEN 13.16 * ts_rank('{{0, 0.125, 0.5, 1}}', searched, {0}.said)"
    " ELSE 8 * CAST(ts_filter(searched, '{{a}}') @@ {0}.said AS integer)"
    " + 4 * CAST(ts_filter(searched, '{{b}}') @@ {0}.said AS integer)"
    " + CAST(ts_filter(searched, '{{c}}') @@ {0}.said AS integer) END AS {0}"
)
_RARE = (
    "(SELECT greatest(ln((n - found + 0.5) / (found + 0.5)), 0.000001) FROM {0}, every,"
    " LATERAL (SELECT count(*) AS found FROM tracks WHERE searched @@ said) AS counted)"
)
_ONE = f"{_RARE} * 2.2 * {{0}} / ({{0}} + 1.2 * (0.25 + 0.75 * searched_words / 9.0))"


@dataclass(frozen=True, slots=True)
class Sought:
    """A word that a track must hold.

    Attributes
    ----------
    spellings
        Any of them will do; one may be several words, which must stand in a row.
    begins
        Whether each may be the beginning of a longer one.
    """

    spellings: tuple[str, ...]
    begins: bool


def is_word(typed: str) -> bool:
    """Whether there is a word in what somebody typed; punctuation alone holds none."""
    return any(c.isalnum() for c in typed)


def holding(connection: Connection, words: Sequence[Sought], *, limit: int) -> list[TrackId]:
    """Tracks that hold every word, the best first; of no words none.

    Parameters
    ----------
    words
        What is sought, at most 64.
    limit
        How many at most.
    """
    if not words:
        return []
    if connection.dialect.name == "sqlite":
        return _rows(connection, _BY_WORTH, {"words": _expression(words), "limit": limit})
    phrases = _phrases(words)
    return _rows(connection, _ranked(words), {**phrases, "limit": limit})


def beginning(connection: Connection, word: str, *, limit: int) -> list[TrackId]:
    """The most popular tracks whose title or credit begins with `word`."""
    if connection.dialect.name != "sqlite":
        return _rows(connection, _BEGINNING, {"word": word, "limit": limit})
    words = f"{{title artists}} : ^ {_quoted(word)}*"
    return _rows(connection, _BY_POPULARITY, {"words": words, "limit": limit})


def holds(connection: Connection, words: Sequence[Sought]) -> ColumnElement[bool]:
    """The condition that a track holds every word, for a query of tracks."""
    if connection.dialect.name == "sqlite":
        held = text("SELECT rowid FROM tracks_fts WHERE tracks_fts MATCH :words")
        return table.c.id.in_(held.bindparams(words=_expression(words)).columns(table.c.id))
    held = text(f"SELECT id FROM tracks WHERE searched @@ ({_said(words)})")  # noqa: S608
    return table.c.id.in_(held.bindparams(**_phrases(words)).columns(table.c.id))


def _rows(connection: Connection, query: TextClause, given: dict[str, object]) -> list[TrackId]:
    return [TrackId(found) for found in connection.execute(query, given).scalars()]


def _expression(words: Sequence[Sought]) -> str:
    """What is sought, as FTS5 reads it."""
    return " AND ".join(
        f"({' OR '.join(_quoted(each) + '*' * one.begins for each in one.spellings)})"
        for one in words
    )


def _quoted(phrase: str) -> str:
    plain = phrase.replace('"', " ")
    return f'"{plain}"'


def _ranked(words: Sequence[Sought]) -> TextClause:
    """The query for what is sought on a server; what somebody typed are parameters."""
    names = [f"w{at}" for at in range(len(words))]
    said = ", ".join(
        # Read once, not for every track.
        f"{name} AS MATERIALIZED (SELECT {_one_said(one, at)} AS said)"
        for at, (name, one) in enumerate(zip(names, words, strict=True))
    )
    return text(
        f"WITH every AS (SELECT coalesce(max(id), 0) AS n FROM tracks), {said},"  # noqa: S608
        " held AS MATERIALIZED (SELECT public_id, popularity, searched_words,"
        f" {', '.join(map(_WORTH.format, names))} FROM tracks, {', '.join(names)}"
        f" WHERE searched @@ ({' && '.join(f'{name}.said' for name in names)}))"
        # How rare a word is takes as long to know as to find it: not asked for a single track.
        " SELECT public_id FROM held ORDER BY CASE WHEN (SELECT count(*) FROM held) > 1"
        f" THEN round(CAST({' + '.join(map(_ONE.format, names))} AS numeric), 1) END"
        " DESC, popularity DESC NULLS LAST, public_id LIMIT :limit"
    )


def _said(words: Sequence[Sought]) -> str:
    return " && ".join(f"({_one_said(one, at)})" for at, one in enumerate(words))


def _one_said(one: Sought, at: int) -> str:
    """The words of one, as PostgreSQL reads them; the phrases are parameters of `_phrases`."""
    begins = "true" if one.begins else "false"
    return " || ".join(
        f"segue_phrase(:w{at}_{number}, {begins}, false)" for number in range(len(one.spellings))
    )


def _phrases(words: Sequence[Sought]) -> dict[str, object]:
    return {
        f"w{at}_{number}": phrase
        for at, one in enumerate(words)
        for number, phrase in enumerate(one.spellings)
    }
