"""The music that networks learn from: listed, checked, sized to a night, heard."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from segue.cli.train import told
from segue.errors import InternalError
from segue.jobs import settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.cli.session import Session
    from segue.cli.train.wanted import Wanted
    from segue.jobs.held_back import Credited, Split
    from segue.jobs.lessons import Lesson, Lessons
    from segue.jobs.night import Night
    from segue.jobs.settled import Settled, Taught
    from segue.library import Segue
    from segue.settings import Settings

MATERIAL = "material"
"""Its folder in the work folder."""

_LEARNING = "learning.json"
"""Where the time that each network may learn is written down."""

_START_SECONDS = 60.0
"""Until processes that hear have begun, on a machine that has other things to do."""


class Music:
    """Where the music is, and what comes of it.

    Attributes
    ----------
    learning
        Seconds that each network may learn, once there is material; None for no limit.
    """

    def __init__(
        self, session: Session, wanted: Wanted, settings: Settings, segue: Segue | None
    ) -> None:
        self.learning: float | None = None
        self._session, self._wanted, self._settings, self._segue = session, wanted, settings, segue
        self._began = time.monotonic()

    @property
    def catalogue(self) -> Segue:
        """The catalogue, where it is one that the music is in."""
        if self._segue is None:
            raise InternalError("the catalogue is asked for, and none was opened")
        return self._segue

    def material(self, work: Path) -> Settled:
        """The material: that of an interrupted run, or gathered now.

        Parameters
        ----------
        work
            The work folder.

        Raises
        ------
        BadRequestError
            Nothing could be learned from it, or the hours are too few.
        UnavailableError
            The work folder is that of another training, or cannot be written to.
        """
        from segue.cli.summary import write_rejections

        found = settled.read(work / MATERIAL, asked=self._asked())
        if found is not None:
            self._session.note(told.resumed(found))
        else:
            (work / _LEARNING).unlink(missing_ok=True)
            found = self._gathered(work)
        if self._wanted.rejections is not None:
            write_rejections(self._wanted.rejections, found.rejections)
        self.learning = self._time_left(work, found)
        return found

    def _asked(self) -> dict[str, Any]:
        """What decides which material it is."""
        asked = self._wanted.asked()
        if self._segue is not None:
            asked["music"] = f"the catalogue {self._segue.database.where}"
        return asked

    def _gathered(self, work: Path) -> Settled:
        """Material that is gathered now."""
        from segue.jobs.material import gather

        lessons = self._lessons()
        self._check(lessons)
        night = self._night(len(lessons))
        if self._wanted.library:
            self.analyse()
        with self._session.meter() as on_progress:
            found = gather(
                lessons,
                work=work / MATERIAL,
                asked=self._asked(),
                settings=self._settings,
                most=night.tracks if night else None,
                # Twice what was reckoned: a slow disk costs learning, not the whole night.
                seconds=_START_SECONDS + 2.0 * night.hearing if night else None,
                seed=self._wanted.seed,
                versions=self._wanted.versions,
                on_progress=on_progress,
            )
        self._session.note(told.gathered(found))
        return found

    def _lessons(self) -> Lessons:
        """What could be taught with."""
        from segue.jobs.lesson_tables import from_table
        from segue.jobs.lessons import from_catalogue, from_folder

        wanted = self._wanted
        with self._session.meter() as on_progress:
            if wanted.folder is not None:
                return from_folder(wanted.folder, on_progress=on_progress)
            if wanted.table is not None:
                return from_table(
                    wanted.table.expanduser(),
                    **wanted.columns,
                    encoding=wanted.encoding,
                    on_progress=on_progress,
                )
        return from_catalogue(self.catalogue.database)

    def _check(self, lessons: Lessons) -> None:
        """Refuse what cannot be learned, before anything is heard."""
        from segue.jobs.teachable import check_genres, positives

        source = lessons.source
        # Of two files of one track one is taught.
        tracks = list({lesson.id: lesson for lesson in lessons.lessons}.values())
        if "sound" in self._wanted.spaces:
            artists = [lesson.artist for lesson in tracks]
            positives(artists, asked=self._wanted.positives, source=source)
        if "genre" in self._wanted.spaces:
            check_genres([lesson.genre for lesson in tracks], source=source)
        if self._wanted.library:
            split = self.held_back(tracks)
            self.check_start([tracks[row] for row in split.held.tolist()])

    def _night(self, tracks: int) -> Night | None:
        """What fits into the hours, told before it begins; None where there is no limit."""
        if self._wanted.hours is None:
            return None
        from segue.jobs.analyse import outlook
        from segue.jobs.budget import Budget
        from segue.jobs.night import VERSION_SECONDS, sized

        around = 0.0
        if self._wanted.library:
            waiting = outlook(self.catalogue.database, settings=self._settings)
            around = waiting.recommendable + self._afterwards(tracks)
        night = sized(
            self._wanted.hours,
            tracks=tracks,
            networks=len(self._wanted.spaces),
            processes=Budget.of(self._settings, files=tracks).processes,
            pace=self._pace() + self._wanted.versions * VERSION_SECONDS,
            around=around,
        )
        self._session.note(told.night(night, self._wanted, tracks=tracks))
        return night

    def _afterwards(self, tracks: int) -> float:
        """Seconds that are kept for hearing every file once more, for a network at work."""
        from segue.jobs.budget import Budget

        return tracks * self._pace() / Budget.of(self._settings, files=tracks).processes

    def _pace(self) -> float:
        """Seconds a file takes one process to be heard: as long as describing files took here."""
        from segue.jobs.night import DRAWING_SECONDS

        if self._segue is None:
            return DRAWING_SECONDS
        from segue.catalogue import ledger
        from segue.jobs.passes import first

        describing = first(self._settings).stage
        return ledger.pace(self._segue.database, describing) or DRAWING_SECONDS

    def _time_left(self, work: Path, found: Settled) -> float | None:
        """Seconds that each network may learn; for the same hours as in an earlier run.

        Networks that are taken up again would else be asked for something else than they were.
        """
        if self._wanted.hours is None:
            return None
        path = work / _LEARNING
        asked = {"hours": self._wanted.hours, "networks": list(self._wanted.spaces)}
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if {name: said[name] for name in asked} == asked:
                return float(said["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        spent = time.monotonic() - self._began
        kept = self._afterwards(found.listed) if self._wanted.library else 0.0
        left = self._wanted.hours * 3600.0 - spent - kept
        seconds = max(60.0, left / len(self._wanted.spaces))
        with suppress(OSError):
            path.write_text(json.dumps({**asked, "seconds": seconds}), encoding="utf-8")
        return seconds

    def analyse(self) -> None:
        """Describe what is not described, and embed what is not embedded."""
        with self._session.meter() as on_progress:
            summary = self.catalogue.analyse(quick=True, on_progress=on_progress)
        for note in summary.notes:
            self._session.note(f"Note: {note}")

    def held_back(self, tracks: Sequence[Credited]) -> Split:
        """Artists to judge on; refuses what cannot be judged."""
        from segue.jobs.held_back import split

        return split(tracks, genres="genre" in self._wanted.spaces, seed=self._wanted.seed)

    def check_start(self, held: Sequence[Lesson] | Sequence[Taught]) -> str:
        """Refuse to begin with a network that knows artists held back; a note, where it may."""
        start = self._wanted.begins_with
        if start is None:
            return ""
        from segue.embedding.embedder import Embedder
        from segue.jobs.held_back import check_start

        return check_start(
            Embedder.load(start).manifest,
            [track.artist for track in held],
            synthetic=all(track.synthetic for track in held),
        )
