"""Fingerprints are Chromaprint's, know a recording again, and tell recordings apart."""

from __future__ import annotations

import ctypes
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soxr

from segue.audio import fingerprint as module
from segue.audio.alike import LIKENESS, matched
from segue.audio.decode import decode
from segue.audio.fingerprint import STEP, fingerprint
from segue.audio.meeting import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050


@pytest.fixture(scope="module")
def chromaprint() -> Callable[[NDArray[np.int16], int], NDArray[np.uint32]]:
    """The real library's fingerprint of 16-bit mono samples."""
    try:
        library = ctypes.CDLL("libchromaprint.so.1")
    except OSError:
        pytest.skip("libchromaprint.so.1 is not installed; on Debian: apt install libchromaprint1")
    library.chromaprint_new.restype = ctypes.c_void_p

    def by_the_library(samples: NDArray[np.int16], rate: int) -> NDArray[np.uint32]:
        context = ctypes.c_void_p(library.chromaprint_new(1))
        numbers, count = ctypes.POINTER(ctypes.c_uint32)(), ctypes.c_int()
        assert library.chromaprint_start(context, rate, 1)
        assert library.chromaprint_feed(
            context, samples.ctypes.data_as(ctypes.c_void_p), len(samples)
        )
        assert library.chromaprint_finish(context)
        assert library.chromaprint_get_raw_fingerprint(
            context, ctypes.byref(numbers), ctypes.byref(count)
        )
        answer = np.array(numbers[: count.value], dtype=np.uint32)
        library.chromaprint_dealloc(numbers)
        library.chromaprint_free(context)
        return answer

    return by_the_library


@cache
def tune(seed: int, seconds: int = 20, rate: int = RATE) -> NDArray[np.float32]:
    """Chords that change twice a second, over noise."""
    rng = np.random.default_rng(seed)
    times = np.arange(seconds * rate) / rate
    notes = rng.integers(36, 84, size=(2 * seconds, 3))
    hertz = 440.0 * 2 ** ((notes[(2 * times).astype(int)] - 69) / 12)
    phase = 2 * np.pi * np.cumsum(hertz, axis=0) / rate
    chords = sum(np.sin(k * phase).sum(axis=1) / k for k in (1, 2, 3))
    fall = np.exp(-4 * (times % 0.5))
    return (0.08 * chords * fall + 0.005 * rng.standard_normal(len(times))).astype(np.float32)


def sixteen_bit(audio: NDArray[np.float32]) -> NDArray[np.int16]:
    return np.clip(np.round(audio * 32_768), -32_768, 32_767).astype(np.int16)


