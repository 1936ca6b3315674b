"""Lessons: whose a track is, of which genre, and which are heard first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from artists import library, song, tagged
from segue.catalogue.drafts import album_key
from segue.catalogue.hearable import hearable
from segue.errors import BadTableError, NotFoundError, UnavailableError
from segue.jobs.lesson_tables import from_table
from segue.jobs.lessons import Lesson, Lessons, from_catalogue, from_folder, order, with_genres
from segue.jobs.scan import scan
from segue.records import TrackRecord

SOUND = song(0, 0, seconds=0.5)


def lesson(number: int, artist: str = "", *genres: str, compilation: bool = False) -> Lesson:
    return Lesson(
        key=str(number),
        id=f"t{number:03}",
        path=Path(f"/music/{number}.mp3"),
        scanned=(1, 1.0),
        label=f"Song {number}",
        people=(artist,) if artist else (),
        genres=genres,
        compilation=compilation,
    )


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every way of being nobody's."""
    folder = tmp_path_factory.mktemp("odd")
    for name, tags in {
        "plain": {"artist": "The Bells", "album": "Bells"},
        "guest": {"artist": "The Bells feat. Ann", "album": "Bells"},
        "blank": {"title": "Nobody's"},
        "various": {"artist": "Various Artists", "album": "Hits"},
        "varios": {"artist": "Varios Artistas", "album": "Hits"},
        "compiled": {"artist": "The Bells", "album": "Hits", "albumartist": "Various"},
        "flagged": {"artist": "The Bells", "album": "Mixed", "compilation": "1"},
    }.items():
        tagged(folder / f"{name}.flac", SOUND, **{"title": name, **tags})
    return folder


NOBODYS = {"blank", "various", "varios", "compiled", "flagged"}


def test_blank_collective_and_compiled_tracks_are_nobodys(odd: Path) -> None:
    found = {each.path.stem: each for each in from_folder(odd).lessons}
    assert {name for name, each in found.items() if not each.artist} == NOBODYS
    assert found["plain"].artist == found["guest"].artist == "bells"
    assert found["guest"].people == ("bells", "ann")
    assert found["compiled"].people == ("bells",)  # still theirs where artists are kept apart


def test_the_catalogue_says_the_same_of_them(odd: Path, audio_catalogue) -> None:
    scan(audio_catalogue, odd, synthetic=True)
    found = {each.path.stem: each for each in from_catalogue(audio_catalogue).lessons}
    assert {name for name, each in found.items() if not each.artist} == NOBODYS
    assert found["guest"].people == ("bells", "ann")
    assert found["plain"].label == "The Bells – plain"
    assert all(each.synthetic and each.content_hash == each.key for each in found.values())


def test_an_album_that_is_nobodys_is_known_by_its_key(audio_catalogue, odd: Path) -> None:
    """Two modules go by one form of a key."""
    for owner, nobodys in (("Various Artists", True), ("The Bells", False), ("", False)):
        record = TrackRecord(title="x", artists=("Ann",), album="Hits", album_artist=owner)
        assert album_key(record).endswith(" | ") is nobodys


def test_copies_and_lost_files_are_not_listed(tmp_path: Path, audio_catalogue) -> None:
    music = tmp_path / "music"
    one = tagged(music / "one.flac", SOUND, title="One")
    (music / "copy.flac").write_bytes(one.read_bytes())
    lost = tagged(music / "lost.flac", song(1, 0, seconds=0.5), title="Lost")
    scan(audio_catalogue, music)
    assert len(hearable(audio_catalogue)) == 2
    lost.unlink()
    scan(audio_catalogue, music)
    assert [file.title for file in hearable(audio_catalogue)] == ["One"]


def test_an_empty_catalogue_and_folder_are_said(tmp_path: Path, audio_catalogue) -> None:
    with pytest.raises(NotFoundError, match="the catalogue holds no audio"):
        from_catalogue(audio_catalogue)
    with pytest.raises(NotFoundError, match="there is no audio in"):
        from_folder(tmp_path)
    with pytest.raises(UnavailableError, match="cannot be read"):
        from_folder(tmp_path / "none")


def test_of_several_genres_the_most_shared_is_taught() -> None:
    found = with_genres(
        Lessons(
            (
                lesson(0, "a", "Dream Pop", "Pop"),
                lesson(1, "b", "pop"),
                lesson(2, "c", "Hip Hop", "rap"),
                lesson(3, "d", "hip-hop"),
                lesson(4, "e", "hip-hop"),
                lesson(5, "f"),
            ),
            (),
            "a test",
        )
    )
    assert [each.genre for each in found.lessons] == ["pop", "pop"] + ["hip-hop"] * 3 + [""]
    assert found.notes == ()


def test_a_genre_of_one_artist_is_not_taught_and_that_is_said() -> None:
    found = with_genres(
        Lessons(
            (
                lesson(0, "a", "folk"),
                lesson(1, "a", "folk"),
                lesson(2, "b", "jazz"),
                lesson(3, "", "noise"),
                lesson(4, "", "noise"),
            ),
            (),
            "a test",
        )
    )
    assert [each.genre for each in found.lessons] == ["", "", "", "noise", "noise"]
    assert found.notes == ("Genres that only one artist has are left out: folk, jazz.",)


def test_two_tracks_of_every_artist_are_heard_first() -> None:
    many = [lesson(n, f"a{n % 5}") for n in range(30)]
    many += [lesson(100 + n, f"alone{n}") for n in range(4)] + [lesson(200 + n) for n in range(4)]
    rows = order(many, seed=1)
    assert sorted(rows.tolist()) == list(range(len(many)))
    first = Counter(many[row].artist for row in rows[:10].tolist())
    assert first == dict.fromkeys((f"a{n}" for n in range(5)), 2)
    assert all(many[row].artist[:1] == "a" for row in rows[:30].tolist())
    assert {many[row].id for row in rows[30:].tolist()} == {each.id for each in many[30:]}
    pairs = [many[row].artist for row in rows[:30].tolist()]
    assert pairs[::2] == pairs[1::2]
    assert order(many, seed=1).tolist() == rows.tolist()
    assert order(many, seed=2).tolist() != rows.tolist()
    assert len(order([], seed=1)) == 0


def test_a_table_says_whose_its_files_are(tmp_path: Path) -> None:
    library(tmp_path / "music", artists=2, tracks=2, seconds=0.5)
    table = tmp_path / "labels.csv"
    rows = [
        "path,artist,genre",
        "music/artist 00/00.flac,One,Rock; Pop",
        "music/artist 00/01.flac,Various Artists,rock",
        "music/artist 01/00.flac,Two,rock",
        "music/artist 01/00.flac,Two,rock",
        "music/none.flac,Two,rock",
        ",Two,rock",
        "https://example.org/a.mp3,Two,rock",
    ]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = from_table(table)
    assert [each.artist for each in found.lessons] == ["one", "", "two"]
    assert [each.genre for each in found.lessons] == ["rock"] * 3
    assert [(each.line, each.reason.partition(": ")[2]) for each in found.rejections] == [
        (6, "it cannot be read (No such file or directory)"),
        (7, ""),
        (8, "it lies on the web; give files"),
    ]
    assert found.source == "the table labels.csv"


def test_a_table_without_files_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("artist,genre\nOne,rock\n", encoding="utf-8")
    with pytest.raises(BadTableError, match="no column names audio files"):
        from_table(table)
    table.write_text("sound,artist\nnone.flac,One\n", encoding="utf-8")
    with pytest.raises(BadTableError, match="none of its 1 rows can be used"):
        from_table(table, audio="sound")
