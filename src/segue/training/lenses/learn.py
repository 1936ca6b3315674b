"""The lens ``balanced``, learned by a catalogue on itself.

Weights are learned for every pattern of spaces that the catalogue can fill, from the richest to the
poorest, and for one seed, a few, and many. What people put together is judged by playlists held
out, from whose spaces they were taken out first; what is heard by artists and genres
(`segue.training.lenses.questions`). A genre has weights of its own where these are surely better.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.recommend.engine import Engine
from segue.recommend.lenses import BALANCED
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.training.lenses.evidence import Evidence, put
from segue.training.lenses.judging import HYBRID, Weighed, weigh, weigh_genres
from segue.training.lenses.questions import held_out, of_playlists, of_sound
from segue.training.playlists import content, factors, item2vec
from segue.training.playlists.fitted import Fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from segue.snapshot import Corpus
    from segue.training.playlists.material import Material
    from segue.types import Progress

PEOPLE = ("together", "titles", "factors", "playlists")
NAMES = ("artist", "album", "text")
TABLE = (*NAMES, "attributes", "latent")
SOUND = ("sound", "genre", "descriptors")

PATTERNS: tuple[tuple[str, ...], ...] = (
    (*PEOPLE, *TABLE, *SOUND),
    (*PEOPLE, *TABLE),
    (*PEOPLE, *NAMES),
    ("together", "titles", *TABLE),
    ("together", "titles", *NAMES),
    (*TABLE, *SOUND),
    TABLE,
    NAMES,
)
"""Spaces that are weighed together where playlists judge, from those that know most."""

SIZES: tuple[tuple[int, int | None, str], ...] = ((1, 1, "1"), (2, 9, "5"), (10, None, "half"))
"""From how many seeds to how many, and the scenario that stands for them."""

TITLED = 3
"""So many of the first patterns are weighed with a playlist's title given too.

The space `titles` then hears that title alone, and weighs otherwise."""


def fit(
    corpus: Corpus,
    *,
    heard: Collection[str] = (),
    seed: int = 42,
    on_progress: Progress | None = None,
) -> Fitted:
    """Learn the weights from what a catalogue holds: playlists, analysed music with artists.

    Parameters
    ----------
    corpus
        Of the catalogue.
    heard
        Normal forms of artists with whose music the networks of its spaces were taught.
    seed
        Settles what training again leaves to chance.
    on_progress
        Called with (done, total, what).

    Raises
    ------
    UnavailableError
        There is too little to learn any weights from; the message says what would help.
    """
    patterns: list[dict[str, Any]] = []
    notes: list[str] = []
    try:
        held = held_out(corpus)
    except UnavailableError as error:
        notes.append(str(error))
    else:
        there = without_the_held(held, seed=seed, on_progress=on_progress)
        patterns += of_people(there, on_progress=on_progress)
    of_sound = of_ears(corpus, heard=heard, on_progress=on_progress)
    if not of_sound:
        notes.append("what is heard was not weighed: it needs analysed music by known artists")
    patterns += of_sound
    if not patterns:
        raise _too_little(notes)
    said = "These weights were learned from your own playlists and music"
    origin = {"sentence": said, "tracks": len(corpus), "notes": notes}
    document = {"origin": origin, "patterns": patterns}
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
    nobody = np.empty(0, dtype=np.int64)
    return Fitted(BALANCED, digest, nobody, None, document, {})


def without_the_held(
    material: Material, *, seed: int = 42, on_progress: Progress | None = None
) -> Material:
    """Learn the playlists' spaces again, as they were learned, from those that are left."""
    corpus = material.corpus
    kinds: dict[str, tuple[Callable[..., Fitted], Callable[..., Any]]] = {
        factors.NAME: (factors.fit, factors.FactorsParameters),
        item2vec.NAME: (item2vec.fit, item2vec.Item2VecParameters),
    }
    for name, (fitting, kind) in kinds.items():
        before = corpus.trained.get(name)
        if before is None:
            continue
        try:
            parameters = kind(**before.state["parameters"])
        except (KeyError, TypeError):
            raise UnavailableError(
                f"how the space {name} was learned is not known to this version of Segue",
                remedy=f"Learn it again: `segue train {name}`",
            ) from None
        fitted = fitting(corpus, parameters, seed=seed, on_progress=on_progress)
        corpus = content.fit(corpus, fitted, seed=seed).into(corpus)
    return replace(material, corpus=corpus)


