"""Lessons: the audio files a network could be taught with, listed before any of them is heard.

They come from the catalogue, from a folder (tags alone are read, which is quick) or from a table
that names files. So whatever stands in the way of learning is said before hours go into drawing
spectrograms (`segue.jobs.drawing`), and a short night can choose what to hear.

**Whose a track is** decides what a network is told is alike, so it is told too little rather than
something wrong: a track counts as by its first real artist, and as nobody's where none is named,
where the name stands for many ("Various Artists", "Unknown"), or where it lies on a compilation,
that is on an album that belongs to such a name.

**Genre.** A network of genres is told one for each track. Of several, it is the one that most
tracks of this music share; spellings that differ in case and punctuation alone are one genre. What
is said of one artist's tracks only, or of a single track, is no genre that could be learned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.catalogue.hearable import hearable
from segue.errors import NotFoundError
from segue.names import artist_keys, fold, is_collective
from segue.records import Rejection
from segue.sources.folder import walk
from segue.sources.tags import read_tags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.catalogue.hearable import HearableFile
    from segue.sources.folder import Found
    from segue.types import Progress, Rows

LEAST = 2
"""Artists that a genre has to be shared by; each track of nobody's counts for one."""

_SHOWN_GENRES = 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """One file, and what is known of the track in it.

    Attributes
    ----------
    key
        What the file is known by from run to run: its hash, else its path with size and date.
    id
        What its source calls it: a public id, or a path.
    path
        Where it lies.
    scanned
        Size and date of change as they were when it was listed.
    label
        "Artist – Title".
    people
        Normal forms of everybody credited, the first real artist first.
    genres
        As they are said.
    compilation
        Whether it lies on an album of many artists.
    content_hash
        "" where it is not known yet.
    synthetic
        Whether it is invented.
    genre
        The one of `genres` that is taught, "" for none.
    version
        0 for the file as it is, else which version of it (`segue.jobs.drawing`).
    """

    key: str
    id: str
    path: Path
    scanned: tuple[int, float]
    label: str
    people: tuple[str, ...]
    genres: tuple[str, ...]
    compilation: bool = False
    content_hash: str = ""
    synthetic: bool = False
    genre: str = ""
    version: int = 0

    @property
    def artist(self) -> str:
        """Whose it is for the network: "" for nobody's."""
        return "" if self.compilation or not self.people else self.people[0]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """All that could be taught with: read = len(lessons) + len(rejections).

    Attributes
    ----------
    lessons
        One a file.
    rejections
        What cannot be looked at.
    source
        Where they come from, as a person would say it.
    notes
        What else is worth knowing, as sentences.
    """

    lessons: tuple[Lesson, ...]
    rejections: tuple[Rejection, ...]
    source: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many."""
        return len(self.lessons)


def from_catalogue(db: Database) -> Lessons:
    """Every file of the catalogue that is there.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = [_of_file(file) for file in hearable(db)]
    source = f"the catalogue {db.where}"
    if not found:
        raise NotFoundError(
            "the catalogue holds no audio",
            where=db.where,
            remedy="Look through a folder first: `segue scan FOLDER`, or name one with --folder",
        )
    return with_genres(Lessons(tuple(found), (), source))


def _of_file(file: HearableFile) -> Lesson:
    return Lesson(
        key=file.content_hash,
        id=file.track_id,
        path=file.path,
        scanned=(file.size, file.modified),
        label=_label(file.artists, file.title),
        people=artist_keys(file.artists),
        genres=file.genres,
        compilation=file.compilation,
        content_hash=file.content_hash,
        synthetic=file.synthetic,
    )


def from_folder(root: Path, *, on_progress: Progress | None = None) -> Lessons:
    """Every audio file of a folder, with what its tags say.

    Parameters
    ----------
    on_progress
        Called with (files looked at, None, what).

    Raises
    ------
    UnavailableError
        The folder is missing or cannot be read.
    NotFoundError
        It holds no file with the name of a music file.
    """
    lessons: list[Lesson] = []
    rejections: list[Rejection] = []
    for number, found in enumerate(walk(root.expanduser()), start=1):
        taken = found if isinstance(found, Rejection) else _tagged(found)
        if isinstance(taken, Rejection):
            rejections.append(taken)
        else:
            lessons.append(taken)
        if on_progress is not None:
            on_progress(number, None, f"reading the tags of {_name(found)}")
    if not lessons:
        why = f" that can be looked at; {rejections[0].reason}" if rejections else ""
        raise NotFoundError(
            f"there is no audio in {root}{why}",
            remedy="Name the folder that your music lies in",
        )
    return with_genres(Lessons(tuple(lessons), tuple(rejections), f"the folder {root}"))


