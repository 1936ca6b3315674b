"""What makes a record the same record again, and the public id that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.catalogue.identity import (
    FILE,
    RECORD,
    identities,
    outside_schemes,
    public_id,
    record_digest,
    refusal,
)
from segue.records import OutsideId, TrackRecord

SONG = TrackRecord("Harbour", ("Ada Quill",), "Tides", duration=200.4)


def test_ids_from_outside_come_first_and_make_a_digest_needless() -> None:
    ids = (OutsideId(FILE, "ab"), OutsideId("spotify", "x1"), OutsideId("own", "7"))
    found = identities(replace(SONG, outside_ids=ids))
    assert found == (ids[1], ids[2], ids[0])


def test_a_record_without_ids_is_known_by_its_digest() -> None:
    (digest,) = identities(SONG)
    assert digest.scheme == RECORD
    assert digest == record_digest(SONG)
    with_file = identities(replace(SONG, outside_ids=(OutsideId(FILE, "ab"),)))
    assert with_file == (digest, OutsideId(FILE, "ab"))


def test_a_file_without_a_title_is_known_by_its_bytes() -> None:
    assert identities(TrackRecord(outside_ids=(OutsideId(FILE, "ab"),))) == (OutsideId(FILE, "ab"),)


def test_blank_and_repeated_ids_do_not_count() -> None:
    ids = (OutsideId("spotify", "  "), OutsideId("own", "7"), OutsideId("own", "7 "))
    assert identities(replace(SONG, outside_ids=ids)) == (OutsideId("own", "7"),)
    assert identities(TrackRecord()) == ()


def test_isrc_is_written_in_many_ways() -> None:
    ways = ("USRC17607839", "us-rc1-76-07839", "US RC1 76 07839", " usrc17607839 ")
    found = {identities(replace(SONG, outside_ids=(OutsideId("ISRC", way),))) for way in ways}
    assert found == {(OutsideId("isrc", "USRC17607839"),)}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "HARBOUR!"},
        {"artists": ("ada  quill",)},
        {"artists": ("Ada Quill", "Various Artists")},
        {"album": "tides"},
        {"duration": 199.6},
        {"genres": ("rock",)},
        {"place": "line 7"},
    ],
)
def test_what_does_not_change_a_digest(change: dict[str, object]) -> None:
    assert record_digest(replace(SONG, **change)) == record_digest(SONG)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Harbour (Live)"},
        {"artists": ("Ada", "Quill")},
        {"artists": ()},
        {"album": ""},
        {"duration": 202.0},
        {"duration": None},
    ],
)
def test_what_changes_a_digest(change: dict[str, object]) -> None:
    assert record_digest(replace(SONG, **change)) != record_digest(SONG)


def test_parts_of_a_digest_do_not_run_into_each_other() -> None:
    one = TrackRecord("a b", ("c",))
    other = TrackRecord("b", ("c a",))
    assert record_digest(one) != record_digest(other)


def test_only_schemes_from_outside_can_contradict() -> None:
    ids = (OutsideId("spotify", "x"), OutsideId(RECORD, "y"), OutsideId(FILE, "z"))
    assert outside_schemes(ids) == {"spotify"}


def test_public_ids_are_the_same_everywhere_and_for_ever() -> None:
    founder = OutsideId("spotify", "5SuOikwiRyPMVoIQDJUgSV")
    assert public_id(founder) == "tzrbqb4y3u5wftmw"
    assert public_id(founder, attempt=1) != public_id(founder)
    assert public_id(OutsideId("own", founder.value)) != public_id(founder)


def test_public_ids_are_short_words_for_addresses() -> None:
    ids = {public_id(OutsideId("own", str(number))) for number in range(2000)}
    assert len(ids) == 2000
    assert {len(one) for one in ids} == {16}
    assert set("".join(ids)) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_what_cannot_become_a_track() -> None:
    assert refusal(TrackRecord(artists=("Ada",))) == "it has neither a title nor an id"
    assert refusal(TrackRecord(title=" \t", outside_ids=(OutsideId("own", " "),)))
    assert refusal(TrackRecord(title="Harbour")) == ""
    assert refusal(TrackRecord(outside_ids=(OutsideId("own", "7"),))) == ""
