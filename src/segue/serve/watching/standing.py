"""Numbers of the catalogue itself, read when they are asked for: the same from every process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from segue.catalogue import watched
from segue.catalogue.database import epoch
from segue.errors import SegueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from segue.library import Segue


class Standing(Collector):
    """What Prometheus is told of a catalogue: its epoch, its tracks, jobs by kind and state.

    A catalogue that cannot be read says so by ``segue_catalogue_up`` 0, and nothing else.
    """

    def __init__(self, segue: Segue) -> None:
        self._segue = segue

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        database = self._segue.database
        up = GaugeMetricFamily("segue_catalogue_up", "Whether the catalogue can be read.")
        try:
            newest, jobs = epoch(database), watched.job_counts(database)
            tracks = len(self._segue.engine().snapshot.corpus.ids) if self._segue.ready else None
        except SegueError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield GaugeMetricFamily("segue_catalogue_epoch", "Epoch of the catalogue.", value=newest)
        standing = GaugeMetricFamily(
            "segue_jobs", "Jobs in the table, by kind and state.", labels=("kind", "state")
        )
        for (kind, state), number in sorted(jobs.items()):
            standing.add_metric([kind, state], number)
        yield standing
        free = watched.bytes_free(database)
        if free is not None:
            yield GaugeMetricFamily(
                "segue_catalogue_free_bytes", "Bytes left where the catalogue stands.", value=free
            )
        if tracks is not None:
            yield GaugeMetricFamily(
                "segue_tracks", "Tracks that answers are made from.", value=tracks
            )
