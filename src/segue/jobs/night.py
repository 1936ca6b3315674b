"""A night's work, sized beforehand: how many tracks are heard, and how long networks learn.

``--hours`` buys everything from the first file to the last: what has to be analysed, hearing the
material, teaching every network, and in the end the embedding of all files. What is not teaching is
reckoned from how long files took before. Hearing may take a third of the rest: where a library is
larger than that, part of it is heard, two tracks of every artist first
(`segue.jobs.lessons.order`). All that is left is for learning, shared out evenly.
"""

from __future__ import annotations

from dataclasses import dataclass

from segue.errors import BadRequestError

DRAWING_SECONDS = 0.1
"""Of one process, to decode 30 seconds and draw them, before any file has been measured."""

VERSION_SECONDS = 1.0
"""Of one process, to draw another version of them (`segue.jobs.drawing`)."""

HEARING = 1 / 3
"""Most of the night that hearing the material may take."""

LEAST_MINUTES = 1.0
"""Of learning, below which a night is too short for a network."""


@dataclass(frozen=True, slots=True)
class Night:
    """What fits into the hours that were given.

    Attributes
    ----------
    tracks
        How many are heard.
    hearing
        Seconds that takes.
    learning
        Seconds that each network may learn.
    around
        Seconds of analysis before and after.
    """

    tracks: int
    hearing: float
    learning: float
    around: float


def sized(
    hours: float,
    *,
    tracks: int,
    networks: int,
    processes: int,
    pace: float = DRAWING_SECONDS,
    around: float = 0.0,
) -> Night:
    """Size a night.

    Parameters
    ----------
    hours
        All there are.
    tracks
        How many could be heard.
    networks
        How many are to be taught.
    processes
        How many hear at once.
    pace
        Seconds a file takes one process.
    around
        Seconds that everything takes beside hearing and learning.

    Raises
    ------
    BadRequestError
        The hours are too few to learn anything in.
    """
    seconds = hours * 3600.0
    left = seconds - around
    each = pace / processes
    heard = min(tracks, int(max(0.0, left) * HEARING / each))
    learning = (left - heard * each) / networks
    if heard < 2 or learning < 60.0 * LEAST_MINUTES:
        least = around + networks * 60.0 * LEAST_MINUTES / (1.0 - HEARING)
        raise BadRequestError(
            f"{hours:g} hours are too few: analysing files takes {around / 60:,.0f} minutes of them"
            if around > seconds / 2
            else f"{hours:g} hours are too few to learn in",
            where="--hours",
            remedy=f"Give at least {_rounded(least / 3600.0)}",
        )
    return Night(heard, heard * each, learning, around)


def _rounded(hours: float) -> str:
    """Hours, a tenth more rather than less."""
    return f"{int(hours * 10) / 10 + 0.1:.1f}"
