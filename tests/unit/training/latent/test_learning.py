"""An autoencoder learns what belongs together, does without what is hidden, and can be repeated."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from segue.errors import BadFileError, UnavailableError
from segue.latent.encoder import Encoder
from segue.latent.facts import Facts
from segue.latent.manifest import GRAPH
from segue.models.folder import FILE
from segue.records import Attributes, TrackRecord
from segue.snapshot import Corpus, Description
from segue.spaces.latent import LatentSpace
from segue.training.latent.fitting import CURVES, Latent, fit
from segue.training.latent.learn import teach
from segue.training.latent.material import Material, merged, split
from segue.training.latent.targets import hidden

from .conftest import QUICK


def test_the_loss_falls_where_nobody_has_learned(learned: Latent) -> None:
    history = learned.exported.manifest.history
    assert history[0]["validation"] > 1.2 * min(each["validation"] for each in history)
    best = learned.exported.manifest.metrics["best"]
    assert history[best - 1]["validation"] == min(each["validation"] for each in history)


def test_the_graph_is_the_network(learned: Latent) -> None:
    assert learned.exported.manifest.parity["largest"] <= 1e-5


def test_artists_are_learned_from_or_kept_aside(learned: Latent) -> None:
    material = learned.material
    artists = [
        {material.facts.artists[row][0] for row in rows.tolist() if material.facts.artists[row]}
        for rows in (material.training, material.validation)
    ]
    assert artists[0]
    assert artists[1]
    assert not artists[0] & artists[1]


def test_neighbours_share_the_genre(corpus: Corpus, learned: Latent) -> None:
    space = LatentSpace.build(learned.exported.fitted(corpus).into(corpus))
    rows = [row for row in np.flatnonzero(space.placed).tolist() if corpus.genres[row]]
    right = []
    for row in rows[::5]:
        scores = space.score_exactly(space.point(row), rows=np.array(rows))
        scores[[set(corpus.artists[row]) == set(corpus.artists[each]) for each in rows]] = -2
        nearest = [rows[place] for place in np.argsort(-scores)[:5]]
        right += [corpus.genres[each] == corpus.genres[row] for each in nearest]
    assert np.mean(right) > 0.7


def test_tracks_that_say_nothing_have_no_code(corpus: Corpus, learned: Latent) -> None:
    space = LatentSpace.build(learned.exported.fitted(corpus).into(corpus))
    assert not space.placed[1]
    assert space.placed[2]


def test_what_has_come_since_is_encoded_when_the_space_is_built(
    corpus: Corpus, learned: Latent
) -> None:
    whole = learned.exported.fitted(corpus)
    older = type(whole)(
        whole.name, whole.version, whole.rows[:50], whole.vectors[:50], whole.state, whole.arrays
    )
    space, expected = (LatentSpace.build(each.into(corpus)) for each in (older, whole))
    np.testing.assert_array_equal(space.placed, expected.placed)
    row = int(whole.rows[-1])
    np.testing.assert_allclose(space.point(row).unit, expected.point(row).unit, atol=1e-6)


@pytest.mark.parametrize(
    "said",
    [
        {"genres": ("Ambient",)},
        {"labels": (("emotion", "joy"),)},
        {"attributes": Attributes(energy=0.9)},
        {"artists": ("Artist 3",), "genres": ("nothing of the kind",)},
    ],
)
def test_any_part_of_a_wish_is_encoded(corpus: Corpus, learned: Latent, said: dict) -> None:
    space = LatentSpace.build(learned.exported.fitted(corpus).into(corpus))
    point = space.place(Description(record=TrackRecord(**said), vectors={}))
    assert point is not None
    assert point.code.shape == (20,)
    given = Description(record=TrackRecord(), vectors={"latent": point.code})
    np.testing.assert_array_equal(space.place(given).unit, point.unit)


def test_a_wish_of_unknown_words_stands_nowhere(corpus: Corpus, learned: Latent) -> None:
    told = learned.exported.fitted(corpus).into(corpus)
    wish = Description(record=TrackRecord(artists=("Nobody at all",), year=1999), vectors={})
    assert LatentSpace.build(told).place(wish) is None


def test_a_wished_genre_finds_its_tracks(corpus: Corpus, learned: Latent) -> None:
    space = LatentSpace.build(learned.exported.fitted(corpus).into(corpus))
    point = space.place(Description(record=TrackRecord(genres=("hip-hop",)), vectors={}))
    best = np.argsort(-space.score([point])[0])[:10]
    share = np.mean([genres == ("hip-hop",) for genres in corpus.genres])
    assert np.mean([corpus.genres[row] == ("hip-hop",) for row in best]) > 2 * share


def test_comparisons_read_emotion_and_genre_from_the_code(corpus: Corpus, learned: Latent) -> None:
    space = LatentSpace.build(learned.exported.fitted(corpus).into(corpus))
    first, second = np.flatnonzero(space.placed)[:2].tolist()
    compared = space.compare(space.point(first), second)
    assert [each.feature for each in compared] == ["emotion by code", "genre by code"]
    assert all(each.estimated and 0 <= each.likeness <= 1 for each in compared)
    same = space.compare(space.point(first), first)
    assert {each.likeness for each in same} == {1.0}
    assert all(each.agreement.startswith("nearest to ") for each in same)


def test_emotions_are_named_where_they_are_lacking(corpus: Corpus, learned: Latent) -> None:
    moods = learned.exported.manifest.namer()
    assert moods is not None
    assert moods.said["accuracy"] > moods.said["commonest"] + 0.2
    facts = Facts.of_corpus(corpus)
    told, guessed = learned.exported.encoder.told(facts)
    assert not guessed[::2].any()
    assert guessed[3]
    assert told.emotions[3] in {"joy", "sadness"}
    assert learned.exported.manifest.data["predicted_emotions"] == guessed.sum()


def test_the_same_question_has_the_same_answer(corpus: Corpus) -> None:
    facts = Facts.of_corpus(corpus, np.arange(150))
    parameters = type(QUICK)(**{**QUICK.to_json(), "epochs": 2})
    material = Material.of(facts, parameters, seed=5)
    one, other = (teach(material, parameters, seed=5) for _ in range(2))
    assert one.history == other.history
    for mine, theirs in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_rebuilding_moving_embeddings_draws_them_together(corpus: Corpus) -> None:
    material = Material.of(Facts.of_corpus(corpus), QUICK, seed=2)

    def spread(network: torch.nn.Module) -> dict[str, float]:
        table = network.encoder.genres.table.weight.detach()
        return {"spread": float((table - table.mean(dim=0)).norm())}

    told, rebuilt = (
        teach(material, QUICK, seed=2, sound=sound, watch=spread).history for sound in (True, False)
    )
    assert rebuilt[-1]["spread"] < 0.6 * rebuilt[0]["spread"]
    assert told[-1]["spread"] > told[0]["spread"]


def test_too_few_tracks_are_refused() -> None:
    facts = Facts.of_records([TrackRecord(genres=("rock",))] * 20)
    with pytest.raises(UnavailableError, match=r"20 tracks .* are too few"):
        fit(facts, QUICK)


def test_genres_alone_are_enough() -> None:
    words = ("rock", "jazz", "folk")
    facts = Facts.of_records([TrackRecord(genres=(words[row % 3],)) for row in range(120)])
    material = Material.of(facts, QUICK, seed=1)
    assert material.numbers == ()
    history = teach(material, QUICK, seed=1).history
    assert history[-1]["training"] < 0.8 * history[0]["training"]


def test_hiding_leaves_one_unknown_word_and_no_number() -> None:
    scaled, words = torch.zeros(50, 4), torch.ones(50, 6, dtype=torch.int64)
    shown, left = hidden(scaled, words, (1.0, 0.0, 1.0, 1.0, 1.0), torch.Generator())
    assert shown.isnan().all()
    assert left[0].tolist() == [0, -1, 0, -1, -1, 0]


def test_rows_of_one_id_become_one_track() -> None:
    from segue.records import OutsideId

    same = (OutsideId("spotify", "x"),)
    found = merged(
        [
            TrackRecord(title="A", genres=("rock",), outside_ids=same),
            TrackRecord(title="A", genres=("indie", "rock"), outside_ids=same),
            TrackRecord(title="B", genres=("pop",)),
        ]
    )
    assert [each.genres for each in found] == [("rock", "indie"), ("pop",)]


def test_nobody_is_split_from_no_tracks() -> None:
    training, validation = split(Facts.of_records([]), 0.5, seed=1)
    assert len(training) == len(validation) == 0


class TestFolder:
    def test_it_is_written_and_read(self, learned: Latent, corpus: Corpus, tmp_path) -> None:
        learned.write(tmp_path / "latent")
        assert {each.name for each in (tmp_path / "latent").iterdir()} == {FILE, GRAPH, CURVES}
        read = Encoder.load(tmp_path / "latent")
        facts = Facts.of_corpus(corpus, np.arange(40))
        np.testing.assert_array_equal(read.encode(facts), learned.exported.encoder.encode(facts))

    def test_another_graph_is_refused(self, learned: Latent, tmp_path) -> None:
        learned.exported.write(tmp_path / "latent")
        (tmp_path / "latent" / GRAPH).write_bytes(b"another")
        with pytest.raises(BadFileError, match="not the graph that the manifest means"):
            Encoder.load(tmp_path / "latent")

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"numbers": ["energy", "colour"]}, "names numbers that no track has"),
            ({"genres": ["rock", "rock"]}, "a word twice among its genres"),
            ({"width": 0}, "codes have 0 numbers"),
            ({"moods": {"labels": ["joy"]}}, "no classifier of moods"),
            ({"width": 3}, "gives codes of another width"),
        ],
    )
    def test_a_manifest_that_does_not_fit_is_refused(
        self, learned: Latent, tmp_path, change: dict, why: str
    ) -> None:
        folder = tmp_path / "latent"
        learned.exported.write(folder)
        document = json.loads((folder / FILE).read_text(encoding="utf-8")) | change
        (folder / FILE).write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(BadFileError, match=why):
            Encoder.load(folder)
