"""What `segue train` and `segue evaluate` share: options that say what a table holds."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (part of an alias)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli.importing import parse_mapping

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.jobs.examples import Gathered
    from segue.sources.example_tables import Columns

AudioColumn = Annotated[
    str,
    typer.Option(
        "--audio-column",
        metavar="COLUMN",
        help="The table's column with audio: paths (relative to the table) or http(s) addresses.",
        show_default=False,
    ),
]
ArtistColumn = Annotated[
    str,
    typer.Option(
        "--artist-column",
        metavar="COLUMN",
        help="The column with the artist, where it is not called artist or artists.",
        show_default=False,
    ),
]
Mappings = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="OURS=THEIRS",
        help="What a column means, such as energy=Intensity; repeat for each.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of the text, such as latin-1; else UTF-8.")
]


def columns_of(
    *,
    mapping: list[str] | None,
    artist_column: str,
    encoding: str | None,
    features: list[str] | None = None,
    without: list[str] | None = None,
) -> Columns:
    """What the command line says of the columns of a table."""
    from segue.sources.example_tables import Columns

    return Columns(
        features=tuple(words(features)) or None,
        without=tuple(words(without)),
        artists=artist_column,
        mapping=parse_mapping(mapping or []),
        encoding=encoding,
    )


def words(given: list[str] | None) -> list[str]:
    """Names or patterns, however they were given: repeated, or with commas between them."""
    return [word.strip() for each in given or [] for word in each.split(",") if word.strip()]


def say_gathered(session: Session, found: Gathered, rejections: Path | None) -> None:
    """Say how examples were gathered before work goes on, and write down what was refused."""
    from segue.cli.summary import gathered, write_rejections

    if rejections is not None:
        write_rejections(rejections, found.rejections)
    session.note(gathered(found))


def document(found: Gathered) -> dict[str, Any]:
    """How examples were gathered, for JSON."""
    examples = found.examples
    return {
        "read": found.read,
        "used": len(examples),
        "repeated": found.repeated,
        "rejected": len(found.rejections),
        "rejections": found.rejections,
        "source": examples.source,
        "digest": examples.digest,
        "inputs": examples.inputs,
        "features": len(examples.names),
        "targets": [target.name for target in found.targets.targets],
        "notes": found.notes,
        "seconds": found.seconds,
    }
