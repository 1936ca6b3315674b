"""Playlists, titles, histories and wishes over an open catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import history, playlists, tracks
from segue.catalogue.listening import Tally
from segue.errors import BadRequestError, NotFoundError
from segue.library import Segue, taste
from segue.library.taste import OF_ARTIST, played
from segue.library.wishes import Wish
from segue.recommend.engine import Engine
from segue.records import Dials, OutsideId, Play, PlaylistRecord, TrackRecord
from segue.settings import Settings
from segue.snapshot import Snapshot
from segue.types import TrackId
from worlds import make_corpus, planted_records

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = 86_400.0
TITLES = ("Road Trip", "Sleep", "夏の夜", "road trip!", "")


def records() -> list[TrackRecord]:
    """Sixty tracks of a planted world, each with an id of its own."""
    return [
        replace(record, title=f"{record.title} {i}", outside_ids=(OutsideId("test", f"row-{i}"),))
        for i, record in enumerate(planted_records(60))
    ]


def lists(made: list[TrackRecord]) -> list[PlaylistRecord]:
    """Fifteen playlists of eight neighbours each."""
    return [
        PlaylistRecord(
            title=TITLES[i % 5],
            outside_id=OutsideId("test", f"list-{i}"),
            entries=tuple(made[3 * i : 3 * i + 8]),
        )
        for i in range(15)
    ]


@pytest.fixture(scope="module")
def segue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """A catalogue with playlists and the histories of two listeners."""
    path = tmp_path_factory.mktemp("heard") / "segue.db"
    with Segue.open(path, settings=Settings(_env_file=None)) as opened:
        made = records()
        tracks.add(opened.database, made)
        playlists.add(opened.database, lists(made))
        plays = [Play("ada", made[i], times=1, at=1e9 + i * DAY) for i in range(6)]
        plays.append(Play("bob", TrackRecord(artists=made[0].artists), times=9))
        history.add(opened.database, plays)
        yield opened


def ids(segue: Segue, *numbers: int) -> list[TrackId]:
    found = {t.outside_ids[0].value: t.id for t in tracks.page(segue.database, limit=100)}
    return [found[f"row-{number}"] for number in numbers]


def test_several_tracks_are_continued(segue: Segue) -> None:
    given = ids(segue, 3, 4, 5)
    answer = segue.continued(given, n=8)
    assert answer.lens == "balanced"
    assert len(answer) == 8
    assert list(answer.seeds) == given
    assert answer.origin
    assert not {row.track.id for row in answer} & set(given)
    # What stands beside them in playlists comes first.
    assert answer[0].track.id in ids(segue, *range(11))


def test_one_that_is_named_twice_counts_once_and_this_is_said(segue: Segue) -> None:
    one, two = ids(segue, 3, 4)
    answer = segue.continued([one, two, one], n=5)
    assert answer.notes == ("1 of the 3 is named before and counts once",)
    assert answer.recommendations == segue.continued([one, two], n=5).recommendations


def test_what_is_unknown_is_named_with_a_remedy(segue: Segue) -> None:
    (one,) = ids(segue, 3)
    with pytest.raises(NotFoundError, match=r"of the 2 tracks 'nowhere' is unknown"):
        segue.continued([one, "nowhere"])
    with pytest.raises(NotFoundError, match=r"'a0', 'a1', 'a2' and more are unknown"):
        segue.continued([one, *(f"a{i}" for i in range(9))])
    with pytest.raises(NotFoundError, match=r"no track, file or id is called 'nowhere'"):
        segue.continued(["nowhere"])
    with pytest.raises(NotFoundError, match="no playlist has the id or the title 'Nothing'"):
        segue.continued(playlist="Nothing")
    with pytest.raises(NotFoundError, match="there is no listener 'carl'"):
        segue.continued([one], listener="carl")
    with pytest.raises(BadRequestError, match="nothing is named that an answer could go by"):
        segue.continued(title="  ")
    with pytest.raises(BadRequestError, match="10,001 tracks are named"):
        segue.continued([one] * 10_001)


@pytest.mark.parametrize("title", ["ROADTRIP", "夏の夜"])
def test_a_title_alone_is_enough_in_any_script(segue: Segue, title: str) -> None:
    answer = segue.continued(title=title, n=5)
    assert len(answer) == 5
    assert answer.seed.title == f"“{title}”"


def test_a_title_that_says_nothing_is_told_so(segue: Segue) -> None:
    with pytest.raises(BadRequestError, match="No playlist is called like that"):
        segue.continued(title="🦑🦑")


def test_a_playlist_of_the_catalogue_is_continued_by_id_or_title(segue: Segue) -> None:
    answer = segue.continued(playlist="list-1", n=5)
    assert set(answer.seeds) == set(ids(segue, *range(3, 11)))
    assert answer.seed.title == "“Sleep”"
    with pytest.raises(BadRequestError, match="playlists are called 'road trip'") as raised:
        segue.continued(playlist="road trip")
    assert "list-0" in raised.value.remedy


def test_a_playlist_may_hold_more_than_may_be_named(
    segue: Segue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.library.mixing.MOST", 5)
    assert len(segue.continued(playlist="list-1", n=5).seeds) == 8
    with pytest.raises(BadRequestError, match="6 tracks are named"):
        segue.continued(ids(segue, *range(6)), playlist="list-1")


def test_a_history_is_continued_without_what_was_played(segue: Segue) -> None:
    answer = segue.continued(listener="ada", n=10)
    assert set(answer.seeds) == set(ids(segue, *range(6)))
    assert not {row.track.id for row in answer} & set(answer.seeds)
    by_artist = segue.continued(listener="bob", n=10, dials=Dials(per_artist=5))
    assert len(by_artist) == 10


def test_a_dislike_acts_at_once_and_can_be_taken_back(segue: Segue) -> None:
    (one,) = ids(segue, 20)
    before = segue.similar(segue.shifted(one, listener="ada"), n=5)
    bad = before[0].track.id
    segue.dislike(bad, listener="ada")
    after = segue.similar(segue.shifted(one, listener="ada"), n=59, dials=Dials(per_artist=50))
    assert bad not in {row.track.id for row in after}
    assert bad not in {row.track.id for row in segue.continued(listener="ada", n=50)}
    # Nobody else's answers change.
    others = segue.similar(segue.shifted(one, listener="bob"), n=59, dials=Dials(per_artist=50))
    assert bad in {row.track.id for row in others}
    assert segue.undo(bad, listener="ada")
    again = segue.similar(segue.shifted(one, listener="ada"), n=5)
    assert again.recommendations == before.recommendations


@pytest.mark.parametrize("lens", [None, "balanced", "artist", "attributes=1,text=1"])
def test_an_opinion_shifts_scores_and_leaves_the_lens_as_it_is(
    segue: Segue, lens: str | None
) -> None:
    one, other = ids(segue, 20, 55)
    alone = segue.similar(one, lens=lens, n=59, dials=Dials(per_artist=59))
    shifts = []
    for opinion in (segue.like, segue.dislike):
        opinion(other, listener="flo")
        shifted = segue.similar(
            segue.shifted(one, listener="flo"), lens=lens, n=59, dials=Dials(per_artist=59)
        )
        assert (shifted.lens, shifted.weights) == (alone.lens, alone.weights)
        assert shifted.origin == alone.origin
        before = {row.track.id: row.score for row in alone}
        shifts.append(max(abs(row.score - before[row.track.id]) for row in shifted))
    assert min(shifts) > 0
    segue.undo(other, listener="flo")
    undone = segue.similar(
        segue.shifted(one, listener="flo"), lens=lens, n=59, dials=Dials(per_artist=59)
    )
    assert undone.recommendations == alone.recommendations


def test_dislikes_alone_are_nothing_to_continue(segue: Segue) -> None:
    (bad,) = ids(segue, 7)
    segue.dislike(bad, listener="gus")
    with pytest.raises(
        BadRequestError, match="all that is known of 'gus' is what to stay away from"
    ) as raised:
        segue.continued(listener="gus")
    assert "Like a track" in raised.value.remedy


def test_a_like_draws_near(segue: Segue) -> None:
    one, liked = ids(segue, 20, 50)
    segue.like(liked, listener="dora")
    shifted = segue.shifted(one, listener="dora")
    assert [member.offered for member in shifted.members] == [False, True]
    assert segue.continued(listener="dora").seeds == (liked,)
    segue.skip(liked, listener="dora")
    assert [m.weight < 0 for m in segue.shifted(one, listener="dora").members] == [False, True]
    segue.undo(liked, listener="dora")
    assert segue.shifted(one, listener="dora").members == ()
    with pytest.raises(BadRequestError, match="'dora' has played and liked nothing"):
        segue.continued(listener="dora")


def test_plays_fade_and_grow_with_their_root() -> None:
    corpus = make_corpus(planted_records(40))
    engine = Engine(Snapshot(corpus, {}))
    one, two, three = corpus.ids[:3]
    heard = [
        Tally(one, None, 1, 1.0),
        Tally(two, None, 16, 8.0),
        Tally(three, None, 4, 4.0),
        Tally(TrackId("gone"), None, 99, 99.0),
    ]
    assert played(heard, engine) == pytest.approx({two: 1.0, three: 1.0, one: 0.5})
    key = corpus.artist_keys[0][0]
    own = [row for row in range(40) if key in corpus.artist_keys[row]][:OF_ARTIST]
    shared = played([Tally(None, key, 9, 9.0)], engine)
    assert shared == {corpus.ids[row]: 1.0 for row in own}


def test_what_was_played_too_long_ago_to_count_is_not_offered_as_new(
    segue: Segue, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, newest, skipped, *others = ids(segue, 30, 31, 32, 33, 34)
    made = records()
    plays = [Play("eve", made[30], times=3, at=0.0)]
    plays += [Play("eve", made[number], times=1, at=4e9) for number in (31, 32, 33, 34)]
    history.add(segue.database, plays)
    segue.skip(skipped, listener="eve")
    monkeypatch.setattr(taste, "MOST", 1)
    answer = segue.continued(listener="eve", n=60, dials=Dials(per_artist=60))
    assert answer.seeds == (newest,)
    assert len(answer) == 55
    assert not {row.track.id for row in answer} & {old, newest, skipped, *others}


def test_a_wish_is_answered_by_what_is_said(segue: Segue) -> None:
    answer = segue.wish(Wish({"energy": 0.95}), n=10, lens="attributes")
    energies = [row.track.attributes.energy for row in answer if row.track.attributes]
    everyone = [t.attributes.energy for t in tracks.page(segue.database, limit=100)]
    assert sum(energies) / len(energies) > sum(everyone) / len(everyone) + 0.15
    genre = tracks.page(segue.database, limit=1)[0].genres[0]
    by_genre = segue.wish(Wish({}, genres=(genre,)), n=3)
    assert by_genre.lens == "text"
    assert all(genre in row.track.genres for row in by_genre)
    both = segue.wish(Wish({"energy": 0.2, "mode": 0}, genres=("rock",)), n=3)
    assert both.seed.title == "A wish: energy 0.2, minor, rock"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish({}), "nothing is wished for"),
        (Wish({}, genres=(" ",)), "nothing is wished for"),
        (Wish({"energy": 8.0}), r"energy is 8\. Give a number from 0 to 1"),
        (Wish({"energy": float("nan")}), "energy is nan"),
        (Wish({"tempo": 0.0}), r"Give a number from 20 to 400"),
        (Wish({"loud": 1.0}), "there is no attribute 'loud'"),
        (Wish({}, artists=("Nobody At All",)), "Wish for an attribute, or for a genre"),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_so(segue: Segue, wish: Wish, said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        segue.wish(wish)


def test_an_engine_without_playlists_continues_too() -> None:
    from segue.recommend.seeds import Member, Seed
    from segue.records import Track
    from segue.spaces.registry import build_all

    corpus = make_corpus(planted_records(60))
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    members = tuple(Member(engine.seed_of(each)) for each in corpus.ids[:4])
    answer = engine.similar(Seed(Track(TrackId(""), "some", ()), members=members))
    assert answer.weights
    assert not {"together", "titles"} & answer.weights.keys()
    assert len(answer) == 10
