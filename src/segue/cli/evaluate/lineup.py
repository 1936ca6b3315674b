"""Who takes part: what anybody could do, every space, every lens, and what was configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.continuation import MOST
from segue.evaluation.overview.lists import LENGTH
from segue.evaluation.overview.report import Method
from segue.evaluation.overview.restated import Restated
from segue.evaluation.overview.through import Through
from segue.evaluation.overview.words import SELECTED
from segue.recommend.engine import Engine
from segue.recommend.lenses import BALANCED, LENSES
from segue.recommend.seeds import Member, Seed
from segue.records import Dials, Track
from segue.snapshot import Snapshot
from segue.training.playlists.anybody import AtRandom, OfRule, SameGenre
from segue.training.playlists.methods import (
    OfLens,
    OfSpace,
    Popular,
    PopularByArtist,
    Ranked,
    Scorer,
)
from segue.training.playlists.questions import Question
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from segue.evaluation.overview.ablations import Ablation
    from segue.training.playlists.methods import Method as Continuing
    from segue.types import Rows

RESTATED = "soundspan, restated"

_NOTHING = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """One row of the table.

    Attributes
    ----------
    method
        Who it is.
    near
        Rows for the row of a track, best first, as a person would get them; None where another
        row of the table says the same.
    goes_on
        Continues a playlist; None where it is not asked to.
    used
        Spaces that its answers came through, which grows with them.
    lens
        What it looks through, None of what is no lens.
    engine
        Whom it asks; None of what is no lens.
    whole
        Whether it continues playlists with 500 tracks; else with as many as are hidden, of which
        R-precision alone can be told.
    scores
        Whether its scores are its own, and not those of another row that chooses otherwise.
    """

    method: Method
    near: Callable[[int], Rows] | None
    goes_on: Continuing | None
    used: Collection[str] = field(default_factory=set)
    lens: str | Mapping[str, float] | None = None
    engine: Engine | None = None
    whole: bool = True
    scores: bool = True


def lineup(
    engine: Engine, *, ablations: Sequence[Ablation] = (), seed: int = 42
) -> tuple[Contestant, ...]:
    """Everybody who can answer about a snapshot, simple ones first.

    Parameters
    ----------
    engine
        Of the snapshot.
    ablations
        What was configured.
    seed
        Of what is left to chance.
    """
    return (
        *_simple(engine, seed),
        *_spaces(engine),
        *_lenses(engine),
        *(_ablated(engine, each) for each in ablations),
    )


def _simple(engine: Engine, seed: int) -> Iterator[Contestant]:
    """What anybody could make in an afternoon."""
    corpus = engine.snapshot.corpus
    rule = Restated(corpus, engine.snapshot.spaces)
    half = f"its embedding is `{rule.embedding}`" if rule.embedding else "nothing was heard"
    made: list[tuple[Method, Continuing, tuple[str, ...]]] = [
        (Method("random", "chance", "tracks drawn by lot"), AtRandom(corpus, seed=seed), ()),
        (
            Method("same-genre", "simple", "tracks of the same genre, the most listed first"),
            SameGenre(corpus),
            (),
        ),
        (
            Method(RESTATED, "simple", f"0.55 embedding + 0.45 attributes; {half}"),
            OfRule(rule),
            ("attributes",),
        ),
    ]
    if len(corpus.playlists):
        words = "what most playlists hold"
        made[1:1] = [
            (Method("popularity", "simple", words), Popular(corpus), ()),
            (
                Method("artist-popularity", "simple", f"{words}, by the same artists first"),
                PopularByArtist(corpus),
                (),
            ),
        ]
    for method, ask, used in made:
        yield Contestant(method, _alone(corpus.ids, ask), ask, used)


def _alone(ids: Sequence[str], ask: Continuing) -> Callable[[int], Rows]:
    def near(row: int) -> Rows:
        return ask(Question(ids[row], np.array([row]), _NOTHING))

    return near


def _spaces(engine: Engine) -> Iterator[Contestant]:
    scorer = Scorer(engine.snapshot.corpus, engine.snapshot.spaces)
    for name, space in engine.snapshot.spaces.items():
        if not space.placed.any():
            continue
        through = Through(engine, name)
        method = Method(name, "space", "this space alone")
        yield Contestant(
            method, through, OfSpace(scorer, name), through.used, lens=name, engine=engine
        )


def _lenses(engine: Engine) -> Iterator[Contestant]:
    """Lenses of more than one space, or of something else than the space of their name."""
    spaces = engine.snapshot.spaces
    for name, lens in LENSES.items():
        alone = set(lens.weights) == {name} and not lens.calibrated
        if alone or not any(s in spaces and spaces[s].placed.any() for s in lens.weights):
            continue
        said = " + ".join(f"{weight:g} {space}" for space, weight in lens.weights.items())
        yield _through(engine, Method(name, "lens", said), name)
    yield _through(engine, Method(BALANCED, "lens", "weights by where the seed stands"), BALANCED)
    selected = Method(SELECTED, "lens", "the same after selection, as it is shown")
    shown = Selected(engine, BALANCED, Dials())
    yield Contestant(selected, None, shown, lens=BALANCED, engine=engine, whole=False, scores=False)


def _through(engine: Engine, method: Method, lens: str) -> Contestant:
    through = Through(engine, lens)
    ranked = OfLens(Ranked(engine, lens))
    return Contestant(method, through, ranked, through.used, lens=lens, engine=engine)


def _ablated(engine: Engine, one: Ablation) -> Contestant:
    """A lens over a snapshot without some spaces."""
    snapshot = engine.snapshot
    there = {name: space for name, space in snapshot.spaces.items() if name not in one.without}
    asked = Engine(Snapshot(snapshot.corpus, there)) if one.without else engine
    lens = one.lens
    if not isinstance(lens, str):
        lens = {name: weight for name, weight in lens.items() if name not in one.without}
    through = Through(asked, lens, one.dials or Dials())
    goes_on: Continuing = OfLens(Ranked(asked, lens))
    if one.dials is not None:
        goes_on = Selected(asked, lens, one.dials)
    return Contestant(
        Method(one.name, "ablation", one.words),
        through,
        goes_on,
        through.used,
        lens=lens,
        engine=asked,
        whole=one.dials is None,
        scores=one.dials is None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """A lens that continues playlists with the rows that a person would be shown."""

    engine: Engine
    lens: str | Mapping[str, float]
    dials: Dials

    def __call__(self, question: Question) -> Rows:
        """See `segue.training.playlists.methods.Method`; as many rows as are hidden."""
        if not len(question.seeds):
            return _NOTHING
        known = [self.engine.track_at(row) for row in question.seeds.tolist()]
        row_of = self.engine.snapshot.corpus.row_of
        members = tuple(Member(Seed(each, row_of[each.id])) for each in known)
        seed = Seed(Track(TrackId(""), "a playlist", ()), members=members)
        if not self.engine.stands(seed, lens=self.lens):
            return _NOTHING
        count = min(MOST, max(LENGTH, len(question.hidden)))
        answer = self.engine.similar(seed, n=count, lens=self.lens, dials=self.dials)
        return np.array([row_of[one.track.id] for one in answer.recommendations], dtype=np.int64)
