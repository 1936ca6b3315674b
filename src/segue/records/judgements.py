"""Blind comparisons of two lenses by a listener: what is asked, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from segue.records.tracks import Track
    from segue.types import TrackId

TestKind = Literal["pair", "odd"]
"""Which of two goes better with a third; or which of three does not belong."""


@dataclass(frozen=True, slots=True)
class ListeningQuestion:
    """Tracks to listen to, without a word on which lens found which.

    Attributes
    ----------
    id
        What the answer names.
    kind
        ``pair``: which of `shown` goes better with `seed`. ``odd``: which of `shown`, the seed
        among them, does not belong.
    seed
        The track that both lenses were asked about; None in ``odd``.
    shown
        The tracks to choose from, in an order that says nothing.
    """

    id: str
    kind: TestKind
    seed: Track | None
    shown: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A blind comparison that was answered.

    Attributes
    ----------
    kind
        See `ListeningQuestion`.
    lens_a, lens_b
        The lenses, as they are written.
    seed_id, track_a, track_b
        What was asked about, and what each lens found.
    choice
        The track that was chosen; "" where they are equal.
    winner
        The lens whose track goes better: in ``pair`` that of the chosen track, in ``odd`` the
        other one. "" where neither does.
    listener
        Who judged; "" for whoever owns the catalogue.
    at
        When, in seconds since 1970.
    """

    kind: TestKind
    lens_a: str
    lens_b: str
    seed_id: TrackId
    track_a: TrackId
    track_b: TrackId
    choice: str
    winner: str
    listener: str
    at: float