def _name(found: Found | Rejection) -> str:
    return found.place if isinstance(found, Rejection) else found.path.name


def _tagged(found: Found) -> Lesson | Rejection:
    """A file with what it says of itself."""
    try:
        record = read_tags(found.path).track
    except OSError as problem:
        reason = f"it cannot be read ({problem.strerror})"
        return Rejection(place=str(found.path), line=None, reason=reason)
    owner = record.album_artist
    return Lesson(
        key=file_key(found),
        id=str(found.path),
        path=found.path,
        scanned=(found.size, found.modified),
        label=_label(record.artists, record.title),
        people=artist_keys(record.artists),
        genres=record.genres,
        compilation=bool(owner.strip()) and is_collective(owner),
    )


def file_key(found: Found) -> str:
    """What a file whose hash is not known is known by."""
    return f"{found.path} {found.size} {found.modified!r}"


def _label(artists: Sequence[str], title: str) -> str:
    return " – ".join(part for part in (*artists[:1], title) if part)


def with_genres(found: Lessons) -> Lessons:
    """The same with one genre each, those left out that could not be learned; and a note of it."""
    by_key: dict[str, Counter[str]] = {}
    shared: Counter[str] = Counter()
    for lesson in found.lessons:
        said = {fold(name): " ".join(name.lower().split()) for name in lesson.genres if fold(name)}
        for key, name in said.items():
            by_key.setdefault(key, Counter())[name] += 1
        shared.update(said.keys())
    shown = {
        key: max(names.items(), key=lambda pair: (pair[1], pair[0]))[0]
        for key, names in by_key.items()
    }
    chosen = []
    for lesson in found.lessons:
        keys = sorted({fold(name) for name in lesson.genres} - {""})
        best = max(keys, key=lambda key: shared[key], default="")
        chosen.append(shown.get(best, ""))
    rare = _rare(found.lessons, chosen)
    lessons = tuple(
        replace(lesson, genre="" if genre in rare else genre)
        for lesson, genre in zip(found.lessons, chosen, strict=True)
    )
    if not rare:
        return replace(found, lessons=lessons)
    names = sorted(rare)
    more = f" and {len(names) - _SHOWN_GENRES:,} more" if len(names) > _SHOWN_GENRES else ""
    note = (
        f"Genres that only one artist has are left out: {', '.join(names[:_SHOWN_GENRES])}{more}."
    )
    return replace(found, lessons=lessons, notes=(*found.notes, note))


def _rare(lessons: Sequence[Lesson], genres: Sequence[str]) -> set[str]:
    """Genres that fewer than `LEAST` artists share."""
    who: dict[str, set[str]] = {}
    for lesson, genre in zip(lessons, genres, strict=True):
        if genre:
            who.setdefault(genre, set()).add(lesson.artist or lesson.id)
    return {genre for genre, artists in who.items() if len(artists) < LEAST}


def order(lessons: Sequence[Lesson], *, seed: int) -> Rows:
    """Which to hear first, where not all can be heard: shape (n,), every row once.

    Two tracks of every artist, then two more of each, and so on, in an order that the seed
    settles; artists with a single track and tracks that are nobody's come last. So whatever part
    of the order is heard has as many artists with two tracks or more as it can.
    """
    rng = np.random.default_rng(seed)
    counts = Counter(lesson.artist for lesson in lessons)
    seen: Counter[str] = Counter()
    rounds = np.zeros(len(lessons), dtype=np.int64)
    last = len(lessons)
    for row in rng.permutation(len(lessons)).tolist():
        artist = lessons[row].artist
        alone = not artist or counts[artist] < 2
        rounds[row] = last if alone else seen[artist] // 2
        seen[artist] += 1
    drawn = {artist: place for place, artist in enumerate(rng.permutation(sorted(counts)).tolist())}
    turn = np.array([drawn[lesson.artist] for lesson in lessons], dtype=np.int64)
    turn = np.where(rounds == last, rng.permutation(len(lessons)), turn)
    return np.lexsort((turn, rounds))
