"""A catalogue learns the lens balanced on itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.names import fold
from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed
from segue.records import Track
from segue.snapshot import Corpus, Playlists, Snapshot
from segue.spaces.registry import build_all
from segue.training.lenses.evidence import put
from segue.training.lenses.learn import SOUND, fit
from segue.training.lenses.questions import held_out, of_playlists, of_sound
from segue.training.playlists.factors import FactorsParameters
from segue.training.playlists.factors import fit as fit_factors
from segue.types import TrackId
from worlds import make_corpus, planted_records, planted_windows

TRACKS = 160


def listed_corpus(*, playlists: int = 400, seed: int = 11) -> Corpus:
    """Playlists follow one of eight tastes that nothing else of a track tells."""
    rng = np.random.default_rng(seed)
    tastes = np.array_split(rng.permutation(TRACKS), 8)
    lists = [
        (f"List {number}", rng.choice(tastes[number % 8], 12, replace=False).tolist())
        for number in range(playlists)
    ]
    heard = planted_windows(TRACKS, seed=seed, width=8)
    return make_corpus(
        [replace(record, attributes=None) for record in planted_records(TRACKS)],
        playlists=lists,
        vectors={
            "sound": dict(enumerate(heard)),
            "descriptors": {row: heard[row].mean(axis=0) for row in range(TRACKS)},
        },
    )


CORPUS = listed_corpus()


def test_playlists_held_out_are_learned_from_no_more() -> None:
    material = held_out(CORPUS)
    assert 40 <= len(material.held) <= 50
    assert len(material.corpus.playlists) == 350
    left = {
        tuple(sorted(material.corpus.playlists.rows[a:b].tolist()))
        for a, b in zip(
            material.corpus.playlists.starts, material.corpus.playlists.starts[1:], strict=False
        )
    }
    assert not left & {tuple(sorted(one.rows.tolist())) for one in material.held}
    again = held_out(CORPUS)
    assert [one.key for one in again.held] == [one.key for one in material.held]


def test_seeds_are_asked_and_the_rest_is_hidden() -> None:
    material = held_out(CORPUS)
    for scenario, count in (("half", 6), ("5", 5), ("1", 1)):
        asked = of_playlists(material, scenario)
        assert len(asked) == len(material.held)
        for one in asked:
            seeds = {member.seed.row for member in one.seed.members}
            assert len(seeds) == count
            assert not seeds & set(one.answers.tolist())
            assert one.hidden == 12 - count
    titled = of_playlists(material, "1", titled=True)
    assert all(one.seed.description.title.startswith("List ") for one in titled)


def test_of_sound_asks_for_artists_and_for_genres_without_them() -> None:
    rows = np.arange(TRACKS)
    asked = of_sound(CORPUS, rows)
    assert asked
    for one in asked:
        keys = set(CORPUS.artist_keys[one.seed.row])
        by = [bool(keys & set(CORPUS.artist_keys[row])) for row in one.answers.tolist()]
        if one.genre:
            assert not any(by)
            genres = [{fold(name) for name in CORPUS.genres[row]} for row in one.answers.tolist()]
            assert all(one.genre in names for names in genres)
            assert not any(keys & set(CORPUS.artist_keys[r]) for r in np.flatnonzero(one.allowed))
        else:
            assert all(by)
            assert one.seed.row not in one.answers
    known = CORPUS.artist_keys[int(asked[0].seed.row)][0]
    assert known not in {one.group for one in of_sound(CORPUS, rows, without={known})}


def test_a_pattern_hears_no_other_space() -> None:
    rng = np.random.default_rng(1)
    records = [
        record if rng.random() < 0.5 else replace(record, attributes=None)
        for record in planted_records(TRACKS)
    ]
    lists = list(zip(CORPUS.playlists.titles, np.split(CORPUS.playlists.rows, 400), strict=True))
    corpus = make_corpus(records, playlists=[(title, rows.tolist()) for title, rows in lists])
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    asked = of_playlists(held_out(corpus), "5")[:6]
    pattern = ("attributes", "artist")
    among_all = put(engine, asked, ("together", "titles", *pattern)).among(pattern)
    alone = put(engine, asked, pattern).among(pattern)
    assert among_all.names == alone.names == pattern
    assert len(among_all) == len(alone) == 6
    for everything, few in zip(among_all.scores, alone.scores, strict=True):
        said = {tuple(row) for row in everything.round(4).tolist()}
        assert {tuple(row) for row in few.round(4).tolist()} <= said


@pytest.fixture(scope="module")
def learned() -> Corpus:
    parameters = FactorsParameters(factors=8, iterations=4)
    corpus = fit_factors(CORPUS, parameters).into(CORPUS)
    return fit(corpus, heard=()).into(corpus)


def test_what_playlists_follow_weighs_most_and_answers_say_where_weights_come_from(
    learned: Corpus,
) -> None:
    patterns = learned.trained["balanced"].state["patterns"]
    # Half of twelve tracks are six seeds: nothing asks by ten, so what few teach is for many too.
    assert {tuple(one["members"]) for one in patterns} == {(1, 1), (2, None), (0, None)}
    several = next(one for one in patterns if not one["titled"] and one["members"] == [2, None])
    people = sum(several["weights"].get(name, 0) for name in ("together", "factors", "titles"))
    assert people > 0.5
    assert next(iter(several["weights"])) in {"together", "factors", "titles"}
    assert several["origin"]["above"]["text"][1] > 0
    ears = [one for one in patterns if one["members"] == [0, None]]
    assert len(ears) == 1
    assert set(ears[0]["weights"]) <= set(SOUND)
    engine = Engine(Snapshot(learned, build_all(learned)))
    members = tuple(Member(engine.seed_of(learned.ids[row])) for row in (3, 4, 5))
    answer = engine.similar(Seed(Track(TrackId(""), "three", ()), members=members), n=5)
    assert answer.lens == "balanced"
    assert answer.weights == pytest.approx(several["weights"], abs=0.01)
    assert "playlists held out" in answer.origin
    assert engine.similar(engine.seed_of(learned.ids[3]), n=5).lens == "balanced"


def test_music_alone_learns_from_artists_and_genres() -> None:
    alone = replace(CORPUS, playlists=Playlists.none())
    patterns = fit(alone).state["patterns"]
    assert [set(one["weights"]) <= set(SOUND) for one in patterns] == [True]
    assert "artists and genres held out" in patterns[0]["origin"]["sentence"]


def test_a_catalogue_that_knows_too_little_says_what_would_help() -> None:
    with pytest.raises(
        UnavailableError, match="0 playlists of 10 tracks or more are too few"
    ) as one:
        fit(make_corpus(planted_records(30)))
    assert "Import at least 320" in str(one.value)


def test_what_another_playlist_says_too_is_not_asked() -> None:
    lists = CORPUS.playlists
    twice = Playlists(
        (*lists.titles, *(f"{title} again" for title in lists.titles)),
        np.concatenate([lists.starts, lists.starts[1:] + lists.starts[-1]]),
        np.concatenate([lists.rows, lists.rows]),
    )
    with pytest.raises(UnavailableError, match="Import at least 320 that differ"):
        held_out(replace(CORPUS, playlists=twice))
