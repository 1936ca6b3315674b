"""Codes alone make a space; what is read from them needs the heads that were taught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Corpus, Description, Trained
from segue.spaces.latent import LatentSpace
from worlds import make_corpus, planted_vectors

WORDS = ("calm", "tense")


def corpus(*, heads: bool = False) -> Corpus:
    arrays = {"emotions_weights": np.eye(2, 6, dtype=np.float32), "emotions_bias": np.zeros(2)}
    state = {"emotions": list(WORDS)}
    return make_corpus(
        [TrackRecord(title=f"Song {row}") for row in range(30)],
        vectors={"latent": planted_vectors(range(25), seed=1, width=6)},
        trained={"latent": Trained("test", state, arrays if heads else {})},
    )


def test_without_heads_only_closeness_is_told() -> None:
    space = LatentSpace.build(corpus())
    near = int(np.argsort(-space.score([space.point(0)])[0])[1])
    (told,) = space.compare(space.point(0), near)
    assert told.feature == "code"
    assert told.likeness > 0.9
    assert not told.estimated


def test_heads_name_what_the_code_says() -> None:
    space = LatentSpace.build(corpus(heads=True))
    for row in range(1, 25):
        point = space.point(row)
        (told,) = space.compare(space.point(0), row)
        assert told.track == WORDS[int(point.code[1] > point.code[0])]
        assert (told.agreement == "") == (told.seed != told.track)
        assert (told.contrast == "") == (told.seed == told.track)


def test_a_code_of_another_width_is_refused() -> None:
    wish = Description(record=TrackRecord(), vectors={"latent": np.ones(20)})
    with pytest.raises(UnavailableError, match="the code has 20 numbers"):
        LatentSpace.build(corpus()).place(wish)


def test_without_an_encoder_a_wish_stands_nowhere() -> None:
    wish = Description(record=TrackRecord(genres=("rock",)), vectors={})
    assert LatentSpace.build(corpus()).place(wish) is None


def test_a_damaged_encoder_is_told(caplog: pytest.LogCaptureFixture) -> None:
    whole = corpus()
    damaged = Trained("test", {}, {"encoder": np.zeros(8, dtype=np.uint8)})
    space = LatentSpace.build(replace(whole, trained={"latent": damaged}))
    (told,) = caplog.messages
    assert told.startswith("tracks without a code, files and wishes get none: ")
    assert space.placed.sum() == 25
    assert "is damaged, so run `segue train latent` again" in space.needs
    assert LatentSpace.needs != space.needs
    assert LatentSpace.build(whole).needs == LatentSpace.needs
