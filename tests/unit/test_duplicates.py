"""The report on duplicates: the best copy, why, what the others take; and its command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from printed import add_file, measure, printed, worn
from segue.cli.main import run
from segue.errors import BadRequestError
from segue.jobs.comparing import compare
from segue.library import Segue
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SONG = printed(1, length=900)
KB = 125.0
"""Bytes of a second at 1 kbit/s."""


@pytest.fixture
def segue(tmp_path: Path) -> Iterator[Segue]:
    with Segue.open(tmp_path / "segue.db", settings=Settings()) as opened:
        yield opened


def held(
    segue: Segue,
    name: str,
    numbers: object = None,
    *,
    seconds: float = 200.0,
    kilobits: float = 128.0,
    title: str = "Harbour",
    artist: str = "Ada Quill",
    content: str | None = None,
    loudness: float = -14.0,
    warning: str = "",
) -> None:
    """A file of so many seconds at so many kbit/s, heard if it has a fingerprint."""
    size = round(seconds * kilobits * KB)
    add_file(segue.database, name, content=content, title=title, artist=artist, size=size)
    if numbers is not None:
        measure(
            segue.database,
            content or name,
            numbers,  # type: ignore[arg-type]
            seconds=seconds,
            loudness=loudness,
            warning=warning,
        )


def test_the_best_copy_comes_first_and_the_others_say_why(segue: Segue) -> None:
    held(segue, "a.mp3", worn(SONG, share=0.01), kilobits=320)
    held(segue, "b.flac", SONG, kilobits=900)
    held(segue, "c.mp3", worn(SONG, share=0.03), kilobits=128, loudness=-8.0)
    held(segue, "d.flac", SONG[100:], kilobits=900, seconds=187.6)
    held(segue, "e.flac", SONG, kilobits=900, warning="it breaks off after 150 s")
    held(segue, "f.opus", worn(SONG, share=0.02), kilobits=256)
    compare(segue.database)
    (group,) = segue.duplicates().copies
    assert [copy.path.removeprefix("/music/") for copy in group.files] == [
        *("b.flac", "f.opus", "a.mp3", "c.mp3", "d.flac", "e.flac"),
    ]
    why = {copy.path.removeprefix("/music/"): copy.why for copy in group.files}
    assert why == {
        "b.flac": "lossless",
        "f.opus": "not lossless",
        "a.mp3": "not lossless",
        "c.mp3": "not lossless, 6.0 dB louder",
        "d.flac": "12 s shorter",
        "e.flac": "damaged (it breaks off after 150 s)",
    }
    assert group.named_alike
    assert group.files[4].later == pytest.approx(12.4, abs=0.1)
    assert group.files[0].likeness == 1.0
    assert 0.6 < (group.files[3].likeness or 0) < 1
    assert group.spare == sum(copy.size for copy in group.files[1:])
    assert segue.duplicates().spare == group.spare


def test_of_files_that_lose_something_bits_decide(segue: Segue) -> None:
    held(segue, "a.mp3", worn(SONG, share=0.01), kilobits=128)
    held(segue, "b.mp3", SONG, kilobits=320)
    held(segue, "c.m4a", worn(SONG, share=0.02), kilobits=256)
    compare(segue.database)
    (group,) = segue.duplicates().copies
    assert [copy.why for copy in group.files] == [
        "most bits of those that are whole",
        "mp3 and not m4a",
        "mp3 and not m4a, 128 kbit/s and not 256",
    ]
    assert group.files[0].path == "/music/c.m4a"


def test_other_names_other_recordings_and_parts_are_told_apart(segue: Segue) -> None:
    held(segue, "a.mp3", SONG)
    held(segue, "b.mp3", worn(SONG, share=0.02), title="Track 07", artist="Unknown Artist")
    held(segue, "c.mp3", printed(5, length=900), seconds=231.0)
    held(segue, "preview.mp3", SONG[300:520], seconds=30.0, title="Preview")
    held(segue, "unheard.mp3", title="Alone")
    compare(segue.database)
    found = segue.duplicates()
    (group,) = found.copies
    assert not group.named_alike
    assert group.tracks == 2
    (part,) = found.excerpts
    assert part.part.path == "/music/preview.mp3"
    assert part.part.why == "30 s of 200 s, from 37 s on"
    (names,) = found.namesakes
    assert [copy.path for copy in names.files] == ["/music/c.mp3", "/music/a.mp3"]
    assert names.title == "Harbour"
    assert (found.files, found.waiting, found.left_out) == (4, 0, {})


def test_the_same_bytes_twice_are_told_without_hearing(segue: Segue) -> None:
    held(segue, "a.mp3", content="bytes")
    held(segue, "b.mp3", content="bytes")
    (group,) = segue.duplicates().copies
    assert [copy.why for copy in group.files] == [
        "most bits of those that are whole",
        "the same bytes",
    ]
    assert group.tracks == 1


def test_files_that_wait_are_counted_and_none_is_invented(segue: Segue) -> None:
    held(segue, "a.mp3", SONG)
    held(segue, "b.mp3", SONG, title="Other")
    found = segue.duplicates()
    assert (found.files, found.waiting, found.copies) == (0, 2, ())


def test_as_many_as_asked_for_and_how_many_more(segue: Segue) -> None:
    for number in range(3):
        song = printed(10 + number, length=900)
        held(segue, f"{number}.mp3", song, kilobits=100 * (1 + number), title=f"Song {number}")
        held(segue, f"{number}.flac", song, kilobits=900, title=f"Song {number}")
    compare(segue.database)
    whole = segue.duplicates()
    some = segue.duplicates(n=2)
    assert some.copies == whole.copies[:2]
    assert some.left_out == {"copies": 1}
    assert some.spare == whole.spare
    spare = [group.spare for group in whole.copies]
    assert spare == sorted(spare, reverse=True)
    with pytest.raises(BadRequestError, match="0 recordings"):
        segue.duplicates(n=0)


def test_the_command_says_it_in_words_and_as_json(
    segue: Segue, capsys: pytest.CaptureFixture[str]
) -> None:
    held(segue, "a.mp3", worn(SONG, share=0.02), kilobits=128)
    held(segue, "b.flac", SONG, kilobits=900)
    held(segue, "c.mp3", printed(5, length=900), seconds=231.0)
    where = ["-d", str(segue.database.path)]
    assert run(["duplicates", *where]) == 0
    assert "3 files wait to be compared: `segue analyse`." in capsys.readouterr().out
    compare(segue.database)
    assert run(["duplicates", *where]) == 0
    text = capsys.readouterr().out
    assert "The same recording under one name" in text
    assert "flac · 900 kbit/s · 3:20 · -14.0 LUFS" in text
    assert "but the best copies take 3.2 MB." in text
    assert "Different recordings under one name" in text
    assert "Nothing was changed." in text
    assert run(["duplicates", *where, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [len(group["files"]) for group in document["copies"]] == [2]
    assert document["copies"][0]["files"][0]["path"] == "/music/b.flac"
    assert document["spare"] == 3_200_000


def test_an_empty_catalogue_says_what_to_do(
    segue: Segue, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["duplicates", "-d", str(segue.database.path)]) == 0
    assert "`segue scan FOLDER`, then `segue analyse`" in capsys.readouterr().out
