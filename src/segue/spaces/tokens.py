"""Tokens: the words of a track as the space `text` counts them, each with its field in front.

``artist:queen`` and ``title:queen`` are two tokens: the same word says different things in
different fields, and each field has weights and rarity of its own. What a token is:

- artist: a whole name in its normal form (`segue.names.artist_key`). Sharing "John" says nothing;
  names that stand for nobody ("Various Artists") give no token;
- genre: every word, and the whole name where it has several: "indie rock" is near "rock";
- album, title, labels, lyrics: words;
- explicit: ``yes`` or ``no``.

Words are those of `segue.names.fold`: case, accents and punctuation do not count. A script
written without spaces gives one word a phrase.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from segue.names import artist_keys, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.records import TrackRecord
    from segue.snapshot import Corpus

FIELDS: tuple[str, ...] = ("artist", "genre", "album", "title", "labels", "lyrics", "explicit")
"""Fields in the order of `Texts`."""

Texts = tuple[tuple[str, ...], ...]
"""What a track says by field, as written, each a tuple of texts: two artists are two texts."""


def texts_of_row(corpus: Corpus, row: int) -> Texts:
    """What the catalogue says of a track."""
    return (
        corpus.artists[row],
        corpus.genres[row],
        (corpus.albums[row],),
        (corpus.titles[row],),
        (corpus.labels.get(row, ""),),
        (corpus.lyrics.get(row, ""),),
        _flag(corpus.explicit[row]),
    )


def texts_of_record(record: TrackRecord) -> Texts:
    """What a record from outside says."""
    return (
        record.artists,
        record.genres,
        (record.album,),
        (record.title,),
        tuple(value for _, value in record.labels),
        (record.lyrics,),
        _flag(-1 if record.explicit is None else int(record.explicit)),
    )


def _flag(explicit: int) -> tuple[str, ...]:
    return () if explicit < 0 else ("yes" if explicit else "no",)


def tokens(texts: Texts) -> list[str]:
    """All tokens of a track, with repetitions.

    Returns
    -------
    list of str
        ``field:word``; empty when nothing but the explicit flag is known, which places nobody.
    """
    found = list(_tokens(texts))
    return found if any(not token.startswith("explicit:") for token in found) else []


def _tokens(texts: Texts) -> Iterator[str]:
    for field, parts in zip(FIELDS, texts, strict=True):
        for text in parts:
            yield from words(field, text)


@lru_cache(maxsize=200_000)
def words(field: str, text: str) -> tuple[str, ...]:
    """The tokens of one text of a field."""
    if field == "artist":
        return tuple(f"artist:{key}" for key in artist_keys((text,)))
    whole = fold(text)
    found = whole.split()
    if field == "genre" and len(found) > 1:
        found.append(whole)
    return tuple(f"{field}:{word}" for word in found)
