"""How long hearing takes: every descriptor and decoding, beside librosa, Essentia and bliss.

CPU milliseconds of one thread, all threads of the others counted, the least of a few runs. Each
comparison is the median over clips of the ratio within one clip, since other work on a machine
slows both. Essentia and bliss-audio are optional (``pip install '.[bench]'``); without them their
rows are left out.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import importlib.util
import statistics
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import report
from segue.audio.decode import RATE, decode
from segue.descriptors import separation
from segue.descriptors.extract import FAMILIES, NAMES, describe
from segue.descriptors.frames import Sound
from segue.descriptors.streaming import Stream
from songs import encode, made_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

SEED = 42
CODECS = {"mp3": "libmp3lame", "flac": "flac", "wav": "pcm_s16le", "m4a": "aac", "ogg": "vorbis"}


def straightforward(audio: np.ndarray, *, pitch: str) -> np.ndarray:
    """The same kinds of numbers the way most people get them: one librosa call for each.

    `pitch` is "pyin" or "yin": where the fundamental comes from.
    """
    import librosa

    feature, clip = librosa.feature, {"y": audio, "sr": RATE}
    mfcc = feature.mfcc(n_mfcc=13, **clip)
    magnitude = np.abs(librosa.stft(audio))
    harmonic, percussive = librosa.effects.hpss(audio)
    onset = librosa.onset.onset_strength(**clip)
    tempo, beats = librosa.beat.beat_track(**clip)
    low, high = librosa.note_to_hz("C2"), librosa.note_to_hz("C7")
    if pitch == "pyin":
        f0, _, _ = librosa.pyin(audio, fmin=low, fmax=high, sr=RATE)
    else:
        f0 = librosa.yin(audio, fmin=low, fmax=high, sr=RATE)
    series = (
        *(mfcc, feature.delta(mfcc), feature.delta(mfcc, order=2)),
        *(feature.spectral_centroid(**clip), feature.spectral_bandwidth(**clip)),
        *(feature.spectral_rolloff(**clip), feature.spectral_flatness(y=audio)),
        *(feature.spectral_contrast(**clip), feature.rms(y=audio)),
        *(feature.zero_crossing_rate(audio), feature.chroma_stft(**clip)),
        *(onset[None], np.nan_to_num(f0)[None], _partials(magnitude, f0).T),
    )
    single = (
        *(np.atleast_1d(tempo)[0], onset[beats].mean() if len(beats) else 0.0),
        len(librosa.onset.onset_detect(**clip)) * RATE / len(audio),
        np.log(np.square(harmonic).sum() / max(np.square(percussive).sum(), 1e-10)),
    )
    return np.concatenate([*(_seven(frames) for frames in series), np.array(single)])


def _seven(frames: np.ndarray) -> np.ndarray:
    quantiles = np.quantile(frames, (0.5, 0.25, 0.75), axis=1)
    parts = (frames.mean(axis=1), frames.std(axis=1), frames.min(axis=1), frames.max(axis=1))
    return np.concatenate([*parts, *quantiles])


def _partials(magnitude: np.ndarray, f0: np.ndarray) -> np.ndarray:
    """Tristimulus and inharmonicity of every frame from the peaks near ten multiples of f0."""
    rows = []
    width = RATE / 2 / (len(magnitude) - 1)
    for spectrum, hertz in zip(magnitude.T, f0, strict=False):
        if not hertz > 0:
            rows.append(np.zeros(4))
            continue
        wanted = hertz * np.arange(1, 11)
        wanted = wanted[wanted < RATE / 2 - 2 * width]
        places = np.round(wanted / width).astype(int)
        nearest = [place - 1 + np.argmax(spectrum[place - 1 : place + 2]) for place in places]
        heights = spectrum[nearest]
        shares = heights / max(heights.sum(), 1e-10)
        apart = np.abs(np.array(nearest) * width - wanted) / hertz
        rows.append([shares[:1].sum(), shares[1:4].sum(), shares[4:].sum(), (apart * shares).sum()])
    return np.array(rows)


def ratio(
    fast: Callable[[Any], object], slow: Callable[[Any], object], clips: Sequence[Any], *, runs: int
) -> dict[str, float]:
    """Medians over `clips` of both times and of their ratio; `slow` is run `runs` times."""
    ours, theirs = [], []
    for clip in clips:
        ours.append(cpu_ms(lambda clip=clip: fast(clip), times=5))
        theirs.append(cpu_ms(lambda clip=clip: slow(clip), times=runs))
    ratios = [high / low for low, high in zip(ours, theirs, strict=True)]
    return {
        "clips": len(clips),
        "ours_ms": statistics.median(ours),
        "theirs_ms": statistics.median(theirs),
        "times_faster": statistics.median(ratios),
    }


def to_numbers(path: Path) -> np.ndarray:
    """From a file to all descriptors of thirty seconds of it."""
    decoded = decode(path)
    return describe(decoded.audio, rate=decoded.rate)


def rivals() -> dict[str, Callable[[Path], object]]:
    """Those that are installed."""
    found: dict[str, Callable[[Path], object]] = {}
    for module, make in (("essentia", _essentia), ("bliss_audio", _bliss)):
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"{module} is not installed: pip install '.[bench]'", file=sys.stderr)
        else:
            found[module] = make()
    return found


def _essentia() -> Callable[[Path], object]:
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    standard = importlib.import_module("essentia.standard")
    return lambda path: standard.MusicExtractor()(str(path))


def _bliss() -> Callable[[Path], object]:
    import bliss_audio

    return lambda path: bliss_audio.Song(str(path)).analysis


def cpu_ms(work: Callable[[], object], *, times: int = 5) -> float:
    """The least of a few runs, in CPU milliseconds."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * min(took)


