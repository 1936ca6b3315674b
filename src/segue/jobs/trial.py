"""Put a catalogue's spaces of sound to the test: every track asks for its nearest.

Judged are the spaces as they answer, from the vectors that stand, beside baselines that are heard
for the purpose: mel statistics, and bliss-audio where it is installed. All of them are asked about
the same tracks, those that every one of them places, so that none has it easier. Tracks without
a file, such as those of a table, and spaces learned from playlists have no part in it. Of a large
catalogue some tracks are taken (`segue.jobs.lessons.order`), by as many artists with two tracks as
there can be.

By whom a track is, and of which genre, is what a network would be told (`segue.jobs.lessons`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from segue.descriptors.cache import Cache
from segue.descriptors.hearing import Hearing
from segue.embedding.manifest import Manifest
from segue.embedding.marks import known
from segue.errors import UnavailableError
from segue.evaluation.audio import REFERENCE, AudioReport, Contender, compare
from segue.evaluation.retrieval import Gallery
from segue.jobs.lessons import order
from segue.jobs.reheard import Reheard
from segue.jobs.rivals import of_baselines, of_spaces, parts_of, stored
from segue.jobs.workers import workers_for
from segue.models.folder import read
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from segue.jobs.ears import Ear
    from segue.jobs.lessons import Lesson, Lessons
    from segue.settings import Settings
    from segue.snapshot import Snapshot, Space
    from segue.types import Progress, Rows

MOST = 2000
"""Tracks that are judged unless asked otherwise: 32 MB of scores a space."""

More: TypeAlias = "Callable[[Snapshot, Judged, Collection[str]], Iterable[Contender]]"
"""Makes contenders from the catalogue, the tracks that are judged, and names that are taken."""

ENOUGH = 0.9
"""The share of the tracks heard that a space has to place to be judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The tracks of a trial.

    Attributes
    ----------
    lessons
        One a track: its file, artist and genre.
    rows
        Their rows in the snapshot, rising.
    spaces
        The spaces that place all of them, by name.
    absent
        By name: why a space of sound is not judged.
    """

    lessons: Sequence[Lesson]
    rows: Rows
    spaces: Mapping[str, Space]
    absent: Mapping[str, str] = field(default_factory=dict)


def put_to_test(
    snapshot: Snapshot,
    found: Lessons,
    *,
    settings: Settings,
    ears: Sequence[Ear] = (),
    most: int = MOST,
    again: int = 0,
    more: More | None = None,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> AudioReport:
    """Judge the spaces of sound.

    Parameters
    ----------
    snapshot
        The catalogue with its spaces.
    found
        Its files; ids are those of tracks.
    settings
        How files are heard, and how many processes to take.
    ears
        The embedders whose vectors stand.
    most
        Judge at most so many tracks.
    again
        Alter so many of them and hear them again; 0 for none.
    more
        Others that are judged on the same tracks; names in use are theirs to leave alone.
    seed
        Settles which tracks are taken.
    on_progress
        Called with (done, in all, what).

    Raises
    ------
    UnavailableError
        Fewer than two tracks have been described.
    InternalError
        Workers cannot be started.
    """
    judged = chosen(snapshot, found, most=most, seed=seed)
    rows = judged.rows
    with workers_for(settings, files=len(rows)) as workers:
        listener = Reheard(judged.lessons, workers, Hearing.of(settings), on_progress)
        mel, bliss = listener.mel(Cache.of(settings)), listener.bliss()
        heard = listener.again(ears, again, seed)
    flattered = _flattered(ears, judged)
    described = snapshot.corpus.placed[REFERENCE] if REFERENCE in judged.spaces else None
    contenders = [
        *of_spaces(judged.spaces, rows, heard, on_progress=on_progress),
        *(Contender(name, "space", missing=why) for name, why in judged.absent.items()),
        *of_baselines(described, rows, heard, mel, bliss),
    ]
    if more is not None:
        contenders += more(snapshot, judged, {each.name for each in contenders})
    return compare(
        [_told(each, flattered, judged) for each in contenders],
        Gallery(
            [lesson.artist for lesson in judged.lessons],
            [lesson.genre for lesson in judged.lessons],
            seed=seed,
        ),
        source=found.source,
        heard_again=heard.places,
        notes=_notes(found, judged, listener.notes),
        on_progress=on_progress,
    )


def chosen(snapshot: Snapshot, found: Lessons, *, most: int, seed: int) -> Judged:
    """The tracks that all spaces of sound place, or some of them.

    Raises
    ------
    UnavailableError
        There are fewer than two.
    """
    by_row: dict[int, Lesson] = {}
    for lesson in found.lessons:
        row = snapshot.corpus.row_of.get(TrackId(lesson.id))
        if row is not None:
            by_row.setdefault(row, lesson)
    spaces, absent = _of_sound(snapshot, np.array(sorted(by_row), dtype=np.int64))
    placed = [row for row in sorted(by_row) if all(each.placed[row] for each in spaces.values())]
    if len(placed) < 2 or not spaces:
        raise UnavailableError(
            "there is nothing to compare: fewer than two tracks have been described",
            remedy="Analyse the music first: `segue analyse`, or name a folder with --folder",
        )
    listed = [by_row[row] for row in placed]
    taken = np.sort(order(listed, seed=seed)[:most])
    rows = np.array(placed, dtype=np.int64)[taken]
    return Judged([listed[place] for place in taken.tolist()], rows, spaces, absent)


def _of_sound(snapshot: Snapshot, files: Rows) -> tuple[dict[str, Space], dict[str, str]]:
    """Spaces of sound that place enough of the tracks heard, by name; why others are not judged.

    `files` are rows of tracks with a file. Heard are those that any space of sound places.
    """
    held = snapshot.corpus.placed
    # Only embedders leave windows; other vectors that are held are learned from something else.
    listening = {name for name, each in held.items() if each.width is not None} | {REFERENCE}
    placed = {
        name: space.placed[files]
        for name, space in snapshot.spaces.items()
        if stored(name, space) in listening
    }
    heard = int(np.logical_or.reduce([*placed.values()]).sum()) if placed else 0
    spaces, absent = {}, {}
    for name, there in placed.items():
        count = int(there.sum())
        if count and count >= ENOUGH * heard:
            spaces[name] = snapshot.spaces[name]
        else:
            absent[name] = (
                f"places {count:,} of {heard:,} tracks heard; `segue analyse` goes on with them"
            )
    # The one that all others are set against stands first.
    return dict(sorted(spaces.items(), key=lambda each: each[0] != REFERENCE)), absent


def _flattered(ears: Sequence[Ear], judged: Judged) -> dict[str, str]:
    """By space: what its network was taught of the very artists that are judged."""
    artists = {lesson.artist for lesson in judged.lessons} - {""}
    told = {}
    for ear in ears:
        data = read(Path(ear.folder), Manifest.from_json).data
        count = known(data, artists)
        if count is None:
            source = data.get("source") or "a source that it does not name"
            told[ear.space] = f"it was perhaps taught with them; it learned from {source}"
        elif count:
            told[ear.space] = f"it was taught with {count:,} of the {len(artists):,} artists"
    return told


def _told(each: Contender, flattered: Mapping[str, str], judged: Judged) -> Contender:
    """With what it was trained on, itself or the first of its spaces that was."""
    parts = parts_of(each.name, judged.spaces)
    why = next((flattered[part] for part in parts if part in flattered), "")
    return replace(each, flattered=why) if why else each


def _notes(found: Lessons, judged: Judged, more: Sequence[str]) -> list[str]:
    """What a reader has to know of how the tracks came about."""
    notes = [note.rstrip(".") for note in found.notes]
    files = len({lesson.id for lesson in found.lessons})
    if len(judged.rows) < files:
        notes.append(f"{len(judged.rows):,} of {files:,} tracks are judged")
    return [*notes, *more]
