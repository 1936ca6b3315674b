"""Keys of music whose key is known, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from chords import RATE, cadence, played, scale, triad
from segue.descriptors import chroma, key
from segue.descriptors.frames import Sound
from segue.errors import BadRequestError
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world


def noise(seed: int, samples: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=0.1, size=samples).astype(np.float32)


def drums(samples: int) -> np.ndarray:
    """Kicks that fall from 120 to 50 Hz, and bursts of noise, four a second."""
    times = np.arange(samples) / RATE
    beat = times % 0.5
    kick = np.sin(2 * np.pi * (50 * beat - 70 * 0.03 * np.exp(-beat / 0.03))) * np.exp(-beat / 0.12)
    hat = noise(1, samples) * 5 * np.exp(-(times % 0.25) / 0.04)
    return (0.4 * kick + 0.3 * hat).astype(np.float32)


@pytest.mark.parametrize("profile", list(key.PROFILES))
@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("tonic", range(12))
def test_triads_scales_and_cadences_have_their_key(tonic: int, mode: int, profile: str) -> None:
    for chords in ([triad(60 + tonic, mode)] * 3, scale(tonic, mode), cadence(tonic, mode)):
        found = key.estimate(Sound(played(chords, seconds=0.4), rate=RATE), profile=profile)
        assert found is not None
        assert (found.pitch_class, found.mode) == (tonic, mode)
        assert found.strength > 0.6


@pytest.mark.parametrize("cents", [-40, 40])
@pytest.mark.parametrize("mode", [0, 1])
def test_detuned_music_keeps_its_key(cents: int, mode: int) -> None:
    found = key.estimate(Sound(played(cadence(7, mode), cents=cents), rate=RATE))
    assert found is not None
    assert (found.pitch_class, found.mode) == (7, mode)


def test_one_song_of_every_demo_style_has_its_key_but_for_a_relative() -> None:
    right, wrong = [], []
    for track in {track.style: track for track in reversed(world(42).tracks)}.values():
        samples, rate = render(track)
        audio = soxr.resample(samples.mean(axis=0), rate, RATE).astype(np.float32)
        found = key.read(key.FAMILY.compute(Sound(audio, rate=RATE)))
        assert found is not None
        same = (found.pitch_class, found.mode) == (track.key, track.mode)
        (right if same else wrong).append((track.key, track.mode, found.pitch_class, found.mode))
    assert len(right) >= 10
    # Folk in natural minor: without its leading note nothing but the bass tells the two apart.
    assert all((tonic + 3) % 12 == heard for tonic, _, heard, _ in wrong)


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("tonic", [2, 9])
def test_a_loud_bass_and_drums_do_not_hide_the_key(tonic: int, mode: int) -> None:
    chords = cadence(tonic, mode) * 2
    music = played(chords)
    bass = 4 * played([[chord[0] - 12] for chord in chords], harmonics=3)
    for mix in (music + bass, music + drums(len(music)), music + bass + drums(len(music))):
        found = key.estimate(Sound(mix.astype(np.float32), rate=RATE))
        assert found is not None
        assert (found.pitch_class, found.mode) == (tonic, mode)


def test_what_has_no_tonic_has_no_key() -> None:
    rng = np.random.default_rng(8)
    twelve = [[48 + tone] for _ in range(4) for tone in rng.permutation(12)]
    sounds = {
        "silence": np.zeros(RATE),
        "one sample": np.ones(1),
        "a click": np.eye(1, RATE, RATE // 2)[0],
        "noise": noise(2, 10 * RATE),
        "drums": drums(10 * RATE),
        "twelve tones": played(twelve, seconds=0.3),
        "whole tones": played([[60, 62, 64, 66, 68, 70]] * 4),
        "a pure tone": 0.5 * np.sin(2 * np.pi * 440 * np.arange(5 * RATE) / RATE),
    }
    named = {
        (name, profile): key.estimate(Sound(audio.astype(np.float32), rate=RATE), profile=profile)
        for name, audio in sounds.items()
        for profile in key.PROFILES
    }
    assert {which: found for which, found in named.items() if found is not None} == {}


def test_clarity_falls_as_music_sinks_into_noise() -> None:
    music = played(cadence(0, 1) * 4)
    loud = noise(4, len(music))
    clarity = []
    for amount in (0.0, 1.0, 8.0, 64.0):
        values = key.FAMILY.compute(Sound(music + np.float32(amount) * loud, rate=RATE))
        clarity.append(float(values[3]))
    assert clarity == sorted(clarity, reverse=True)
    assert clarity[0] > 0.9 > key.SURE > 0.2 > clarity[-1]


@pytest.mark.parametrize("profile", list(key.PROFILES))
def test_a_profile_fits_itself(profile: str) -> None:
    for mode, steps in ((0, key.PROFILES[profile].minor), (1, key.PROFILES[profile].major)):
        fits = key.correlations(np.array(steps), profile=profile)
        assert fits.shape == (2, 12)
        assert np.abs(fits).max() <= 1
        assert divmod(int(fits.argmax()), 12) == (mode, 0)


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("tonic", range(12))
def test_the_columns_give_the_key_back(tonic: int, mode: int) -> None:
    sound = Sound(played(cadence(tonic, mode)), rate=RATE)
    values = key.FAMILY.compute(sound)
    heard, found = key.estimate(sound), key.read(values)
    assert heard is not None
    assert found is not None
    assert (found.pitch_class, found.mode) == (heard.pitch_class, heard.mode) == (tonic, mode)
    assert found.clarity == pytest.approx(heard.clarity, abs=1e-6)
    assert found.strength == pytest.approx(heard.strength, abs=1e-6)


def test_relative_keys_stand_at_one_point_and_neighbours_near_it() -> None:
    def place(tonic: int, mode: int) -> np.ndarray:
        values = key.FAMILY.compute(Sound(played(cadence(tonic, mode)), rate=RATE))
        return values[:2] / values[3]

    np.testing.assert_allclose(place(0, 1), [1, 0], atol=1e-6)
    np.testing.assert_allclose(place(9, 0), [1, 0], atol=1e-6)
    np.testing.assert_allclose(place(7, 1), [np.cos(np.pi / 6), 0.5], atol=1e-6)
    np.testing.assert_allclose(place(6, 1), [-1, 0], atol=1e-6)


def test_keys_are_written_as_musicians_say_them() -> None:
    group = key.FAMILY.groups["key"]
    assert group.write is not None
    said = [
        group.write(key.FAMILY.compute(Sound(played(cadence(tonic, mode)), rate=RATE)))
        for tonic, mode in ((9, 0), (3, 1), (6, 0))
    ]
    assert said == ["A minor", "E♭ major", "F♯ minor"]
    assert group.both.format(said[0]) == "in A minor"
    silent = key.FAMILY.compute(Sound(np.zeros(RATE, dtype=np.float32), rate=RATE))
    assert group.write(silent) == ""


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadRequestError, match=r"'bach'.*temperley, krumhansl, edma"):
        key.estimate(Sound(np.zeros(RATE, dtype=np.float32), rate=RATE), profile="bach")


def test_silence_fits_every_key_as_badly() -> None:
    found = key.best(chroma.profile(Sound(np.zeros(RATE, dtype=np.float32), rate=RATE)))
    assert found == key.Key(0, 0, pytest.approx(1 / 24), 0.0)
