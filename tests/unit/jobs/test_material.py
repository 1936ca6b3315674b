"""Gathering material: drawn once, whatever interrupts it, and settled when it is done."""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from artists import library, tagged
from segue.audio.decode import decode
from segue.descriptors.frames import Sound
from segue.descriptors.hearing import Hearing
from segue.descriptors.mel import decibels
from segue.embedding.windows import BANDS, quantised
from segue.errors import BadFileError, UnavailableError
from segue.jobs import settled
from segue.jobs.drawn import DATA, LIST, Drawn
from segue.jobs.lessons import from_catalogue, from_folder
from segue.jobs.material import gather
from segue.jobs.scan import scan
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ASKED = {"music": "a folder", "seed": 42}
SETTINGS = Settings(jobs=1, cache_megabytes=0, niceness=0)
HEARD = Hearing.of(SETTINGS).parameters


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four artists with two tracks each, one of them twice, and two files that are no music."""
    folder = library(tmp_path_factory.mktemp("music"), artists=4, tracks=2, seconds=3.5)
    whole = (folder / "artist 00" / "00.flac").read_bytes()
    (folder / "copy.flac").write_bytes(whole)
    (folder / "damaged.flac").write_bytes(whole[:200] + bytes(9000))
    tagged(folder / "silent.flac", np.zeros((1, 60_000), dtype=np.float32), title="Silence")
    return folder


def test_every_file_is_drawn_once_as_it_is_heard(music: Path, tmp_path: Path) -> None:
    told = []
    done = gather(
        from_folder(music),
        work=tmp_path / "work",
        asked=ASKED,
        settings=SETTINGS,
        on_progress=lambda *report: told.append(report),
    )
    assert (done.listed, len(done.tracks), done.repeated, done.left) == (11, 8, 1, 0)
    assert done.rejected == 2
    assert {each.place.rpartition("/")[2] for each in done.rejections} == {
        "damaged.flac",
        "silent.flac",
    }
    material = done.material
    assert material.source == f"the folder {music}"
    assert sorted(set(material.artists)) == [f"artist {n}" for n in range(4)]
    assert set(material.genres) == {"glass", "brass"}
    assert list(material.ids) == sorted(material.ids)
    assert not material.synthetic
    row = next(row for row, name in enumerate(material.ids) if name.endswith("artist 02/01.flac"))
    assert material.labels[row] == "Artist 2 – Song 1"
    heard = decode(music / "artist 02" / "01.flac", seconds=30.0)
    drawn = quantised(decibels(Sound(heard.audio, rate=heard.rate).mel128).astype(np.float16))
    assert np.array_equal(material.spectrograms[row], drawn)
    assert told[0] == (0, 11, "")
    assert told[-1][:2] == (11, 11)


def test_the_catalogue_gives_the_same_sound(music: Path, tmp_path: Path, audio_catalogue) -> None:
    scan(audio_catalogue, music, synthetic=True)
    from_files = gather(
        from_folder(music), work=tmp_path / "a", asked=ASKED, settings=SETTINGS
    ).material
    lessons = from_catalogue(audio_catalogue)
    assert len(lessons) == 10  # the copy is known by its hash already
    done = gather(lessons, work=tmp_path / "b", asked=ASKED, settings=SETTINGS)
    assert (len(done.tracks), done.repeated, done.rejected) == (8, 0, 2)
    assert done.material.synthetic
    by_label = dict(zip(done.material.labels, done.material.spectrograms, strict=True))
    for label, drawn in zip(from_files.labels, from_files.spectrograms, strict=True):
        assert np.array_equal(by_label[label], drawn)


def test_what_was_drawn_is_not_drawn_again(music: Path, tmp_path: Path, monkeypatch) -> None:
    lessons = from_folder(music)
    work = tmp_path / "work"
    first = gather(lessons, work=work, asked=ASKED, settings=SETTINGS, most=4)
    assert (len(first.tracks), first.left) == (4, 7)
    (work / settled.FILE).unlink()
    with (work / DATA).open("ab") as data:  # killed while it wrote the next
        data.write(bytes(1000))
    with (work / LIST).open("ab") as listed:
        listed.write(b'{"key": "half a li')
    moved = tmp_path / "moved"
    music.rename(moved)  # so that nothing can be drawn but what was
    try:
        again = gather(lessons, work=work, asked=ASKED, settings=SETTINGS, most=4)
    finally:
        moved.rename(music)
    assert again.material.digest == first.material.digest
    for one, other in zip(first.material.spectrograms, again.material.spectrograms, strict=True):
        assert np.array_equal(one, other)
    (work / settled.FILE).unlink()
    whole = gather(lessons, work=work, asked=ASKED, settings=SETTINGS)
    assert (len(whole.tracks), whole.repeated, whole.rejected) == (8, 1, 2)
    by_id = dict(zip(whole.material.ids, whole.material.spectrograms, strict=True))
    for name, drawn in zip(first.material.ids, first.material.spectrograms, strict=True):
        assert np.array_equal(by_id[name], drawn)


def test_settled_material_stays_as_it_is(music: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    lessons = from_folder(music)
    assert settled.read(work, asked=ASKED) is None
    first = gather(lessons, work=work, asked=ASKED, settings=SETTINGS)
    more = replace(lessons, lessons=lessons.lessons[:3])
    again = gather(more, work=work, asked=ASKED, settings=SETTINGS)
    assert again.tracks == first.tracks
    assert again.material.digest == first.material.digest
    assert (again.listed, again.repeated, again.rejected) == (11, 1, 2)
    assert again.rejections == first.rejections


def test_two_files_of_one_track_are_taught_once(music: Path, tmp_path: Path) -> None:
    lessons = from_folder(music).lessons
    names = ("artist 00/00.flac", "artist 00/01.flac", "artist 01/00.flac")
    chosen = [next(each for each in lessons if each.id.endswith(name)) for name in names]
    chosen[1] = replace(chosen[1], id=chosen[0].id)  # as a catalogue has FLAC and MP3 of a track
    found = replace(from_folder(music), lessons=tuple(chosen), rejections=())
    done = gather(found, work=tmp_path / "w", asked=ASKED, settings=SETTINGS, versions=1)
    assert (done.listed, done.heard, done.repeated, done.left) == (3, 2, 1, 0)
    assert [(track.id, track.version) for track in done.tracks] == [
        (chosen[row].id, version) for row in (0, 2) for version in (0, 1)
    ]
    rows = done.with_versions(done.originals[:1])
    assert done.digest(rows) != done.digest(done.originals[:1]) != done.digest(done.originals[1:])


def test_a_work_folder_of_another_material_is_refused(music: Path, tmp_path: Path) -> None:
    work, lessons = tmp_path / "work", from_folder(music)
    gather(lessons, work=work, asked=ASKED, settings=SETTINGS, most=2)
    with pytest.raises(UnavailableError, match="of another training, with seed 42 and not 7"):
        gather(lessons, work=work, asked={**ASKED, "seed": 7}, settings=SETTINGS)
    (work / settled.FILE).unlink()
    whole = gather(lessons, work=work, asked=ASKED, settings=SETTINGS)
    again = gather(lessons, work=work, asked={**ASKED, "seed": 7}, settings=SETTINGS)
    assert again.material.digest == whole.material.digest  # a seed chooses nothing of all there is
    (work / settled.FILE).write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(UnavailableError, match="another version of Segue"):
        gather(lessons, work=work, asked=ASKED, settings=SETTINGS)
    (work / settled.FILE).write_text("{", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be read"):
        gather(lessons, work=work, asked=ASKED, settings=SETTINGS)
    (work / settled.FILE).unlink()
    otherwise = SETTINGS.model_copy(update={"excerpt_seconds": 5.0})
    with pytest.raises(UnavailableError, match=r"heard otherwise for it \(30 s, decoding 1\)"):
        gather(lessons, work=work, asked=ASKED, settings=otherwise)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(UnavailableError, match="no folder of spectrograms"):
        gather(lessons, work=tmp_path / "mine", asked=ASKED, settings=SETTINGS)
    (tmp_path / "mine" / LIST).write_text("my own list\n", encoding="utf-8")
    with pytest.raises(UnavailableError, match="no folder of spectrograms"):
        gather(lessons, work=tmp_path / "mine", asked=ASKED, settings=SETTINGS)
    assert (tmp_path / "mine" / LIST).read_text(encoding="utf-8") == "my own list\n"


def test_files_that_cannot_be_heard_at_all_are_said(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.mp3").write_bytes(b"no music " * 900)
    lessons = from_folder(tmp_path)
    with pytest.raises(BadFileError, match=r"none of the 2 files can be heard; the first, .*mp3: "):
        gather(lessons, work=tmp_path / "work", asked=ASKED, settings=SETTINGS)
    with pytest.raises(BadFileError, match="none of the 2 files can be heard"):  # none was begun
        gather(lessons, work=tmp_path / "other", asked=ASKED, settings=SETTINGS, seconds=0.0)


def test_time_that_is_up_leaves_the_rest_for_another_night(music: Path, tmp_path: Path) -> None:
    work, lessons = tmp_path / "work", from_folder(music)
    gather(lessons, work=work, asked=ASKED, settings=SETTINGS, most=3)
    (work / settled.FILE).unlink()
    done = gather(lessons, work=work, asked=ASKED, settings=SETTINGS, seconds=0.0)
    assert (len(done.tracks) + done.repeated, done.left) == (3, 8)


def test_a_disk_without_room_is_said_beforehand(music: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 500_000}))
    with pytest.raises(UnavailableError, match=r"11 spectrograms need 0\.0 GB, and 0\.0 GB are"):
        gather(from_folder(music), work=tmp_path / "work", asked=ASKED, settings=SETTINGS)


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from segue.errors import UnavailableError
from segue.jobs.drawn import Drawn

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
ones = np.ones((100, 128), dtype=np.uint8)
try:
    with Drawn(Path(sys.argv[1]), heard="so") as drawn:
        for number in range(9):
            drawn.put(str(number), "hash", number * ones)
except UnavailableError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit on files here")
def test_a_full_disk_keeps_what_was_drawn(tmp_path: Path) -> None:
    work = tmp_path / "work"
    done = subprocess.run(
        [sys.executable, "-c", FULL, work], capture_output=True, text=True, check=True
    )
    assert "spectrograms cannot be written (File too large)" in done.stdout
    assert "the same command goes on with it" in done.stdout
    assert done.stderr == ""
    with Drawn(work, heard="so") as drawn:
        assert list(drawn.places) == ["0", "1"]
        drawn.put("2", "hash", np.full((5, BANDS), 9, dtype=np.uint8))
    with Drawn(work, heard="so") as drawn:
        assert [place.frames for place in drawn.places.values()] == [100, 100, 5]
    assert (work / DATA).stat().st_size == 205 * BANDS


def test_versions_stand_behind_their_track_and_are_the_same_music(
    music: Path, tmp_path: Path
) -> None:
    done = gather(
        from_folder(music),
        work=tmp_path / "work",
        asked=ASKED,
        settings=SETTINGS,
        most=2,
        versions=1,
    )
    tracks = done.tracks
    assert (done.listed, done.heard + done.repeated + done.rejected, done.left) == (11, 2, 9)
    assert [track.version for track in tracks] == [0, 1] * done.heard
    assert done.originals.tolist() == list(range(0, len(tracks), 2))
    assert done.with_versions(done.originals[1:]).tolist() == [2, 3]
    for row in done.originals.tolist():
        own, other = (done.material.spectrograms[row + each] for each in range(2))
        assert tracks[row].id == tracks[row + 1].id
        # Faster or slower, by so little at times that it is as long.
        assert not np.array_equal(own, other)
        assert np.corrcoef(own.mean(axis=0), other.mean(axis=0))[0, 1] > 0.7
    again = settled.read(tmp_path / "work", asked=ASKED)
    assert again is not None
    assert again.tracks == tracks
