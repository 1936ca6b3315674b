"""The search of parameters, and tracks that are hidden entirely."""

from __future__ import annotations

import numpy as np
import pytest

import mixtapes
from segue.errors import BadRequestError
from segue.spaces.artist import ArtistSpace
from segue.spaces.memberships import Weighting
from segue.training.playlists import cold
from segue.training.playlists.material import gather, read, split
from segue.training.playlists.tuning import CHOICES, tune


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "slice.json"
    mixtapes.slice_of(path, mixtapes.mixtapes(80))
    gathered = gather(read([path]).playlists)
    parts = split([one.key for one in gathered.lists])
    return gathered.apart(parts.train, parts.validation)


def test_a_search_begins_with_what_is_ordinary_and_keeps_the_best(material):
    told = []
    found = tune(material, "together", tries=5, on_progress=lambda *said: told.append(said[:2]))
    assert len(found.tries) == 5
    first = found.tries[0]
    assert first.parameters == {name: getattr(Weighting(), name) for name in CHOICES["together"]}
    assert found.best.score == max(each.score for each in found.tries)
    assert found.best.score == pytest.approx(np.mean(list(found.best.scores.values())))
    assert isinstance(found.parameters, Weighting)
    assert len({tuple(each.parameters.values()) for each in found.tries}) == 5
    assert told == [(number, 5) for number in range(1, 6)]
    again = tune(material, "together", tries=5)
    assert [each.parameters for each in again.tries] == [each.parameters for each in found.tries]
    assert [each.score for each in again.tries] == [each.score for each in found.tries]


def test_a_search_changes_what_it_is_given_and_keeps_what_it_does_not_search(material):
    base = Weighting(seed=0.55, strongest=30)
    found = tune(material, "together", base=base, tries=3)
    assert found.tries[0].parameters["seed"] == 0.55
    assert found.parameters.strongest == 30


def test_a_search_ends_with_its_time_and_knows_its_spaces(material):
    assert len(tune(material, "together", tries=50, seconds=0).tries) == 1
    with pytest.raises(BadRequestError, match="'text' has no parameters to choose"):
        tune(material, "text")


def test_hidden_tracks_stand_in_no_playlist_and_are_found_by_their_artists(material):
    hidden = cold.hide(material, share=0.3)
    rows = np.flatnonzero(hidden.hidden)
    assert 0 < len(rows) < len(material.corpus)
    assert not np.isin(hidden.corpus.playlists.rows, rows).any()
    left = len(material.corpus.playlists.rows) - int(hidden.counts[rows].sum())
    assert len(hidden.corpus.playlists.rows) == left
    assert len(hidden.corpus.playlists) == len(material.corpus.playlists)
    for question in hidden.questions:
        assert hidden.hidden[question.hidden].all()
        assert not hidden.hidden[question.seeds].any()
    corpus = hidden.corpus
    found = cold.find(hidden, corpus, {"artist": ArtistSpace.build(corpus)}, ["artist"])
    among = found[cold.HIDDEN]
    assert among["artist"].mean("r_precision") > among["popularity"].mean("r_precision")
    everything = found[cold.ALL]
    assert everything["popularity"].mean("r_precision") == 0
    assert everything["popularity before hiding"].mean("r_precision") > 0
    assert cold.chance(hidden) == {cold.ALL: 1.0, cold.HIDDEN: 1.0}
