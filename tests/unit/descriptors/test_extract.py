"""The vector as a whole: its columns, its groups, its numbers on known audio."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from segue.descriptors.extract import COLUMNS, FAMILIES, GROUPS, NAMES, PIPELINES, VERSION, describe
from segue.descriptors.frames import Sound
from segue.errors import BadFileError

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
_spec = importlib.util.spec_from_file_location("descriptors_make", GOLDEN / "descriptors_make.py")
assert _spec is not None
assert _spec.loader is not None
_make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_make)
known_piece = _make.known_piece


def test_the_numbers_are_those_of_this_version() -> None:
    golden = json.loads((GOLDEN / "descriptors.json").read_text(encoding="utf-8"))
    assert golden["version"] == VERSION
    assert golden["families"] == {family.name: family.version for family in FAMILIES}
    assert tuple(golden["values"]) == NAMES
    vector = describe(known_piece())
    expected = np.array(list(golden["values"].values()))
    # float32 sums differ by processor in the sixth digit; near zero by the size of what cancels.
    np.testing.assert_allclose(vector, expected, rtol=2e-4, atol=2e-3)


def test_every_column_has_one_name_and_stands_in_one_group() -> None:
    assert len(set(NAMES)) == len(NAMES)
    grouped = [name for group in GROUPS.values() for name in group.columns]
    assert tuple(grouped) == NAMES
    assert all(NAMES[place] == name for name, place in COLUMNS.items())


def test_the_pipelines_have_as_many_numbers_as_promised_and_share_none() -> None:
    assert len(PIPELINES["mfcc"]) == 273
    assert len(PIPELINES["statistical"]) >= 200
    assert sorted(name for columns in PIPELINES.values() for name in columns) == sorted(NAMES)


def test_no_family_hides_the_groups_of_another() -> None:
    assert sum(len(family.groups) for family in FAMILIES) == len(GROUPS)


@pytest.mark.parametrize("name", list(GROUPS))
def test_what_is_shown_can_be_read(name: str) -> None:
    group = GROUPS[name]
    if group.shown:
        assert group.shown in group.columns
        assert group.unit in {"dB", "Hz", "%", "BPM", "a second"}
        assert len({group.low, group.high, group.less, group.more} - {""}) == 4
        assert group.trusted is None or group.trusted[0] in group.columns
    else:
        assert (group.unit, group.low, group.high, group.less, group.more) == ("",) * 5
        assert (group.write is None) is (group.both == "")


def test_each_family_gives_its_columns() -> None:
    sound = Sound(known_piece(2.0), rate=22_050)
    for family in FAMILIES:
        assert family.compute(sound).shape == (len(family.names),)


def column(audio: np.ndarray, name: str) -> float:
    return float(describe(audio.astype(np.float32))[COLUMNS[name]])


def tone(hertz: float, amplitude: float = 0.5, seconds: float = 2.0) -> np.ndarray:
    times = np.arange(round(seconds * 22_050)) / 22_050
    return amplitude * np.sin(2 * np.pi * hertz * times)


def test_level_is_in_decibels_of_full_scale() -> None:
    assert column(tone(1000, 1.0), "level") == pytest.approx(-3.01, abs=0.01)
    assert column(tone(1000, 0.1), "level") == pytest.approx(-23.01, abs=0.01)
    assert column(np.zeros(22_050), "level") == pytest.approx(-100.0)


def test_an_even_tone_has_no_dynamics_and_a_swell_has_many() -> None:
    swell = tone(500) * np.geomspace(0.01, 1.0, 44_100)
    assert column(tone(500), "level_range") == pytest.approx(0.0, abs=0.1)
    assert column(swell, "level_range") == pytest.approx(0.85 * 40, abs=2.0)


@pytest.mark.parametrize("hertz", [150.0, 1000.0, 5000.0])
def test_the_centroid_of_a_tone_is_its_frequency(hertz: float) -> None:
    assert column(tone(hertz), "centroid_mean") == pytest.approx(hertz, rel=0.05)


@pytest.mark.parametrize(
    ("hertz", "share"), [(100.0, "bass_share"), (700.0, "middle_share"), (4000.0, "treble_share")]
)
def test_a_tone_lies_in_its_share(hertz: float, share: str) -> None:
    assert column(tone(hertz), share) > 0.99


def test_silent_frames_say_nothing_about_brightness() -> None:
    padded = np.concatenate([np.zeros(44_100), tone(2000), np.zeros(44_100)])
    assert column(padded, "centroid_mean") == pytest.approx(
        column(tone(2000), "centroid_mean"), rel=0.05
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30])
def test_samples_that_are_not_numbers_are_refused(bad: float) -> None:
    audio = known_piece(1.0).copy()
    audio[77] = bad
    with pytest.raises(BadFileError, match="samples that are not numbers"):
        describe(audio)


@pytest.mark.parametrize("shape", [(0,), (2, 100)])
def test_what_is_not_mono_audio_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadFileError, match="cannot be described"):
        describe(np.zeros(shape, dtype=np.float32))
