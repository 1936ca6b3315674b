"""The text space against scikit-learn's TF-IDF, and what its tokens are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from segue.records import TrackRecord
from segue.snapshot import Description
from segue.spaces.text import FieldWeights, TextSpace
from segue.spaces.tokens import texts_of_record, texts_of_row, tokens
from worlds import make_corpus, mixed_corpus


def similarities(space: TextSpace, row: int) -> np.ndarray:
    return space.score_exactly(space.point(row), rows=np.arange(len(space.placed)))


@pytest.mark.parametrize("weights", [FieldWeights(), FieldWeights(1, 1, 1, 1, 1, 1, 1)])
def test_scores_are_those_of_sklearn(weights: FieldWeights) -> None:
    corpus = mixed_corpus(300)
    space = TextSpace.build(corpus, weights=weights)
    lists = [tokens(texts_of_row(corpus, row)) for row in range(len(corpus))]
    placed = np.array([bool(each) for each in lists])
    oracle = TfidfVectorizer(analyzer=lambda each: each, sublinear_tf=True, norm=None)
    matrix = oracle.fit_transform([each for each in lists if each])
    fields = [str(name).partition(":")[0] for name in oracle.get_feature_names_out()]
    matrix = matrix.multiply([[getattr(weights, field) for field in fields]])
    expected = cosine_similarity(matrix)
    np.testing.assert_array_equal(space.placed, placed)
    for number, row in enumerate(np.flatnonzero(placed).tolist()):
        np.testing.assert_allclose(similarities(space, row)[placed], expected[number], atol=1e-12)


def test_frequent_tokens_are_scored_like_rare_ones() -> None:
    records = [TrackRecord(title=f"the {i}", genres=("rock",), explicit=i > 3) for i in range(60)]
    space = TextSpace.build(make_corpus(records))
    np.testing.assert_allclose(space.score([space.point(5)])[0], similarities(space, 5), atol=1e-6)


def test_tokens_carry_their_field() -> None:
    record = TrackRecord(
        title="Río Grande (Live)",
        artists=("The Beatles", "Various Artists"),
        album="Río",
        genres=("indie-rock", "Rock"),
        labels=(("tag", "Late Night"),),
        lyrics="Down, down",
        explicit=False,
    )
    assert tokens(texts_of_record(record)) == [
        "artist:beatles",
        "genre:indie",
        "genre:rock",
        "genre:indie rock",
        "genre:rock",
        "album:rio",
        "title:rio",
        "title:grande",
        "title:live",
        "labels:late",
        "labels:night",
        "lyrics:down",
        "lyrics:down",
        "explicit:no",
    ]


def test_a_flag_alone_places_nobody_and_is_not_counted() -> None:
    records = [TrackRecord(explicit=True)] * 3 + [TrackRecord(title="One", explicit=True)] * 2
    space = TextSpace.build(make_corpus(records))
    assert space.placed.tolist() == [False] * 3 + [True] * 2
    assert similarities(space, 3).tolist() == pytest.approx([0, 0, 0, 1, 1])


def test_the_same_word_in_two_fields_is_not_shared() -> None:
    records = [TrackRecord(title="Queen"), TrackRecord(artists=("Queen",)), TrackRecord(title="A")]
    space = TextSpace.build(make_corpus(records))
    assert similarities(space, 0).tolist() == pytest.approx([1, 0, 0])


def test_artists_are_whole_names_and_collective_ones_are_nobody() -> None:
    space = TextSpace.build(
        make_corpus(
            [
                TrackRecord(title="one", artists=("John Williams",)),
                TrackRecord(title="two", artists=("John Mayer",)),
                TrackRecord(title="three", artists=("Various Artists",)),
                TrackRecord(title="four", artists=("various artists",)),
                TrackRecord(title="five", artists=("JOHN MAYER",)),
            ]
        )
    )
    assert np.flatnonzero(similarities(space, 1)).tolist() == [1, 4]
    assert np.flatnonzero(similarities(space, 2)).tolist() == [2]


def test_a_genre_of_several_words_is_near_each_of_them_and_nearest_to_itself() -> None:
    genres = ("indie rock", "rock", "rock indie", "indie rock", "jazz")
    records = [TrackRecord(genres=(genre,)) for genre in genres]
    scores = similarities(TextSpace.build(make_corpus(records)), 0)
    assert scores[3] == pytest.approx(1)
    assert 1 > scores[2] > scores[1] > 0 == scores[4]


def test_an_unknown_word_counts_for_nothing_and_alone_stands_nowhere() -> None:
    corpus = make_corpus([TrackRecord(title="river"), TrackRecord(title="stone")])
    space = TextSpace.build(corpus)
    known = space.place(Description(TrackRecord(title="river zzz"), {}))
    assert space.score_exactly(known, rows=np.arange(2)).tolist() == pytest.approx([1, 0])
    assert space.place(Description(TrackRecord(title="zzz", explicit=False), {})) is None


def test_a_long_lyric_does_not_drown_the_artist() -> None:
    words = [f"word{i}" for i in range(150)]
    lyric = " ".join(words)
    space = TextSpace.build(
        make_corpus(
            [
                TrackRecord(artists=("A",), genres=("folk",), lyrics=lyric),
                TrackRecord(artists=("A",), genres=("folk",), lyrics="other things entirely"),
                TrackRecord(artists=("B",), genres=("rock",), lyrics=" ".join(words[:75])),
                *[TrackRecord(artists=(f"C{i}",), lyrics=f"filler{i}") for i in range(50)],
            ]
        )
    )
    scores = similarities(space, 0)
    assert scores[1] > scores[2] > 0


def test_a_set_stands_in_the_direction_of_its_weighted_sum() -> None:
    records = [
        TrackRecord(title="a", artists=("Björk",), genres=("rock",)),
        TrackRecord(title="b", artists=("Arca",), genres=("house",)),
        TrackRecord(title="c", artists=("Arca",), genres=("rock",)),
    ]
    space = TextSpace.build(make_corpus(records))
    weights = np.array([0.7, 0.3])
    both = space.gather([space.point(0), space.point(1)], weights=weights)
    summed = weights @ np.array([similarities(space, row) for row in (0, 1)])
    length = np.sqrt(weights @ weights + 2 * weights.prod() * similarities(space, 0)[1])
    np.testing.assert_allclose(
        space.score_exactly(both, rows=np.arange(3)), summed / length, atol=1e-12
    )
    assert both.texts[0] == ("Björk", "Arca")
    agreed = {each.feature: each.agreement for each in space.compare(both, 2)}
    assert agreed == {"genre": "of the genre rock", "artist": "by Arca"}
