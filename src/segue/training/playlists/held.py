"""Playlists of a catalogue held out, and a corpus that knows nothing of them.

The split is that of `segue.training.playlists.material`, by the playlists' own ids, so that the
same playlists are asked in every catalogue that holds them, and none that weights which ship were
chosen on. **Nothing of a playlist held out is left**: candidates are tracks of the other playlists
alone (a track may be in the catalogue for no other reason than that such a playlist brought it),
and what was learned from playlists, vectors and weights, is taken out and learned anew.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.records import Attributes, TrackRecord
from segue.snapshot import MAP
from segue.spaces.memberships import Weighting
from segue.training.playlists.factors import FactorsParameters
from segue.training.playlists.item2vec import Item2VecParameters
from segue.training.playlists.material import Listed, Material, memberships, narrowed, split
from segue.training.playlists.overlaps import overlapping
from segue.training.playlists.preparing import learn
from segue.training.playlists.questions import LEAST, SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Corpus
    from segue.types import Progress, Rows

FROM_PLAYLISTS = ("playlists", "factors", "together", "titles", "balanced")
"""Spaces and lenses that are learned from playlists, by what they are kept under."""

_PARAMETERS: dict[str, Any] = {
    "together": Weighting,
    "factors": FactorsParameters,
    "playlists": Item2VecParameters,
}

FEWEST = 20
"""Playlists that have to be asked for figures to mean anything."""


def hold_out(corpus: Corpus, keys: Sequence[str], *, most: int | None = None) -> Material:
    """Hold out a fifth of a catalogue's playlists.

    Parameters
    ----------
    corpus
        With its playlists.
    keys
        ``scheme:value`` of each, in their order.
    most
        Ask about at most so many of those held out; None for all.

    Raises
    ------
    UnavailableError
        There are too few playlists of `LEAST` tracks or more.
    """
    lists = corpus.playlists
    held = np.array(split(keys).test, dtype=np.int64)
    sizes = np.diff(lists.starts)
    asking = held[sizes[held] >= LEAST]
    if len(asking) < FEWEST:
        raise UnavailableError(
            f"{len(asking):,} of {len(keys):,} playlists could be held out and have {LEAST} tracks"
            " or more, which are too few to ask about",
            remedy=f"Import at least {5 * FEWEST:,} playlists: `segue import playlists FILE`",
        )
    numbers = set(held.tolist())
    known = [number for number in range(len(keys)) if number not in numbers]
    there = np.unique(np.concatenate([_rows(corpus, number) for number in known]))
    place = np.full(len(corpus), -1, dtype=np.int64)
    place[there] = np.arange(len(there))
    learned = memberships([_listed(corpus, keys, number, place) for number in known])
    outside = np.setdiff1d(np.concatenate([_rows(corpus, number) for number in asking]), there)
    place[outside] = len(there) + np.arange(len(outside))
    asked = [_listed(corpus, keys, number, place) for number in asking.tolist()]
    copied = overlapping(learned, [one.rows for one in asked])
    left = [one for one, copy in zip(asked, copied.tolist(), strict=True) if not copy]
    chosen = left[:most]
    notes = [
        f"Playlists: {len(chosen):,} of the {len(held):,} held out are asked about; learned from"
        f" {len(known):,} others; candidates are the {len(there):,} tracks of these"
    ]
    if len(left) < len(asked):
        copies = len(asked) - len(left)
        are = "playlist held out is" if copies == 1 else "playlists held out are"
        notes.append(f"{copies:,} {are} nearly the same as one that was learned from, and left out")
    strangers = {len(there) + i: _record(corpus, row) for i, row in enumerate(outside.tolist())}
    kept = replace(_without_playlists(corpus, there), playlists=learned)
    return Material(kept, tuple(chosen), tuple(notes), strangers)


def _without_playlists(corpus: Corpus, rows: Rows) -> Corpus:
    """Some rows with every vector that was not learned from playlists."""
    place = np.full(len(corpus), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    placed = {}
    for name, held in corpus.placed.items():
        if name in FROM_PLAYLISTS:
            continue
        here = place[held.rows] >= 0
        if here.any():
            placed[name] = replace(held, rows=place[held.rows[here]], vectors=held.vectors[here])
    trained = {
        name: one
        for name, one in corpus.trained.items()
        if name not in FROM_PLAYLISTS and not name.startswith(MAP)
    }
    return replace(narrowed(corpus, rows), placed=placed, trained=trained)


def _rows(corpus: Corpus, number: int) -> Rows:
    lists = corpus.playlists
    return lists.rows[slice(*lists.starts[number : number + 2])].astype(np.int64)


def _listed(corpus: Corpus, keys: Sequence[str], number: int, place: Rows) -> Listed:
    return Listed(keys[number], corpus.playlists.titles[number], place[_rows(corpus, number)])


def _record(corpus: Corpus, row: int) -> TrackRecord:
    """What is known of a track that no playlist learned from holds, as if from outside."""
    return TrackRecord(
        title=corpus.titles[row],
        artists=corpus.artists[row],
        album=corpus.albums[row],
        genres=corpus.genres[row],
        attributes=_attributes(corpus, row),
    )


def _attributes(corpus: Corpus, row: int) -> Attributes | None:
    values = corpus.attributes[row].tolist()
    known = {
        spec.name: round(value) if spec.name in {"key", "mode", "time_signature"} else value
        for spec, value in zip(fields(Attributes), values, strict=True)
        if np.isfinite(value)
    }
    return Attributes(**known) if known else None


def learned_alike(
    corpus: Corpus,
    before: Corpus,
    *,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> tuple[Corpus, list[str]]:
    """`corpus` with what training finds out from its playlists, by parameters of a catalogue.

    Parameters
    ----------
    corpus
        Of `hold_out`.
    before
        Whose parameters are taken, where it was trained; else the ordinary ones.
    seed, on_progress
        Handed on.

    Returns
    -------
    Corpus, list of str
        Notes are sentences without the full stop.
    """
    given: dict[str, Any] = {}
    notes = []
    for name, kind in _PARAMETERS.items():
        state = before.trained[name].state if name in before.trained else {}
        known = {spec.name for spec in fields(kind)}
        # Those of `together` stand by themselves.
        parameters = state.get("parameters", state)
        said = {key: value for key, value in parameters.items() if key in known}
        if said:
            given[name] = kind(**said)
        if "search" in state.get("origin", {}):
            notes.append(
                f"The parameters of `{name}` were chosen on playlists of the catalogue, some of"
                " which are asked about here"
            )
    return learn(corpus, **given, seed=seed, on_progress=on_progress), notes
