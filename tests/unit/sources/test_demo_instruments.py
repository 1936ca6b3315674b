"""The parts the composer is built from: tones, drums, chords, grooves, levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.sources.demo.accompaniment import PATTERNS, bass_bar
from segue.sources.demo.artists import STYLES
from segue.sources.demo.drums import kit_sounds
from segue.sources.demo.form import LEAD_IN, LENGTH, form_of
from segue.sources.demo.grooves import FILLS, GROOVES, VELOCITIES, strokes
from segue.sources.demo.hands import Colour, Kit
from segue.sources.demo.harmony import KINDS, SCALES, chord_on, voiced
from segue.sources.demo.instruments import INSTRUMENTS, sound
from segue.sources.demo.mixing import CEILING, levelled, roomed, toned
from segue.sources.demo.oscillators import RATE, TOP, hertz, noise, partials


def test_partials_are_the_sum_of_decaying_sines() -> None:
    frequencies = np.array([220.0, 441.3, 1000.0, TOP + 1.0])
    amplitudes = np.array([1.0, 0.5, 0.25, 9.0])
    decays = np.array([0.0, 3.0, 20.0, 0.0])
    times = np.arange(round(0.7 * RATE)) / RATE
    expected = sum(
        a * np.exp(-d * times) * np.sin(2 * np.pi * (f * times + 0.5 * i**2 / 3))
        for i, (f, a, d) in enumerate(zip(frequencies[:3], amplitudes, decays, strict=False))
    )
    found = partials(frequencies, amplitudes, decays=decays, seconds=0.7)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 2e-5


def test_partials_that_nobody_can_hear_are_silence() -> None:
    assert not partials(np.array([TOP * 2]), np.array([1.0]), seconds=0.1).any()


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_instrument_is_in_tune_ends_in_silence_and_stays_centred(name: str) -> None:
    pitch = 45.0 if name in {"sub", "synthbass", "reese", "ebass", "upright"} else 69.0
    tone = sound(name, pitch=pitch, seconds=0.8, colour=Colour())
    after = INSTRUMENTS[name].after
    whole = min(0.24, 0.8) if name == "spoken" else 0.8 + after
    assert len(tone) / RATE == pytest.approx(whole, abs=0.03)
    assert tone.dtype == np.float32
    assert np.isfinite(tone).all()
    assert np.abs(tone).max() == pytest.approx(INSTRUMENTS[name].level, rel=0.12)
    assert abs(tone[-1]) < 1e-5
    assert abs(tone[0]) < 1e-5
    assert abs(tone.mean()) < 0.01
    if name == "spoken":
        return  # its pitch falls
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 1 << 18))
    base = hertz(pitch)
    near = np.fft.rfftfreq(1 << 18, 1 / RATE)
    around = (near > 0.94 * base) & (near < 1.06 * base)
    found = near[around][int(np.argmax(spectrum[around]))]
    # A quarter tone is 50 cents; a chorus of saws may lean by its own detuning.
    assert abs(1200 * np.log2(found / base)) < 32
    octave_below = (near > 0.3 * base) & (near < 0.45 * base)
    assert spectrum[around].max() > 3 * spectrum[octave_below].max()


def test_bright_players_sound_brighter() -> None:
    def centroid(name: str, bright: float) -> float:
        tone = sound(name, pitch=57, seconds=0.5, colour=Colour(bright=bright))
        power = np.abs(np.fft.rfft(tone)) ** 2
        return float(np.sum(power * np.fft.rfftfreq(len(tone), 1 / RATE)) / np.sum(power))

    for name in ("piano", "nylon", "steel", "epiano", "pad", "sawlead", "synthbass", "organ"):
        assert centroid(name, 0.9) > 1.1 * centroid(name, 0.1), name


@pytest.mark.parametrize("character", ["acoustic", "machine", "chip"])
def test_drums_are_short_whole_and_of_their_kind(character: str) -> None:
    wanted = {"acoustic": GROOVES["samba"], "machine": GROOVES["disco"], "chip": GROOVES["chip"]}
    names = {name for pattern in wanted[character] for name in pattern} | {"kick", "hat", "crash"}
    made = kit_sounds(Kit(character=character), names)
    assert set(made) == names
    for takes in made.values():
        for take in takes:
            assert np.abs(take).max() == pytest.approx(1.0)
            assert abs(take[-1]) < 1e-4
            assert len(take) < 2 * RATE
    hertz_of = {
        name: float(np.argmax(np.abs(np.fft.rfft(made[name][0], RATE)))) for name in ("kick", "hat")
    }
    assert hertz_of["kick"] < 200 < 2000 < hertz_of["hat"]
    assert not np.array_equal(made["hat"][0], made["hat"][1]), "takes differ"
    again = kit_sounds(Kit(character=character), names)
    assert all(np.array_equal(again[n][k], made[n][k]) for n in names for k in range(3))


@given(
    degree=st.integers(0, 6),
    key=st.integers(0, 11),
    mode=st.integers(0, 1),
    kind=st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=60)
def test_chords_are_made_of_scale_tones(degree: int, key: int, mode: int, kind: str) -> None:
    chord = chord_on(degree, key=key, mode=mode, kind=kind)
    scale = {(key + step) % 12 for step in SCALES[mode]}
    assert set(chord.classes) <= scale
    assert chord.classes[0] == chord.root == (key + SCALES[mode][degree]) % 12
    tones = voiced(chord, centre=60.0)
    assert {tone % 12 for tone in tones} == set(chord.classes)
    assert list(tones) == sorted(tones)
    assert abs(np.mean(tones) - 60.0) < 10


@given(first=st.integers(0, 6), second=st.integers(0, 6), key=st.integers(0, 11))
@settings(max_examples=40)
def test_voices_move_little(first: int, second: int, key: int) -> None:
    """The next chord is reached with less movement than by sliding the whole hand."""
    one = chord_on(first, key=key, mode=1, kind="triad")
    two = chord_on(second, key=key, mode=1, kind="triad")
    before = voiced(one, centre=60.0)
    after = voiced(two, centre=60.0, before=before)
    moves = [min(abs(tone - old) for old in before) for tone in after]
    assert np.mean(moves) <= 4.0


@pytest.mark.parametrize("name", sorted(PATTERNS))
@pytest.mark.parametrize("beats", [3, 4])
def test_patterns_stay_in_their_bar_and_chord(name: str, beats: int) -> None:
    voicing = (57, 60, 64)
    for bar in range(4):
        notes = PATTERNS[name](voicing, beats=beats, bar=bar)
        assert notes
        assert all(0 <= note.beat < beats for note in notes)
        assert all(0 < note.velocity <= 1 and note.length > 0 for note in notes)
        if name != "waltz":  # whose low tone is a fourth below
            assert {note.pitch % 12 for note in notes} <= {pitch % 12 for pitch in voicing}


@pytest.mark.parametrize("name", sorted({line for s in STYLES.values() for line in s.bass_lines}))
@pytest.mark.parametrize("beats", [3, 4])
def test_bass_lines_begin_on_the_root_and_stay_low(name: str, beats: int) -> None:
    chord = chord_on(3, key=2, mode=1, kind="seventh")
    after = chord_on(4, key=2, mode=1, kind="seventh")
    notes = bass_bar(name, chord, after=after, beats=beats, centre=36.0)
    assert notes[0].pitch % 12 == chord.root
    assert all(0 <= note.beat < beats for note in notes)
    assert all(note.beat + note.length <= beats + 1e-9 for note in notes)
    assert all(20 <= note.pitch <= 60 for note in notes)


def test_every_habit_of_a_style_exists() -> None:
    for style in STYLES.values():
        assert set(style.patterns) <= set(PATTERNS)
        assert set(style.grooves) <= set(GROOVES)
        assert set(style.chord) <= set(KINDS)
        assert style.kit in FILLS
        names = {*style.leads, *style.comps, *style.basses, *style.pads} - {""}
        assert names <= set(INSTRUMENTS)
        for degrees in (*style.major, *style.minors):
            assert set(degrees) <= set(range(7))
    assert sum(style.share for style in STYLES.values()) == pytest.approx(1.0)


def test_groove_lines_fill_a_bar_with_known_signs() -> None:
    for patterns in (*GROOVES.values(), *FILLS.values()):
        for pattern in patterns:
            for line in pattern.values():
                assert len(line) in {8, 16}
                assert set(line) <= {*VELOCITIES, "."}
            for beats in (3, 4):
                assert all(0 <= beat < beats for beat, _, _ in strokes(pattern, beats=beats))


@given(
    style=st.sampled_from(sorted(STYLES)),
    tempo=st.floats(56, 200),
    beats=st.sampled_from([3, 4]),
)
def test_forms_have_no_gaps_and_end_in_time(style: str, tempo: float, beats: int) -> None:
    sections = form_of(style, tempo=tempo, beats=beats)
    bar = 0
    for section in sections:
        assert section.start == bar
        assert section.bars > 0
        bar += section.bars
    names = [section.name for section in sections]
    assert [name for name in names if name in {"B", "A'"}] == ["B", "A'"]
    assert names[-1] == "outro"
    last = LEAD_IN + (bar - 1) * beats * 60.0 / tempo
    assert last < LENGTH - 2.0, "the closing chord has time to ring"


@given(loudness=st.floats(-30, -15), seed=st.integers(0, 5))
@settings(max_examples=12)
def test_levels_are_met_without_clipping(loudness: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mix = rng.standard_normal((2, 63 * 2000)).astype(np.float32)
    mix *= np.linspace(0.05, 1.0, mix.shape[1], dtype=np.float32)
    out = levelled(mix.copy(), loudness=loudness)
    assert np.abs(out).max() <= CEILING
    level = 10 * np.log10(np.mean(out.astype(np.float64) ** 2))
    assert level == pytest.approx(loudness, abs=0.1)


def test_a_room_answers_and_dies_away() -> None:
    send = np.zeros(3 * RATE, dtype=np.float32)
    send[100] = 1.0
    small, large = (roomed(send, size=size) for size in (0.4, 1.2))
    assert small.shape == (2, 3 * RATE)
    assert not small[:, :100].any() or np.abs(small[:, :100]).max() < 1e-4

    def late(wet: np.ndarray) -> float:
        return float(np.sum(wet[:, RATE // 2 :] ** 2) / np.sum(wet**2))

    assert late(large) > 10 * late(small)
    assert np.sum(large**2) == pytest.approx(2.0, rel=0.1)
    assert abs(np.corrcoef(large)[0, 1]) < 0.3, "two ears hear two rooms"


def test_a_room_is_longer_than_one_block() -> None:
    """The blocks of the convolution join: it agrees with one done at once."""
    rng = np.random.default_rng(3)
    send = rng.standard_normal(200_000).astype(np.float32)
    impulse = np.zeros(200_000, dtype=np.float32)
    impulse[0] = 1.0
    answer = roomed(impulse, size=0.9)
    size = 1 << 19
    whole = np.fft.irfft(np.fft.rfft(send, size) * np.fft.rfft(answer, size), size)[:, :200_000]
    found = roomed(send, size=0.9)
    assert np.abs(found - whole).max() < 1e-3 * np.abs(whole).max()


def test_tone_leans_and_rumble_goes() -> None:
    rng = np.random.default_rng(4)
    mix = rng.standard_normal((2, RATE)).astype(np.float32)

    def bands(samples: np.ndarray) -> tuple[float, float, float]:
        power = np.abs(np.fft.rfft(samples[0])) ** 2
        return tuple(float(power[a:b].mean()) for a, b in ((2, 10), (60, 200), (6000, 12000)))

    plain, bright = bands(mix), bands(toned(mix, tilt=6.0))
    assert bright[0] < 0.05 * plain[0]
    assert 10 * np.log10(bright[1] / plain[1]) == pytest.approx(-3.0, abs=0.7)
    assert 10 * np.log10(bright[2] / plain[2]) == pytest.approx(3.0, abs=0.7)


def test_noise_keeps_to_its_band() -> None:
    hiss = noise(np.random.default_rng(5), 1.0, low=1000.0, high=4000.0)
    power = np.abs(np.fft.rfft(hiss)) ** 2
    hertz_axis = np.fft.rfftfreq(len(hiss), 1 / RATE)
    inside = power[(hertz_axis > 800) & (hertz_axis < 5000)].sum()
    assert inside > 0.9 * power.sum()
    assert np.sqrt(np.mean(hiss**2)) == pytest.approx(1.0, rel=1e-3)
