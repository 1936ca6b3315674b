"""The demo music, measured: what was planted is what sounds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from segue.sources.demo import DemoWorld, TrackTruth, world
from segue.sources.demo.artists import STYLES
from segue.sources.demo.composer import compose
from segue.sources.demo.harmony import SCALES
from segue.sources.demo.mixing import CEILING
from segue.sources.demo.performance import play_drums
from segue.sources.demo.rendering import render

RATE = 44_100
SAMPLE = 42
Sounds = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def planted() -> DemoWorld:
    return world(42)


@pytest.fixture(scope="module")
def sounds(planted: DemoWorld) -> Sounds:
    """Two tracks of each of 19 artists in all styles, and four versions."""
    return {truth.id: render(truth)[0] for truth in planted.tracks[:SAMPLE]}


def decibels(value: float) -> float:
    return 20.0 * float(np.log10(max(value, 1e-12)))


def test_length_level_and_peak_are_as_planted(planted: DemoWorld, sounds: Sounds) -> None:
    for name, samples in sounds.items():
        truth = planted.truth[name]
        assert samples.dtype == np.float32
        assert samples.shape[0] == 2
        assert samples.shape[1] / RATE == pytest.approx(30.0, abs=0.2)
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() <= CEILING
        assert decibels(CEILING) < -2.0
        level = decibels(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))))
        assert level == pytest.approx(truth.loudness, abs=0.1), name


def test_nothing_clips_sticks_or_hums(sounds: Sounds) -> None:
    for name, samples in sounds.items():
        assert abs(float(samples.mean())) < 1e-3, f"{name} has an offset"
        peak = np.abs(samples).max()
        held = np.sum(np.abs(samples) >= 0.9999 * peak) / samples.size
        assert held < 2e-4, f"{name} is clipped"
        # Silence at both ends, and music between them.
        assert np.abs(samples[:, :400]).max() < 0.02
        assert np.abs(samples[:, -4000:]).max() == 0.0
        second = samples[:, : 29 * RATE].reshape(2, 29, RATE)
        levels = np.sqrt(np.mean(second**2, axis=(0, 2)))
        assert decibels(float(levels[1:26].min())) > -50.0, f"{name} has a hole"


def test_notes_end_without_clicks(sounds: Sounds, planted: DemoWorld) -> None:
    """A click is one sample that breaks the curve; slow styles must have none.

    The second difference of a smooth sound is far below its level; a jump is not.
    """
    for truth in planted.tracks[:SAMPLE]:
        if truth.style not in {"ambient", "nocturne"}:
            continue
        mono = sounds[truth.id].mean(axis=0)
        jump = np.abs(np.diff(mono, 2))
        assert jump.max() < 0.35 * np.abs(mono).max(), truth.id


def test_stereo_is_neither_mono_nor_lopsided(sounds: Sounds) -> None:
    for name, (left, right) in sounds.items():
        side = np.sqrt(np.mean((left - right) ** 2)) / np.sqrt(np.mean((left + right) ** 2))
        assert 0.02 < side < 1.0, name
        balance = decibels(float(np.sqrt(np.mean(left**2)))) - decibels(
            float(np.sqrt(np.mean(right**2)))
        )
        assert abs(balance) < 4.0, name


def test_loudness_rises_with_the_force_of_the_style(planted: DemoWorld, sounds: Sounds) -> None:
    def mean(style: str) -> float:
        return float(np.mean([planted.truth[n].loudness for n in sounds if of(n) == style]))

    def of(name: str) -> str:
        return planted.truth[name].style

    assert mean("ambient") < mean("folk") < mean("synthpop") < mean("drum-and-bass")


def onset_tempo(drums: np.ndarray) -> float:
    """Beats a minute by the strongest period of the onset envelope, from 50 to 210."""
    hop = 256
    mono = drums.mean(axis=0)[: drums.shape[1] // hop * hop].reshape(-1, hop)
    energy = np.log1p(1e4 * np.mean(mono**2, axis=1))
    rise = np.maximum(np.diff(energy), 0.0)
    rise -= rise.mean()
    size = 2 * len(rise)
    echo = np.fft.irfft(np.abs(np.fft.rfft(rise, size)) ** 2)[: len(rise)]
    lags = np.arange(int(60 * RATE / hop / 210), int(60 * RATE / hop / 50))
    # A period must also hold at its double and half, which drops thirds of a bar.
    score = echo[lags] + 0.5 * echo[2 * lags] + 0.5 * echo[4 * lags]
    score *= np.exp(-0.5 * (np.log2(60 * RATE / hop / lags / 120.0) / 0.9) ** 2)
    return float(60 * RATE / hop / lags[int(np.argmax(score))])


def test_the_tempo_can_be_heard_in_the_drums(planted: DemoWorld) -> None:
    hits = []
    for truth in planted.tracks[:70]:
        drums = play_drums(truth, compose(truth))
        if drums is None:
            continue
        found = onset_tempo(drums)
        near = min(abs(found / truth.tempo / octave - 1.0) for octave in (0.5, 1.0, 2.0))
        hits.append(near < 0.04)
    assert len(hits) > 40
    assert np.mean(hits) >= 0.9


def chroma(samples: np.ndarray) -> np.ndarray:
    """Energy by pitch class, from 80 to 1,600 Hz, every frame of the piece alike loud."""
    size = 16_384
    mono = samples.mean(axis=0)[: samples.shape[1] // size * size].reshape(-1, size)
    bins = np.abs(np.fft.rfft(mono * np.hanning(size), axis=1))
    hertz = np.fft.rfftfreq(size, 1.0 / RATE)
    kept = (hertz > 80.0) & (hertz < 1600.0)
    pitch = 12.0 * np.log2(hertz[kept] / 440.0) + 9.0
    near = np.abs(pitch - np.round(pitch)) < 0.35
    bins = bins[:, kept][:, near]
    bins = bins / (bins.sum(axis=1, keepdims=True) + 1e-3 * bins.sum(axis=1).max())
    found = np.zeros(12)
    np.add.at(found, np.round(pitch[near]).astype(int) % 12, bins.sum(axis=0))
    return found / found.sum()


def test_the_key_can_be_heard(planted: DemoWorld, sounds: Sounds) -> None:
    hits, shares = [], []
    for name, samples in sounds.items():
        truth = planted.truth[name]
        scale = np.array(SCALES[truth.mode])
        energy = chroma(samples)
        inside = [float(energy[(scale + key) % 12].sum()) for key in range(12)]
        hits.append(int(np.argmax(inside)) == truth.key)
        shares.append(inside[truth.key])
    # Chance is one in twelve; the share of seven classes of twelve would be .58.
    assert np.mean(hits) >= 0.85
    assert np.mean(shares) > 0.72


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Mean and spread of log energies in 40 bands spaced like mels, shape (80,)."""
    size = 2048
    mono = samples.mean(axis=0)[: samples.shape[1] // size * size].reshape(-1, size)
    power = np.abs(np.fft.rfft(mono * np.hanning(size), axis=1)) ** 2
    edges = 700.0 * (10.0 ** (np.linspace(100.0, 3300.0, 41) / 2595.0) - 1.0)
    marks = np.unique(np.clip((edges * size / RATE).astype(int), 1, size // 2))
    bands = np.log(np.add.reduceat(power, marks, axis=1)[:, :-1] + 1e-6)
    return np.concatenate([bands.mean(axis=0), bands.std(axis=0)])


def test_an_artist_is_known_by_its_hand(planted: DemoWorld, sounds: Sounds) -> None:
    """The nearest neighbour by simple means is by the same artist far above chance."""
    names = [name for name in sounds if not planted.truth[name].version]
    stats = np.array([log_mel(sounds[name]) for name in names])
    stats = (stats - stats.mean(axis=0)) / stats.std(axis=0)
    owners = np.array([planted.truth[name].artist_number for name in names])
    apart = np.linalg.norm(stats[:, None] - stats[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    hits = np.mean(owners[np.argmin(apart, axis=1)] == owners)
    chance = 1.0 / (len(names) - 1)
    assert hits > 0.6 > 20 * chance


def test_a_live_version_has_an_audience_and_a_remix_a_beat(
    planted: DemoWorld, sounds: Sounds
) -> None:
    by_number = {truth.number: truth for truth in planted.tracks}

    def air(samples: np.ndarray) -> float:
        """Noise in the first second, beside the loudest tenth of the piece."""
        level = np.sqrt(np.mean(samples[:, 4000:RATE] ** 2))
        return float(level / np.sqrt(np.mean(samples**2)))

    for truth in planted.tracks[:SAMPLE]:
        song = by_number[truth.song]
        if truth.version == "live":
            assert air(sounds[truth.id]) > air(sounds[song.id])
        if truth.version == "remix":
            kicks = [stroke.beat for stroke in compose(truth).strokes if stroke.name == "kick"]
            assert {beat % 1.0 for beat in kicks} == {0.0}


def test_versions_sing_the_same_tune(planted: DemoWorld) -> None:
    """The first bar of A has the rhythm of the song's, whatever stands around it."""
    by_number = {truth.number: truth for truth in planted.tracks}
    for truth in planted.tracks[:SAMPLE]:
        if truth.version != "live":
            continue
        heard, song = compose(truth), compose(by_number[truth.song])
        assert heard.notes["lead"] == song.notes["lead"]
        assert heard.notes["voice"] == song.notes["voice"]


def test_the_same_truth_gives_the_same_samples_in_any_order(planted: DemoWorld) -> None:
    truth, other = planted.tracks[14], planted.tracks[20]
    first = render(truth)[0]
    render(other)
    assert np.array_equal(render(truth)[0], first)
    assert not np.array_equal(render(replace(truth, seed=truth.seed + 1))[0], first)


def test_threads_of_the_linear_algebra_change_nothing(planted: DemoWorld) -> None:
    """Notes are matrix products; how many threads share them must not be heard."""
    script = (
        "import hashlib; from segue.sources.demo import world;"
        "from segue.sources.demo.rendering import render;"
        "print(hashlib.sha256(render(world(42).tracks[14])[0].tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert hashlib.sha256(render(planted.tracks[14])[0].tobytes()).hexdigest() == other


def test_every_artist_can_play_table_tracks_too(planted: DemoWorld) -> None:
    """Any truth can be rendered: one of each style from the table-only tracks."""
    rest: dict[str, TrackTruth] = {}
    for truth in planted.truth.values():
        if not truth.audio and truth.artist_number >= 28:
            rest.setdefault(truth.style, truth)
    assert set(rest) == set(STYLES)
    for truth in rest.values():
        samples, rate = render(truth)
        assert rate == RATE
        assert samples.shape == (2, 30 * RATE)
        assert np.abs(samples).max() > 0.05


def test_every_track_of_other_seeds_can_be_composed() -> None:
    # Seeds 102 and 203 hold melodies that begin late in the bar they close.
    for seed in (102, 203):
        for truth in world(seed).tracks:
            assert compose(truth).notes
