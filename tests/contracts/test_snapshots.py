"""A snapshot from a file answers as the one that was built: every space, every lens, to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.recommend import warming
from segue.recommend.engine import Engine
from segue.recommend.lenses import LENSES
from segue.recommend.seeds import Member, Seed
from segue.records import Track
from segue.snapshot import Inferring, Searchable, Snapshot, Windowed
from segue.snapshots.keeping import Cupboard
from segue.snapshots.marking import Mark, made_by
from segue.spaces.facets import ALONE
from segue.spaces.pairs import between
from segue.spaces.registry import build_all, discover
from segue.types import TrackId
from worlds import description_of, mixed_corpus

if TYPE_CHECKING:
    from segue.records import Answer

SPACES = sorted(discover())
ROWS = range(1, 140, 8)
FEW = (1, 33, 65, 129)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Engine]:
    """One over what was built, and one over what was kept of it."""
    folder = tmp_path_factory.mktemp("catalogue") / "songs.derived"
    corpus = replace(mixed_corpus(), beside=folder)
    first = Engine(Snapshot(corpus, build_all(corpus)))
    for asked in warming.first(first):
        warming.ask(first, asked)
    mark = Mark(corpus.epoch, "stamp", made_by())
    Cupboard(folder).keep(first.snapshot, first.measured(), mark)
    kept = Cupboard(folder).opened(mark)
    assert kept is not None
    # Another than the one that was kept: what that has measured lies in the file.
    built = Engine(Snapshot(mixed_corpus(), build_all(mixed_corpus())))
    return built, Engine(kept.snapshot, measured=kept.measured)


def points(engine: Engine, name: str) -> list[tuple[int, object]]:
    space = engine.snapshot.spaces[name]
    return [(row, point) for row in ROWS if (point := space.point(row)) is not None]


@pytest.mark.parametrize("name", SPACES)
def test_a_space_from_a_file_scores_as_the_one_that_was_built(
    engines: tuple[Engine, Engine], name: str
) -> None:
    built, kept = (engine.snapshot.spaces[name] for engine in engines)
    assert type(kept) is type(built)
    assert kept.needs == built.needs
    assert np.array_equal(kept.placed, built.placed)
    everyone = np.arange(len(built.placed))
    ours, theirs = points(engines[0], name), points(engines[1], name)
    assert [row for row, _ in ours] == [row for row, _ in theirs]
    assert len(ours) > 2
    for (row, one), (_, other) in zip(ours, theirs, strict=True):
        assert np.array_equal(built.score([one]), kept.score([other]))
        exact = built.score_exactly(one, rows=everyone)
        assert np.array_equal(exact, kept.score_exactly(other, rows=everyone))
        likest = int(np.argsort(-exact)[3])
        assert built.compare(one, likest) == kept.compare(other, likest)
        if isinstance(built, Searchable) and isinstance(kept, Searchable):
            asked: dict[str, Any] = {"k": 7, "allowed": everyone % 4 > 0, "margin": 1e-5}
            assert np.array_equal(built.nearest(one, **asked), kept.nearest(other, **asked))
        if isinstance(built, Windowed) and isinstance(kept, Windowed):
            assert built.closest(one, row, most=2) == kept.closest(other, row, most=2)
    if isinstance(built, Inferring) and isinstance(kept, Inferring):
        assert np.array_equal(built.inferred, kept.inferred)
    few = np.array([row for row, _ in ours])
    assert np.array_equal(between(built, few), between(kept, few))


@pytest.mark.parametrize("name", SPACES)
def test_what_comes_from_outside_is_placed_the_same(
    engines: tuple[Engine, Engine], name: str
) -> None:
    built, kept = (engine.snapshot.spaces[name] for engine in engines)
    for row in (1, 7, 10, 31):
        one, other = (
            engine.snapshot.spaces[name].place(description_of(engine.snapshot.corpus, row))
            for engine in engines
        )
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert np.array_equal(built.score([one]), kept.score([other]))


def answer(engine: Engine, row: int, lens: str | None) -> Answer | None:
    seed = Seed(engine.track_at(row), row)
    if not engine.stands(seed, lens=lens):
        return None
    return replace(engine.similar(seed, n=8, lens=lens), seconds=0.0)


FACETS = {facet.name for facet in ALONE}


@pytest.mark.parametrize(
    "lens", dict.fromkeys([None, "balanced", *LENSES, *SPACES, *sorted(FACETS)])
)
def test_every_lens_answers_with_the_same_words(
    engines: tuple[Engine, Engine], lens: str | None
) -> None:
    built, kept = engines
    found = [answer(built, row, lens) for row in FEW]
    assert any(found) or lens in FACETS
    assert [answer(kept, row, lens) for row in FEW] == found


def test_sets_are_answered_the_same(engines: tuple[Engine, Engine]) -> None:
    found = []
    for engine in engines:
        members = tuple(Member(Seed(engine.track_at(row), row)) for row in (1, 2, 7, 11))
        together = Seed(Track(TrackId(""), "", ()), members=members)
        found.append(replace(engine.similar(together, n=8), seconds=0.0))
    assert found[0] == found[1]


def test_what_was_measured_is_not_measured_again(engines: tuple[Engine, Engine]) -> None:
    scales = engines[1].measured()["scales"]
    assert scales
    assert np.array_equal(
        scales["text", 1].curve.values, engines[0].measured()["scales"]["text", 1].curve.values
    )
