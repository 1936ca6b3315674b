"""An engine that was asked beforehand answers as one that was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.recommend import warming
from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed
from segue.records import Answer, Track
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(120, seed=3)
SPACES = build_all(CORPUS)
ASKED = [
    None,
    "balanced",
    "attributes",
    {"attributes": 2.0, "text": 1.0},
    {"attributes": 0.1, "text": 5.0},
    {"descriptors": 3.0, "attributes": 1.0, "text": 1.0},
    {"attributes": 1.0, "tempo": 2.0},
    {"energy": 1.0},
]
ROWS = tuple(range(0, 120, 11))


def cold() -> Engine:
    return Engine(Snapshot(CORPUS, SPACES))


@pytest.fixture(scope="module")
def warm() -> Engine:
    engine = cold()
    for asked in (*warming.first(engine), *warming.further(engine)):
        warming.ask(engine, asked)
    # And weights that somebody moved before.
    for weights in ({"attributes": 9.0, "text": 1.0}, {"attributes": 4.0, "tempo": 1.0}):
        for row in ROWS:
            seed = Seed(engine.track_at(row), row)
            if engine.stands(seed, lens=weights):
                engine.similar(seed, n=9, lens=weights)
    return engine


def seeds(engine: Engine) -> list[Seed]:
    alone = [Seed(engine.track_at(row), row) for row in ROWS]
    sets = [
        Seed(Track(TrackId(""), "", ()), members=tuple(Member(one) for one in alone[:size]))
        for size in (2, 10)
    ]
    return [*alone, *sets]


def answer(engine: Engine, seed: Seed, asked) -> Answer:
    """All of it but how long it took."""
    found = engine.similar(seed, n=15, lens=asked)
    assert len(found)
    return replace(found, seconds=0.0)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_what_was_asked_before_changes_no_answer(warm: Engine, asked) -> None:
    new = cold()
    answered = 0
    for seed in seeds(new):
        if not new.stands(seed, lens=asked):
            assert not warm.stands(seed, lens=asked)
            continue
        answered += 1
        assert answer(warm, seed, asked) == answer(new, seed, asked)
    assert answered >= 3


@pytest.mark.parametrize("asked", [one for one in ASKED if isinstance(one, dict)], ids=str)
def test_the_first_of_its_kind_answers_as_the_last(warm: Engine, asked) -> None:
    for seed in seeds(warm)[:4]:
        if warm.stands(seed, lens=asked):
            assert answer(warm, seed, asked) == answer(cold(), seed, asked)


def test_few_tracks_or_none_are_warmed_without_a_complaint() -> None:
    for count in (0, 1, 2):
        corpus = make_corpus(planted_records(count))
        engine = Engine(Snapshot(corpus, build_all(corpus)))
        for asked in (*warming.first(engine), *warming.further(engine)):
            warming.ask(engine, asked)
