"""``segue backup`` and ``segue restore``: a catalogue as one file, and a catalogue made of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.archive import Manifest
    from segue.cli.session import Session

_SHOWN = (("tracks", "track"), ("files", "file"), ("playlists", "playlist"), ("plays", "play"))


def backup(
    session: Session,
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The backup to be made; it must not be there.", show_default=False
        ),
    ],
) -> None:
    """Write all of a catalogue into one file, while it may be in use.

    It holds what the catalogue holds, app passwords too, and only you may read it. Music, models
    and files that listeners brought are not in it. docs/operations.md says more.
    """
    from segue.catalogue.backup import back_up

    path = file.expanduser().absolute()
    with session.meter() as on_progress:
        manifest = back_up(session.settings().database, path, on_progress=on_progress)
    size = path.stat().st_size
    session.answer(
        {"file": path, "bytes": size, "manifest": manifest},
        f"Backed up {_held(manifest)} into {path} ({size / 1e6:,.1f} MB).",
    )


def restore(
    session: Session,
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A backup that `segue backup` wrote.", show_default=False
        ),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Only read it from end to end; nothing is restored.")
    ] = False,
) -> None:
    """Make a catalogue of a backup, where there is none yet.

    It goes to where --database or the setting says: a new file, or an empty database on a server,
    whichever it was made from. Nothing is overwritten.
    """
    from segue.catalogue import backup as backups
    from segue.catalogue.database import reached

    path, url = file.expanduser().absolute(), session.settings().database
    with session.meter() as on_progress:
        if check:
            manifest = backups.verify(path, on_progress=on_progress)
            where = None
        else:
            manifest = backups.restore(path, url, on_progress=on_progress)
            with reached(url) as db:
                where = db.where
    document = {"file": path, "where": where, "manifest": manifest}
    if where is None:
        session.answer(document, f"{path} is whole: {_held(manifest)}.")
    else:
        session.answer(document, f"Restored {_held(manifest)} from {path} to {where}.")


def _held(manifest: Manifest) -> str:
    """What a backup holds, in words."""
    counts = [(manifest.counts.get(name, 0), word) for name, word in _SHOWN]
    parts = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    rows = sum(manifest.counts.values())
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.made))
    return (
        f"{', '.join(parts) or 'no tracks'} ({rows:,} rows, epoch {manifest.epoch}, revision"
        f" {manifest.revision}, of {made})"
    )
