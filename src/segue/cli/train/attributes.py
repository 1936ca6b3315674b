"""``segue train attributes``: learn attributes from a table or the catalogue."""

from __future__ import annotations

import os
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
    words,
)
from segue.cli.importing import RejectionsFile  # noqa: TC001 (typer reads it)
from segue.cli.train.packages import check_packages
from segue.cli.working import Working  # noqa: TC001 (the options)
from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.cli.session import Session
    from segue.jobs.examples import Gathered
    from segue.settings import Settings
    from segue.training.working import Plan

PACKAGES = ("joblib", "onnx", "onnxmltools", "optuna", "skl2onnx", "sklearn", "xgboost")


def attributes(
    session: Session,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FOLDER", help="Where the model is written.", show_default=False
        ),
    ],
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A CSV, TSV or Parquet file with a row a track. Else the catalogue is learned "
            "from: tracks with given attributes and analysed files.",
            show_default=False,
        ),
    ] = None,
    audio_column: AudioColumn = "",
    features: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="The columns to learn from, as names or patterns: 'timbre*,pitch*'. Else all "
            "columns of numbers that mean nothing else.",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Columns to leave out, as names or patterns."),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="What to learn, one of the eleven attributes or any column of the table: numbers, "
            "or text for classes. Repeat for each. Else the attributes that are there.",
        ),
    ] = None,
    mapping: Mappings = None,
    artist_column: ArtistColumn = "",
    encoding: Encoding = None,
    pipeline: Annotated[
        str,
        typer.Option(metavar="NAME", help="Which descriptors of audio: mfcc, statistical or both."),
    ] = "both",
    name: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Of the model; else that of the folder.", show_default=False
        ),
    ] = "",
    folds: Annotated[
        int, typer.Option(metavar="N", min=2, help="Parts for learning and judging in turn.")
    ] = 5,
    trials: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Most trials of the search for each member and group; 0: no search.",
        ),
    ] = 30,
    budget: Annotated[
        float | None,
        typer.Option(metavar="MINUTES", min=0, help="Time for all searching together."),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Settles everything that is left to chance.")
    ] = 42,
    working: Working,
    rejections: RejectionsFile = None,
) -> None:
    """Learn attributes from tracks of which they are known, and judge what was learned.

    A table says what is known, and either names audio files or holds columns of numbers to learn
    from. Searches are kept beside the model (FOLDER.study.db), but for those of a cluster: run the
    same command again, and it goes on where it was. Whatever is fetched or heard is kept too
    (`segue cache`).
    """
    check_packages(PACKAGES, extra="attributes")
    changed = working.changed()
    named = _check_out(out, name)
    options = {
        "--audio-column": audio_column,
        "--features": features,
        "--map": mapping,
        "--artist-column": artist_column,
        "--encoding": encoding,
    }
    _check_together(table, options, pipeline=pipeline)
    settings = session.settings().model_copy(update=changed)
    if table is None:
        found = _from_catalogue(
            session,
            settings,
            targets=target,
            without=words(without),
            pipeline=pipeline,
            folds=folds,
        )
    else:
        from segue.cli.summary import check_source, check_target
        from segue.jobs.table_examples import from_table

        table = table.expanduser()
        check_source(table)
        check_target(rejections, source=table)
        columns = columns_of(
            mapping=mapping,
            artist_column=artist_column,
            encoding=encoding,
            features=features,
            without=without,
        )
        with session.meter() as on_progress:
            found = from_table(
                table,
                columns=columns,
                settings=settings,
                targets=tuple(target or ()),
                audio=audio_column,
                pipeline=pipeline,
                on_progress=on_progress,
            )
    say_gathered(session, found, rejections)
    plan = _plan(out, settings, folds=folds, trials=trials, budget=budget, seed=seed)
    _train(session, found, plan, out=out, name=named, pipeline=pipeline)


