"""What somebody means by words: an outside id, a track's name, a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.catalogue import search, tracks
from segue.errors import BadFileError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed


def searched(db: Database, engine: Engine, text: str) -> Seed:
    """The track with this outside id, else the first that a search for the words finds.

    Raises
    ------
    NotFoundError
        There is none; the message names the closest.
    """
    outside = tracks.by_outside_id(db, text)
    if outside is not None and (known := engine.seed_named(outside)) is not None:
        return known
    for found in search.tracks(db, text, limit=5):
        if (known := engine.seed_named(found.id)) is not None:
            return known
    if len(engine.snapshot.corpus) == 0:
        raise NotFoundError(
            f"nothing is called {text!r}: the catalogue is empty",
            where=db.url,
            remedy="Add music: `segue scan FOLDER`, or a table: `segue import tracks FILE`",
        )
    close = search.closest(db, text, limit=3)
    hint = "; ".join(f"{track.name} ({track.id})" for track in close)
    raise NotFoundError(
        f"no track, file or id is called {text!r}",
        remedy=f"Closest: {hint}" if hint else "Look for it with `segue search WORDS`",
    )


def is_file(path: Path) -> bool:
    """Whether there is a file; a name too long or odd for the file system is not one.

    Raises
    ------
    BadFileError
        It is a folder.
    """
    try:
        if path.is_dir():
            raise BadFileError(
                f"{path} is a folder", remedy="Give one audio file, or scan it with `segue scan`"
            )
        return path.is_file()
    except (OSError, ValueError):
        return False
