"""How an answer is wished for: what it may hold, and how it is chosen from what is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.types import TrackId


@dataclass(frozen=True, slots=True)
class Between:
    """A range of one attribute (`Attributes`) or of the popularity; None leaves an end open.

    Both ends are included.
    """

    attribute: str
    least: float | None = None
    most: float | None = None


_SEVERAL = (
    "genres", "exclude_genres", "artists", "exclude_artists", "languages", "folders", "between",
    "exclude_tracks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What an answer may hold. Applied before the nearest are chosen, never after.

    Empty or None means no condition. Names are compared without regard to case and accents.
    A track of which a condition's number or word is unknown does not pass it.

    Attributes
    ----------
    genres, exclude_genres, artists, exclude_artists
        Of any of these; of none of these.
    year_from, year_to, seconds_from, seconds_to
        Both ends included.
    tempo_from, tempo_to
        Beats a minute, both ends included. With `octaves`, half and double the tempo count too.
    key, mode
        Pitch class 0-11, and 1 for major or 0 for minor; a key without a mode takes both, a mode
        without a key any. With `compatible_keys` keys that mix well with the key count too
        (`segue.recommend.keys`).
    languages
        Codes as tags have them: "en", "deu"; "en" takes "en-GB" too.
    folders
        Paths; a track passes where a file of it lies in one of them or below.
    between
        Ranges of attributes, or of the popularity.
    exclude_tracks
        Not these: what was heard, what is refused.
    """

    genres: tuple[str, ...] = ()
    exclude_genres: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    exclude_artists: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    seconds_from: float | None = None
    seconds_to: float | None = None
    tempo_from: float | None = None
    tempo_to: float | None = None
    octaves: bool = True
    key: int | None = None
    mode: int | None = None
    compatible_keys: bool = False
    explicit: bool | None = None
    playable: bool | None = None
    languages: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    between: tuple[Between, ...] = ()
    exclude_tracks: frozenset[TrackId] = frozenset()

    def __post_init__(self) -> None:
        """Refuse one name where several are asked for: it would be read letter by letter."""
        for name in _SEVERAL:
            given = getattr(self, name)
            if isinstance(given, str):
                raise BadRequestError(
                    f"{name} are several, and {given!r} is one text",
                    where="filters",
                    remedy=f"Give a tuple of them: {name}=({given!r},)",
                )


@dataclass(frozen=True, slots=True)
class Dials:
    """How the final list is chosen from what is near (`segue.recommend.selection`).

    Attributes
    ----------
    per_artist, per_album
        Most rows that one artist or one album may have a part in, 1 or more; None for any number.
    group
        Whether versions of one recording share a row, and those of the seed are left out.
    hubs
        How much of the favour that tracks near to everything enjoy is taken away, in [0, 1].
    diversity
        How much unlike each other the rows shall be, in [0, 1]; 0 goes by the score alone.
    variation
        How far chance may reorder rows of like scores, in [0, 1]; 0 never. The same `draw` gives
        the same order.
    recent
        Tracks offered lately, the newest first: they step back, the newest furthest.
    """

    per_artist: int | None = 2
    per_album: int | None = None
    group: bool = True
    hubs: float = 0.5
    diversity: float = 0.0
    variation: float = 0.0
    draw: int = 0
    recent: tuple[TrackId, ...] = ()


UNSELECTED = Dials(per_artist=None, per_album=None, group=False, hubs=0.0)
"""The order of the scores itself: nothing is grouped, capped or moved."""
