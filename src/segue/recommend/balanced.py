"""The lens ``balanced``: weights by which spaces a seed stands in, and by how many seeds there are.

Its document is JSON::

    {"origin": {"sentence": "…", …},
     "patterns": [{"weights": {"together": 0.5, "factors": 0.5}, "members": [2, 9],
                   "titled": false, "genre": null, "origin": {"sentence": "…", …}}, …]}

The first pattern that fits counts. A pattern fits when the seed stands in every space it weighs,
the number of seeds is within ``members`` (0 for a title alone; null for no end), ``titled`` says
whether a playlist's title is given (null where that does not matter), and its ``genre``, if it has
one, is that of the seeds. So patterns stand from those that know most to those that know least.
Weights are of calibrated scores.

The weights are the catalogue's own where it has learned some (`Corpus.trained`); where none of
these fits, and where it has not, they are those that come with Segue.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from segue.names import fold
from segue.recommend.lenses import BALANCED, Lens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.recommend.seeds import Standing
    from segue.records import Track
    from segue.snapshot import Corpus

SHIPPED = "balanced.json"

_log = logging.getLogger(__name__)

MOST_OF = 0.5
"""Part of the weight of a set's members that must share a genre for the set to be of it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weights, and for which seeds; see the module. `origin` is a sentence."""

    weights: Mapping[str, float]
    least: int
    most: int | None
    titled: bool | None
    genre: str
    origin: str

    @classmethod
    def read(cls, document: Mapping[str, Any], *, origin: str) -> Self:
        """From JSON; `origin` is that of the whole document."""
        least, most = document.get("members") or (0, None)
        return cls(
            {name: float(weight) for name, weight in document["weights"].items() if weight},
            int(least),
            None if most is None else int(most),
            document.get("titled"),
            fold(document.get("genre") or ""),
            sentence(document.get("origin") or {}) or origin,
        )

    def fits(self, standing: Standing, genre: str) -> bool:
        """Whether its weights are for this seed."""
        described = standing.seed.description
        titled = described is not None and bool(described.title)
        return (
            standing.size >= self.least
            and (self.most is None or standing.size <= self.most)
            and self.titled in {None, titled}
            and self.genre in {"", genre}
            and all(name in standing.points for name in self.weights)
        )


@dataclass(frozen=True, slots=True)
class Balanced:
    """All patterns; `learned` where the catalogue itself has found some out."""

    patterns: tuple[Pattern, ...]
    learned: bool

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """The catalogue's own, then those that come with Segue."""
        trained = corpus.trained.get(BALANCED)
        own: tuple[Pattern, ...] = ()
        if trained is not None:
            try:
                own = _patterns(trained.state)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # One lens that cannot be read must not keep a catalogue from answering.
                _log.warning(
                    "the weights that were learned for %r cannot be read (%r), so those that come "
                    "with Segue count; learn them again: segue train balanced",
                    BALANCED,
                    error,
                )
        return cls((*own, *_patterns(_shipped())), bool(own))

    def lens(self, standing: Standing) -> tuple[Lens, str] | None:
        """The lens for a seed and where its weights come from; None where no pattern fits."""
        genre = genre_of(standing)
        for pattern in self.patterns:
            if pattern.fits(standing, genre):
                total = sum(pattern.weights.values())
                weights = {name: weight / total for name, weight in pattern.weights.items()}
                return Lens(BALANCED, weights, calibrated=True), pattern.origin
        return None


def _patterns(document: Mapping[str, Any]) -> tuple[Pattern, ...]:
    origin = sentence(document.get("origin") or {})
    return tuple(Pattern.read(each, origin=origin) for each in document["patterns"])


def sentence(origin: Mapping[str, Any]) -> str:
    """Where weights come from, as a sentence to show; empty where it is not said."""
    return str(origin.get("sentence") or "")


def genre_of(standing: Standing) -> str:
    """The genre of a seed, folded, or the one that most of a set's weight has; else empty.

    That of one track is the first it has. Of genres that a set has as often, the first counts. A
    taste that shifts a seed leaves it of its genre.
    """
    near = [part for part in standing.parts if part.weight > 0]
    if standing.seed.shifts is not None or not standing.parts:
        return _first(standing.seed.track)
    if len(near) == 1:
        return _first(near[0].seed.track)
    weights: dict[str, float] = {}
    for part in near:
        for genre in dict.fromkeys(fold(genre) for genre in part.seed.track.genres):
            weights[genre] = weights.get(genre, 0.0) + part.weight
    most = max(weights, key=lambda genre: weights[genre], default="")
    total = sum(part.weight for part in near)
    return most if weights.get(most, 0.0) >= MOST_OF * total else ""


def _first(track: Track) -> str:
    return fold(track.genres[0]) if track.genres else ""


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    """The document that comes with Segue."""
    text = files("segue.recommend").joinpath(SHIPPED).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
