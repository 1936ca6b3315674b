"""The demo music as files: whole or not at all, tagged, resumable, read by our own sources."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.errors import BadRequestError, UnavailableError
from segue.records import OutsideId
from segue.sources.demo import DemoWorld, write_demo
from segue.sources.demo.covers import SIDE, cover
from segue.sources.demo.encoding import is_complete
from segue.sources.demo.plan import EXACT_COPY, NEW_TAGS, audio_slots
from segue.sources.demo.writing import BEST_OF, path_of
from segue.sources.tags import read_art, read_tags

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "music"


@pytest.fixture(scope="module")
def written(folder: Path) -> DemoWorld:
    return write_demo(folder, tracks=COUNT, jobs=2)


def music(folder: Path) -> dict[Path, str]:
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.mp3"))
    }


def test_every_track_is_there_and_two_more(folder: Path, written: DemoWorld) -> None:
    there = set(folder.rglob("*.mp3"))
    promised = {path_of(folder, truth) for truth in written.tracks[:COUNT]}
    assert promised < there
    assert len(there - promised) == 2
    assert not [path for path in folder.rglob("*") if path.is_file() and path not in there]


def test_tags_say_what_is_planted_and_that_it_is_synthetic(
    folder: Path, written: DemoWorld
) -> None:
    for truth in written.tracks[:COUNT]:
        path = path_of(folder, truth)
        found = read_tags(path)
        assert found.track.title == truth.title
        assert found.track.artists == truth.artists
        assert found.track.album == truth.album
        assert found.track.album_artist == truth.album_artist
        assert found.track.genres == truth.genres
        assert found.track.year == truth.year
        assert found.track.track_number == truth.track_number
        assert found.track.outside_ids == (OutsideId("demo", truth.id),)
        assert found.duration == pytest.approx(30.0, abs=0.2)
        assert found.art
        assert b"synthetic: made by Segue's demo composer" in path.read_bytes()


def test_decoded_files_are_not_clipped_and_as_loud_as_planted(
    folder: Path, written: DemoWorld
) -> None:
    import av

    for truth in written.tracks[:COUNT:2]:
        with av.open(str(path_of(folder, truth))) as container:
            frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
            rate = container.streams.audio[0].rate
        samples = np.concatenate(frames, axis=1)
        assert rate == 44_100
        assert samples.shape[0] == 2
        assert samples.shape[1] / rate == pytest.approx(30.0, abs=0.2)
        assert 20 * np.log10(np.abs(samples).max()) <= -1.0, truth.id
        level = 10 * np.log10(np.mean(samples.astype(np.float64) ** 2))
        assert level == pytest.approx(truth.loudness, abs=0.1), truth.id


def test_the_best_of_repeats_one_file_exactly_and_tags_another_anew(
    folder: Path, written: DemoWorld
) -> None:
    slots = audio_slots()
    same, other = (written.tracks[slots.index(slot)] for slot in (EXACT_COPY, NEW_TAGS))
    (copy,) = folder.glob(f"*/{BEST_OF}/01 *.mp3")
    assert copy.read_bytes() == path_of(folder, same).read_bytes()
    (anew,) = folder.glob(f"*/{BEST_OF}/02 *.mp3")
    assert anew.read_bytes() != path_of(folder, other).read_bytes()
    found = read_tags(anew).track
    assert found.album == BEST_OF
    assert (found.title, found.artists) == (other.title, other.artists)
    assert found.outside_ids == (), "it can only be known by its names"
    assert read_tags(anew).duration == pytest.approx(30.0, abs=0.2)


def test_a_second_run_makes_nothing_anew(folder: Path, written: DemoWorld) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.mp3")}
    seen: list[tuple[int, int | None, str]] = []
    write_demo(folder, tracks=COUNT, on_progress=lambda *step: seen.append(step))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.mp3")} == before
    assert seen == [(COUNT, COUNT, "already there")]


def test_what_is_damaged_or_missing_is_made_again_the_same(
    folder: Path, written: DemoWorld, tmp_path: Path
) -> None:
    small = tmp_path / "music"
    write_demo(small, tracks=3, jobs=1)
    whole = music(small)
    assert len(whole) == 4, "three tracks and the copy of one"
    cut, gone, text = (path_of(small, truth) for truth in written.tracks[:3])
    # Byte for byte the same as from the other processes.
    assert whole[cut] == music(folder)[path_of(folder, written.tracks[0])]
    cut.write_bytes(cut.read_bytes()[:200_000])
    gone.unlink()
    text.write_text("not music")
    steps: list[tuple[int, int | None, str]] = []
    write_demo(small, tracks=3, jobs=1, on_progress=lambda *step: steps.append(step))
    assert music(small) == whole
    assert [done for done, _, _ in steps] == [1, 2, 3]
    assert {total for _, total, _ in steps} == {3}


def test_only_this_track_of_this_seed_passes_for_it(folder: Path, written: DemoWorld) -> None:
    one, other = written.tracks[:2]
    path = path_of(folder, one)
    assert is_complete(path, one)
    assert not is_complete(path, other)
    assert not is_complete(path, replace(one, seed=43))


def test_a_killed_run_leaves_only_whole_files_and_goes_on(
    tmp_path: Path, folder: Path, written: DemoWorld
) -> None:
    target = tmp_path / "music"
    script = (
        "from pathlib import Path; from segue.sources.demo import write_demo;"
        f"write_demo(Path({str(target)!r}), tracks=6, jobs=1)"
    )
    run = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while len(list(target.rglob("*.mp3"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.kill()
    run.wait()
    early = music(target)
    assert 2 <= len(early) < 6
    reference = music(folder)
    named = {path.relative_to(folder): digest for path, digest in reference.items()}
    assert {p.relative_to(target): d for p, d in early.items()}.items() <= named.items()
    # A leaving of the killed run that is old enough is swept away.
    stale = next(iter(early)).with_name(".01 left.1.segue-part")
    stale.write_bytes(b"half")
    os.utime(stale, (1, 1))
    write_demo(target, tracks=3, jobs=1)
    assert not stale.exists()
    assert {p.relative_to(target): d for p, d in music(target).items()}.items() <= named.items()


@pytest.mark.parametrize("tracks", [0, -3, 121])
def test_a_number_of_tracks_that_makes_no_sense(tmp_path: Path, tracks: int) -> None:
    with pytest.raises(BadRequestError, match=f"{tracks} demo tracks .* from 1 to 120"):
        write_demo(tmp_path / "music", tracks=tracks)
    assert not (tmp_path / "music").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "music"
    blocked.write_text("a file stands here")
    with pytest.raises(UnavailableError, match="cannot be written"):
        write_demo(blocked / "inside", tracks=1, jobs=1)


def test_a_process_that_dies_is_said_in_a_sentence(
    tmp_path: Path,
) -> None:
    # A script without the guard: its processes cannot start, and end.
    script = (
        "import sys; from pathlib import Path; from segue.errors import UnavailableError\n"
        "from segue.sources.demo import write_demo\n"
        "try: write_demo(Path(sys.argv[1]), tracks=2, jobs=2)\n"
        "except UnavailableError as error: print(error)\n"
    )
    program = tmp_path / "unguarded.py"
    program.write_text(script)
    run = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "music")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ended by itself" in run.stdout
    assert "__main__ guard" in run.stdout


def test_covers_are_small_pngs_in_the_artists_colours(folder: Path, written: DemoWorld) -> None:
    truth = written.tracks[0]
    picture = read_art(path_of(folder, truth))
    assert picture is not None
    data, media = picture
    assert media == "image/png"
    assert len(data) < 60_000
    artist = written.artists[truth.artist_number]
    again = cover(artist.colours, seed=42, artist=artist.number, album=truth.album)
    assert again == data
    other = cover(artist.colours, seed=42, artist=artist.number, album="Another")
    assert other != data
    # The pixels: rows of a filter byte and SIDE times red, green, blue.
    start = data.index(b"IDAT") + 4
    size = int.from_bytes(data[start - 8 : start - 4], "big")
    rows = zlib.decompress(data[start : start + size])
    assert len(rows) == SIDE * (3 * SIDE + 1)
    pixels = np.frombuffer(rows, dtype=np.uint8).reshape(SIDE, -1)[:, 1:].reshape(-1, 3)
    ground = np.array(artist.colours[0])
    assert np.min(np.abs(pixels.astype(int) - ground).sum(axis=1)) < 12
