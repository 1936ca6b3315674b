"""Front ends: what is declared is what is computed; what cannot be is refused with the reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.descriptors.frames import Sound
from segue.descriptors.mel import decibels
from segue.embedding.fronts import (
    LONGEST,
    MEL_LAYOUTS,
    SAMPLE_LAYOUTS,
    Mel,
    Samples,
    SegueMel,
    front_of,
)
from segue.embedding.windows import windows
from segue.errors import BadFileError, BadRequestError

RATE = 22_050
MEL = {"kind": "mel", "rate": 16_000, "fft": 512, "hop": 160, "bands": 64, "frames": 96}
SAMPLES = {"kind": "samples", "rate": 16_000, "seconds": 0.975}


def sound(seconds: float = 4.0, *, rate: int = RATE, gain: float = 0.1) -> Sound:
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(max(1, round(seconds * rate))).astype(np.float32)
    return Sound(noise * np.float32(gain), rate=rate)


def test_each_kind_is_read_with_what_it_leaves_out() -> None:
    assert front_of({"kind": "segue-mel"}) == SegueMel()
    front = front_of(MEL)
    assert front == Mel(rate=16_000, fft=512, hop=160, bands=64, frames=96)
    assert (front.shape, front.ceiling) == ((96, 64), 8_000)
    assert front_of(SAMPLES) == Samples(rate=16_000, seconds=0.975)
    assert front_of(SAMPLES).shape == (15_600,)
    assert front_of(MEL | {"high": 7_500, "low": 125}).ceiling == 7_500


def test_ours_are_the_windows_that_networks_are_taught_with() -> None:
    heard = sound()
    ours = SegueMel().windows(heard, 10)
    np.testing.assert_array_equal(ours, windows(decibels(heard.mel128), count=10))
    assert SegueMel().windows(heard, 10) is ours  # made once for every embedder
    with pytest.raises(BadRequestError, match=r"16,000 samples .*Give it at 22,050 a second"):
        SegueMel().windows(sound(rate=16_000), 10)


@pytest.mark.parametrize("layout", MEL_LAYOUTS)
def test_axes_of_a_spectrogram_lie_as_declared(layout: str) -> None:
    heard = sound()
    plain = front_of(MEL).windows(heard, 3)
    front = front_of(MEL | {"layout": layout})
    laid = front.windows(heard, 3)
    assert laid.shape == (3, *front.shape)
    assert laid.flags.c_contiguous
    assert laid.dtype == np.float32
    flat = laid.squeeze(layout.index("c") + 1) if "c" in layout else laid
    back = flat if layout.replace("c", "") == "tb" else flat.transpose(0, 2, 1)
    np.testing.assert_array_equal(back, plain)


@pytest.mark.parametrize("layout", SAMPLE_LAYOUTS)
def test_axes_of_samples_lie_as_declared(layout: str) -> None:
    heard = sound()
    front = front_of(SAMPLES | {"layout": layout})
    laid = front.windows(heard, 2)
    assert laid.shape == (2, *front.shape)
    np.testing.assert_array_equal(laid.reshape(2, -1), front_of(SAMPLES).windows(heard, 2))


def test_samples_at_the_rate_of_the_sound_are_its_own() -> None:
    heard = sound(10.0)
    front = front_of({"kind": "samples", "rate": RATE, "seconds": 2.0, "times": 32_768})
    cut = front.windows(heard, 5)
    np.testing.assert_array_equal(cut.ravel() / 32_768, heard.audio)


def test_a_tone_keeps_its_pitch_at_another_rate() -> None:
    times = np.arange(RATE * 3) / RATE
    tone = Sound((0.5 * np.sin(2 * np.pi * 1_000 * times)).astype(np.float32), rate=RATE)
    _, cut, _ = front_of({"kind": "samples", "rate": 16_000, "seconds": 1.0}).windows(tone, 3)
    assert np.abs(np.fft.rfft(cut)).argmax() == 1_000
    np.testing.assert_allclose(np.abs(cut).max(), 0.5, atol=1e-3)


@given(
    seconds=st.floats(0.01, 6.0),
    count=st.integers(1, 12),
    front=st.sampled_from(
        [
            MEL,
            MEL | {"centred": False, "window": 400, "level": "log", "layout": "bt"},
            MEL | {"rate": RATE, "fft": 2048, "hop": 512, "layout": "ctb", "frames": 30},
            SAMPLES,
            SAMPLES | {"rate": 44_100},
        ]
    ),
)
def test_any_sound_gives_as_many_windows_as_asked_for(
    seconds: float, count: int, front: dict[str, Any]
) -> None:
    hears = front_of(front)
    made = hears.windows(sound(seconds), count)
    assert made.shape == (count, *hears.shape)
    assert np.isfinite(made).all()


@pytest.mark.parametrize("front", [MEL, MEL | {"level": "log1p"}, SAMPLES])
def test_a_clip_shorter_than_a_window_is_played_again(front: dict[str, Any]) -> None:
    first, *others = front_of(front).windows(sound(0.2), 4)
    for other in others:
        np.testing.assert_array_equal(other, first)


@given(gain=st.floats(0.05, 8.0), relative=st.booleans())
def test_levels_relative_to_the_loudest_are_free_of_gain(gain: float, relative: bool) -> None:
    front = front_of(MEL | {"relative": relative, "span": 60, "offset": 1e-20})
    before, after = (front.windows(sound(gain=each), 2) for each in (0.1, 0.1 * gain))
    raised = 0.0 if relative else 20 * np.log10(gain)
    np.testing.assert_allclose(after - before, raised, atol=2e-3)


def test_times_and_plus_come_last() -> None:
    heard = sound()
    plain = front_of(MEL).windows(heard, 2)
    scaled = front_of(MEL | {"times": 0.5, "plus": -3}).windows(heard, 2)
    np.testing.assert_allclose(scaled, plain * 0.5 - 3, rtol=1e-5)


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ({"kind": "wavelet"}, "'wavelet' as 'kind'; known: segue-mel, mel, samples"),
        ({"kind": ["mel"]}, r"\['mel'\] as 'kind'"),
        ({"kind": "segue-mel", "rate": 22_050}, "'rate', which is none of its fields"),
        (MEL | {"n_mels": 64}, "'n_mels', which is none of its fields; known: rate, fft, hop"),
        ({"kind": "mel", "rate": 16_000}, "no 'fft'"),
        (MEL | {"rate": 16_000.0}, "16000.0 as 'rate'"),
        (MEL | {"rate": True}, "True as 'rate'"),
        (MEL | {"rate": None}, "None as 'rate'"),
        (MEL | {"rate": 100}, "100 samples a second"),
        (MEL | {"high": float("nan")}, "nan as 'high'"),
        (MEL | {"equal": 1}, "1 as 'equal'"),
        (MEL | {"low": "0"}, "'0' as 'low'"),
        (MEL | {"fft": 0}, "frames of 0 samples every 160"),
        (MEL | {"fft": 10**7}, "frames of 10,000,000 samples"),
        (MEL | {"hop": 0}, "frames of 512 samples every 0"),
        (MEL | {"window": 513}, "513 samples under the window of a frame of 512"),
        (MEL | {"bands": 0}, "0 bands"),
        (MEL | {"bands": 10**6}, "1,000,000 bands"),
        (MEL | {"high": 8_001}, "bands from 0 to 8001 Hz at a rate of 16,000"),
        (MEL | {"low": 8_000}, "bands from 8000 to 8000 Hz"),
        (MEL | {"frames": 10**400}, ".* as 'frames'"),
        (MEL | {"gain": 10**400}, ".* as 'gain'"),
        (MEL | {"times": 1e39}, r"1e\+39 as 'times'"),
        (MEL | {"hop": 1, "frames": 10**5, "bands": 512}, "windows of 100,000 frames with"),
        (SAMPLES | {"seconds": 1e308}, r"1e\+308 as 'seconds'"),
        (MEL | {"frames": 0}, "windows of 0 s"),
        (MEL | {"frames": 10**6}, "windows of 10000 s"),
        (MEL | {"scale": "bark"}, "'bark' as 'scale'; known: slaney, htk"),
        (MEL | {"slopes": "bark"}, "'bark' as 'slopes'; known: hertz, mel"),
        (MEL | {"level": "dB"}, "'dB' as 'level'; known: db, log, log1p, power"),
        (MEL | {"layout": "bbt"}, "'bbt' as 'layout'"),
        (MEL | {"gain": 0}, "a gain, an offset or a span"),
        (MEL | {"offset": -1}, "a gain, an offset or a span"),
        (MEL | {"span": -80}, "a gain, an offset or a span"),
        (MEL | {"span": 0}, "a gain, an offset or a span"),
        (SAMPLES | {"seconds": 0}, "windows of 0 s"),
        (SAMPLES | {"seconds": 1e-9}, "windows of 0 s"),
        (SAMPLES | {"seconds": LONGEST + 1}, "windows of 61 s"),
        (SAMPLES | {"layout": "tb"}, "'tb' as 'layout'; known: s, cs, sc"),
    ],
)
def test_what_cannot_be_computed_is_refused(front: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadFileError, match=rf"declares a front end with {reason}"):
        front_of(front)
