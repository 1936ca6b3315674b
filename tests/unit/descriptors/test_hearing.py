"""What was heard once is not heard again: nothing decoded that is kept, nothing old taken for new.

Proofs without a stand-in: where a file's bytes are gone, what comes back cannot have been decoded.
"""

from __future__ import annotations

import dataclasses
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import decode
from segue.descriptors import extract
from segue.descriptors.cache import Cache, Key
from segue.descriptors.entry import Entry
from segue.descriptors.frames import Sound
from segue.descriptors.hearing import Hearing, Origin, hear, spectrogram
from segue.descriptors.mel import decibels
from segue.errors import BadFileError, InaudibleError, NotFoundError
from segue.settings import Settings
from segue.sources.folder import identify

if TYPE_CHECKING:
    from pathlib import Path

    from segue.descriptors.family import Family
    from segue.types import Vector

HEARING = Hearing()


def tune_at(path: Path, *, hertz: float = 440.0, seconds: float = 2.0, gain: float = 0.3) -> Path:
    times = np.arange(round(seconds * 22_050)) / 22_050
    sound = gain * np.sin(2 * np.pi * hertz * times) * np.exp(-((times * 2) % 1))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    return tune_at(tmp_path / "tune.wav")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", megabytes=10)


def broken(sound: Sound) -> Vector:
    raise AssertionError("this family should not have been asked")


def raised(families: tuple[Family, ...], name: str) -> tuple[Family, ...]:
    """The same families, one of them in a new version, the others not to be computed."""
    return tuple(
        dataclasses.replace(family, version=family.version + 1)
        if family.name == name
        else dataclasses.replace(family, compute=broken)
        for family in families
    )


def test_the_second_time_nothing_is_decoded(tune: Path, cache: Cache) -> None:
    content_hash = identify(tune)
    first = hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    tune.unlink()
    again = hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    assert again.vector.tobytes() == first.vector.tobytes()
    assert again.vector.dtype == np.float32
    assert (again.origin, again.estimates) == (first.origin, first.estimates)
    assert again.origin == Origin("wav", "pcm_s16le", 22_050, 1, 2.0, 0.0, 2.0, "")
    with pytest.raises(NotFoundError):
        hear(tune, hearing=HEARING, content_hash=content_hash)


def test_what_is_kept_is_what_describing_gives(tune: Path, cache: Cache) -> None:
    described = extract.describe(decode(tune).audio)
    for _ in range(2):
        heard = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
        np.testing.assert_array_equal(heard.vector, described)


