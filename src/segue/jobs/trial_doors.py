"""Where the music of a trial comes from: the catalogue, or a folder that no catalogue need know.

A folder is looked through and analysed into a catalogue of its own that is thrown away, with the
embedders of the real one, so that what is judged is what the program would answer. What was heard
is kept in the cache, so that a second trial is quick. A table says by whom the files are and of
which genre where tags say less; files that it does not name are not judged.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue.assemble import take_snapshot
from segue.catalogue.database import open_database
from segue.errors import BadTableError
from segue.jobs import lessons
from segue.jobs.analyse import analyse
from segue.jobs.embedders import standing_ears
from segue.jobs.scan import scan
from segue.jobs.trial import MOST, put_to_test

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.evaluation.audio import AudioReport
    from segue.jobs.lessons import Lessons
    from segue.jobs.trial import More
    from segue.settings import Settings
    from segue.types import Progress


def of_catalogue(
    db: Database,
    *,
    settings: Settings,
    found: Lessons | None = None,
    most: int = MOST,
    again: int = 0,
    more: More | None = None,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> AudioReport:
    """Judge the spaces of sound of a catalogue.

    Parameters
    ----------
    found
        Its files with artists and genres, where somebody knows better than its tags.
    settings, most, again, seed, on_progress
        As of `segue.jobs.trial.put_to_test`.

    Raises
    ------
    NotFoundError
        It holds no audio.
    UnavailableError
        Fewer than two tracks have been described.
    """
    listed = found or lessons.from_catalogue(db)
    ears, _ = standing_ears(db, settings)
    return put_to_test(
        take_snapshot(db),
        listed,
        settings=settings,
        ears=ears,
        most=most,
        again=again,
        more=more,
        seed=seed,
        on_progress=on_progress,
    )


def of_folder(
    folder: Path,
    *,
    settings: Settings,
    table: Path | None = None,
    columns: dict[str, str] | None = None,
    most: int = MOST,
    again: int = 0,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> AudioReport:
    """Judge the spaces of sound on the music of a folder.

    Parameters
    ----------
    folder
        With audio files.
    settings
        As of `of_catalogue`; `models_folder` names the embedders that take part.
    table
        Names files, artists and genres (`segue.jobs.lesson_tables`).
    columns
        Options of `segue.jobs.lesson_tables.from_table`.
    most, again, more, seed, on_progress
        As of `segue.jobs.trial.put_to_test`.

    Raises
    ------
    NotFoundError
        There is no such folder, or no music in it.
    BadTableError
        The table cannot be used, or names no file of the folder.
    UnavailableError
        Fewer than two of its files can be described.
    """
    labels = None
    if table is not None:
        from segue.jobs.lesson_tables import from_table

        labels = from_table(table, **(columns or {}), on_progress=on_progress)
    with tempfile.TemporaryDirectory(prefix="segue-trial-") as place:
        db = open_database(Path(place) / "segue.db")
        try:
            scan(db, folder, on_progress=on_progress)
            analyse(db, settings=settings, quick=True, on_progress=on_progress)
            found = replace(lessons.from_catalogue(db), source=f"the folder {folder}")
            if labels is not None:
                found = relabelled(found, labels)
            return of_catalogue(
                db,
                settings=settings,
                found=found,
                most=most,
                again=again,
                seed=seed,
                on_progress=on_progress,
            )
        finally:
            db.close()


def relabelled(found: Lessons, labels: Lessons) -> Lessons:
    """Files with the artists and genres that a table gives them; those that it names alone.

    Raises
    ------
    BadTableError
        It names none of them.
    """
    said = {_real(lesson.path): lesson for lesson in labels.lessons}
    named = [
        replace(lesson, people=told.people, genres=told.genres, compilation=False)
        for lesson in found.lessons
        if (told := said.get(_real(lesson.path))) is not None
    ]
    if not named:
        raise BadTableError(
            f"{labels.source} names no file of {found.source}",
            remedy="Paths in the table are relative to the table's own folder",
        )
    source = f"{found.source} as {labels.source} has it"
    return lessons.with_genres(replace(found, lessons=tuple(named), source=source, notes=()))


def _real(path: Path) -> str:
    return os.path.realpath(path)
