"""Ears: embedders as the processes that listen know them, and what they make of a sound.

An **ear** says where an embedder lies and which version of it is meant, and nothing more, so that
worker processes can be told of it; each opens the embedder once. What an embedder cannot do is
told beside what the others gave: it is never the fault of the file, and takes nothing else away.

Importing this module is light on purpose (see `segue.jobs.worker`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from segue.errors import BadFileError, SegueError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from segue.catalogue.embeddings import Mark
    from segue.catalogue.ledger import Stage
    from segue.descriptors.cache import Cache
    from segue.descriptors.frames import Sound
    from segue.descriptors.hearing import Heard, Hearing
    from segue.embedding.embedder import Embedder
    from segue.types import Frames

OURS = "segue-mel"
"""The front end that needs the mel spectrogram alone."""


MODULES = ("onnxruntime", "segue.embedding.embedder")
"""What a process loads that listens with ears."""


@dataclass(frozen=True, slots=True)
class Ear:
    """An embedder by where it lies: its folder, space and version.

    `spectrogram` says that it needs nothing but the mel spectrogram, `unproven` that it was
    taught with invented music alone, and is not shown to help with real music.
    """

    folder: str
    space: str
    version: str
    spectrogram: bool = True
    unproven: bool = False

    @classmethod
    def of(cls, embedder: Embedder, folder: Path) -> Ear:
        """The ear for an embedder that was opened in a folder."""
        return cls(
            folder=str(folder),
            space=embedder.space,
            version=embedder.version,
            spectrogram=embedder.manifest.front["kind"] == OURS,
            unproven=embedder.manifest.unproven,
        )

    @property
    def mark(self) -> Mark:
        """What the catalogue tells its vectors by."""
        from segue.catalogue.embeddings import Mark

        return Mark(self.space, self.version, self.unproven)

    def stage(self, hearing: Hearing) -> Stage:
        """What the ledger calls listening with it."""
        from segue.catalogue.ledger import Stage

        return Stage(self.space, self.version, hearing.parameters)


@dataclass(frozen=True, slots=True)
class Listening:
    """How files are listened to: which part of them, what is kept of it, and by which ears."""

    hearing: Hearing
    cache: Cache
    ears: tuple[Ear, ...] = ()

    def kept(self, content_hash: str) -> NDArray[np.float16] | None:
        """The spectrogram that the cache keeps of a file, where that is all the ears need."""
        from segue.descriptors.hearing import kept_spectrogram

        if not (self.ears and all(ear.spectrogram for ear in self.ears)):
            return None
        return kept_spectrogram(hearing=self.hearing, content_hash=content_hash, cache=self.cache)


@dataclass(frozen=True, slots=True, eq=False)
class Listened:
    """What ears made of one file, by space: windows, shape (windows, width), or why not."""

    windows: Mapping[str, Frames] = field(default_factory=dict)
    deaf: Mapping[str, SegueError] = field(default_factory=dict)


def to_sound(ears: Sequence[Ear], sound: Sound) -> Listened:
    """What every ear makes of a sound."""
    return _each(ears, lambda embedder: embedder.embed(sound))


def to_spectrogram(ears: Sequence[Ear], decibels: NDArray[np.floating]) -> Listened:
    """The same from a mel spectrogram in dB, shape (frames, 128), where that is all they need."""
    from segue.embedding.windows import windows

    return _each(
        ears,
        lambda embedder: embedder.embed_windows(windows(decibels, count=embedder.manifest.windows)),
    )


def hear_with(
    listening: Listening, path: Path, *, content_hash: str = ""
) -> tuple[Heard, Listened, float]:
    """What is heard in a file, what ears make of the same sound, and the seconds the ears took.

    Errors are those of `segue.descriptors.hearing.hear`.
    """
    from segue.descriptors.hearing import hear

    listened, took = Listened(), 0.0

    def timed(make: Callable[[], Listened]) -> None:
        nonlocal listened, took
        began = time.perf_counter()
        listened = make()
        took = time.perf_counter() - began

    kept = listening.kept(content_hash)
    needed = bool(listening.ears) and kept is None
    heard = hear(
        path,
        hearing=listening.hearing,
        content_hash=content_hash,
        cache=listening.cache,
        attend=(lambda sound: timed(lambda: to_sound(listening.ears, sound))) if needed else None,
    )
    if kept is not None:
        timed(lambda: to_spectrogram(listening.ears, kept))
    return heard, listened, took


def _each(ears: Sequence[Ear], embed: Callable[[Embedder], Frames]) -> Listened:
    windows: dict[str, Frames] = {}
    deaf: dict[str, SegueError] = {}
    for ear in ears:
        try:
            embedder = _opened(ear)
        except SegueError as problem:  # no fault of the file, which stays queued
            deaf[ear.space] = UnavailableError(
                problem.what, where=problem.where, remedy=problem.remedy
            )
            continue
        try:
            windows[ear.space] = _checked(embed(embedder), embedder)
        except Exception as problem:  # whatever a graph may raise that somebody else made
            why = problem.what if isinstance(problem, SegueError) else str(problem)
            deaf[ear.space] = BadFileError(
                f"the embedder of the space {ear.space!r} failed ({why})",
                remedy="Train it again, or take its folder away",
            )
    return Listened(windows, deaf)


@lru_cache(maxsize=16)
def _opened(ear: Ear) -> Embedder:
    from segue.embedding.embedder import Embedder

    embedder = Embedder.load(Path(ear.folder), space=ear.space)
    if embedder.version != ear.version:
        raise UnavailableError(
            f"the embedder of the space {ear.space!r} was replaced meanwhile",
            where=ear.folder,
            remedy="Run `segue analyse` once more",
        )
    return embedder


def _checked(windows: Frames, embedder: Embedder) -> Frames:
    """An embedding of the shape that its manifest says; all of one space must be alike."""
    import numpy as np

    wanted = (embedder.manifest.windows, embedder.manifest.width)
    if windows.shape != wanted:
        raise BadFileError(f"it gave {windows.shape} numbers for {wanted}")
    if not np.isfinite(windows).all():
        raise BadFileError("it gave what is no number")
    return windows
