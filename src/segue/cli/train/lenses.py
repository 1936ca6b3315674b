"""``segue train balanced``: what counts how much, learned from what was held out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli.train.packages import check_packages

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.library import Segue
    from segue.snapshot import Corpus
    from segue.training.playlists.fitted import Fitted

PACKAGES = {"playlists": ("gensim",), "factors": ("implicit", "threadpoolctl")}
"""What is needed to learn a space anew without the playlists held out, where it was learned."""


def balanced(
    session: Session,
    *,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Settles everything that is left to chance.")
    ] = 42,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Forget what was learned; the weights that ship count."),
    ] = False,
) -> None:
    """Learn the weights of the lens balanced, which then is the one that answers use.

    An eighth of the playlists is held out and asked for; what is heard is judged by artists and
    genres. Every answer says where its weights come from.
    """
    from segue.recommend.lenses import BALANCED

    with session.open() as segue:
        if forget:
            from segue.catalogue.trained import forget as forgotten

            forgotten(segue.database, BALANCED)
            session.answer({"lens": BALANCED, "patterns": []}, "Forgotten.")
            return
        fitted = _learned(session, segue, seed=seed)
    patterns = fitted.state["patterns"]
    lines = [f"{_whom(one)}: {_weights(one)}\n  {one['origin']['sentence']}." for one in patterns]
    session.answer(
        {"lens": BALANCED, "version": fitted.version, **fitted.state},
        *lines,
        *(f"Note: {note}" for note in fitted.state["origin"]["notes"]),
        "The lens balanced answers with these weights from now on.",
    )


def _learned(session: Session, segue: Segue, *, seed: int) -> Fitted:
    from segue.catalogue.corpus import load
    from segue.training.lenses.learn import fit

    corpus = load(segue.database)
    needed = [
        name for space, names in PACKAGES.items() if space in corpus.trained for name in names
    ]
    check_packages(needed, extra="playlists")
    with session.meter() as on_progress:
        fitted = fit(corpus, heard=_heard(segue, corpus), seed=seed, on_progress=on_progress)
    fitted.store(segue.database, corpus)
    return fitted


def _heard(segue: Segue, corpus: Corpus) -> set[str]:
    """Artists with whose music the networks at work were taught."""
    from segue.embedding.marks import known
    from segue.jobs.embedders import at_work

    artists = {name for names in corpus.artist_keys for name in names}
    taught = [one.manifest.data for one in at_work(segue.database, segue.settings).values()]
    return {name for name in artists if any(known(data, (name,)) for data in taught)}


def _whom(pattern: dict[str, Any]) -> str:
    """For which seeds a pattern is, as the beginning of a line."""
    least, most = pattern["members"]
    if most is None:
        seeds = "Any seed" if not least else f"{least} seeds and more"
    else:
        seeds = "1 seed" if most == 1 else f"{least} to {most} seeds"
    title = " with a title" if pattern["titled"] else ""
    genre = f" of {pattern['genre']}" if pattern["genre"] else ""
    return seeds + title + genre


def _weights(pattern: dict[str, Any]) -> str:
    weights: dict[str, float] = pattern["weights"]
    return ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
