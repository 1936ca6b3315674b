"""Mixes and words over an open catalogue: what is asked is what is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import history, playlists, tracks
from segue.errors import BadRequestError, NotFoundError
from segue.library import Segue
from segue.records import Filters, OutsideId, Play, PlaylistRecord
from segue.settings import Settings
from segue.words.understood import ARTIST, Named, Target
from segue.words.written import document, understood_from
from wordings import planted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.types import TrackId

BANDS = ("Calm Harbour", "The Middle Band", "Loud Alley")
GENRES = ("folk", "jazz", "metal")


@pytest.fixture(scope="module")
def segue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """Ninety tracks of three bands and their followers, whose numbers grow with their rows."""
    path = tmp_path_factory.mktemp("mixed") / "segue.db"
    made = [
        replace(
            planted(
                row, BANDS[row // 30] if row % 10 < 3 else f"Follower {row}", GENRES[row // 30]
            ),
            outside_ids=(OutsideId("test", f"row-{row}"),),
        )
        for row in range(90)
    ]
    with Segue.open(path, settings=Settings(_env_file=None)) as opened:
        tracks.add(opened.database, made)
        together = PlaylistRecord("Evenings", OutsideId("test", "list"), tuple(made[:6]))
        playlists.add(opened.database, [together])
        history.add(opened.database, [Play("ada", made[row], at=1e9) for row in range(60, 66)])
        yield opened


@pytest.fixture(scope="module")
def ids(segue: Segue) -> dict[int, TrackId]:
    every = tracks.page(segue.database, limit=100)
    return {int(one.outside_ids[0].value.removeprefix("row-")): one.id for one in every}


def energies(answer: object) -> list[float]:
    return [row.track.attributes.energy for row in answer]  # type: ignore[attr-defined]


def test_words_alone_are_answered_by_just_what_they_say(segue: Segue) -> None:
    answer = segue.mix(words="very calm", n=5)
    assert set(answer.weights) == {"energy"}
    assert all(energy <= 0.1 for energy in energies(answer))
    slow = segue.wish("slow, jazz", n=5)
    assert all("jazz" in row.track.genres for row in slow)


def test_calmer_than_what_is_named_holds_for_every_row(segue: Segue) -> None:
    answer = segue.mix(words="like The Middle Band but calmer", n=8)
    named = [row for row in range(30, 60) if row % 10 < 3]
    usual = sorted(named)[len(named) // 2] / 100
    assert len(answer) == 8
    assert all(energy < usual for energy in energies(answer))
    assert not {"The Middle Band"} & {artist for row in answer for artist in row.track.artists}


def test_comparisons_go_by_tracks_that_are_named_beside_the_words(
    segue: Segue, ids: dict[int, TrackId]
) -> None:
    answer = segue.mix([ids[70]], words="less energetic", n=8)
    assert all(energy < 0.70 for energy in energies(answer))
    assert list(answer.seeds) == [ids[70]]


def test_the_reason_names_the_seed_a_row_is_near_to(segue: Segue, ids: dict[int, TrackId]) -> None:
    answer = segue.mix([ids[5], ids[85]], n=10, lens="attributes")
    low, high = (segue.track(ids[row]).name for row in (5, 85))
    for row in answer:
        nearer = low if row.track.attributes.energy < 0.45 else high
        assert nearer in row.reasons.sentence or row.reasons.near == nearer


def test_what_is_unlike_pushes_away_and_is_never_answered(
    segue: Segue, ids: dict[int, TrackId]
) -> None:
    plain = segue.mix([ids[40]], n=60, lens="attributes")
    away = segue.mix([ids[40]], unlike=[ids[80], ids[85]], n=60, lens="attributes")
    place = {row.track.id: row.rank for row in plain}
    moved = {row.track.id: row.rank for row in away}
    assert not {ids[40], ids[80], ids[85]} & moved.keys()
    near = [one for one in (ids[79], ids[81], ids[84], ids[86]) if one in place]
    assert near
    assert all(moved.get(one, 61) >= place[one] for one in near)


def test_everything_goes_together(segue: Segue, ids: dict[int, TrackId]) -> None:
    answer = segue.mix(
        [ids[12]],
        unlike=[ids[88]],
        playlist="Evenings",
        listener="ada",
        words="like Loud Alley, not jazz, 1960s to 1990s",
        n=5,
    )
    seeds = set(answer.seeds)
    assert {ids[12], *(ids[row] for row in range(6))} <= seeds
    assert ids[60] in seeds
    assert all("jazz" not in row.track.genres for row in answer)
    assert all(row.track.year <= 1999 for row in answer)
    assert not {ids[12], ids[88]} & {row.track.id for row in answer}


def test_continuing_is_a_mix_of_tracks(segue: Segue, ids: dict[int, TrackId]) -> None:
    continued = segue.continued([ids[3], ids[33]], n=6)
    mixed = segue.mix([ids[3], ids[33]], n=6)
    assert replace(continued, seconds=0.0) == replace(mixed, seconds=0.0)


def test_conditions_alone_are_spoken_for_by_the_best_known(segue: Segue) -> None:
    answer = segue.mix(words="metal", n=5)
    assert all("metal" in row.track.genres for row in answer)
    assert "20 best known of what fits speak for it" in answer.notes[0]


def test_words_are_widened_where_too_few_tracks_are_left_and_that_is_said(segue: Segue) -> None:
    # All numbers grow together: nothing is both calm and fast.
    answer = segue.mix(words="calm, fast, folk", n=5)
    assert len(answer) == 5
    assert answer.notes[0].startswith("0 tracks are all of that, so ")
    assert all("folk" in row.track.genres for row in answer)
    firm = segue.mix(words="like Loud Alley, must be calm, 140-150 bpm", n=5)
    assert len(firm) == 0


def test_what_is_not_understood_is_said_beside_the_answer(segue: Segue) -> None:
    answer = segue.mix(words="calm, zyzzyva, acoustc", n=3)
    assert "“zyzzyva” is not understood" in answer.notes
    assert "“acoustc” is not understood; perhaps acoustic" in answer.notes


def test_what_was_understood_can_be_changed_and_sent_back(segue: Segue) -> None:
    said = document(segue.understood("calm jazz"))
    said["filters"]["genres"] = ["metal"]
    said["targets"][0] |= {"most": 0.8, "value": 0.75}
    answer = segue.mix(words=understood_from(said), n=4)
    assert all("metal" in row.track.genres for row in answer)
    assert all(energy <= 0.8 for energy in energies(answer))


def test_filters_that_are_given_count_before_words(segue: Segue) -> None:
    answer = segue.mix(words="jazz, calm", filters=Filters(genres=("folk",)), n=3)
    assert all("folk" in row.track.genres for row in answer)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "nothing is named that an answer could go by"),
        ({"words": "zyzzyva"}, "nothing of 'zyzzyva' is understood"),
        ({"words": "   "}, "nothing is named"),
        ({"words": "jazz, 1850s, before 1900"}, "no track fits all that is said"),
        ({"words": " ".join(["calm"] * 10_000)}, "the description has 10,000 words"),
    ],
)
def test_what_cannot_be_mixed_is_told_in_a_sentence(
    segue: Segue, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(BadRequestError, match=said):
        segue.mix(**asked)  # type: ignore[arg-type]


def test_a_seed_is_not_both_near_and_far(segue: Segue, ids: dict[int, TrackId]) -> None:
    with pytest.raises(BadRequestError, match="both to be near to and to stay away from"):
        segue.mix([ids[1], ids[2]], unlike=[ids[2]])


def test_what_is_unlike_counts_before_a_playlist_that_holds_it(
    segue: Segue, ids: dict[int, TrackId]
) -> None:
    answer = segue.mix(playlist="Evenings", unlike=[ids[2]], n=3)
    assert set(answer.seeds) == {ids[row] for row in (0, 1, 3, 4, 5)}
    assert ids[2] not in {row.track.id for row in answer}


def test_only_what_to_stay_away_from_is_not_enough(segue: Segue, ids: dict[int, TrackId]) -> None:
    with pytest.raises(BadRequestError, match="only what to stay away from is named"):
        segue.mix(unlike=[ids[2]])


def test_names_that_are_sent_back_must_exist(segue: Segue) -> None:
    said = segue.understood("calm")
    gone = replace(said, like=(Named(ARTIST, "Calm Harbor"),))
    with pytest.raises(NotFoundError, match=r"no artist 'Calm Harbor'\. Closest: Calm Harbour"):
        segue.mix(words=gone)
    with pytest.raises(NotFoundError, match="no track 'gone'"):
        segue.mix(words=replace(said, like=(Named("track", "", id="gone"),)))


def test_options_join_words(segue: Segue) -> None:
    from segue.library.wishes import Wish

    wish = Wish(
        {"energy": 0.9, "key": 3}, genres=("jazz",), artists=("Loud Alley",), tags=("rain",)
    )
    joined = segue.joined(segue.understood("calm, slow"), wish)
    assert joined.like == (Named(ARTIST, "Loud Alley"),)
    assert joined.filters.genres == ("jazz",)
    assert joined.filters.key == 3
    assert joined.tags == ("rain",)
    numbers = {target.number: target for target in joined.targets}
    assert numbers["energy"] == Target("energy", 0.9)
    assert numbers["tempo"].most is not None
    # Artists are named, so the lens is left to them.
    assert joined.lens is None
    means = {phrase.text: phrase.means for phrase in joined.phrases}
    assert "in place of what the words say of the energy" in means["energy 0.9"]
    assert means["jazz"] == "only of the genre jazz"


def test_numbers_beside_words_are_weighed_like_them(segue: Segue) -> None:
    from segue.library.wishes import Wish

    said = segue.understood("slow")
    both = segue.joined(said, Wish({"energy": 0.9}))
    assert set(both.lens or ()) == {"tempo", "energy"}
    found = segue.wish(both, n=5)
    assert set(found.weights) == {"tempo", "energy"}
    assert set(segue.joined(said, Wish({}, emotion="joy")).lens or ()) == {"tempo", "text"}
    own = replace(said, lens={"attributes": 1.0})
    assert segue.joined(own, Wish({"energy": 0.9})).lens == {"attributes": 1.0}


def test_what_is_given_counts_before_words_and_that_is_said(segue: Segue) -> None:
    answer = segue.mix(words="1960s, slow", n=5, filters=Filters(year_from=1990, tempo_from=120.0))
    assert all(row.track.year >= 1990 for row in answer)
    assert {
        "The year that is given counts, not what the words say of it",
        "The tempo that is given counts, not what the words say of it",
    } <= set(answer.notes)
    assert all(row.track.attributes.tempo >= 60 for row in answer)


def test_conditions_alone_are_a_wish_too(segue: Segue) -> None:
    from segue.library.wishes import Wish

    answer = segue.wish(Wish({}), filters=Filters(year_from=1990), n=5)
    assert len(answer) == 5
    with pytest.raises(BadRequestError, match="nothing is wished for"):
        segue.wish(Wish({}))


def test_one_name_is_one_and_not_its_letters(segue: Segue, ids: dict[int, TrackId]) -> None:
    one, several = segue.mix(ids[12], n=5), segue.mix([ids[12]], n=5)
    assert [row.track.id for row in one] == [row.track.id for row in several]
    assert [step.track.id for step in segue.ordered(ids[12])] == [ids[12]]
    with pytest.raises(BadRequestError, match="genres are several, and 'rock' is one text"):
        Filters(genres="rock")  # type: ignore[arg-type]


def test_an_answer_says_why_it_took_its_lens(segue: Segue, ids: dict[int, TrackId]) -> None:
    alone = segue.similar(ids[12], n=2)
    assert alone.origin == "No lens is named; hybrid is taken because attributes of it are given"
    assert segue.similar(ids[12], n=2, lens="hybrid").origin == ""
    assert "no lens is named" in segue.mix([ids[12], ids[40]], n=2).origin
