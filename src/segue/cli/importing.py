"""``segue import tracks|playlists|history PATH``: tables, playlists, listening histories."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 (part of an alias)
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.failures import REFUSED
from segue.cli.verb import add
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.library import Segue
    from segue.summaries import ImportSummary
    from segue.types import Progress

app = typer.Typer(
    help="Import a track table, playlists or a listening history.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

RejectionsFile = Annotated[
    Path | None,
    typer.Option(
        "--rejections",
        metavar="FILE",
        help="Write everything that was refused to this CSV file: place, line, reason.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Stop at the first refusal and import nothing.")
]


def tracks(
    session: Session,
    *,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A CSV, TSV or Parquet file, also gzipped.", show_default=False
        ),
    ],
    layout: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A known layout; else it is recognised by its columns."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OURS=THEIRS",
            help="A column of any other table, such as title=song_name; repeat for each.",
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the text, such as latin-1; else UTF-8.")
    ] = None,
    strict: Strict = False,
    rejections: RejectionsFile = None,
) -> None:
    """Import a table of tracks; importing it again changes nothing.

    docs/tables.md lists the known layouts and the columns that can be mapped.
    """
    columns = parse_mapping(mapping or [])

    def work(segue: Segue, on_progress: Progress) -> ImportSummary:
        return segue.import_tracks(
            path.expanduser(),
            layout=layout,
            mapping=columns or None,
            encoding=encoding,
            strict=strict,
            on_progress=on_progress,
        )

    _import(session, work, path=path, what="tracks", rejections=rejections)


def playlists(
    session: Session,
    *,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="MPD slices (JSON, also gzipped or zipped), CSV, M3U, JSPF, or a folder of them.",
            show_default=False,
        ),
    ],
    strict: Strict = False,
    rejections: RejectionsFile = None,
) -> None:
    """Import playlists; importing them again changes nothing."""

    def work(segue: Segue, on_progress: Progress) -> ImportSummary:
        return segue.import_playlists(path.expanduser(), strict=strict, on_progress=on_progress)

    _import(session, work, path=path, what="playlists", rejections=rejections)


def history(
    session: Session,
    *,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A CSV, or an export of ListenBrainz or Last.fm.",
            show_default=False,
        ),
    ],
    rejections: RejectionsFile = None,
) -> None:
    """Import a listening history; importing it again changes nothing."""

    def work(segue: Segue, on_progress: Progress) -> ImportSummary:
        return segue.import_history(path.expanduser(), on_progress=on_progress)

    _import(session, work, path=path, what="plays", rejections=rejections)


add(app, tracks)
add(app, playlists)
add(app, history)


def parse_mapping(pairs: list[str]) -> dict[str, str]:
    """``title=song_name`` pairs as a mapping from our columns to theirs.

    Raises
    ------
    BadRequestError
        A pair has no ``=``, an empty side, or names one of our columns again.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs):
            raise BadRequestError(
                f"{pair!r} maps no column",
                where="--map",
                remedy="Write our name, =, and the name in the table: --map title=song_name",
            )
        if ours.strip() in found:
            raise BadRequestError(
                f"{ours.strip()!r} is mapped twice", where="--map", remedy="Map it once"
            )
        found[ours.strip()] = theirs
    return found


def _import(
    session: Session,
    work: Callable[[Segue, Progress], ImportSummary],
    *,
    path: Path,
    what: str,
    rejections: Path | None,
) -> None:
    """Do the work with progress, then say how it went."""
    from segue.cli.summary import check_source, check_target, imported, write_rejections

    check_source(path.expanduser())
    check_target(rejections, source=path)
    with session.open(create=True) as segue, session.meter() as on_progress:
        summary = work(segue, on_progress)
    if rejections is not None:
        write_rejections(rejections, summary.rejections)
    session.answer({"path": path, "import": summary}, imported(summary, what=what))
    if summary.read and summary.rejected == summary.read:
        session.note("Nothing could be taken.")
        raise typer.Exit(REFUSED)
