"""Scanning real files: what a person does to a music folder, and what the catalogue makes of it."""

from __future__ import annotations

import os
import shutil
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from mutagen.id3 import TALB, TCON, TIT2, TPE1
from mutagen.wave import WAVE

from rights import without_rights
from segue.catalogue import files, ledger, search, tracks, vectors
from segue.catalogue.database import Database, epoch, open_database
from segue.catalogue.ledger import Stage
from segue.errors import UnavailableError
from segue.jobs.scan import FEW, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.records import Track
    from segue.summaries import ScanSummary

STAGE = Stage("descriptors", "1")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "scan.db") as database:
        yield database


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A library of three songs in two albums."""
    root = tmp_path / "music"
    write_song(root / "Tides" / "01 Harbour.wav", pitch=220, title="Harbour", album="Tides")
    write_song(root / "Tides" / "02 Rain.wav", pitch=247, title="Rain", album="Tides")
    write_song(root / "Hills" / "01 Snow.wav", pitch=262, title="Snow", album="Hills")
    return root


def write_song(
    path: Path, *, pitch: float, title: str = "", artist: str = "Ada Quill", album: str = "",
    genre: str = "Folk",
) -> Path:  # fmt: skip
    """Half a second of a tone at `pitch` Hz; tags only with a title."""
    path.parent.mkdir(parents=True, exist_ok=True)
    moments = np.arange(4_000) / 8_000
    samples = (9_000 * np.sin(2 * np.pi * pitch * moments)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(samples.tobytes())
    if title:
        tag(path, title=title, artist=artist, album=album, genre=genre)
    return path


def tag(path: Path, *, title: str, artist: str = "Ada Quill", album: str = "",
        genre: str = "Folk") -> None:  # fmt: skip
    file = WAVE(path)
    if file.tags is None:
        file.add_tags()
    for frame in (TIT2(text=title), TPE1(text=artist), TALB(text=album), TCON(text=genre)):
        file.tags.setall(frame.FrameID, [frame])
    file.save()


def held(db: Database, path: Path) -> Track:
    found = files.track_of(db, path)
    assert found is not None
    return tracks.get(db, found)


def analyse_all(db: Database) -> None:
    """Give every waiting file a vector, as analysis does."""
    for one in files.waiting(db, STAGE):
        with db.write() as connection:
            vectors.put(
                connection,
                content_hash=one.content_hash,
                space="descriptors",
                version="1",
                vector=bytes(4),
            )
            ledger.record(connection, STAGE, content_hash=one.content_hash, state="analysed")


def adds_up(summary: ScanSummary) -> bool:
    parts = (summary.new, summary.changed, summary.moved, summary.unchanged, summary.rejected)
    return summary.found == sum(parts) and summary.rejected == len(summary.rejections)


def test_a_library_is_found_with_its_tags_and_found_unchanged_again(
    db: Database, music: Path
) -> None:
    (music / "cover.jpg").write_bytes(b"not looked at")

    first = scan(db, music)

    assert (first.found, first.new) == (3, 3)
    assert first.seconds > 0
    track = held(db, music / "Tides" / "01 Harbour.wav")
    assert (track.title, track.artists, track.album) == ("Harbour", ("Ada Quill",), "Tides")
    assert track.genres == ("folk",)
    assert track.duration == pytest.approx(0.5, abs=0.01)
    assert track.playable

    before = epoch(db)
    second = scan(db, music)
    assert (second.found, second.unchanged) == (3, 3)
    assert epoch(db) == before
    assert adds_up(first)
    assert adds_up(second)


def test_only_new_and_changed_files_are_read_again(db: Database, music: Path) -> None:
    scan(db, music)
    write_song(music / "Hills" / "02 Wind.wav", pitch=294, title="Wind")
    said: list[tuple[int, int | None, str]] = []

    summary = scan(db, music, on_progress=lambda *words: said.append(words))

    assert (summary.new, summary.unchanged) == (1, 3)
    assert said == [(0, 1, "02 Wind.wav"), (1, 1, "")]


def test_a_moved_and_renamed_file_is_not_analysed_again(db: Database, music: Path) -> None:
    scan(db, music)
    analyse_all(db)
    old = music / "Tides" / "01 Harbour.wav"
    before = held(db, old)
    new = music / "Sorted" / "Ada" / "Harbour.wav"
    new.parent.mkdir(parents=True)
    old.rename(new)

    summary = scan(db, music)

    assert (summary.moved, summary.unchanged, summary.gone, summary.new) == (1, 2, 0, 0)
    assert adds_up(summary)
    assert held(db, new) == before
    assert files.path_of(db, before.id) == new
    assert files.track_of(db, old) is None
    assert files.waiting(db, STAGE) == []


def test_a_whole_library_sorted_anew_has_moved(db: Database, music: Path) -> None:
    scan(db, music)
    (music / "Tides").rename(music / "A")
    (music / "Hills").rename(music / "B")
    summary = scan(db, music)
    assert (summary.moved, summary.gone, summary.new) == (3, 0, 0)
    assert summary.notes == ()


def test_a_retagged_file_renames_its_track_and_waits_for_analysis(
    db: Database, music: Path
) -> None:
    scan(db, music)
    analyse_all(db)
    path = music / "Tides" / "01 Harbour.wav"
    before = held(db, path)

    tag(path, title="Harbour Lights", artist="Ada Quill", album="Tides", genre="Jazz")
    summary = scan(db, music)

    assert (summary.changed, summary.unchanged) == (1, 2)
    after = held(db, path)
    assert (after.id, after.title, after.genres) == (before.id, "Harbour Lights", ("jazz",))
    assert [one.id for one in search.tracks(db, "harbour lights")] == [before.id]
    assert [one.path for one in files.waiting(db, STAGE)] == [path]
    assert vectors.get(db, before.id, "descriptors") == bytes(4)


def test_a_copy_is_another_file_of_the_same_track(db: Database, music: Path) -> None:
    scan(db, music)
    original = music / "Tides" / "02 Rain.wav"
    copy = music / "Hills" / "copy of rain.wav"
    shutil.copy(original, copy)

    summary = scan(db, music)

    assert (summary.new, summary.unchanged) == (1, 3)
    assert held(db, copy) == held(db, original)
    assert tracks.count(db) == 3
    assert ledger.counts(db, STAGE).found == 3


def test_a_deleted_file_is_missed_and_welcomed_back(
    db: Database, music: Path, tmp_path: Path
) -> None:
    scan(db, music)
    path = music / "Tides" / "02 Rain.wav"
    shutil.move(path, tmp_path / "aside.wav")

    summary = scan(db, music)
    assert (summary.found, summary.gone, summary.notes) == (2, 1, ())
    assert not held(db, path).playable
    assert scan(db, music).gone == 0

    shutil.move(tmp_path / "aside.wav", path)
    back = scan(db, music)
    assert (back.found, back.unchanged, back.new) == (3, 3, 0)
    assert held(db, path).playable


def test_an_emptied_folder_removes_nothing_and_says_so(db: Database, music: Path) -> None:
    scan(db, music)
    shutil.rmtree(music)
    music.mkdir()

    summary = scan(db, music)

    assert (summary.found, summary.gone) == (0, 0)
    assert summary.notes == (
        f"Of 3 known files only 0 were found, so none was marked missing: is {music} mounted?",
    )
    assert files.known(db, music).keys() == {
        str(music / name)
        for name in ("Tides/01 Harbour.wav", "Tides/02 Rain.wav", "Hills/01 Snow.wav")
    }
    assert all(not one.missing for one in files.known(db, music).values())


@pytest.mark.parametrize(("left", "gone"), [(11, 0), (12, 12)])
def test_a_folder_that_lost_more_than_half_removes_nothing(
    db: Database, tmp_path: Path, left: int, gone: int
) -> None:
    music = tmp_path / "many"
    paths = [write_song(music / f"{n}.wav", pitch=200 + n, title=f"Song {n}") for n in range(24)]
    assert len(paths) > FEW
    scan(db, music)
    for path in paths[left:]:
        path.unlink()

    summary = scan(db, music)

    assert (summary.found, summary.unchanged, summary.gone) == (left, left, gone)
    assert len(summary.notes) == (0 if gone else 1)


def test_a_folder_that_is_not_there_changes_nothing(db: Database, music: Path) -> None:
    scan(db, music)
    before = epoch(db)
    aside = music.rename(music.with_name("elsewhere"))
    with pytest.raises(UnavailableError, match="cannot be read"):
        scan(db, music)
    assert epoch(db) == before
    aside.rename(music)
    assert scan(db, music).unchanged == 3


def test_a_folder_that_may_not_be_read_keeps_what_is_in_it(music: Path, tmp_path: Path) -> None:
    closed = music / "Tides"
    with without_rights(tmp_path), open_database(tmp_path / "rights.db") as db:
        assert scan(db, music).new == 3
        set_rights(closed, 0)
        try:
            summary = scan(db, music)
        finally:
            set_rights(closed, 0o755)

        assert (summary.found, summary.unchanged, summary.rejected, summary.gone) == (2, 1, 1, 0)
        assert summary.rejections[0].place == str(closed)
        assert "cannot be read" in summary.rejections[0].reason
        assert "2 known files lie where nothing can be read just now" in summary.notes[0]
        assert adds_up(summary)
        assert scan(db, music).unchanged == 3


def set_rights(folder: Path, mode: int) -> None:
    """Change the rights of a folder as its owner."""
    user = os.geteuid()
    os.seteuid(os.stat(folder).st_uid)
    folder.chmod(mode)
    os.seteuid(user)


def test_links_out_of_the_library_are_not_followed(
    db: Database, music: Path, tmp_path: Path
) -> None:
    outside = write_song(tmp_path / "private" / "secret.wav", pitch=330, title="Secret")
    (music / "link.wav").symlink_to(outside)
    (music / "linked").symlink_to(outside.parent)
    (music / "circle").symlink_to(music)

    summary = scan(db, music)

    assert summary.new == 3
    assert {rejection.place for rejection in summary.rejections} == {
        str(music / "link.wav"),
        str(music / "linked"),
    }
    assert adds_up(summary)
    assert search.tracks(db, "secret") == []


def test_a_file_replaced_by_a_link_out_of_the_library_is_gone(
    db: Database, music: Path, tmp_path: Path
) -> None:
    scan(db, music)
    path = music / "Tides" / "02 Rain.wav"
    track = held(db, path)
    shutil.move(path, tmp_path / "aside.wav")
    path.symlink_to(tmp_path / "aside.wav")
    assert scan(db, music).gone == 1
    assert not tracks.get(db, track.id).playable


def test_what_is_no_music_is_rejected_with_its_reason(db: Database, music: Path) -> None:
    (music / "text.mp3").write_text("I am not music. " * 100)
    (music / "empty.flac").touch()
    scan_again = [scan(db, music), scan(db, music)]

    for summary in scan_again:
        assert summary.rejected == 2
        assert adds_up(summary)
        assert {Path(one.place).name for one in summary.rejections} == {"text.mp3", "empty.flac"}
        assert all(one.reason for one in summary.rejections)
    assert tracks.count(db) == 3
    assert ledger.counts(db, STAGE).found == 3


def test_a_known_file_that_is_damaged_is_rejected_and_kept(db: Database, music: Path) -> None:
    scan(db, music)
    path = music / "Tides" / "02 Rain.wav"
    path.write_text("overwritten " * 100)

    summary = scan(db, music)

    assert (summary.rejected, summary.unchanged, summary.gone) == (1, 2, 0)
    assert held(db, path).title == "Rain"


def test_two_libraries_in_one_catalogue_do_not_miss_each_other(
    db: Database, music: Path, tmp_path: Path
) -> None:
    other = tmp_path / "music2"
    write_song(other / "Fog.wav", pitch=349, title="Fog")
    assert scan(db, music).new == 3
    assert scan(db, other).new == 1

    (other / "Fog.wav").rename(music / "Fog.wav")
    assert scan(db, music).new == 1
    summary = scan(db, other)
    assert (summary.found, summary.gone) == (0, 0)
    assert len(summary.notes) == 1
    assert tracks.count(db) == 4
    assert scan(db, music).unchanged == 4


def test_a_file_that_moves_between_libraries_keeps_its_track(
    db: Database, music: Path, tmp_path: Path
) -> None:
    other = tmp_path / "music2"
    write_song(other / "Fog.wav", pitch=349, title="Fog")
    write_song(other / "Dew.wav", pitch=370, title="Dew")
    scan(db, music)
    scan(db, other)
    track = held(db, other / "Fog.wav")
    (other / "Fog.wav").rename(music / "Fog.wav")

    assert scan(db, other).gone == 1
    summary = scan(db, music)

    assert (summary.moved, summary.new) == (1, 0)
    assert held(db, music / "Fog.wav") == track


def test_one_file_is_added_alone(db: Database, music: Path) -> None:
    path = music / "Tides" / "02 Rain.wav"

    first, second = scan(db, path), scan(db, path)

    assert (first.found, first.new, second.unchanged) == (1, 1, 1)
    assert held(db, path).title == "Rain"
    whole = scan(db, music)
    assert (whole.new, whole.unchanged, whole.gone) == (2, 1, 0)


def test_one_file_that_is_no_music_is_rejected(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("words " * 100)
    summary = scan(db, path)
    assert (summary.found, summary.rejected) == (1, 1)


def test_names_that_are_no_text_are_told(db: Database, music: Path) -> None:
    shutil.copy(music / "Tides" / "02 Rain.wav", os.fsencode(music) + b"/\xe9t\xe9.wav")
    summary = scan(db, music)
    assert (summary.new, summary.rejected) == (3, 1)
    assert "UTF-8" in summary.rejections[0].reason

    odd = Path(os.fsdecode(os.fsencode(music) + b"\xe9"))
    odd.mkdir()
    with pytest.raises(UnavailableError, match="not UTF-8 text"):
        scan(db, odd)


def test_a_relative_path_and_a_link_to_the_library_are_the_library(
    db: Database, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(db, music)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shortcut").symlink_to(music)
    assert scan(db, Path("music")).unchanged == 3
    assert scan(db, tmp_path / "shortcut").unchanged == 3


def test_an_interrupted_scan_takes_up_where_it_stopped(db: Database, tmp_path: Path) -> None:
    music = tmp_path / "many"
    for number in range(90):
        write_song(music / f"{number:02}.wav", pitch=200 + number, title=f"Song {number}")

    def interrupt(done: int, total: int | None, what: str) -> None:
        if done == 80:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(db, music, on_progress=interrupt)
    kept = tracks.count(db)
    assert 0 < kept < 90

    summary = scan(db, music)
    assert (summary.unchanged, summary.new) == (kept, 90 - kept)
    assert tracks.count(db) == 90


def test_invented_music_is_labelled(db: Database, music: Path) -> None:
    scan(db, music, synthetic=True)
    assert held(db, music / "Tides" / "02 Rain.wav").synthetic


def test_a_failed_file_is_queued_again_only_when_its_content_changes(
    db: Database, music: Path
) -> None:
    scan(db, music)
    path = music / "Tides" / "02 Rain.wav"
    failing = next(one for one in files.waiting(db, STAGE) if one.path == path)
    with db.write() as connection:
        ledger.record(
            connection,
            STAGE,
            content_hash=failing.content_hash,
            state="failed",
            reason="It is silent.",
        )
    os.utime(path, (1, 1))
    scan(db, music)
    assert path not in [one.path for one in files.waiting(db, STAGE)]
    assert [one.path for one in ledger.failures(db, STAGE)] == [path]

    write_song(path, pitch=500, title="Rain")
    scan(db, music)
    assert path in [one.path for one in files.waiting(db, STAGE)]
    assert ledger.failures(db, STAGE) == []


@pytest.mark.realdata
def test_real_and_damaged_files_are_all_accounted_for(db: Database, shared_data: Path) -> None:
    root = shared_data / "audio"

    first = scan(db, root)

    assert adds_up(first)
    assert first.new > 500
    assert 0 < first.rejected < 40
    assert all(one.reason for one in first.rejections)
    second = scan(db, root)
    assert (second.unchanged, second.rejected) == (first.new, first.rejected)
    assert ledger.counts(db, STAGE).queued == ledger.counts(db, STAGE).found > 500
