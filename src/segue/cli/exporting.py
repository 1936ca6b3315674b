"""Options that write an answer to a playlist file, shared by every verb that lists tracks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.library import Segue
    from segue.records import Answer, Journey

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the tracks to a playlist: NAME.m3u8 or NAME.jspf."
    ),
]
Relative = Annotated[
    bool,
    typer.Option("--relative", help="With --out: paths relative to the playlist, not absolute."),
]
MapPath = Annotated[
    list[str] | None,
    typer.Option(
        "--map-path",
        metavar="OLD=NEW",
        help="With --out: NEW in the place of OLD at the beginning of paths; repeat for more.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="With --out: overwrite a file.")]


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an answer is written to beside being shown."""

    out: Out = None
    relative: Relative = False
    map_path: MapPath = None
    force: Force = False

    def write(
        self, session: Session, segue: Segue, found: Answer | Journey, *, title: str = ""
    ) -> None:
        """Write what was found, where a file is named, and say so.

        Raises
        ------
        BadRequestError
            Options without a file; see `segue.library.Segue.exported` for the rest.
        """
        if self.out is None:
            if self.relative or self.map_path or self.force:
                raise BadRequestError(
                    "--relative, --map-path and --force say how a playlist is written",
                    remedy="Name its file with --out",
                )
            return
        written = segue.exported(
            found,
            to=self.out,
            title=title,
            relative=self.relative,
            mapped=self.map_path or (),
            force=self.force,
        )
        lacking = written.without_file
        said = f"Wrote {written.written:,} of {written.written + len(lacking):,} tracks"
        session.note(f"{said} to {written.path}.")
        if lacking:
            names = "; ".join(track.name for track in lacking[:3])
            more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
            are = "is" if len(lacking) == 1 else "are"
            session.note(f"No file holds {names}{more}, which {are} named there but cannot play.")


NOWHERE = Exported()
"""The answer is shown, and that is all."""
