"""The rule of linking: what must agree, how sure it is, and when it is not clear enough."""

from __future__ import annotations

import pytest

from planted import Case, planted
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.catalogue.linking import MARGIN, THRESHOLD, Name, choose, confidence, name_of
from segue.catalogue.loading import known_identities
from segue.records import OutsideId, TrackRecord


def named(
    title: str = "Harbour",
    *artists: str,
    album: str = "Tides",
    duration: float | None = 200.0,
) -> Name:
    return name_of(title, artists or ("Ada Quill",), album=album, duration=duration)


SONG = named()


def test_the_same_name_is_certain() -> None:
    assert confidence(SONG, named("HARBOUR", "ada quill", album="tides")) == 1.0


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (named(duration=203.0), 1 - 0.2 * 3 / 4.06),  # tolerance: 2 % of 203 s
        (named(duration=None), 0.85),
        (named(album=""), 0.95),
        (named(album="Hits"), 0.85),
        (named("Harbour", "Ada Quill", "Bo"), 0.95),
        (named("Harbour", "Bo", "Ada Quill"), 0.8),
        (named("Harbour", "Bo", "Ada Quill", album="", duration=None), 0.8 * 0.95 * 0.85),
    ],
)
def test_confidence_is_the_product_of_three_agreements(other: Name, expected: float) -> None:
    assert confidence(SONG, other) == pytest.approx(expected, abs=1e-12)
    assert confidence(other, SONG) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "other",
    [
        named("Harbour (Live)"),
        named("Harbours"),
        named("Harbour", "Bo"),
        named("Harbour", "Bo", "Cy"),
        named("Harbour", "Various Artists"),
        named("Harbour", ""),
        named(duration=205.0),
        named(album="Live at the Harbour"),
    ],
)
def test_what_must_stay_apart_has_no_confidence(other: Name) -> None:
    assert confidence(SONG, other) == 0.0
    assert confidence(other, SONG) == 0.0


def test_guests_in_common_are_not_enough() -> None:
    one, other = named("Harbour", "Ada", "Guest"), named("Harbour", "Bo", "Guest")
    assert confidence(one, other) == 0.0


@pytest.mark.parametrize(
    ("seconds", "difference", "close"),
    [(30.0, 2.9, True), (30.0, 3.1, False), (600.0, 11.9, True), (600.0, 12.3, False)],
)
def test_the_tolerance_is_three_seconds_or_two_percent(
    seconds: float, difference: float, *, close: bool
) -> None:
    sure = confidence(named(duration=seconds), named(duration=seconds + difference))
    assert (sure > 0) is close


def test_a_live_album_tells_only_where_the_title_does_not() -> None:
    live = named("Harbour (Live)", album="Live at the Harbour")
    assert confidence(live, named("Harbour - Live", album="Hits")) >= THRESHOLD
    assert confidence(named(album="Live at Sea"), named(album="Live in Bern")) >= THRESHOLD
    assert confidence(named(album="Live at Sea"), named(album="")) >= THRESHOLD


@pytest.mark.parametrize("title", ["Track 04", "Untitled", "", "Audio Track 1", "Unknown Title"])
def test_a_title_that_names_nothing_never_links(title: str) -> None:
    assert not named(title).says_enough
    assert confidence(named(title), named(title)) == 0.0


def test_a_name_alone_is_enough_but_not_against_the_album() -> None:
    bare = named(album="", duration=None)
    assert confidence(bare, SONG) >= THRESHOLD
    assert confidence(named(album="Hits", duration=None), SONG) < THRESHOLD


def test_the_best_is_chosen_when_it_leads_clearly() -> None:
    assert choose([]) == ()
    assert choose([0.5, THRESHOLD - 0.01]) == ()
    assert choose([0.8, 0.95, 0.7]) == (1,)
    assert choose([0.95, 0.95 - MARGIN / 2, 0.99, 0.8]) == (2, 0)
    assert choose([0.9, 0.9]) == (0, 1)
    assert choose([THRESHOLD, THRESHOLD - 0.01]) == (0,)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Case, int, int]]:
    """Every planted case with the number of its track and the track its record met."""
    cases = planted()
    came = [OutsideId("file", str(number)) for number in range(len(cases))]
    with_ids = [
        TrackRecord(
            **{name: getattr(case.record, name) for name in ("title", "artists", "album")},
            duration=case.record.duration,
            outside_ids=(one,),
        )
        for case, one in zip(cases, came, strict=True)
    ]
    with open_database(tmp_path_factory.mktemp("planted") / "planted.db") as db:
        tracks.add(db, [case.track for case in cases])
        tracks.add(db, with_ids)
        with db.read() as connection:
            there = [case.track.outside_ids[0] for case in cases]
            known = known_identities(connection, [*there, *came])
    return [
        (case, known[track][0], known[record][0])
        for case, track, record in zip(cases, there, came, strict=True)
    ]


def test_no_planted_pair_is_linked_that_is_not_one_recording(
    outcomes: list[tuple[Case, int, int]],
) -> None:
    tracks_of = {number for _, number, _ in outcomes}
    wrong = [
        (case.kind, case.track, case.record)
        for case, track, met in outcomes
        if met in tracks_of and not (case.same and met == track)
    ]
    assert wrong == []


def test_most_planted_pairs_that_are_one_recording_are_linked(
    outcomes: list[tuple[Case, int, int]],
) -> None:
    same = [(case, track == met) for case, track, met in outcomes if case.same]
    missed = [case.kind for case, found in same if not found]
    assert len(missed) / len(same) <= 0.05, missed


def test_the_planted_cases_can_tell_a_bad_rule(outcomes: list[tuple[Case, int, int]]) -> None:
    """Neither "always" nor "never" nor the sides swapped would pass the two tests above."""
    same = sum(case.same for case, _, _ in outcomes)
    assert same / len(outcomes) < 0.65
    assert len(outcomes) - same > 200
    swapped = [case for case, _, _ in outcomes if case.track.title != case.record.title]
    assert len(swapped) > 200
