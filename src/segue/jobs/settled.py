"""Material that has been settled: written down once all is drawn, so that it stays as it is.

What a network is taught with must not change while it learns, or what it learned before would be
of other music. So a run that is taken up again reads its material here, whatever has been added to
the library meanwhile: that is for the next training. Asking for other music in the same work folder
is refused; so is another seed where it chose what was heard, and was not all there is.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.embedding.material import Mapped, Material
from segue.errors import UnavailableError
from segue.jobs.drawn import DATA
from segue.records import Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue.types import Rows

FILE = "material.json"
"""Name of the file in the work folder."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Taught:
    """One track of settled material.

    Attributes
    ----------
    id, label, artist, genre, people, synthetic
        As of its lesson (`segue.jobs.lessons.Lesson`).
    version
        0 for the file as it is, else which version of it.
    content_hash, first, frames
        Where its spectrogram lies (`segue.jobs.drawn.Place`).
    """

    id: str
    label: str
    artist: str
    genre: str
    people: tuple[str, ...]
    synthetic: bool
    content_hash: str
    first: int
    frames: int
    version: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Material, and how it came about: listed = heard + repeated + left + rejected.

    Attributes
    ----------
    material
        What can be learned from.
    tracks
        The same row by row, with everybody credited; versions of a track stand behind it.
    listed
        Files there were.
    repeated
        Those whose bytes another one has, or that are further files of a track.
    left
        Those that there was no time to hear.
    rejected
        Those that cannot be heard.
    notes
        What else is worth knowing, as sentences.
    rejections
        Why files cannot be heard.
    seconds
        How long gathering took, 0 for an earlier run.
    """

    material: Material
    tracks: tuple[Taught, ...]
    listed: int
    repeated: int
    left: int
    rejected: int
    notes: tuple[str, ...]
    rejections: tuple[Rejection, ...] = ()
    seconds: float = 0.0

    @property
    def heard(self) -> int:
        """How many tracks were heard, whatever their versions."""
        return len(self.originals)

    @property
    def originals(self) -> Rows:
        """Rows of the files as they are."""
        return np.flatnonzero([track.version == 0 for track in self.tracks])

    def with_versions(self, rows: Rows) -> Rows:
        """Rows of these tracks and of all their versions, rising."""
        names = {self.tracks[row].id for row in rows.tolist()}
        return np.flatnonzero([track.id in names for track in self.tracks])

    def digest(self, rows: Rows) -> str:
        """What tells these tracks, with their versions, from any others of the material."""
        facts = hashlib.sha256()
        for row in rows.tolist():
            facts.update(f"{self.tracks[row].id} {self.tracks[row].version}\n".encode())
        return facts.hexdigest()


_COUNTS = ("listed", "repeated", "left", "rejected")


def read(work: Path, *, asked: Mapping[str, Any]) -> Settled | None:
    """What an earlier run settled in a work folder; None where none has.

    Parameters
    ----------
    work
        The folder.
    asked
        What is asked for, as JSON can hold it.

    Raises
    ------
    UnavailableError
        It is the work of another training, or of another version of Segue.
    """
    try:
        said = json.loads((work / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _foreign(work, "its list of material cannot be read") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise _foreign(work, "another version of Segue wrote it")
    free = {"seed"} if not said["left"] else set()
    differing = [
        name for name in asked if name not in free and said["asked"].get(name) != asked[name]
    ]
    if differing:
        told = ", ".join(
            f"{name} {said['asked'].get(name)} and not {asked[name]}" for name in differing
        )
        raise _foreign(work, f"it is of another training, with {told}")
    tracks = tuple(Taught(**{**each, "people": tuple(each["people"])}) for each in said["tracks"])
    return Settled(
        material=material_of(work, tracks, source=said["source"], asked=said["asked"]),
        tracks=tracks,
        notes=tuple(said["notes"]),
        rejections=tuple(Rejection(**each) for each in said.get("rejections", ())),
        **{name: said[name] for name in _COUNTS},
    )


def write(work: Path, settled: Settled, *, asked: Mapping[str, Any]) -> None:
    """Write it down in one step.

    Raises
    ------
    UnavailableError
        It cannot be written.
    """
    document = {
        "format": FORMAT,
        "asked": dict(asked),
        "source": settled.material.source,
        "notes": settled.notes,
        "rejections": [asdict(each) for each in settled.rejections],
        **{name: getattr(settled, name) for name in _COUNTS},
        "tracks": [asdict(track) for track in settled.tracks],
    }
    part = work / f"{FILE}.part"
    try:
        part.write_text(json.dumps(document, ensure_ascii=True), encoding="utf-8")
        os.replace(part, work / FILE)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnavailableError(
            f"the list of material cannot be written ({error.strerror})",
            where=str(work),
            remedy="Make room, and run the same command again: what was drawn stays",
        ) from error


def forget(work: Path) -> None:
    """Let it be settled anew; what was drawn stays."""
    (work / FILE).unlink(missing_ok=True)


def material_of(
    work: Path, tracks: Sequence[Taught], *, source: str, asked: Mapping[str, Any]
) -> Material:
    """The material of tracks whose spectrograms lie in a work folder."""
    facts = hashlib.sha256(json.dumps(dict(asked), sort_keys=True).encode())
    for track in tracks:
        version = f" {track.version}" if track.version else ""
        facts.update(f"\n{track.content_hash}{version} {track.artist} | {track.genre}".encode())
    return Material(
        ids=tuple(track.id for track in tracks),
        artists=tuple(track.artist for track in tracks),
        genres=tuple(track.genre for track in tracks),
        spectrograms=Mapped(work / DATA, [(track.first, track.frames) for track in tracks]),
        source=source,
        digest=facts.hexdigest(),
        labels=tuple(track.label for track in tracks),
        synthetic=all(track.synthetic for track in tracks),
    )


def _foreign(work: Path, what: str) -> UnavailableError:
    return UnavailableError(
        f"the work folder cannot be gone on with: {what}",
        where=str(work),
        remedy="Run the same command as then, or delete the folder to begin anew",
    )
