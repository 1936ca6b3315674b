"""Lenses: named weights over spaces and facets; what "similar" means this time.

======================  ==========================================  ===========================
lens                    weights                                     score
======================  ==========================================  ===========================
``hybrid``              0.6 ``attributes`` + 0.4 ``text``           of the raw cosines
``audio``               0.5 ``sound`` + 0.5 ``descriptors``         of the raw cosines
``mood``                0.5 ``valence`` + 0.5 ``energy``            of the calibrated scores
``tempo``               the tempo alone, on the circle of octaves   its raw likeness
``balanced``            by where the seed stands, learned where     of the calibrated scores
                        the catalogue has (`recommend.balanced`)
a space's own name,     that alone                                  its raw cosine or likeness
or a facet's
``space=weight,…``      as given, brought to sum 1                  of the calibrated scores;
                                                                    of one space its raw score
======================  ==========================================  ===========================

Calibrated scores (`segue.spaces.calibration`) bring spaces to one scale, so that weights mean
what they say; 1 is a random pair. ``hybrid`` and ``audio`` are defined on raw cosines and stay so.
One space alone needs no other scale: ``text=1`` is ``text``, row for row and score for score.

Facets are single features (`segue.spaces.weighable`): weights take them like spaces. Where a space
and a facet share a name, the space is meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Lens:
    """Weights by space, all above 0 and of sum 1; over calibrated or over raw scores."""

    name: str
    weights: Mapping[str, float]
    calibrated: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for lenses that score alike, and hashable."""
        return (self.calibrated, *sorted(self.weights.items()))


BALANCED = "balanced"
"""The lens whose weights go by the seed; no `Lens` until one is known."""

LENSES: dict[str, Lens] = {
    "hybrid": Lens("hybrid", {"attributes": 0.6, "text": 0.4}),
    "attributes": Lens("attributes", {"attributes": 1.0}),
    "text": Lens("text", {"text": 1.0}),
    "descriptors": Lens("descriptors", {"descriptors": 1.0}),
    "audio": Lens("audio", {"sound": 0.5, "descriptors": 0.5}),
    "mood": Lens("mood", {"valence": 0.5, "energy": 0.5}, calibrated=True),
    "tempo": Lens("tempo", {"tempo": 1.0}),
}
"""Lenses that always exist."""


_CLOSE = 0.7
"""How alike a name is at least that may have been meant: "nothing" does not mean "tuning"."""


def parse_lens(
    lens: str | Mapping[str, float],
    *,
    spaces: Collection[str],
    facets: Collection[str] | None = None,
) -> Lens:
    """The lens somebody asks for.

    Parameters
    ----------
    lens
        A name; ``"attributes=0.7,text=0.3"`` (or with colons); or a mapping of weights by space.
    spaces
        Names of the spaces there are. Each is a lens too.
    facets
        Names of the facets there are, which can be weighed and are lenses likewise; all of
        `segue.spaces.weighable` unless given.

    Raises
    ------
    BadRequestError
        There is no such lens or space, or a weight is no number, negative, or all are 0.
    """
    if facets is None:
        # Not before it is needed: the names of descriptors take long to load.
        from segue.spaces.weighable import KINDS

        facets = KINDS
    if isinstance(lens, Mapping):
        return _weighed(lens, spaces, facets)
    if not isinstance(lens, str):
        raise BadRequestError(
            f"{lens!r} is no lens", remedy="Give a name, or weights by space: {'attributes': 1.0}"
        )
    name = lens.strip()
    if "=" in name or ":" in name:
        return _weighed(_weights(name), spaces, facets)
    if name in LENSES:
        return LENSES[name]
    if name in spaces or name in facets:
        return Lens(name, {name: 1.0})
    raise _unknown("lens", name, {BALANCED, *LENSES, *spaces}, facets)


_WHY = {
    "hybrid": "attributes of it are given",
    "audio": "a network that knows real music has heard it",
    "descriptors": "its sound is what is known of it",
    "text": "its words are what is known of it",
}


