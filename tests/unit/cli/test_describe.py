"""``segue describe`` tells everything that is heard in one file."""

from __future__ import annotations

import json
import os
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import decode
from segue.cli.main import run
from segue.cli.portrait import _number
from segue.descriptors import extract, key
from segue.descriptors.cache import Cache
from segue.descriptors.ordinary import word
from segue.descriptors.summary import STATISTICS
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

A_MINOR = ((57, 60, 64), (50, 53, 57), (52, 56, 59), (57, 60, 64))


def cadence_at(path: Path, *, seconds: float = 8.0, rate: int = 44_100) -> Path:
    """A minor, D minor, E major, A minor: plucked chords, four a second, in two channels."""
    times = np.arange(round(seconds * rate)) / rate
    chords = np.array(A_MINOR)[(times / seconds * len(A_MINOR)).astype(int)]
    phase = 2 * np.pi * times[:, None] * 440.0 * 2.0 ** ((chords - 69) / 12)
    sound = (np.sin(phase) + 0.3 * np.sin(2 * phase)).sum(axis=1) * np.exp(-6 * (times % 0.25))
    samples = (np.stack([0.2 * sound, 0.1 * sound], axis=1) * 32767 / 3).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cadence_at(tmp_path_factory.mktemp("music") / "cadence \x1b[31m.wav")


@pytest.fixture(scope="module")
def told(song: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The document of the song, as the command prints it."""
    written = tmp_path_factory.mktemp("told") / "told.json"
    with pytest.MonkeyPatch.context() as patch, written.open("w", encoding="utf-8") as out:
        patch.setattr("sys.stdout", out)
        assert run(["describe", str(song), "--json"]) == 0
    return json.loads(written.read_text(encoding="utf-8"))


def test_every_named_number_stands_in_the_document_by_family(told: dict, song: Path) -> None:
    families = {family.name: list(family.names) for family in extract.FAMILIES}
    assert {name: list(numbers) for name, numbers in told["descriptors"].items()} == families
    listed = [number for numbers in told["descriptors"].values() for number in numbers.values()]
    described = extract.describe(decode(song).audio)
    np.testing.assert_array_equal(np.array(listed, dtype=np.float32), described)
    assert told["version"] == extract.VERSION


def test_the_document_says_what_kind_of_file_it_is(told: dict, song: Path) -> None:
    assert told["path"] == str(song)
    assert told["file"] == {
        "format": "wav",
        "codec": "pcm_s16le",
        "rate": 44_100,
        "channels": 2,
        "duration": 8.0,
    }
    assert told["excerpt"] == {"start": 0.0, "seconds": 8.0, "excerpts": 1}
    assert told["warning"] == ""
    assert told["recording"] is None


def test_the_key_is_named(told: dict) -> None:
    key = told["key"]
    assert (key["name"], key["key"], key["mode"]) == ("A minor", 9, 0)
    assert key["sure"]
    assert key["profile"] == "temperley"


def test_the_key_of_noise_is_as_unclear_as_in_the_numbers(ask, here: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 2 * 22_050).astype("<i2")
    with wave.open(str(here / "noise.wav"), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    told = ask("describe", here / "noise.wav")
    assert told["descriptors"]["tuning"]["tuning_strength"] < key.IN_TUNE
    clarity = told["descriptors"]["key"]["key_clarity"]
    assert told["key"]["clarity"] == pytest.approx(clarity, rel=1e-4)


def test_the_tempo_has_both_candidates_and_a_confidence(told: dict) -> None:
    tempo, numbers = told["tempo"], told["descriptors"]["tempo"]
    assert tempo["bpm"] == numbers["tempo"]
    assert min(abs(np.log2(tempo["bpm"] / each)) for each in (60, 120, 240)) < 0.03
    assert tempo["slower"] < tempo["bpm"] < tempo["faster"]
    assert tempo["sure"] is (tempo["confidence"] >= 0.5)


def test_groups_have_a_number_and_a_word(told: dict) -> None:
    for name, group in extract.GROUPS.items():
        if group.shown:
            said = told["groups"][name]
            numbers = {k: v for family in told["descriptors"].values() for k, v in family.items()}
            assert said["value"] == numbers[group.shown]
            trusted = said["text"] != "unclear"
            assert said["word"] == (word(group, said["value"]) if trusted else "")
    assert told["groups"]["loudness"]["text"].endswith(" dB")


def test_for_people_it_is_text_and_all_numbers_on_request(
    song: Path, told: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["describe", str(song), "--all", "--key-profile", "krumhansl", "--whole"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "wav (pcm_s16le), 44,100 Hz, 2 channels, 0:08. Described: 8 s from 0:00 on." in out
    rows: dict[str, list[str]] = {}
    for line in out.splitlines():
        rows.setdefault(line.partition("  ")[0], line.split()[1:])
    assert rows["key"][:2] == ["A", "minor"]
    assert rows["tempo"][:2] in (["120", "BPM"], ["240", "BPM"], ["unclear", "120"])
    assert rows["length"][:2] == ["8.00", "s"]
    assert {"loudness", "true peak", "fingerprint"} <= set(rows)
    numbers = {k: v for family in told["descriptors"].values() for k, v in family.items()}
    assert rows["mfcc_3"] == [_number(numbers[f"mfcc_3_{each}"]) for each in STATISTICS]
    assert rows["key_clarity"] == [_number(numbers["key_clarity"])]
    assert max(len(line) for line in out.splitlines()) <= 100


def test_a_whole_file_too_short_for_a_range_has_a_loudness(tmp_path: Path, capsys) -> None:
    assert run(["describe", str(cadence_at(tmp_path / "two.wav", seconds=2.0)), "--whole"]) == 0
    out = capsys.readouterr().out
    assert " LUFS" in out
    assert " LU " not in out


def test_a_file_too_long_to_read_whole_keeps_its_excerpt(song: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("SEGUE_LONGEST_HOURS", "0.001")
    assert run(["describe", str(song), "--whole", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["recording"] is None
    assert found["key"]["name"] == "A minor"
    assert "The whole file was not read: it is longer than 0.001 hours" in err
    assert "SEGUE_LONGEST_HOURS" in err


def test_several_excerpts_are_told(song: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("SEGUE_EXCERPT_SECONDS", "6")
    monkeypatch.setenv("SEGUE_EXCERPTS", "2")
    assert run(["describe", str(song)]) == 0
    assert "Described: 6 s in 2 excerpts, from 0:0" in capsys.readouterr().out


def test_what_was_heard_is_kept_and_no_catalogue_is_made(ask, here: Path, song: Path) -> None:
    ask("describe", song)
    assert Cache.of(Settings()).held()["numbers"].entries == 1
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file or folder"),
        (b"some words, no music", "it is text, not audio"),
        (b"", "the file is empty"),
    ],
)
def test_what_cannot_be_described_is_a_sentence(
    refused, here: Path, content: bytes | None, said: str
) -> None:
    path = here / "song.mp3"
    if content is not None:
        path.write_bytes(content)
    assert said in refused("describe", path)


def test_what_is_no_song_is_told(refused, here: Path) -> None:
    with wave.open(str(here / "silent.wav"), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(bytes(2 * 44_100))
    assert "it is silent" in refused("describe", here / "silent.wav")
    assert "it is not a file" in refused("describe", here)
    os.mkfifo(here / "endless.wav")
    assert "it is not a file" in refused("describe", here / "endless.wav")


def test_an_unknown_profile_is_refused_with_those_there_are(refused, song: Path) -> None:
    assert "temperley, krumhansl, edma" in refused("describe", song, "--key-profile", "bach")
