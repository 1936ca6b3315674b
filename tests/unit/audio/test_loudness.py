"""Loudness, its range and the true peak as the standards' own test signals ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from scipy.signal import lfilter

from segue.audio.loudness import LoudnessMeter, weights
from segue.audio.peak import TruePeak
from segue.audio.weighting import ROW, Weighting, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

STEREO = ("FL", "FR")
AROUND = ("FL", "FR", "FC", "BL", "BR")


def sines(*parts: tuple[Sequence[float], float], rate: int = 48_000, hertz: float = 1000) -> Sound:
    """A sine that goes through parts: (level of each channel in dBFS, seconds)."""
    levels = np.concatenate(
        [
            np.tile(10 ** (np.array(level)[:, None] / 20), round(seconds * rate))
            for level, seconds in parts
        ],
        axis=1,
    )
    wave = np.sin(2 * np.pi * hertz * np.arange(levels.shape[1]) / rate)
    return (levels * wave).astype(np.float32)


def both(level: float) -> tuple[float, float]:
    return level, level


def metered(
    sound: Sound, rate: int = 48_000, places: Sequence[str] = STEREO, piece: int = 30_000
) -> LoudnessMeter:
    meter = LoudnessMeter(rate, places)
    for first in range(0, sound.shape[1], piece):
        meter.add(sound[:, first : first + piece])
    meter.finish()
    return meter


def peak_of(sound: Sound, rate: int = 48_000, piece: int = 30_000) -> float | None:
    peak = TruePeak(rate, len(sound))
    for first in range(0, sound.shape[1], piece):
        part = sound[:, first : first + piece]
        peak.add(part, absolute=np.abs(part))
    peak.finish()
    return peak.decibels


@pytest.mark.parametrize(
    ("case", "parts", "expected"),
    [
        (1, [(-23.0, 20)], -23.0),
        (2, [(-33.0, 20)], -33.0),
        (3, [(-36.0, 10), (-23.0, 60), (-36.0, 10)], -23.0),
        (4, [(-72.0, 10), (-36.0, 10), (-23.0, 60), (-36.0, 10), (-72.0, 10)], -23.0),
        (5, [(-26.0, 20), (-20.0, 20.1), (-26.0, 20)], -23.0),
    ],
)
def test_loudness_of_ebu_tech_3341(
    case: int, parts: list[tuple[float, float]], expected: float
) -> None:
    sound = sines(*((both(level), seconds) for level, seconds in parts))
    assert metered(sound).integrated == pytest.approx(expected, abs=0.1), case


def test_loudness_of_ebu_tech_3341_with_five_channels() -> None:
    sound = sines(((-28.0, -28.0, -24.0, -30.0, -30.0), 20))
    assert metered(sound, places=AROUND).integrated == pytest.approx(-23.0, abs=0.1)
    with_bass = np.insert(sound, 3, 0.9, axis=0)
    places = ("FL", "FR", "FC", "LFE", "SL", "SR")
    assert metered(with_bass, places=places).integrated == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 96_000])
def test_every_rate_is_as_loud(rate: int) -> None:
    sound = sines((both(-23.0), 6), rate=rate)
    assert metered(sound, rate).integrated == pytest.approx(-23.0, abs=0.1)
    # One loudspeaker has half the power of two.
    assert metered(sound[:1], rate, ["FC"]).integrated == pytest.approx(-26.01, abs=0.1)


@pytest.mark.parametrize(
    ("case", "levels", "expected"),
    [
        (1, [-20, -30], 10.0),
        (2, [-20, -15], 5.0),
        (3, [-40, -20], 20.0),
        (4, [-50, -35, -20, -35, -50], 15.0),
    ],
)
def test_range_of_ebu_tech_3342(case: int, levels: list[float], expected: float) -> None:
    sound = sines(*((both(level), 20) for level in levels))
    assert metered(sound).range == pytest.approx(expected, abs=1.0), case


@pytest.mark.parametrize(
    ("case", "part", "phase", "level", "expected"),
    [
        (15, 4, 0.0, 0.50, -6.0),
        (16, 4, 45.0, 0.50, -6.0),
        (17, 6, 60.0, 0.50, -6.0),
        (18, 8, 67.5, 0.50, -6.0),
        (19, 4, 45.0, 1.41, 3.0),
    ],
)
def test_true_peak_of_ebu_tech_3341(
    case: int, part: int, phase: float, level: float, expected: float
) -> None:
    times = np.arange(48_000)
    wave = level * np.sin(2 * np.pi * times / part + np.radians(phase))
    # Begins and ends softly, as the standard's files do: a cut would ring.
    ramp = np.minimum(1.0, np.minimum(times, times[::-1]) / 2400)
    sound = np.stack([wave * ramp, np.zeros(48_000)]).astype(np.float32)
    peak = peak_of(sound)
    assert peak is not None, case
    assert expected - 0.4 <= peak <= expected + 0.2, case


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 192_000])
def test_the_weighting_is_the_filter_of_the_standard(rate: int) -> None:
    rng = np.random.default_rng(rate)
    sound = rng.normal(0.2, 0.1, (2, ROW * 300)).astype(np.float32)
    (shelf, below), (cut, under) = sections(rate)
    expected = lfilter(cut, under, lfilter(shelf, below, sound.astype(float)))
    weighting = Weighting(rate, 2)
    pieces = np.split(sound, [ROW, 40 * ROW, 299 * ROW], axis=1)
    found = np.concatenate([weighting(np.ascontiguousarray(piece)) for piece in pieces], axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_at_48_khz_the_coefficients_are_those_of_the_standard() -> None:
    (shelf, below), (cut, under) = sections(48_000)
    np.testing.assert_allclose(shelf, [1.53512485958697, -2.69169618940638, 1.19839281085285])
    np.testing.assert_allclose(below, [1.0, -1.69065929318241, 0.73248077421585])
    np.testing.assert_allclose(cut, [1.0, -2.0, 1.0])
    np.testing.assert_allclose(under, [1.0, -1.99004745483398, 0.99007225036621])


def test_music_is_as_loud_as_ffmpeg_says(music: Callable[..., Sound]) -> None:
    if not hasattr(av.AudioFrame, "metadata"):
        pytest.skip("FFmpeg's meter: this version of PyAV does not pass on what it says")
    sound = music(20.0) * np.repeat([0.1, 1.0, 0.3, 1.5], 5 * 44_100).astype(np.float32)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=44_100, format="flt", layout="stereo")
    graph.link_nodes(source, graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink"))
    graph.configure()
    frame = av.AudioFrame.from_ndarray(sound.T.reshape(1, -1).copy(), format="flt", layout="stereo")
    frame.sample_rate = 44_100
    graph.push(frame)
    graph.push(None)
    said = {}
    while True:
        try:
            said = dict(graph.pull().metadata)
        except (av.EOFError, BlockingIOError):
            break
    meter = metered(sound, 44_100)
    assert meter.integrated == pytest.approx(float(said["lavfi.r128.I"]), abs=0.02)
    assert meter.range == pytest.approx(float(said["lavfi.r128.LRA"]), abs=0.1)
    highest = 20 * np.log10(float(said["lavfi.r128.true_peak"]))
    assert peak_of(sound, 44_100) == pytest.approx(highest, abs=0.1)


@pytest.mark.parametrize("piece", [1, 47, 4410, 100_000])
def test_the_size_of_the_pieces_does_not_matter(piece: int, music: Callable[..., Sound]) -> None:
    sound = music(0.6 if piece == 1 else 4.0)
    whole, pieces = metered(sound, 44_100, piece=10**6), metered(sound, 44_100, piece=piece)
    assert pieces.integrated == (whole.integrated and pytest.approx(whole.integrated, abs=1e-4))
    assert pieces.range == (whole.range and pytest.approx(whole.range, abs=1e-4))
    assert peak_of(sound, 44_100, piece) == pytest.approx(peak_of(sound, 44_100, 10**6), abs=1e-4)


@pytest.mark.parametrize("rate", [44_100, 96_000, 192_000])
def test_only_the_promising_is_looked_at_and_nothing_is_missed(
    rate: int, music: Callable[..., Sound]
) -> None:
    sound = music(1.0)
    for place in (5, 20_000, 44_090):
        sound[1, place : place + 2] = (0.9, 0.9)
    finer = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
    everywhere = [float(np.abs(sound).max())]
    for part in range(1, finer):
        distance = np.arange(-7, 9) - part / finer
        window = np.cos(np.pi / 2 * distance / 8) ** 2 * (np.abs(distance) < 8)
        weight = (np.sinc(distance) * window)[::-1]
        everywhere += [float(np.abs(np.convolve(channel, weight)).max()) for channel in sound]
    expected = 20 * np.log10(max(everywhere))
    assert peak_of(sound, rate) == pytest.approx(expected, abs=1e-4)


def test_silence_and_very_short_sounds_have_no_loudness() -> None:
    silence = metered(np.zeros((2, 96_000), np.float32))
    assert (silence.integrated, silence.range) == (None, None)
    assert peak_of(np.zeros((2, 96_000), np.float32)) is None
    blink = metered(sines((both(-20.0), 0.3)))
    assert (blink.integrated, blink.range) == (None, None)
    moment = metered(sines((both(-20.0), 0.5)))
    assert moment.integrated == pytest.approx(-20.0, abs=0.1)
    assert moment.range is None


def test_a_steady_offset_is_no_loudness() -> None:
    steady = np.full((2, 60 * 48_000), 0.5, dtype=np.float32)
    steady[:, -10 * 48_000 :] += sines((both(-23.0), 10))
    assert metered(steady).integrated == pytest.approx(-23.0, abs=0.2)


def test_channels_weigh_what_their_place_asks_for() -> None:
    assert weights(STEREO) == [1.0, 1.0]
    assert weights(["FL", "FR", "FC", "LFE", "BL", "BR"]) == [1, 1, 1, 0, 1.41, 1.41]
    assert weights(["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"]) == [
        *(1, 1, 1, 0, 1, 1, 1.41, 1.41)
    ]
    assert weights(["NONE"] * 3) == [1.0] * 3


@pytest.mark.parametrize("rate", [1000, 4_000_000])
def test_rates_that_no_ear_is_meant_for_have_no_loudness(rate: int) -> None:
    assert metered(np.ones((1, 10_000), np.float32), rate, ["FC"]).integrated is None
