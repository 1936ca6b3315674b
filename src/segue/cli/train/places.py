"""``segue train playlists|factors|together``: what people put together, learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli.train.packages import check_packages

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.training.playlists.places import Learned
    from segue.training.playlists.tuning import Parameters

PACKAGES = {"playlists": ("gensim",), "factors": ("implicit", "threadpoolctl"), "together": ()}
"""What each space is learned with."""

TOGETHER = 24
"""Sets of parameters that are tried for `together` where nobody says how many."""

Tune = Annotated[
    int,
    typer.Option(
        "--tune",
        metavar="N",
        min=0,
        help="Try N sets of parameters, these first, on an eighth of the playlists, held out, and"
        " keep the best.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="Settles everything that is left to chance.")
]
MinCount = Annotated[
    int,
    typer.Option(
        "--min-count",
        metavar="N",
        min=1,
        help="Tracks in fewer playlists are not learned from; their content places them.",
    ),
]


def playlists(
    session: Session,
    *,
    dims: Annotated[
        int, typer.Option("--dims", metavar="N", min=2, max=1024, help="Numbers of a vector.")
    ] = 128,
    epochs: Annotated[
        int, typer.Option("--epochs", metavar="N", min=1, help="Passes over all playlists.")
    ] = 5,
    window: Annotated[
        int,
        typer.Option(
            "--window",
            metavar="N",
            min=1,
            help="How far apart two tracks of a playlist may stand; at most its length.",
        ),
    ] = 250,
    min_count: MinCount = 4,
    prior: Annotated[
        float,
        typer.Option(
            "--prior",
            metavar="P",
            min=0,
            max=10,
            help="What the logarithm of a track's count of playlists adds to a cosine.",
        ),
    ] = 0.1,
    tune: Tune = 0,
    seed: Seed = 42,
) -> None:
    """Learn vectors of tracks from the playlists they stand in (item2vec).

    Tracks kept beside the same tracks come near to each other. Tracks that stand in too few
    playlists are placed by what else is known of them. Run it again when many playlists have come.
    """
    from segue.training.playlists.item2vec import Item2VecParameters

    parameters = Item2VecParameters(
        dims=dims, epochs=epochs, window=window, min_count=min_count, prior=prior
    )
    _train(session, "playlists", parameters, tries=tune, seed=seed)


def factors(
    session: Session,
    *,
    count: Annotated[
        int, typer.Option("--factors", metavar="N", min=2, max=1024, help="Numbers of a track.")
    ] = 128,
    regularization: Annotated[
        float,
        typer.Option(
            "--regularization", metavar="L", min=1e-6, help="How factors are held to zero."
        ),
    ] = 0.05,
    alpha: Annotated[
        float,
        typer.Option(
            "--alpha", metavar="A", min=1, help="How much surer a track in a playlist is than none."
        ),
    ] = 10.0,
    iterations: Annotated[
        int, typer.Option("--iterations", metavar="N", min=1, help="Rounds.")
    ] = 10,
    min_count: MinCount = 2,
    tune: Tune = 0,
    seed: Seed = 42,
) -> None:
    """Learn factors: which tracks a playlist would hold next (weighted least squares).

    Playlists and histories that come later need no new training. Tracks that stand in too few
    playlists are placed by what else is known of them.
    """
    from segue.training.playlists.factors import FactorsParameters

    parameters = FactorsParameters(
        factors=count,
        regularization=regularization,
        alpha=alpha,
        iterations=iterations,
        min_count=min_count,
    )
    _train(session, "factors", parameters, tries=tune, seed=seed)


def together(
    session: Session,
    *,
    tune: Annotated[
        int | None,
        typer.Option(
            "--tune",
            metavar="N",
            min=0,
            help="Try N sets of parameters on an eighth of the playlists, held out, and keep the"
            " best. Else 24 where there are playlists enough.",
        ),
    ] = None,
    seed: Seed = 42,
) -> None:
    """Choose how tracks of the same playlists are scored (item neighbours).

    The space needs no training; with --tune 0, or with few playlists, its ordinary parameters are
    kept.
    """
    from segue.spaces.memberships import Weighting

    tries = TOGETHER if tune is None else tune
    _train(session, "together", Weighting(), tries=tries, leave=tune is None, seed=seed)


def _train(
    session: Session,
    space: str,
    parameters: Parameters,
    *,
    tries: int,
    leave: bool = False,
    seed: int,
) -> None:
    """Learn with progress, keep it in the catalogue, and say what came of it."""
    check_packages(PACKAGES[space], extra="playlists")
    from segue.catalogue.corpus import load
    from segue.training.playlists.places import learn

    with session.open() as segue:
        corpus = load(segue.database)
        with session.meter() as on_progress:
            learned = learn(
                *(corpus, parameters), tries=tries, leave=leave, seed=seed, on_progress=on_progress
            )
        learned.fitted.store(segue.database, corpus)
    _say(session, learned)


def _say(session: Session, learned: Learned) -> None:
    from segue.cli.progress import duration

    fitted = learned.fitted
    state: dict[str, Any] = dict(fitted.state)
    origin, content = state["origin"], state.get("content")
    lines = [
        f"Learned from {origin['playlists']:,} playlists with {origin['entries']:,} entries in "
        f"{duration(learned.seconds)}."
    ]
    if fitted.vectors is not None:
        lines.append(
            f"{len(fitted.rows):,} of {origin['tracks_in_playlists']:,} tracks in playlists have a "
            "place of their own; others stand where their content puts them."
            if content
            else f"{len(fitted.rows):,} tracks have a place; nothing is said of them that could "
            "place others."
        )
    if learned.tuned is not None:
        found = learned.tuned.to_json()
        lines.append(
            f"The best of {found['tries']} sets of parameters finds {found['score']:.4f} of what "
            f"was hidden (R-precision), those it began with {found['ordinary_score']:.4f}."
        )
    lines += [f"Note: {note}." for note in learned.notes]
    lines.append(f"The space {fitted.name} is there: `segue similar TRACK --lens {fitted.name}`.")
    document = {
        "space": fitted.name,
        "version": fitted.version,
        "vectors": 0 if fitted.vectors is None else len(fitted.rows),
        "seconds": learned.seconds,
        "state": state,
        "notes": list(learned.notes),
    }
    session.answer(document, *lines)
