"""Methods that continue playlists, side by side on playlists that none of them was taught."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from segue.errors import BadRequestError, BadTableError, UnavailableError
from segue.evaluation.continuation import Found
from segue.training.playlists.methods import (
    PLAIN,
    OfBlend,
    OfLens,
    OfSpace,
    Popular,
    PopularByArtist,
    Ranked,
    Scorer,
)
from segue.training.playlists.questions import LEAST, SCENARIOS, SEED, TITLE, questions, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segue.snapshot import Corpus, Space
    from segue.training.playlists.material import Material
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
    "text",
    "titles",
    "plain",
    "balanced",
    "balanced-selected",
)
"""What is tried unless asked otherwise; any other space by its name may be asked for too."""

_LIBRARY = "item2vec-library"
_LENS = ("balanced", "balanced-selected")

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
    spaces: Sequence[str] = ("factors", "playlists"),
    content: bool = True,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Corpus:
    """`corpus` with what training finds out from its playlists, every parameter by default.

    Parameters
    ----------
    corpus
        See there.
    spaces
        Those to be trained.
    content
        Whether tracks that stand in too few playlists get a place by their content.
    seed, on_progress
        Handed on.
    """
    from segue.training.playlists import content as by_content
    from segue.training.playlists import factors, item2vec

    for name in spaces:
        fitted = (
            factors.fit(corpus, seed=seed, on_progress=on_progress)
            if name == factors.NAME
            else item2vec.fit(corpus, seed=seed, on_progress=on_progress)
        )
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
    from segue.recommend.engine import Engine
    from segue.recommend.selection import Recordings
    from segue.snapshot import Snapshot
    from segue.spaces.registry import build_all

    spaces = build_all(corpus)
    unknown = [name for name in names if name not in {*METHODS, *spaces}]
    if unknown:
        known = ", ".join(dict.fromkeys((*METHODS, *spaces)))
        raise BadRequestError(f"there is no method {unknown[0]!r}", remedy=f"Use one of: {known}")
    scorer = Scorer(corpus, _with_library(spaces, corpus, seed) if _LIBRARY in names else spaces)
    ranked, recordings = Ranked(Engine(Snapshot(corpus, spaces))), Recordings(corpus)
    methods: dict[str, Method] = {}
    notes = []
    for name in names:
        if name == "popularity":
            methods[name] = Popular(corpus)
        elif name == "artist-popularity":
            methods[name] = PopularByArtist(corpus)
        elif name == "plain":
            weights = {each: weight for each, weight in PLAIN.items() if _stands(spaces, each)}
            methods[name] = OfBlend(scorer, weights)
        elif name in _LENS:
            step = recordings if name == _LENS[1] else None
            methods[name] = OfLens(ranked, step, per_artist)
        elif _stands(scorer.spaces, name):
            methods[name] = OfSpace(scorer, name)
        else:
            needs = spaces[name].needs if name in spaces else "more playlists"
            notes.append(f"{name} is left out: no track stands there. It needs {needs}")
    if not methods:
        raise UnavailableError("no method can be tried", remedy="; ".join(notes))
    return Prepared(corpus, methods, tuple(notes))


def _with_library(spaces: Mapping[str, Space], corpus: Corpus, seed: int) -> dict[str, Space]:
    """The spaces, and that of item2vec by its library's defaults where it can be had."""
    from segue.spaces.playlists import PlaylistsSpace
    from segue.training.playlists.rivals import library_item2vec

    try:
        fitted = library_item2vec(corpus, seed=seed)
    except RuntimeError:  # gensim finds no track that stands in five playlists
        return dict(spaces)
    return {**spaces, _LIBRARY: cast("Space", PlaylistsSpace.build(fitted.into(corpus)))}


def _stands(spaces: Mapping[str, Space], name: str) -> bool:
    return name in spaces and bool(spaces[name].placed.any())


@dataclass(slots=True, eq=False)
class Trial:
    """What every method found, by scenario and method.

    `asked` says of how many playlists, `unanswered` how many a method had no answer to.
    """

    found: dict[str, dict[str, Found]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, dict[str, int]] = field(default_factory=dict)


def run(
    material: Material,
    methods: Mapping[str, Method],
    *,
    scenarios: Sequence[str] = SCENARIOS,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Trial:
    """Ask every method about every playlist held out.

    Parameters
    ----------
    material
        What was learned from and what is asked.
    methods
        By name. In ``title`` those of `by_title` alone are asked.
    scenarios
        Which, in order.
    seed
        See `questions`.
    on_progress
        Called with (playlists asked, in all, what).

    Raises
    ------
    BadTableError
        No playlist is long enough to be asked.
    """
    if not any(len(one.rows) >= LEAST for one in material.held):
        raise BadTableError(
            f"none of {len(material.held):,} playlists has {LEAST} tracks or more",
            remedy="Give longer playlists: of a short one hardly anything can be hidden",
        )
    trial = Trial()
    artists = material.corpus.artist_keys
    for scenario in scenarios:
        asked = questions(material, scenario, seed=seed)
        chosen = dict(by_title(methods) if scenario == TITLE else methods.items())
        found = {name: Found() for name in chosen}
        silent = dict.fromkeys(chosen, 0)
        for done, question in enumerate(asked, start=1):
            for name, method in chosen.items():
                ranking = method(question)
                silent[name] += not len(ranking)
                found[name].add(ranking, question.hidden, artists=artists)
            if on_progress is not None and (done % 10 == 0 or done == len(asked)):
                on_progress(done, len(asked), f"continuing playlists from {told(scenario)}")
        trial.found[scenario], trial.asked[scenario] = found, len(asked)
        trial.unanswered[scenario] = silent
    return trial


def by_title(methods: Mapping[str, Method]) -> Iterator[tuple[str, Method]]:
    """Those that can say something of a title alone."""
    for name, method in methods.items():
        if isinstance(method, OfSpace) and method.name != "titles":
            continue
        if not isinstance(method, OfBlend | PopularByArtist):
            yield name, method
