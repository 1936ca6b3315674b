"""Search as you type: the tracks a few words mean, the best first.

Every word must be found in the title, the artists or the album, the last one as the beginning of
a word. Accents and case do not count. A track whose title, or artist and title, is exactly the
text comes first; then the order is Okapi BM25 with a word in the title worth more than one among
the artists, and that more than one in the album; among equals the more popular one leads. One to
three letters say nothing yet: they bring the most popular titles and artists that begin so. When
no track has all words the answer is empty: nothing is better than nonsense.

Each database keeps the words of a track's names, runs of letters and digits without case and
accents, and an index of them (`segue.catalogue.words`). While that finds too little, words are read
in other **spellings** as well ("dont" as "don t", "acdc" as "ac dc", "mo" as "mø", "and" as "&"),
and words of scripts that write without spaces are looked for inside the normal forms ``title_key``
and ``artist_key``. Both databases are asked for the same words in the same order, so they find the
same tracks; where tracks are about as good as each other, order may differ.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from segue.catalogue import tracks as stored
from segue.catalogue import words as index
from segue.catalogue.schema import tracks as table
from segue.catalogue.words import Sought
from segue.names import artist_key, fold, title_key
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement, Connection, Select

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

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # kana, Han
)
"""A letter of a script whose words may stand without spaces between them."""


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
        found = index.holding(connection, [Sought(tuple(beginnings), True)], limit=_CANDIDATES)
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
    typed = [word for word in plain.split() if index.is_word(word)]
    *whole, last = list(dict.fromkeys(typed))[:_MOST_WORDS] or [""]
    if not last:
        return []
    words = [*whole, last]
    asked = [*(Sought((word,), False) for word in whole), Sought((last,), True)]
    ways = [
        lambda: index.holding(connection, asked, limit=limit),
        lambda: index.holding(connection, _spelt(words), limit=limit),
    ]
    if len(words) == 1 and len(last) <= _SAYS_NOTHING:
        ways.insert(0, lambda: index.beginning(connection, last, limit=limit))
    if _UNSPACED.search(plain):
        ways.append(lambda: _inside_names(connection, plain, words, limit))
    return _fill(limit, *ways)


def _spelt(words: list[str]) -> list[Sought]:
    """The words in every spelling that may stand for them; none for too many."""
    wanted = [word for word in words if fold(word) not in {"and", "the"}] or words
    if len(wanted) > _MOST_RESPELT:
        return []
    last = words[-1]
    return [Sought(_spellings(word, begins=word == last), word == last) for word in wanted]


def _spellings(word: str, *, begins: bool) -> tuple[str, ...]:
    """One word: as it is, folded, parted anywhere, with other letters."""
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
    return tuple(dict.fromkeys(found))


def _inside_names(
    connection: Connection, plain: str, words: list[str], limit: int
) -> list[TrackId]:
    """Tracks with the words of unspaced scripts anywhere in their title or first artist.

    Reads every name there is, from one index in a file; other words narrow that down beforehand.
    """
    spaced = [Sought((word,), True) for word in words if not _UNSPACED.search(word)]
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    inside = [
        or_(place(table.c.title_key, word) > 0, place(table.c.artist_key, word) > 0)
        for word in fold(plain).split()
        if _UNSPACED.search(word)
    ]
    if not inside:  # nothing is left of a mark that stood alone
        return []
    if spaced:
        inside.append(index.holds(connection, spaced))
    return _ids(connection, _ordered(and_(*inside)), limit)


def _ordered(where: ColumnElement[bool]) -> Select[str]:
    """Ids of tracks by popularity, then by id."""
    popularity = func.coalesce(table.c.popularity, -1.0).desc()
    query = select(table.c.public_id).where(where)
    return query.order_by(popularity, table.c.public_id)


def _ids(connection: Connection, query: Select[str], limit: int) -> list[TrackId]:
    return [TrackId(found) for found in connection.execute(query.limit(limit)).scalars()]
