"""From what is asked for to networks that hear: gather, teach, judge, put in place.

Everything that is not finished lies in one folder beside the embedders, ``learning.work``: the
material, checkpoints, and networks that are taught and not yet in place. One run at a time works in
it, and the same command goes on with what is there; when all is done the folder goes.
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
from segue.errors import BadFileError, BadRequestError, UnavailableError
from segue.jobs import drawn, settled
from segue.jobs.alone import Alone

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
    changed = wanted.working.changed()
    settings = session.settings().model_copy(update=changed)
    with ExitStack() as stack:
        segue = None
        if wanted.folder is None and wanted.table is None:
            segue = stack.enter_context(session.open(changed=changed))
        run = _Run(session, wanted, settings, segue)
        try:
            done, found = run.go()
        except KeyboardInterrupt:
            session.note(f"\n{run.goes_on}")
            raise
    session.answer(told.document(done, found), *told.shown(done))


class _Run:
    """One run of the verb.

    Attributes
    ----------
    goes_on
        What goes on with it, should it be stopped now.
    """

    def __init__(
        self, session: Session, wanted: Wanted, settings: Settings, segue: Segue | None
    ) -> None:
        self.goes_on = "The same command goes on where it was."
        self._session, self._wanted, self._settings = session, wanted, settings
        self._music = Music(session, wanted, settings, segue)
        self._places = self._folder()
        self._work = self._places / WORK

    def go(self) -> tuple[list[Placed], Settled]:
        """Gather, teach, judge, put in place."""
        check_place(self._places, self._wanted.spaces, judged=self._wanted.library)
        self._check_start()
        with Alone(self._work):
            try:
                found = self._music.material(self._work)
                split, folders = self._taught(found)
            except (BadRequestError, BadFileError):
                drawn.tidy(self._work / MATERIAL)
                if (self._work / MATERIAL).exists():
                    self._session.note(f"What was heard before stays in {self._work}.")
                raise
            done = self._placed(found, split, folders)
            shutil.rmtree(self._work, ignore_errors=True)
        return done, found

    def _taught(self, found: Settled) -> tuple[Split | None, list[Path]]:
        """What was held back, and the folders of networks that are taught and not in place."""
        try:
            split, material = self._split(found)
            plans = {space: self._plan(space, material) for space in self._wanted.spaces}
        except BadRequestError:
            # Nothing can be learned from this: next time it is gathered with what is there then.
            settled.forget(self._work / MATERIAL)
            raise
        sides = {}
        if split is not None:
            sides = {"taught": found.digest(split.taught), "held": found.digest(split.held)}
            note = self._music.check_start([found.tracks[row] for row in split.held.tolist()])
            if note:
                self._session.note(f"Note: {note}")
        return split, [
            taught(
                self._session,
                self._work,
                space,
                material=material,
                plan=plan,
                asked={**self._wanted.of(space), **sides},
            )
            for space, plan in plans.items()
        ]

    def _placed(self, found: Settled, split: Split | None, folders: list[Path]) -> list[Placed]:
        """Judge networks and put them in place; what helps is at work once all files are heard."""
        verdicts = [self._verdict(folder, found, split) for folder in folders]
        for verdict in verdicts:
            if verdict is not None:
                self._session.note(told.decided(verdict))
        done = [
            placed(folder, self._places, verdict=verdict)
            for folder, verdict in zip(folders, verdicts, strict=True)
        ]
        if any(each.helps for each in done):
            self.goes_on = "The networks are in place: `segue analyse` goes on with hearing files."
            self._music.analyse()
        return [replace(each, at_work=each.helps and self._stands(each)) for each in done]

    def _stands(self, each: Placed) -> bool:
        """Whether answers are made from what a network heard."""
        from segue.catalogue.embeddings import standing_in
        from segue.embedding.embedder import Embedder

        mark = standing_in(self._music.catalogue.database).get(each.space)
        return mark is not None and mark.version == Embedder.load(each.folder).version

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
        """Refuse to start from what is no network, or none that one could start from."""
        if self._wanted.start is not None:
            from segue.training.ears import starting

            starting.check(self._wanted.start.expanduser())

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
