"""Fingerprints made up for tests, and files of a catalogue that have them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.audio.fingerprint import STEP
from segue.catalogue import files, recordings
from segue.records import FileRecord, Recording, TrackRecord

if TYPE_CHECKING:
    from segue.audio.fingerprint import Fingerprint
    from segue.catalogue.database import Database
    from segue.types import TrackId

MUSIC = Path("/music")
TAIL = 2.7
"""Seconds that the last number of a fingerprint is about."""


def printed(seed: int, *, length: int = 240) -> Fingerprint:
    """Numbers of which a few bits change at each step, as those of music do."""
    rng = np.random.default_rng(seed)
    flips = rng.random((length, 32)) < 0.1
    bits = (np.cumsum(flips, axis=0) + rng.integers(0, 2, 32)) % 2
    return np.packbits(bits.astype(np.uint8), axis=1).view(">u4").ravel().astype(np.uint32)


def worn(numbers: Fingerprint, *, share: float, seed: int = 0) -> Fingerprint:
    """The same with a share of its bits turned, as another codec does."""
    rng = np.random.default_rng(seed)
    turned = np.packbits(rng.random((len(numbers), 32)) < share, axis=1).view(">u4").ravel()
    return numbers ^ turned.astype(np.uint32)


def add_file(
    db: Database,
    name: str,
    *,
    content: str | None = None,
    title: str = "",
    artist: str = "Ada Quill",
    size: int = 1000,
) -> TrackId:
    """A file that a scan found, of these bytes; its track."""
    path = MUSIC / name
    record = FileRecord(
        path=path,
        root=MUSIC,
        content_hash=content or name,
        size=size,
        modified=0.0,
        format=path.suffix.removeprefix("."),
        duration=None,
        track=TrackRecord(title=title or path.stem, artists=(artist,)),
    )
    files.apply_scan(db, MUSIC, read=[record], unchanged=(), gone=())
    track = files.track_of(db, path)
    assert track is not None
    return track


def measure(
    db: Database,
    content: str,
    numbers: Fingerprint,
    *,
    seconds: float | None = None,
    loudness: float = -14.0,
    warning: str = "",
) -> None:
    """What the second pass of analysis found in these bytes."""
    long = len(numbers) * STEP + TAIL if seconds is None else seconds
    heard = Recording(long, loudness, 6.0, -1.0, b"\1", 1.0, numbers.tobytes(), warning)
    with db.write() as connection:
        recordings.put(connection, content_hash=content, version="1", recording=heard)
