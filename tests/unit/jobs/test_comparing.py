"""Copies of recordings over a whole catalogue: found, kept up to date, and never more than said."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from chords import RATE, played
from encoded import write_audio
from printed import add_file, measure, printed, worn
from segue.catalogue import compared, corpus, recordings
from segue.catalogue.database import epoch
from segue.jobs import comparing
from segue.jobs.analyse import analyse
from segue.jobs.comparing import VERB, Compared, compare
from segue.jobs.scan import scan
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database

Groups = set[frozenset[str]]


def groups(db: Database) -> Groups:
    """Titles of tracks that hold the same recording, as answers see it."""
    found = corpus.load(db)
    by_number: dict[int, set[str]] = {}
    for row, number in enumerate(found.recordings.tolist()):
        if number >= 0:
            by_number.setdefault(number, set()).add(found.titles[row])
    return {frozenset(titles) for titles in by_number.values()}


def fill(db: Database) -> None:
    """A recording with a worn copy and a cut one, another alone, and one of few notes."""
    song, other = printed(1), printed(2)
    for name, numbers in {
        "song.flac": song,
        "worn.mp3": worn(song, share=0.04),
        "cut.mp3": worn(song[40:], share=0.02, seed=1),
        "other.flac": other,
        "short.mp3": other[:30],
    }.items():
        add_file(db, name)
        measure(db, name, numbers)


def test_copies_share_a_number_and_others_have_none(audio_catalogue: Database) -> None:
    fill(audio_catalogue)
    before = epoch(audio_catalogue)
    assert corpus.load(audio_catalogue).recordings.size == 0
    assert compare(audio_catalogue) == Compared(compared=5, matches=3, moved=3)
    assert groups(audio_catalogue) == {frozenset({"song", "worn", "cut"})}
    assert epoch(audio_catalogue) == before + 1
    with audio_catalogue.read() as connection:
        found = compared.pairs(connection)
    assert [(p.first, p.second, p.whole) for p in found] == [
        ("cut.mp3", "song.flac", True),
        ("cut.mp3", "worn.mp3", True),
        ("song.flac", "worn.mp3", True),
    ]
    assert found[0].later == pytest.approx(-40 * 1365 / 11025, abs=0.01)


def test_comparing_again_does_nothing(audio_catalogue: Database) -> None:
    fill(audio_catalogue)
    compare(audio_catalogue)
    before = epoch(audio_catalogue)
    assert compare(audio_catalogue) == Compared()
    assert epoch(audio_catalogue) == before


def test_a_new_file_joins_what_was_compared(audio_catalogue: Database) -> None:
    fill(audio_catalogue)
    compare(audio_catalogue)
    add_file(audio_catalogue, "another.ogg")
    measure(audio_catalogue, "another.ogg", worn(printed(2), share=0.03))
    told: list[tuple[int, int | None]] = []
    found = compare(audio_catalogue, on_progress=lambda done, total, _: told.append((done, total)))
    assert found == Compared(compared=1, matches=1, moved=2)
    assert told == [(0, 1), (1, 1)]
    assert groups(audio_catalogue) == {
        frozenset({"song", "worn", "cut"}),
        frozenset({"other", "another"}),
    }


def test_a_new_file_that_is_like_no_other_changes_no_answer(audio_catalogue: Database) -> None:
    fill(audio_catalogue)
    compare(audio_catalogue)
    add_file(audio_catalogue, "new.flac")
    measure(audio_catalogue, "new.flac", printed(9))
    before = epoch(audio_catalogue)
    assert compare(audio_catalogue) == Compared(compared=1)
    assert epoch(audio_catalogue) == before


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_portions_find_what_one_finds(
    audio_catalogue: Database, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    fill(audio_catalogue)
    monkeypatch.setattr(comparing, "AT_ONCE", at_once)
    monkeypatch.setattr(compared, "AT_ONCE", 2)
    assert compare(audio_catalogue) == Compared(compared=5, matches=3, moved=3)
    assert groups(audio_catalogue) == {frozenset({"song", "worn", "cut"})}


def test_what_was_stopped_goes_on(
    audio_catalogue: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(audio_catalogue)
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    stop = threading.Event()
    first = compare(audio_catalogue, on_progress=lambda *_: stop.set(), stop=stop)
    assert first.compared == 2
    assert compare(audio_catalogue).compared == 3
    assert groups(audio_catalogue) == {frozenset({"song", "worn", "cut"})}


def test_a_file_measured_anew_is_compared_anew(audio_catalogue: Database) -> None:
    fill(audio_catalogue)
    compare(audio_catalogue)
    measure(audio_catalogue, "worn.mp3", printed(2))
    assert groups(audio_catalogue) == {frozenset({"song", "cut"})}
    assert compare(audio_catalogue).compared == 1
    assert groups(audio_catalogue) == {frozenset({"song", "cut"}), frozenset({"worn", "other"})}
    with audio_catalogue.write() as connection:
        recordings.remove(connection, content_hash="song.flac")
    compare(audio_catalogue)
    assert groups(audio_catalogue) == {frozenset({"worn", "other"})}


def test_another_version_compares_everything_again(
    audio_catalogue: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(audio_catalogue)
    compare(audio_catalogue)
    before = epoch(audio_catalogue)
    monkeypatch.setattr(comparing, "VERSION", "2")
    assert compare(audio_catalogue) == Compared(compared=5, matches=3)
    assert epoch(audio_catalogue) == before
    assert groups(audio_catalogue) == {frozenset({"song", "worn", "cut"})}


def test_the_same_sound_under_many_tags_is_looked_for_once(audio_catalogue: Database) -> None:
    song = printed(1)
    for name in ("a.mp3", "b.mp3", "c.mp3"):
        add_file(audio_catalogue, name)
        measure(audio_catalogue, name, song)
    add_file(audio_catalogue, "d.mp3")
    measure(audio_catalogue, "d.mp3", worn(song, share=0.05))
    assert compare(audio_catalogue).moved == 4
    assert groups(audio_catalogue) == {frozenset("abcd")}


def test_files_of_the_same_bytes_are_one_recording_unheard(audio_catalogue: Database) -> None:
    one = add_file(audio_catalogue, "a.mp3", content="bytes")
    assert add_file(audio_catalogue, "b.mp3", content="bytes") == one
    assert corpus.load(audio_catalogue).recordings.size == 0


def test_an_excerpt_is_told_and_not_joined(audio_catalogue: Database) -> None:
    song = printed(1, length=900)
    add_file(audio_catalogue, "song.flac")
    measure(audio_catalogue, "song.flac", song, seconds=240.0)
    add_file(audio_catalogue, "preview.mp3")
    measure(audio_catalogue, "preview.mp3", worn(song[300:520], share=0.02), seconds=30.0)
    assert compare(audio_catalogue) == Compared(compared=2, matches=1)
    assert groups(audio_catalogue) == set()
    with audio_catalogue.read() as connection:
        (pair,) = compared.pairs(connection, whole=False)
    assert (pair.first, pair.second) == ("preview.mp3", "song.flac")
    assert pair.later == pytest.approx(-300 * 1365 / 11025, abs=0.01)


def test_silence_and_steady_tones_are_nobodys_copies(audio_catalogue: Database) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        add_file(audio_catalogue, name)
        measure(audio_catalogue, name, printed(0, length=1).repeat(300))
    assert compare(audio_catalogue) == Compared(compared=3)
    assert groups(audio_catalogue) == set()


def test_analysis_finds_copies_of_real_files(audio_catalogue: Database, tmp_path: Path) -> None:
    """Two songs of chords, and the first once more: encoded, louder and without its beginning."""
    rng = np.random.default_rng(3)
    songs = [played(rng.integers(40, 84, size=(30, 3)).tolist()) for _ in range(2)]
    for number, song in enumerate(songs):
        write_audio(tmp_path / f"{number}.flac", song[None], RATE, codec="flac")
    cut = 2 * songs[0][None, RATE:]
    write_audio(tmp_path / "again.mp3", cut, RATE, codec="libmp3lame", bit_rate=64_000)
    scan(audio_catalogue, tmp_path)
    told: list[str] = []
    settings = Settings(jobs=1, cache_megabytes=0)
    analyse(audio_catalogue, settings=settings, on_progress=lambda *said: told.append(said[2]))
    assert told[-1] == VERB
    assert groups(audio_catalogue) == {frozenset({"0", "again"})}
