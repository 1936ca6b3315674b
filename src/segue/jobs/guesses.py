"""Attributes from sound for those who ask: of a file outside, and how sure they are of a track.

The same measure and the same model as for the files of the catalogue (`segue.jobs.guessing`), so
that a page and an upload tell the same number.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue.catalogue import vectors
from segue.catalogue.provenance import ESTIMATED, GIVEN, PREDICTED, joined
from segue.errors import SegueError
from segue.records import Track

if TYPE_CHECKING:
    from segue.attributes.predictor import Interval, Predictor
    from segue.catalogue.database import Database
    from segue.recommend.seeds import Seed
    from segue.settings import Settings
    from segue.snapshot import Description
    from segue.types import Vector

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guesses:
    """What can be said from sound, for one catalogue under its settings."""

    database: Database
    settings: Settings

    def told(self, description: Description) -> Description:
        """What was described of a file outside, with the attributes that its sound gives.

        What its tags say of attributes stays; what the model does not say is estimated.
        """
        from segue.descriptors.hearing import estimates
        from segue.jobs.guessing import SPACE, estimator_of

        vector = description.vectors.get(SPACE)
        if vector is None:
            return description
        estimator = estimator_of(self.database)
        rows = {ESTIMATED: estimator.completed(estimates(vector), vector)}
        predictor = self._predictor()
        if predictor is not None:
            rows[predictor.provenance] = predictor.of(vector)
        if description.record.attributes is not None:
            rows[GIVEN] = description.record.attributes
        attributes, _, origins = joined(rows)
        record = replace(description.record, attributes=attributes)
        return replace(description, record=record, origins=origins)

    def intervals(self, of: Track | Seed) -> dict[str, Interval]:
        """Between what predicted attributes lie, by name.

        Computed at this moment from the descriptors of a track or of a file outside; none where
        the model at work predicted none of them.
        """
        track = of if isinstance(of, Track) else of.track
        if not any(origin.startswith(PREDICTED) for origin in track.origins.values()):
            return {}
        predictor = self._predictor()
        vector = self._vector(of)
        if predictor is None or vector is None:
            return {}
        return {
            name: interval
            for name, interval in predictor.intervals(vector).items()
            if track.origins.get(name) == predictor.provenance
        }

    def _vector(self, of: Track | Seed) -> Vector | None:
        """Today's descriptors of a track, or those that a file outside was described with."""
        import numpy as np

        from segue.jobs.guessing import HERE, SPACE

        if not isinstance(of, Track):
            if of.description is not None:
                return of.description.vectors.get(SPACE)
            of = of.track
        blob = vectors.get(self.database, of.id, **HERE)
        return None if blob is None else np.frombuffer(blob, dtype="<f4").astype(np.float32)

    def _predictor(self) -> Predictor | None:
        """The model at work; None where none is set, and where it cannot be used.

        The status says why; recommending goes on without it.
        """
        from segue.jobs.guessing import predictor_of

        try:
            return predictor_of(self.settings)
        except SegueError as problem:
            _log.info("attributes are not predicted: %s", problem)
            return None
