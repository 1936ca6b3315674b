"""Where to listen: windows that are alike, in seconds of both files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.audio.spreading import moment
from segue.descriptors.hearing import Hearing
from segue.embedding.windows import COUNT, SECONDS, begins
from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed
from segue.records import Track, TrackRecord
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import make_corpus

TRACKS = 40
LONG = {0: 200.0, 1: 100.0, 2: 20.0}
"""Lengths of some files in seconds; the others have 240."""


def engine(hearing: Hearing = Hearing(), *, unknown: int = -1) -> Engine:  # noqa: B008 (frozen)
    """Forty tracks of random windows; window 2 of track 0 is 7 of track 1, 5 and 4 the next."""
    rng = np.random.default_rng(8)
    windows = rng.normal(size=(TRACKS, COUNT, 12)).astype(np.float32)
    windows[1, 7] = windows[0, 2]
    windows[1, 4] = windows[0, 5] + 0.1 * rng.normal(size=12)
    windows[2, 0] = windows[0, 9]
    records = [TrackRecord(f"Song {row}", (f"Artist {row}",)) for row in range(TRACKS)]
    corpus = make_corpus(records, vectors={"sound": dict(enumerate(windows))})
    lengths = np.array([LONG.get(row, 240.0) for row in range(TRACKS)], dtype=np.float32)
    if unknown >= 0:
        lengths[unknown] = np.nan
    corpus = replace(corpus, duration=lengths)
    return Engine(Snapshot(corpus, build_all(corpus)), hearing=hearing)


def passages_of(made: Engine, row: int, seed: Seed | None = None):
    corpus = made.snapshot.corpus
    answer = made.similar(seed or made.seed_of(corpus.ids[0]), lens="sound", n=TRACKS - 1)
    return next(each for each in answer if each.track.id == corpus.ids[row]).reasons.passages


def test_the_windows_that_are_alike_are_found_in_seconds_of_both_files() -> None:
    first, second, third = passages_of(engine(), 1)
    step = (30 - SECONDS) / 9
    assert first.seed_at == pytest.approx(85 + 2 * step, abs=0.01)
    assert first.track_at == pytest.approx(35 + 7 * step, abs=0.01)
    assert second.seed_at == pytest.approx(85 + 5 * step, abs=0.01)
    assert second.track_at == pytest.approx(35 + 4 * step, abs=0.01)
    assert first.likeness == 1.0 >= second.likeness >= third.likeness
    assert {each.space for each in (first, second, third)} == {"sound"}
    assert first.seconds == pytest.approx(SECONDS, abs=0.01)
    assert first.seed == "t00000"
    assert third.seed_at not in {first.seed_at, second.seed_at}


def test_a_file_shorter_than_the_excerpt_is_heard_whole() -> None:
    first, *_ = passages_of(engine(), 2)
    assert (first.seed_at, first.track_at) == (pytest.approx(115 - SECONDS, abs=0.01), 0.0)


def test_they_lie_where_the_settings_had_files_heard() -> None:
    whole, *_ = passages_of(engine(Hearing(seconds=None)), 1)
    assert whole.seed_at == pytest.approx(2 / 9 * (200 - SECONDS), abs=0.01)
    spread, *_ = passages_of(engine(Hearing(seconds=30.0, excerpts=3)), 1)
    assert spread.seed_at == pytest.approx(200 / 6 - 5 + 2 / 9 * (30 - SECONDS), abs=0.05)
    assert 100 * 5 / 6 - 5 <= spread.track_at <= 100 * 5 / 6 + 5


def test_nothing_is_said_of_a_file_of_unknown_length() -> None:
    assert passages_of(engine(unknown=1), 1) == ()
    assert passages_of(engine(unknown=0), 1) == ()


def test_of_a_set_they_are_those_of_the_seed_that_is_nearest() -> None:
    made = engine()
    ids = made.snapshot.corpus.ids
    members = tuple(Member(made.seed_of(ids[row])) for row in (30, 0, 31))
    both = Seed(Track(TrackId(""), "three", ()), members=members)
    answer = made.similar(both, lens="sound", n=TRACKS - 3)
    told = next(each for each in answer if each.track.id == ids[1]).reasons
    assert told.near == "Artist 0 – Song 0"
    assert told.passages[0].seed == ids[0]
    for row in answer:
        assert {each.seed for each in row.reasons.passages} <= {ids[0], ids[30], ids[31]}


@given(
    length=st.floats(1, 4_000),
    seconds=st.one_of(st.none(), st.floats(1, 120)),
    count=st.integers(1, 8),
    share=st.floats(0, 1),
)
def test_what_is_heard_lies_in_the_file(
    length: float, seconds: float | None, count: int, share: float
) -> None:
    heard = length if seconds is None else min(seconds, length)
    at = moment(share * heard, length=length, seconds=seconds, count=count)
    assert -1e-9 <= at <= length + 0.05
    later = moment(heard, length=length, seconds=seconds, count=count)
    assert later >= at - 0.05


@given(count=st.integers(1, 20), seconds=st.floats(0.1, 300))
def test_windows_lie_evenly_and_inside(count: int, seconds: float) -> None:
    found = [begins(number, count=count, seconds=seconds) for number in range(count)]
    assert found[0] == 0
    assert found[-1] + min(SECONDS, seconds) <= seconds + 1e-9
    assert np.ptp(np.diff(found)) < 1e-6 if count > 2 else True