def _check_out(out: Path, name: str) -> str:
    """The name of the model; refuses a folder in which something else would be lost.

    Raises
    ------
    BadRequestError, UnavailableError
        Before any work is done.
    """
    from segue.models.folder import FILE
    from segue.models.soundness import is_name

    out = out.expanduser()
    if out.exists() and not (out.is_dir() and ((out / FILE).is_file() or not any(out.iterdir()))):
        raise BadRequestError(
            f"{out} is there and is no model",
            where="--out",
            remedy="Name a folder that is not there, is empty, or holds a model to be replaced",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the model's folder cannot be made ({error.strerror})",
            where=str(out),
            remedy="Name another with --out",
        ) from error
    if not os.access(out.parent, os.W_OK):
        raise UnavailableError(
            "the folder above the model's may not be written to",
            where=str(out.parent),
            remedy="Name another with --out",
        )
    named = name or out.absolute().name
    if not is_name(named):
        raise BadRequestError(
            f"a model cannot be called {named!r}",
            where="--name",
            remedy="Use letters, digits, '.', '_' and '-', beginning with a letter or digit",
        )
    return named


def _check_together(table: Path | None, options: Mapping[str, object], *, pipeline: str) -> None:
    """Refuse options that would have no effect on what is asked for."""
    given = [option for option, value in options.items() if value]
    if table is None and given:
        raise BadRequestError(
            f"{given[0]} says something of a table, and --table is missing",
            remedy="Name the table, or leave the option out to learn from the catalogue",
        )
    if "--audio-column" in given and "--features" in given:
        raise BadRequestError(
            "--features chooses columns, and --audio-column learns from descriptors of the audio",
            remedy="Give one of them; --pipeline chooses descriptors",
        )
    if table is not None and "--audio-column" not in given and pipeline != "both":
        raise BadRequestError(
            "--pipeline chooses descriptors of audio, and the table names none",
            remedy="Name the column with --audio-column; --features chooses columns",
        )


def _from_catalogue(
    session: Session,
    settings: Settings,
    *,
    targets: list[str] | None,
    without: list[str],
    pipeline: str,
    folds: int,
) -> Gathered:
    from segue.jobs.catalogue_examples import from_catalogue

    with session.open() as segue:
        return from_catalogue(
            segue.database,
            settings=settings,
            targets=tuple(targets or ()),
            without=without,
            pipeline=pipeline,
            folds=folds,
        )


def _plan(
    out: Path,
    settings: Settings,
    *,
    folds: int,
    trials: int,
    budget: float | None,
    seed: int,
) -> Plan:
    from segue.jobs.budget import cores
    from segue.training.working import Plan

    place = out.expanduser().absolute()
    return Plan(
        folds=folds,
        trials=trials,
        budget_minutes=budget,
        seed=seed,
        jobs=settings.jobs or cores(),
        study=place.with_name(f"{place.name}.study.db") if trials and not settings.over else None,
        over=settings.over,
    )


def _train(
    session: Session, found: Gathered, plan: Plan, *, out: Path, name: str, pipeline: str
) -> None:
    """Train with progress, and say what came of it."""
    from segue.cli.judged import figures
    from segue.cli.progress import duration
    from segue.training.attributes import train

    out = out.expanduser().absolute()
    with session.meter() as on_progress:
        trained = train(
            found.examples,
            targets=found.targets,
            out=out,
            name=name,
            plan=plan,
            pipeline="columns" if found.examples.from_table else pipeline,
            on_progress=on_progress,
        )
    size = sum(file.stat().st_size for file in out.iterdir() if file.is_file())
    said = (
        f"Learned from {len(found.examples):,} tracks in {duration(trained.seconds)}:"
        f" the model {name} in {out} ({size / 1e6:,.1f} MB)."
    )
    session.answer(
        {
            "model": out,
            "name": name,
            "bytes": size,
            "seconds": trained.seconds,
            "examples": document(found),
            "report": trained.report.to_json(),
        },
        said,
        *figures(trained.report),
    )
