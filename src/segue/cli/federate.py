"""``segue federate``: one model for several libraries, and no playlist leaves its house.

A round is a file that goes round: everybody answers it with an update, one of them merges the
updates into the next round, and after the last one everybody uses the model.
"""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.verb import add
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session

app = typer.Typer(
    help="Train one model with other libraries: weights are exchanged, playlists stay.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="A new file.", show_default=False)]
RoundFile = Annotated[
    Path, typer.Argument(metavar="ROUND", help="The file of a round.", show_default=False)
]
WithoutNoise = Annotated[
    bool,
    typer.Option(
        "--without-noise",
        help="Agree that updates show which artists playlists hold, to all who get them.",
    ),
]


def begin(
    session: Session,
    *,
    out: Out,
    epsilon: Annotated[
        float | None,
        typer.Option(
            "--epsilon",
            metavar="E",
            help="What all updates of an instance together may tell of one playlist: 1 is little, 8"
            " is much.",
        ),
    ] = None,
    delta: Annotated[
        float,
        typer.Option("--delta", metavar="D", help="How likely it may tell more than that."),
    ] = 1e-5,
    without_noise: WithoutNoise = False,
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="N", help="How often everybody sends an update.")
    ] = 4,
    dims: Annotated[
        int | None,
        typer.Option(
            "--dims",
            metavar="N",
            help="Numbers that are learned of a track; else 32, and 64 without noise.",
        ),
    ] = None,
    artists: Annotated[
        int | None,
        typer.Option(
            "--artists",
            metavar="N",
            help="Buckets that artists are told apart by, a power of two; else 1024, and 16384"
            " without noise, and 0 for none. The fewer, the less noise is borne.",
        ),
    ] = None,
) -> None:
    """Begin a federation: write the first round, which goes to everybody.

    Say the privacy that all agreed on with --epsilon, or --without-noise among people who may know
    each other's playlists.
    """
    from segue.training.federated import plan as plans
    from segue.training.federated.files import write_round

    if (epsilon is None) is not without_noise:
        raise BadRequestError(
            "a federation has either an ε or no noise",
            remedy="Say --epsilon 8 (or less), or --without-noise",
        )
    noisy = epsilon is not None
    plan = plans.Plan(
        federation=token_hex(8),
        rounds=rounds,
        dims=_or(dims, plans.NOISY_DIMS if noisy else plans.OPEN_DIMS),
        artists=_or(artists, plans.NOISY_ARTISTS if noisy else plans.OPEN_ARTISTS),
        releases=plans.NOISY_RELEASES if noisy else plans.OPEN_RELEASES,
        epsilon=epsilon,
        delta=delta if noisy else None,
    )
    where = plans.begun(plan)
    write_round(out, where)
    _say(session, out, f"Send {out} to everybody who takes part.")


def update(
    session: Session,
    *,
    round_: RoundFile,
    out: Out,
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit",
            metavar="E",
            help="The most ε that all your updates may reach, of other federations too; else what"
            " this one states.",
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Answer a round once more; it spends as much again."),
    ] = False,
    without_noise: WithoutNoise = False,
) -> None:
    """Answer a round: what your playlists would make of the weights, clipped and noised.

    The file tells no track, no name and no playlist; `segue federate show` says what it tells.
    """
    from segue.catalogue.corpus import load
    from segue.training.federated import spending
    from segue.training.federated.files import read_round, reserved, write_update

    where = read_round(round_)
    budget = spending.Budget(limit=limit, again=again, without_noise=without_noise)
    # What is spent is spent: a file that cannot be written is found before.
    with reserved(out), session.open() as segue:
        made = spending.answer(segue.database, load(segue.database), where, budget)
        write_update(out, made, plan=where.held.plan)
    _say(session, out, "Look at it, then send it to whoever merges.")


def merge(
    session: Session,
    *,
    round_: RoundFile,
    updates: Annotated[
        list[Path],
        typer.Argument(
            metavar="UPDATE...", help="What others sent, and yours.", show_default=False
        ),
    ],
    out: Out,
) -> None:
    """Merge updates into the next round, in any order. Anybody may, and nobody need be trusted.

    An update of another round, shape or noise, with numbers that are none, longer than playlists
    could make it, or the second of an instance is refused.
    """
    from segue.training.federated.files import read_round, read_update, write_round
    from segue.training.federated.merging import merged

    following = merged(read_round(round_), [read_update(path) for path in updates])
    write_round(out, following)
    last = (
        f"That was the last round: everybody uses it with `segue federate use {out}`."
        if following.finished
        else f"Send {out} to everybody: {following.number} of {following.plan.rounds} rounds are"
        " done."
    )
    _say(session, out, last)


def show(
    session: Session,
    *,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A round or an update.", show_default=False),
    ],
) -> None:
    """Say what a file tells, before it is sent: its numbers, their noise, and what it keeps."""
    from segue.cli.federated import described

    document, lines = described(file)
    session.answer(document, *lines)


def spent(session: Session) -> None:
    """Say what your playlists have told others so far, in all federations together."""
    from segue.catalogue.spent import listing
    from segue.cli.federated import told
    from segue.training.federated.plan import DELTA
    from segue.training.federated.spending import epsilon

    with session.open() as segue:
        entries = listing(segue.database)
    found = epsilon(entries)
    document = {"epsilon": found, "delta": DELTA, "updates": entries}
    session.answer(document, *told(entries, found))


def use(session: Session, *, file: RoundFile) -> None:
    """Use a finished model: the space `federated` stands from now on."""
    from segue.training.federated.files import read_round
    from segue.training.federated.merging import kept_of, model
    from segue.training.federated.using import store

    done = read_round(file)
    learned = model(done.held)
    with session.open() as segue:
        version = store(segue.database, done, learned)
    kept, dims = kept_of(done.held), done.held.plan.dims
    lines = [
        f"{kept} of {dims} directions stand out of the noise."
        if done.held.plan.epsilon is not None
        else f"{kept} directions were learned.",
        "The space federated is there: `segue similar TRACK --lens federated`.",
    ]
    if not kept:
        lines.insert(1, "It ranks by words and numbers alone: more playlists or a larger ε help.")
    document = {"space": "federated", "version": version, "directions": kept, "of": dims}
    session.answer(document, *lines)


def forget(session: Session) -> None:
    """Take the model away again. What was spent stays written down."""
    from segue.catalogue.trained import forget as taken
    from segue.spaces.federated import SPACE

    with session.open() as segue:
        was = taken(segue.database, SPACE)
    session.answer({"forgotten": was}, "It is gone." if was else "There was no such model.")


def _or(said: int | None, otherwise: int) -> int:
    """0 is a number as well."""
    return otherwise if said is None else said


def _say(session: Session, path: Path, then: str) -> None:
    """What a file that was written tells, and what to do with it."""
    from segue.cli.federated import described

    document, lines = described(path)
    session.answer({**document, "file": str(path)}, *lines, then)


for _verb in (begin, update, merge, show, spent, use, forget):
    add(app, _verb)
