"""Weights as people move them: a slider for each way of comparing, and what sliders say.

A form sends one number for each, ``weigh.NAME``, and what stood there before as ``weighed``. Where
the two differ, somebody has moved a slider: the numbers are a lens of their own, in place of the
one that is chosen by name. So a form without scripts says the same as one with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.descriptors.extract import GROUPS
from segue.errors import BadRequestError
from segue.serve import words
from segue.serve.failures import shorten
from segue.spaces.descriptors import DescriptorsSpace
from segue.spaces.facets import ALONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import QueryParams

    from segue.library import Segue
    from segue.recommend.seeds import Seed
    from segue.records import Answer
    from segue.serve.parameters import Weighed

SAID = "weigh."
"""How the names of the numbers begin; behind it stands a space or a feature."""

BEFORE = "weighed"
"""The field that holds what stood there before."""

MOST = 100
"""Where a slider ends. Weights count by their ratio alone."""

_FEATURES = tuple(facet.name for facet in ALONE)
_OF_SOUND = tuple(name for name in GROUPS if name not in _FEATURES)


@dataclass(frozen=True, slots=True)
class Slider:
    """One weight that can be moved: of a space or a feature, `value` from 0 to 100."""

    name: str
    label: str
    meaning: str
    value: int


@dataclass(frozen=True, slots=True)
class Sliders:
    """All weights that a seed can be compared by: spaces, features, parts of the sound."""

    spaces: tuple[Slider, ...]
    features: tuple[Slider, ...]
    sound: tuple[Slider, ...]

    @property
    def written(self) -> str:
        """What they say, as the address of a lens has it: ``attributes:60,text:40``."""
        every = (*self.spaces, *self.features, *self.sound)
        return _written({one.name: float(one.value) for one in every})


def weights_said(query: QueryParams) -> str | None:
    """Weights of one's own, as an address has them; None where nobody moved a slider.

    A lens that is written as weights is such a one too.

    Raises
    ------
    BadRequestError
        A field holds no number from 0 to 100.
    """
    lens = query.get("lens", "")
    said = {
        name.removeprefix(SAID): value for name, value in query.items() if name.startswith(SAID)
    }
    if said:
        written = _written({name: _number(name, value) for name, value in said.items()})
        if written != query.get(BEFORE):
            return written
    return lens if ":" in lens else None


def asked_of(query: QueryParams, weights: str | None) -> dict[str, list[str]]:
    """What a form asks, by name and without what is blank: the query of an address to keep.

    Parameters
    ----------
    query
        As the form sent it.
    weights
        From `weights_said`: they stand in the place of a lens and of the numbers.
    """
    kept: dict[str, list[str]] = {}
    for name, value in query.multi_items():
        if value.strip() and not name.startswith(SAID) and name != BEFORE:
            kept.setdefault(name, []).append(value)
    if weights is not None:
        kept.pop("lens", None)
        kept["weights"] = [weights]
    return kept


def sliders(segue: Segue, seed: Seed, answer: Answer, *, asked: Weighed | None) -> Sliders:
    """The weights of an answer, and those it could have: 0 is what it does not go by.

    Parameters
    ----------
    segue
        Whose engine is ready.
    seed
        What was asked about. What it does not stand in has no slider.
    answer
        What came of it.
    asked
        The lens that was asked for: numbers of a form stand where they stood.
    """
    engine = segue.engine()
    points, every = engine.stand(seed).points, engine.snapshot.spaces
    values = _numbers(asked) or {
        name: max(1, round(weight * MOST)) for name, weight in answer.weights.items()
    }
    known = [name for name in words.SPACES if name in every]
    names = [*known, *(name for name in every if name not in words.SPACES)]
    track = seed.track
    told = set() if track.attributes is None else set(track.attributes.known())
    told |= {name for name in ("year", "popularity") if getattr(track, name) is not None}
    sound = _OF_SOUND if DescriptorsSpace.name in points else ()
    return Sliders(
        tuple(_slider(name, values) for name in names if name in points),
        tuple(_slider(name, values) for name in _FEATURES if name in told and name not in every),
        tuple(_slider(name, values) for name in sound if name not in every),
    )


def _numbers(asked: Weighed | None) -> dict[str, int]:
    """The numbers of sliders in a lens that somebody wrote; none where it is written otherwise."""
    if not isinstance(asked, str) or ":" not in asked:
        return {}
    pairs = (part.partition(":") for part in asked.split(","))
    found = {name.strip(): float(number) for name, _, number in pairs}
    if max(found.values()) <= 1 or any(one % 1 or one > MOST for one in found.values()):
        return {}
    return {name: int(number) for name, number in found.items()}


def _slider(name: str, values: Mapping[str, int]) -> Slider:
    known = words.LENSES.get(name) if name in words.SPACES else None
    label = known[0] if known else name.replace("_", " ").capitalize()
    meaning = known[1] if known else words.GAUGES.get(name, "")
    return Slider(name, label, meaning, values.get(name, 0))


def _number(name: str, value: str) -> float:
    """What a field says; an empty one counts for nothing."""
    try:
        number = float(value or 0)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:
        raise BadRequestError(
            f"{shorten(value)!r} is no weight of {shorten(name)}",
            remedy=f"Give a number from 0 to {MOST}",
        )
    return number


def _written(values: Mapping[str, float]) -> str:
    """Weights above 0, in the order of the form; the first as 0 where there are none."""
    counted = {name: value for name, value in values.items() if value > 0}
    counted = counted or dict(list(values.items())[:1])
    return ",".join(f"{name}:{value:g}" for name, value in counted.items())
