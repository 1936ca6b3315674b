"""Methods made ready: what they need is learned, spaces are built, what cannot be had is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from segue.errors import BadRequestError, UnavailableError
from segue.spaces.memberships import Weighting
from segue.training.playlists.factors import FactorsParameters
from segue.training.playlists.item2vec import Item2VecParameters
from segue.training.playlists.methods import (
    OfBlend,
    OfLens,
    OfSpace,
    Popular,
    PopularByArtist,
    Ranked,
    Scorer,
)
from segue.training.playlists.questions import SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue.snapshot import Corpus, Space
    from segue.training.playlists.methods import Method
    from segue.types import Progress

METHODS: tuple[str, ...] = (
    "popularity",
    "artist-popularity",
    "item2vec-library",
    "playlists",
    "together",
    "factors",
    "artist",
    "album",
    "text",
    "titles",
    "plain",
    "balanced",
    "balanced-selected",
)
"""What is tried unless asked otherwise; any other space by its name may be asked for too."""

_LIBRARY = "item2vec-library"
_PLAIN = "plain"

PLAIN: Mapping[str, float] = {"plain together": 1.0, "plain factors": 1.0, "artist": 0.2}
"""The blend that others are measured by: 1 `together` + 1 `factors` + 0.2 `artist`, untuned."""

PLAIN_TOGETHER = Weighting(seed=0.7, track=0.3, length=0.5, shrinkage=0.0)
PLAIN_FACTORS = FactorsParameters(
    factors=128, regularization=0.05, alpha=10.0, iterations=10, min_count=2
)
"""Its parameters, which stay whatever becomes ordinary."""

PER_ARTIST = 2
"""How many rows one artist may have a part in where an answer is selected, as in `Settings`."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Methods by name, built from one corpus, and why some that were asked for are not there."""

    corpus: Corpus
    methods: Mapping[str, Method]
    notes: tuple[str, ...] = ()


def learn(
    corpus: Corpus,
    *,
    together: Weighting | None = None,
    factors: FactorsParameters | None = None,
    playlists: Item2VecParameters | None = None,
    content: bool = True,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Corpus:
    """`corpus` with what training finds out from its playlists.

    Parameters
    ----------
    corpus
        See there.
    together, factors, playlists
        Parameters of the spaces of these names, the ordinary ones where None. Where the playlists
        are too few for a space, it is left out.
    content
        Whether tracks that stand in too few playlists get a place by their content.
    seed, on_progress
        Handed on.
    """
    from segue.training.playlists import content as by_content
    from segue.training.playlists import factors as als
    from segue.training.playlists import item2vec
    from segue.training.playlists import together as weighed

    if together is not None:
        corpus = weighed.fit(corpus, together, seed=seed).into(corpus)
    fits = (
        partial(als.fit, corpus, factors or FactorsParameters()),
        partial(item2vec.fit, corpus, playlists or Item2VecParameters()),
    )
    for fit in fits:
        try:
            fitted = fit(seed=seed, on_progress=on_progress)
        except UnavailableError:  # no two tracks that are known well enough share a playlist
            continue
        if content:
            fitted = by_content.fit(corpus, fitted, seed=seed)
        corpus = fitted.into(corpus)
    return corpus


def prepare(
    corpus: Corpus,
    names: Sequence[str] = METHODS,
    *,
    per_artist: int | None = PER_ARTIST,
    seed: int = SEED,
) -> Prepared:
    """Build the methods that are asked for.

    Parameters
    ----------
    corpus
        Of `learn`, or of a catalogue.
    names
        Of `METHODS` or of spaces.
    per_artist
        Of ``balanced-selected``.
    seed
        Of ``item2vec-library``.

    Raises
    ------
    BadRequestError
        There is no such method.
    UnavailableError
        None of them can be had.
    """
    from segue.spaces.registry import build_all

    spaces = build_all(corpus)
    unknown = [name for name in names if name not in {*METHODS, *spaces}]
    if unknown:
        known = ", ".join(dict.fromkeys((*METHODS, *spaces)))
        raise BadRequestError(f"there is no method {unknown[0]!r}", remedy=f"Use one of: {known}")
    scored = dict(spaces)
    if _LIBRARY in names:
        scored |= _library(corpus, seed)
    if _PLAIN in names:
        scored |= _plain(corpus, seed)
    made = _makers(corpus, spaces, scored, per_artist)
    methods: dict[str, Method] = {}
    notes = []
    for name in names:
        if name in made:
            methods[name] = made[name]()
        else:
            needs = spaces[name].needs if name in spaces else "more playlists"
            notes.append(f"{name} is left out: no track stands there. It needs {needs}")
    if not methods:
        raise UnavailableError("no method can be tried", remedy="; ".join(notes))
    return Prepared(corpus, methods, tuple(notes))


def _makers(
    corpus: Corpus,
    spaces: Mapping[str, Space],
    scored: Mapping[str, Space],
    per_artist: int | None,
) -> dict[str, Callable[[], Method]]:
    """How each method is made, of those that can be."""
    from segue.recommend.engine import Engine
    from segue.recommend.selection import Recordings
    from segue.snapshot import Snapshot

    scorer = Scorer(corpus, scored)
    ranked = Ranked(Engine(Snapshot(corpus, spaces)))
    there = [name for name, space in scored.items() if space.placed.any()]
    plain = {name: part for name, part in PLAIN.items() if name in there}
    makers: dict[str, Callable[[], Method]] = {
        name: partial(OfSpace, scorer, name) for name in there
    }
    makers |= {
        "popularity": partial(Popular, corpus),
        "artist-popularity": partial(PopularByArtist, corpus),
        "balanced": partial(OfLens, ranked),
        "balanced-selected": partial(OfLens, ranked, Recordings(corpus), per_artist),
    }
    if plain:
        makers[_PLAIN] = partial(OfBlend, scorer, plain)
    return makers


def _library(corpus: Corpus, seed: int) -> dict[str, Space]:
    """Item2vec by its library's defaults, where it can be had."""
    from segue.spaces.playlists import PlaylistsSpace
    from segue.training.playlists.rivals import library_item2vec

    try:
        fitted = library_item2vec(corpus, seed=seed)
    except RuntimeError:  # gensim finds no track that stands in five playlists
        return {}
    return {_LIBRARY: cast("Space", PlaylistsSpace.build(fitted.into(corpus)))}


def _plain(corpus: Corpus, seed: int) -> dict[str, Space]:
    """The parts of the plain blend, untuned whatever the corpus was taught."""
    from segue.spaces.factors import FactorsSpace
    from segue.spaces.together import TogetherSpace
    from segue.training.playlists import factors as als

    found = {"plain together": TogetherSpace.build(corpus, weighting=PLAIN_TOGETHER)}
    try:
        fitted = als.fit(corpus, PLAIN_FACTORS, seed=seed)
    except UnavailableError:
        return cast("dict[str, Space]", found)
    return cast(
        "dict[str, Space]", {**found, "plain factors": FactorsSpace.build(fitted.into(corpus))}
    )
