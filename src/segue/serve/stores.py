"""Where files lie that listeners bring, and those of them that are added to the music.

Beside a catalogue that is a file, or where the settings say. A catalogue on a server has a folder
of its own in the user's folder for programs, called by a digest of its address: two catalogues, of
which each sweeps away what it does not know, must not share one. Older versions let them: what a
catalogue has in the shared folder is fetched when it is opened. Music that was added then stays
where it is, and is looked through there.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.catalogue import uploads
from segue.descriptors.cache import user_folder
from segue.serve import heard

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.settings import Settings

_log = logging.getLogger(__name__)

_SHARED = "catalogue.uploads"


@dataclass(frozen=True, slots=True)
class Folders:
    """Two folders of a catalogue; they need not be there yet.

    Attributes
    ----------
    brought
        Files until they expire.
    music
        Files that were added to the catalogue.
    """

    brought: Path
    music: Path


def folders(db: Database, settings: Settings) -> Folders:
    """Those of a catalogue; what it has in the folder that catalogues once shared is fetched."""
    place = beside(db)
    brought, music = settings.brought_folder, settings.upload_folder
    if brought is None:
        brought = place.with_suffix(".uploads")
        if db.path is None:
            _fetch(db, user_folder() / _SHARED, brought)
    return Folders(
        brought.expanduser().absolute(),
        (music or place.with_suffix(".music")).expanduser().absolute(),
    )


def beside(db: Database) -> Path:
    """What folders lie beside, with another ending: a file, or what stands for one of a server."""
    return user_folder() / f"catalogue-{db.digest}" if db.path is None else db.path


def _fetch(db: Database, shared: Path, own: Path) -> None:
    """Move this catalogue's files out of the folder that it shared with others."""
    if not shared.is_dir():
        return
    for token in uploads.all_tokens(db):
        for name in (token, f"{token}{heard.ENDING}"):
            with suppress(FileNotFoundError):  # most have none there; another process was faster
                shared.joinpath(name).stat()
                own.mkdir(parents=True, exist_ok=True)
                os.replace(shared / name, own / name)
                _log.info("a file that was brought is now in %s", own)
