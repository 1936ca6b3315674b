"""Lessons of a table: a row a file, with the artist and the genre somebody wrote down.

For music whose tags say less than a list beside it. Columns are found by their names: ``path``,
``file``, ``filename`` or ``audio`` for the file, relative to the table; ``artist`` or ``artists``;
``genre`` or ``genres``. Tags are not read. Sound on the web is not fetched: a network is taught
with whole evenings of music, and previews are not ours to hoard.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from segue.errors import BadTableError
from segue.jobs.lessons import Lesson, Lessons, file_key, with_genres
from segue.records import Rejection
from segue.sources import tables
from segue.sources.credits import split_genres
from segue.sources.example_tables import Columns, nothing_left, read_examples
from segue.sources.folder import Found
from segue.sources.paths import is_web, locate

if TYPE_CHECKING:
    from pathlib import Path

    from segue.sources.example_tables import ExampleTable
    from segue.types import Progress

FILES = ("path", "file", "filename", "audio")
"""Columns that name audio files where nobody says which does, the first of them that is there."""

GENRES = ("genre", "genres")
"""Columns that name the genre, the first of them that is there."""


def from_table(
    path: Path,
    *,
    audio: str = "",
    artists: str = "",
    genre: str = "",
    encoding: str | None = None,
    on_progress: Progress | None = None,
) -> Lessons:
    """Every row that names a file.

    Parameters
    ----------
    path
        A CSV, TSV or Parquet file.
    audio, artists, genre
        Columns with file, artist and genre, where they are not called as usual.
    encoding
        Of the text; UTF-8 when None.
    on_progress
        Called with (rows done, in all, what).

    Raises
    ------
    NotFoundError, UnavailableError, BadRequestError
        As `segue.sources.tables.read_tracks`.
    BadTableError
        It names no files, lacks a column that is named, or none of its rows can be used.
    """
    there = tables.open_table(path, encoding=encoding).columns
    audio = audio or _column(there, FILES)
    genre = genre or _column(there, GENRES)
    if not audio:
        raise BadTableError(
            "no column names audio files",
            where=str(path),
            remedy=f"Name it with --audio-column; the table has {tables.listed(there)}",
        )
    texts = (audio, genre) if genre else (audio,)
    columns = Columns(attributes=(), texts=texts, features=(), artists=artists, encoding=encoding)
    table = read_examples(path, columns=columns, on_progress=on_progress)
    lessons, rejections = _rows(table, audio, genre)
    if not lessons:
        raise nothing_left(path, rejections)
    notes = table.notes if genre else (*table.notes, "The table has no column of genres.")
    found = Lessons(tuple(lessons), tuple(rejections), f"the table {path.name}", notes)
    return with_genres(found)


def _column(there: tuple[str, ...], names: tuple[str, ...]) -> str:
    """The first of these names that a column has, as the table spells it; "" for none."""
    lower = {name.strip().casefold(): name for name in reversed(there)}
    return next((lower[name] for name in names if name in lower), "")


def _rows(table: ExampleTable, audio: str, genre: str) -> tuple[list[Lesson], list[Rejection]]:
    """Rows as lessons, each file once; and those that name no file."""
    lessons: dict[str, Lesson] = {}
    refused = list(table.rejections)
    folder = table.path.absolute().parent
    said = table.texts[genre] if genre else ("",) * len(table)
    artists = table.artists or ("",) * len(table)
    for line, entry, artist, genres in zip(
        table.lines, table.texts[audio], artists, said, strict=True
    ):
        found = _file(entry.strip(), folder)
        if isinstance(found, str):
            refused.append(Rejection(place=str(table.path), line=line, reason=found))
            continue
        key = file_key(found)
        lessons.setdefault(
            key,
            Lesson(
                key=key,
                id=entry.strip(),
                path=found.path,
                scanned=(found.size, found.modified),
                label=" – ".join(part for part in (artist, found.path.stem) if part),
                people=(artist,) if artist else (),
                genres=split_genres(genres),
            ),
        )
    return list(lessons.values()), sorted(refused, key=lambda each: each.line or 0)


def _file(entry: str, folder: Path) -> Found | str:
    """The file that a row names, or why it names none."""
    if not entry:
        return "no audio is named"
    if is_web(entry):
        return f"{entry[:120]}: it lies on the web; give files"
    place = locate(entry, folder=folder)
    try:
        held = os.stat(place)
    except OSError as problem:
        return f"{entry[:120]}: it cannot be read ({problem.strerror})"
    return Found(place, held.st_size, held.st_mtime)
