"""Material: what a network is trained on, sound beside what is known of it.

Whoever gathers it (`segue.jobs.material`) and whoever learns from it (`segue.training.ears`) share
nothing else. Of every track it has the whole spectrogram as `segue.embedding.windows.quantised`
gives it, 165 kB for 30 seconds; windows are cut while training. Spectrograms lie end to end in one
file that is mapped into memory, so that fifty thousand tracks need room on the disk alone.

An artist of "" is nobody: such a track is never said to be by the same artist as another, be it
that nobody is named, that it is credited to "Various Artists" or stands on a compilation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

from segue.embedding.windows import BANDS
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.types import Rows

Spectrogram: TypeAlias = "NDArray[np.uint8]"
"""Shape (frames, 128), as `segue.embedding.windows.quantised` gives it."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Tracks to learn from, one entry a track.

    Attributes
    ----------
    ids
        What the source calls them: public ids of a catalogue, paths in a folder.
    artists
        The normal form of each track's artist (`segue.names.artist_key`), "" for nobody's.
    genres
        The one genre of each track, in lower case; "" where unknown.
    spectrograms
        One a track: `spectrograms[i]` has shape (frames, 128), uint8.
    source
        Where they come from, as a person would say it.
    digest
        sha256 of what is known of them and of the files' own hashes.
    labels
        What a person calls each track: "Artist – Title".
    synthetic
        Whether every one of them is invented.
    """

    ids: tuple[str, ...]
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    spectrograms: Sequence[Spectrogram]
    source: str
    digest: str
    labels: tuple[str, ...]
    synthetic: bool = False

    def __len__(self) -> int:
        """How many tracks."""
        return len(self.ids)

    def at(self, rows: Rows) -> Material:
        """Only these tracks, in this order; the digest is that of the whole."""
        picked = rows.tolist()
        kept = self.spectrograms
        return replace(
            self,
            ids=tuple(self.ids[row] for row in picked),
            artists=tuple(self.artists[row] for row in picked),
            genres=tuple(self.genres[row] for row in picked),
            spectrograms=kept.at(picked)
            if isinstance(kept, Mapped)
            else tuple(kept[row] for row in picked),
            labels=tuple(self.labels[row] for row in picked),
        )


class Mapped(Sequence["Spectrogram"]):
    """Spectrograms that lie end to end in one file; what is asked for is read, nothing else.

    Another process that gets a copy maps the file itself.

    Parameters
    ----------
    path
        The file: bytes of shape (all frames, 128), row by row.
    places
        The first frame of each spectrogram, and how many frames it has.

    Raises
    ------
    UnavailableError
        On the first access: the file is gone, or shorter than the places say.
    """

    def __init__(self, path: Path, places: Sequence[tuple[int, int]]) -> None:
        self._path = path
        self._places = tuple(places)
        self._frames: NDArray[np.uint8] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Where it lies, and not the bytes."""
        return (Mapped, (self._path, self._places))

    def __len__(self) -> int:
        """How many."""
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Spectrogram: ...
    @overload
    def __getitem__(self, place: slice) -> Mapped: ...

    def __getitem__(self, place: int | slice) -> Spectrogram | Mapped:
        """One of them, a view that cannot be written to; or some of them."""
        if isinstance(place, slice):
            return Mapped(self._path, self._places[place])
        first, count = self._places[place]
        if self._frames is None:
            self._frames = self._mapped()
        return self._frames[first : first + count]

    def at(self, rows: Sequence[int]) -> Mapped:
        """Only these, in this order."""
        return Mapped(self._path, [self._places[row] for row in rows])

    def _mapped(self) -> NDArray[np.uint8]:
        needed = max(first + count for first, count in self._places)
        try:
            flat = np.memmap(self._path, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:
            raise _gone(self._path) from error
        if len(flat) < needed * BANDS:
            raise _gone(self._path)
        # A plain view: a memmap's own class makes every slice ten times as slow.
        return np.asarray(flat[: needed * BANDS]).reshape(needed, BANDS)


def _gone(path: Path) -> UnavailableError:
    return UnavailableError(
        "the spectrograms that were drawn are gone, or not all of them are there",
        where=str(path),
        remedy="Run the same command again: what is missing is drawn again",
    )
