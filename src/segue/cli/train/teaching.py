"""From what is asked for to networks that hear: gather, teach, judge, put in place.

Everything that is not finished lies in one folder beside the embedders, ``learning.work``: the
material, checkpoints, and networks that are taught and not yet in place. The same command goes on
with what is there; when all is in place the folder goes.
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue.cli.train import told
from segue.cli.train.networks import Placed, placed, taught
from segue.cli.train.packages import check_packages
from segue.cli.train.wanted import PACKAGES, check, check_place
from segue.errors import BadRequestError, InternalError, UnavailableError
from segue.jobs import settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.cli.session import Session
    from segue.cli.train.wanted import Wanted
    from segue.embedding.material import Material
    from segue.jobs.held_back import Credited, Split
    from segue.jobs.lessons import Lessons
    from segue.jobs.night import Night
    from segue.jobs.settled import Settled
    from segue.jobs.verdict import Verdict
    from segue.library import Segue
    from segue.settings import Settings
    from segue.training.ears.plan import Plan

WORK = "learning.work"
"""Folder of what is not finished, beside the embedders."""

_START_SECONDS = 60.0
"""Until processes that hear have begun, on a machine that has other things to do."""


def teach(session: Session, wanted: Wanted) -> None:
    """Do what is asked for, and say what came of it.

    Raises
    ------
    SegueError
        It cannot be done; says why. What was finished stays in the work folder.
    """
    check_packages(PACKAGES, extra="train")
    check(wanted)
    settings = session.settings()
    if wanted.jobs is not None:
        settings = settings.model_copy(update={"jobs": wanted.jobs})
    with ExitStack() as stack:
        segue = None
        if wanted.folder is None and wanted.table is None:
            segue = stack.enter_context(session.open())
        run = _Run(session, wanted, settings, segue)
        try:
            done, found = run.go()
        except KeyboardInterrupt:
            session.note("\nThe same command goes on where it was.")
            raise
    session.answer(told.document(done, found), *told.shown(done))


class _Run:
    """One run of the verb."""

    def __init__(
        self, session: Session, wanted: Wanted, settings: Settings, segue: Segue | None
    ) -> None:
        self._session, self._wanted, self._settings, self._segue = session, wanted, settings, segue
        self._places = self._folder()
        self._work = self._places / WORK
        self._began = time.monotonic()
        self._learning: float | None = None

    def go(self) -> tuple[list[Placed], Settled]:
        """Gather, teach, judge, put in place."""
        wanted = self._wanted
        check_place(self._places, wanted.spaces)
        self._check_start()
        found = self._earlier() or self._gathered()
        try:
            split, material = self._split(found)
            plans = {space: self._plan(space, material) for space in wanted.spaces}
        except BadRequestError:
            # Nothing can be learned from this: next time it is gathered with what is there then.
            settled.forget(self._work / "material")
            raise
        folders = {
            space: taught(
                self._session,
                self._work,
                space,
                material=material,
                plan=plan,
                asked=wanted.of(space),
            )
            for space, plan in plans.items()
        }
        done = [
            placed(folder, self._places, verdict=self._verdict(folder, found, split))
            for folder in folders.values()
        ]
        shutil.rmtree(self._work, ignore_errors=True)
        if any(each.verdict is not None and each.verdict.helps for each in done):
            self._analyse()
        return done, found

    @property
    def _catalogue(self) -> Segue:
        if self._segue is None:
            raise InternalError("the catalogue is asked for, and none was opened")
        return self._segue

    def _folder(self) -> Path:
        """The folder of embedders."""
        if self._wanted.out is not None:
            return self._wanted.out.expanduser().absolute()
        from segue.jobs.embedders import models_folder

        folder = models_folder(self._catalogue.database, self._settings)
        if folder is None:
            raise UnavailableError(
                "the catalogue lies on a server, and no folder is set for its embedders",
                remedy="Name one with the setting SEGUE_MODELS_FOLDER",
            )
        return folder

    def _check_start(self) -> None:
        """Refuse to start from what is no network."""
        if self._wanted.start is not None:
            from segue.embedding.embedder import Embedder

            Embedder.load(self._wanted.start.expanduser())

    # -- material -----------------------------------------------------------------------------

    def _asked(self) -> dict[str, Any]:
        """What decides which material it is."""
        asked = self._wanted.asked()
        if self._segue is not None:
            asked["music"] = f"the catalogue {self._segue.database.where}"
        return asked

    def _earlier(self) -> Settled | None:
        """The material of a run that was interrupted after it had heard all."""
        found = settled.read(self._work / "material", asked=self._asked())
        if found is not None:
            self._session.note(told.resumed(found))
            self._learning = self._time_left(found)
        return found

    def _gathered(self) -> Settled:
        """Material that is gathered now."""
        from segue.cli.summary import write_rejections
        from segue.jobs.material import gather

        lessons = self._lessons()
        self._check(lessons)
        night = self._night(len(lessons))
        if self._wanted.library:
            self._analyse()
        with self._session.meter() as on_progress:
            found = gather(
                lessons,
                work=self._work / "material",
                asked=self._asked(),
                settings=self._settings,
                most=night.tracks if night else None,
                # Twice what was reckoned: a slow disk costs learning, not the whole night.
                seconds=_START_SECONDS + 2.0 * night.hearing if night else None,
                seed=self._wanted.seed,
                versions=self._wanted.versions,
                on_progress=on_progress,
            )
        if self._wanted.rejections is not None:
            write_rejections(self._wanted.rejections, found.rejections)
        self._session.note(told.gathered(found))
        self._learning = self._time_left(found)
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
        return from_catalogue(self._catalogue.database)

    def _check(self, lessons: Lessons) -> None:
        """Refuse what cannot be learned, before anything is heard."""
        from segue.jobs.teachable import check_genres, positives

        source = lessons.source
        if "sound" in self._wanted.spaces:
            artists = [lesson.artist for lesson in lessons.lessons]
            positives(artists, asked=self._wanted.positives, source=source)
        if "genre" in self._wanted.spaces:
            check_genres([lesson.genre for lesson in lessons.lessons], source=source)
        if self._wanted.library:
            self._held_back(lessons.lessons)

    def _night(self, tracks: int) -> Night | None:
        """What fits into the hours, told before it begins; None where there is no limit."""
        if self._wanted.hours is None:
            return None
        from segue.jobs.analyse import outlook
        from segue.jobs.budget import Budget
        from segue.jobs.night import DRAWING_SECONDS, VERSION_SECONDS, sized

        around = 0.0
        if self._wanted.library:
            waiting = outlook(self._catalogue.database, settings=self._settings)
            around = waiting.recommendable + self._afterwards(tracks)
        night = sized(
            self._wanted.hours,
            tracks=tracks,
            networks=len(self._wanted.spaces),
            processes=Budget.of(self._settings, files=tracks).processes,
            pace=DRAWING_SECONDS + self._wanted.versions * VERSION_SECONDS,
            around=around,
        )
        self._session.note(told.night(night, self._wanted, tracks=tracks))
        return night

    def _afterwards(self, tracks: int) -> float:
        """Seconds that are kept for hearing every file once more, for a network at work."""
        from segue.jobs.budget import Budget
        from segue.jobs.night import DRAWING_SECONDS

        return tracks * DRAWING_SECONDS / Budget.of(self._settings, files=tracks).processes

    def _time_left(self, found: Settled) -> float | None:
        """Seconds that each network may learn; what was settled in an earlier run stays so.

        Networks that are taken up again would else be asked for something else than they were.
        """
        if self._wanted.hours is None:
            return None
        path = self._work / "learning.json"
        try:
            return float(json.loads(path.read_text(encoding="utf-8"))["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        spent = time.monotonic() - self._began
        kept = self._afterwards(found.listed) if self._wanted.library else 0.0
        left = self._wanted.hours * 3600.0 - spent - kept
        seconds = max(60.0, left / len(self._wanted.spaces))
        with suppress(OSError):
            path.write_text(json.dumps({"seconds": seconds}), encoding="utf-8")
        return seconds

    def _analyse(self) -> None:
        """Describe what is not described, and embed what is not embedded."""
        with self._session.meter() as on_progress:
            summary = self._catalogue.analyse(
                quick=True, jobs=self._wanted.jobs, on_progress=on_progress
            )
        for note in summary.notes:
            self._session.note(f"Note: {note}")

    # -- networks -----------------------------------------------------------------------------

    def _split(self, found: Settled) -> tuple[Split | None, Material]:
        """What is held back, if anything, and what is left to learn from."""
        if not self._wanted.library:
            return None, found.material
        rows = found.originals
        parted = self._held_back([found.tracks[row] for row in rows.tolist()])
        taught = found.with_versions(rows[parted.taught])
        return replace(parted, taught=taught, held=rows[parted.held]), found.material.at(taught)

    def _held_back(self, tracks: Sequence[Credited]) -> Split:
        """Artists to judge on; refuses what cannot be judged."""
        from segue.jobs.held_back import split

        return split(tracks, genres="genre" in self._wanted.spaces, seed=self._wanted.seed)

    def _plan(self, space: str, material: Material) -> Plan:
        """How a network is taught; refuses what cannot be learned."""
        from segue.jobs.teachable import check_genres, positives
        from segue.training.ears.plan import Plan

        wanted = self._wanted
        options = {name: value for name, value in wanted.options.items() if value is not None}
        plan = replace(Plan(), **options, work=self._work / f"{space}.checkpoints")
        if space == "sound":
            # Versions of a track are no further tracks of its artist.
            artists = list(dict(zip(material.ids, material.artists, strict=True)).values())
            chosen, note = positives(artists, asked=wanted.positives, source=material.source)
            start = None if wanted.start is None else wanted.start.expanduser()
            plan = replace(plan, positives=chosen, start=start)
            if note:
                self._session.note(f"Note: {note}")
        else:
            check_genres(material.genres, source=material.source)
        return plan if self._learning is None else replace(plan, minutes=self._learning / 60.0)

    def _verdict(self, folder: Path, found: Settled, split: Split | None) -> Verdict | None:
        """How a network does on what was held back; None where nothing was."""
        if split is None:
            return None
        from segue.catalogue.corpus import load
        from segue.embedding.embedder import Embedder
        from segue.jobs.verdict import judge

        corpus = load(self._catalogue.database)
        held = found.material.at(split.held)
        return judge(Embedder.load(folder), held, corpus, seed=self._wanted.seed)