@pytest.mark.parametrize("name", [family.name for family in extract.FAMILIES])
def test_a_new_version_of_one_family_computes_that_one_alone(
    name: str, tune: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    monkeypatch.setattr(extract, "FAMILIES", raised(extract.FAMILIES, name))
    after = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    np.testing.assert_array_equal(after.vector, before.vector)
    kept = tuple(dataclasses.replace(family, compute=broken) for family in extract.FAMILIES)
    monkeypatch.setattr(extract, "FAMILIES", kept)
    again = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    np.testing.assert_array_equal(again.vector, before.vector)


def test_another_excerpt_is_heard_afresh(tmp_path: Path, cache: Cache) -> None:
    tune = tune_at(tmp_path / "long.wav", seconds=5.0)
    content_hash = identify(tune)
    ways = (Hearing(2.0), Hearing(None))
    short, whole = (hear(tune, hearing=way, content_hash=content_hash, cache=cache) for way in ways)
    assert (short.origin.seconds, whole.origin.seconds) == (2.0, 5.0)
    assert (short.vector != whole.vector).any()
    tune.unlink()
    again = [hear(tune, hearing=way, content_hash=content_hash, cache=cache) for way in ways]
    assert [each.origin.seconds for each in again] == [2.0, 5.0]


def test_several_excerpts_come_from_all_over_the_file(tmp_path: Path, cache: Cache) -> None:
    tune = tune_at(tmp_path / "long.wav", seconds=9.0)
    one, three = (
        hear(tune, hearing=Hearing(3.0, count), content_hash=identify(tune), cache=cache)
        for count in (1, 3)
    )
    assert (one.origin.start, one.origin.seconds) == (3.0, 3.0)
    assert three.origin.start == pytest.approx(1.0, abs=0.02)
    assert three.origin.seconds == 3.0
    assert (one.vector != three.vector).any()
    assert cache.held()["numbers"].entries == 2


def test_without_a_hash_nothing_is_kept(tune: Path, cache: Cache) -> None:
    hear(tune, hearing=HEARING, cache=cache)
    assert not cache.folder.exists()


def test_what_says_nothing_is_not_kept(tmp_path: Path, cache: Cache) -> None:
    silent = tune_at(tmp_path / "silent.wav", gain=0.0)
    text = tmp_path / "text.mp3"
    text.write_text("no audio")
    for path, error in ((silent, InaudibleError), (text, BadFileError)):
        with pytest.raises(error):
            hear(path, hearing=HEARING, content_hash=identify(path), cache=cache)
    assert not cache.folder.exists()


def test_a_damaged_entry_is_heard_again_and_replaced(
    tune: Path, cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    content_hash = identify(tune)
    first = hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    (entry,) = cache.folder.rglob("*.numbers")
    content = bytearray(entry.read_bytes())
    content[-1] ^= 0xFF
    entry.write_bytes(content)
    second = hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    assert "damaged" in caplog.text
    tune.unlink()
    third = hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    for again in (second, third):
        np.testing.assert_array_equal(again.vector, first.vector)


@pytest.mark.parametrize("change", ["facts", "shape"])
def test_an_entry_of_another_shape_is_heard_again(change: str, tune: Path, cache: Cache) -> None:
    first = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    key = Key(identify(tune), HEARING.parameters)
    kept = cache.get("numbers", key)
    facts, arrays = dict(kept.facts), dict(kept.arrays)
    if change == "facts":
        del facts["codec"]
    else:
        arrays = {name: values[:-1] for name, values in arrays.items()}
    cache.put("numbers", key, Entry(facts, arrays))
    again = hear(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    np.testing.assert_array_equal(again.vector, first.vector)
    assert cache.get("numbers", key).facts == kept.facts


def test_spectrograms_are_kept_where_they_are_wanted(tune: Path, cache: Cache) -> None:
    content_hash = identify(tune)
    hear(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    assert cache.held()["mel"].entries == 0
    drawing = dataclasses.replace(cache, spectrograms=True)
    hear(tune, hearing=HEARING, content_hash=content_hash, cache=drawing)
    assert cache.held()["mel"].entries == 1
    exact = decibels(Sound(decode(tune).audio, rate=22_050).mel128)
    tune.unlink()
    hear(tune, hearing=HEARING, content_hash=content_hash, cache=drawing)
    drawn = spectrogram(tune, hearing=HEARING, content_hash=content_hash, cache=cache)
    assert drawn.dtype == np.float16
    assert drawn.shape == exact.shape == (1 + 44_100 // 512, 128)
    assert np.abs(drawn.astype(np.float64) - exact).max() <= 0.04


def test_a_spectrogram_is_drawn_where_none_is_kept(tune: Path, cache: Cache) -> None:
    drawing = dataclasses.replace(cache, spectrograms=True)
    drawn = spectrogram(tune, hearing=HEARING, content_hash=identify(tune), cache=cache)
    assert not cache.folder.exists()
    spectrogram(tune, hearing=HEARING, content_hash=identify(tune), cache=drawing)
    (kept,) = cache.get("mel", Key(identify(tune), HEARING.parameters)).arrays.values()
    np.testing.assert_array_equal(kept, drawn)


def chord_at(path: Path, pitches: tuple[int, ...]) -> Path:
    """A chord for as long as it takes, each tone with two overtones."""
    times = np.arange(4 * 22_050) / 22_050
    hertz = 440.0 * 2.0 ** ((np.array(pitches) - 69) / 12)
    sound = sum(np.sin(2 * np.pi * h * n * times) / n for h in hertz for n in (1, 2, 3))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes((0.1 * sound * 32767 / len(pitches)).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize(
    ("pitches", "key", "mode"),
    [
        ((60, 64, 67), 0, 1),
        ((57, 60, 64), 9, 0),
        (tuple(range(60, 72)), None, None),
    ],
)
def test_the_key_is_read_from_the_numbers_where_it_is_clear(
    pitches: tuple[int, ...], key: int | None, mode: int | None, tmp_path: Path, cache: Cache
) -> None:
    chord = chord_at(tmp_path / "chord.wav", pitches)
    for _ in range(2):
        heard = hear(chord, hearing=HEARING, content_hash=identify(chord), cache=cache)
        assert (heard.estimates.key, heard.estimates.mode) == (key, mode)


def test_the_tempo_is_told_where_it_is_sure(tmp_path: Path) -> None:
    times = np.arange(12 * 22_050) / 22_050
    strokes = np.exp(-30 * (times % 0.5)) * np.random.default_rng(3).normal(size=len(times))
    noise = np.random.default_rng(4).normal(size=len(times))
    for sound, tempo in ((strokes, 120.0), (noise, None)):
        with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", ""))
            file.writeframes((3000 * sound).clip(-32767, 32767).astype("<i2").tobytes())
        heard = hear(tmp_path / "sound.wav", hearing=HEARING)
        assert heard.estimates.tempo == (tempo and pytest.approx(tempo, rel=0.02))


def test_how_files_are_heard_comes_from_the_settings() -> None:
    assert Hearing.of(Settings()) == Hearing(30.0, 1)
    assert Hearing.of(Settings(excerpt_seconds=0.0)) == Hearing(None, 1)
    assert Hearing.of(Settings(excerpt_seconds=45.0, excerpts=3)) == Hearing(45.0, 3)


def test_every_way_of_hearing_has_a_name_of_its_own() -> None:
    ways = [
        Hearing(seconds, excerpts) for seconds in (30.0, 30.5, 3.0, None) for excerpts in (1, 3)
    ]
    assert len({way.parameters for way in ways}) == len(ways)
