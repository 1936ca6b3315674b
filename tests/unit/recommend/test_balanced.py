"""The lens balanced: which pattern counts for a seed, and what is done with what cannot be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue.recommend.balanced import Balanced
from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed
from segue.records import Track, TrackRecord
from segue.snapshot import Corpus, Description, Snapshot, Trained
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import mixed_corpus

if TYPE_CHECKING:
    import pytest

CORPUS = mixed_corpus()
SPACES = build_all(CORPUS)
FULL = [row for row in range(len(CORPUS)) if all(space.placed[row] for space in SPACES.values())]


def learned(*patterns: dict[str, object]) -> Corpus:
    state = {"origin": {"sentence": "Learned here"}, "patterns": list(patterns)}
    return replace(CORPUS, trained={**CORPUS.trained, "balanced": Trained("v", state, {})})


def asked(corpus: Corpus, count: int, *, title: str = "") -> tuple[dict[str, float], str]:
    engine = Engine(Snapshot(corpus, SPACES))
    members = tuple(Member(engine.seed_of(corpus.ids[row])) for row in FULL[:count])
    description = Description(TrackRecord(), {}, title=title) if title else None
    seed = Seed(Track(TrackId(""), title, ()), description=description, members=members)
    answer = engine.similar(seed, n=3, lens="balanced")
    return dict(answer.weights), answer.origin


PATTERNS = (
    {"weights": {"text": 3.0, "together": 1.0}, "members": [2, 3], "titled": True, "genre": None},
    {"weights": {"artist": 1.0}, "members": [2, 3], "titled": False, "genre": "no such genre"},
    {"weights": {"together": 1.0}, "members": [2, 3], "titled": None, "genre": None},
    {"weights": {"factors": 1.0, "text": 0.0}, "members": [4, None], "titled": None, "genre": None},
)


def test_the_first_pattern_that_fits_counts() -> None:
    corpus = learned(*PATTERNS)
    assert asked(corpus, 2)[0] == {"together": 1.0}
    assert asked(corpus, 4)[0] == {"factors": 1.0}
    titled = next(title for title in CORPUS.playlists.titles if title)
    weights, origin = asked(corpus, 3, title=titled)
    assert weights == {"text": 0.75, "together": 0.25}
    assert origin == "Learned here"


def test_where_none_of_ones_own_fits_those_that_ship_do() -> None:
    weights, origin = asked(learned(PATTERNS[1]), 2)
    assert len(weights) > 1
    assert "playlists held out" in origin


def test_what_cannot_be_read_is_told_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    for state in ({}, {"patterns": [{"weights": {"text": "much"}, "members": [1, None]}]}):
        trained = {**CORPUS.trained, "balanced": Trained("v", state, {})}
        found = Balanced.of(replace(CORPUS, trained=trained))
        assert not found.learned
        assert found.patterns
        assert "segue train balanced" in caplog.text
        caplog.clear()


def test_every_pattern_that_ships_weighs_spaces_there_are() -> None:
    shipped = Balanced.of(CORPUS).patterns
    assert len(shipped) > 20
    for pattern in shipped:
        assert set(pattern.weights) <= SPACES.keys()
        assert all(weight > 0 for weight in pattern.weights.values())
