"""Estimates: what the signal itself says of eleven attributes, before any model was trained.

Seven come from formulas (`formulas`), whose scores are matched to a distribution (`matching`):
that of the catalogue's own given values where at least `ENOUGH` tracks have both a given value and
descriptors, else that of ordinary music (`ordinary`). Both sides of a match are of the same tracks.

Three are measured and not matched: **loudness** is the integrated loudness of ITU-R BS.1770 where
the whole file was played, else the level of the excerpt, to which `AS_STEREO` is added; tempo and
key (with mode) are those of the descriptors (`segue.descriptors.hearing.estimates`), None where
unsure.

They are guesses, and go by the provenance ``estimated`` wherever they are shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.attributes.formulas import CLIP, FORMULAS
from segue.attributes.matching import Match, fit
from segue.attributes.ordinary import ordinary
from segue.descriptors.extract import COLUMNS, VERSION
from segue.records import CONTINUOUS, Attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.attributes.formulas import Formula
    from segue.attributes.ordinary import Moments
    from segue.types import Floats, Vector, Vectors

ENOUGH = 100
"""Tracks with both a given value and descriptors, from which a catalogue is its own measure."""

AS_STEREO = 2.3
"""dB from the level of a mono mix to the loudness of the same music in two channels.

Two like channels have 3.0 dB more than one; the weighting of BS.1770 takes 0.7 dB from ordinary
music, give or take 0.9.
"""

DECIMALS: Mapping[str, int] = MappingProxyType(
    {name: 2 if name == "loudness" else 4 for name in CONTINUOUS}
)
"""Digits to which estimates are kept; more than they are worth, enough to keep their order."""


def scores(vectors: Vectors, *, moments: Moments | None = None) -> dict[str, Floats]:
    """What the formulas give, by attribute.

    Parameters
    ----------
    vectors
        Shape (tracks, descriptors), raw, in the order of `segue.descriptors.extract.NAMES`.
    moments
        Mean and standard deviation of every reading; those of ordinary music when None.

    Returns
    -------
    dict
        Shape (tracks,) each; they order tracks and mean nothing by themselves.
    """
    usual = ordinary().moments if moments is None else moments
    return {one.attribute: _score(one, vectors, usual) for one in FORMULAS}


def _score(formula: Formula, vectors: Vectors, moments: Moments) -> Floats:
    total: Floats = np.zeros(len(vectors))
    for term in formula.terms:
        mean, deviation = moments[term.name]
        total += term.weight * np.clip((term.reading(vectors) - mean) / deviation, -CLIP, CLIP)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """Estimates by one set of matches.

    Attributes
    ----------
    matches
        From scores to values, for every attribute that has a formula.
    """

    matches: Mapping[str, Match]

    @classmethod
    def ordinary(cls) -> Self:
        """One that knows ordinary music only."""
        return cls(ordinary().matches)

    @classmethod
    def fitted(cls, scored: Mapping[str, Floats], given: Mapping[str, Floats]) -> Self:
        """One that goes by a catalogue where the catalogue says enough.

        Parameters
        ----------
        scored
            Scores by attribute, shape (tracks,).
        given
            Given values of the same tracks, NaN where there is none.
        """
        matches = dict(ordinary().matches)
        for name in matches:
            both = np.isfinite(given[name])
            if both.sum() >= ENOUGH:
                values, counted = given[name][both], int(both.sum())
                matches[name] = fit(scored[name][both], values, tracks=counted)
        return cls(matches)

    @property
    def own(self) -> Mapping[str, int]:
        """Attributes matched to the catalogue's own values, and to those of how many tracks."""
        return {name: one.tracks for name, one in self.matches.items() if one.tracks}

    def values(self, scored: Mapping[str, Floats], loudness: Floats) -> dict[str, Floats]:
        """Estimates in the order of `records.CONTINUOUS`, rounded as they are kept.

        Parameters
        ----------
        scored
            As `scores` gives them.
        loudness
            As `loudness_of` gives it.
        """
        return {
            name: np.round(
                loudness if name == "loudness" else self.matches[name](scored[name]),
                DECIMALS[name],
            )
            for name in CONTINUOUS
        }

    def completed(
        self, heard: Attributes, vector: Vector, *, measured: float | None = None
    ) -> Attributes:
        """What the signal says of tempo, key and mode, with estimates of the eight numbers.

        Parameters
        ----------
        heard
            As `segue.descriptors.hearing.estimates` gives it.
        vector
            The descriptors it comes from.
        measured
            Integrated loudness of the whole file in LUFS, where it is known.
        """
        one = vector[np.newaxis]
        known = np.array([np.nan if measured is None else measured])
        found = self.values(scores(one), loudness_of(one, known))
        numbers = {name: float(values[0]) for name, values in found.items()}
        return Attributes(**(heard.known() | numbers))  # type: ignore[arg-type]

    def to_text(self) -> str:
        """The catalogue's own matches as the catalogue keeps them."""
        own = {
            name: [one.tracks, one.scores.tolist(), one.values.tolist()]
            for name, one in sorted(self.matches.items())
            if one.tracks
        }
        return json.dumps({"version": version(), "matches": own})

    @classmethod
    def from_text(cls, text: str) -> Estimator:
        """What `to_text` wrote; that of ordinary music where nothing was or not by this version.

        Other descriptors or other formulas need other matches, which settling makes.
        """
        return _read(text)


@lru_cache(maxsize=1)
def version() -> str:
    """What scores mean: that of the descriptors, and a digest of the formulas and their moments."""
    read = repr((FORMULAS, sorted(ordinary().moments.items())))
    return f"{VERSION} {sha256(read.encode()).hexdigest()[:12]}"


@lru_cache(maxsize=8)
def _read(text: str) -> Estimator:
    kept = json.loads(text) if text else {}
    matches = dict(ordinary().matches)
    if kept.get("version") == version():
        for name, (tracks, places, values) in kept["matches"].items():
            if name in matches:
                matches[name] = Match(np.array(places), np.array(values), tracks)
    return Estimator(matches)


def loudness_of(vectors: Vectors, measured: Floats) -> Floats:
    """Loudness in dB: as measured, else from the level of the excerpt; shape (tracks,).

    Parameters
    ----------
    vectors
        Shape (tracks, descriptors).
    measured
        Integrated loudness in LUFS, NaN where nobody measured it.
    """
    level = vectors[:, COLUMNS["level"]].astype(np.float64) + AS_STEREO
    return np.where(np.isfinite(measured), measured, level)
