"""Whether there is something to learn, said before anything is heard and once more after.

A network that tells artists apart needs two of them, and two tracks of some; one that names genres
needs two genres. What does not suffice is refused with what would; where artists do not suffice and
nobody asked for them, a network learns to know windows of one track instead.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

Positives = Literal["artist", "track"]
"""What belongs together: windows of one artist, or of one track."""


def positives(
    artists: Sequence[str], *, asked: Positives | None, source: str
) -> tuple[Positives, str]:
    """What shall belong together, and a note where that is not what is usual.

    Parameters
    ----------
    artists
        Of the tracks, "" for nobody's.
    asked
        What somebody asked for; None leaves it to what there is.
    source
        Where the tracks come from, for messages.

    Raises
    ------
    BadRequestError
        There is a single track; or artists were asked for, and there is one alone, or none with
        two tracks.
    """
    if len(artists) < 2:
        raise BadRequestError(
            "there is one track alone, and nothing to tell it from",
            where=source,
            remedy="Add music",
        )
    problem = _artists_problem(artists)
    if asked == "track" or not problem:
        return asked or "artist", ""
    if asked == "artist":
        raise BadRequestError(
            problem,
            where=source,
            remedy="Add music or correct its tags, or learn from windows of one track:"
            " --positives track",
        )
    return "track", f"{problem[0].upper()}{problem[1:]}; windows of one track belong together."


def _artists_problem(artists: Sequence[str]) -> str:
    """Why artists cannot be told apart, as half a sentence; "" where they can."""
    counts = Counter(artist for artist in artists if artist)
    several = sum(count > 1 for count in counts.values())
    if not counts:
        return "no track names an artist"
    if len(counts) == 1:
        return "all tracks with an artist are by one, and there is nobody to tell them from"
    if not several:
        return f"every one of the {len(counts):,} artists has a single track"
    return ""


def check_genres(genres: Sequence[str], *, source: str) -> None:
    """Refuse tracks whose genres cannot be told apart.

    Parameters
    ----------
    genres
        One a track, "" where unknown or shared by too few (`segue.jobs.lessons.with_genres`).
    source
        Where the tracks come from, for messages.

    Raises
    ------
    BadRequestError
        There is one genre, or none that two tracks by different artists share.
    """
    there = set(genres) - {""}
    if len(there) > 1:
        return
    raise BadRequestError(
        f"all tracks with a genre are {there.pop()}, and there is nothing to tell it from"
        if there
        else "no genre is shared by two tracks of different artists",
        where=source,
        remedy="Correct the genres of the tags (MusicBrainz Picard does it by sound), or give a"
        " table with them: --table",
    )
