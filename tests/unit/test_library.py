"""The class programs use, from opening to answers, over real files and a real table."""

from __future__ import annotations

import csv
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue import Segue
from segue.errors import BadFileError, BadRequestError, NotFoundError
from segue.recommend.engine import Engine
from segue.records import Filters, OutsideId

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 22_050


def write_tone(path: Path, *, pitch: float, seconds: float = 4.0) -> Path:
    """A tone with three partials and a beat, so that it is no silence and no noise."""
    at = np.arange(int(RATE * seconds)) / RATE
    tone = sum(np.sin(2 * np.pi * pitch * k * at) / k for k in (1, 2, 3))
    samples = (8_000 * tone * (1 + np.sin(2 * np.pi * 2 * at)) / 2).astype("<i2")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "songs.csv"
    random = np.random.default_rng(5)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["spotify", "title", "artists", "genres", "year", "energy", "valence",
                       "danceability", "loudness", "acousticness", "instrumentalness",
                       "liveness", "speechiness", "tempo", "key", "mode", "emotion"])  # fmt: skip
        for number in range(40):
            shares = [f"{value:.3f}" for value in random.random(3)]
            more = [f"{value:.3f}" for value in random.random(4)]
            rows.writerow([f"sp{number:020}", f"Song {number}", f"Band {number % 7}",
                           ("jazz", "folk", "techno")[number % 3], 1980 + number, *shares,
                           f"{-6 - number % 9}.5", *more, 80 + 2 * number, number % 12,
                           number % 2, "joy"])  # fmt: skip
    return path


@pytest.fixture
def segue(tmp_path: Path, table: Path) -> Iterator[Segue]:
    with Segue.open(tmp_path / "library.db") as opened:
        assert opened.import_tracks(table).imported == 40
        yield opened


def test_a_track_is_found_by_id_by_outside_id_and_by_name(segue: Segue) -> None:
    by_name = segue.resolve("Band 3 – Song 3")
    assert by_name.track.title == "Song 3"
    assert segue.resolve(by_name.track.id).track == by_name.track
    assert segue.resolve(f"spotify:track:sp{3:020}").track == by_name.track
    assert segue.resolve(f"sp{3:020}").track == by_name.track


def test_an_unknown_seed_names_the_closest(segue: Segue) -> None:
    with pytest.raises(NotFoundError, match="no track, file or id is called 'Song 3x'") as caught:
        segue.similar("Song 3x")
    assert "Song 3" in caught.value.remedy
    with pytest.raises(NotFoundError, match="there is no file"):
        segue.similar(Path("nowhere.mp3"))


def test_an_empty_catalogue_says_what_fills_it(tmp_path: Path) -> None:
    with (
        Segue.open(tmp_path / "empty.db") as empty,
        pytest.raises(NotFoundError, match=r"the catalogue is empty.*segue scan FOLDER"),
    ):
        empty.similar("anything")


def test_answers_carry_all_that_is_known_of_a_track(segue: Segue) -> None:
    answer = segue.similar("Song 3", n=5)
    assert len(answer) == 5
    assert [row.rank for row in answer] == [1, 2, 3, 4, 5]
    for row in answer:
        assert row.track == segue.track(row.track.id)
        assert row.track.labels == (("emotion", "joy"),)
        assert isinstance(row.track.outside_ids[0], OutsideId)
        assert row.reasons.sentence.endswith(".")


def test_many_seeds_are_answered_as_if_each_came_alone(segue: Segue) -> None:
    seeds = ["Song 3", "Song 8", "Song 21"]
    filters = Filters(genres=("jazz", "folk"))
    together = segue.similar_many(seeds, n=4, filters=filters)
    for seed, answer in zip(seeds, together, strict=True):
        alone = segue.similar(seed, n=4, filters=filters)
        assert [(row.track.id, row.score) for row in answer] == [
            (row.track.id, row.score) for row in alone
        ]
        assert all(set(row.track.genres) & {"jazz", "folk"} for row in answer)


def test_single_questions_take_turns_and_a_batch_waits_for_none(
    segue: Segue, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, answered = 0, 0, Engine.similar_many

    def watched(engine: Engine, *asked: object, **more: object) -> object:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)  # long enough for another to come in, were it let in
        try:
            return answered(engine, *asked, **more)
        finally:
            inside -= 1

    monkeypatch.setattr(Engine, "similar_many", watched)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda n: segue.similar(f"Song {n}", n=3), range(1, 13)))
    assert (most, [len(one) for one in found]) == (1, [3] * 12)
    with segue._turn:
        assert len(segue.similar_many(["Song 3", "Song 8"], n=3)) == 2


def test_what_makes_no_sense_is_refused(segue: Segue) -> None:
    with pytest.raises(BadRequestError, match="hybird"):
        segue.similar("Song 3", lens="hybird")
    with pytest.raises(BadRequestError, match="0 rows are asked for"):
        segue.similar("Song 3", n=0)
    with pytest.raises(BadRequestError, match="stands in no space of the lens"):
        segue.similar("Song 3", lens="descriptors")


def test_adding_makes_a_file_playable_and_comparable_by_sound(segue: Segue, tmp_path: Path) -> None:
    music = tmp_path / "music"
    for number in range(4):
        write_tone(music / f"0{number} - Hum {number}.wav", pitch=110 * (1 + number))
    before = segue.engine().epoch
    summary = segue.add(music)
    assert (summary.found, summary.new) == (4, 4)
    assert segue.engine().epoch > before
    assert segue.status().spaces["descriptors"] == 4
    answer = segue.similar("Hum 1", lens="descriptors", n=3)
    assert {row.track.title for row in answer} == {"Hum 0", "Hum 2", "Hum 3"}
    assert all(row.track.playable for row in answer)


def test_a_copy_of_a_known_file_is_its_track_and_a_strange_file_is_heard(
    segue: Segue, tmp_path: Path
) -> None:
    kept = write_tone(tmp_path / "music" / "Hum.wav", pitch=220)
    write_tone(tmp_path / "music" / "High.wav", pitch=1500)
    write_tone(tmp_path / "music" / "Low.wav", pitch=60)
    assert segue.add(tmp_path / "music").new == 3
    copy = tmp_path / "copy of it.wav"
    copy.write_bytes(kept.read_bytes())
    assert segue.describe(copy).track.title == "Hum"
    stranger = write_tone(tmp_path / "other.wav", pitch=230)
    answer = segue.similar(stranger, n=3)
    assert answer.lens == "audio"
    assert answer[0].track.title == "Hum"


def test_a_file_that_is_no_music_is_an_error_when_it_is_all_there_is(
    segue: Segue, tmp_path: Path
) -> None:
    path = tmp_path / "words.mp3"
    path.write_text("not music at all " * 100)
    with pytest.raises(BadFileError, match=r"words\.mp3"):
        segue.add(path)
    with pytest.raises(BadFileError, match=r"words\.mp3"):
        segue.similar(path)
    with pytest.raises(BadFileError, match="is a folder"):
        segue.similar(tmp_path)


def test_a_following_library_answers_while_it_grows(segue: Segue, tmp_path: Path) -> None:
    first = segue.engine()
    segue.follow()
    assert segue.ready
    segue.scan(write_tone(tmp_path / "late.wav", pitch=300))
    deadline = 200
    while segue.engine().epoch == first.epoch and deadline:
        deadline -= 1
        time.sleep(0.05)
    assert segue.resolve("late").track.title == "late"
