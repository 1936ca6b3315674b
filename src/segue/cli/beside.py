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
    from segue.assemble import derived
    from segue.serve.stores import beside

    here, there = beside(old), beside(new)
    if settings.models_folder is None and old.path is not None:
        aim = (
            "set SEGUE_MODELS_FOLDER to it"
            if new.path is None
            else f"copy it to {there.with_suffix('.models')}, or set SEGUE_MODELS_FOLDER to it"
        )
        yield Stays(here.with_suffix(".models"), f"embedders; {aim}")
    if here == there:
        return
    if settings.brought_folder is None:
        yield Stays(
            here.with_suffix(".uploads"),
            "files that listeners brought and nobody kept; copy it to "
            f"{there.with_suffix('.uploads')}, or set SEGUE_BROUGHT_FOLDER to it",
        )
    if settings.upload_folder is None:
        yield Stays(
            here.with_suffix(".music"),
            "files that listeners added; they play from where they lie, and new ones go beside"
            " them with SEGUE_UPLOAD_FOLDER set to it",
        )
    follows = derived(old, settings)
    if follows is not None:
        yield Stays(follows, "follows from the catalogue and is made again; it may be deleted")