def why_default(lens: Lens) -> str:
    """Why `default_lens` chose one, as a sentence."""
    why = _WHY.get(lens.name, "it stands there and nowhere else")
    return f"No lens is named; {lens.name} is taken because {why}"


def default_lens(
    placed: Collection[str], *, guessed: Collection[str] = (), learned: Collection[str] = ()
) -> Lens:
    """The lens for a seed that stands in the spaces `placed`.

    ``hybrid`` where it has attributes, for they were made for this; else ``audio`` where a network
    has heard it that knows real music or helps with it; else ``descriptors``, its sound; else
    ``text``; else whatever else it stands in, by name. ``hybrid`` where it stands nowhere.
    Attributes that are estimates do not count: its sound itself says more than what was guessed
    from it.

    Parameters
    ----------
    placed
        Names of spaces.
    guessed
        Those of them in which it stands by estimates alone.
    learned
        Those of them that a network made which knows real music, or is shown to help with it.
    """
    if "attributes" in placed and "attributes" not in guessed:
        return LENSES["hybrid"]
    if "sound" in placed and "sound" in learned:
        return LENSES["audio"]
    for name in ("descriptors", "text", *sorted(placed)):
        if name in placed:
            return LENSES.get(name, Lens(name, {name: 1.0}))
    return LENSES["hybrid"]


def _weights(text: str) -> dict[str, float]:
    """``attributes=0.7,text=0.3`` as a mapping."""
    found: dict[str, float] = {}
    for part in text.replace(":", "=").split(","):
        name, _, number = part.partition("=")
        try:
            weight = float(number)
        except ValueError:
            raise BadRequestError(
                f"{part.strip()!r} is no weight",
                where=f"lens {text!r}",
                remedy="Write spaces with their weights: attributes=0.7,text=0.3",
            ) from None
        if name.strip() in found:
            raise BadRequestError(
                f"the space {name.strip()!r} is weighed twice",
                where=f"lens {text!r}",
                remedy="Name each space once",
            )
        found[name.strip()] = weight
    return found


def _weighed(
    weights: Mapping[str, float], spaces: Collection[str], facets: Collection[str]
) -> Lens:
    for name, weight in weights.items():
        if not isinstance(name, str) or (name not in spaces and name not in facets):
            raise _unknown("space", str(name), spaces, facets)
        if not isinstance(weight, int | float) or isinstance(weight, bool):
            raise BadRequestError(
                f"the weight {weight!r} of the space {name!r} is no number",
                remedy="Give numbers of 0 or more",
            )
    written = ",".join(f"{name}={weight:g}" for name, weight in weights.items())
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise BadRequestError(
                f"the weight {weight:g} of the space {name!r} makes no sense",
                where=f"lens {written!r}",
                remedy="Give weights of 0 or more",
            )
    total = sum(weights.values())
    if not (0 < total < math.inf):
        raise BadRequestError(
            "the weights of a lens cannot all be 0" if total == 0 else "the weights are too large",
            where=f"lens {written!r}",
            remedy="Give at least one space a weight above 0, such as attributes=0.7,text=0.3",
        )
    scaled = {name: weight / total for name, weight in weights.items() if weight > 0}
    # One space alone is the lens of its name: there is nothing to bring to one scale.
    return Lens(written, scaled, calibrated=len(scaled) > 1)


def _unknown(
    kind: str, name: str, names: Collection[str], facets: Collection[str]
) -> BadRequestError:
    known = sorted(names)
    beside = sorted(set(facets) - set(names))
    close = get_close_matches(name.casefold(), [*known, *beside], n=1, cutoff=_CLOSE)
    hint = f"Perhaps {close[0]!r} is meant. Choose" if close else "Choose"
    own = "; or weigh spaces: attributes=0.7,text=0.3" if kind == "lens" else ""
    return BadRequestError(
        f"there is no {kind} {name!r}",
        remedy=f"{hint} one of {', '.join(known)}{own}; single features are {', '.join(beside)}",
    )
