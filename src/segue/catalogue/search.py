"""Search as you type: the tracks a few words mean, the best first.

Every word must be found in the title, the artists or the album, the last one as the beginning of
a word. Accents and case do not count. A track whose title, or artist and title, is exactly the
text comes first; then the order is Okapi BM25 with a word in the title worth more than one among
the artists, and that more than one in the album; among equals the more popular one leads. One to
three letters say nothing yet: they bring the most popular titles and artists that begin so. When
no track has all words the answer is empty: nothing is better than nonsense.

SQLite answers from the full-text table of revision 0002 (FTS5), whose tokens are runs of letters
and digits. While that finds too little, words are read in other **spellings** as well ("dont" as
"don t", "acdc" as "ac dc", "mo" as "mø", "and" as "&"), and words of scripts that write without
spaces are looked for inside the normal forms ``title_key`` and ``artist_key``. PostgreSQL looks
into the normal forms from the start (`segue.catalogue.search_keys`). Both keep this contract, which
one set of tests holds them to; where tracks are about as good as each other, order may differ.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy import text as sql

from segue.catalogue import search_keys
from segue.catalogue import tracks as stored
from segue.catalogue.schema import tracks as table
from segue.catalogue.search_keys import UNSPACED
from segue.names import artist_key, fold, title_key
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement, Connection, Select, TextClause

    from segue.catalogue.database import Database
    from segue.records import Track

_LONGEST = 1_000
_MOST_WORDS = 64
_MOST_SPLITS = 12
_MOST_RESPELT = 6
_LONGEST_RESPELT = 16
_SAYS_NOTHING = 3
_CANDIDATES = 200

_SEPARATOR = re.compile(r"\s+[-–—|:]\s+|:\s+")
_LETTERS = (("o", "ø"), ("l", "ł"), ("d", "đ"), ("d", "ð"), ("ae", "æ"), ("oe", "œ"), ("ss", "ß"))
"""Letters that keep their own place in the full-text table, by how they are typed without them."""

_FOUND = (
    "SELECT public_id FROM tracks_fts JOIN tracks ON tracks.id = tracks_fts.rowid"
    " WHERE tracks_fts MATCH :words ORDER BY "
)
_BY_WORTH = sql(
    f"{_FOUND} round(bm25(tracks_fts, 8.0, 4.0, 1.0), 1), popularity DESC, public_id LIMIT :limit"
)
_BY_POPULARITY = sql(f"{_FOUND} popularity DESC, public_id LIMIT :limit")


def tracks(db: Database, text: str, *, limit: int = 10) -> list[Track]:
    """Tracks that hold all words of `text`, the last one as the beginning of a word.

    Parameters
    ----------
    text
        Anything a person may type or paste; nothing in it is an operator. Only the first 1,000
        characters and 64 different words are looked at.
    limit
        How many at most.

    Returns
    -------
    list
        The best first, the same for the same catalogue; empty when no track has all words, and
        for a text without any.
    """
    return stored.many(db, ids(db, text, limit=limit))


def ids(db: Database, text: str, *, limit: int = 10) -> list[TrackId]:
    """The ids of what `tracks` finds."""
    plain = _cleaned(text)
    if not plain or limit < 1:
        return []
    with db.read() as connection:
        return _fill(
            limit,
            lambda: _exactly(connection, plain, limit),
            lambda: _with_words(connection, plain, limit),
        )


def closest(db: Database, text: str, *, limit: int = 3) -> list[Track]:
    """Tracks whose names look most like `text`, for "did you mean": a word may be misspelt.

    Only tracks are compared that have a word with the same first letters as one of the text's.
    """
    wanted = fold(_cleaned(text))
    beginnings = list(dict.fromkeys(word[:3] for word in wanted.split()[:_MOST_WORDS]))
    if not beginnings or limit < 1:
        return []
    with db.read() as connection:
        if connection.dialect.name == "sqlite":
            words = " OR ".join(f'"{word}"*' for word in beginnings if _is_word(word))
            found = _match(connection, words, _CANDIDATES)
        else:
            found = search_keys.holding_any(connection, beginnings, limit=_CANDIDATES)
    candidates = stored.many(db, found)
    likeness = {
        track.id: difflib.SequenceMatcher(None, wanted, fold(track.name)).ratio()
        for track in candidates
    }
    return sorted(candidates, key=lambda track: (-likeness[track.id], track.id))[:limit]


def _cleaned(text: str) -> str:
    """The text as databases take it: no lone surrogates, no control characters, not too long."""
    kept = text[:_LONGEST].encode("utf-8", "ignore").decode("utf-8")
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in kept).split())


def _fill(limit: int, *ways: Callable[[], Iterable[TrackId]]) -> list[TrackId]:
    """What one way after the other finds, each id once, until there are enough."""
    found: dict[TrackId, None] = {}
    for way in ways:
        if len(found) < limit:
            found.update(dict.fromkeys(way()))
    return list(found)[:limit]


def _exactly(connection: Connection, plain: str, limit: int) -> list[TrackId]:
    """Tracks whose title, or artist and title in either order, is the whole text."""
    where = or_(
        table.c.title_key.in_(sorted({fold(plain), title_key(plain)})),
        *(
            and_(table.c.title_key == title, table.c.artist_key == artist)
            for artist, title in sorted(set(_splits(plain)))
        ),
    )
    return _ids(connection, _ordered(where), limit)


def _splits(plain: str) -> Iterable[tuple[str, str]]:
    """Every way to read the text as (artist key, title key)."""
    for found in _SEPARATOR.finditer(plain):
        left, right = plain[: found.start()], plain[found.end() :]
        yield artist_key(left), title_key(right)
        yield artist_key(right), title_key(left)
    words = fold(plain).split()
    if len(words) <= _MOST_SPLITS:
        for at in range(1, len(words)):
            left, right = " ".join(words[:at]), " ".join(words[at:])
            yield artist_key(left), right
            yield artist_key(right), left


def _with_words(connection: Connection, plain: str, limit: int) -> list[TrackId]:
    """Tracks that hold every word."""
    if connection.dialect.name != "sqlite":
        return _by_keys(connection, plain, limit)
    words = [word.replace('"', " ") for word in plain.split() if _is_word(word)]
    words = list(dict.fromkeys(words))[:_MOST_WORDS]
    if not words:
        return []
    phrases = " ".join(f'"{word}"' for word in words) + "*"
    ways = [
        lambda: _match(connection, phrases, limit),
        lambda: _match(connection, _spelt(words), limit),
    ]
    if len(words) == 1 and len(words[0]) <= _SAYS_NOTHING:
        begins = f"{{title artists}} : ^ {phrases}"
        ways.insert(0, lambda: _match(connection, begins, limit, how=_BY_POPULARITY))
    if UNSPACED.search(plain):
        ways.append(lambda: _inside_names(connection, plain, words, limit))
    return _fill(limit, *ways)


def _match(
    connection: Connection, words: str, limit: int, *, how: TextClause = _BY_WORTH
) -> list[TrackId]:
    """What the full-text table finds for an expression; "" finds nothing."""
    if not words:
        return []
    return list(connection.execute(how, {"words": words, "limit": limit}).scalars())


def _is_word(word: str) -> bool:
    """Whether the full-text table has a token for it; punctuation alone has none."""
    return any(c.isalnum() for c in word)


def _spelt(words: list[str]) -> str:
    """The words in every spelling that may stand for them, as an expression; "" for too many."""
    wanted = [word for word in words if fold(word) not in {"and", "the"}] or words
    if len(wanted) > _MOST_RESPELT:
        return ""
    last = words[-1]
    return " AND ".join(
        f"({' OR '.join(_spellings(word, begins=word == last))})" for word in wanted
    )


def _spellings(word: str, *, begins: bool) -> list[str]:
    """Phrases for one word: as it is, folded, parted anywhere, with other letters."""
    plain = fold(word)
    found = [word, plain]
    if plain.isalnum() and len(plain) <= _LONGEST_RESPELT:
        # Parts of a short beginning ("as d…" for "asd") would be found everywhere.
        if len(plain) > _SAYS_NOTHING or not begins:
            found += [f"{plain[:at]} {plain[at:]}" for at in range(1, len(plain))]
        for typed, meant in _LETTERS:
            places = [at for at in range(len(plain)) if plain.startswith(typed, at)]
            found += [f"{plain[:at]}{meant}{plain[at + len(typed) :]}" for at in places]
            found.append(plain.replace(typed, meant))
    star = "*" if begins else ""
    return [f'"{one}"{star}' for one in dict.fromkeys(found)]


def _inside_names(
    connection: Connection, plain: str, words: list[str], limit: int
) -> list[TrackId]:
    """Tracks with the words of unspaced scripts anywhere in their title or first artist.

    Reads every name there is, from one index; other words narrow that down beforehand.
    """
    spaced = [f'"{word}"*' for word in words if not UNSPACED.search(word)]
    inside = [
        or_(func.instr(table.c.title_key, word) > 0, func.instr(table.c.artist_key, word) > 0)
        for word in fold(plain).split()
        if UNSPACED.search(word)
    ]
    if spaced:
        held = sql("SELECT rowid FROM tracks_fts WHERE tracks_fts MATCH :words")
        inside.append(table.c.id.in_(held.bindparams(words=" ".join(spaced)).columns(table.c.id)))
    return _ids(connection, _ordered(and_(*inside)), limit)


def _by_keys(connection: Connection, plain: str, limit: int) -> list[TrackId]:
    """The same on a server, which looks into normal forms."""
    # What is written without a space in between stands in a row: "100_1" is no 100 and a 1.
    words = list(dict.fromkeys(fold(word) for word in plain.split() if _is_word(word)))
    # Keys of artists have lost their leading "the", and "&" is "and" in all.
    words = [word for word in words[:_MOST_WORDS] if word not in {"and", "the"}] or words
    if not words:
        return []
    ways = [
        lambda: search_keys.holding(connection, [[w] for w in words], last_begins=True, limit=limit)
    ]
    if len(words) <= _MOST_RESPELT:
        spelt = [_parted(word, begins=word == words[-1]) for word in words]
        ways.append(lambda: search_keys.holding(connection, spelt, last_begins=True, limit=limit))
    if len(words) == 1 and len(words[0]) <= _SAYS_NOTHING:
        ways.insert(0, lambda: search_keys.beginning(connection, words[0], limit=limit))
    return _fill(limit, *ways)


def _parted(word: str, *, begins: bool) -> list[str]:
    """A word in normal form, and parted anywhere; a short beginning would be found everywhere."""
    if not word.isalnum() or len(word) > _LONGEST_RESPELT:
        return [word]
    if begins and len(word) <= _SAYS_NOTHING:
        return [word]
    # A letter by itself stands in too many names for trigrams to help; apostrophes, which leave
    # such letters, are gone from normal forms.
    return [word, *(f"{word[:at]} {word[at:]}" for at in range(2, len(word) - 1))]


def _ordered(where: ColumnElement[bool]) -> Select[str]:
    """Ids of tracks by popularity, then by id."""
    popularity = func.coalesce(table.c.popularity, -1.0).desc()
    query = select(table.c.public_id).where(where)
    return query.order_by(popularity, table.c.public_id)


def _ids(connection: Connection, query: Select[str], limit: int) -> list[TrackId]:
    return [TrackId(found) for found in connection.execute(query.limit(limit)).scalars()]
