"""Which tracks are rendered, in which order, and the trouble planted among them.

The order interleaves styles and takes two songs of an artist at a time, so that the first few
tracks already hold several styles and at least two songs of each artist.

Planted trouble, for linking and the grouping of duplicates: two live versions, two remixes, a
featured guest in a title, a track without an artist on a compilation, a title in another script,
and two further files: an exact copy on a "best of", and the same recording tagged anew there.
"""

from __future__ import annotations

from typing import NamedTuple

_TURN: tuple[str, ...] = (
    "ambient",
    "nocturne",
    "folk",
    "bossa",
    "jazz",
    "lofi",
    "synthpop",
    "house",
    "drum-and-bass",
    "chiptune",
    "post-rock",
)

AUDIO_ARTISTS: tuple[str, ...] = (
    *_TURN,
    *_TURN,
    "nocturne",
    "folk",
    "jazz",
    "lofi",
    "synthpop",
    "house",
)
"""The style of every artist with audio, by artist number."""

_SONGS = (3, 5, 4, 6, 3, 4, 4) * 4


class Slot(NamedTuple):
    """One track to be made: the artist's number, the how many-th of its songs, the version."""

    artist: int
    nth: int
    version: str = ""


class Special(NamedTuple):
    """What is odd about the tags of a track: a title, a guest (artist number), a compilation."""

    title: str = ""
    guest: int | None = None
    compilation: str = ""


SPECIAL: dict[tuple[int, int], Special] = {
    (0, 1): Special(title="霧の灯台"),
    (4, 1): Special(compilation="Late Trains: Segue Demo Compilation"),
    (5, 1): Special(guest=6),
}
"""Odd tags by artist number and song; see `world` for what becomes of them."""

VERSIONS: dict[int, tuple[Slot, ...]] = {
    2: (Slot(2, 0, "live"), Slot(2, 1, "live")),
    6: (Slot(6, 0, "remix"), Slot(6, 1, "remix")),
}
"""Further versions, made right after the first two songs of the artist."""

EXACT_COPY = Slot(1, 0)
"""The track whose file stands a second time, byte for byte, in a "best of" folder."""

NEW_TAGS = Slot(3, 0)
"""The track whose recording stands a second time with the tags of a "best of" and no demo id."""


def audio_slots() -> list[Slot]:
    """All tracks that are rendered, in the order they are numbered and written."""
    slots: list[Slot] = []
    for turn in range(0, max(_SONGS), 2):
        for artist, count in enumerate(_SONGS):
            slots.extend(Slot(artist, nth) for nth in (turn, turn + 1) if nth < count)
            if turn == 0:
                slots.extend(VERSIONS.get(artist, ()))
    return slots
