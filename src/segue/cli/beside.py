"""Folders that belong to a catalogue and are no part of it, when it goes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.settings import Settings


@dataclass(frozen=True, slots=True)
class Stays:
    """A folder that a move leaves where it is, and what to do about it, as a sentence's end."""

    folder: Path
    advice: str


def left_behind(old: Database, new: Database, *, settings: Settings) -> list[Stays]:
    """The folders there are, for a catalogue that went from `old` to `new`.

    Parameters
    ----------
    old, new
        Both may be files or on servers.
    settings
        Those of the old one: folders that they name lie where they did.
    """
    return [one for one in _folders(old, new, settings) if one.folder.is_dir()]


def _folders(old: Database, new: Database, settings: Settings) -> Iterator[Stays]:
    here, there = _place(old), _place(new)
    if settings.models_folder is None and old.path is not None:
        aim = (
            "set SEGUE_MODELS_FOLDER to it"
            if new.path is None
            else f"copy it to {there.with_suffix('.models')}, or set SEGUE_MODELS_FOLDER to it"
        )
        yield Stays(here.with_suffix(".models"), f"embedders; {aim}")
    if here == there:
        return
    yield Stays(
        here.with_suffix(".uploads"),
        f"files that listeners brought and nobody kept; copy it to {there.with_suffix('.uploads')}",
    )
    if settings.upload_folder is None:
        yield Stays(
            here.with_suffix(".music"),
            "files that listeners added; they play from where they lie, and new ones go beside"
            " them with SEGUE_UPLOAD_FOLDER set to it",
        )
    if old.path is not None:
        yield Stays(
            here.with_suffix(".derived"),
            "follows from the catalogue and is made again; it may be deleted",
        )


def _place(db: Database) -> Path:
    """What folders lie beside: a file, or what stands for a catalogue on a server."""
    from segue.descriptors.cache import user_folder

    return user_folder() / "catalogue" if db.path is None else db.path
