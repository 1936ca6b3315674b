"""How fast audio becomes descriptors: decoding, describing, whole folders, beside librosa.

CPU milliseconds of one thread, the median over clips, so that other work on the machine counts
little. Folders are timed by the clock, with starting the worker processes counted in.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

import report
from segue.audio.decode import RATE, decode
from segue.catalogue.database import open_database
from segue.descriptors.extract import NAMES, describe
from segue.jobs.analyse import DescribeWorker, analyse
from segue.jobs.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 42
SECONDS = 180
CODECS = {
    "mp3": "libmp3lame",
    "flac": "flac",
    "wav": "pcm_s16le",
    "m4a": "aac",
    "ogg": "vorbis",
}
COPIES = 60


def cpu_ms(work: Callable[[], object], *, times: int = 5) -> float:
    """The least of a few runs, in CPU milliseconds."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * min(took)


def write_song(path: Path, codec: str) -> Path:
    """Three minutes in stereo at 44,100 Hz and 192 kbit/s."""
    rng = np.random.default_rng(SEED)
    times = np.arange(SECONDS * 44_100) / 44_100
    noise = 0.1 * rng.standard_normal((2, len(times))) * (0.2 + (times * 2 % 1 < 0.3))
    tones = 0.1 * np.sin(2 * np.pi * np.array([[220.0], [277.0]]) * times)
    sound = (noise + tones).astype(np.float32)
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=44_100, layout="stereo")
        stream.codec_context.options = {"strict": "experimental"}
        stream.bit_rate = 192_000
        fit = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=44_100)
        for first in range(0, sound.shape[1], 65_536):
            piece = np.ascontiguousarray(sound[:, first : first + 65_536])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = 44_100, first
            for ready in fit.resample(frame):
                output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return path


def with_librosa(audio: np.ndarray) -> np.ndarray:
    """The same numbers the straightforward way: one librosa call for each."""
    import librosa

    def statistics_of(frames: np.ndarray) -> np.ndarray:
        quantiles = np.quantile(frames, (0.5, 0.25, 0.75), axis=1)
        parts = (frames.mean(axis=1), frames.std(axis=1), frames.min(axis=1), frames.max(axis=1))
        return np.concatenate([*parts, *quantiles])

    same = {"y": audio, "sr": RATE, "pad_mode": "reflect"}
    mfcc = librosa.feature.mfcc(n_mfcc=13, **same)
    timbre = [mfcc, librosa.feature.delta(mfcc), librosa.feature.delta(mfcc, order=2)]
    level = librosa.amplitude_to_db(librosa.feature.rms(y=audio)[0])
    centroid = librosa.feature.spectral_centroid(**same)[0]
    power = np.abs(librosa.stft(audio, pad_mode="reflect")) ** 2
    edges = np.searchsorted(librosa.fft_frequencies(sr=RATE), (250.0, 2000.0))
    shares = [part.sum() for part in np.split(power.sum(axis=1), edges)]
    bands = librosa.power_to_db(librosa.feature.melspectrogram(n_mels=40, **same))
    bands = bands.reshape(10, 4, -1).mean(axis=1)
    return np.concatenate(
        [
            *(statistics_of(frames) for frames in timbre),
            [level.mean(), np.ptp(np.quantile(level, (0.1, 0.95)))],
            [centroid.mean(), centroid.std(), *(np.array(shares) / sum(shares))],
            *(bands.mean(axis=1), bands.std(axis=1)),
        ]
    )


def folder_figures(folder: Path, jobs: int) -> dict[str, float]:
    """Files a second over a folder, from an empty catalogue."""
    with tempfile.TemporaryDirectory() as place, open_database(Path(place) / "c.db") as db:
        scan(db, folder)
        began, spent = time.monotonic(), _children_seconds()
        summary = analyse(db, jobs=jobs, file_seconds=60.0, excerpt_seconds=30.0)
        took, spent = time.monotonic() - began, _children_seconds() - spent
    assert summary.analysed == summary.found > 0
    return {
        "files": summary.found,
        "seconds": took,
        "files_a_second": summary.found / took,
        "cpu_ms_a_file": 1000 * spent / summary.found,
    }


def _children_seconds() -> float:
    """CPU seconds of all worker processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    clips = report.shared("audio/cc")
    figures: dict[str, Any] = {"descriptors": len(NAMES)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        songs = {end: write_song(folder / f"song.{end}", code) for end, code in CODECS.items()}
        figures["decode_ms"] = {
            end: cpu_ms(lambda path=path: decode(path)) for end, path in songs.items()
        }
        with DescribeWorker(timeout=60.0, excerpt_seconds=30.0) as worker:
            worker.warm()
            took = []
            for _ in range(5):
                began = time.monotonic()
                worker.describe(songs["mp3"])
                took.append(time.monotonic() - began)
        figures["upload_seconds"] = statistics.median(took)
        album = folder / "album"
        album.mkdir()
        data = songs["mp3"].read_bytes()
        for number in range(COPIES):
            tag = f"TAG{number:03}".encode().ljust(128, b"\0")
            (album / f"{number:03}.mp3").write_bytes(data + tag)
        figures["three_minute_mp3s"] = {
            f"processes_{jobs}": folder_figures(album, jobs) for jobs in (1, 2)
        }
    real = sorted(clips.rglob("*.mp3"))[::8]
    audio = [decode(path).audio for path in real]
    with_librosa(audio[0])  # compiles
    ours = [cpu_ms(lambda clip=clip: describe(clip), times=3) for clip in audio]
    theirs = [cpu_ms(lambda clip=clip: with_librosa(clip), times=3) for clip in audio]
    figures["describe_ms"] = statistics.median(ours)
    figures["librosa_ms"] = statistics.median(theirs)
    figures["times_faster_than_librosa"] = statistics.median(
        slow / fast for slow, fast in zip(theirs, ours, strict=True)
    )
    figures["real_clips"] = {f"processes_{jobs}": folder_figures(clips, jobs) for jobs in (1, 2)}
    report.write("analyse", figures, inputs=[clips], seed=SEED)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
