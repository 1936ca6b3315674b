"""``segue evaluate attributes`` and ``audio``: judge a model, or spaces, on tracks known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.gathering import (
    ArtistColumn,
    AudioColumn,
    Encoding,
    Mappings,
    columns_of,
    document,
    say_gathered,
)
from segue.cli.importing import RejectionsFile  # noqa: TC001 (typer reads it)
from segue.cli.working import Working  # noqa: TC001 (the options)
from segue.errors import BadRequestError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.settings import Settings


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
    working: Working,
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
    settings = session.settings().model_copy(update=working.changed())
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


def audio(
    session: Session,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="MUSIC",
            help="Judge on a folder of audio files. Else on the catalogue.",
            show_default=False,
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            metavar="FILE",
            help="With --folder: a CSV, TSV or Parquet file that says by whom the files are and of "
            "which genre; only those that it names are judged.",
            show_default=False,
        ),
    ] = None,
    audio_column: AudioColumn = "",
    artist_column: ArtistColumn = "",
    encoding: Encoding = None,
    models: Annotated[
        Path | None,
        typer.Option(
            "--models",
            metavar="FOLDER",
            help="With --folder: embedders to take instead of the catalogue's.",
            show_default=False,
        ),
    ] = None,
    tracks: Annotated[
        int, typer.Option("--tracks", metavar="N", min=2, help="Judge at most so many tracks.")
    ] = 2000,
    robustness: Annotated[
        int,
        typer.Option(
            "--robustness",
            metavar="N",
            min=0,
            help="Alter so many tracks (64 kbit/s, 6 dB louder, begun a second later) and count "
            "the neighbours they keep.",
        ),
    ] = 0,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write every figure to this CSV file too."),
    ] = None,
    working: Working,
) -> None:
    """Judge the spaces of sound: whether what is near is by the same artist, or of the same genre.

    Every track asks all others for its nearest. Beside the catalogue's spaces stand what anybody
    could compute, bliss-audio where it is installed, and chance. Nothing of the catalogue changes.
    """
    from segue.cli.heard import figures
    from segue.cli.summary import check_target
    from segue.jobs.trial_doors import of_catalogue, of_folder

    _check_doors(folder, table, models)
    check_target(csv, source=table or folder or Path())
    with session.meter() as on_progress:
        if folder is None:
            with session.open(changed=working.changed()) as segue:
                report = of_catalogue(
                    segue.database,
                    settings=segue.settings,
                    most=tracks,
                    again=robustness,
                    on_progress=on_progress,
                )
        else:
            report = of_folder(
                folder.expanduser(),
                settings=_for_folder(session, models, working),
                table=table.expanduser() if table is not None else None,
                columns={
                    name: value
                    for name, value in (
                        ("audio", audio_column),
                        ("artists", artist_column),
                        ("encoding", encoding),
                    )
                    if value
                },
                most=tracks,
                again=robustness,
                on_progress=on_progress,
            )
    if csv is not None:
        _write(csv, report.csv())
    session.answer(report.to_json(), *figures(report))


def _check_doors(folder: Path | None, table: Path | None, models: Path | None) -> None:
    """Refuse what belongs to a folder where none is named."""
    for option, value in (("--table", table), ("--models", models)):
        if folder is None and value is not None:
            raise BadRequestError(
                f"{option} says something about a folder, and none is named",
                remedy="Name the folder with --folder",
            )


def _for_folder(session: Session, models: Path | None, working: Working) -> Settings:
    """The settings for music that no catalogue knows, with the embedders of the catalogue."""
    from segue.jobs.embedders import models_folder

    settings = session.settings()
    if models is None:
        try:
            with session.open() as segue:
                models = models_folder(segue.database, settings)
        except NotFoundError:
            models = None  # no catalogue yet: what comes with Segue
    changed = {"models_folder": models, **working.changed()}
    named = {name: value for name, value in changed.items() if value is not None}
    return settings.model_copy(update=named)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnavailableError(
            f"the figures could not be written: {error.strerror}",
            where=str(path),
            remedy="Name another file with --csv",
        ) from error
