"""Listening histories as graded ratings, parted into what is learned from and what is judged.

Plays are counted by listener and piece: a track, or an artist where the history names no title.
Some listeners play everything ten times as often as others, so a count is set beside the
listener's own: with t the times and g the geometric mean of what the listener's other counts are,
a rating is ::

    r = ln(t / g)

0 is as usual, 0.69 twice as often as usual, −0.69 half as often. The g of a listener is that of
plays that are learned from; plays that are judged have no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import BadTableError
from segue.names import artist_keys, title_key
from segue.records import Play
from segue.spaces.graded.ratings import Ratings

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from segue.records import Rejection, TrackRecord
    from segue.types import Floats, Rows

LEAST = 10
"""Pieces that a listener has to have played before any of them is held out."""

SHARE = 0.2
"""How much of a listener's pieces is held out."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Who played what how often: one entry a listener and piece.

    Attributes
    ----------
    listeners, items
        Dense numbers in the order of first appearance, shape (counts,).
    times
        At least 1, shape (counts,).
    rejected
        Rows of the source that could not be taken.
    """

    listeners: Rows
    items: Rows
    times: Floats
    listener_count: int
    item_count: int
    rejected: int

    @classmethod
    def of(cls, plays: Iterable[Play | Rejection]) -> Self:
        """Count a history.

        Raises
        ------
        BadTableError
            It holds no play of anything that has a name.
        """
        listeners: dict[str, int] = {}
        items: dict[Hashable, int] = {}
        times: dict[tuple[int, int], int] = {}
        rejected = 0
        for play in plays:
            piece = _piece(play.track) if isinstance(play, Play) else None
            if piece is None or not isinstance(play, Play):
                rejected += 1
                continue
            pair = (
                listeners.setdefault(play.listener, len(listeners)),
                items.setdefault(piece, len(items)),
            )
            times[pair] = times.get(pair, 0) + play.times
        if not times:
            raise BadTableError(
                "the history holds no play that can be counted",
                remedy="Give one that `segue import history` takes",
            )
        pairs = np.array(list(times), dtype=np.int64)
        counted = np.array(list(times.values()), dtype=np.float64)
        return cls(pairs[:, 0], pairs[:, 1], counted, len(listeners), len(items), rejected)

    def parted(self, *, share: float = SHARE, least: int = LEAST, seed: int = 42) -> Parted:
        """Hold out a share of the pieces of every listener who has `least`, at random.

        Raises
        ------
        BadTableError
            No listener has so many, or all counts are the same
            (`segue.spaces.graded.ratings.Ratings.of`).
        """
        logs: Floats = np.log(self.times)
        # Whether anything is graded is asked of the counts as they are.
        Ratings.of(self.listeners, self.items, self.times)
        chance = np.random.default_rng(seed).random(len(logs))
        order = np.lexsort((chance, self.listeners))
        played = np.bincount(self.listeners, minlength=self.listener_count)
        rank = np.arange(len(order)) - np.repeat(np.cumsum(played) - played, played)
        quota = np.where(played >= least, np.ceil(share * played), 0).astype(np.int64)
        held = np.zeros(len(logs), dtype=np.bool_)
        held[order[rank < quota[self.listeners[order]]]] = True
        if not held.any():
            raise BadTableError(
                f"no listener of {self.listener_count:,} played {least} different pieces",
                remedy="Give a longer history",
            )
        left = np.bincount(self.listeners[~held], minlength=self.listener_count)
        usual = np.bincount(self.listeners[~held], logs[~held], self.listener_count) / left
        return self._with(logs - usual[self.listeners], held)

    def _with(self, values: Floats, held: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Parted:
        learned = Ratings.of(
            self.listeners[~held],
            self.items[~held],
            values[~held],
            listener_count=self.listener_count,
            item_count=self.item_count,
        )
        known = np.bincount(learned.items, minlength=self.item_count) > 0
        items = np.where(known[self.items[held]], self.items[held], -1)
        return Parted(learned, self.listeners[held], items, values[held])


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """Ratings to learn from, and those to judge by.

    Attributes
    ----------
    learned
        What is learned from.
    listeners, items, values
        What is judged by, shape (held out,); an item is -1 where nobody else played it.
    """

    learned: Ratings
    listeners: Rows
    items: Rows
    values: Floats


def _piece(track: TrackRecord) -> Hashable | None:
    """What is played, by name; None for what has none."""
    # A name of signs alone ("†††") has no normal form and stands as it is written.
    names = artist_keys(track.artists) or tuple(filter(None, map(str.strip, track.artists)))
    title = title_key(track.title) if track.title else ""
    return (title, names) if names or title else None
