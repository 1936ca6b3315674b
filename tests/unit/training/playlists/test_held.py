"""Playlists of a catalogue held out: nothing of them is left in what is learned from."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Trained
from segue.spaces.registry import build_all
from segue.training.playlists import held, material
from segue.training.playlists.anybody import AtRandom, OfRule, SameGenre
from segue.training.playlists.questions import Question, questions
from worlds import make_corpus, planted_records, planted_vectors

COUNT = 300
LISTS = 150


@pytest.fixture(scope="module")
def corpus():
    """300 tracks, the last ones in one playlist each; learned vectors, and words of its own."""
    rng = np.random.default_rng(8)
    lists = [
        (f"list {number}", [*rng.permutation(140)[:12].tolist(), 140 + number])
        for number in range(LISTS)
    ]
    return make_corpus(
        planted_records(COUNT),
        vectors={
            "factors": planted_vectors(range(COUNT), seed=2, width=6),
            "descriptors": {row: rng.normal(size=565) for row in range(0, COUNT, 3)},
        },
        playlists=lists,
        trained={
            "factors": Trained("test", {"parameters": {"factors": 8, "iterations": 2}}, {}),
            "together": Trained("test", {"seed": 0.9, "track": 0.4, "length": 0.2}, {}),
            "balanced": Trained("test", {}, {}),
        },
    )


@pytest.fixture(scope="module")
def keys():
    return [f"test:{number}" for number in range(LISTS)]


@pytest.fixture(scope="module")
def found(corpus, keys):
    return held.hold_out(corpus, keys)


def test_the_split_is_that_of_the_ids(found, keys):
    test = {keys[number] for number in material.split(keys).test}
    assert {one.key for one in found.held} == test
    assert len(found.corpus.playlists) == LISTS - len(test)


def test_tracks_that_only_held_out_playlists_hold_are_strangers(corpus, found, keys):
    """Each playlist has a track of its own, which must not be there once it is held out."""
    test = set(material.split(keys).test)
    own = {corpus.ids[140 + number] for number in test}
    assert own.isdisjoint(found.corpus.ids)
    assert len(found.strangers) == len(test)
    for one in found.held:
        assert (one.rows >= len(found.corpus)).sum() == 1
        ids = {found.corpus.ids[row] for row in one.rows if row < len(found.corpus)}
        number = keys.index(one.key)
        rows = corpus.playlists.rows[slice(*corpus.playlists.starts[number : number + 2])]
        assert ids == {corpus.ids[row] for row in rows.tolist()} - own


def test_nothing_learned_from_playlists_is_left(found):
    assert "factors" not in found.corpus.placed
    assert found.corpus.trained == {}
    kept = found.corpus.placed["descriptors"]
    assert len(kept.rows) > 0
    assert (np.diff(kept.rows) > 0).all()


def test_every_column_is_narrowed(corpus, found):
    for name in ("titles", "artist_keys", "year", "attributes", "origins", "playable"):
        assert len(getattr(found.corpus, name)) == len(found.corpus)
    row = corpus.row_of[found.corpus.ids[5]]
    assert found.corpus.titles[5] == corpus.titles[row]
    assert np.array_equal(found.corpus.attributes[5], corpus.attributes[row], equal_nan=True)


def test_it_learns_by_the_parameters_of_the_catalogue(corpus, found):
    learned, notes = held.learned_alike(found.corpus, corpus)
    assert learned.trained["factors"].state["parameters"]["factors"] == 8
    assert learned.trained["together"].state["seed"] == 0.9
    assert notes == []


def test_the_most_that_are_asked_can_be_limited(corpus, keys):
    assert len(held.hold_out(corpus, keys, most=7).held) == 7


def test_too_few_playlists_are_refused(corpus, keys):
    few = make_corpus(planted_records(60), playlists=[("a", range(12))] * 30)
    with pytest.raises(UnavailableError, match="too few to ask about"):
        held.hold_out(few, keys[:30])


def test_nearly_equal_playlists_are_left_out(keys):
    rng = np.random.default_rng(1)
    lists = [("x", rng.permutation(80)[:12].tolist()) for _ in range(LISTS)]
    first = material.split(keys).test[0]
    other = material.split(keys).train[0]
    lists[first] = lists[other]
    there = held.hold_out(make_corpus(planted_records(80), playlists=lists), keys)
    assert keys[first] not in {one.key for one in there.held}
    assert "nearly the same" in there.notes[1]


def question(rows):
    return Question("test:1", np.array(rows), np.empty(0, dtype=np.int64))


def test_chance_is_the_same_for_the_same_playlist(corpus):
    ask = AtRandom(corpus)
    first, again = ask(question([3, 4])), ask(question([3, 4]))
    assert np.array_equal(first, again)
    assert not {3, 4} & set(first.tolist())
    other = Question("test:2", np.array([3, 4]), np.empty(0, dtype=np.int64))
    assert not np.array_equal(ask(other), first)


def test_the_same_genre_comes_first_the_most_listed_before_others(corpus):
    ask = SameGenre(corpus)
    seed = 0
    found = ask(question([seed]))
    genre = corpus.genres[seed]
    assert {corpus.genres[row] for row in found.tolist()} == {genre}
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    assert (np.diff(counts[found]) <= 0).all()
    unknown = make_corpus([TrackRecord(title="a"), TrackRecord(title="b")])
    assert len(SameGenre(unknown)(question([0]))) == 0


def test_a_rule_continues_with_what_is_nearest(corpus):
    from segue.evaluation.overview.restated import Restated

    rule = Restated(corpus, build_all(corpus))
    found = OfRule(rule)(question([0, 1]))
    scores = rule.score(np.array([0, 1]))
    assert scores[found[0]] == np.delete(scores, [0, 1]).max()
    assert len(OfRule(rule)(question([]))) == 0


def test_questions_of_a_catalogue_are_those_of_its_files(found):
    asked = questions(found, "half")
    assert len(asked) == len(found.held)
    for one in asked:
        assert not set(one.seeds.tolist()) & set(one.hidden.tolist())
