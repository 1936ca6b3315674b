"""What comes into a catalogue: tables, playlists, histories, music folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue.catalogue import history, playlists, tracks
from segue.errors import BadFileError
from segue.library.opened import Opened

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from segue.jobs.guessing import Settled
    from segue.summaries import AnalysisSummary, ImportSummary, ScanSummary
    from segue.types import Progress


class Incoming(Opened):
    """The part of `segue.library.Segue` that takes in."""

    def import_tracks(
        self,
        path: str | Path,
        *,
        layout: str | None = None,
        mapping: Mapping[str, str] | None = None,
        encoding: str | None = None,
        strict: bool = False,
        synthetic: bool = False,
        on_progress: Progress | None = None,
    ) -> ImportSummary:
        """Import a table of tracks (CSV, TSV, Parquet); importing it again changes nothing.

        What is estimated of tracks is then measured by the values that came.

        Parameters
        ----------
        path
            The table.
        layout
            Name of a known layout; found by the table's columns when None.
        mapping
            Our column names to the table's, for a table of any other shape.
        encoding
            Of the text; UTF-8 (or UTF-16 with its mark) when None.
        strict
            Stop at the first row that cannot be taken, with nothing imported.
        synthetic
            Label every track as invented.
        on_progress
            Called with (done, total, what).
        """
        from segue.jobs.guessing import settle
        from segue.sources.tables import read_tracks

        records = read_tracks(
            Path(path), mapping=mapping, layout=layout, encoding=encoding, on_progress=on_progress
        )
        summary = tracks.add(self.database, records, strict=strict, synthetic=synthetic)
        # Given attributes are what estimates are measured by.
        settled = settle(self.database, settings=self.settings, predict=False)
        return replace(summary, notes=(*summary.notes, *settled.notes))

    def import_playlists(
        self,
        path: str | Path,
        *,
        strict: bool = False,
        synthetic: bool = False,
        on_progress: Progress | None = None,
    ) -> ImportSummary:
        """Import playlists: MPD slices, CSV, M3U, JSPF, or a folder of them."""
        from segue.sources.playlists import read_playlists

        records = read_playlists(Path(path), on_progress=on_progress)
        return playlists.add(self.database, records, strict=strict, synthetic=synthetic)

    def import_history(
        self, path: str | Path, *, on_progress: Progress | None = None
    ) -> ImportSummary:
        """Import a listening history: CSV, ListenBrainz or Last.fm exports."""
        from segue.sources.history import read_history

        return history.add(self.database, read_history(Path(path)), on_progress=on_progress)

    def scan(self, folder: str | Path, *, on_progress: Progress | None = None) -> ScanSummary:
        """Look through a music folder: notice new, changed, moved and gone files."""
        from segue.jobs.scan import scan

        return scan(self.database, Path(folder).expanduser(), on_progress=on_progress)

    def analyse(
        self,
        *,
        quick: bool = False,
        jobs: int | None = None,
        over: str | None = None,
        on_progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> AnalysisSummary:
        """Analyse every file that waits for it, in worker processes; resumes where it stopped.

        Parameters
        ----------
        quick
            Only what recommending needs; loudness, waveforms and fingerprints another time.
        jobs
            How many processes of this machine, 0 for one a core; when None, the setting ``jobs``,
            or whoever `over` names.
        over
            The cluster that does it, as ``dask://host:port``; empty for this machine, and the
            setting ``over`` when None.
        on_progress
            Called with (done, total, what), for both passes.
        stop
            Once set, this returns within about a second; what is done is kept.
        """
        from segue.jobs.analyse import analyse

        settings = self.settings
        if jobs is not None:
            settings = settings.model_copy(update={"jobs": jobs, "over": ""})
        if over is not None:
            settings = settings.model_copy(update={"over": over})
        return analyse(
            self.database, settings=settings, quick=quick, on_progress=on_progress, stop=stop
        )

    def add(self, path: str | Path, *, on_progress: Progress | None = None) -> ScanSummary:
        """Add a music folder or one file, and analyse what is new.

        Raises
        ------
        BadFileError
            The one file given is not music; in a folder such files are listed in the summary.
        """
        summary = self.scan(path, on_progress=on_progress)
        if summary.rejections and Path(path).expanduser().is_file():
            refused = summary.rejections[0]
            raise BadFileError(
                refused.reason, where=refused.place, remedy="Give an audio file or a folder"
            )
        self.analyse(on_progress=on_progress)
        return summary

    def settle(self, *, on_progress: Progress | None = None) -> Settled:
        """Bring the attributes that are guessed from sound up to date, as after an analysis."""
        from segue.jobs.guessing import settle

        return settle(self.database, settings=self.settings, on_progress=on_progress)