def of_people(material: Material, *, on_progress: Progress | None = None) -> list[dict[str, Any]]:
    """Patterns that playlists held out judge, as the lens's document has them.

    Parameters
    ----------
    material
        Its corpus has learned from the other playlists alone.
    on_progress
        Called with (done, total, what).
    """
    engine = _engine(material.corpus)
    everything = _filled(engine, PATTERNS)
    names = tuple(dict.fromkeys(name for pattern in everything for name in pattern))
    found: list[dict[str, Any]] = []
    for titled in (True, False):
        by_size = []
        for least, most, scenario in SIZES:
            asked = [
                one
                for one in of_playlists(material, scenario, titled=titled)
                if least <= len(one.seed.members) <= (most or len(one.seed.members))
            ]
            by_size.append(put(engine, asked, names, on_progress=on_progress))
        for pattern in _filled(engine, PATTERNS[:TITLED]) if titled else everything:
            learned = [
                [*_learned(heard.among(pattern), (least, most), titled=titled, by="playlists")]
                for heard, (least, most, _) in zip(by_size, SIZES, strict=True)
            ]
            found += _without_holes(learned)
    return found


def _without_holes(by_size: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Patterns of one, few and many seeds; where few or many taught nothing, the other is for both.

    A catalogue of short playlists has no question of many seeds.
    """
    one, few, many = by_size
    for pattern in few if not many else many if not few else []:
        pattern["members"] = [SIZES[1][0], None]
    return [*one, *few, *many]


def of_ears(
    corpus: Corpus, *, heard: Collection[str] = (), on_progress: Progress | None = None
) -> list[dict[str, Any]]:
    """The pattern of what is heard alone, judged by artists and genres; none where too few."""
    engine = _engine(corpus)
    found: list[dict[str, Any]] = []
    for names in _filled(engine, (SOUND,)):
        there = np.logical_and.reduce([engine.snapshot.spaces[name].placed for name in names])
        asked = of_sound(corpus, np.flatnonzero(there), without=heard)
        evidence = put(engine, asked, names, on_progress=on_progress).among(names)
        found += _learned(evidence, (0, None), titled=None, by="artists and genres")
    return found


def _learned(
    evidence: Evidence, members: tuple[int, int | None], *, titled: bool | None, by: str
) -> Iterator[dict[str, Any]]:
    """The pattern of some evidence, and those of genres before it; nothing where it is too thin."""
    weighed = weigh(evidence)
    if weighed is None:
        return
    for genre, own in weigh_genres(evidence, weighed.weights).items():
        yield _pattern(own, members, titled=titled, genre=genre, by=by)
    yield _pattern(weighed, members, titled=titled, genre=None, by=by)


def _pattern(
    weighed: Weighed,
    members: tuple[int, int | None],
    *,
    titled: bool | None,
    genre: str | None,
    by: str,
) -> dict[str, Any]:
    return {
        "weights": dict(weighed.weights),
        "members": list(members),
        "titled": titled,
        "genre": genre,
        "origin": {"sentence": _sentence(weighed, by=by, genre=genre), **weighed.to_json()},
    }


def _sentence(weighed: Weighed, *, by: str, genre: str | None) -> str:
    """Where the weights come from, with the figure and the rivals that people know."""
    whose = f" of {genre}" if genre else ""
    said = (
        f"Weights learned from {weighed.questions:,} questions of {by} held out{whose}; "
        f"they find {weighed.figure.value:.3f}"
    )
    alone = {n: one for n, one in weighed.rivals.items() if n not in {"even", HYBRID, "all genres"}}
    if len(alone) > 1:
        nearest = min(alone, key=lambda name: alone[name].value)
        said += f", {nearest} alone {weighed.figure.value - alone[nearest].value:.3f}"
    if HYBRID in weighed.rivals:
        said += f", 0.6/0.4 {weighed.figure.value - weighed.rivals[HYBRID].value:.3f}"
    return said


def _engine(corpus: Corpus) -> Engine:
    return Engine(Snapshot(corpus, build_all(corpus)))


def _filled(engine: Engine, patterns: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Each pattern with the spaces alone where tracks stand, once; none of a single space."""
    spaces = engine.snapshot.spaces
    filled = [
        tuple(name for name in names if name in spaces and spaces[name].placed.any())
        for names in patterns
    ]
    return [names for names in dict.fromkeys(filled) if len(names) > 1]


def _too_little(notes: Sequence[str]) -> UnavailableError:
    said = "; ".join(note.rstrip(".") for note in notes)
    return UnavailableError(
        f"the catalogue knows too little to learn weights from: {said}",
        remedy="Import playlists, or analyse music whose artists are tagged",
    )
