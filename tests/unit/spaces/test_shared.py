"""What two tracks share in words, and how it is said."""

from __future__ import annotations

import pytest

from segue.records import Comparison, TrackRecord
from segue.spaces.text import TextSpace
from worlds import make_corpus, planted_records

FILLER = planted_records(300, seed=2)


def compared(first: TrackRecord, second: TrackRecord) -> dict[str, Comparison]:
    space = TextSpace.build(make_corpus([first, second, *FILLER]))
    return {each.feature: each for each in space.compare(space.point(0), 1)}


def test_only_what_is_shared_is_said() -> None:
    assert compared(TrackRecord(title="One", genres=("a",)), TrackRecord(title="Two")) == {}


def test_a_shared_flag_is_no_reason() -> None:
    first, second = (TrackRecord(title=title, explicit=True) for title in ("One", "Two"))
    assert compared(first, second) == {}


def test_artists_by_the_names_as_written() -> None:
    found = compared(
        TrackRecord(artists=("Sigur Rós", "Björk")),
        TrackRecord(artists=("BJORK", "Sigur Ros", "X")),
    )
    assert found["artist"].seed == "Sigur Rós, Björk"
    assert found["artist"].track == "BJORK, Sigur Ros, X"
    assert found["artist"].agreement == "by BJORK and Sigur Ros"


@pytest.mark.parametrize(
    ("first", "second", "agreement"),
    [
        (("deep house",), ("Deep-House",), "of the genre Deep-House"),
        (("skweee house",), ("skweee",), "of the genre skweee"),
        (("skweee pop",), ("skweee wave",), "with “skweee” in the genre"),
        (("indie pop",), ("indie wave",), ""),
    ],
)
def test_genres(first: tuple[str, ...], second: tuple[str, ...], agreement: str) -> None:
    found = compared(TrackRecord(genres=first), TrackRecord(genres=second))
    assert found["genre"].agreement == agreement


def test_titles_and_albums_whole_or_by_their_rare_words() -> None:
    found = compared(
        TrackRecord(title="Zanzibar the night", album="Hits of 1973"),
        TrackRecord(title="Night in the Zanzibar", album="Hits of 1973"),
    )
    assert found["title"].agreement == "with “zanzibar” in the title"
    assert found["title"].likeness < 1
    assert found["album"].agreement == "on an album called “Hits of 1973”"
    assert found["album"].likeness == 1
    common = compared(TrackRecord(title="the night"), TrackRecord(title="the river"))
    assert common["title"].agreement == ""


def test_labels_and_lyrics() -> None:
    found = compared(
        TrackRecord(labels=(("tag", "seaside"),), lyrics="harbour anchor rope"),
        TrackRecord(labels=(("mood", "Seaside"),), lyrics="the anchor in the harbour"),
    )
    assert found["labels"].agreement == "tagged “seaside”"
    assert set(found["lyrics"].seed.split(", ")) == {"harbour", "anchor"}
    assert found["lyrics"].agreement.endswith("in the lyrics")


def test_the_largest_part_of_the_score_comes_first() -> None:
    found = compared(
        TrackRecord(artists=("Vela",), genres=("ambient",), title="the river"),
        TrackRecord(artists=("Vela",), genres=("ambient",), title="the stone"),
    )
    assert list(found) == ["artist", "genre", "title"]


def test_likeness_of_a_partly_shared_field_is_the_share_of_pairs_further_apart() -> None:
    found = compared(TrackRecord(title="night river"), TrackRecord(title="night stone"))
    assert 0.3 < found["title"].likeness < 1
