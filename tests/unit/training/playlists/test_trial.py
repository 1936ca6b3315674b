"""Methods that continue playlists: what is asked, what each finds, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mixtapes
from segue.errors import BadRequestError, BadTableError
from segue.recommend.engine import Engine
from segue.snapshot import Playlists, Snapshot
from segue.spaces.titles import TitlesSpace
from segue.training.playlists.material import Material, gather, read, split
from segue.training.playlists.methods import OfLens, Popular, PopularByArtist, Ranked, best
from segue.training.playlists.preparing import learn, prepare
from segue.training.playlists.questions import questions
from segue.training.playlists.trial import run


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "slice.json"
    mixtapes.slice_of(path, mixtapes.mixtapes(120))
    gathered = gather(read([path]).playlists)
    parts = split([one.key for one in gathered.lists])
    return gathered.apart([*parts.train, *parts.validation], parts.test)


def test_seeds_and_hidden_are_the_playlist_parted(material):
    for scenario, count in (("half", 6), ("5", 5), ("1", 1), ("title", 0)):
        asked = questions(material, scenario)
        assert len(asked) == len(material.held)
        for question, one in zip(asked, material.held, strict=True):
            assert len(question.seeds) == count
            assert sorted((*question.seeds, *question.hidden)) == sorted(one.rows)
            assert bool(question.title) is (scenario == "title")
    alone = replace(material, held=material.held[3:4])
    assert list(questions(alone, "5")[0].seeds) == list(questions(material, "5")[3].seeds)
    assert list(questions(alone, "5", seed=1)[0].seeds) != list(questions(alone, "5")[0].seeds)


def test_short_playlists_are_not_asked_and_a_set_of_them_is_refused(material):
    short = replace(material, held=tuple(replace(o, rows=o.rows[:9]) for o in material.held))
    assert questions(short, "half") == []
    with pytest.raises(BadTableError, match="none of 24 playlists has 10 tracks"):
        run(short, {})


def test_strangers_are_seeds_by_description_and_hidden_all_the_same(material):
    rows = np.concatenate([material.held[0].rows, [len(material.corpus)]])
    record = gather(read_one()).records[0]
    with_one = Material(
        material.corpus,
        (replace(material.held[0], rows=rows),),
        strangers={len(material.corpus): record},
    )
    seen = {"seed": 0, "hidden": 0}
    for seed in range(12):
        (question,) = questions(with_one, "half", seed=seed)
        assert len(question.seeds) + len(question.strangers) == 6
        assert (question.seeds < len(material.corpus)).all()
        seen["seed"] += question.strangers == (record,)
        seen["hidden"] += len(material.corpus) in question.hidden
    assert seen["seed"] + seen["hidden"] == 12
    assert all(seen.values())


def read_one():
    from segue.records import OutsideId, PlaylistRecord, TrackRecord

    track = TrackRecord(title="New", artists=("slow 0",), outside_ids=(OutsideId("spotify", "n"),))
    return [PlaylistRecord("", OutsideId("mpd", "x"), (track,))]


def test_the_best_are_without_the_seeds_and_equal_ones_stand_by_row():
    scores = np.array([1, 3, 3, -np.inf, 5, 0], dtype=np.float32)
    assert best(scores, without=np.array([4]), k=3).tolist() == [1, 2, 0]


def test_popularity_by_artist_puts_the_seeds_artists_first(material):
    (question, *_) = questions(material, "1")
    corpus = material.corpus
    first = PopularByArtist(corpus)(question)[0]
    assert set(corpus.artist_keys[first]) & set(corpus.artist_keys[question.seeds[0]])
    popular = Popular(corpus)(question)
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    assert (np.diff(counts[popular]) <= 0).all()


def test_methods_are_tried_and_company_beats_popularity(material):
    corpus = learn(material.corpus, content=False)
    material = replace(material, corpus=corpus)
    prepared = prepare(corpus)
    trial = run(material, prepared.methods, scenarios=("half", "title"))
    found = trial.found["half"]
    for name in ("together", "factors", "plain", "balanced"):
        assert found[name].mean("r_precision") > found["popularity"].mean("r_precision") + 0.05
    assert set(trial.found["title"]) >= {"popularity", "titles", "balanced"}
    assert "together" not in trial.found["title"]
    title = trial.found["title"]
    assert title["titles"].mean("r_precision") > title["popularity"].mean("r_precision")
    again = run(material, prepare(corpus, ["plain"]).methods, scenarios=("half",))
    assert again.found["half"]["plain"].values == found["plain"].values


def test_what_cannot_be_tried_is_said(material):
    with pytest.raises(BadRequestError, match="no method 'magic'"):
        prepare(material.corpus, ["magic"])
    prepared = prepare(material.corpus, ["popularity", "factors"])
    assert set(prepared.methods) == {"popularity"}
    assert "factors is left out" in prepared.notes[0]


def test_without_a_single_playlist_methods_have_nothing_to_say(material):
    corpus = replace(material.corpus, playlists=Playlists.none())
    (question, *_) = questions(material, "half")
    assert len(Popular(corpus)(question)) == 0
    assert len(PopularByArtist(corpus)(question)) == 0


def test_who_stands_nowhere_is_answered_with_nothing_and_a_wrong_lens_is_told(material):
    corpus = material.corpus
    ranked = Ranked(Engine(Snapshot(corpus, {"titles": TitlesSpace.build(corpus)})), "titles")
    (first, *_) = questions(material, "title")
    assert len(OfLens(ranked)(first)) > 0
    assert len(OfLens(ranked)(replace(first, title="🦑"))) == 0
    with pytest.raises(BadRequestError, match="there is no lens 'title'"):
        OfLens(Ranked(ranked.engine, "title"))(first)
