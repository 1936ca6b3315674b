"""Where in two files to listen: windows that sound most alike, in seconds from each beginning.

A track is heard in an excerpt of its file, or several (`segue.descriptors.hearing.Hearing`), and
its windows lie evenly over what was heard. Where the excerpt stands follows from the length of the
file: in its middle. Files whose middle is silent or damaged are heard elsewhere, which nobody notes
down: of these the seconds are wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.audio.spreading import moment
from segue.embedding.windows import begins
from segue.records import Passage

if TYPE_CHECKING:
    from segue.descriptors.hearing import Hearing
    from segue.records import Track
    from segue.snapshot import Windowed

MOST = 3
"""Most passages of a pair of tracks."""


def passages(
    space: Windowed, point: object, row: int, *, seed: Track, seconds: float, hearing: Hearing
) -> tuple[Passage, ...]:
    """The windows of a seed and a row that are most alike, the best first, none twice.

    Parameters
    ----------
    space, point
        What compares them, and where the seed stands there.
    row
        The recommendation.
    seed
        Whose windows the point has.
    seconds
        Length of the recommendation's file, NaN for unknown.
    hearing
        How files are heard.

    Returns
    -------
    tuple of Passage
        Empty where a length is unknown.
    """
    if seed.duration is None or not seconds > 0:
        return ()
    found = []
    for pair in space.closest(point, row, most=MOST):
        ours = _at(pair.seed, pair.of_seed, space.window, seed.duration, hearing)
        theirs = _at(pair.track, pair.of_track, space.window, seconds, hearing)
        found.append(Passage(space.name, seed.id, *ours[:1], *theirs, pair.likeness))
    return tuple(found)


def _at(
    number: int, count: int, window: float | None, length: float, hearing: Hearing
) -> tuple[float, float]:
    """Where in a file of `length` seconds a window begins, and how long it is."""
    heard = length if hearing.seconds is None else min(hearing.seconds, length)
    long = min(heard / count if window is None else window, heard)
    begin = begins(number, count=count, seconds=heard, long=long)
    at = moment(begin, length=length, seconds=hearing.seconds, count=hearing.excerpts)
    return round(at, 2), round(long, 2)
