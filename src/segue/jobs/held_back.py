"""Artists held back: music that a network is not taught with, so that it can be judged on it.

About a quarter of the artists, with all they are credited on, as many of each genre as can be
(`segue.evaluation.splits`). A track that credits one of them anywhere, as a guest or on a
compilation, is neither taught nor judged by. Tracks that are nobody's are taught: nobody can say
whose they are.

Judging needs at least `LEAST` artists with two tracks on either side: below that, a figure is
chance. Where a quarter is too few, up to half of the artists are held back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from segue.embedding.marks import known
from segue.errors import BadRequestError
from segue.evaluation.splits import folds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.embedding.manifest import Manifest
    from segue.types import Rows


LEAST = 8
"""Artists with two tracks or more that judging needs, and that learning needs beside them."""

LEAST_GENRES = 2
"""Genres of two artists or more that judging a network of genres needs."""

_PARTS = (4, 3, 2)
"""In how many parts artists are dealt, of which one is held back; the first that is enough."""


class Credited(Protocol):
    """A track of which is known whose it is: a lesson, or settled material."""

    @property
    def artist(self) -> str:
        """Whose it is, "" for nobody's."""
        ...

    @property
    def genre(self) -> str:
        """Its genre, "" for none."""
        ...

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody credited."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows to learn from, and rows to judge on; what stands on neither side is in no one's favour.

    `artists` says how many artists are held back.
    """

    taught: Rows
    held: Rows
    artists: int


def split(tracks: Sequence[Credited], *, genres: bool, seed: int) -> Split:
    """Hold back artists.

    Parameters
    ----------
    tracks
        Of settled material, or what could be learned from.
    genres
        Whether a network of genres is to be judged too.
    seed
        Settles which artists.

    Raises
    ------
    BadRequestError
        Too few artists have two tracks, or too few genres two artists, to judge by.
    """
    named = np.array([row for row, track in enumerate(tracks) if track.artist], dtype=np.int64)
    several = _several(tracks, named)
    if several < 2 * LEAST:
        raise _too_few(several)
    problem = ""
    for parts in _PARTS:
        held = named[_dealt([tracks[row] for row in named.tolist()], parts, seed)]
        problem = _problem(tracks, held, genres=genres)
        if not problem:
            return _without(tracks, held)
    raise BadRequestError(
        f"there is too little to judge by: {problem}",
        remedy="Add music or tags, or train without judging: name a folder with --out and leave"
        " --library away",
    )


def check_start(start: Manifest, artists: Iterable[str], *, synthetic: bool) -> str:
    """Refuse to begin with a network that knows artists who are held back.

    What it learned of them is still in whatever learns on from it. Who knows invented artists alone
    knows none that are not, whatever they are called.

    Parameters
    ----------
    start
        What is to be begun with.
    artists
        Normal forms of those held back.
    synthetic
        Whether the music is invented.

    Returns
    -------
    str
        A note where nobody can say whom it knows, else "".

    Raises
    ------
    BadRequestError
        It knows some.
    """
    if start.synthetic and not synthetic:
        return ""
    count = known(start.data, artists)
    if count is None:
        return (
            f"Nobody has noted whom {start.name} was taught with, which this begins with: if it"
            " knows artists held back, the figures flatter."
        )
    if count:
        raise BadRequestError(
            f"{start.name}, which this would begin with, was taught with {count:,} of the artists"
            " held back, and would be judged on its memory of them",
            remedy="Begin with chance (--from-scratch), or name another network with --start",
        )
    return ""


def _dealt(tracks: Sequence[Credited], parts: int, seed: int) -> Rows:
    """The rows of one part of the artists."""
    known = sorted({track.genre for track in tracks} - {""})
    counts = Counter(track.genre for track in tracks)
    # A genre of one track among the named cannot be dealt; it counts as none.
    codes = {name: float(code) for code, name in enumerate(known) if counts[name] > 1}
    dealt = folds(
        len(tracks),
        count=parts,
        seed=seed,
        artists=[track.artist for track in tracks],
        classes=np.array([codes.get(track.genre, np.nan) for track in tracks]),
    )
    return dealt[0][1]


def _problem(tracks: Sequence[Credited], held: Rows, *, genres: bool) -> str:
    """Why this part of the artists is not enough; "" where it is."""
    several = _several(tracks, held)
    if several < LEAST:
        return f"of {several} artists held back there are two tracks or more, {LEAST} are needed"
    shared = _shared_genres(tracks, held)
    if genres and shared < LEAST_GENRES:
        return (
            f"{shared} of the genres held back {'is' if shared == 1 else 'are'} shared by two"
            f" artists, {LEAST_GENRES} are needed"
        )
    return ""


def _several(tracks: Sequence[Credited], rows: Rows) -> int:
    """How many artists have two tracks or more among these rows."""
    counts = Counter(tracks[row].artist for row in rows.tolist())
    return sum(count > 1 for count in counts.values())


def _shared_genres(tracks: Sequence[Credited], rows: Rows) -> int:
    """How many genres two artists or more share among these rows."""
    who: dict[str, set[str]] = {}
    for row in rows.tolist():
        if tracks[row].genre:
            who.setdefault(tracks[row].genre, set()).add(tracks[row].artist)
    return sum(len(artists) > 1 for artists in who.values())


def _without(tracks: Sequence[Credited], held: Rows) -> Split:
    """The split that holds these rows back, and their artists wherever they are credited."""
    artists = {tracks[row].artist for row in held.tolist()}
    back = set(held.tolist())
    taught = [
        row
        for row, track in enumerate(tracks)
        if row not in back and artists.isdisjoint(track.people)
    ]
    return Split(np.array(taught, dtype=np.int64), held, len(artists))


def _too_few(several: int) -> BadRequestError:
    has = "artist has" if several == 1 else "artists have"
    return BadRequestError(
        f"there is too little to judge by: {several} {has} two tracks or more, and {2 * LEAST} are"
        " needed, half of them to learn from and half to judge on",
        remedy="Add music or tags, or train without judging: name a folder with --out and leave"
        " --library away",
    )
