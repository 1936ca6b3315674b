"""The demo music as files: MP3 with tags, written so that a killed run can go on.

A file is made beside its place under a name no scanner takes for music and renamed when it is
whole. A file that is there is left alone if it is complete and says in its tags that it is this
very track of this seed and recipe; otherwise it is made again. Folders are artist/album, names
are the titles.
"""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, UnavailableError
from segue.sources.demo.covers import cover
from segue.sources.demo.encoding import is_complete, mp3, retagged, tagged
from segue.sources.demo.plan import EXACT_COPY, NEW_TAGS, Slot, audio_slots
from segue.sources.demo.world import DemoWorld, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from segue.sources.demo.truth import TrackTruth

    Progress = Callable[[int, int | None, str], None]

log = logging.getLogger("segue.sources.demo")

BEST_OF = "The Best of Segue's Demo Composer"
"""The album that repeats two tracks."""

_MOST_PROCESSES = 4
_STALE_SECONDS = 3600.0


def write_demo(
    folder: Path,
    *,
    seed: int = 42,
    tracks: int = 120,
    jobs: int | None = None,
    on_progress: Progress | None = None,
) -> DemoWorld:
    """Render the first `tracks` tracks of a world into `folder` and give the world back.

    Two further files repeat tracks on a "best of" (see `plan`), if those are among the first
    `tracks`. What is already there and complete is kept. Rendering takes about 0.6 seconds of
    processor time a track.

    Parameters
    ----------
    folder
        Made where it is missing.
    tracks
        From 1 to the number of the world's audio tracks (120).
    jobs
        Processes; None takes the processors there are, at most 4. With 1 all is done in this
        process. With more, a script that calls this needs the usual ``__main__`` guard.
    on_progress
        Called with (done, total, name of the track) after each.

    Raises
    ------
    BadRequestError
        If `tracks` is out of range.
    UnavailableError
        If the folder cannot be written, or a process was killed.
    """
    most = len(audio_slots())
    if not 1 <= tracks <= most:
        raise BadRequestError(
            f"{tracks} demo tracks were asked for", remedy=f"Ask for a number from 1 to {most}"
        )
    planted = world(seed)
    chosen = planted.tracks[:tracks]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        _write_all(folder, planted, chosen, jobs=jobs, on_progress=on_progress)
        _repeat(folder, planted, chosen)
    except BrokenProcessPool as error:
        raise UnavailableError(
            "a process that made demo music ended by itself",
            where=str(folder),
            remedy="Ask again with jobs=1; in a script, call from under the __main__ guard",
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"the demo music cannot be written: {error.strerror or error}",
            where=str(error.filename or folder),
            remedy="Choose a folder that can be written and has 100 MB free",
        ) from error
    return planted


def path_of(folder: Path, truth: TrackTruth) -> Path:
    """Where the file of a track stands: folder/artist/album/number title.mp3."""
    owner = truth.album_artist
    name = f"{truth.track_number:02d} {truth.title}.mp3"
    return folder / _safe(owner) / _safe(truth.album) / _safe(name)


def _safe(name: str) -> str:
    """A name that every file system takes; letters of any script stay."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in name).rstrip(". ")


def _write_all(
    folder: Path,
    planted: DemoWorld,
    chosen: tuple[TrackTruth, ...],
    *,
    jobs: int | None,
    on_progress: Progress | None,
) -> None:
    missing = [truth for truth in chosen if not is_complete(path_of(folder, truth), truth)]
    done, total = len(chosen) - len(missing), len(chosen)
    if on_progress is not None and (done or not missing):
        on_progress(done, total, "already there")
    log.info("demo music: %d of %d tracks are there", done, total)
    work = [(truth, path_of(folder, truth), _cover(planted, truth)) for truth in missing]
    for title in _done(work, jobs=jobs):
        done += 1
        if on_progress is not None:
            on_progress(done, total, title)


def _done(work: list[tuple[TrackTruth, Path, bytes]], *, jobs: int | None) -> Iterable[str]:
    """Make every file, in as many processes as asked for; yield titles as they are finished."""
    processes = min(jobs or _processors(), len(work))
    if processes <= 1:
        for job in work:
            yield _write(*job)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_write, *job) for job in work]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    usable = getattr(os, "sched_getaffinity", None)  # not on every system
    count = len(usable(0)) if usable is not None else os.cpu_count() or 1
    return min(count, _MOST_PROCESSES)


def _write(truth: TrackTruth, path: Path, art: bytes) -> str:
    """Render, encode and tag one track."""
    from segue.sources.demo.rendering import render

    samples, rate = render(truth)
    _put(path, tagged(mp3(samples, rate=rate), truth, art=art))
    return truth.title


def _put(path: Path, whole: bytes) -> None:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    try:
        part.write_bytes(whole)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """The name of a file in the making: hidden, no music file's ending, one a process."""
    return path.with_name(f".{path.stem}.{os.getpid()}.segue-part")


def _sweep(folder: Path) -> None:
    """Remove what killed runs left behind."""
    for part in folder.rglob(".*.segue-part"):
        if time.time() - part.stat().st_mtime > _STALE_SECONDS:
            part.unlink(missing_ok=True)


def _cover(planted: DemoWorld, truth: TrackTruth) -> bytes:
    artist = planted.artists[truth.artist_number]
    return cover(artist.colours, seed=truth.seed, artist=artist.number, album=truth.album)


def _repeat(folder: Path, planted: DemoWorld, chosen: tuple[TrackTruth, ...]) -> None:
    """The two further files of the "best of": an exact copy, and one with tags of its own."""
    for number, slot in enumerate((EXACT_COPY, NEW_TAGS), start=1):
        truth = planted.tracks[_position(slot)]
        if truth not in chosen:
            continue
        name = f"{number:02d} {truth.title}.mp3"
        path = folder / _safe(truth.artist) / _safe(BEST_OF) / _safe(name)
        whole = path_of(folder, truth).read_bytes()
        if slot == NEW_TAGS:
            whole = retagged(whole, album=BEST_OF, number=number)
        if not path.is_file() or path.read_bytes() != whole:
            _put(path, whole)


def _position(slot: Slot) -> int:
    return audio_slots().index(slot)
