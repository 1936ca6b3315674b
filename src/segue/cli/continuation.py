"""``segue evaluate playlists``: how well playlists that nobody learned from are continued."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.gathering import words
from segue.cli.session import harmless
from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from segue.cli.session import Session
    from segue.evaluation.continuation_report import ContinuationReport
    from segue.training.playlists.material import Material
    from segue.types import Progress

_MOST_SEEDS = 1000

_EXPLAINED = (
    "R-prec: share of the hidden tracks among as many of the first, with its 95 % interval."
    " +artist: plus a quarter of the artists found. NDCG of 500 against the best ranking there"
    " could be; found: against what was found, on top. clicks: pages of ten until the first hit,"
    " 51 for none. rec@500: share of the hidden tracks that were found. distinct: tracks in the"
    " first tens of all answers; plays: in how many playlists their median stands."
)


def playlists(
    session: Session,
    *,
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="PATH",
            help="Playlists to be continued: what `segue import playlists` takes, or a folder.",
            show_default=False,
        ),
    ],
    train: Annotated[
        list[Path] | None,
        typer.Option(
            "--train",
            metavar="PATH",
            help="Learn from these playlists instead of the catalogue; repeat for more. If it is"
            " the PATH of --data too, that is parted: of five playlists four are learned from.",
        ),
    ] = None,
    tracks: Annotated[
        list[Path] | None,
        typer.Option(
            "--tracks",
            metavar="TABLE",
            help="With --train: a table with attributes or genres of tracks; repeat for more.",
        ),
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(
            "--methods",
            metavar="NAMES",
            help="Methods or spaces, with commas between them; else all that there are.",
        ),
    ] = None,
    scenarios: Annotated[
        list[str] | None,
        typer.Option(
            "--seeds",
            metavar="SEEDS",
            help="What is known of a playlist: half, a number of tracks, title; else half, 5, 1"
            " and title.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Draws which are seeds.")] = 42,
) -> None:
    """Judge how well playlists are continued: hidden tracks against the first 500 candidates.

    Learned from are the catalogue's playlists, with what `segue train` found there; or, with
    --train, or where there is no catalogue with playlists, those of files. No playlist that is
    asked about is learned from. Nothing of the catalogue changes.
    """
    from segue.cli.train.packages import check_packages

    asked = _scenarios(words(scenarios))
    if tracks and not train:
        raise BadRequestError(
            "--tracks says something about --train, and nothing is learned from files",
            remedy="Name playlists to learn from with --train, or leave --tracks out",
        )
    check_packages(("gensim", "implicit"), extra="playlists")
    began = time.perf_counter()
    with session.meter() as on_progress:
        door = None if train else _from_catalogue(session, data, on_progress)
        material, learned_from = door or _from_files(
            data, train or [data], tracks or [], seed, on_progress
        )
        report = _tried(
            material,
            names=words(methods),
            scenarios=asked,
            seed=seed,
            learned_from=learned_from,
            source=data.name,
            began=began,
            on_progress=on_progress,
        )
    session.answer(report.to_json(), *figures(report))


def _scenarios(given: list[str]) -> tuple[str, ...]:
    """Scenarios that were asked for; BadRequestError for what is none."""
    from segue.training.playlists.questions import HALF, SCENARIOS, TITLE

    for one in given:
        if one not in {HALF, TITLE} and not (one.isdecimal() and 1 <= int(one) <= _MOST_SEEDS):
            raise BadRequestError(
                f"{one!r} is nothing to continue a playlist from",
                where="--seeds",
                remedy=f"Use half, title, or a number of tracks from 1 to {_MOST_SEEDS}",
            )
    return tuple(dict.fromkeys(given)) or SCENARIOS


def _from_catalogue(
    session: Session, data: Path, on_progress: Progress
) -> tuple[Material, str] | None:
    """Learn from the catalogue; None where there is none, or none with playlists."""
    from segue.catalogue.corpus import load
    from segue.catalogue.entries import outside_keys
    from segue.training.playlists.material import against, read

    try:
        opened = session.open()
    except NotFoundError:
        return None
    with opened as segue:
        corpus, keys = load(segue.database), outside_keys(segue.database)
    if not len(corpus.playlists):
        return None
    found = read([data.expanduser()], on_progress=on_progress)
    material = against(corpus, found.playlists, keys=keys)
    notes = (*found.notes, *material.notes)
    return replace(material, notes=notes), "the catalogue's playlists"


def _from_files(
    data: Path, train: list[Path], tracks: list[Path], seed: int, on_progress: Progress
) -> tuple[Material, str]:
    """Learn from files, and part those that are learned from and asked about."""
    from segue.training.playlists import material as made
    from segue.training.playlists.preparing import learn

    data = data.expanduser()
    asked = made.read([data], on_progress=on_progress)
    others = [path.expanduser() for path in train if path.expanduser().resolve() != data.resolve()]
    learned = made.read(others, on_progress=on_progress)
    parted = len(others) < len(train)
    keys = [made.key_of(one) for one in asked.playlists]
    test = made.split(keys).test if parted else tuple(range(len(keys)))
    held = {keys[number] for number in test}
    known = [one for one in learned.playlists if made.key_of(one) not in held]
    notes = [*asked.notes, *learned.notes]
    if len(known) < len(learned.playlists):
        both = len(learned.playlists) - len(known)
        notes.append(f"{both:,} playlists of --train are asked about and were not learned from")
    if parted:
        inside = set(keys) - held - {made.key_of(one) for one in known}
        known += [one for one, key in zip(asked.playlists, keys, strict=True) if key in inside]
    hidden = [one for one, key in zip(asked.playlists, keys, strict=True) if key in held]
    gathered = made.gather([*known, *hidden], tables=tracks, notes=notes, on_progress=on_progress)
    numbers = range(len(gathered.lists))
    material = gathered.apart(numbers[: len(known)], numbers[len(known) :])
    corpus = learn(material.corpus, seed=seed, on_progress=on_progress)
    names = ", ".join(path.name for path in [*others, *([data] if parted else [])])
    how = f"{names}, less what is asked about" if parted else names
    return replace(material, corpus=corpus), how


def _tried(
    material: Material,
    *,
    names: list[str],
    scenarios: tuple[str, ...],
    seed: int,
    learned_from: str,
    source: str,
    began: float,
    on_progress: Progress,
) -> ContinuationReport:
    import numpy as np

    from segue.evaluation.continuation_report import ContinuationReport
    from segue.training.playlists.preparing import METHODS, prepare
    from segue.training.playlists.trial import run

    corpus = material.corpus
    prepared = prepare(corpus, names or METHODS, seed=seed)
    trial = run(material, prepared.methods, scenarios=scenarios, seed=seed, on_progress=on_progress)
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    return ContinuationReport(
        source=source,
        learned_from=learned_from,
        playlists=len(corpus.playlists),
        entries=len(corpus.playlists.rows),
        tracks=int(np.count_nonzero(counts)),
        counts=counts,
        found=trial.found,
        asked=trial.asked,
        unanswered=trial.unanswered,
        seed=seed,
        seconds=time.perf_counter() - began,
        notes=(*material.notes, *prepared.notes),
    )


def figures(report: ContinuationReport) -> Iterator[RenderableType]:
    """The report line by line: a table a scenario, then what a reader has to know."""
    from rich.table import Table
    from rich.text import Text

    from segue.evaluation.continuation_report import scenarios_in_words

    for scenario, heading in scenarios_in_words(tuple(report.found)).items():
        yield f"{heading} ({report.asked[scenario]:,} playlists)"
        heads, *rows = report.table(scenario)
        grid = Table.grid(padding=(0, 2, 0, 0))
        for place in range(len(heads)):
            grid.add_column(no_wrap=True, justify="left" if place == 0 else "right")
        grid.add_row(*heads)
        for row in rows:
            grid.add_row(*(Text(harmless(cell)) for cell in row))
        yield grid
        yield ""
    yield (
        f"Asked about {harmless(report.source)}; learned from {harmless(report.learned_from)}: "
        f"{report.playlists:,} playlists with {report.entries:,} entries of "
        f"{report.tracks:,} tracks."
    )
    yield _EXPLAINED
    for note in report.notes:
        yield f"Note: {harmless(note)}."
