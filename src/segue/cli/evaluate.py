"""``segue evaluate attributes``: judge a trained model on a table of tracks that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.gathering import (
    ArtistColumn,
    AudioColumn,
    Encoding,
    Jobs,
    Mappings,
    columns_of,
    document,
    say_gathered,
)
from segue.cli.importing import RejectionsFile  # noqa: TC001 (typer reads it)
from segue.cli.verb import add
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session

app = typer.Typer(
    help="Judge models on tracks whose answers are known.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def attributes(
    session: Session,
    *,
    table: Annotated[
        Path,
        typer.Option(
            "--table",
            metavar="FILE",
            help="A CSV, TSV or Parquet file with what the model takes, and true values.",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path,
        typer.Option(
            "--model",
            metavar="FOLDER",
            help="What `segue train attributes` wrote.",
            show_default=False,
        ),
    ],
    audio_column: AudioColumn = "",
    mapping: Mappings = None,
    artist_column: ArtistColumn = "",
    encoding: Encoding = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write every figure to this CSV file too."),
    ] = None,
    jobs: Jobs = None,
    rejections: RejectionsFile = None,
) -> None:
    """Judge a model on a table: every metric of every target, with its 95 % interval.

    The table has the shape of the one that the model was trained on; columns that the model does
    not know are left alone, and targets that the table lacks are not judged. Only what predicting
    needs is needed: no package of training.
    """
    from segue.attributes.model import Model
    from segue.cli.judged import figures
    from segue.cli.summary import check_source, check_target
    from segue.evaluation.attributes import judge
    from segue.jobs.table_examples import for_model

    table = table.expanduser()
    check_source(table)
    for target in (csv, rejections):
        check_target(target, source=table)
    loaded = Model.load(model.expanduser())
    settings = session.settings()
    if jobs is not None:
        settings = settings.model_copy(update={"jobs": jobs})
    with session.meter() as on_progress:
        found = for_model(
            table,
            manifest=loaded.manifest,
            columns=columns_of(mapping=mapping, artist_column=artist_column, encoding=encoding),
            settings=settings,
            audio=audio_column,
            on_progress=on_progress,
        )
    say_gathered(session, found, rejections)
    with session.meter() as on_progress:
        report = judge(loaded, found.examples, on_progress=on_progress)
    if csv is not None:
        _write(csv, report.csv())
    session.answer({**report.to_json(), "examples": document(found)}, *figures(report))


add(app, attributes)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnavailableError(
            f"the figures could not be written: {error.strerror}",
            where=str(path),
            remedy="Name another file with --csv",
        ) from error
