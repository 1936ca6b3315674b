"""Where files lie that listeners bring, and those of them that are added to the music.

Beside a catalogue that is a file, or where the settings say. A catalogue on a server has a folder
of its own in the user's folder for programs, called by a digest of its address: two catalogues, of
which each sweeps away what it does not know, must not share one. Older versions let them: what a
catalogue has in the shared folder is linked or copied when it is opened, and stays there too, as a
copy of the catalogue that was put back elsewhere may want it. Music that was added then stays
where it is, and is looked through there.
"""

from __future__ import annotations

import logging
import os
import shutil
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
    """Bring this catalogue's files from the folder it shared with others, and leave them there.

    What cannot be brought is logged: the server starts without it.
    """
    fetched, faults = 0, []
    try:
        wanted = uploads.all_tokens(db) if shared.is_dir() else set()
    except OSError as fault:
        wanted, faults = set(), [fault]
    for token in sorted(wanted):
        for name in (token, f"{token}{heard.ENDING}"):
            try:
                fetched += _brought(shared / name, own / name)
            except FileNotFoundError:  # most have none there
                pass
            except OSError as fault:
                faults.append(fault)
    if fetched:
        _log.info("%s files that were brought are now in %s as well as in %s", fetched, own, shared)
    if faults:
        _log.warning(
            "%s files that were brought are not fetched from %s, and are missing here; the last"
            " fault: %s", len(faults), shared, faults[-1],
        )  # fmt: skip


def _brought(source: Path, target: Path) -> bool:
    """Whether a file was not there yet; FileNotFoundError where there is none to bring."""
    source.stat()
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, also where two processes start at once.
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            os.link(source, unfinished)
        except OSError:  # another disk, or one without links
            shutil.copy2(source, unfinished)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
