"""``segue train latent``: the autoencoder over attributes, artists, genres and emotions."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads it)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli.train.packages import check_packages
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.latent.facts import Facts
    from segue.training.latent.fitting import Latent

PACKAGES = ("torch", "onnx", "sklearn", "matplotlib")


def latent(
    session: Session,
    *,
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Learn from a CSV, TSV or Parquet file instead of the catalogue, which stays as "
            "it is; needs --out.",
            show_default=False,
        ),
    ] = None,
    moods: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A table of tracks with attributes and an emotion or mood. What it says is "
            "learned, and told of tracks that have none, marked as predicted. Else the emotions "
            "of the catalogue, where it has enough.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Write the encoder there too: manifest.json, encoder.onnx, curves.png.",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option(metavar="N", min=1, help="Most passes over the tracks.")
    ] = 40,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Settles everything that is left to chance.")
    ] = 42,
) -> None:
    """Learn codes: 20 numbers for all that the catalogue says of a track.

    From its code a track's attributes can be rebuilt and its artist, genre and emotion told. The
    codes make the space `latent`. New tracks, files and wishes are encoded by what was learned;
    run it again when many tracks have come.
    """
    check_packages(PACKAGES, extra="train")
    if table is not None and out is None:
        raise BadRequestError(
            "what is learned from a table has no catalogue to be kept in",
            where="--table",
            remedy="Say with --out where the encoder is written, or import the table",
        )
    if out is not None:
        from segue.training.replacing import check_place

        out = out.expanduser().absolute()
        check_place(out)
    if table is not None:
        facts = _read(session, table)
        made = _fitted(session, facts, moods=moods, source=table.name, epochs=epochs, seed=seed)
    else:
        made = _of_catalogue(session, moods=moods, epochs=epochs, seed=seed)
    if out is not None:
        made.write(out)
    _say(session, made, out, kept=table is None)


def _of_catalogue(session: Session, *, moods: Path | None, epochs: int, seed: int) -> Latent:
    """Learn from the catalogue, and keep what was learned there."""
    from segue.catalogue import corpus as catalogue_corpus
    from segue.latent.facts import Facts

    with session.open() as segue:
        corpus = catalogue_corpus.load(segue.database)
        facts = Facts.of_corpus(corpus)
        made = _fitted(
            session, facts, moods=moods, source="the catalogue", epochs=epochs, seed=seed
        )
        made.exported.fitted(corpus).store(segue.database, corpus)
    return made


def _fitted(
    session: Session, facts: Facts, *, moods: Path | None, source: str, epochs: int, seed: int
) -> Latent:
    from segue.training.latent.fitting import fit
    from segue.training.latent.parameters import LatentParameters

    labelled = None if moods is None else _read(session, moods)
    with session.meter() as on_progress:
        return fit(
            facts,
            LatentParameters(epochs=epochs),
            moods=labelled,
            source=source,
            seed=seed,
            on_progress=on_progress,
        )


def _read(session: Session, table: Path) -> Facts:
    from segue.latent.facts import Facts
    from segue.training.latent.material import of_table

    with session.meter() as on_progress:
        return Facts.of_records(of_table(table.expanduser(), on_progress=on_progress))


def _say(session: Session, made: Latent, out: Path | None, *, kept: bool) -> None:
    from segue.cli.progress import duration

    manifest = made.exported.manifest
    metrics: dict[str, Any] = dict(manifest.metrics)
    said = dict(manifest.moods.get("said", {}))
    lines = [
        f"Learned from {manifest.data['tracks']:,} tracks in {duration(metrics['seconds'])}: "
        f"{len(manifest.numbers)} numbers, {len(manifest.artists):,} artists, "
        f"{len(manifest.genres):,} genres and {len(manifest.emotions):,} emotions in codes of "
        f"{manifest.width} numbers."
    ]
    if said:
        lines.append(
            f"{manifest.data['predicted_emotions']:,} tracks have a predicted emotion; on artists "
            f"it has not seen the classifier is right for {said['accuracy']:.0%} of the tracks "
            f"(always the commonest: {said['commonest']:.0%})."
        )
    if kept:
        lines.append("The space latent is there: `segue similar TRACK --lens latent`.")
    if out is not None:
        lines.append(f"The encoder is in {out}.")
    document = {
        "version": made.exported.version,
        "out": out,
        "kept": kept,
        "numbers": manifest.numbers,
        "artists": len(manifest.artists),
        "genres": len(manifest.genres),
        "emotions": manifest.emotions,
        "moods": said or None,
        "data": manifest.data,
        "metrics": metrics,
        "parity": manifest.parity,
        "history": manifest.history,
    }
    session.answer(document, *lines)
