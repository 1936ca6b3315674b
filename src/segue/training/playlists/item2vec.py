"""Vectors of tracks from the company they keep: playlists as sentences, tracks as words.

Skip-gram with negative sampling (Mikolov et al., *Distributed representations of words and phrases
and their compositionality*, NIPS 2013) over playlists (Barkan & Koenigstein, *Item2Vec*, 2016), by
gensim. Two tracks of a playlist belong together however far apart they stand, so the window reaches
over the whole of nearly every playlist. gensim draws anew at each track how much of the window it
uses, so that two tracks d places apart are learned together in 1 - (d - 1) / window of the passes:
nearly always in a playlist of fifty, and the far ends of the longest seldom, which take most time.
The library's own window of five finds hardly more than popularity does.

So do vectors alone: rare tracks, whose vectors are mostly chance, come first. The score therefore
adds a prior on popularity (`segue.spaces.playlists`), whose weight is kept beside the vectors.

One worker, one seed: the same playlists give the same vectors.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.training.playlists.fitted import Fitted, version_of
from segue.training.playlists.plays import Plays

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Progress

NAME = "playlists"

SEED = 42


@dataclass(frozen=True, slots=True)
class Item2VecParameters:
    """What may be chosen, and searched.

    Attributes
    ----------
    dims
        Numbers of a vector.
    min_count
        Tracks in fewer playlists are not learned.
    window
        How far apart two tracks of a playlist may stand to be learned together. That of each track
        is drawn anew in each pass, between 1 and this, or the longest playlist where that is less.
    epochs
        Passes over all playlists.
    negative
        Strangers that each pair is told from.
    ns_exponent
        Strangers are drawn by popularity to this power.
    sample
        Tracks more frequent than this share of all entries are left out now and then; 0 for never.
    alpha, min_alpha
        Learning rate at the beginning and at the end.
    prior
        What the natural logarithm of a track's count adds to its cosine.
    """

    dims: int = 128
    min_count: int = 4
    window: int = 250
    epochs: int = 5
    negative: int = 5
    ns_exponent: float = 0.75
    sample: float = 1e-3
    alpha: float = 0.025
    min_alpha: float = 1e-4
    prior: float = 0.1


def fit(
    corpus: Corpus,
    parameters: Item2VecParameters = Item2VecParameters(),
    *,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Fitted:
    """Learn the space `playlists` from the playlists of `corpus`.

    Parameters
    ----------
    corpus
        Its playlists are learned from, nothing else of it.
    parameters
        See there.
    seed
        Settles what is left to chance.
    on_progress
        Called after every pass with (passes done, passes, what).

    Raises
    ------
    UnavailableError
        There is no playlist with two tracks that stand in enough of them.
    """
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.ERROR)
    plays = Plays.of(corpus, min_count=parameters.min_count)
    sentences = _sentences(plays)
    model = Word2Vec(
        sentences,
        vector_size=parameters.dims,
        window=min(parameters.window, max(map(len, sentences))),
        min_count=1,  # the others are left out already
        sg=1,
        hs=0,
        negative=parameters.negative,
        ns_exponent=parameters.ns_exponent,
        sample=parameters.sample,
        alpha=parameters.alpha,
        min_alpha=parameters.min_alpha,
        epochs=parameters.epochs,
        workers=1,
        seed=seed,
        callbacks=[_told(on_progress, parameters.epochs)] if on_progress is not None else (),
    )
    known = np.array([int(word) for word in model.wv.index_to_key], dtype=np.int64)
    order = np.argsort(known)
    return Fitted(
        name=NAME,
        version=version_of(corpus, parameters, seed=seed),
        rows=plays.rows[known[order]],
        vectors=np.ascontiguousarray(model.wv.vectors[order], dtype=np.float32),
        state={
            "parameters": asdict(parameters),
            "seed": seed,
            "origin": plays.origin(corpus),
        },
        arrays={},
    )


def _sentences(plays: Plays) -> list[list[str]]:
    """Playlists with two kept tracks or more, each track as the number of its column."""
    words = [str(column) for column in range(len(plays.rows))]
    columns, starts = plays.matrix.indices.tolist(), plays.matrix.indptr.tolist()
    spans = pairwise(starts)
    return [[words[c] for c in columns[a:b]] for a, b in spans if b - a > 1]


def _told(on_progress: Progress, epochs: int) -> Any:  # noqa: ANN401 (gensim has no types)
    from gensim.models.callbacks import CallbackAny2Vec

    class Told(CallbackAny2Vec):  # type: ignore[misc]
        """Says after every pass how many are done."""

        def __init__(self) -> None:
            self.done = 0

        def on_epoch_end(self, model: object) -> None:  # noqa: ARG002 (gensim's own)
            self.done += 1
            on_progress(self.done, epochs, "learning who stands beside whom")

    return Told()