class Watched(Sound):
    """A sound that notes what each shared part costs, without the parts it asks for in turn."""

    def __init__(self, audio: np.ndarray, *, rate: int) -> None:
        super().__init__(audio, rate=rate)
        self.spent: dict[str, float] = defaultdict(float)
        self._within: list[float] = []

    def shared(self, compute: Callable[[Sound], T]) -> T:
        if compute in self._shared:
            return super().shared(compute)
        name = f"{compute.__module__.rpartition('.')[2]}.{compute.__name__}"
        return self.watch(name, lambda: super(Watched, self).shared(compute))

    def watch(self, name: str, work: Callable[[], T]) -> T:
        """Do `work` and note its time under `name`."""
        self._within.append(0.0)
        began = time.process_time()
        answer = work()
        took = time.process_time() - began
        self.spent[name] += 1000 * (took - self._within.pop())
        if self._within:
            self._within[-1] += took
        return answer


def _watched(name: str, part: cached_property[T]) -> cached_property[T]:
    watched = cached_property(lambda sound: sound.watch(f"sound.{name}", lambda: part.func(sound)))
    watched.__set_name__(Watched, name)
    return watched


for _name, _part in vars(Sound).items():
    if isinstance(_part, cached_property):
        setattr(Watched, _name, _watched(_name, _part))


def parts(audio: np.ndarray, *, times: int = 9) -> dict[str, float]:
    """Milliseconds of every shared part and of what each family does on its own."""
    least: dict[str, float] = {}
    for _ in range(times):
        sound = Watched(audio, rate=RATE)
        for family in FAMILIES:
            sound.watch(family.name, lambda sound=sound, family=family: family.compute(sound))
        for name, took in sound.spent.items():
            least[name] = min(least.get(name, np.inf), took)
    return least


def alone(audio: np.ndarray) -> dict[str, float]:
    """Milliseconds of every family with all the shared parts it needs, the spectrum given."""

    def fresh() -> Sound:
        sound = Sound(audio, rate=RATE)
        _ = sound.power
        return sound

    figures = {}
    for family in FAMILIES:
        sounds = [fresh() for _ in range(5)]
        figures[family.name] = cpu_ms(
            lambda family=family, sounds=sounds: family.compute(sounds.pop()), times=len(sounds)
        )
    return figures


def agreement(clips: Sequence[np.ndarray]) -> dict[str, float]:
    """Largest difference from librosa as a share of the range, by series, over all clips.

    The comparison is the one the tests make.
    """
    import librosa

    place = report.REPOSITORY / "tests" / "unit" / "descriptors" / "test_against_librosa.py"
    spec = importlib.util.spec_from_file_location("against_librosa", place)
    assert spec is not None
    assert spec.loader is not None
    against = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(against)
    rows = [against.differences(clip, librosa) for clip in clips]
    return {name: max(row[name] for row in rows) for name in rows[0]}


def separation_figures(clips: Sequence[np.ndarray]) -> dict[str, float]:
    """The exact medians beside SciPy's, and the quick separation beside the exact one."""
    from scipy import ndimage

    equal, quick, exact = [], [], []
    for clip in clips:
        sound = Sound(clip, rate=RATE)
        ours = separation.medians(sound.magnitude)
        shapes = ((separation.WIDTH, 1), (1, separation.WIDTH))
        theirs = [ndimage.median_filter(sound.magnitude, size=shape) for shape in shapes]
        equal.append(all(map(np.array_equal, ours, theirs)))
        for found, ratios in ((separation.separate, quick), (separation.separate_exactly, exact)):
            parts = found(sound)
            ratios.append(float(separation.ratio(parts.harmonic.sum(), parts.percussive.sum())))
    return {
        "clips": len(clips),
        "medians_equal_to_scipy": sum(equal),
        "ratio_correlation": float(np.corrcoef(quick, exact)[0, 1]),
        "ratio_largest_difference_db": float(np.abs(np.subtract(quick, exact)).max()),
    }