def equal_bits(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    assert len(a) == len(b) > 0
    return 1.0 - float(np.bitwise_count(a ^ b).sum()) / (32 * len(a))


def clips(folder: Path, *, step: int) -> list[Path]:
    return sorted((folder / "audio").glob("[ce]*/*/*.mp3"))[::step]


@pytest.mark.parametrize("seconds", [2, 3, 4, 20])
def test_at_its_own_rate_it_is_the_librarys_bit_for_bit(seconds: int, chromaprint: Any) -> None:
    samples = sixteen_bit(tune(1, seconds, module.RATE))
    ours = fingerprint((samples / 32_768).astype(np.float32), rate=module.RATE)
    np.testing.assert_array_equal(ours, chromaprint(samples, module.RATE))


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
def test_at_other_rates_only_the_resampler_differs(rate: int, chromaprint: Any) -> None:
    audio = tune(2, 20, rate)
    assert equal_bits(fingerprint(audio, rate=rate), chromaprint(sixteen_bit(audio), rate)) >= 0.99


@pytest.mark.realdata
def test_of_real_music_it_is_the_librarys(shared_data: Path, chromaprint: Any) -> None:
    shares = []
    for path in clips(shared_data, step=40):
        audio = decode(path).audio
        theirs = chromaprint(sixteen_bit(audio), RATE)
        shares.append(equal_bits(fingerprint(audio, rate=RATE), theirs))
    # Measured: 0.9991 on the average, 0.9897 the least.
    assert len(shares) >= 10
    assert min(shares) >= 0.97
    assert np.mean(shares) >= 0.995


def test_silence_and_constants_repeat_one_number(chromaprint: Any) -> None:
    silence = np.zeros(5 * module.RATE, dtype=np.float32)
    numbers = fingerprint(silence, rate=module.RATE)
    assert len(set(numbers.tolist())) == 1
    np.testing.assert_array_equal(numbers, chromaprint(sixteen_bit(silence), module.RATE))


@pytest.mark.parametrize("samples", [0, 1, 4096, 30_030])
def test_too_little_audio_has_none(samples: int) -> None:
    audio = tune(3, 4, module.RATE)[:samples]
    numbers = fingerprint(audio, rate=module.RATE)
    assert numbers.dtype == np.uint32
    assert len(numbers) == 0
    assert matched(numbers, fingerprint(tune(3), rate=RATE)) is None


def test_the_first_number_needs_twenty_frames() -> None:
    least = module.FRAME + 19 * module.HOP
    assert len(fingerprint(tune(3, 4, module.RATE)[:least], rate=module.RATE)) == 1


@pytest.mark.parametrize(
    ("change", "least"),
    [
        ("louder", 0.99),
        ("quieter", 0.95),
        ("clipped", 0.75),
        ("noisy", 0.75),
        ("later", 0.75),
        ("much later", 0.75),
        ("half a step later", 0.75),
        ("at 48 kHz", 0.99),
    ],
)
def test_a_changed_recording_is_the_same(change: str, least: float) -> None:
    audio, rate = tune(4), RATE
    noise = np.random.default_rng(0).standard_normal(len(audio))
    changed = {
        "louder": audio * np.float32(2),
        "quieter": audio * np.float32(0.05),
        "clipped": np.clip(audio * 3, -0.5, 0.5),
        "noisy": (audio + 0.01 * noise).astype(np.float32),
        "later": audio[3 * rate :],
        "much later": audio[9 * rate :],
        "half a step later": audio[round(3.5 * STEP * rate) :],
        "at 48 kHz": soxr.resample(audio, rate, 48_000),
    }[change]
    other = fingerprint(changed, rate=48_000 if change == "at 48 kHz" else rate)
    match = matched(fingerprint(audio, rate=rate), other)
    assert match is not None
    assert match.likeness >= least > LIKENESS
    assert match.same


def test_other_recordings_are_not_the_same() -> None:
    prints = [fingerprint(tune(seed), rate=RATE) for seed in range(4)]
    alike = [matched(a, b) for place, a in enumerate(prints) for b in prints[:place]]
    assert max(match.likeness for match in alike if match is not None) < 0.5 < LIKENESS


@pytest.mark.realdata
def test_real_recordings_are_known_again_and_told_apart(
    shared_data: Path, tmp_path: Path, write: Callable[..., Path]
) -> None:
    """At 64 kbit/s, 6 dB louder and cut by seconds, each is like itself and like no other."""
    rng = np.random.default_rng(7)
    prints, again = [], []
    for path in clips(shared_data, step=40):
        audio = decode(path).audio
        prints.append(fingerprint(audio, rate=RATE))
        cut = audio[rng.integers(1, 9 * RATE) :] * np.float32(2)
        file = write(tmp_path / "again.mp3", cut[None], RATE, codec="libmp3lame", bit_rate=64_000)
        again.append(fingerprint(decode(file).audio, rate=RATE))
    index = Index(prints)
    met = {(m.indexed, m.asking): m.match.likeness for m in index.asked(again)}
    assert set(met) == {(row, row) for row in range(len(prints))}
    assert min(met.values()) > 0.7 > LIKENESS


def test_two_minutes_take_a_fraction_of_a_second() -> None:
    audio = tune(8, 120)
    fingerprint(audio, rate=RATE)
    began = time.process_time()
    fingerprint(audio, rate=RATE)
    assert time.process_time() - began < 0.3
