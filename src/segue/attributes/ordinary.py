"""What is ordinary: how descriptors, scores and attributes are spread over music of many kinds.

`segue.attributes.formulas` reads a descriptor by how far it lies from ordinary music, and where a
catalogue has too few given values of its own, scores are matched to ordinary ones. The music is
classical, electronic, pop and rock; scores come from clips of them, values from a public table of
tracks of the same genres, each counted as often as there are clips of it.

``tests/golden/ordinary_attributes_make.py`` makes the table from the real data; only quantiles and
moments stand in it, no track.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from segue.attributes.matching import knotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.attributes.matching import Match

Moments: TypeAlias = "Mapping[str, tuple[float, float]]"
"""Mean and standard deviation of readings, by the names of their terms."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Ordinary music.

    Attributes
    ----------
    moments
        Of every reading.
    matches
        From scores to values, by attribute.
    clips, rows
        How many clips and how many rows of the table it comes from.
    """

    moments: Moments
    matches: Mapping[str, Match]
    clips: int
    rows: int


@lru_cache(maxsize=1)
def ordinary() -> Ordinary:
    """The table that comes with Segue."""
    text = resources.files("segue.attributes").joinpath("ordinary.json").read_text("utf-8")
    table = json.loads(text)
    return Ordinary(
        moments=MappingProxyType(
            {name: (mean, deviation) for name, (mean, deviation) in table["moments"].items()}
        ),
        matches=MappingProxyType(
            {
                name: knotted(np.array(table["scores"][name]), np.array(values))
                for name, values in table["values"].items()
            }
        ),
        clips=table["clips"],
        rows=table["rows"],
    )
