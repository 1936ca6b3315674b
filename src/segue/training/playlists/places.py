"""One playlist space, learned from the playlists of a catalogue, from the search to the last map.

Where a search is wanted, an eighth of the playlists is held out for it, at most `MOST`; what is
kept then learns from all of them. `together` has nothing to learn but its parameters.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Playlists
from segue.spaces.memberships import Weighting
from segue.training.playlists import content, factors, item2vec, together, tuning
from segue.training.playlists.item2vec import Item2VecParameters
from segue.training.playlists.material import Gathered, Listed
from segue.training.playlists.questions import LEAST

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.training.playlists.fitted import Fitted
    from segue.training.playlists.material import Material
    from segue.training.playlists.tuning import Parameters, Tuned
    from segue.types import Progress

MOST = 400
"""Playlists that a search asks about."""

FEWEST = 20
"""Playlists to ask about, below which a search would follow chance."""

PARTS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned, how its parameters were chosen (None: by nobody), and in what time.

    `notes` are sentences, without a full stop, on what is not as somebody may expect.
    """

    fitted: Fitted
    tuned: Tuned | None
    seconds: float
    notes: tuple[str, ...] = ()


def learn(
    corpus: Corpus,
    parameters: Parameters,
    *,
    tries: int = 0,
    leave: bool = False,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> Learned:
    """Learn the space that `parameters` are of.

    Parameters
    ----------
    corpus
        Of the catalogue.
    parameters
        See there; a search begins with them and may change those of `tuning.CHOICES`.
    tries
        Sets of parameters to try; 0 for no search.
    leave
        Search only where there are playlists enough to search by; else a note says that there are
        not.
    seed
        Settles what is left to chance.
    on_progress
        Called with (done, in all, what).

    Raises
    ------
    UnavailableError
        There are no playlists, or too few to learn from; or too few to search by, unless `leave`.
    """
    began = time.perf_counter()
    if len(corpus.playlists.rows) == 0:
        raise UnavailableError(
            "there is no playlist to learn from",
            where="the catalogue",
            remedy="Import some: `segue import playlists FILE`",
        )
    tuned = None
    notes: tuple[str, ...] = ()
    if tries:
        try:
            material = parted(corpus)
        except UnavailableError as error:
            if not leave:
                raise
            notes = (f"{error.what}; the ordinary ones are kept",)
        else:
            tuned = tuning.tune(
                *(material, _space_of(parameters)),
                base=parameters,
                tries=tries,
                seed=seed,
                on_progress=on_progress,
            )
            parameters = tuned.parameters
    fitted = _fitted(corpus, parameters, seed=seed, on_progress=on_progress)
    if tuned is not None:
        origin: dict[str, Any] = {**fitted.state["origin"], "search": tuned.to_json()}
        fitted = replace(fitted, state={**fitted.state, "origin": origin})
    return Learned(fitted, tuned, time.perf_counter() - began, notes)


def _space_of(parameters: Parameters) -> str:
    if isinstance(parameters, Weighting):
        return together.NAME
    return item2vec.NAME if isinstance(parameters, Item2VecParameters) else factors.NAME


def _fitted(
    corpus: Corpus, parameters: Parameters, *, seed: int, on_progress: Progress | None
) -> Fitted:
    if isinstance(parameters, Weighting):
        return together.fit(corpus, parameters, seed=seed)
    if isinstance(parameters, Item2VecParameters):
        fitted = item2vec.fit(corpus, parameters, seed=seed, on_progress=on_progress)
    else:
        fitted = factors.fit(corpus, parameters, seed=seed, on_progress=on_progress)
    return content.fit(corpus, fitted, seed=seed, on_progress=on_progress)


def parted(corpus: Corpus) -> Material:
    """The playlists of a corpus in two: those a search learns from, and those it asks about.

    A playlist's part is settled by its tracks, so that the same playlists are parted alike however
    they came. Tracks of those asked about alone are strangers, as if they were not there.

    Raises
    ------
    UnavailableError
        Too few playlists can be asked about.
    """
    lists = tuple(_listed(corpus, number) for number in range(len(corpus.playlists)))
    order = sorted(range(len(lists)), key=lambda number: (lists[number].key, number))
    held = [number for number in order[: len(lists) // PARTS] if len(lists[number].rows) >= LEAST]
    held = held[:MOST]
    if len(held) < FEWEST:
        raise UnavailableError(
            f"{len(lists):,} playlists are too few to choose parameters by: of an eighth of them "
            f"{len(held)} have {LEAST} tracks or more, and {FEWEST} are needed",
            where="the catalogue",
            remedy="Import more, or train with `--tune 0`, which searches for nothing",
        )
    records = tuple(
        TrackRecord(title=title, artists=artists, album=album)
        for title, artists, album in zip(corpus.titles, corpus.artists, corpus.albums, strict=True)
    )
    bare = replace(corpus, playlists=Playlists.none())
    train = sorted(set(range(len(lists))) - set(held))
    return Gathered(bare, lists, records).apart(train, sorted(held))


def _listed(corpus: Corpus, number: int) -> Listed:
    playlists = corpus.playlists
    rows = playlists.rows[playlists.starts[number] : playlists.starts[number + 1]].astype(np.int64)
    said = "\n".join(corpus.ids[row] for row in rows.tolist())
    key = hashlib.sha256(said.encode()).hexdigest()
    return Listed(key, playlists.titles[number], rows)
