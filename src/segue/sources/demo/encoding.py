"""One MP3 of the demo world: encode, tag, and tell whether a file is whole.

The comment says that it is synthetic. Two frames of free text carry what programs need: the
outside id, which `segue.sources.tags` reads, and a mark of seed and recipe, by which a file made
by an older composer is known.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.sources.demo.form import LENGTH
from segue.sources.demo.truth import SCHEME

if TYPE_CHECKING:
    from pathlib import Path

    from segue.sources.demo.truth import TrackTruth
    from segue.types import Frames

RECIPE = 1
"""Raised whenever the composer changes what a truth sounds like, so that old files are remade."""

BIT_RATE = 128_000

# LAME makes what it encodes at this rate quieter by a twentieth; undone, or the planted
# loudness would not be the file's.
_LAME_GAIN = 0.95
_UTF8 = 3

COMMENT = "synthetic: made by Segue's demo composer"

ID_FRAME = "segue_id"
"""Description of the TXXX frame that holds an outside id as ``scheme:value``."""

MARK_FRAME = "segue_demo"


def mp3(samples: Frames, *, rate: int) -> bytes:
    """Stereo samples of shape (2, n) as an MP3 file of `BIT_RATE`, without tags."""
    import av

    louder = samples * np.float32(1.0 / _LAME_GAIN)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=rate)
        stream.layout = "stereo"
        stream.format = "fltp"
        stream.bit_rate = BIT_RATE
        # Joint stereo and the finest search cost half the time and are not heard here.
        stream.options = {"compression_level": "7", "joint_stereo": "0"}
        for start in range(0, samples.shape[1], rate):
            block = np.ascontiguousarray(louder[:, start : start + rate])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def tagged(sound: bytes, truth: TrackTruth, *, art: bytes) -> bytes:
    """An MP3 file with the tags of a truth, `art` (PNG) as its cover."""
    import mutagen.id3

    id3: Any = mutagen.id3
    tags = id3.ID3()
    texts = {
        "TIT2": [truth.title],
        "TPE1": list(truth.artists),
        "TALB": [truth.album],
        "TPE2": [truth.album_artist],
        "TCON": list(truth.genres),
        "TDRC": [str(truth.year)],
        "TRCK": [str(truth.track_number)],
    }
    for name, text in texts.items():
        if text:
            tags.add(getattr(id3, name)(encoding=_UTF8, text=text))
    tags.add(id3.COMM(encoding=_UTF8, lang="eng", desc="", text=[COMMENT]))
    tags.add(id3.TXXX(encoding=_UTF8, desc=ID_FRAME, text=[f"{SCHEME}:{truth.id}"]))
    tags.add(id3.TXXX(encoding=_UTF8, desc=MARK_FRAME, text=[_mark(truth)]))
    tags.add(id3.APIC(encoding=_UTF8, mime="image/png", type=3, desc="cover", data=art))
    file = io.BytesIO(sound)
    tags.save(file)
    return file.getvalue()


def retagged(whole: bytes, *, album: str, number: int) -> bytes:
    """The same file as another album has it: no cover, no id, the same names."""
    import mutagen.id3

    id3: Any = mutagen.id3
    file = io.BytesIO(whole)
    tags = id3.ID3(file)
    for key in ("APIC", f"TXXX:{ID_FRAME}", f"TXXX:{MARK_FRAME}"):
        tags.delall(key)
    tags.setall("TALB", [id3.TALB(encoding=_UTF8, text=[album])])
    tags.setall("TRCK", [id3.TRCK(encoding=_UTF8, text=[str(number)])])
    file.seek(0)
    tags.save(file)
    return file.getvalue()


def is_complete(path: Path, truth: TrackTruth) -> bool:
    """Whether the file is this track by this recipe, and has all of its sound."""
    import mutagen
    import mutagen.mp3

    kind: Any = mutagen.mp3.MP3
    try:
        file = kind(path)
    except (mutagen.MutagenError, OSError):
        return False
    if file.tags is None:
        return False
    marks = [str(text) for frame in file.tags.getall(f"TXXX:{MARK_FRAME}") for text in frame.text]
    sound = path.stat().st_size - int(file.tags.size)
    return marks == [_mark(truth)] and sound >= 0.98 * LENGTH * BIT_RATE / 8


def _mark(truth: TrackTruth) -> str:
    return f"{truth.id} seed {truth.seed} recipe {RECIPE}"
