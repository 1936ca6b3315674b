"""The class programs use: one catalogue, opened, asked and added to.

>>> from segue import Segue
>>> with Segue.open("library.db") as segue:          # doctest: +SKIP
...     segue.add("~/Music")
...     for row in segue.similar("artist – title", n=10):
...         print(row.score, row.track.name, row.reasons.sentence)

The command line and the web server are made of nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from segue.assemble import Live
from segue.catalogue import files, history, playlists, recordings, search, tracks
from segue.catalogue.database import open_database
from segue.errors import BadFileError, NotFoundError
from segue.jobs.guesses import Guesses
from segue.jobs.naming import is_file, searched
from segue.records import Filters
from segue.settings import Settings
from segue.sources.folder import identify

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from segue.attributes.predictor import Interval
    from segue.catalogue.database import Database
    from segue.jobs.guessing import Settled
    from segue.jobs.listener import DescribeWorker
    from segue.jobs.standing import Status
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed
    from segue.records import (
        AnalysisSummary,
        Answer,
        ImportSummary,
        Recording,
        ScanSummary,
        Track,
    )
    from segue.types import Progress, TrackId


class Segue:
    """One open catalogue.

    Made by `Segue.open`. Safe to use from several threads; close it, or use it in a ``with``.
    """

    def __init__(self, database: Database, *, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self._live = Live(database)
        self._guesses = Guesses(database, settings)
        self._worker: DescribeWorker | None = None

    @classmethod
    def open(
        cls,
        url: str | Path | None = None,
        *,
        settings: Settings | None = None,
        create: bool = True,
    ) -> Self:
        """Open a catalogue, made if it is not there.

        Parameters
        ----------
        url
            A file (SQLite) or a database URL; the setting ``database`` when None.
        settings
            Read from the environment when None.
        create
            Whether a missing file is made or is an error.

        Raises
        ------
        NotFoundError, BusyError, UnavailableError, BadFileError
            The catalogue is missing, locked, read-only or newer, or is no database.
        """
        settings = settings or Settings()
        return cls(open_database(url or settings.database, create=create), settings=settings)

    def close(self) -> None:
        """Stop what runs in the background and close the database."""
        self._live.close()
        if self._worker is not None:
            self._worker.close()
        self.database.close()

    def __enter__(self) -> Self:
        """Nothing to do: `open` did it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()

    # -- what comes in ------------------------------------------------------------------------

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
        on_progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> AnalysisSummary:
        """Analyse every file that waits for it, in worker processes; resumes where it stopped.

        Parameters
        ----------
        quick
            Only what recommending needs; loudness, waveforms and fingerprints another time.
        jobs
            How many processes, 0 for one a core; the setting ``jobs`` when None.
        on_progress
            Called with (done, total, what), for both passes.
        stop
            Once set, this returns within about a second; what is done is kept.
        """
        from segue.jobs.analyse import analyse

        settings = self.settings
        if jobs is not None:
            settings = settings.model_copy(update={"jobs": jobs})
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

    # -- what goes out ------------------------------------------------------------------------

    def search(self, text: str, *, n: int = 10) -> list[Track]:
        """Tracks whose title, artists and album hold all words of `text`, the best first."""
        return search.tracks(self.database, text, limit=n)

    def track(self, track_id: TrackId) -> Track:
        """One track by its id; NotFoundError for an unknown one."""
        return tracks.get(self.database, track_id)

    def recording(self, track_id: TrackId) -> Recording | None:
        """What a track's file says from end to end; None before the second pass of analysis."""
        return recordings.get(self.database, track_id)

    def describe(self, path: str | Path) -> Seed:
        """A seed from an audio file that need not be in the catalogue; nothing is stored.

        When a file of the catalogue has the same bytes, the seed is its track, wherever the two
        lie: it stands in more spaces than a file alone. Else its attributes are predicted or
        estimated, and it is embedded, just as the catalogue's files are.

        Raises
        ------
        BadFileError
            The file is not audio, is damaged from the start, silent or too short.
        """
        from segue.jobs.embedders import standing_ears
        from segue.jobs.listener import DescribeWorker
        from segue.recommend.seeds import seed_from

        path = Path(path).expanduser()
        held = files.track_holding(self.database, identify(path))
        if held is not None and (known := self.engine().seed_named(held)) is not None:
            return known
        if self._worker is None:
            self._worker = DescribeWorker(self.settings)
        ears, lacking = standing_ears(self.database, self.settings)
        described = self._worker.describe(path, ears=ears)
        described = replace(described, lacking={**lacking, **described.lacking})
        return seed_from(self._guesses.told(described))

    def intervals(self, of: Track | Seed) -> dict[str, Interval]:
        """Between what predicted attributes lie, by name; none where none are predicted."""
        return self._guesses.intervals(of)

    def settle(self, *, on_progress: Progress | None = None) -> Settled:
        """Bring the attributes that are guessed from sound up to date, as after an analysis."""
        from segue.jobs.guessing import settle

        return settle(self.database, settings=self.settings, on_progress=on_progress)

    def resolve(self, seed: str | Path) -> Seed:
        """What somebody means by a seed: a track id, an audio file, or "artist – title".

        Raises
        ------
        NotFoundError
            Nothing fits; the message names the closest.
        """
        engine = self.engine()
        text = str(seed)
        known = engine.seed_named(text)
        if known is not None:
            return known
        path = Path(seed).expanduser()
        if is_file(path):
            return self.describe(path)
        if isinstance(seed, Path):
            raise NotFoundError(f"there is no file {path}", remedy="Check the path")
        return searched(self.database, engine, text)

    def similar(
        self,
        seed: str | Path | Seed,
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        per_artist: int | None = None,
    ) -> Answer:
        """Tracks like `seed`, with reasons.

        Parameters
        ----------
        seed
            A track id, "artist – title", an audio file, or a seed from `resolve`.
        n
            How many, 1 to 500; the setting ``results`` when None.
        lens
            A lens by name, or weights by space; chosen by where the seed stands when None.
        filters
            What the answer may hold.
        per_artist
            Most rows by one artist; the setting ``per_artist`` when None.

        Raises
        ------
        NotFoundError
            The seed is unknown.
        BadRequestError
            The lens, a weight or `n` makes no sense, or the seed stands in no space of the lens.
        """
        return self.similar_many([seed], n=n, lens=lens, filters=filters, per_artist=per_artist)[0]

    def similar_many(
        self,
        seeds: Sequence[str | Path | Seed],
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        per_artist: int | None = None,
    ) -> list[Answer]:
        """`similar` for many seeds at once, each on its own: one answer a seed, in order."""
        resolved = [self.resolve(s) if isinstance(s, (str, Path)) else s for s in seeds]
        ask = partial(
            self.engine().similar_many,
            n=self.settings.results if n is None else n,
            lens=lens,
            filters=filters,
            per_artist=self.settings.per_artist if per_artist is None else per_artist,
        )
        return [self._completed(answer) for answer in ask(resolved)]

    def _completed(self, answer: Answer) -> Answer:
        """The answer with all that the catalogue knows of its tracks: ids, labels, files."""
        rows = answer.recommendations
        whole = {one.id: one for one in tracks.many(self.database, [r.track.id for r in rows])}
        completed = (replace(row, track=whole.get(row.track.id, row.track)) for row in rows)
        return replace(answer, recommendations=tuple(completed))

    # -- how it stands ------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether an engine stands, so that a question need not wait for one."""
        return self._live.ready

    def engine(self) -> Engine:
        """The engine of the newest epoch."""
        return self._live.engine()

    def follow(self) -> None:
        """Keep the engine up to date in a thread, so that no question waits for a rebuild."""
        self._live.follow()

    def status(self) -> Status:
        """What the catalogue holds, how analysis stands, how many tracks each space places."""
        from segue.jobs.standing import status

        spaces: dict[str, int] = {}
        if self.ready:
            found = self.engine().snapshot.spaces
            spaces = {name: int(space.placed.sum()) for name, space in found.items()}
        return status(self.database, settings=self.settings, spaces=spaces)
