"""A small world whose genre decides its attributes, and what is learned from it once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue.latent.facts import Facts
from segue.records import TrackRecord
from segue.training.latent.fitting import Latent, fit
from segue.training.latent.parameters import LatentParameters
from worlds import make_corpus, planted_records

if TYPE_CHECKING:
    from segue.snapshot import Corpus

QUICK = LatentParameters(epochs=12, batch=64, layers=(32,), artist=8, genre=8, emotion=4, rate=1e-2)


def world(count: int = 420) -> list[TrackRecord]:
    """Half of the tracks say an emotion, which their energy decides; a few say nothing."""
    records = planted_records(count, seed=3, masked=0.1)
    for row in range(0, count, 2):
        attributes = records[row].attributes
        assert attributes is not None
        emotion = "joy" if (attributes.energy or 0) > 0.5 else "sadness"
        records[row] = replace(records[row], labels=(("emotion", emotion),))
    for row in range(1, count, 29):
        records[row] = TrackRecord(title="Nothing known")
    return records


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return make_corpus(world())


@pytest.fixture(scope="session")
def learned(corpus: Corpus) -> Latent:
    return fit(Facts.of_corpus(corpus), QUICK, seed=1)