def streaming_figures(clips: Sequence[np.ndarray]) -> dict[str, float]:
    """A second more of a signal, with thirty seconds in the window, beside describing them anew."""
    signal = np.concatenate(clips)
    stream = Stream(seconds=30.0)
    stream.feed(signal[: 30 * RATE])
    stream.describe()
    updates, batches, apart = [], [], 0.0
    for first in range(30 * RATE, len(signal) - RATE, RATE):
        began = time.process_time()
        stream.feed(signal[first : first + RATE])
        vector = stream.describe()
        updates.append(1000 * (time.process_time() - began))
        began = time.process_time()
        batch = describe(stream.sound.audio)
        batches.append(1000 * (time.process_time() - began))
        apart = max(apart, float((np.abs(vector - batch) / np.maximum(np.abs(batch), 1.0)).max()))
    return {
        "updates": len(updates),
        "update_ms": statistics.median(updates),
        "batch_ms": statistics.median(batches),
        "times_faster": statistics.median(batches) / statistics.median(updates),
        "times_real_time": 1000 / statistics.median(updates),
        "largest_difference": apart,
    }


def _medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def stereo(path: Path, folder: Path) -> Path:
    """The clip as most people have their music: stereo, 44,100 Hz, 192 kbit/s."""
    mono = decode(path, rate=44_100).audio
    # The right channel hears it ten milliseconds later.
    sound = np.stack([mono, np.concatenate([np.zeros(441, dtype=np.float32), mono[:-441]])])
    return encode(folder / f"{path.stem}.mp3", sound, "libmp3lame")


def files_figures(files: Sequence[Path]) -> dict[str, Any]:
    """From MP3 files to numbers, beside each rival there is."""
    figures: dict[str, Any] = {}
    for name, theirs in rivals().items():
        few = files[:3] if name == "essentia" else files
        theirs(few[0])
        figures[name] = ratio(to_numbers, theirs, few, runs=1 if name == "essentia" else 5)
    figures["decode_ms"] = statistics.median(
        cpu_ms(lambda path=path: decode(path)) for path in files
    )
    figures["numbers_ms"] = statistics.median(
        cpu_ms(lambda path=path: to_numbers(path)) for path in files
    )
    return figures


def main() -> None:
    real = sorted(report.shared("audio").glob("[ce]*/*/*.mp3"))
    clips = real[:: len(real) // 12][:12]
    audio = [decode(path).audio for path in clips]
    straightforward(audio[0][: 3 * RATE], pitch="pyin")  # compiles
    figures: dict[str, Any] = {"descriptors": len(NAMES), "librosa": {}, "files": {}}
    for pitch, many, runs in (("pyin", audio[::3], 1), ("yin", audio[::2], 2)):
        figures["librosa"][pitch] = ratio(
            describe, lambda clip, pitch=pitch: straightforward(clip, pitch=pitch), many, runs=runs
        )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        long = np.concatenate([decode(path, rate=44_100).audio for path in clips[:6]])
        song = encode(folder / "song.mp3", np.stack([long, long]), "libmp3lame")
        figures["files"] = {
            "clip_22050_mono": files_figures(clips),
            "clip_44100_stereo": files_figures([stereo(path, folder) for path in clips]),
            # bliss hears all of it, we thirty seconds, Essentia all of it.
            "three_minutes_44100_stereo": files_figures([song]),
        }
        sound = made_up(180, seed=SEED)
        codecs = {end: encode(folder / f"d.{end}", sound, code) for end, code in CODECS.items()}
        figures["decode_ms"] = {
            end: cpu_ms(lambda path=path: decode(path)) for end, path in codecs.items()
        }
    figures["describe_ms"] = statistics.median(
        cpu_ms(lambda clip=clip: describe(clip)) for clip in audio
    )
    figures["parts_ms"] = _medians([parts(clip) for clip in audio[::4]])
    figures["families_alone_ms"] = _medians([alone(clip) for clip in audio[::4]])
    figures["apart_from_librosa"] = agreement(audio)
    figures["streaming"] = streaming_figures(audio[:4])
    figures["separation"] = separation_figures(audio)
    report.write("hearing", figures, inputs=[report.shared("audio")], seed=SEED)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
