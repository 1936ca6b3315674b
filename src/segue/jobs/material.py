"""Gather material: draw the spectrograms of lessons in worker processes, each once.

Drawn is what `segue.descriptors.hearing` hears of a file, taken from the cache of spectrograms
where that is on. All goes into a work folder (`segue.jobs.drawn`), so this may be stopped or
killed at any moment and goes on where it was, until everything is drawn and the material settled
(`segue.jobs.settled`). A file that cannot be heard is a rejection with its reason; the same bytes
under two names are one track, and so are two files of one track (FLAC and MP3 for example).
"""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from segue.descriptors.cache import Cache
from segue.descriptors.hearing import Hearing
from segue.embedding.windows import BANDS
from segue.errors import BadFileError, UnavailableError
from segue.jobs import settled
from segue.jobs.drawing import draw
from segue.jobs.drawn import Drawn
from segue.jobs.lessons import Lessons, order, with_genres
from segue.jobs.settled import Settled, Taught
from segue.jobs.workers import workers_for
from segue.records import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from segue.jobs.lessons import Lesson
    from segue.jobs.workers import Outcome
    from segue.settings import Settings
    from segue.types import Progress

_RATE = 22_050 / 512
"""Frames a second."""

_SONG_SECONDS = 480.0
"""How long a file is taken to be where all of it is heard."""


def gather(
    found: Lessons,
    *,
    work: Path,
    asked: Mapping[str, Any],
    settings: Settings,
    most: int | None = None,
    seconds: float | None = None,
    seed: int = 42,
    versions: int = 0,
    on_progress: Progress | None = None,
) -> Settled:
    """Hear lessons and settle what is learned from.

    Parameters
    ----------
    found
        What there is.
    work
        The folder for spectrograms; one that an interrupted run left is gone on with.
    asked
        What was asked for, as JSON can hold it; another run is let in only if it asks for the same.
    settings
        How to hear, how many processes to take, where the cache is.
    most
        Hear at most so many files; all when None.
    seconds
        Begin no further file after this time.
    seed
        Settles which are heard first (`segue.jobs.lessons.order`).
    versions
        How many versions of each are drawn beside it (`segue.jobs.drawing`).
    on_progress
        Called with (files done, files in all, what).

    Raises
    ------
    BadFileError
        None of the files can be heard.
    UnavailableError
        The work folder is that of another training, or cannot be written to, or the disk has no
        room for what is to be drawn.
    """
    began = time.monotonic()
    earlier = settled.read(work, asked=asked)
    if earlier is not None:
        return earlier
    rows = order(found.lessons, seed=seed)[:most]
    chosen = [
        version for row in rows.tolist() for version in _versions(found.lessons[row], versions)
    ]
    with Drawn(work, heard=Hearing.of(settings).parameters) as drawn:
        run = _Run(chosen, drawn, settings, seconds, on_progress)
        run.go()
    heard = [lesson for lesson in chosen if lesson.key in drawn.places]
    if not heard:
        raise _nothing(found, run.refused)
    tracks, notes = _taught(heard, drawn, found)
    original = sum(lesson.version == 0 for lesson in heard)
    kept = sum(track.version == 0 for track in tracks)
    done = Settled(
        material=settled.material_of(work, tracks, source=found.source, asked=asked),
        tracks=tracks,
        listed=len(found.lessons) + len(found.rejections),
        repeated=original - kept,
        left=len(found.lessons) - original - len(run.refused),
        rejected=len(found.rejections) + len(run.refused),
        notes=(*notes, *run.notes),
        rejections=(*found.rejections, *run.refused),
        seconds=time.monotonic() - began,
    )
    settled.write(work, done, asked=asked)
    return done


def _versions(lesson: Lesson, count: int) -> Iterator[Lesson]:
    """A lesson, and so many versions of it."""
    yield lesson
    for version in range(1, count + 1):
        yield replace(lesson, key=f"{lesson.key} version {version}", version=version)


