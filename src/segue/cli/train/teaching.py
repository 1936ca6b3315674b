"""From what is asked for to networks that hear: gather, teach, judge, put in place.

Everything that is not finished lies in one folder beside the embedders, ``learning.work``: the
material, checkpoints, and networks that are taught and not yet in place. The same command goes on
with what is there; when all is in place the folder goes.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from segue.cli.train import told
from segue.cli.train.music import MATERIAL, Music
from segue.cli.train.networks import Placed, placed, taught
from segue.cli.train.packages import check_packages
from segue.cli.train.wanted import PACKAGES, check, check_place
from segue.errors import BadRequestError, UnavailableError
from segue.jobs import settled

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session
    from segue.cli.train.wanted import Wanted
    from segue.embedding.material import Material
    from segue.jobs.held_back import Split
    from segue.jobs.settled import Settled
    from segue.jobs.verdict import Verdict
    from segue.library import Segue
    from segue.settings import Settings
    from segue.training.ears.plan import Plan

WORK = "learning.work"
"""Folder of what is not finished, beside the embedders."""


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
        self._session, self._wanted, self._settings = session, wanted, settings
        self._music = Music(session, wanted, settings, segue)
        self._places = self._folder()
        self._work = self._places / WORK

    def go(self) -> tuple[list[Placed], Settled]:
        """Gather, teach, judge, put in place."""
        wanted = self._wanted
        check_place(self._places, wanted.spaces)
        self._check_start()
        found = self._music.material(self._work)
        try:
            split, material = self._split(found)
            plans = {space: self._plan(space, material) for space in wanted.spaces}
        except BadRequestError:
            # Nothing can be learned from this: next time it is gathered with what is there then.
            settled.forget(self._work / MATERIAL)
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
            self._music.analyse()
        return done, found

    def _folder(self) -> Path:
        """The folder of embedders."""
        if self._wanted.out is not None:
            return self._wanted.out.expanduser().absolute()
        from segue.jobs.embedders import models_folder

        folder = models_folder(self._music.catalogue.database, self._settings)
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

    def _split(self, found: Settled) -> tuple[Split | None, Material]:
        """What is held back, if anything, and what is left to learn from."""
        if not self._wanted.library:
            return None, found.material
        rows = found.originals
        parted = self._music.held_back([found.tracks[row] for row in rows.tolist()])
        taught = found.with_versions(rows[parted.taught])
        return replace(parted, taught=taught, held=rows[parted.held]), found.material.at(taught)

    def _plan(self, space: str, material: Material) -> Plan:
        """How a network is taught; refuses what cannot be learned."""
        from segue.jobs.teachable import check_genres, positives
        from segue.training.ears.plan import Plan

        wanted = self._wanted
        options = {name: value for name, value in wanted.options.items() if value is not None}
        work = self._work / f"{space}.checkpoints"
        plan = replace(Plan(), **options, work=work, start=wanted.begins_with)
        if space == "sound":
            # Versions of a track are no further tracks of its artist.
            artists = list(dict(zip(material.ids, material.artists, strict=True)).values())
            chosen, note = positives(artists, asked=wanted.positives, source=material.source)
            plan = replace(plan, positives=chosen)
            if note:
                self._session.note(f"Note: {note}")
        else:
            check_genres(material.genres, source=material.source)
        seconds = self._music.learning
        return plan if seconds is None else replace(plan, minutes=seconds / 60.0)

    def _verdict(self, folder: Path, found: Settled, split: Split | None) -> Verdict | None:
        """How a network does on what was held back; None where nothing was."""
        if split is None:
            return None
        from segue.catalogue.corpus import load
        from segue.embedding.embedder import Embedder
        from segue.jobs.verdict import judge

        corpus = load(self._music.catalogue.database)
        held = found.material.at(split.held)
        return judge(Embedder.load(folder), held, corpus, seed=self._wanted.seed)
