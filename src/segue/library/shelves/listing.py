"""A page of what somebody looks for, with what could narrow it down.

Numbers beside the choices of a facet count what would be found with that choice and everything else
that is asked: a genre is counted as if no genre were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import NotFoundError
from segue.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.library.shelves.groups import Group, Groups
    from segue.library.shelves.shelves import Shelves
    from segue.types import Mask, Rows, TrackId

CHOICES = 10
"""Most choices of a facet that are shown."""

BESIDE = 4
"""Most artists, and albums, that are found by words beside the tracks."""

_DECADE = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looks for.

    Attributes
    ----------
    words
        Words that names hold, as they are typed.
    artist, album, genre
        Keys of groups; "" for any.
    year_from, year_to
        Both ends belong to it; None for any.
    playable, liked
        Only tracks with a file; only those that the listener likes.
    sort
        One of `segue.library.shelves.SORTS`.
    page
        From 1 on.
    after
        Begin behind this track of the order instead of with a page; "" for no track.
    """

    words: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""
    year_from: int | None = None
    year_to: int | None = None
    playable: bool = False
    liked: bool = False
    sort: str = "newest"
    page: int = 1
    after: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet: what is asked by it, what it is called, how many tracks, if chosen."""

    asks: Mapping[str, object]
    name: str
    tracks: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow down: what it is called, its choices, and how many more there are."""

    name: str
    label: str
    options: tuple[Option, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was looked for.

    `ids` are the tracks of this page in order, `total` how many there are on all pages, `more`
    whether any come behind them. `playable` and `liked` say how many of what is looked for are;
    `artists` and `albums` are those that the words name.
    """

    ids: tuple[TrackId, ...]
    total: int
    page: int
    pages: int
    playable: int = 0
    liked: int = 0
    facets: tuple[Facet, ...] = ()
    artists: tuple[Group, ...] = ()
    albums: tuple[Group, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Masks:
    """What each condition lets pass, by name."""

    size: int
    by_name: dict[str, Mask] = field(default_factory=dict)

    def all_but(self, *names: str) -> Mask:
        """What passes every condition but these."""
        passing = np.ones(self.size, dtype=np.bool_)
        for name, mask in self.by_name.items():
            if name not in names:
                passing &= mask
        return passing


def listed(
    shelves: Shelves,
    look: Look,
    *,
    size: int,
    best: Sequence[TrackId] = (),
    liked: Iterable[TrackId] = (),
) -> Found:
    """A page of tracks.

    Parameters
    ----------
    size
        How many a page.
    best
        What search found for the words, the best first: it leads where the order is by match, and
        counts as found.
    liked
        What the listener likes.

    Returns
    -------
    Found
        The last page where an earlier one is full and the page that is asked for would be empty.

    Raises
    ------
    NotFoundError
        There is no track `Look.after`.
    """
    words = fold(look.words).split()
    leading = shelves.rows(best)
    chosen = np.zeros(len(shelves), dtype=np.bool_)
    chosen[shelves.rows(liked)] = True
    masks = _masks(shelves, look, words, leading, chosen)
    passing = masks.all_but()
    total = int(passing.sum())
    pages = max(1, -(-total // size))
    page = min(max(look.page, 1), pages)
    order = shelves.order(look.sort)
    if look.sort == "best" and len(leading):
        leads = np.zeros(len(shelves), dtype=np.bool_)
        leads[leading] = True
        order = np.concatenate([leading, order[~leads[order]]])
    if look.after:
        order, page = order[_place(shelves, order, look.after) + 1 :], 1
    rows = order[passing[order]]
    first = (page - 1) * size
    return Found(
        ids=tuple(shelves.corpus.ids[row] for row in rows[first : first + size].tolist()),
        more=len(rows) > first + size,
        total=total,
        page=page,
        pages=pages,
        playable=int((masks.all_but("playable") & shelves.corpus.playable).sum()),
        liked=int((masks.all_but("liked") & chosen).sum()),
        facets=_facets(shelves, look, masks),
        artists=tuple(shelves.artists.called(words, n=BESIDE)) if words else (),
        albums=tuple(shelves.albums.called(words, n=BESIDE)) if words else (),
    )


def _place(shelves: Shelves, order: Rows, after: str) -> int:
    """The place of a track in an order, also of one that does not pass."""
    row = shelves.rows([after])
    if not len(row):
        raise NotFoundError(
            f"there is no track {after!r} to go on from", remedy="Begin with the first page again"
        )
    return int(np.flatnonzero(order == row[0])[0])


def _masks(
    shelves: Shelves, look: Look, words: Sequence[str], leading: Rows, liked: Mask
) -> _Masks:
    corpus = shelves.corpus
    masks = _Masks(len(corpus))
    if look.words.strip():
        held = shelves.words.holding(words) if words else np.zeros(len(corpus), dtype=np.bool_)
        held[leading] = True
        masks.by_name["words"] = held
    groups = (("artist", shelves.artists), ("album", shelves.albums), ("genre", shelves.genres))
    for name, kind in groups:
        if key := getattr(look, name):
            masks.by_name[name] = _of_group(kind, key, len(corpus))
    if look.year_from is not None or look.year_to is not None:
        low = 1 if look.year_from is None else look.year_from
        high = 9999 if look.year_to is None else look.year_to
        masks.by_name["year"] = (corpus.year >= low) & (corpus.year <= high) & (corpus.year > 0)
    if look.playable:
        masks.by_name["playable"] = corpus.playable
    if look.liked:
        masks.by_name["liked"] = liked
    return masks


def _of_group(groups: Groups, key: str, size: int) -> Mask:
    mask = np.zeros(size, dtype=np.bool_)
    at = groups.find(key)
    if at is not None:
        mask[groups.rows(at)] = True
    return mask


def _facets(shelves: Shelves, look: Look, masks: _Masks) -> tuple[Facet, ...]:
    """Genre, decade and artist, each counted without its own condition."""
    genre = _of_groups("genre", "Genre", shelves.genres, look.genre, masks)
    artist = _of_groups("artist", "Artist", shelves.artists, look.artist, masks)
    return tuple(each for each in (genre, _decades(shelves, look, masks), artist) if each.options)


def _of_groups(name: str, label: str, groups: Groups, chosen: str, masks: _Masks) -> Facet:
    counts = groups.within(masks.all_but(name))
    shown = groups.most(counts, n=CHOICES)
    if chosen and all(each.key != chosen for each in shown):
        at = groups.find(chosen)
        if at is not None:
            shown = [replace(groups.group(at), tracks=int(counts[at])), *shown[: CHOICES - 1]]
    options = tuple(
        Option({name: each.key}, each.name, each.tracks, each.key == chosen) for each in shown
    )
    return Facet(name, label, options, int((counts > 0).sum()) - len(options))


def _decades(shelves: Shelves, look: Look, masks: _Masks) -> Facet:
    year = shelves.corpus.year
    passing = masks.all_but("year") & (year > 0)
    counts = np.bincount(year[passing].astype(np.int64) // _DECADE)
    options = []
    for decade in np.flatnonzero(counts)[::-1].tolist():
        first, last = decade * _DECADE, decade * _DECADE + _DECADE - 1
        chosen = (look.year_from, look.year_to) == (first, last)
        asks = {"year_from": first, "year_to": last}
        options.append(Option(asks, f"{first}s", int(counts[decade]), chosen))
    return Facet("year", "Year", tuple(options))
