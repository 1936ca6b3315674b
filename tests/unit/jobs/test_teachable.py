"""What there is to learn, and how much of it fits into a night."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.embedding.manifest import Manifest
from segue.embedding.marks import FIELD, marks
from segue.errors import BadRequestError
from segue.jobs.held_back import LEAST, check_start, split
from segue.jobs.night import HEARING, sized
from segue.jobs.settled import Taught
from segue.jobs.teachable import check_genres, positives


def taught(artist: str, genre: str = "", *guests: str, compilation: bool = False) -> Taught:
    people = tuple(name for name in (artist, *guests) if name)
    return Taught("id", "label", "" if compilation else artist, genre, people, False, "hash", 0, 1)


def world(artists: int, tracks: int = 3) -> list[Taught]:
    return [taught(f"a{n}", ("glass", "brass")[n % 2]) for n in range(artists)] * tracks


def test_artists_belong_together_where_they_can() -> None:
    assert positives(["a", "a", "b"], asked=None, source="x") == ("artist", "")
    assert positives(["a", "a", "b"], asked="track", source="x") == ("track", "")


@pytest.mark.parametrize(
    ("artists", "problem"),
    [
        (["a", "a", "a"], "all tracks with an artist are by one"),
        (["a", "b", "c", ""], "every one of the 3 artists has a single track"),
        (["", ""], "no track names an artist"),
    ],
)
def test_where_artists_do_not_suffice_tracks_do_or_it_is_refused(
    artists: list[str], problem: str
) -> None:
    chosen, note = positives(artists, asked=None, source="x")
    assert chosen == "track"
    assert note.startswith(problem[0].upper() + problem[1:])
    assert note.endswith("windows of one track belong together.")
    with pytest.raises(BadRequestError, match=f"^x: {problem}.*--positives track"):
        positives(artists, asked="artist", source="x")


def test_one_track_teaches_nothing() -> None:
    with pytest.raises(BadRequestError, match="one track alone"):
        positives(["a"], asked="track", source="x")


def test_one_genre_or_none_teaches_no_genres() -> None:
    check_genres(["rock", "folk", ""], source="x")
    with pytest.raises(BadRequestError, match="all tracks with a genre are rock"):
        check_genres(["rock", "rock", ""], source="x")
    with pytest.raises(BadRequestError, match="no genre is shared by two tracks"):
        check_genres(["", ""], source="x")


@given(
    hours=st.floats(0.2, 24), tracks=st.integers(2, 200_000), networks=st.integers(1, 2),
    processes=st.integers(1, 16), around=st.floats(0, 300),
)  # fmt: skip
def test_a_night_is_used_up_and_never_overdrawn(
    hours: float, tracks: int, networks: int, processes: int, around: float
) -> None:
    night = sized(hours, tracks=tracks, networks=networks, processes=processes, around=around)
    spent = night.around + night.hearing + networks * night.learning
    assert spent == pytest.approx(hours * 3600)
    assert 2 <= night.tracks <= tracks
    assert night.hearing <= HEARING * hours * 3600 + 1e-6
    assert night.learning >= 60


def test_a_large_library_is_heard_in_part() -> None:
    night = sized(1, tracks=100_000, networks=2, processes=2)
    assert (night.tracks, round(night.hearing), round(night.learning)) == (24_000, 1200, 1200)
    night = sized(8, tracks=10_000, networks=1, processes=2, around=600)
    assert (night.tracks, round(night.hearing), round(night.learning)) == (10_000, 500, 27_700)


def test_a_night_that_is_too_short_is_refused_with_what_would_do() -> None:
    with pytest.raises(BadRequestError, match=r"0\.01 hours are too few to learn in.*least 0\.1"):
        sized(0.01, tracks=100, networks=2, processes=2)
    with pytest.raises(BadRequestError, match=r"takes 60 minutes of them\. Give at least 1\.1"):
        sized(1, tracks=100, networks=2, processes=2, around=3600)


def test_a_quarter_of_the_artists_is_held_back_wherever_they_are_credited() -> None:
    tracks = world(40)
    tracks += [taught(f"a{n}", "brass", compilation=True) for n in range(40)]
    tracks += [taught("b", "glass", f"a{n}") for n in range(40)] + [taught("") for _ in range(9)]
    found = split(tracks, genres=True, seed=1)
    held = {tracks[row].artist for row in found.held.tolist()}
    assert found.artists == len(held)
    assert 9 <= len(held) <= 11
    assert "" not in held
    left = [tracks[row] for row in found.taught.tolist()]
    assert not any(held & set(track.people) for track in left)
    assert sum(track.people == () for track in left) == 9
    genres = {track.genre for track in left} - {""}
    assert genres == {"glass", "brass"}
    again = split(tracks, genres=True, seed=1)
    assert np.array_equal(again.held, found.held)
    assert np.array_equal(again.taught, found.taught)


def test_of_few_artists_up_to_half_are_held_back() -> None:
    found = split(world(2 * LEAST), genres=True, seed=3)
    assert found.artists == LEAST
    assert len(found.taught) == 3 * LEAST


def test_too_little_to_judge_by_is_said() -> None:
    with pytest.raises(BadRequestError, match="15 artists have two tracks or more, and 16 are"):
        split(world(15), genres=False, seed=1)
    with pytest.raises(BadRequestError, match="0 artists have two tracks or more"):
        split(world(40, tracks=1), genres=False, seed=1)
    plain = [taught(f"a{n}", "rock") for n in range(40)] * 2
    split(plain, genres=False, seed=1)
    with pytest.raises(BadRequestError, match="1 of the genres held back is shared by two"):
        split(plain, genres=True, seed=1)


def test_a_network_that_knows_artists_held_back_is_no_beginning() -> None:
    def start(*artists: str, synthetic: bool = False) -> Manifest:
        data = {FIELD: marks(artists)} if artists else {}
        return Manifest(
            space="sound",
            name="former",
            front={"kind": "segue-mel"},
            width=8,
            synthetic=synthetic,
            data=data,
        )

    assert check_start(start("nina", "ana"), ["bo", "", "cy"], synthetic=False) == ""
    with pytest.raises(BadRequestError, match=r"former, .* with 2 of the artists .*--from-scratch"):
        check_start(start("nina", "bo", "cy"), ["bo", "cy", "di"], synthetic=False)
    # Of the same name, and another: that one is invented.
    assert check_start(start("bo", synthetic=True), ["bo"], synthetic=False) == ""
    with pytest.raises(BadRequestError, match="1 of the artists"):
        check_start(start("bo", synthetic=True), ["bo"], synthetic=True)
    assert "Nobody has noted whom former" in check_start(start(), ["bo"], synthetic=False)
