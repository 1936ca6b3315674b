"""What decoding and the pass over whole files cost and how exact they are, beside other ways.

CPU milliseconds of one thread, the least of five runs. The music is real: clips of the cc set laid
end to end, in stereo at 44,100 Hz. ffmpeg's time is that of the process it needs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import shutil
import statistics
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import soxr

import report
from hearing import cpu_ms
from segue.audio.decode import RATE, decode
from segue.audio.loudness import LoudnessMeter
from segue.audio.peak import TruePeak
from segue.audio.reading import Reader
from segue.audio.recording import measure
from songs import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 30.0
MINUTES = 4
NATIVE = 44_100
REACH = 2000
CODECS = {
    "mp3": "libmp3lame",
    "m4a": "aac",
    "flac": "flac",
    "ogg": "vorbis",
    "wav": "pcm_s16le",
}


def long_piece(clips: Sequence[Path]) -> np.ndarray:
    """Stereo music of four minutes: the right channel hears it ten milliseconds later."""
    mono = np.concatenate([decode(path, rate=NATIVE).audio for path in clips])
    mono = mono[: MINUTES * 60 * NATIVE]
    return np.stack([mono, np.roll(mono, NATIVE // 100)])


def by_ffmpeg(path: Path, *, start: float = 0.0, seconds: float | None = None) -> np.ndarray:
    """The mean of both channels, as the command line gives it."""
    command = ["ffmpeg", "-v", "error", "-ss", f"{start:.6f}", "-i", str(path)]
    command += ["-t", f"{seconds:.6f}"] if seconds is not None else []
    done = subprocess.run([*command, "-f", "f32le", "-"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, dtype="<f4").reshape(-1, 2).mean(axis=1)


def ffmpeg_ms(path: Path) -> float:
    """Half a minute from the middle through a pipe, resampled here."""
    took = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        audio = by_ffmpeg(path, start=MINUTES * 30 - SECONDS / 2, seconds=SECONDS)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        rest = cpu_ms(lambda audio=audio: soxr.resample(audio, NATIVE, RATE), times=1)
        took.append(1000 * process + rest)
    return min(took)


def straightforward(path: Path) -> np.ndarray:
    """The same with PyAV and NumPy as their manuals show it, from a second before the middle."""
    middle = MINUTES * 30 - SECONDS / 2
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        container.seek(int((middle - 1) / stream.time_base), stream=stream)
        pieces: list[np.ndarray] = []
        for frame in container.decode(stream):
            piece = frame.to_ndarray()
            if not frame.format.is_planar:
                piece = piece.reshape(-1, 2).T
            pieces.append(piece)
            if frame.time > middle + SECONDS:
                break
    return soxr.resample(np.concatenate(pieces, axis=1).mean(axis=0), NATIVE, RATE)


def by_librosa(path: Path) -> np.ndarray:
    import librosa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        middle = MINUTES * 30 - SECONDS / 2
        return librosa.load(path, sr=RATE, offset=middle, duration=SECONDS)[0]


def exactness(path: Path) -> dict[str, float]:
    """By how many samples, and how far in value, we are from ffmpeg: from the start, after a seek.

    FFmpeg before 8 decodes the Vorbis of its own encoder a little wrong; libvorbis agrees with us.
    AAC may hold noise that each decoder makes up for itself.
    """
    theirs = by_ffmpeg(path)
    figures = {}
    for name, ours in (
        ("start", decode(path, seconds=None, rate=NATIVE)),
        ("middle", decode(path, rate=NATIVE)),
    ):
        place = round(ours.start * NATIVE)
        piece = ours.audio[NATIVE : 2 * NATIVE]
        around = theirs[place + NATIVE - REACH : place + 2 * NATIVE + REACH]
        lag = int(np.correlate(around, piece, mode="valid").argmax()) - REACH
        same = theirs[place : place + len(ours.audio)]
        figures[f"{name}_lag_samples"] = lag
        figures[f"{name}_largest_difference"] = float(np.abs(ours.audio[: len(same)] - same).max())
    return figures


def ebur128(path: Path) -> dict[str, str]:
    """Loudness and true peak by FFmpeg's own filter, in this process."""
    said: dict[str, str] = {}
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        source = graph.add_abuffer(template=stream)
        meter = graph.add("ebur128", "metadata=1:peak=true")
        graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
        for frame in container.decode(stream):
            graph.push(frame)
            while True:
                try:
                    said = graph.pull().metadata
                except (av.BlockingIOError, av.EOFError):
                    break
    return dict(said)


def ours(path: Path) -> tuple[LoudnessMeter, TruePeak]:
    """The same by our meters."""
    with Reader(path) as reader:
        meter, peak = LoudnessMeter(NATIVE, ("FL", "FR")), TruePeak(NATIVE, 2)
        for block in reader.blocks():
            channels = block.channels()
            meter.add(channels)
            peak.add(channels, absolute=np.abs(channels))
    meter.finish()
    peak.finish()
    return meter, peak


def loudness_figures(path: Path) -> dict[str, float]:
    """Cost and values of both, decoding counted in."""
    theirs = ebur128(path)
    meter, peak = ours(path)
    said = 20 * np.log10(float(theirs["lavfi.r128.true_peak"]))
    return {
        "ours_ms": cpu_ms(lambda: ours(path), times=3),
        "ffmpeg_filter_ms": cpu_ms(lambda: ebur128(path), times=3),
        "loudness_apart": abs((meter.integrated or 0.0) - float(theirs["lavfi.r128.I"])),
        "range_apart": abs((meter.range or 0.0) - float(theirs["lavfi.r128.LRA"])),
        "peak_apart": abs((peak.decibels or 0.0) - said),
    }


def main() -> None:
    clips = sorted(report.shared("audio/cc").rglob("*.mp3"))
    few = clips[:: len(clips) // 12][:12]
    ffmpeg = shutil.which("ffmpeg") is not None
    figures: dict[str, Any] = {"excerpt_seconds": SECONDS, "minutes": MINUTES}
    figures["clip_22050_mono_ms"] = statistics.median(
        cpu_ms(lambda path=path: decode(path)) for path in few
    )
    with tempfile.TemporaryDirectory() as place:
        piece = long_piece(clips[:: len(clips) // 9][:9])
        files = {
            end: encode(Path(place) / f"long.{end}", piece, code) for end, code in CODECS.items()
        }
        for end, path in files.items():
            by_librosa(path)
            figures[end] = {
                "excerpt_ms": cpu_ms(lambda path=path: decode(path)),
                "ten_excerpts_ms": cpu_ms(lambda path=path: decode(path, excerpts=10)),
                "straightforward_ms": cpu_ms(lambda path=path: straightforward(path)),
                "librosa_ms": cpu_ms(lambda path=path: by_librosa(path), times=3),
                "whole_file_ms": cpu_ms(lambda path=path: measure(path), times=3),
            }
            if ffmpeg:
                figures[end] |= {"ffmpeg_pipe_ms": ffmpeg_ms(path), **exactness(path)}
        figures["loudness"] = loudness_figures(files["mp3"])
    report.write("decode", figures, inputs=[report.shared("audio/cc")])


if __name__ == "__main__":
    main()
