"""``segue evaluate`` by itself: every method against every question, in one table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.cli.evaluate.asking import Samples
    from segue.cli.session import Session
    from segue.evaluation.overview.ablations import Ablation
    from segue.evaluation.overview.report import Evaluation
    from segue.library import Segue
    from segue.types import Progress

QUESTIONS = ("lists", "attributes", "playlists", "audio", "listeners")


def whole(
    session: Session,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Write report.md, report.json and pictures there.",
            show_default=False,
        ),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Smaller samples: minutes, and wider intervals."),
    ] = False,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Judge on the demo world instead; it is made where it is not there."
        ),
    ] = False,
    export: Annotated[
        bool,
        typer.Option(
            "--export",
            help="With --out: write vectors of the spaces that store any (descriptors, networks,"
            " what training found), and which playlists were held out, as Parquet.",
        ),
    ] = False,
    ablation: Annotated[
        list[Path] | None,
        typer.Option(
            "--ablation",
            metavar="FILE",
            help="A TOML file of ablations, each a row of the table; repeat for more.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="QUESTIONS",
            help="Ask only some, with commas between: lists (what recommended rows are like,"
            " search, robustness), attributes (of a model, on what it has not seen), playlists"
            " (held out and continued), audio (nearest by sound), listeners (what people judged).",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Settles what is left to chance.")
    ] = 42,
) -> None:
    """Judge every method and lens in one table, or one question by itself.

    Rows are methods: what anybody could make, every space, every lens. Columns are questions:
    attributes, audio, playlists held out, search, robustness, and what accuracy does not see. Each
    figure has its 95 % interval and is set against the best simple method on the same draws; the
    best of a column has a star. What cannot be asked is listed with what it needs. Nothing of the
    catalogue changes.
    """
    from segue.cli.evaluate.asking import FULL, QUICK
    from segue.cli.evaluate.printing import shown
    from segue.cli.gathering import words
    from segue.evaluation.overview import ablations as configured

    asked = _questions(words(only))
    if export and out is None:
        raise BadRequestError("--export has nowhere to write", remedy="Name a folder with --out")
    samples = QUICK if quick else FULL
    turned = configured.read([path.expanduser() for path in ablation or ()])
    if out is not None:
        out = out.expanduser()
        out.mkdir(parents=True, exist_ok=True)
    with _catalogue(session, demo=demo) as segue, session.meter() as on_progress:
        report = evaluate(
            segue,
            samples=samples,
            questions=asked,
            ablations=turned,
            quick=quick,
            seed=seed,
            out=out,
            export=export,
            on_progress=on_progress,
        )
    session.answer(report.to_json(), *shown(report, out=out))


def evaluate(
    segue: Segue,
    *,
    samples: Samples,
    questions: Sequence[str] = QUESTIONS,
    ablations: Sequence[Ablation] = (),
    quick: bool = False,
    seed: int = 42,
    out: Path | None = None,
    export: bool = False,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Ask the questions of an open catalogue, and write down what was found.

    Parameters
    ----------
    segue
        The catalogue.
    samples
        How much is asked.
    questions
        Of `QUESTIONS`.
    ablations
        More rows of the table.
    quick
        Whether samples are said to be small.
    seed
        Of everything left to chance.
    out
        An existing folder for the report; None for none.
    export
        Whether vectors and splits are written there too.
    on_progress
        Called with (done, in all, what).

    Raises
    ------
    NotFoundError
        The catalogue holds no track.
    """
    from segue.cli.evaluate.asking import Asking
    from segue.evaluation.overview.gathering import Gathering
    from segue.evaluation.overview.written import write

    corpus = segue.engine().snapshot.corpus
    if not len(corpus):
        raise NotFoundError(
            "the catalogue holds no track",
            where=segue.database.where,
            remedy="Fill it: `segue scan FOLDER`, `segue import tracks FILE`; or judge --demo",
        )
    began = time.perf_counter()
    into = Gathering()
    into.sizes |= {"tracks": len(corpus), "playlists": len(corpus.playlists)}
    asking = Asking(segue, samples, into, ablations, seed, on_progress)
    seeds = asking.lists() if "lists" in questions else None
    if "attributes" in questions:
        asking.attributes()
    material = asking.playlists() if "playlists" in questions else None
    if "audio" in questions:
        asking.audio()
    if "listeners" in questions:
        asking.judgements()
    if corpus.synthetic.any():
        into.note(f"{int(corpus.synthetic.sum()):,} of the tracks are invented")
    report = into.settled(
        source=f"the catalogue {segue.database.where}",
        quick=quick,
        seed=seed,
        draws=samples.draws,
        seconds=time.perf_counter() - began,
    )
    if out is not None:
        report = write(report, out)
        if export:
            from segue.cli.evaluate.exporting import write_parquet

            write_parquet(segue, out, seeds=seeds, material=material)
    return report


def _questions(given: Sequence[str]) -> tuple[str, ...]:
    for one in given:
        if one not in QUESTIONS:
            raise BadRequestError(
                f"there is no question {one!r}",
                where="--only",
                remedy=f"Choose from {', '.join(QUESTIONS)}",
            )
    return tuple(dict.fromkeys(given)) or QUESTIONS


def _catalogue(session: Session, *, demo: bool) -> Segue:
    """The catalogue that is judged, opened; that of the demo where it was asked for."""
    if not demo:
        return session.open()
    from segue.cli.demo import made

    return made(session)