def _taught(
    heard: list[Lesson], drawn: Drawn, found: Lessons
) -> tuple[tuple[Taught, ...], tuple[str, ...]]:
    """Tracks in the order of their ids, each once, be it by its bytes or by its id, and notes.

    What is a genre is settled anew: of some that were shared too little may have been heard.
    """
    once: list[Lesson] = []
    seen: set[tuple[str, int]] = set()
    for lesson in sorted(heard, key=lambda each: (each.id, each.version, each.key)):
        known = {
            (f"bytes {drawn.places[lesson.key].content_hash}", lesson.version),
            (f"id {lesson.id}", lesson.version),
        }
        if seen.isdisjoint(known):
            once.append(lesson)
        seen |= known
    told = with_genres(replace(found, lessons=tuple(once), notes=()))
    tracks = tuple(
        Taught(
            id=lesson.id,
            label=lesson.label,
            artist=lesson.artist,
            genre=lesson.genre,
            people=lesson.people,
            synthetic=lesson.synthetic,
            version=lesson.version,
            **asdict(drawn.places[lesson.key]),
        )
        for lesson in told.lessons
    )
    return tracks, tuple(dict.fromkeys((*found.notes, *told.notes)))


def _nothing(found: Lessons, refused: list[Rejection]) -> BadFileError:
    first = refused[0] if refused else None
    told = f"; the first, {first.place}: {first.reason}" if first else ""
    return BadFileError(
        f"none of the {len(found.lessons):,} files can be heard{told}",
        where=found.source,
        remedy="Play some of them in an audio program to see whether they are whole",
    )


class _Run:
    """One run of drawing: gives out what is not drawn yet, and takes in what was."""

    def __init__(
        self,
        chosen: list[Lesson],
        drawn: Drawn,
        settings: Settings,
        seconds: float | None,
        on_progress: Progress | None,
    ) -> None:
        self.refused: list[Rejection] = []
        self.notes: list[str] = []
        self._by_key = {lesson.key: lesson for lesson in chosen}
        self._waiting = [lesson for lesson in chosen if lesson.key not in drawn.places]
        self._done, self._all = len(chosen) - len(self._waiting), len(chosen)
        self._drawn, self._settings, self._on_progress = drawn, settings, on_progress
        self._end = None if seconds is None else time.monotonic() + seconds

    def go(self) -> None:
        """Draw until all is done or time is up."""
        if not self._waiting:
            return
        self._check_room()
        with workers_for(self._settings, files=len(self._waiting)) as workers:
            self._tell("")
            for outcome in workers.run(draw, self._tasks()):
                self._take(outcome)
            self.notes += workers.notes

    def _tasks(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        hearing, cache = Hearing.of(self._settings), Cache.of(self._settings)
        for lesson in self._waiting:
            if self._end is not None and time.monotonic() >= self._end:
                return
            path = str(lesson.path)
            facts = (path, lesson.scanned, lesson.content_hash, hearing, cache, lesson.version)
            yield lesson.key, facts

    def _take(self, outcome: Outcome[tuple[str, Any]]) -> None:
        """Keep what was drawn, or why nothing was."""
        lesson = self._by_key[outcome.key]
        if outcome.value is not None:
            self._drawn.put(lesson.key, *outcome.value)
        elif outcome.error is not None and lesson.version == 0:
            reason = outcome.error.what
            self.refused.append(Rejection(place=str(lesson.path), line=None, reason=reason))
        self._done += 1
        self._tell(f"listening to {lesson.path.name}")

    def _tell(self, what: str) -> None:
        if self._on_progress is not None:
            self._on_progress(self._done, self._all, what)

    def _check_room(self) -> None:
        """Refuse to begin what the disk has no room for."""
        seconds = self._settings.excerpt_seconds or _SONG_SECONDS
        needed = round(len(self._waiting) * seconds * _RATE * BANDS)
        free = shutil.disk_usage(self._drawn.folder).free
        if needed > free:
            raise UnavailableError(
                f"{len(self._waiting):,} spectrograms need {needed / 1e9:,.1f} GB, and"
                f" {free / 1e9:,.1f} GB are free",
                where=str(self._drawn.folder),
                remedy="Make room, name a folder on another disk with --out, or hear fewer tracks"
                " with --hours",
            )
