"""Places without a space: counted as if the lens had never had it."""

from __future__ import annotations

import numpy as np
import pytest

from segue.recommend.engine import Engine
from segue.recommend.gaps import higher
from segue.recommend.lenses import parse_lens
from segue.records import UNSELECTED, Filters
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(300)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
WEIGHTS = {"attributes": 0.4, "text": 0.3, "descriptors": 0.2, "sound": 0.1}
EVERYWHERE = np.logical_and.reduce(
    [ENGINE.snapshot.spaces[name].placed for name in WEIGHTS if name != "sound"]
)


def order(seed: int, weights: dict[str, float], filters: Filters) -> list[int]:
    """Every track by the lens that was never told of a space."""
    found = ENGINE.ranked(
        ENGINE.seed_of(CORPUS.ids[seed]), n=len(CORPUS), lens=weights, filters=filters
    )
    return found[0].tolist()


@pytest.mark.parametrize("filters", [Filters(), Filters(playable=True)])
def test_a_place_without_a_space_is_that_of_the_other_spaces_alone(filters: Filters) -> None:
    """Where tracks stand in some spaces only, what is expected rests on other random pairs."""
    weights = {name: WEIGHTS[name] for name in ("attributes", "text", "descriptors")}
    far = []
    for seed in np.flatnonzero(EVERYWHERE)[:6].tolist():
        answer = ENGINE.similar(
            ENGINE.seed_of(CORPUS.ids[seed]), lens=weights, n=8, filters=filters
        )
        for row in answer:
            for part in row.reasons.contributions:
                others = {name: w for name, w in weights.items() if name != part.space}
                alone = order(seed, others, filters)
                track = CORPUS.row_of[row.track.id]
                place = alone.index(track) + 1 if track in alone else len(alone) + 1
                far.append(abs(place - part.without) / len(alone))
    assert len(far) > 100
    assert np.median(far) < 0.005
    assert np.mean(far) < 0.02


def test_without_its_only_space_a_row_comes_last() -> None:
    placed = ENGINE.snapshot.spaces["attributes"].placed
    seed = ENGINE.seed_of(CORPUS.ids[int(np.flatnonzero(placed)[0])])
    last = int(np.count_nonzero(placed)) - 1
    for lens in ("attributes", "attributes=1", "descriptors"):
        (part,) = ENGINE.similar(seed, lens=lens)[0].reasons.contributions
        if lens != "descriptors":
            assert part.without == last
        assert part.value > 0


def test_rows_of_one_score_share_a_place_with_a_space_and_without() -> None:
    """A key and a mode leave many ties; the best of all lose nothing to tracks just like them."""
    records = planted_records(300)
    corpus = make_corpus(records)
    engine = Engine(Snapshot(corpus, {}))
    seed = engine.seed_of(corpus.ids[0])
    answer = engine.similar(seed, lens={"key": 0.5, "mode": 0.5}, n=20, dials=UNSELECTED)
    best = [row for row in answer if row.score == answer[0].score]
    assert len(best) > 3
    for row in best:
        assert all(part.rank == 1 for part in row.reasons.contributions)
        assert all(part.value >= 0 for part in row.reasons.contributions)
    others = [row for row in answer if row.score < answer[0].score]
    assert all(part.rank > len(best) for row in others for part in row.reasons.contributions)


def test_reasons_of_named_rows_are_those_of_the_answer() -> None:
    seed = ENGINE.seed_of(CORPUS.ids[int(np.flatnonzero(EVERYWHERE)[0])])
    lens = parse_lens(WEIGHTS, spaces=tuple(ENGINE.snapshot.spaces))
    answer = ENGINE.similar(seed, lens=WEIGHTS, n=20)
    rows = [CORPUS.row_of[row.track.id] for row in answer]
    told = ENGINE.reasons(seed, rows[::-1], lens=lens)
    assert [each.sentence for each in told] == [row.reasons.sentence for row in answer][::-1]
    for each, row in zip(told[::-1], answer, strict=True):
        assert [part.without for part in each.contributions] == [
            part.without for part in row.reasons.contributions
        ]
        # Near ties are told apart by exact scores in an answer.
        assert abs(each.contributions[0].rank - row.reasons.contributions[0].rank) <= 1
    assert ENGINE.reasons(seed, [], lens=lens) == []


@pytest.mark.parametrize("count", [3, 200])
def test_counting_one_by_one_and_sorted_is_the_same(count: int) -> None:
    scores = np.random.default_rng(3).integers(0, 50, 999).astype(np.float32)
    scores[::7] = -np.inf
    than = np.append(scores[: count - 1], np.float32(-np.inf))
    assert higher(scores, than).tolist() == [int((scores > one).sum()) for one in than]
